"""Cache backends that tolerate a failure of their server or folder: the site then works without the cache, only slower.

An operation that fails counts as a miss. After a failure, the cache is not used for `PAUSE` seconds, so that a server that
hangs delays one request of a process and not all of them.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.redis import RedisCache
from django.dispatch import Signal
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

# Seconds after a failure in which the cache is not used.
PAUSE = 5
# Seconds that an operation waits for Redis.
REDIS_TIMEOUT = 0.25

# Sent when the cache works again in this process. What the process wrote during the outage is lost.
recovered = Signal()


class Outage:
    """The state of a cache for all threads of a process: whether it failed, and when it is tried again."""

    def __init__(self, location: str) -> None:
        self.location = location
        self.retry_at: float | None = None
        self.failures = 0
        self.lock = threading.Lock()

    def is_paused(self) -> bool:
        return self.retry_at is not None and time.monotonic() < self.retry_at

    def begin(self, error: Exception) -> None:
        with self.lock:
            is_new = self.retry_at is None
            self.retry_at = time.monotonic() + PAUSE
            self.failures += 1
        if is_new:
            # Log only the class of the error: its text may contain the password of the address.
            logger.error("the cache at %s fails (%s); the site works without it", self.location, type(error).__name__)

    def end(self) -> None:
        if self.retry_at is None:
            return
        with self.lock:
            was_down, self.retry_at = self.retry_at is not None, None
        if was_down:
            logger.warning("the cache at %s works again", self.location)
            recovered.send(type(self))


class FailureTolerantCache(BaseCache):
    """A mixin for cache backends. The exceptions in `failures` count as misses."""

    failures: ClassVar[tuple[type[Exception], ...]]
    # The state by location, because Django creates a backend object for each thread.
    outages: ClassVar[dict[str, Outage]] = {}

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        # Only the part of the address after "@": the user name and password come before it.
        self.outage = self.outages.setdefault(location, Outage(location.rpartition("@")[2]))
        super().__init__(location, params)  # type: ignore[call-arg, arg-type]  # of the backend

    def is_failing(self) -> bool:
        """Return whether the cache has failed and has not recovered. What this process wrote in the meantime is lost."""
        return self.outage.retry_at is not None

    def read(self, operation: Callable[[], Any], *, missed: Any) -> Any:
        """Return the result of `operation`, or `missed` if it fails or if the cache failed less than `PAUSE` seconds ago."""
        if self.outage.is_paused():
            return missed
        failures = self.outage.failures
        try:
            result = operation()
        except self.failures as error:
            self.outage.begin(error)
        if self.outage.failures != failures:
            # Also a miss if `operation` called another operation of this class, which failed.
            return missed
        return result

    def write(self, operation: Callable[[], Any], *, missed: Any) -> Any:
        """Do the same for an operation that writes. Only a successful write ends an outage: a full cache can be read."""
        failures = self.outage.failures
        is_paused = self.outage.is_paused()
        result = self.read(operation, missed=missed)
        if not is_paused and self.outage.failures == failures:
            self.outage.end()
        return result

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self.write(partial(super().add, key, value, timeout, version), missed=False)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self.read(partial(super().get, key, default, version), missed=default)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self.write(partial(super().set, key, value, timeout, version), missed=None)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self.read(partial(super().touch, key, timeout, version), missed=False)

    def delete(self, key: str, version: int | None = None) -> bool:
        return self.read(partial(super().delete, key, version), missed=False)

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        return self.read(partial(super().get_many, keys, version), missed={})

    def has_key(self, key: str, version: int | None = None) -> bool:
        return self.read(partial(super().has_key, key, version), missed=False)

    def set_many(self, data: dict[str, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> list[str]:
        return self.write(partial(super().set_many, data, timeout, version), missed=list(data))

    def delete_many(self, keys: Iterable[str], version: int | None = None) -> None:
        self.read(partial(super().delete_many, keys, version), missed=None)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Increase a number by `delta` and return it. Raises ValueError if there is no number, or if the cache fails."""
        result = self.write(partial(super().incr, key, delta, version), missed=None)
        if result is None:
            raise ValueError("the cache does not respond")
        return result

    def clear(self) -> None:
        self.read(super().clear, missed=None)

    def number_of_entries(self) -> int | None:
        """Return the number of stored entries, including expired ones; None if the cache does not respond."""
        return self.read(self._count, missed=None)

    def _count(self) -> int:
        raise NotImplementedError


class TolerantFileCache(FailureTolerantCache, FileBasedCache):
    """A cache in a folder that may be full, read-only or owned by another user."""

    failures = (OSError,)

    def _createdir(self) -> None:
        # Django also calls this when it sets the cache up, which must not fail.
        with suppress(OSError):
            super()._createdir()  # type: ignore[misc]  # a method that the stubs lack

    def _count(self) -> int:
        return len(self._list_cache_files())  # type: ignore[attr-defined]  # of FileBasedCache


class TolerantRedisCache(FailureTolerantCache, RedisCache):
    """A Redis cache whose server may be down, full or hanging, and may be shared with other sites."""

    # OSError covers a host name that cannot be resolved, and a refused connection.
    failures = (RedisError, OSError)

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        options = {
            "socket_timeout": REDIS_TIMEOUT,
            "socket_connect_timeout": REDIS_TIMEOUT,
            # No retry: a second attempt would wait just as long.
            "retry": Retry(NoBackoff(), 0),
        }
        super().__init__(location, {**params, "OPTIONS": {**options, **params.get("OPTIONS", {})}})

    def clear(self) -> None:
        """Delete the entries of this cache. Django's own method empties the Redis database, which other sites use too."""
        self.read(self._delete_own, missed=None)

    def _count(self) -> int:
        return len(self._own_keys(self._cache.get_client()))

    def _delete_own(self) -> None:
        client = self._cache.get_client(write=True)
        if keys := self._own_keys(client):
            client.unlink(*keys)

    def _own_keys(self, client: Any) -> list[bytes]:
        return list(client.scan_iter(match=f"{self.key_prefix}:*", count=1000))
