"""Estonian: Django's own formats have a 12-hour clock where a time follows a date.

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
