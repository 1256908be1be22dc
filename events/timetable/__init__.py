"""The timetable: reading it from pasted text, checking it, working out its moments, showing and announcing it."""
