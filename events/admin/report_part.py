"""The part of the project report about events: a row for each event, the participants of all events, and the activities."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from events.enums import EventPhase
from events.models import Event, EventPage, TimetableRow
from events.registration.participants import Participants, merge_cells, participants_of
from home.admin.period import Period
from home.admin.project_report import Activity, ReportPart
from home.links import public_page_url
from home.reports import Section, Table
from home.text_normalization import plain_text

# The longest description of an activity in characters: the funding portal accepts only short ones.
LONGEST_TEXT = 200


def events_in_report(period: Period) -> ReportPart:
    """Return the part about the events that begin in the period and have a public page.

    The number of queries does not depend on the number of events.
    """
    events = list(Event.objects.filter(first_day__range=(period.start, period.end), pages__live=True).distinct())
    events.sort(key=lambda event: (event.first_day, event.pk))
    pages = _pages(events)
    people = participants_of(events)
    hours = _hours(events)
    now = timezone.now()
    held = [event for event in events if event.phase(now) == EventPhase.PAST]
    columns = [
        _("Event"), _("Date"), _("Place"), _("How people attend"), _("Status"),
        pgettext("people", "Registered"), _("Participants"), _("Hours"), _("Hours of all participants"), _("Countries"),
    ]  # fmt: skip
    rows = [_row(event, pages[event.pk], people[event.pk], hours[event.pk], now) for event in events]
    numbers = Table(
        _("Events that took place"),
        [_("What"), _("Number")],
        [
            [_("Events"), len(held)],
            [_("Participants"), sum(people[event.pk].number for event in held)],
            [_("Hours"), sum(sum(hours[event.pk].values()) for event in held)],
            [
                _("Hours of all participants"),
                sum(_hours_of_people(people[event.pk], hours[event.pk]) for event in held),
            ],
        ],
    )
    tables = [Table(_("Events"), columns, rows, empty=_("There are no events in this period.")), numbers]
    if held:
        tables += _participants([people[event.pk] for event in held])
    activities = [_activity(event, pages[event.pk], people[event.pk], now) for event in events]
    return ReportPart([Section(_("Events"), tables)], activities)


def _pages(events: Sequence[Event]) -> dict[int, list[EventPage]]:
    """Return the live pages of each event by its primary key. The page in the active language is first."""
    found: dict[int, list[EventPage]] = {event.pk: [] for event in events}
    language = get_language()
    pages = EventPage.objects.filter(event__in=events, live=True, alias_of=None).select_related("locale")
    for page in sorted(pages, key=lambda page: (page.locale.language_code != language, page.pk)):
        found[page.event_id].append(page)
    return found


def _hours(events: Sequence[Event]) -> dict[int, dict[datetime.date, float]]:
    """Return the hours of each event by primary key and day: from the first session to the end of the last, with breaks.

    Without a timetable, the hours are known only for events of one day that have a start and an end. One query.
    """
    found: dict[int, dict[datetime.date, float]] = {event.pk: {} for event in events}
    spans: dict[tuple[int, int], list[int]] = {}
    rows = TimetableRow.objects.filter(page__event__in=events, page__live=True, is_cancelled=False)
    for pk, day, start, end in rows.values_list("page__event", "day", "start", "end").order_by():
        if start is not None:
            first, last = _minutes(start), _minutes(end or start)
            # Sessions may run past midnight.
            spans.setdefault((pk, day), []).extend([first, last if last >= first else last + 24 * 60])
    for event in events:
        for number, day in enumerate(event.days, 1):
            if minutes := spans.get((event.pk, number)):
                found[event.pk][day] = round((max(minutes) - min(minutes)) / 60, 1)
        if not found[event.pk] and not event.is_several_days and event.start_time and event.end_time:
            length = _minutes(event.end_time) - _minutes(event.start_time)
            found[event.pk][event.first_day] = round(max(length, 0) / 60, 1)
    return found


def _minutes(moment: datetime.time) -> int:
    return moment.hour * 60 + moment.minute


def _hours_of_people(people: Participants, hours: dict[datetime.date, float]) -> float:
    """Return the sum of the hours of all people: for each day its hours times the number of people who were checked in.

    A day counts as 0 if too few people were checked in for their number to be shown.
    """
    return round(sum(item.number * hours.get(item.day, 0) for item in people.by_day), 1)


def _row(
    event: Event,
    pages: Sequence[EventPage],
    people: Participants,
    hours: dict[datetime.date, float],
    now: datetime.datetime,
) -> list[object]:
    countries = [cell.label for cell in people.by_field["country"] if len(cell.key) == 2]
    return [
        pages[0].title,
        event.first_day,
        event.place,
        str(event.mode.label),
        _status(event, now),
        people.registered,
        people.number,
        round(sum(hours.values()), 1),
        _hours_of_people(people, hours),
        ", ".join(sorted(countries)),
    ]


def _status(event: Event, now: datetime.datetime) -> str:
    """Return the status as the funding portal names it."""
    words = {
        EventPhase.PAST: _("Completed"),
        EventPhase.CANCELLED: _("Cancelled"),
        EventPhase.POSTPONED: _("Postponed"),
    }
    return words.get(event.phase(now), _("Ongoing"))


def _participants(people: Iterable[Participants]) -> list[Table]:
    """Return the tables of participants of all events, added up from the numbers of each event.

    Small numbers are suppressed in each event first.
    """
    found = list(people)
    headings = {
        "country": _("Participants by country"),
        "profession": _("Participants by profession"),
        "mode": _("Participants on site or online"),
        "language": _("Participants by language"),
    }
    return [
        Table(
            title,
            [title, _("Number")],
            [[cell.label, cell.count] for cell in merge_cells(cell for item in found for cell in item.by_field[name])],
            empty=_("There are too few participants to show this."),
            charted=1,
        )
        for name, title in headings.items()
    ]


def _activity(event: Event, pages: Sequence[EventPage], people: Participants, now: datetime.datetime) -> Activity:
    page = pages[0]
    is_past = event.phase(now) == EventPhase.PAST
    return Activity(
        name=page.title,
        description=(page.lead or plain_text(page.aim))[:LONGEST_TEXT],
        audience=plain_text(page.target_groups)[:LONGEST_TEXT],
        channel=_("Event"),
        day=event.first_day,
        place=event.place or str(event.mode.label),
        reached=people.number if is_past else "",
        outcome=_("%(number)s registered") % {"number": people.registered} if is_past else "",
        status=_status(event, now),
        languages=sorted(page.locale.language_code for page in pages),
        url=public_page_url(page),
    )
