"""The contents of an event page besides the fields of the page and the event."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass, replace
from functools import partial

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.formats import get_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from events.dates import format_moment, when_of
from events.enums import EventPhase, EventStatus, Provision
from events.forms.filters import TimetableFilterForm
from events.models import EventPage, EventSession
from events.registration.availability import (
    RegistrationAvailability,
    RegistrationOverview,
    availability_for,
    joinable_seats,
    registration_states,
)
from events.registration.labels import seats_label
from events.registration.seats import session_counts
from events.timetable.changes import change_notes
from events.timetable.schedule import schedule_of
from events.timetable.speakers import site_organisations
from home.filter_links import FilterLink
from home.http.page_cache import accept_query
from home.languages import language_name
from home.models import Organisation
from home.models.partners import TONES
from home.text_normalization import plain_text
from home.validity import memoized_parts


def organisers_of(page: EventPage) -> list[Organisation]:
    """Return the organisers in their order, translated into the page's language where a translation exists."""
    keys = list(page.event.organisers.values_list("organisation__translation_key", flat=True))
    if not keys:
        return []
    known = {item.translation_key: item for item in site_organisations(page.locale)}
    found = [known[key] for key in keys if key in known]
    for number, organisation in enumerate(found):
        organisation.tone = number % TONES
    return found


# The names that the template uses besides the fields of the page and its event.
SHOWN = (
    "phase",
    "is_over",
    "is_off",
    "is_postponed",
    "offers_calendar",
    "is_changed",
    "when",
    "time_format",
    "organisers",
    "languages_spoken",
    "languages_interpreted",
    "access",
    "schedule",
    "track_choices",
    "language_choices",
    "about",
    "is_about_short",
    "materials",
    "has_materials",
    "changes",
    "webcal_url",
    "register",
)


def event_context(page: EventPage, request: HttpRequest) -> dict[str, object]:
    """Return the template context. Raises Http404 for a track or language that the timetable does not have."""
    shown = memoized_parts((*SHOWN, "timetable_filters"), partial(_shown, page, request))
    # The filters are checked now, because their values are part of the key under which the template caches the
    # timetable. None means that it is not cached.
    is_whole = not request.GET.keys() & TimetableFilterForm.base_fields.keys()
    return {**shown, "event": page.event, "timetable_filters": "" if is_whole else shown["timetable_filters"]()}


def _shown(page: EventPage, request: HttpRequest) -> dict[str, object]:
    event, now = page.event, timezone.now()
    places = session_places(page)
    sessions = [replace(session, places=places.get(session.key, "")) for session in page.sessions]
    form = TimetableFilterForm(request.GET, tracks=[session.track for session in sessions])
    if not form.is_valid():
        raise Http404("unknown track or language")
    filters = form.cleaned_data
    schedule = schedule_of(page, sessions, filters["track"], filters["language"])
    is_offered = filters["language"] in {"", *schedule.languages}
    if is_offered:
        accept_query(request, filters)
    phase = event.phase(now)
    here = page.get_url(request) or ""
    materials = list(page.materials.select_related("document")) if page.pk else list(page.materials.all())
    return {
        "phase": phase,
        "is_over": phase == EventPhase.PAST,
        "is_off": phase in {EventPhase.CANCELLED, EventPhase.POSTPONED},
        "is_postponed": phase == EventPhase.POSTPONED,
        # No calendar entry is offered. The entries that people already have show the new status.
        "offers_calendar": phase not in {EventPhase.CANCELLED, EventPhase.POSTPONED},
        "is_changed": event.status != EventStatus.SCHEDULED,
        "when": when_of(page),
        "time_format": get_format("TIME_FORMAT"),
        "organisers": page.organisers,
        "languages_spoken": [language_name(code) for code in event.languages_spoken],
        "languages_interpreted": [language_name(code) for code in event.languages_interpreted],
        "access": _access(page),
        "schedule": schedule,
        "timetable_filters": f"{filters['track']}-{filters['language']}" if is_offered else None,
        "track_choices": _filter_links(here, filters, "track", [(name, name) for name in schedule.tracks]),
        "language_choices": _filter_links(
            here, filters, "language", [(code, language_name(code)) for code in schedule.languages]
        ),
        "about": (about := about_of(page)),
        "is_about_short": len(about) > 1 and all(part.is_short for part in about),
        "materials": materials,
        "has_materials": bool(materials) or any(session.slides_url or session.recording_url for session in sessions),
        "changes": change_notes(page, sessions) if phase != EventPhase.PAST else [],
        "webcal_url": _webcal(request, page.timetable_calendar_path if sessions else page.calendar_path),
        "register": registration_info(page, request, now, registration_state(page)),
    }


