"""iCalendar (RFC 5545, RFC 7986): events and rows of timetables as files and feeds."""
