"""The event list, and the events on the home page."""

from __future__ import annotations

import calendar
import datetime
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from events.enums import Attendance, EventPhase, EventStatus
from events.forms.filters import EventFilterForm
from events.models import EventIndexPage, EventMaterial, EventPage, TimetableRow
from events.presentation.page import RegistrationInfo, registration_info
from events.registration.availability import RegistrationAvailability, RegistrationOverview, registration_states
from home.collation import sort_key
from home.countries import countries
from home.filter_links import FilterLink
from home.http import page_cache
from home.models import Teaser
from home.validity import changes_at, next_midnight


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


def home_page_teasers(index: EventIndexPage, request: HttpRequest, limit: int) -> list[EventTeaser]:
    """Return running and upcoming events, then the latest past ones.

    One query reads all events, because a project has only some dozens of them.
    """
    now = timezone.now()
    phases: dict[EventPhase, list[EventPage]] = {}
    for page in index.event_pages().order_by("event__starts_at", "event__pk"):
        phases.setdefault(page.event.phase(now), []).append(page)
    past = reversed(phases.get(EventPhase.PAST, []))
    found = [*phases.get(EventPhase.RUNNING, []), *phases.get(EventPhase.UPCOMING, []), *past]
    shown = found[:limit]
    states = states_of(shown, now)
    return [
        teaser(page, request, now, registration=states.get(page.event_id), is_next=number == 0)
        for number, page in enumerate(shown)
    ]


def index_context(index: EventIndexPage, request: HttpRequest) -> dict[str, object]:
    """Return the template context of the event list. Raises Http404 for a filter with an unknown value."""
    return {
        "listing": Listing(index, request),
        "webcal_url": f"webcal://{request.get_host()}{index.calendar_path}",
        "feed_url": index.feed_path,
    }


@dataclass
class MonthDay:
    date: datetime.date
    is_of_month: bool
    is_today: bool
    teasers: list[EventTeaser] = field(default_factory=list)


@dataclass(frozen=True)
class MonthLink:
    first: datetime.date
    url: str


@dataclass
class Month:
    first: datetime.date
    weeks: list[list[MonthDay]]
    # The nearest months that have events. Links to empty months would lead crawlers on without end.
    before: MonthLink | None
    after: MonthLink | None

    @property
    def days_with_events(self) -> list[MonthDay]:
        return [day for week in self.weeks for day in week if day.teasers and day.is_of_month]

    @property
    def weekdays(self) -> list[datetime.date]:
        return [day.date for day in self.weeks[0]]


