"""Date formats for Finnish: the month in the partitive (`E`), and "klo" between a date and a time.

No-break spaces keep a date in one line.
"""

DATE_FORMAT = "j.\u00a0E\u00a0Y"
TIME_FORMAT = "G.i"
DATETIME_FORMAT = "j.\u00a0E\u00a0Y \\k\\l\\o\u00a0G.i"
YEAR_MONTH_FORMAT = "F\u00a0Y"
MONTH_DAY_FORMAT = "j.\u00a0E"
SHORT_DATE_FORMAT = "j.n.Y"
SHORT_DATETIME_FORMAT = "j.n.Y \\k\\l\\o\u00a0G.i"
FIRST_DAY_OF_WEEK = 1
# The day comes first in every language. Django also accepts ISO 8601; other dates are refused.
DATE_INPUT_FORMATS = ["%d.%m.%Y", "%d/%m/%Y"]
TIME_INPUT_FORMATS = ["%H.%M", "%H:%M", "%H:%M:%S"]
DATETIME_INPUT_FORMATS = [f"{date} {time}" for date in DATE_INPUT_FORMATS for time in TIME_INPUT_FORMATS]
