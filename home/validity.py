"""Until when a response or a cached value stays valid if no data changes.

Code that compares a moment with the clock reports the moment with `changes_at`. The caches (`home/http/page_cache.py`)
collect these moments while they make a value and keep it until the first one.
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
    """Collects the moments at which a value changes. Moments before `since` have passed and are ignored."""

    since: datetime.datetime
    # The first moment; None if the value does not depend on the time.
    until: datetime.datetime | None = field(default=None)

    def end_at(self, moment: datetime.datetime) -> None:
        if moment > self.since and (self.until is None or moment < self.until):
            self.until = moment


_current: ContextVar[Validity | None] = ContextVar("validity", default=None)


def changes_at(*moments: datetime.datetime | None) -> None:
    """Say that what is being made changes at these moments. None, and moments that have passed, have no effect."""
    validity = _current.get()
    if validity is not None:
        for moment in moments:
            if moment is not None:
                validity.end_at(moment)


@contextmanager
def collect_change_times() -> Iterator[Validity]:
    """Collect the moments that the code of the block names. Blocks can be nested: the outer one gets them as well."""
    validity = Validity(timezone.now())
    token = _current.set(validity)
    try:
        yield validity
    finally:
        _current.reset(token)
        changes_at(validity.until)


def memoized(make: Callable[[], Value]) -> Callable[[], Value]:
    """Return a function that calls `make` once, and each time names the moments at which its value changes."""
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
    """Return, for each name, a function that returns this value of `make()`, which is called once and when needed.

    A template calls them where it shows them: nothing is made for a part of the template that is cached. The text of a
    `blocktranslate` does not call them: name its variables after `with`.
    """
    values = memoized(make)
    return {name: partial(lambda name: values()[name], name) for name in names}


def next_midnight(now: datetime.datetime) -> datetime.datetime:
    """Return the next begin of a day in the current time zone."""
    tomorrow = timezone.localdate(now) + datetime.timedelta(days=1)
    return timezone.make_aware(datetime.datetime.combine(tomorrow, datetime.time()))
