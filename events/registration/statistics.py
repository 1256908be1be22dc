"""Statistics of an event's registrations. Numbers of anonymised registrations below five are never shown."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q
from django.db.models.functions import TruncDate

from events import timezones
from events.enums import Mode, Profession
from events.models import CheckIn, Event, Registration
from events.states import ADMITTED, ATTENDING, HOLDS_SEAT, RegistrationStatus
from home.countries import countries
from home.languages import language_name

# Smaller numbers of anonymised registrations are not shown, because they could reveal who the people are.
SMALLEST_CELL = 5
# The longest period in days that is shown by day. Longer periods are shown by week.
MOST_DAYS = 62
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Cell:
    """One number. `key` is empty for missing answers, and `OTHERS` for several small cells together."""

    key: str
    label: str
    count: int


OTHERS = "others"
# For `values()`: whether the registration is anonymised.
IS_ANONYMOUS = ExpressionWrapper(Q(anonymised_at__isnull=False), output_field=BooleanField())
Days = dict[datetime.date, dict[str, int]]


@dataclass(frozen=True)
class Point:
    """The number of registrations on the day or in the week that starts on `start`, by attendance mode."""

    start: datetime.date
    by_mode: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.by_mode.values())


@dataclass(frozen=True)
class Statistics:
    total: int
    attending: int
    is_anonymous: bool
    is_by_week: bool
    over_time: list[Point]
    by_country: list[Cell]
    by_mode: list[Cell]
    by_profession: list[Cell]
    by_language: list[Cell]
    by_status: list[Cell]
    participation: list[Participation]


@dataclass(frozen=True)
class Participation:
    """How many people of an attendance mode registered, got a place and were checked in.

    `on_days` has the number of people checked in on each day.
    """

    mode: Mode
    registered: int
    admitted: int
    attended: int
    on_days: list[int]


@dataclass(frozen=True)
class Numbers:
    """The number of registrations for each value of a field.

    `known` counts registrations with names, `anonymous` anonymised ones.
    """

    known: dict[str, int]
    anonymous: dict[str, int]

    def cells(self, labels: dict[str, str]) -> list[Cell]:
        """Return the cells, `OTHERS` last.

        Registrations with names are counted exactly, because the list shows them. Small numbers of anonymised registrations
        are suppressed before the two are added, so that nobody can compute them by subtraction.
        """
        anonymous = suppressed([Cell(key, key, number) for key, number in self.anonymous.items()])
        counts = Counter(self.known)
        counts.update({cell.key: cell.count for cell in anonymous if cell.key != OTHERS})
        others = [cell for cell in anonymous if cell.key == OTHERS]
        return [*(Cell(key, labels.get(key, key), number) for key, number in counts.items()), *others]

    def sorted_cells(self, labels: dict[str, str]) -> list[Cell]:
        return sorted(
            self.cells(labels), key=lambda cell: (cell.key == OTHERS, cell.key == "", -cell.count, cell.label)
        )


def statistics(event: Event) -> Statistics:
    """Return statistics of registrations that hold a place or wait. The numbers by status count all. Four queries."""
    fields = ("status", "country", "mode", "profession", "language")
    counts = _counts(event, *fields)
    statuses = _numbers(counts, "status")
    by = {field: _numbers(counts, field, HOLDS_SEAT | {RegistrationStatus.WAITING}) for field in fields}
    over_time, is_by_week = _over_time(event)
    status_order = list(RegistrationStatus)
    exact = Counter(statuses.known) + Counter(statuses.anonymous)
    return Statistics(
        total=sum(exact.values()),
        attending=sum(exact[status] for status in ATTENDING),
        is_anonymous=bool(statuses.anonymous),
        is_by_week=is_by_week,
        over_time=over_time,
        by_country=by["country"].sorted_cells(dict(countries)),
        by_mode=by["mode"].sorted_cells({mode.value: str(mode.label) for mode in Mode}),
        by_profession=by["profession"].sorted_cells({item.value: str(item.label) for item in Profession}),
        by_language=by["language"].sorted_cells(
            {code: language_name(code) for code in by["language"].known | by["language"].anonymous}
        ),
        by_status=sorted(
            statuses.cells({status.value: str(status.label) for status in RegistrationStatus}),
            key=lambda cell: (
                len(status_order) if cell.key == OTHERS else status_order.index(RegistrationStatus(cell.key))
            ),
        ),
        participation=_participation(event, counts),
    )


def _participation(event: Event, counts: list[dict[str, Any]]) -> list[Participation]:
    """Return the numbers for each attendance mode. `counts` is the result of `_counts`. Two queries.

    Small numbers of anonymised registrations are left out, as elsewhere.
    """
    registered = _numbers(counts, "mode", HOLDS_SEAT | {RegistrationStatus.WAITING})
    admitted = _numbers(counts, "mode", ADMITTED)
    rows = CheckIn.objects.filter(registration__event=event).order_by()
    is_anonymous = ExpressionWrapper(Q(registration__anonymised_at__isnull=False), output_field=BooleanField())
    days: dict[tuple[str, datetime.date], Counter[bool]] = {}
    for mode, day, anonymous, number in rows.values_list("registration__mode", "day", is_anonymous).annotate(
        number=Count("*")
    ):
        days.setdefault((mode, day), Counter())[anonymous] += number
    whole: dict[str, Counter[bool]] = {}
    came = Registration.objects.filter(
        Exists(CheckIn.objects.filter(registration=OuterRef("pk"))), event=event
    ).order_by()
    for mode, anonymous, number in came.values_list("mode", IS_ANONYMOUS).annotate(number=Count("*")):
        whole.setdefault(mode, Counter())[anonymous] += number
    return [
        Participation(
            mode,
            _shown(registered.known.get(mode, 0), registered.anonymous.get(mode, 0)),
            _shown(admitted.known.get(mode, 0), admitted.anonymous.get(mode, 0)),
            _shown_of(whole.get(mode)),
            [_shown_of(days.get((mode, day))) for day in event.days],
        )
        for mode in Mode
        if mode in registered.known | registered.anonymous | admitted.known | admitted.anonymous
    ]


def _shown(known: int, anonymous: int) -> int:
    return known + (anonymous if anonymous >= SMALLEST_CELL else 0)


def _shown_of(counts: Counter[bool] | None) -> int:
    return _shown(counts[False], counts[True]) if counts else 0


def suppressed(cells: list[Cell]) -> list[Cell]:
    """Combine small cells, so that no number is below `SMALLEST_CELL` or can be found by subtraction.

    If all small cells together are still below it, the smallest other cells are added to them. Returns an empty list if
    the total is too small.
    """
    small = [cell for cell in cells if cell.count < SMALLEST_CELL]
    large = sorted((cell for cell in cells if cell.count >= SMALLEST_CELL), key=lambda cell: -cell.count)
    if not small:
        return cells
    count = sum(cell.count for cell in small)
    while count < SMALLEST_CELL and large:
        count += large.pop().count
    return [*large, Cell(OTHERS, "", count)] if count >= SMALLEST_CELL else []


def _counts(event: Event, *fields: str) -> list[dict[str, Any]]:
    """Return the number of registrations for each combination of values that occurs.

    One query, which reads only an index.
    """
    rows = Registration.objects.filter(event=event).order_by().annotate(is_anonymous=IS_ANONYMOUS)
    return list(rows.values("is_anonymous", *fields).annotate(number=Count("*")))


def _numbers(counts: list[dict[str, Any]], field: str, statuses: Set[str] | None = None) -> Numbers:
    """Return the sums of `_counts` for each value of `field`: of all registrations, or of those with these statuses."""
    known: Counter[str] = Counter()
    anonymous: Counter[str] = Counter()
    for row in counts:
        if statuses is None or row["status"] in statuses:
            (anonymous if row["is_anonymous"] else known)[str(row[field])] += row["number"]
    return Numbers(dict(known), dict(anonymous))


def _over_time(event: Event) -> tuple[list[Point], bool]:
    """Return the registrations by day or by week, and whether they are by week.

    Days are in the event's time zone. There is a point for every day or week, even if it has no registrations.
    """
    rows = (
        Registration.objects.filter(event=event)
        .order_by()
        .annotate(day=TruncDate("created_at", tzinfo=timezones.zone_info(event.zone)))
        .values_list("day", "mode", IS_ANONYMOUS)
        .annotate(number=Count("*"))
    )
    known: Days = {}
    anonymous: Days = {}
    for day, mode, is_anonymous, number in rows:
        (anonymous if is_anonymous else known).setdefault(day, {})[mode] = number
    days = known.keys() | anonymous.keys()
    if not days:
        return [], False
    is_by_week = (max(days) - min(days)).days >= MOST_DAYS
    shown = zip(
        _points(known, days, is_by_week=is_by_week),
        _coarser(_points(anonymous, days, is_by_week=is_by_week)),
        strict=True,
    )
    return _trimmed([Point(one.start, _sum([one.by_mode, other.by_mode])) for one, other in shown]), is_by_week


def _points(found: Days, days: Set[datetime.date], *, is_by_week: bool) -> list[Point]:
    """Return a point for each day or week from the first of `days` to the last."""
    step = 7 * DAY if is_by_week else DAY
    start = min(days) - min(days).weekday() * DAY if is_by_week else min(days)
    points = []
    while start <= max(days):
        span = [start + number * DAY for number in range(step.days)]
        points.append(Point(start, _sum(found[day] for day in span if day in found)))
        start += step
    return points


def _trimmed(points: list[Point]) -> list[Point]:
    """Remove points without numbers from both ends. Their registrations are anonymised and too few to be shown."""
    filled = [number for number, point in enumerate(points) if point.total]
    return points[filled[0] : filled[-1] + 1] if filled else []


def _coarser(points: list[Point]) -> list[Point]:
    """Move numbers that are too small to be shown to the next point.

    If there is no next point, they are moved back to the last point with numbers.
    """
    found: list[Point] = []
    rest: dict[str, int] = {}
    for point in points:
        here = _sum([rest, point.by_mode])
        is_small = any(0 < number < SMALLEST_CELL for number in here.values())
        rest = here if is_small else {}
        found.append(Point(point.start, {} if is_small else here))
    last = next((place for place in reversed(range(len(found))) if found[place].total), None)
    if rest and last is not None:
        found[last] = Point(found[last].start, _sum([found[last].by_mode, rest]))
    return found


def _sum(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for count in counts:
        for key, number in count.items():
            total[key] = total.get(key, 0) + number
    return total
