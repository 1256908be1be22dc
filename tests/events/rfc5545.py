"""Checks iCalendar files against RFC 5545 and RFC 7986, independently of the library that writes them.

Covers the part of the grammar that calendars of published events use: lines, names, parameters, values, the number of
each property in a component, time zones, and consistency between components. Anything else is reported as a problem.
"""

import datetime
import re
import zoneinfo
from collections import Counter
from dataclasses import dataclass, field
from typing import Self

MAX_OCTETS = 75
NAME = r"[A-Za-z0-9-]+"
# Section 3.1: the value of a parameter is quoted, or contains no control character, quote, semicolon, colon or comma.
PARAMETER_VALUE = r'(?:"[^"\x00-\x08\x0a-\x1f\x7f]*"|[^"\x00-\x08\x0a-\x1f\x7f;:,]*)'
PARAMETER = rf";({NAME})=({PARAMETER_VALUE}(?:,{PARAMETER_VALUE})*)"
LINE = re.compile(rf"({NAME})((?:{PARAMETER})*):(.*)", re.S)
# Section 3.3.11: a backslash escapes only these characters; commas and semicolons must be escaped.
TEXT = re.compile(r"(?:[^\\;,\x00-\x08\x0a-\x1f\x7f]|\\[\\;,Nn])*")
TEXTS = re.compile(rf"{TEXT.pattern}(?:,{TEXT.pattern})*")
DATE, LOCAL, INSTANT = (re.compile(pattern) for pattern in (r"\d{8}", r"\d{8}T\d{6}", r"\d{8}T\d{6}Z"))
OFFSET = re.compile(r"(?!-0000)[+-]\d{4}(?:\d{2})?")
DURATION = re.compile(r"P(?:\d+W|\d+D(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?|T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)")
INTEGER = re.compile(r"\d{1,10}")
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x1f\x7f]+")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")

