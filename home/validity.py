"""Collects the time until which a response or cached value is valid if no data changes.

Code that compares a time with the current time reports it with `changes_at`. The caches (`home/http/page_cache.py`) collect
these times while they create a value, and keep the value until the first of them.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from django.utils import timezone

Value = TypeVar("Value")


@dataclass
class Validity:
    """Collects the times at which a value changes. Times before `since` are in the past and are ignored."""

    since: datetime.datetime
    # The first time; None if the value does not depend on the time.
    until: datetime.datetime | None = field(default=None)

    def end_at(self, moment: datetime.datetime) -> None:
        if moment > self.since and (self.until is None or moment < self.until):
            self.until = moment


_current: ContextVar[Validity | None] = ContextVar("validity", default=None)


def changes_at(*moments: datetime.datetime | None) -> None:
    """Report that the value being created changes at these times. None and past times have no effect."""
    validity = _current.get()
    if validity is not None:
        for moment in moments:
            if moment is not None:
                validity.end_at(moment)


@contextmanager
def collect_change_times() -> Iterator[Validity]:
    """Collect the times that the code in the block reports. Blocks can be nested: the outer block gets them as well."""
    validity = Validity(timezone.now())
    token = _current.set(validity)
    try:
        yield validity
    finally:
        _current.reset(token)
        changes_at(validity.until)


def memoized(make: Callable[[], Value]) -> Callable[[], Value]:
    """Return a function that calls `make` once, and reports the times at which its value changes each time it is called."""
    found: list[tuple[Value, datetime.datetime | None]] = []

    def value() -> Value:
        if not found:
            with collect_change_times() as validity:
                made = make()
            found.append((made, validity.until))
        changes_at(found[0][1])
        return found[0][0]

    return value


def memoized_parts(names: Iterable[str], make: Callable[[], Mapping[str, object]]) -> dict[str, Callable[[], object]]:
    """Return, for each name, a function that returns this value of `make()`, which is called once, when first needed.

    A template calls the functions where it shows the values, so nothing is created for a part of the template that is
    cached. The text of a `blocktranslate` does not call them: assign its variables in `with`.
    """
    values = memoized(make)
    return {name: partial(lambda name: values()[name], name) for name in names}


def next_midnight(now: datetime.datetime) -> datetime.datetime:
    """Return the beginning of the next day in the current time zone."""
    tomorrow = timezone.localdate(now) + datetime.timedelta(days=1)
    return timezone.make_aware(datetime.datetime.combine(tomorrow, datetime.time()))