def registration_state(page: EventPage) -> RegistrationOverview:
    """Return the state of registration. It is read once for each response, which uses it several times."""
    found: RegistrationOverview | None = page.__dict__.get("shown_registration_state")
    if found is None:
        found = registration_states([page.event], timezone.now())[page.event_id]
        page.__dict__["shown_registration_state"] = found
    else:
        # Called for its effect: a part of the page with a cache of its own needs the times of the next changes, too
        # (`home/validity.py`).
        availability_for(page.event, found.settings, found.seats, timezone.now())
    return found


def session_places(page: EventPage) -> dict[uuid.UUID, str]:
    """Return the text about free places of each session that can be chosen, by the key of the session.

    Empty while people cannot register. Two queries, and one for an event without such sessions.
    """
    state = registration_state(page)
    if state.availability not in {RegistrationAvailability.OPEN, RegistrationAvailability.FULL}:
        return {}
    counts = session_counts(page.event)
    keys = dict(EventSession.objects.filter(pk__in=counts).values_list("pk", "key")) if counts else {}
    return {keys[pk]: seats_label(count) for pk, count in counts.items()}


# A part of the description with at most this many characters fits into a narrow column.
SHORT_PART = 320


@dataclass(frozen=True)
class AboutPart:
    """A part of an event's description: its aim, its target groups or its text."""

    heading: str
    text: object
    length: int
    is_body: bool = False

    @property
    def is_short(self) -> bool:
        return self.length <= SHORT_PART


def about_of(page: EventPage) -> list[AboutPart]:
    """Return the parts of the description that are not empty.

    Blocks other than text need the full width.
    """
    parts = []
    for heading, text in ((_("Aim"), page.aim), (_("Who it is for"), page.target_groups)):
        if text:
            parts.append(AboutPart(heading, text, len(plain_text(text))))
    if page.body:
        is_text = all(block.block_type == "text" for block in page.body)
        length = sum(len(plain_text(str(block.value))) for block in page.body) if is_text else SHORT_PART + 1
        parts.append(AboutPart(_("About the event"), page.body, length, is_body=True))
    return parts


@dataclass(frozen=True)
class RegistrationInfo:
    """The data about registration that pages show. Moments are texts in the event's time zone."""

    status: RegistrationAvailability
    # The address of the form; empty if registration is not possible now.
    url: str = ""
    opens: str = ""
    closes: str = ""
    # Pairs of attendance mode and text about its free places. Empty while registration is not possible.
    seats: tuple[tuple[str, str], ...] = ()

    @property
    def is_elsewhere(self) -> bool:
        return self.status == RegistrationAvailability.EXTERNAL


def registration_info(
    page: EventPage, request: HttpRequest, now: datetime.datetime, state: RegistrationOverview
) -> RegistrationInfo:
    """Return the data about registration that a page shows. No query."""
    event, status, settings = page.event, state.availability, state.settings
    if status == RegistrationAvailability.EXTERNAL:
        is_on = event.phase(now) in {EventPhase.UPCOMING, EventPhase.RUNNING}
        return RegistrationInfo(status, url=event.registration_url if is_on else "")
    if settings is None:
        return RegistrationInfo(status)
    seats = joinable_seats(settings, state.seats, now)
    leads_on = status == RegistrationAvailability.OPEN or (
        status == RegistrationAvailability.FULL and any(seat.can_join for seat in seats.values())
    )
    return RegistrationInfo(
        status,
        url=page.register_path(request) if leads_on else "",
        opens=format_moment(settings.opens_at, event.zone) if settings.opens_at else "",
        closes=format_moment(settings.registration_ends_at, event.zone) if settings.registration_ends_at else "",
        seats=tuple((str(seat.mode.label), seats_label(seat)) for seat in seats.values()) if leads_on else (),
    )


def _filter_links(path: str, filters: dict[str, str], name: str, options: list[tuple[str, str]]) -> list[FilterLink]:
    """Return filter links to the page `path`: one for all values, and one for each option.

    With fewer than two options, return no links.
    """
    if len(options) < 2:
        return []

    def url(value: str) -> str:
        query = urlencode({key: item for key, item in {**filters, name: value}.items() if item})
        return f"{path}?{query}#timetable" if query else f"{path}#timetable"

    return [FilterLink("", url(""), not filters[name])] + [
        FilterLink(label, url(value), filters[name] == value) for value, label in options
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