# Sections 3.6, 3.7, 3.8 and RFC 7986, 5: the properties of each component. Those in ONCE occur at most once.
REQUIRED = {
    "VCALENDAR": {"PRODID", "VERSION"},
    "VEVENT": {"UID", "DTSTAMP", "DTSTART"},
    "VTIMEZONE": {"TZID"},
    "STANDARD": {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"},
    "DAYLIGHT": {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"},
}
ONCE = {
    "VCALENDAR": {"PRODID", "VERSION", "CALSCALE", "METHOD", "UID", "LAST-MODIFIED", "URL", "REFRESH-INTERVAL"}
    | {"SOURCE", "COLOR"},
    "VEVENT": {"UID", "DTSTAMP", "DTSTART", "DTEND", "CLASS", "CREATED", "DESCRIPTION", "GEO", "LAST-MODIFIED"}
    | {"LOCATION", "SEQUENCE", "STATUS", "SUMMARY", "TRANSP", "URL", "COLOR"},
    "VTIMEZONE": {"TZID", "LAST-MODIFIED", "TZURL"},
    "STANDARD": {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"},
    "DAYLIGHT": {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"},
}
REPEATABLE = {
    # RFC 7986 allows one name, description and category of a calendar for each language.
    "VCALENDAR": {"NAME", "DESCRIPTION", "CATEGORIES", "IMAGE"},
    "VEVENT": {"CATEGORIES", "COMMENT", "RELATED-TO", "IMAGE"},
    "VTIMEZONE": set(),
    "STANDARD": {"RDATE", "TZNAME", "COMMENT"},
    "DAYLIGHT": {"RDATE", "TZNAME", "COMMENT"},
}
CHILDREN = {"": {"VCALENDAR"}, "VCALENDAR": {"VEVENT", "VTIMEZONE"}, "VTIMEZONE": {"STANDARD", "DAYLIGHT"}}
TEXTUAL = ("PRODID", "UID", "SUMMARY", "DESCRIPTION", "LOCATION", "NAME", "TZID", "TZNAME", "COMMENT", "COLOR")
# For each property, the section that defines the format of its value, and the format.
FORMATS = {
    **dict.fromkeys(TEXTUAL, ("3.3.11", TEXT)),
    **dict.fromkeys(("DTSTAMP", "CREATED", "LAST-MODIFIED"), ("3.3.5", INSTANT)),
    **dict.fromkeys(("URL", "SOURCE", "IMAGE"), ("3.3.13", URI)),
    **dict.fromkeys(("TZOFFSETFROM", "TZOFFSETTO"), ("3.3.14", OFFSET)),
    "CATEGORIES": ("3.8.1.2", TEXTS),
    "SEQUENCE": ("3.8.7.4", INTEGER),
    "REFRESH-INTERVAL": ("7986 5.7", DURATION),
}
# RFC 7986, 5.7, 5.8 and 5.10: these have no default value type.
VALUE_TYPES = {"REFRESH-INTERVAL": "DURATION", "SOURCE": "URI", "IMAGE": "URI"}
ALLOWED_VALUES = {
    "VERSION": {"2.0"},
    "CALSCALE": {"GREGORIAN"},
    "METHOD": {"PUBLISH"},
    "STATUS": {"TENTATIVE", "CONFIRMED", "CANCELLED"},
    "CLASS": {"PUBLIC", "PRIVATE", "CONFIDENTIAL"},
    "TRANSP": {"OPAQUE", "TRANSPARENT"},
}


@dataclass
class Property:
    name: str
    parameters: dict[str, str]
    value: str


@dataclass
class Component:
    name: str
    properties: list[Property] = field(default_factory=list)
    children: list[Self] = field(default_factory=list)

    def get(self, name: str) -> Property | None:
        return next((item for item in self.properties if item.name == name), None)


def problems(content: bytes) -> list[str]:
    """Return one sentence for each problem of the file, with the section of RFC 5545 (or 7986)."""
    found: list[str] = []
    root = Component("")
    stack = [root]
    for line in _lines(content, found):
        match = LINE.fullmatch(line)
        if not match:
            found.append(f"3.1: no content line: {line[:60]!r}")
            continue
        name, value = match[1].upper(), match[match.re.groups]
        parameters = {key.upper(): text for key, text in re.findall(PARAMETER, match[2])}
        if name == "BEGIN":
            if value not in CHILDREN.get(stack[-1].name, set()):
                found.append(f"3.6: {value} inside of {stack[-1].name or 'the file'}")
            stack.append(Component(value))
            stack[-2].children.append(stack[-1])
        elif name == "END":
            if value != stack[-1].name or len(stack) == 1:
                return [*found, f"3.6: END:{value} where {stack[-1].name} is open"]
            stack.pop()
        else:
            stack[-1].properties.append(Property(name, parameters, value))
    if len(stack) > 1 or len(root.children) != 1:
        return [*found, "3.4: not exactly one whole calendar"]
    _component(root.children[0], found)
    _calendar(root.children[0], found)
    return found


def _lines(content: bytes, found: list[str]) -> list[str]:
    """Return the unfolded lines (3.1). Each folded line must be valid UTF-8, so that no fold splits a character."""
    if not content.endswith(b"\r\n"):
        found.append("3.1: the last line does not end in CRLF")
    if b"\n" in content.replace(b"\r\n", b"") or b"\r" in content.replace(b"\r\n", b""):
        found.append("3.1: CR or LF alone")
    lines: list[str] = []
    for raw in content.removesuffix(b"\r\n").split(b"\r\n"):
        if len(raw) > MAX_OCTETS:
            found.append(f"3.1: a line of {len(raw)} octets")
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            found.append(f"3.1.4: a line that is not UTF-8, or folded inside of a character: {raw[:40]!r}")
            text = raw.decode(errors="replace")
        if text[:1] in {" ", "\t"} and lines:
            lines[-1] += text[1:]
        else:
            lines.append(text)
    return lines


def _component(component: Component, found: list[str]) -> None:
    counts = Counter(item.name for item in component.properties)
    name = component.name
    found += [f"3.6: {name} without {item}" for item in sorted(REQUIRED[name] - counts.keys())]
    found += [f"3.6: {item} {counts[item]} times in {name}" for item in sorted(ONCE[name]) if counts[item] > 1]
    for item in component.properties:
        if not item.name.startswith("X-") and item.name not in ONCE[name] | REPEATABLE[name]:
            found.append(f"3.6: {item.name} has no place in {name}")
        _property(item, found, in_zone=name in {"STANDARD", "DAYLIGHT"})
    for child in component.children:
        _component(child, found)


def _property(item: Property, found: list[str], *, in_zone: bool) -> None:
    name, value = item.name, item.value
    language = item.parameters.get("LANGUAGE")
    if language is not None and not LANGUAGE.fullmatch(language):
        found.append(f"3.2.10: LANGUAGE={language}")
    kind = VALUE_TYPES.get(name)
    if kind and item.parameters.get("VALUE") != kind:
        found.append(f"7986 5: {name} without VALUE={kind}")
    if name in {"DTSTART", "DTEND", "RDATE"}:
        _moment(item, found, in_zone=in_zone)
    elif name in ALLOWED_VALUES:
        if value not in ALLOWED_VALUES[name]:
            found.append(f"3.7/3.8: {name} is {value!r}")
    elif name in FORMATS or name.startswith("X-"):
        section, pattern = FORMATS.get(name, ("3.3.11", TEXT))
        if not pattern.fullmatch(value):
            found.append(f"{section}: {name} is {value[:60]!r}")
    else:
        found.append(f"3.8: {name} is not known here")


def _moment(item: Property, found: list[str], *, in_zone: bool) -> None:
    for value in item.value.split(","):
        if item.parameters.get("VALUE") == "DATE":
            pattern, form = DATE, "%Y%m%d"
        elif value.endswith("Z"):
            pattern, form = INSTANT, "%Y%m%dT%H%M%SZ"
        else:
            pattern, form = LOCAL, "%Y%m%dT%H%M%S"
        if not pattern.fullmatch(value):
            found.append(f"3.3.4, 3.3.5: {item.name} is {value!r}")
            continue
        try:
            datetime.datetime.strptime(value, form)  # noqa: DTZ007  (checks only that the date exists)
        except ValueError:
            found.append(f"3.3.4, 3.3.5: {item.name} is {value!r}, which is no day")
        has_zone = "TZID" in item.parameters
        if has_zone and (value.endswith("Z") or pattern is DATE):
            found.append(f"3.2.19: {item.name} with TZID and {value!r}")
        if pattern is LOCAL and in_zone == has_zone:
            found.append(f"3.3.5, 3.6.5: {item.name} is {value!r}, {'with' if has_zone else 'without'} TZID")


def _calendar(calendar: Component, found: list[str]) -> None:
    """Check consistency: time zones of entries, starts before ends, and unique UIDs."""
    if not calendar.children:
        found.append("3.6: a calendar without a component")
    zones = {}
    for zone in (child for child in calendar.children if child.name == "VTIMEZONE"):
        name = zone.get("TZID").value if zone.get("TZID") else ""
        if name in zones:
            found.append(f"3.6.5: VTIMEZONE {name} twice")
        if not zone.children:
            found.append(f"3.6.5: VTIMEZONE {name} without an observance")
        zones[name] = zone
        found += _onsets(name, zone)
    events = [child for child in calendar.children if child.name == "VEVENT"]
    uids = Counter(event.get("UID").value for event in events if event.get("UID"))
    found += [f"3.8.4.7: UID {uid} {count} times" for uid, count in uids.items() if count > 1]
    used = {item.parameters["TZID"] for event in events for item in event.properties if "TZID" in item.parameters}
    found += [f"3.2.19: TZID {name} without its VTIMEZONE" for name in sorted(used - zones.keys())]
    for event in events:
        start, end = event.get("DTSTART"), event.get("DTEND")
        if not start or not end:
            continue
        if start.parameters.get("VALUE") != end.parameters.get("VALUE"):
            found.append("3.8.2.2: DTSTART and DTEND of two kinds")
        elif _key(end) <= _key(start):
            found.append(f"3.8.2.2: DTEND {end.value} is not after DTSTART {start.value}")


def _key(item: Property) -> str:
    """Return the instant in UTC as text that sorts by time."""
    if item.parameters.get("VALUE") == "DATE" or item.value.endswith("Z"):
        return item.value
    local = datetime.datetime.strptime(item.value, "%Y%m%dT%H%M%S")  # noqa: DTZ007
    zone = zoneinfo.ZoneInfo(item.parameters.get("TZID", "UTC"))
    return local.replace(tzinfo=zone).astimezone(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")


def _onsets(name: str, zone: Component) -> list[str]:
    """Compare each onset with the IANA zone. By 3.6.5 the local time of an onset has the offset in force before it."""
    try:
        info = zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return [f"3.8.3.1: {name} is no zone of the IANA database"]
    found = []
    minute = datetime.timedelta(minutes=1)
    for observance in zone.children:
        offsets = [observance.get("TZOFFSETFROM"), observance.get("TZOFFSETTO")]
        if not all(offsets):
            continue
        before, after = (_offset(item.value) for item in offsets)
        for item in observance.properties:
            for value in item.value.split(",") if item.name in {"DTSTART", "RDATE"} else ():
                local = datetime.datetime.strptime(value, "%Y%m%dT%H%M%S")  # noqa: DTZ007
                moment = (local - before).replace(tzinfo=datetime.UTC)
                if (moment - minute).astimezone(info).utcoffset() != before:
                    found.append(f"3.6.5: {name} has no offset {before} before {value}")
                if moment.astimezone(info).utcoffset() != after:
                    found.append(f"3.6.5: {name} has no offset {after} from {value} on")
    return found


def _offset(text: str) -> datetime.timedelta:
    sign = -1 if text[0] == "-" else 1
    return sign * datetime.timedelta(hours=int(text[1:3]), minutes=int(text[3:5]))
