"""Rate limits: how often a client may do something in a period. Clients are stored only as keyed hashes.

`settings.RATE_LIMITS` contains the limits by scope.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection
from django.utils import timezone

from home.database_locks import short_lock_timeout
from home.models import RateLimitCounter

PURPOSE = b"home.rate_limits"
# Longer than the longest period, so that counters in use are not deleted.
COUNTER_LIFETIME = datetime.timedelta(days=1)
# One statement, which both databases execute atomically: it creates the counter, or increases it, and returns it.
INCREMENT = """
    INSERT INTO home_ratelimitcounter (scope, client_hash, starts_at, count) VALUES {rows}
    ON CONFLICT (scope, client_hash, starts_at)
    DO UPDATE SET count = home_ratelimitcounter.count + EXCLUDED.count
    RETURNING scope, count
"""


class LockedError(Exception):
    """Raised when another transaction has held the lock of the database for too long."""


@dataclass(frozen=True)
class RateLimit:
    """At most `maximum` times in a period of `seconds`."""

    maximum: int
    seconds: int

    def period_start(self, now: datetime.datetime) -> datetime.datetime:
        """Return the start of the period that contains `now`. Periods are the same for all clients."""
        timestamp = int(now.timestamp())
        return datetime.datetime.fromtimestamp(timestamp - timestamp % self.seconds, tz=datetime.UTC)


def limit_of(scope: str) -> RateLimit:
    return RateLimit(*settings.RATE_LIMITS[scope])


def count(clients: Mapping[str, str], now: datetime.datetime | None = None) -> str:
    """Add one to the counter of each scope in `clients`, such as {"client": address, "event": key}.

    Returns the first scope whose limit is exceeded, otherwise an empty string. Raises LockedError if the database is locked.
    """
    at = now or timezone.now()
    values: list[Any] = []
    # Always in the same order, so that two transactions with the same two counters do not deadlock.
    for scope, client in sorted(clients.items()):
        start = connection.ops.adapt_datetimefield_value(limit_of(scope).period_start(at))
        values += [scope, _client_hash(scope, client, at), start, 1]
    sql = INCREMENT.format(rows=", ".join(["(%s, %s, %s, %s)"] * len(clients)))
    try:
        with short_lock_timeout(), connection.cursor() as cursor:
            cursor.execute(sql, values)
            found = dict(cursor.fetchall())
    except OperationalError as error:
        raise LockedError from error
    return next((scope for scope in sorted(clients) if found[scope] > limit_of(scope).maximum), "")


def seconds_left(scope: str, now: datetime.datetime | None = None) -> int:
    """Return the seconds until the current period of a scope ends, at least 1."""
    at = now or timezone.now()
    limit = limit_of(scope)
    end = limit.period_start(at) + datetime.timedelta(seconds=limit.seconds)
    return max(1, int((end - at).total_seconds()))


def prune(now: datetime.datetime | None = None) -> int:
    """Delete counters that are no longer needed. Returns their number."""
    start = (now or timezone.now()) - COUNTER_LIFETIME
    deleted, _per_model = RateLimitCounter.objects.filter(starts_at__lt=start).delete()
    return deleted


def _client_hash(scope: str, value: str, now: datetime.datetime) -> str:
    """Return a keyed hash of `value`, which identifies a client, such as an IP or email address.

    The key changes daily and is derived from SECRET_KEY, so the database alone does not reveal the value.
    """
    day = now.astimezone(datetime.UTC).date().isoformat().encode()
    key = hmac.digest(settings.SECRET_KEY.encode(), PURPOSE + day, "sha256")
    return hmac.new(key, f"{scope}:{value}".encode(), hashlib.sha256).hexdigest()
