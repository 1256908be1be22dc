"""The timetable of an event: its sessions, checks, pasted text, changes and announcements."""
