"""A small store of values in the memory of a process. It keeps those that were used last."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class RecentlyUsed(Generic[Value]):
    """Keeps values while the sum of their sizes is at most `limit`. Threads share the values, so nobody may change them.

    It may drop any value, so each must also be found elsewhere.
    """

    def __init__(self, limit: int, size: Callable[[Value], int] = lambda _value: 1) -> None:
        self._limit = limit
        self._size_of = size
        self._size = 0
        self._lock = threading.Lock()
        self._values: OrderedDict[str, Value] = OrderedDict()

    def get(self, key: str) -> Value | None:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: str, value: Value) -> None:
        with self._lock:
            self._remove(key)
            self._values[key] = value
            self._size += self._size_of(value)
            while self._size > self._limit:
                self._remove(next(iter(self._values)))

    def _remove(self, key: str) -> None:
        removed = self._values.pop(key, None)
        if removed is not None:
            self._size -= self._size_of(removed)
