"""A bar chart as numbers for an inline SVG: one bar for each month, the languages stacked on one another."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

WIDTH, HEIGHT = 760, 260
LEFT, BOTTOM, TOP = 48, 30, 14
WIDEST_BAR = 44
# Steps of the scale that people can count in.
STEPS = (1, 2, 5)
# Classes of the style sheet; languages beyond the last share it.
COLOURS = 6

Month = tuple[int, int]


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
    month: datetime.date
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


def stacked(counts: dict[tuple[Month, str], int], months: list[Month], languages: list[tuple[str, str]]) -> Chart:
    """Return the chart of `counts`. `languages` are pairs of code and name, in the order of the stack from below."""
    totals = {month: sum(counts.get((month, code), 0) for code, _name in languages) for month in months}
    top = _round_up(max(totals.values(), default=0))
    base = HEIGHT - BOTTOM
    scale = (base - TOP) / top
    slot = (WIDTH - LEFT) / max(len(months), 1)
    width = min(slot * 0.7, WIDEST_BAR)
    every = max(1, -(-len(months) // 12))
    bars = []
    for number, month in enumerate(months):
        x, y, segments = LEFT + slot * number + (slot - width) / 2, float(base), []
        for place, (code, name) in enumerate(languages):
            count = counts.get((month, code), 0)
            if count:
                y -= count * scale
                segments.append(Segment(x, y, width, count * scale, min(place, COLOURS - 1), name, count))
        bars.append(Bar(x + width / 2, datetime.date(*month, 1), totals[month], number % every == 0, segments))
    ticks = [Tick(base - top * part / 4 * scale, f"{top * part / 4:g}") for part in range(5)]
    legend = [(min(place, COLOURS - 1), name) for place, (_code, name) in enumerate(languages)]
    return Chart(bars, ticks, legend)


def _round_up(value: int) -> int:
    """Return the next number at the top of a scale that four steps divide: 4, 8, 20, 40, 80, 200 …"""
    power = 1
    while True:
        for step in STEPS:
            if 4 * step * power >= value:
                return 4 * step * power
        power *= 10


def months_between(start: datetime.date, end: datetime.date) -> list[Month]:
    found, year, month = [], start.year, start.month
    while (year, month) <= (end.year, end.month):
        found.append((year, month))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found
