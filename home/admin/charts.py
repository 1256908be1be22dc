"""Calculates the shapes of a stacked bar chart for an inline SVG. Each bar is one slot, for example a month."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 760, 260
LEFT, BOTTOM, TOP = 48, 30, 14
WIDEST_BAR = 44
# The steps of the scale are these numbers times a power of ten.
STEPS = (1, 2, 5)
# The number of colours in the style sheet. Further series share the last one.
COLOURS = 6

# The number of labels that fit below the bars.
LABELS = 12


@dataclass(frozen=True)
class Slot:
    """The place of one bar on the horizontal axis.

    `key` is the slot in the keys of the counts, `label` the short text below the bar, and `title` the full text.
    """

    key: Hashable
    label: str
    title: str


@dataclass(frozen=True)
class Segment:
    x: float
    y: float
    width: float
    height: float
    colour: int
    label: str
    count: int


@dataclass(frozen=True)
class Tick:
    position: float
    label: str


@dataclass(frozen=True)
class Bar:
    x: float
    slot: Slot
    total: int
    has_label: bool
    segments: list[Segment]


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    ticks: list[Tick]
    legend: list[tuple[int, str]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    base: int = HEIGHT - BOTTOM


def stacked(
    counts: Mapping[tuple[Hashable, str], int], slots: Sequence[Slot], series: Sequence[tuple[str, str]]
) -> Chart:
    """Return the chart of `counts`, whose keys are (slot, series). `series` are (key, name) pairs from bottom to top."""
    totals = {slot.key: sum(counts.get((slot.key, key), 0) for key, _name in series) for slot in slots}
    top = _round_up(max(totals.values(), default=0))
    base = HEIGHT - BOTTOM
    scale = (base - TOP) / top
    width_of_slot = (WIDTH - LEFT) / max(len(slots), 1)
    width = min(width_of_slot * 0.7, WIDEST_BAR)
    every = max(1, -(-len(slots) // LABELS))
    bars = []
    for number, slot in enumerate(slots):
        x, y, segments = LEFT + width_of_slot * number + (width_of_slot - width) / 2, float(base), []
        for place, (key, name) in enumerate(series):
            count = counts.get((slot.key, key), 0)
            if count:
                y -= count * scale
                segments.append(Segment(x, y, width, count * scale, min(place, COLOURS - 1), name, count))
        bars.append(Bar(x + width / 2, slot, totals[slot.key], number % every == 0, segments))
    ticks = [Tick(base - top * part / 4 * scale, f"{top * part / 4:g}") for part in range(5)]
    legend = [(min(place, COLOURS - 1), name) for place, (_key, name) in enumerate(series)]
    return Chart(bars, ticks, legend)


def _round_up(value: int) -> int:
    """Return the first of 4, 8, 20, 40, 80, 200 … that is at least `value`. Each divides into four equal steps."""
    power = 1
    while True:
        for step in STEPS:
            if 4 * step * power >= value:
                return 4 * step * power
        power *= 10
