"""Finnish: a day without its year takes the month in the partitive (`E`), as with its year."""

MONTH_DAY_FORMAT = "j. E"
