"""How often the addresses in the page cache are asked for, so that the ones in demand are rendered before visitors come."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest

KEY = "page-cache-demand"
# Addresses that are remembered, and visits after which a process adds its own to those of the others.
REMEMBERED, BATCH = 100, 50


@dataclass(frozen=True, order=True)
class Address:
    scheme: str
    host: str
    path: str


_visits: Counter[Address] = Counter()
_lock = threading.Lock()


def count(request: HttpRequest) -> None:
    """Count a visit. There is nothing about the visitor in it."""
    with _lock:
        _visits[Address(request.scheme or "", request.get_host(), request.get_full_path())] += 1
        if _visits.total() < BATCH:
            return
        own = _visits.copy()
        _visits.clear()
    # Two processes that do this at once lose some visits, which does not matter. Earlier visits count less each time.
    earlier: Counter[Address] = cache.get(KEY, Counter())
    cache.set(KEY, Counter(dict((_faded(earlier) + own).most_common(REMEMBERED))), None)


def _faded(visits: Counter[Address]) -> Counter[Address]:
    return Counter({address: number * 0.9 for address, number in visits.items()})


def most_asked(number: int) -> list[Address]:
    """Return the addresses that are asked for most, the most frequent first."""
    visits: Counter[Address] = cache.get(KEY, Counter())
    return [address for address, _number in visits.most_common(number)]
