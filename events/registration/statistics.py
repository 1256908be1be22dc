"""Numbers of an event's registrations. Once people are anonymous, no number tells of fewer than five of them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django_countries import countries

from events import clock
from events.enums import Mode, Profession
from events.models import Event, Registration
from events.states import HOLDS_SEAT, IN, RegistrationState
from home.languages import language_name

# A cell with fewer people could tell who they are.
SMALLEST_CELL = 5
# The longest span that is drawn day by day; longer ones go by weeks.
MOST_DAYS = 62
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Cell:
    """A bar. `key` is empty for what was not said, and `OTHERS` for several small cells together."""

    key: str
    label: str
    count: int


OTHERS = "others"


@dataclass(frozen=True)
class Point:
    """Registrations from `start` on, for a day or for a week."""

    start: datetime.date
    by_mode: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.by_mode.values())


@dataclass(frozen=True)
class Statistics:
    total: int
    taking_part: int
    is_anonymous: bool
    is_by_week: bool
    over_time: list[Point]
    by_country: list[Cell]
    by_mode: list[Cell]
    by_profession: list[Cell]
    by_language: list[Cell]
    by_state: list[Cell]


def statistics(event: Event) -> Statistics:
    """Return the numbers of everybody who holds or held a seat or waits; by state, of everybody. Seven queries."""
    everybody = Registration.objects.filter(event=event)
    came = everybody.filter(state__in=HOLDS_SEAT | {RegistrationState.WAITING})
    is_anonymous = everybody.filter(anonymised_at__isnull=False).exists()
    states = _numbers(everybody, "state")
    languages = _numbers(came, "language")

    def cells(numbers: dict[str, int], labels: dict[str, str]) -> list[Cell]:
        rows = [Cell(key, labels.get(key, key), number) for key, number in numbers.items()]
        found = sorted(rows, key=lambda cell: (cell.key == "", -cell.count, cell.label))
        return suppressed(found) if is_anonymous else found

    over_time, is_by_week = _over_time(event, is_anonymous=is_anonymous)
    state_cells = [Cell(state.value, str(state.label), states[state]) for state in RegistrationState if state in states]
    return Statistics(
        total=sum(states.values()),
        taking_part=sum(states.get(state, 0) for state in IN),
        is_anonymous=is_anonymous,
        is_by_week=is_by_week,
        over_time=over_time,
        by_country=cells(_numbers(came, "country"), dict(countries)),
        by_mode=cells(_numbers(came, "mode"), {mode.value: str(mode.label) for mode in Mode}),
        by_profession=cells(_numbers(came, "profession"), {item.value: str(item.label) for item in Profession}),
        by_language=cells(languages, {code: language_name(code) for code in languages}),
        by_state=suppressed(state_cells) if is_anonymous else state_cells,
    )


def suppressed(cells: list[Cell]) -> list[Cell]:
    """Put small cells together, so that no number is below `SMALLEST_CELL`, nor can be found by subtraction.

    Where all of them together are still too few, the smallest of the others joins them. A whole that is too small
    gives nothing.
    """
    small = [cell for cell in cells if cell.count < SMALLEST_CELL]
    large = sorted((cell for cell in cells if cell.count >= SMALLEST_CELL), key=lambda cell: -cell.count)
    if not small:
        return cells
    count = sum(cell.count for cell in small)
    while count < SMALLEST_CELL and large:
        count += large.pop().count
    return [*large, Cell(OTHERS, "", count)] if count >= SMALLEST_CELL else []


def _numbers(people: QuerySet[Registration], field: str) -> dict[str, int]:
    """Return how many there are for each value of a field."""
    return {str(value): number for value, number in people.order_by().values_list(field).annotate(Count("pk"))}


def _over_time(event: Event, *, is_anonymous: bool) -> tuple[list[Point], bool]:
    """Return the registrations by day or week on the event's calendar, without gaps, and whether by week."""
    rows = (
        Registration.objects.filter(event=event)
        .order_by()
        .annotate(day=TruncDate("created_at", tzinfo=clock.zone_info(event.zone)))
        .values("day", "mode")
        .annotate(number=Count("pk"))
    )
    found: dict[datetime.date, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row["day"], {})[row["mode"]] = row["number"]
    if not found:
        return [], False
    first, last = min(found), max(found)
    is_by_week = (last - first).days >= MOST_DAYS
    step = 7 * DAY if is_by_week else DAY
    start = first - first.weekday() * DAY if is_by_week else first
    points = []
    while start <= last:
        days = [start + number * DAY for number in range(step.days)]
        points.append(Point(start, _sum(found[day] for day in days if day in found)))
        start += step
    return (_coarser(points) if is_anonymous else points), is_by_week


def _coarser(points: list[Point]) -> list[Point]:
    """Add what is too small to be shown to what comes next; a rest at the end goes with the last."""
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
    return found if last is not None else []


def _sum(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for count in counts:
        for key, number in count.items():
            total[key] = total.get(key, 0) + number
    return total
