"""The event list: its events, filters and months."""

from __future__ import annotations

import datetime
from collections import Counter
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count, Min, Q
from django.db.models.functions import ExtractYear
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from events.enums import Attendance, EventPhase, EventStatus
from events.forms.filters import EventFilterForm
from events.models import EventIndexPage, EventPage
from events.presentation import phase_queries
from events.presentation.month import Month, make_month, months_of
from events.presentation.teasers import EventTeaser, pages_with_materials, states_of, teaser
from home.collation import sort_key
from home.countries import countries
from home.filter_links import FilterLink
from home.http import page_cache
from home.validity import changes_at, next_midnight

# How many running and upcoming events, and how many past ones, the list shows before it links to the others.
COMING_SHOWN = 20
PAST_SHOWN = 20


class EventGroup(NamedTuple):
    """The numbers of events that have the same values of what the list is filtered by."""

    status: str
    attendance: str
    country: str
    year: int
    coming: int
    past: int
    # The next time at which one of them is over.
    next_end: datetime.datetime | None

    @property
    def mode(self) -> Attendance:
        return Attendance.effective(self.status, self.attendance)

    @property
    def venue_country(self) -> str:
        """The code of the country, or an empty text if the events are online."""
        return "" if self.mode == Attendance.ONLINE else self.country


def index_context(index: EventIndexPage, request: HttpRequest) -> dict[str, object]:
    """Return the template context of the event list. Raises Http404 for a filter with an unknown value."""
    return {
        "listing": Listing(index, request),
        "webcal_url": f"webcal://{request.get_host()}{index.calendar_path}",
        "feed_url": index.feed_path,
    }


