"""Calendar entries of events and sessions in one language.

Times and texts come from the event and its page. UID and sequence number come from what was announced last
(`CalendarEntry`).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import override

from events import timezones
from events.enums import EventStatus
from events.models import CalendarEntry, Event, EventPage
from events.timetable.schedule import Session
from home.links import public_page_url
from home.validity import changes_at

# A removed row stays in calendars as cancelled for this long, so that subscribers notice it.
KEEP_REMOVED = datetime.timedelta(days=90)


@dataclass(frozen=True)
class Entry:
    """One entry of a calendar.

    For whole days `starts` and `ends` are dates, and `ends` is the last day. Otherwise they are moments.
    """

    uid: str
    zone: str
    starts: datetime.date | datetime.datetime
    ends: datetime.date | datetime.datetime | None
    summary: str
    sequence: int
    modified_at: datetime.datetime
    created_at: datetime.datetime
    description: str = ""
    location: str = ""
    url: str = ""
    categories: tuple[str, ...] = field(default_factory=tuple)
    is_cancelled: bool = False


def event_entry(page: EventPage, entry: CalendarEntry, request: HttpRequest | None = None) -> Entry:
    """Return the entry of the whole event. `request` is for `public_page_url`."""
    event = page.event
    with override(page.locale.language_code):
        starts, ends = _event_times(event)
        return Entry(
            uid=str(event.key),
            zone=event.zone,
            starts=starts,
            ends=ends,
            summary=_summary(event, page.title),
            sequence=entry.sequence,
            modified_at=entry.modified_at,
            created_at=event.created_at,
            description=_description(page),
            location=location_of(event),
            url=public_page_url(page, request),
            is_cancelled=event.status in {EventStatus.CANCELLED, EventStatus.POSTPONED},
        )


def row_entries(page: EventPage, entries: Iterable[CalendarEntry], now: datetime.datetime) -> list[Entry]:
    """Return the entries of the timetable's rows, and of recently removed rows as cancelled."""
    known = {entry.key: entry for entry in entries if entry.is_row}
    found = []
    with override(page.locale.language_code):
        for session in page.sessions:
            entry = known.pop(session.key, None)
            if entry:
                found.append(_row_entry(page, session, entry))
        for entry in known.values():
            forgotten_at = entry.removed_at + KEEP_REMOVED if entry.removed_at else None
            changes_at(forgotten_at)
            if forgotten_at and now < forgotten_at:
                found.append(_removed_entry(page, entry))
    return found


def _row_entry(page: EventPage, session: Session, entry: CalendarEntry) -> Entry:
    event = page.event
    names = [str(person) for person in (*session.chairs, *session.speakers)]
    parts = [", ".join(names), session.abstract, page.title]
    room = ", ".join(dict.fromkeys(filter(None, [session.room, session.track])))
    return Entry(
        uid=str(entry.key),
        zone=event.zone,
        starts=session.starts_at,
        ends=session.ends_at,
        summary=_summary(event, session.title),
        sequence=entry.sequence,
        modified_at=entry.modified_at,
        created_at=event.created_at,
        description="\n\n".join(filter(None, parts)),
        location=", ".join(filter(None, [room, location_of(event)])),
        url=f"{public_page_url(page)}#{session.anchor}",
        categories=(str(session.kind.label),),
        is_cancelled=session.is_cancelled or event.status in {EventStatus.CANCELLED, EventStatus.POSTPONED},
    )


def _removed_entry(page: EventPage, entry: CalendarEntry) -> Entry:
    event = page.event
    titles = entry.titles or {"": page.title}
    ends_at = entry.announced["ends_at"]
    zone = timezones.zone_info(event.zone)
    return Entry(
        uid=str(entry.key),
        zone=event.zone,
        starts=datetime.datetime.fromisoformat(entry.announced["starts_at"]).astimezone(zone),
        ends=datetime.datetime.fromisoformat(ends_at).astimezone(zone) if ends_at else None,
        summary=titles.get(page.locale.language_code) or next(iter(titles.values())),
        sequence=entry.sequence,
        modified_at=entry.modified_at,
        created_at=event.created_at,
        url=public_page_url(page),
        is_cancelled=True,
    )


def _event_times(
    event: Event,
) -> tuple[datetime.date | datetime.datetime, datetime.date | datetime.datetime | None]:
    """Return the start and the end of the event: moments if the times are known, otherwise dates."""
    zone = timezones.zone_info(event.zone)
    starts_at = event.starts_at if event.has_hours else None
    if starts_at and event.known_until and event.known_until > starts_at:
        return starts_at.astimezone(zone), event.known_until.astimezone(zone)
    if starts_at and not event.is_several_days:
        return starts_at.astimezone(zone), None
    return event.first_day, event.last_day


def _summary(event: Event, title: str) -> str:
    """Return the title with the status in front, because some applications do not show the status of an entry."""
    if event.status == EventStatus.CANCELLED:
        return _("Cancelled: %(title)s") % {"title": title}
    if event.status == EventStatus.POSTPONED:
        return _("Postponed: %(title)s") % {"title": title}
    return title


def _description(page: EventPage) -> str:
    parts = [page.status_reason if page.event.status != EventStatus.SCHEDULED else "", page.teaser_text]
    if page.event.is_online:
        parts.append(_("We send joining instructions to participants."))
    if hasattr(page.event, "registration_settings"):
        parts.append(
            _(
                "This is the public entry. If you register, you get an entry of your own by email, which is kept up to date "
                "for you. Delete this one then."
            )
        )
    return "\n\n".join(filter(None, parts))


def location_of(event: Event) -> str:
    venue = ", ".join(event.venue_parts) if event.is_on_site else ""
    if not event.is_online:
        return venue
    # Without a venue, a hybrid event must not look like an online event.
    return " / ".join([venue, _("Online")]) if venue else str(event.mode.label)
