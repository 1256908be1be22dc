"""Date formats for English as in European institutions: day, month, year, and the 24-hour clock.

No-break spaces keep a date in one line.
"""

DATE_FORMAT = "j\u00a0F\u00a0Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j\u00a0F\u00a0Y, H:i"
YEAR_MONTH_FORMAT = "F\u00a0Y"
MONTH_DAY_FORMAT = "j\u00a0F"
SHORT_DATE_FORMAT = "j\u00a0M\u00a0Y"
SHORT_DATETIME_FORMAT = "j\u00a0M\u00a0Y, H:i"
FIRST_DAY_OF_WEEK = 1
# The day comes first in every language. Django also accepts ISO 8601; other dates are refused.
DATE_INPUT_FORMATS = ["%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y"]
TIME_INPUT_FORMATS = ["%H:%M", "%H.%M", "%H:%M:%S"]
DATETIME_INPUT_FORMATS = [f"{date} {time}" for date in DATE_INPUT_FORMATS for time in TIME_INPUT_FORMATS]