class Listing:
    """The event list with the filters of the request. Raises Http404 for an unknown filter value.

    One query counts the events for the links (`_groups`). Pages are read only for events that are shown.
    """

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
        return (
            (not country or country in {group.country for group in self._groups})
            and (not year or (self.is_limited and year in self._past_by_year))
            and (not month or (self.is_month and month in self._months))
        )

    # Numbers

    @cached_property
    def _groups(self) -> list[EventGroup]:
        """All events in groups, from one query. The choices of the filters depend on all of them."""
        groups = (
            self.index.event_pages()
            .order_by()
            .annotate(event_year=ExtractYear("event__first_day"))
            .values_list("event__status", "event__attendance", "event__venue_country", "event_year")
            .annotate(
                coming=Count("pk", filter=phase_queries.coming(self.now)),
                past=Count("pk", filter=phase_queries.past(self.now)),
                next_end=Min("event__ends_at", filter=Q(event__ends_at__gt=self.now)),
            )
        )
        return [EventGroup(*group) for group in groups]

    @cached_property
    def _matching_groups(self) -> list[EventGroup]:
        mode, country = self.filters["mode"], self.filters["country"]
        found = [
            group
            for group in self._groups
            if (not mode or group.mode in {mode, Attendance.HYBRID}) and (not country or group.venue_country == country)
        ]
        # From its end on, an event counts as past. It may be shown then, even if it was not before.
        changes_at(*(group.next_end for group in found if group.status != EventStatus.POSTPONED))
        return found

    @cached_property
    def _past_by_year(self) -> Counter[int]:
        """The numbers of past events, the latest year first."""
        years: Counter[int] = Counter()
        for group in sorted(self._matching_groups, key=lambda group: group.year, reverse=True):
            if group.past:
                years[group.year] += group.past
        return years

    # Events

    def _pages(self, condition: Q):
        """Return the pages of events that match the filters and this condition, in the order of their start."""
        matching = phase_queries.attended(self.filters["mode"]) & phase_queries.held_in(self.filters["country"])
        pages = self.index.listed_pages().filter(matching & condition)
        return pages.order_by("event__starts_at", "event__pk")

    def _teaser(self, page: EventPage) -> EventTeaser:
        return teaser(page, self.request, self.now, registration=self._registrations.get(page.event_id))

    def _past_teaser(self, page: EventPage) -> EventTeaser:
        has_materials = page.pk in self._with_materials
        return teaser(page, self.request, self.now, has_materials=has_materials, has_report=bool(page.report))

    @cached_property
    def _with_materials(self) -> set[int]:
        return pages_with_materials(self._past_pages)

    @cached_property
    def _registrations(self):
        return states_of(self._coming_pages, self.now)

    @property
    def is_limited(self) -> bool:
        """Whether the list shows only the next events. Otherwise it shows all of them and no past ones."""
        return self.filters["view"] != "upcoming"

    @cached_property
    def _coming_pages(self) -> list[EventPage]:
        pages = self._pages(phase_queries.coming(self.now)).defer("report")
        return list(pages[:COMING_SHOWN] if self.is_limited else pages)

    @cached_property
    def running(self) -> list[EventTeaser]:
        return [self._teaser(page) for page in self._coming_pages if page.event.phase(self.now) == EventPhase.RUNNING]

    @cached_property
    def upcoming(self) -> list[EventTeaser]:
        """Upcoming events. Cancelled ones are included until their date has passed."""
        return [self._teaser(page) for page in self._coming_pages if page.event.phase(self.now) != EventPhase.RUNNING]

    @cached_property
    def postponed(self) -> list[EventTeaser]:
        return [self._teaser(page) for page in self._pages(phase_queries.postponed()).defer("report")]

    @cached_property
    def _past_pages(self) -> list[EventPage]:
        """All past events of the chosen year; without one, the latest past events."""
        if not self.is_limited:
            return []
        pages = self._pages(phase_queries.past(self.now)).reverse()
        year = self.filters["year"]
        return list(pages.filter(event__first_day__year=year) if year else pages[:PAST_SHOWN])

    @cached_property
    def past_years(self) -> list[tuple[int, list[EventTeaser]]]:
        """Past events by year, the latest year first. With a filter, only that year."""
        years: dict[int, list[EventTeaser]] = {}
        for page in self._past_pages:
            years.setdefault(page.event.first_day.year, []).append(self._past_teaser(page))
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
        found = {group.mode for group in self._groups}
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
        codes = {group.venue_country for group in self._groups if group.venue_country}
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
        if len(self._past_by_year) < 2:
            return []
        chosen = self.filters["year"]
        return [
            FilterLink(str(year), self._url(year=None if chosen == year else year, view=""), chosen == year, count)
            for year, count in self._past_by_year.items()
        ]

    @cached_property
    def more_coming(self) -> FilterLink | None:
        """The link to all running and upcoming events, if there are more than the list shows."""
        number = sum(group.coming for group in self._matching_groups)
        if number <= len(self._coming_pages):
            return None
        return FilterLink("", self._url(view="upcoming", year=None), count=number)

    @cached_property
    def more_past(self) -> list[FilterLink]:
        """The links to the years of which the list does not show all past events. Empty if a year is chosen."""
        shown = {year: len(teasers) for year, teasers in self.past_years}
        if self.filters["year"] or not self.is_limited:
            return []
        return [
            FilterLink(str(year), self._url(year=year), count=count)
            for year, count in self._past_by_year.items()
            if count > shown.get(year, 0)
        ]

    @property
    def views(self) -> list[FilterLink]:
        return [
            FilterLink(_("List"), self._url(view="", month=None), not self.filters["view"]),
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
    def _today(self) -> datetime.date:
        changes_at(next_midnight(self.now))
        return timezone.localdate(self.now)

    @cached_property
    def _months(self) -> set[datetime.date]:
        """The months to which the month links: those with events that are not postponed, and the current one."""
        days = self._pages(~phase_queries.postponed()).order_by()
        found = months_of(days.values_list("event__first_day", "event__last_day"))
        return found | {self._today.replace(day=1)}

    @cached_property
    def month(self) -> Month | None:
        if not self.is_month:
            return None
        first = self.filters["month"] or self._nearest_month()
        month = make_month(first, self._today, self._months, lambda date: self._url(month=date))
        days = {day.date: day for week in month.weeks for day in week}
        is_shown = Q(event__first_day__lte=max(days), event__last_day__gte=min(days))
        for page in self._pages(is_shown & ~phase_queries.postponed()).defer("report"):
            shown = teaser(page, self.request, self.now)
            for date in page.event.days:
                if date in days:
                    days[date].teasers.append(shown)
        return month

    def _nearest_month(self) -> datetime.date:
        """Return the month to show first.

        It is the current month if an event is running or none is planned, otherwise the month of the next event.
        """
        coming = self._pages(phase_queries.coming(self.now))
        found = coming.values_list("event__first_day", "event__ends_at").first()
        if found is None:
            return self._today.replace(day=1)
        first_day, ends_at = found
        changes_at(ends_at)
        return max(self._today, first_day).replace(day=1)
