"""The timetable for pages: times and rooms from the source page, titles and abstracts from the page itself.

Therefore no language shows an outdated time. A row without a translation has the text of the source page, marked with
its language (WCAG 3.1.2).
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import prefetch_related_objects

from events.enums import RowKind
from events.models import EventPage, TimetableRow
from events.models.timetable import Speaker
from events.timetable.span import in_order, row_times
from events.timetable.speakers import site_organisations
from home.languages import language_name
from home.models import Organisation


@dataclass(frozen=True)
class Session:
    """A row of the timetable, ready to be shown."""

    key: uuid.UUID
    day: int
    starts_at: datetime.datetime
    ends_at: datetime.datetime | None
    kind: RowKind
    title: str
    abstract: str
    # The language of title and abstract, if it differs from that of the page; otherwise empty.
    foreign_language: str
    speakers: list[Speaker]
    chairs: list[Speaker]
    organisation: Organisation | None
    room: str
    track: str
    language: str
    has_qa: bool
    is_cancelled: bool
    slides_url: str
    recording_url: str
    calendar_path: str
    # A text about free places, for sessions that participants choose.
    places: str = ""

    @property
    def anchor(self) -> str:
        """The fragment of the row in the page's address. It is the same in every language and never changes."""
        return f"row-{self.key.hex[:12]}"

    @property
    def is_break(self) -> bool:
        return self.kind.is_break

    @property
    def language_name(self) -> str:
        return language_name(self.language) if self.language else ""

    @property
    def runs_past_midnight(self) -> bool:
        return bool(self.ends_at and self.ends_at.date() > self.starts_at.date())


@dataclass
class Cell:
    """A cell of the table: the sessions that begin there, and its size."""

    track: str
    sessions: list[Session] = field(default_factory=list)
    rowspan: int = 1
    colspan: int = 1


@dataclass
class Line:
    """A row of the table: a time and the sessions that begin then."""

    starts_at: datetime.datetime
    cells: list[Cell] = field(default_factory=list)

    @property
    def only_session(self) -> Session | None:
        """The session of the line if it is the only one. Its end is then shown beside the time of the line."""
        sessions = [session for cell in self.cells for session in cell.sessions]
        return sessions[0] if len(sessions) == 1 else None


@dataclass
class ScheduleDay:
    number: int
    date: datetime.date
    sessions: list[Session]
    tracks: list[str]

    @property
    def anchor(self) -> str:
        return f"day-{self.number}"

    @property
    def lines(self) -> list[Line]:
        """The day as a table with a column for each track."""
        return _lines(self.sessions, self.tracks)


def sessions_of(page: EventPage) -> list[Session]:
    """Return the sessions of the page's event, in order."""
    source = page.source_page
    rows = in_order(source.timetable_rows.all())
    prefetch_related_objects(rows, "slides")
    translations = {row.translation_key: row for row in page.timetable_rows.all()} if source != page else {}
    organisations = {}
    if any(row.organisation_id for row in rows):
        organisations = {item.translation_key: item for item in site_organisations(page.locale)}
        prefetch_related_objects(rows, "organisation")
    times = row_times(page.event, rows)
    return [
        _session(page, source, row, item, translations.get(row.translation_key), organisations)
        for row, item in zip(rows, times, strict=True)
    ]


def _session(page, source, row: TimetableRow, times, translation: TimetableRow | None, organisations) -> Session:
    foreign = ""
    if source != page and translation is None:
        foreign = source.locale.language_code
    texts = translation or row
    return Session(
        key=row.translation_key,
        day=row.day,
        starts_at=times.starts_at,
        ends_at=times.ends_at,
        kind=row.row_kind,
        title=texts.title,
        abstract=texts.abstract,
        foreign_language=foreign,
        speakers=row.speakers,
        chairs=row.chairs,
        organisation=organisations.get(row.organisation.translation_key) if row.organisation else None,
        room=row.room,
        track=row.track,
        language=row.language,
        has_qa=row.has_qa,
        is_cancelled=row.is_cancelled,
        slides_url=row.slides.url if row.slides else row.slides_url,
        recording_url=row.recording_url,
        calendar_path=page.row_calendar_path(row.translation_key),
    )


@dataclass
class Schedule:
    """The timetable, filtered or whole."""

    days: list[ScheduleDay]
    tracks: list[str]
    languages: list[str]
    is_filtered: bool = False

    def __bool__(self) -> bool:
        return bool(self.days) or self.is_filtered


def schedule_of(page: EventPage, sessions: Iterable[Session], track: str = "", language: str = "") -> Schedule:
    """Return the timetable by days. Sessions without a track or language match every filter."""
    sessions = list(sessions)
    tracks = list(dict.fromkeys(session.track for session in sessions if session.track))
    languages = sorted({session.language for session in sessions if session.language})
    shown = [
        session
        for session in sessions
        if (not track or session.track in ("", track)) and (not language or session.language in ("", language))
    ]
    days = []
    for number in sorted({session.day for session in shown}):
        of_day = [session for session in shown if session.day == number]
        in_use = [name for name in tracks if any(session.track == name for session in of_day)]
        days.append(ScheduleDay(number, page.event.day(number), of_day, in_use))
    return Schedule(days, tracks, languages if len(languages) > 1 else [], is_filtered=bool(track or language))


def _lines(sessions: list[Session], tracks: list[str]) -> list[Line]:
    """Return the table of a day: a line for each start time, and a column for each track.

    A session spans lines until it ends or the next session of its track begins. A session without a track spans all
    columns and ends the spans above it.
    """
    starts = sorted({session.starts_at for session in sessions})
    lines = [Line(moment) for moment in starts]
    open_cells: dict[str, tuple[Cell, datetime.datetime | None]] = {}
    for line in lines:
        here = [session for session in sessions if session.starts_at == line.starts_at]
        wide = [session for session in here if not session.track]
        if wide:
            open_cells.clear()
            line.cells.append(Cell("", wide, colspan=len(tracks) or 1))
            here = [session for session in here if session.track]
            if not here:
                continue
            # Sessions of a track that begin at the same time are listed below it in the same cell.
            line.cells[0].sessions += here
            continue
        for track in tracks:
            mine = [session for session in here if session.track == track]
            cell, until = open_cells.get(track, (None, None))
            if not mine and cell is not None and until is not None and until > line.starts_at:
                cell.rowspan += 1
                continue
            cell = Cell(track, mine)
            line.cells.append(cell)
            ends = [session.ends_at for session in mine if session.ends_at]
            open_cells[track] = (cell, max(ends, default=None))
    return lines
