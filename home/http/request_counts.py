"""Counts how often the addresses in the page cache are requested, so that frequent ones are rendered in advance."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest

from home.http.host import usual_spelling

KEY = "page-cache-demand"
# The number of addresses that are stored.
STORED = 100
# Seconds after which a process adds its visits to the visits of other processes.
INTERVAL = 60
# The number of new visits after which the weight of an earlier visit is halved.
HALF_LIFE = 300


@dataclass(frozen=True, order=True)
class Address:
    scheme: str
    host: str
    path: str

    @classmethod
    def of(cls, request: HttpRequest) -> Address:
        """Return the address of a request. Raises DisallowedHost for an unknown host, which must not fill the cache."""
        scheme = request.scheme or ""
        return cls(scheme, usual_spelling(scheme, request.get_host()), request.get_full_path())


class Visits:
    """The visits that this process has counted but not stored yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers: Counter[Address] = Counter()
        self._next_store = 0.0

    def count(self, address: Address) -> None:
        """Count a visit to the address. Nothing about the visitor is stored."""
        with self._lock:
            self._numbers[address] += 1
            if time.monotonic() < self._next_store:
                return
            self._next_store = time.monotonic() + INTERVAL
            own, self._numbers = self._numbers, Counter()
        # If two processes do this at the same time, some visits are lost, which does no harm.
        earlier: Counter[Address] = cache.get(KEY, Counter())
        weight = 0.5 ** (own.total() / HALF_LIFE)
        faded = Counter({address: number * weight for address, number in earlier.items()})
        cache.set(KEY, Counter(dict((faded + own).most_common(STORED))), None)


_visits = Visits()
count = _visits.count


def most_asked(number: int) -> list[Address]:
    """Return up to `number` addresses, the most requested first."""
    visits: Counter[Address] = cache.get(KEY, Counter())
    return [address for address, _number in visits.most_common(number)]
