"""Reads a timetable from a pasted text or from the tables of a web page or word processor.

    9.30-10.00 Registration and coffee
    10.00 Welcome words Anna Example, Project Leader
    12.00 Lunch, Restaurant Example – networking

`reader` finds the rows, `source` their cells, `days` and `times` dates and times, `interpretation` kind, speakers and room
of a row. Whatever was guessed or could not be placed is a warning of its row, and no text is dropped. Nothing is stored:
an editor checks the rows first.
"""

from events.timetable.paste.interpretation import PastedRow
from events.timetable.paste.reader import Pasted, read

__all__ = ["Pasted", "PastedRow", "read"]
