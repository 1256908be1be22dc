"""The second, independent parser of calendars."""

import re

import vobject
from vobject.base import Component
from vobject.icalendar import registerTzid


def read(content: str) -> Component:
    """Return the calendar, with the zones as it describes them itself.

    The parser keeps the first description of a zone that it meets for as long as the process lives, and files describe
    different years.
    """
    for zone in re.findall(r"^TZID:(.+?)\r?$", content, re.MULTILINE):
        registerTzid(zone, None)
    return vobject.readOne(content)
