"""What an event's page shows besides its own words."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.http import urlencode

from events.dates import moment_in_words, when_of
from events.enums import EventPhase, EventStatus, Provision
from events.forms.filters import TimetableFilterForm
from events.models import EventPage
from events.registration.availability import RegistrationAvailability, availability, joinable_seats
from events.registration.seats import seat_counts, settings_of
from events.timetable.changes import change_notes
from events.timetable.schedule import schedule_of
from events.timetable.speakers import site_organisations
from home.filter_links import FilterLink
from home.languages import language_name
from home.models import Organisation


def organisers_of(page: EventPage) -> list[Organisation]:
    """Return the organisers in the words of the page's language, in the order of the facts."""
    keys = list(page.event.organisers.values_list("organisation__translation_key", flat=True))
    if not keys:
        return []
    known = {item.translation_key: item for item in site_organisations(page.locale)}
    return [known[key] for key in keys if key in known]


def event_context(page: EventPage, request: HttpRequest) -> dict[str, object]:
    """Return the template context. Raises Http404 for a track or language that the timetable does not have."""
    event, now = page.event, timezone.now()
    sessions = page.sessions
    form = TimetableFilterForm(request.GET, tracks=[session.track for session in sessions])
    if not form.is_valid():
        raise Http404("no such track or language")
    chosen = form.cleaned_data
    schedule = schedule_of(page, sessions, chosen["track"], chosen["language"])
    phase = event.phase(now)
    here = page.get_url(request) or ""
    return {
        "event": event,
        "phase": phase,
        "is_over": phase == EventPhase.PAST,
        "is_off": phase in {EventPhase.CANCELLED, EventPhase.POSTPONED},
        "is_changed": event.status != EventStatus.SCHEDULED,
        "when": when_of(page),
        "organisers": organisers_of(page),
        "languages_spoken": [language_name(code) for code in event.languages_spoken],
        "languages_interpreted": [language_name(code) for code in event.languages_interpreted],
        "access": _access(page),
        "schedule": schedule,
        "track_choices": _choices(here, chosen, "track", [(name, name) for name in schedule.tracks]),
        "language_choices": _choices(
            here, chosen, "language", [(code, language_name(code)) for code in schedule.languages]
        ),
        "materials": list(page.materials.select_related("document")) if page.pk else list(page.materials.all()),
        "changes": change_notes(page, sessions) if phase != EventPhase.PAST else [],
        "webcal_url": _webcal(request, page.timetable_calendar_path if sessions else page.calendar_path),
        "register": register_of(page, request, now),
    }


@dataclass(frozen=True)
class Register:
    """What the page says of registration, and where it leads. Moments are words, on the event's clocks."""

    status: RegistrationAvailability
    # Empty where nobody can register at the moment.
    url: str = ""
    opens: str = ""
    closes: str = ""

    @property
    def is_elsewhere(self) -> bool:
        return self.status == RegistrationAvailability.EXTERNAL


def register_of(page: EventPage, request: HttpRequest, now: datetime.datetime) -> Register:
    event = page.event
    standing = availability(event, now)
    if standing == RegistrationAvailability.EXTERNAL:
        is_on = event.phase(now) in {EventPhase.UPCOMING, EventPhase.RUNNING}
        return Register(standing, url=event.registration_url if is_on else "")
    asked = settings_of(event)
    if asked is None:
        return Register(standing)
    leads_on = standing == RegistrationAvailability.OPEN or (
        standing == RegistrationAvailability.FULL
        and any(seat.can_join for seat in joinable_seats(asked, seat_counts(event), now).values())
    )
    return Register(
        standing,
        url=page.register_path(request) if leads_on else "",
        opens=moment_in_words(asked.opens_at, event.zone) if asked.opens_at else "",
        closes=moment_in_words(asked.registration_ends_at, event.zone) if asked.registration_ends_at else "",
    )


def _choices(here: str, chosen: dict[str, str], name: str, options: list[tuple[str, str]]) -> list[FilterLink]:
    """Return a link for each option, the first of them for all; nothing where there is nothing to choose."""
    if len(options) < 2:
        return []

    def url(value: str) -> str:
        query = urlencode({key: kept for key, kept in {**chosen, name: value}.items() if kept})
        return f"{here}?{query}#timetable" if query else f"{here}#timetable"

    return [FilterLink("", url(""), not chosen[name])] + [
        FilterLink(label, url(value), chosen[name] == value) for value, label in options
    ]


def _access(page: EventPage) -> dict[str, bool | None]:
    def answer(value: str) -> bool | None:
        return value == Provision.YES if value else None

    event = page.event
    if not event.is_on_site:
        return {}
    return {"step_free": answer(event.step_free), "hearing_loop": answer(event.hearing_loop)}


def _webcal(request: HttpRequest, path: str) -> str:
    return f"webcal://{request.get_host()}{path}"
