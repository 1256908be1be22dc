"""Links that filter a list of pages (`site/templates/components/filter.html`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FilterLink:
    """A link that sets a filter of a list, or removes it. A link without a label means "all"."""

    label: str
    url: str
    is_current: bool = False
    # The number of entries behind the link, or None if it is not known.
    count: int | None = None
