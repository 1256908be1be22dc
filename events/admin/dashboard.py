"""The dashboard: the task that adds an event, emails about changes that wait, and the next events with their numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import Event, EventAccess, EventPage
from events.registration import change_notices
from events.registration.seats import SeatCount, seat_counts_by_event
from home.admin.dashboard import MAX_ROWS, Panel, Task


def add_event(request: HttpRequest) -> Task | None:
    if not request.user.has_perm("events.add_event"):
        return None
    return Task(
        _("Add an event"),
        _("Date, place and title first, then timetable and registration."),
        reverse("events:add"),
        "date",
    )


@dataclass(frozen=True)
class EventWithNotices:
    """An event with the number of emails about its change that wait for an organiser."""

    title: str
    count: int
    url: str


@dataclass(frozen=True)
class NextEvent:
    event: Event
    title: str
    # The places of each mode; empty for users who do not see registrations.
    seats: list[SeatCount]
    url: str


class EventsPanel(Panel):
    """The next events that the user may change or whose registrations they may see, with the numbers of places."""

    name = "events"
    order = 225
    template_name = "events/admin/dashboard_panel.html"

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        return {"events": next_events(parent_context["request"].user)}


class ChangeNoticesPanel(Panel):
    """The emails about changes of events that wait for the user. They stand above everything that can wait longer."""

    name = "change_notices"
    order = 90
    template_name = "events/admin/change_notices_panel.html"

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        return {"waiting_notices": waiting_notices(parent_context["request"].user)}


def waiting_notices(user: Any) -> list[EventWithNotices]:
    """Return the emails about changes that wait and that the user may send. One query if there are none."""
    counts = change_notices.waiting_by_event()
    if not counts:
        return []
    events = Event.objects.filter(pk__in=counts).order_by("first_day", "pk")
    if not user.has_perm("events.change_event"):
        events = events.filter(accesses__user=user, accesses__only_checks_in=False)
    shown = list(events)
    titles = _titles(shown)
    return [
        EventWithNotices(
            titles.get(event.pk) or str(event.first_day),
            counts[event.pk],
            reverse("events:change_notices", args=[event.pk]),
        )
        for event in shown
    ]


def next_events(user: Any) -> list[NextEvent]:
    """Return the next events of the user. The number of queries does not depend on the number of events."""
    events = Event.objects.filter(last_day__gte=timezone.localdate()).order_by("first_day", "pk")
    accessible = set(EventAccess.objects.filter(user=user, only_checks_in=False).values_list("event_id", flat=True))
    if not user.has_perm("events.change_event"):
        events = events.filter(pk__in=accessible)
    shown = list(events[:MAX_ROWS])
    if not shown:
        return []
    seats = seat_counts_by_event(shown)
    titles = _titles(shown)
    return [_next_event(event, titles, seats, sees=user.is_superuser or event.pk in accessible) for event in shown]


def _titles(events: list[Event]) -> dict[int, str]:
    titles: dict[int, str] = {}
    pages = EventPage.objects.filter(event__in=events).order_by("locale_id", "pk")
    for event_id, title in pages.values_list("event_id", "draft_title"):
        titles.setdefault(event_id, title)
    return titles


def _next_event(
    event: Event, titles: dict[int, str], seats: dict[int, dict[Any, SeatCount]], *, sees: bool
) -> NextEvent:
    name = "events:registrations" if sees else "events:edit"
    return NextEvent(
        event,
        titles.get(event.pk) or str(event.first_day),
        [count for count in seats[event.pk].values() if count.total or count.is_offered] if sees else [],
        reverse(name, args=[event.pk]),
    )
