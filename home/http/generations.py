"""Generations of the site's content. A change of what pages show starts a new generation for all processes at once."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from django.core.cache import cache
from django.utils import timezone

from home.cache_backends import FailureTolerantCache
from home.read_once import forget, read_once

KEY = "page-cache-generations"
# Seconds for which visitors may get a response of the previous generation while one process renders the new one.
GRACE = 2


@dataclass(frozen=True)
class Generations:
    """The current generation, and the end times (Unix time) of generations that ended within the last GRACE seconds."""

    current: str
    ended: dict[str, float]

    def is_served(self, generation: str, now: float) -> bool:
        """Return whether visitors may get a response of this ended generation while the new one is rendered."""
        end = self.ended.get(generation)
        return end is not None and now - end <= GRACE


def read() -> Generations:
    """Return the generations. The result is the same for all parts of one response.

    While the cache fails, it may not have the latest generation: then each response gets a new, random one.
    """
    return read_once(KEY, _read)


def _read() -> Generations:
    if isinstance(cache, FailureTolerantCache) and cache.is_failing():
        return Generations(uuid4().hex, {})
    found: Generations = cache.get_or_set(KEY, lambda: Generations(uuid4().hex, {}), None)  # type: ignore[assignment]  # the stubs allow None
    return found


def start(*, is_withdrawal: bool = False) -> None:
    """Start a new generation. After a withdrawal, responses of earlier generations are not served any more."""
    ended: dict[str, float] = {}
    earlier = None if is_withdrawal else cache.get(KEY)
    if earlier is not None:
        now = timezone.now().timestamp()
        ended = {name: end for name, end in earlier.ended.items() if now - end <= GRACE} | {earlier.current: now}
    cache.set(KEY, Generations(uuid4().hex, ended), None)
    forget(KEY)
