"""Numbers of participants for reports that outsiders read. Small numbers are suppressed, even if the names are known.

Countries, professions and similar values are counted only after the event. Before that, the difference between two
reports would reveal those of a person who registered in between. `statistics.py` has the numbers for organisers, who
see the list and therefore may see each number.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from events.enums import Mode, Profession
from events.models import CheckIn, Event, Registration
from events.registration.statistics import IS_ANONYMOUS, OTHERS, Cell, Numbers, suppressed
from events.states import ADMITTED, HOLDS_SEAT, RegistrationStatus
from home.countries import countries
from home.languages import language_name

FIELDS = ("country", "profession", "mode", "language")


@dataclass(frozen=True)
class DayNumber:
    """The number of people who were checked in on a day; 0 if they are too few to be shown.

    `cells` has the numbers by attendance mode.
    """

    day: datetime.date
    number: int
    cells: list[Cell]


@dataclass(frozen=True)
class Participants:
    """The numbers of an event. `by_field` and `by_day` are empty until the event is over.

    `by_field` counts the people who attended or, if nobody was checked in, the people who were admitted.
    `are_attendees` is true in the first case.
    """

    registered: int
    admitted: int
    attended: int
    by_field: dict[str, list[Cell]]
    by_day: list[DayNumber]
    is_over: bool

    @property
    def are_attendees(self) -> bool:
        return self.attended > 0

    @property
    def number(self) -> int:
        return self.attended or self.admitted


def participants_of(events: Iterable[Event]) -> dict[int, Participants]:
    """Return the numbers of each event by primary key. The number of queries does not depend on the number of events."""
    now = timezone.now()
    over = {event.pk: event.is_over(now) for event in events}
    pks = list(over)
    statuses = _by_status(pks)
    attended = {pk for pk, counts in statuses.items() if counts[RegistrationStatus.ATTENDED]}
    fields = {field: _by_field(pks, attended, field) for field in FIELDS}
    days = _by_day(pks)
    return {
        pk: Participants(
            registered=sum(statuses[pk][status] for status in HOLDS_SEAT | {RegistrationStatus.WAITING}),
            admitted=sum(statuses[pk][status] for status in ADMITTED),
            attended=statuses[pk][RegistrationStatus.ATTENDED],
            by_field={
                field: _shown(fields[field].get(pk, Numbers({}, {})), field) if over[pk] else [] for field in FIELDS
            },
            by_day=days.get(pk, []) if over[pk] else [],
            is_over=over[pk],
        )
        for pk in pks
    }


def merge_cells(cells: Iterable[Cell]) -> list[Cell]:
    """Add up cells with the same key. The largest come first, small groups last.

    Numbers that are suppressed in one event stay suppressed in the sum.
    """
    counts: Counter[str] = Counter()
    labels = {}
    for cell in cells:
        counts[cell.key] += cell.count
        labels[cell.key] = cell.label
    found = [Cell(key, labels[key], count) for key, count in counts.items()]
    return sorted(found, key=lambda cell: (cell.key == OTHERS, cell.key == "", -cell.count, cell.label))


def _by_status(pks: Sequence[int]) -> dict[int, Counter[str]]:
    found: dict[int, Counter[str]] = {pk: Counter() for pk in pks}
    rows = Registration.objects.filter(event__in=pks).order_by().values_list("event", "status")
    for pk, status, number in rows.annotate(number=Count("*")):
        found[pk][status] = number
    return found


def _by_field(pks: Sequence[int], attended: set[int], field: str) -> dict[int, Numbers]:
    found: dict[int, Numbers] = {}
    rows = Registration.objects.filter(event__in=pks, status__in=ADMITTED).order_by()
    for pk, status, value, is_anonymous, number in rows.values_list("event", "status", field, IS_ANONYMOUS).annotate(
        number=Count("*")
    ):
        if pk in attended and status != RegistrationStatus.ATTENDED:
            continue
        numbers = found.setdefault(pk, Numbers({}, {}))
        part = numbers.anonymous if is_anonymous else numbers.known
        part[str(value)] = part.get(str(value), 0) + number
    return found


def _by_day(pks: Sequence[int]) -> dict[int, list[DayNumber]]:
    counts: dict[tuple[int, datetime.date], Numbers] = {}
    rows = CheckIn.objects.filter(registration__event__in=pks).order_by()
    names = ("registration__event", "day", "registration__mode", "registration__anonymised_at")
    for pk, day, mode, anonymised_at in rows.values_list(*names):
        numbers = counts.setdefault((pk, day), Numbers({}, {}))
        part = numbers.anonymous if anonymised_at else numbers.known
        part[mode] = part.get(mode, 0) + 1
    found: dict[int, list[DayNumber]] = {}
    for (pk, day), numbers in sorted(counts.items()):
        cells = _shown(numbers, "mode")
        found.setdefault(pk, []).append(DayNumber(day, sum(cell.count for cell in cells), cells))
    return found


def _shown(numbers: Numbers, field: str) -> list[Cell]:
    """Return the cells without small numbers.

    Small numbers of anonymised registrations are suppressed first, as in the statistics. Otherwise the difference
    between report and statistics would reveal them.
    """
    return merge_cells(
        Cell(cell.key, _("Small groups together") if cell.key == OTHERS else _label(field, cell.key), cell.count)
        for cell in suppressed(numbers.cells({}))
    )


def _label(field: str, value: str) -> str:
    if value == "":
        return _("Not answered")
    if field == "country":
        return str(countries.name(value) or value)
    if field == "language":
        return language_name(value)
    return str((Profession if field == "profession" else Mode)(value).label)