class Listing:
    """The event list with the filters of the request. Raises Http404 for an unknown filter value."""

    def __init__(self, index: EventIndexPage, request: HttpRequest) -> None:
        form = EventFilterForm(request.GET)
        if not form.is_valid():
            raise Http404("unknown value of a filter")
        self.filters = form.cleaned_data
        self.index = index
        self.request = request
        self.now = timezone.now()
        self.here = index.get_url(request) or ""
        # An empty text if the list has no filters: the template caches this list. None if it has filters: it is not
        # cached.
        self.whole_list = None if request.GET.keys() & form.fields.keys() else ""
        if self.whole_list is None and self._offers_filters():
            month = self.filters["month"]
            page_cache.accept_query(request, self.filters | {"month": month.strftime("%Y-%m") if month else None})

    def _offers_filters(self) -> bool:
        """Return whether the list has links to the values of the filters. Other values are not cached."""
        country, year, month = self.filters["country"], self.filters["year"], self.filters["month"]
        days = [day for page in self._all for day in page.event.days]
        return (
            (not country or country in {page.event.venue_country.code for page in self._all})
            and (not year or year in {day.year for day in days})
            and (not month or month in {day.replace(day=1) for day in days})
        )

    @cached_property
    def _all(self) -> list[EventPage]:
        """All pages of the list. The choices of the filters depend on all of them."""
        return list(self.index.event_pages().order_by("event__starts_at", "event__pk"))

    @cached_property
    def _with_materials(self) -> set[int]:
        """The keys of the pages with materials, or with slides or a recording of a session."""
        has_file = Q(slides__isnull=False) | ~Q(slides_url="") | ~Q(recording_url="")
        materials = EventMaterial.objects.filter(page__in=self._all).order_by().values_list("page_id")
        sessions = TimetableRow.objects.filter(has_file, page__in=self._all).order_by().values_list("page_id")
        return {page for (page,) in materials.union(sessions)}

    @cached_property
    def _matching(self) -> list[EventPage]:
        mode, country = self.filters["mode"], self.filters["country"]
        return [
            page
            for page in self._all
            if (not mode or page.event.mode in {mode, Attendance.HYBRID})
            and (not country or (page.event.is_on_site and page.event.venue_country.code == country))
        ]

    def _teasers(self, *phases: EventPhase) -> list[EventTeaser]:
        return [self._teaser(page) for page in self._matching if page.event.phase(self.now) in phases]

    def _teaser(self, page: EventPage) -> EventTeaser:
        return teaser(
            page,
            self.request,
            self.now,
            has_materials=page.pk in self._with_materials,
            has_report=bool(page.report),
            registration=self._registrations.get(page.event_id),
        )

    @cached_property
    def _registrations(self) -> dict[int, RegistrationOverview]:
        return states_of(self._matching, self.now)

    def _is_over(self, page: EventPage) -> bool:
        return page.event.status != EventStatus.POSTPONED and page.event.is_over(self.now)

    @cached_property
    def running(self) -> list[EventTeaser]:
        return self._teasers(EventPhase.RUNNING)

    @cached_property
    def upcoming(self) -> list[EventTeaser]:
        """Upcoming events. Cancelled ones are included until their date has passed."""
        return [
            self._teaser(page)
            for page in self._matching
            if page.event.phase(self.now) in {EventPhase.UPCOMING, EventPhase.CANCELLED} and not self._is_over(page)
        ]

    @cached_property
    def postponed(self) -> list[EventTeaser]:
        return self._teasers(EventPhase.POSTPONED)

    @cached_property
    def _past_pages(self) -> list[EventPage]:
        return [page for page in reversed(self._matching) if self._is_over(page)]

    @cached_property
    def past_years(self) -> list[tuple[int, list[EventTeaser]]]:
        """Past events by year, the latest year first. With a filter, only that year."""
        years: dict[int, list[EventTeaser]] = {}
        for page in self._past_pages:
            year = page.event.first_day.year
            if self.filters["year"] in (None, year):
                years.setdefault(year, []).append(self._teaser(page))
        return sorted(years.items(), reverse=True)

    @property
    def is_empty(self) -> bool:
        return not (self.running or self.upcoming or self.postponed or self.past_years)

    @property
    def is_filtered(self) -> bool:
        return bool(self.filters["mode"] or self.filters["country"] or self.filters["year"])

    # Links

    def _url(self, **changes) -> str:
        values = {**self.filters, **changes}
        month = values.pop("month")
        values["month"] = month.strftime("%Y-%m") if month and values["view"] else ""
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{self.here}?{query}" if query else self.here

    @cached_property
    def mode_links(self) -> list[FilterLink]:
        """The links that filter by attendance mode. Empty if all events have the same mode."""
        found = {page.event.mode for page in self._all}
        if len(found) < 2:
            return []
        options = [mode for mode in (Attendance.ON_SITE, Attendance.ONLINE) if found & {mode, Attendance.HYBRID}]
        return [
            FilterLink(
                str(mode.label),
                self._url(mode="" if self.filters["mode"] == mode else mode),
                self.filters["mode"] == mode,
            )
            for mode in options
        ]

    @cached_property
    def country_links(self) -> list[FilterLink]:
        codes = {
            page.event.venue_country.code for page in self._all if page.event.is_on_site and page.event.venue_country
        }
        if len(codes) < 2:
            return []
        options = sorted(((countries.name(code), code) for code in codes), key=lambda option: sort_key(option[0]))
        chosen = self.filters["country"]
        return [
            FilterLink(name, self._url(country="" if chosen == code else code), chosen == code)
            for name, code in options
        ]

    @cached_property
    def year_links(self) -> list[FilterLink]:
        counts: dict[int, int] = {}
        for page in self._past_pages:
            counts[page.event.first_day.year] = counts.get(page.event.first_day.year, 0) + 1
        if len(counts) < 2:
            return []
        chosen = self.filters["year"]
        return [
            FilterLink(str(year), self._url(year=None if chosen == year else year), chosen == year, count)
            for year, count in sorted(counts.items(), reverse=True)
        ]

    @property
    def views(self) -> list[FilterLink]:
        return [
            FilterLink(_("List"), self._url(view="", month=None), not self.is_month),
            FilterLink(_("Month"), self._url(view="month"), self.is_month),
        ]

    @property
    def clear_url(self) -> str:
        return self.here

    # The month

    @property
    def is_month(self) -> bool:
        return self.filters["view"] == "month"

    @cached_property
    def month(self) -> Month | None:
        if not self.is_month:
            return None
        today = timezone.localdate(self.now)
        changes_at(next_midnight(self.now))
        first = self.filters["month"] or self._nearest_month(today)
        weeks = [
            [MonthDay(date, date.month == first.month, date == today) for date in week]
            for week in calendar.Calendar().monthdatescalendar(first.year, first.month)
        ]
        days = {day.date: day for week in weeks for day in week}
        months = {today.replace(day=1)}
        for page in self._matching:
            if page.event.status != EventStatus.POSTPONED:
                shown = self._teaser(page)
                for date in page.event.days:
                    months.add(date.replace(day=1))
                    if date in days:
                        days[date].teasers.append(shown)
        before = max((month for month in months if month < first), default=None)
        after = min((month for month in months if month > first), default=None)
        return Month(first, weeks, self._month_link(before), self._month_link(after))

    def _month_link(self, month: datetime.date | None) -> MonthLink | None:
        return MonthLink(month, self._url(month=month)) if month else None

    def _nearest_month(self, today: datetime.date) -> datetime.date:
        """Return the month to show first.

        It is the current month if an event is running or none is planned, otherwise the month of the next event.
        """
        coming = [*self.running, *self.upcoming]
        return max([today, *(teaser.date for teaser in coming[:1] if teaser.date)]).replace(day=1)
