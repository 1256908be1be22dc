"""Reads the participant report of an online meeting: who attended and for how many minutes.

It reads reports of Zoom, Teams and Webex, and others with the same columns, in any common encoding, separator and date
format. If a report has several tables, the one with each join and leave is preferred to the one with the total time of
each participant.
"""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from home.file_check.encodings import decode
from home.names import name_key
from home.text_normalization import fold

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 100_000
SEPARATORS = ("\t", ";", ",")


def _folded(words: str) -> set[str]:
    return {_heading(word) for word in words.split(";")}


def _heading(text: str) -> str:
    """Return a heading in the form that is compared: without case, accents and hyphens."""
    return fold(text).replace("-", "").strip()


# The columns by their headings, in the languages of the site and German.
NAME = _folded(
    "name; name (original name); full name; participant name; display name; attendee name; participant; user name; nimi; "
    "täysnimi; osallistuja; osaleja; όνομα; συμμετέχων"
)
EMAIL = _folded(
    "email; user email; email address; attendee email; participant email; sähköposti; sähköpostiosoite; e-post; "
    "e-posti aadress; emailadresse; διεύθυνση email"
)
JOIN = _folded("join time; joined; join; time joined; liittymisaika; liitumisaeg; beitrittszeit; ώρα σύνδεσης")
LEAVE = _folded("leave time; left; leave; time left; poistumisaika; lahkumisaeg; austrittszeit; ώρα αποσύνδεσης")
DURATION = _folded(
    "duration; duration (minutes); total duration (minutes); in-meeting duration; attendance duration; "
    "time in session (minutes); minutes; kesto; kesto (minuuttia); kestus; kestus (minutites); dauer; dauer (minuten); "
    "διάρκεια; διάρκεια (λεπτά)"
)
# A cheap test before the headings are looked up: a line without any of these words is no line of headings.
MAY_HAVE_HEADINGS = re.compile("name|nimi|osallistuja|osaleja|participant|όνομα|ονομα|συμμετέχων", re.IGNORECASE)
# The order matters only if several formats fit all times of a file. The durations are the same in each of them.
FORMATS = [
    f"{date}{comma} {time}"
    for time in ("%I:%M:%S %p", "%I:%M %p", "%H:%M:%S", "%H:%M")
    for date in (
        "%m/%d/%Y",
        "%m/%d/%y",
        "%d/%m/%Y",
        "%d/%m/%y",
        "%d.%m.%Y",
        "%d.%m.%y",
        "%d-%m-%Y",
        "%Y-%m-%d",
        "%Y/%m/%d",
    )
    for comma in ("", ",")
]
HALVES = {"a.m.": "AM", "p.m.": "PM", "π.μ.": "AM", "μ.μ.": "PM", "πμ": "AM", "μμ": "PM", "ap.": "AM", "ip.": "PM"}
UNITS = {"h": 3600, "t": 3600, "m": 60, "s": 1}
# Names may have the name of a device or "guest" in brackets, which the meeting program adds: "Berta Muster (iPad)". The
# running time of the pattern grows with the square of the length, so longer names are cut.
MAX_NAME = 300
IN_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]")


class UnreadableReportError(Exception):
    """The file is not a readable report. `code` is "empty", "too_large", "encoding", "columns" or "times"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


Span = tuple[datetime.datetime, datetime.datetime]


@dataclass(frozen=True)
class Attendee:
    """A person of the report. `minutes` counts overlapping joins once.

    `spans` has the times at which they were present, in order and without overlaps, as local times of the report's
    zone. It is empty for a report that has only durations.
    """

    name: str
    email: str
    minutes: int
    spans: tuple[Span, ...] = field(default=(), compare=False)


@dataclass
class _Person:
    name: str
    email: str
    spans: list[Span] = field(default_factory=list)
    seconds: int = 0


@dataclass(frozen=True)
class _Table:
    columns: dict[str, int]
    rows: list[list[str]]

    @property
    def has_times(self) -> bool:
        return {"join", "leave"} <= set(self.columns)

    def cell(self, row: Sequence[str], column: str) -> str:
        position = self.columns.get(column)
        return row[position].strip() if position is not None and position < len(row) else ""


def read_report(
    content: bytes, day: datetime.date | None = None, zone: datetime.tzinfo | None = None
) -> list[Attendee]:
    """Return the people of a report, sorted by name. Raises UnreadableReportError.

    If several date formats fit, the one in which people joined on `day` is used. Times with an offset are converted to
    local times of `zone`.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableReportError("too_large")
    tables = list(_tables(_text_of(content).splitlines()))
    if not tables:
        raise UnreadableReportError("columns")
    # A report of Teams begins with a summary and ends with a table of each join. The last table is the most exact one.
    with_times = [table for table in tables if table.has_times and table.rows]
    with_duration = [table for table in tables if "duration" in table.columns and table.rows]
    if not with_times and not with_duration:
        raise UnreadableReportError("empty")
    people = _people(with_times[-1] if with_times else with_duration[-1], day, zone)
    found = [_attendee(person) for person in people]
    return sorted(found, key=lambda person: (fold(person.name), person.email))


