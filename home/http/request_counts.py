"""How often the addresses in the page cache are asked for, so that the ones in demand are rendered before visitors come."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest

KEY = "page-cache-demand"
# Addresses that are stored.
STORED = 100
# Seconds after which a process adds its visits to those of the others.
INTERVAL = 60
# Visits after which an earlier visit counts half.
HALF_LIFE = 300


@dataclass(frozen=True, order=True)
class Address:
    scheme: str
    host: str
    path: str

    @classmethod
    def of(cls, request: HttpRequest) -> Address:
        """Return the address of a request. Raises DisallowedHost for an unknown host, which must not fill the cache."""
        return cls(request.scheme or "", request.get_host(), request.get_full_path())


class Visits:
    """The visits that this process has not stored yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers: Counter[Address] = Counter()
        self._next_store = 0.0

    def count(self, address: Address) -> None:
        """Count a visit. There is nothing about the visitor in it."""
        with self._lock:
            self._numbers[address] += 1
            if time.monotonic() < self._next_store:
                return
            self._next_store = time.monotonic() + INTERVAL
            own, self._numbers = self._numbers, Counter()
        # Two processes that do this at once lose some visits, which does not matter.
        earlier: Counter[Address] = cache.get(KEY, Counter())
        weight = 0.5 ** (own.total() / HALF_LIFE)
        faded = Counter({address: number * weight for address, number in earlier.items()})
        cache.set(KEY, Counter(dict((faded + own).most_common(STORED))), None)


_visits = Visits()
count = _visits.count


def most_asked(number: int) -> list[Address]:
    """Return the addresses that are asked for most, the most frequent first."""
    visits: Counter[Address] = cache.get(KEY, Counter())
    return [address for address, _number in visits.most_common(number)]
