"""Counts that may leave the organiser's desk: numbers so small that they point at somebody are not shown."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

# Fewer people than this in one cell can be recognised (standards.md G13).
SMALLEST_CELL = 5

Cell = TypeVar("Cell", bound=Hashable)


def suppressed(counts: Mapping[Cell, int]) -> dict[Cell, int | None]:
    """Return the counts with None for those from 1 to 4.

    Where the total is known, what is hidden could be worked out from it: as long as the hidden ones together are fewer
    than 5, the next smallest is hidden as well. A 0 stays: it tells of nobody.
    """
    by_size = sorted((cell for cell in counts if counts[cell]), key=lambda cell: counts[cell])
    hidden: set[Cell] = set()
    together = 0
    for cell in by_size:
        is_small = counts[cell] < SMALLEST_CELL
        if not is_small and (not hidden or together >= SMALLEST_CELL):
            break
        hidden.add(cell)
        together += counts[cell]
    return {cell: None if cell in hidden else count for cell, count in counts.items()}