def _text_of(content: bytes) -> str:
    try:
        text = decode(content)
    except UnicodeDecodeError:
        raise UnreadableReportError("encoding") from None
    return text.replace("\u202f", " ").replace("\xa0", " ")


def _tables(lines: list[str]) -> Iterable[_Table]:
    """Yield the tables. Each begins with a row of known headings and ends at an empty line or at the next headings."""
    if len(lines) > MAX_ROWS:
        raise UnreadableReportError("too_large")
    position = 0
    while position < len(lines):
        separator, columns = _headings(lines[position])
        position += 1
        if not columns:
            continue
        block = []
        while position < len(lines) and lines[position].strip() and not _headings(lines[position])[1]:
            block.append(lines[position])
            position += 1
        try:
            rows = list(csv.reader(block, delimiter=separator))
        except csv.Error:
            raise UnreadableReportError("columns") from None
        yield _Table(columns, [row for row in rows if len(row) > 1])


def _headings(line: str) -> tuple[str, dict[str, int]]:
    """Return the separator of a line of headings and the index of each column; no columns if it is another line."""
    if not MAY_HAVE_HEADINGS.search(line):
        return "", {}
    for separator in SEPARATORS:
        if separator not in line:
            continue
        try:
            cells = [_heading(cell) for cell in next(csv.reader([line], delimiter=separator))]
        except (csv.Error, StopIteration):
            continue
        columns: dict[str, int] = {}
        for key, known in (("name", NAME), ("email", EMAIL), ("join", JOIN), ("leave", LEAVE), ("duration", DURATION)):
            for index, cell in enumerate(cells):
                if cell in known:
                    columns.setdefault(key, index)
        if "name" in columns and ({"join", "leave"} <= set(columns) or "duration" in columns):
            return separator, columns
    return "", {}


def _people(table: _Table, day: datetime.date | None, zone: datetime.tzinfo | None) -> list[_Person]:
    people: dict[str, _Person] = {}
    form = _format_of(table, day) if table.has_times else ""
    for row in table.rows:
        name = clean_name(table.cell(row, "name"))
        email = table.cell(row, "email").lower()
        if not name and not email:
            continue
        person = people.setdefault(email or f"name:{name_key(name)}", _Person(name, email))
        if table.has_times:
            start, end = (_moment(table.cell(row, key), form, zone) for key in ("join", "leave"))
            if start and end and start <= end:
                person.spans.append((start, end))
        else:
            person.seconds += _seconds(table.cell(row, "duration"))
    return list(people.values())


def _format_of(table: _Table, day: datetime.date | None) -> str:
    """Return a format that can read every time of the table; an empty text for ISO 8601.

    If several formats fit, such as day before month and month before day, the one in which people joined on `day` is
    preferred. Raises UnreadableReportError if none fits.
    """
    texts = {_plain(table.cell(row, key)) for row in table.rows for key in ("join", "leave")} - {""}
    fitting = [form for form in FORMATS if all(_moment(text, form) for text in texts)]
    if not fitting and all(_moment(text, "") for text in texts):
        return ""
    if not fitting:
        raise UnreadableReportError("times")
    joined = next((text for row in table.rows if (text := _plain(table.cell(row, "join")))), "")
    return next((form for form in fitting if (at := _moment(joined, form)) and at.date() == day), fitting[0])


def _plain(text: str) -> str:
    for half, plain in HALVES.items():
        text = text.replace(half, plain)
    return " ".join(text.split())


def _moment(text: str, form: str, zone: datetime.tzinfo | None = None) -> datetime.datetime | None:
    """Return a local time without its zone. An empty format stands for ISO 8601."""
    try:
        if form:
            return datetime.datetime.strptime(_plain(text), form)  # noqa: DTZ007  (the report names no zone)
        found = datetime.datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if found.tzinfo is not None and zone is not None:
        found = found.astimezone(zone)
    return found.replace(tzinfo=None)


def _seconds(text: str) -> int:
    """Return a duration such as "5h 31m 12s", "49 mins", "01:02:03" or "122" (minutes). 0 if it cannot be read."""
    text = text.strip().lower().replace(",", ".")
    if re.fullmatch(r"\d{1,3}(:\d{2}){1,2}", text):
        parts = [int(part) for part in text.split(":")]
        return sum(part * size for part, size in zip(parts, (3600, 60, 1), strict=False))
    if re.fullmatch(r"\d{1,6}(\.\d{1,3})?", text):
        return round(float(text) * 60)
    found = re.findall(r"(\d{1,5})\s*([htms])", text)
    return sum(int(number) * UNITS[unit] for number, unit in found)


def _attendee(person: _Person) -> Attendee:
    spans: list[Span] = []
    for start, end in sorted(person.spans):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    seconds = person.seconds + sum((end - start).total_seconds() for start, end in spans)
    return Attendee(person.name, person.email, round(seconds / 60), tuple(spans))


def joined(first: Attendee, second: Attendee) -> Attendee:
    """Return both as one person, with the name and address of the first. Both have `spans`."""
    return _attendee(_Person(first.name, first.email, [*first.spans, *second.spans]))


def clean_name(name: str) -> str:
    """Return a name without the text in brackets, with the given name first."""
    plain = " ".join(IN_BRACKETS.sub("", name[:MAX_NAME]).split())
    last, comma, first = plain.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() else plain
