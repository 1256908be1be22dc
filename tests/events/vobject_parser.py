"""Reads calendars with a second parser, which is independent of the library that writes them."""

import re

import vobject
from vobject.base import Component
from vobject.icalendar import registerTzid


def read(content: str) -> Component:
    """Return the calendar with the time zones that it defines itself.

    vobject caches the first definition of each zone for the life of the process, but files define different years.
    """
    for zone in re.findall(r"^TZID:(.+?)\r?$", content, re.MULTILINE):
        registerTzid(zone, None)
    return vobject.readOne(content)
