"""Events as lists show them, and those on the home page."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, F, Q, When
from django.http import HttpRequest
from django.utils import timezone

from events.enums import Attendance, EventPhase, EventStatus
from events.models import EventIndexPage, EventMaterial, EventPage, TimetableRow
from events.presentation import phase_queries
from events.presentation.page import RegistrationInfo, registration_info
from events.registration.availability import RegistrationAvailability, RegistrationOverview, registration_states
from home.models import Teaser


@dataclass(frozen=True)
class EventTeaser(Teaser):
    """An event in a list."""

    end_date: datetime.date | None = None
    phase: EventPhase = EventPhase.UPCOMING
    mode: Attendance = Attendance.ON_SITE
    place: str = ""
    starts_at: datetime.datetime | None = None
    ends_at: datetime.datetime | None = None
    zone: str = ""
    previous_date: datetime.date | None = None
    # Whether the page of a past event has materials and a report.
    has_materials: bool = False
    has_report: bool = False
    # Whether registration is open, for future events; None if nothing about registration is shown.
    registration: RegistrationAvailability | None = None
    # More details about registration. Set only for the next event on the home page.
    register: RegistrationInfo | None = None

    @property
    def is_next(self) -> bool:
        return self.register is not None

    @property
    def is_off(self) -> bool:
        return self.phase in {EventPhase.CANCELLED, EventPhase.POSTPONED}


def teaser(
    page: EventPage,
    request: HttpRequest,
    now: datetime.datetime,
    *,
    has_materials: bool = False,
    has_report: bool = False,
    registration: RegistrationOverview | None = None,
    is_next: bool = False,
) -> EventTeaser:
    event = page.event
    zone = zoneinfo.ZoneInfo(event.zone)
    return EventTeaser(
        title=page.title,
        url=page.get_url(request) or "",
        summary=page.teaser_text,
        date=event.first_day,
        label=event.mode.label,
        image=page.share_image,
        motif=event.key.int % 6,
        end_date=event.last_day if event.is_several_days else None,
        phase=event.phase(now),
        mode=event.mode,
        place=event.place,
        starts_at=event.starts_at.astimezone(zone) if event.has_hours and event.starts_at else None,
        ends_at=event.known_until.astimezone(zone) if event.has_hours and event.known_until == event.ends_at else None,
        zone=event.zone,
        previous_date=event.previous_first_day if event.status == EventStatus.RESCHEDULED else None,
        has_materials=has_materials,
        has_report=has_report,
        registration=registration.availability if registration else None,
        register=registration_info(page, request, now, registration) if is_next and registration else None,
    )


def states_of(pages: Iterable[EventPage], now: datetime.datetime) -> dict[int, RegistrationOverview]:
    """Return the state of registration by event id, for events that are not over. At most three queries."""
    coming = [page.event for page in pages if page.event.phase(now) in {EventPhase.UPCOMING, EventPhase.RUNNING}]
    return registration_states(coming, now) if coming else {}


def pages_with_materials(pages: Iterable[EventPage]) -> set[int]:
    """Return the keys of the pages with materials, or with slides or a recording of a session."""
    keys = [page.pk for page in pages]
    has_file = Q(slides__isnull=False) | ~Q(slides_url="") | ~Q(recording_url="")
    materials = EventMaterial.objects.filter(page__in=keys).order_by().values_list("page_id")
    sessions = TimetableRow.objects.filter(has_file, page__in=keys).order_by().values_list("page_id")
    return {page for (page,) in materials.union(sessions)}


def home_page_teasers(index: EventIndexPage, request: HttpRequest, limit: int) -> list[EventTeaser]:
    """Return running and upcoming events, then the latest past ones.

    They change when one of them begins or ends: an event that is not among them takes the place of one that has ended.
    """
    now = timezone.now()
    is_coming = phase_queries.coming(now)
    pages = index.listed_pages().defer("report").filter(phase_queries.takes_place())
    # Past events have no value in the first two columns, and are sorted by the others.
    shown = pages.order_by(
        Case(When(is_coming, then=0), default=1),
        Case(When(is_coming, then=F("event__starts_at"))).asc(nulls_last=True),
        Case(When(is_coming, then=F("event__pk"))).asc(nulls_last=True),
        F("event__starts_at").desc(nulls_last=True),
        "-event__pk",
    )[:limit]
    states = states_of(shown, now)
    return [
        teaser(page, request, now, registration=states.get(page.event_id), is_next=number == 0)
        for number, page in enumerate(shown)
    ]
