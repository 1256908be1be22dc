"""What visitors narrow a list by (`site/templates/components/filter.html`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """A link that narrows a list, or widens it again. A choice without a label stands for all."""

    label: str
    url: str
    is_current: bool = False
    # How many entries it leads to, where that is known.
    count: int | None = None
