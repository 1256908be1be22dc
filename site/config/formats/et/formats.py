"""Date formats for Estonian. Django's own formats use a 12-hour clock if a time follows a date.

No-break spaces keep a date in one line.
"""

DATE_FORMAT = "j.\u00a0F\u00a0Y"
TIME_FORMAT = "G.i"
DATETIME_FORMAT = "j.\u00a0F\u00a0Y, G.i"
YEAR_MONTH_FORMAT = "F\u00a0Y"
MONTH_DAY_FORMAT = "j.\u00a0F"
SHORT_DATE_FORMAT = "d.m.Y"
SHORT_DATETIME_FORMAT = "d.m.Y, G.i"
FIRST_DAY_OF_WEEK = 1
# The day comes first in every language. Django also accepts ISO 8601; other dates are refused.
DATE_INPUT_FORMATS = ["%d.%m.%Y", "%d/%m/%Y"]
TIME_INPUT_FORMATS = ["%H.%M", "%H:%M", "%H:%M:%S"]
DATETIME_INPUT_FORMATS = [f"{date} {time}" for date in DATE_INPUT_FORMATS for time in TIME_INPUT_FORMATS]
