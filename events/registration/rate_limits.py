"""Rate limits: how often something happens in a period of time. Clients are stored as keyed hashes only.

The limits allow for a whole university behind one address: a client may register several hundred people in ten minutes.
It is stopped earlier only for mistakes that people do not make (`client_wrong`).
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection
from django.utils import timezone

from events.models import RateLimitCounter
from events.registration.errors import BusyError
from events.registration.locking import short_lock_timeout

PURPOSE = b"events.registration.rate_limits"
# Longer than the longest period, so that no counter is deleted while it is in use.
COUNTER_LIFETIME = datetime.timedelta(days=1)
# One statement that works on both databases and reads and raises the counters atomically.
INCREMENT = """
    INSERT INTO events_ratelimitcounter (scope, client_hash, starts_at, count) VALUES {rows}
    ON CONFLICT (scope, client_hash, starts_at)
    DO UPDATE SET count = events_ratelimitcounter.count + EXCLUDED.count
    RETURNING scope, count
"""


@dataclass(frozen=True)
class RateLimit:
    """At most `maximum` times in a period of `seconds`."""

    maximum: int
    seconds: int

    def period_start(self, now: datetime.datetime) -> datetime.datetime:
        """Return when the period that contains `now` started. Periods are the same for all clients."""
        timestamp = int(now.timestamp())
        return datetime.datetime.fromtimestamp(timestamp - timestamp % self.seconds, tz=datetime.UTC)


def limit_of(scope: str) -> RateLimit:
    return RateLimit(*settings.RATE_LIMITS[scope])


def network_of(address: str | None) -> str:
    """Return what identifies one subscriber: an IPv4 address, or the /64 network of an IPv6 address."""
    if not address:
        return ""
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))
    return address


def count(
    clients: Mapping[str, str], now: datetime.datetime | None = None, *, look_at: Mapping[str, str] | None = None
) -> str:
    """Count one more for each scope in `clients`, such as {"client": address, "event": key}.

    `look_at` names scopes that are checked without being counted. Returns the first scope whose limit is exceeded, or
    reached in the case of `look_at`; otherwise an empty string. Raises BusyError when the database is locked.
    """
    at = now or timezone.now()
    steps = dict.fromkeys(clients, 1) | dict.fromkeys(look_at or {}, 0)
    values: list[Any] = []
    # Always in the same order, so that two transactions with the same two counters do not deadlock.
    for scope, client in sorted([*clients.items(), *(look_at or {}).items()]):
        start = connection.ops.adapt_datetimefield_value(limit_of(scope).period_start(at))
        values += [scope, _client_hash(scope, client, at), start, steps[scope]]
    sql = INCREMENT.format(rows=", ".join(["(%s, %s, %s, %s)"] * len(steps)))
    try:
        with short_lock_timeout(), connection.cursor() as cursor:
            cursor.execute(sql, values)
            found = dict(cursor.fetchall())
    except OperationalError as error:
        raise BusyError from error
    # A counted scope may reach its limit. One that is only looked at would exceed it with the next attempt.
    return next((scope for scope in sorted(steps) if found[scope] + 1 - steps[scope] > limit_of(scope).maximum), "")


def seconds_left(scope: str, now: datetime.datetime | None = None) -> int:
    """Return the seconds until the present period of a scope ends, at least 1."""
    at = now or timezone.now()
    limit = limit_of(scope)
    end = limit.period_start(at) + datetime.timedelta(seconds=limit.seconds)
    return max(1, int((end - at).total_seconds()))


def prune(now: datetime.datetime | None = None) -> int:
    """Delete counters that are no longer in use. Returns how many."""
    start = (now or timezone.now()) - COUNTER_LIFETIME
    deleted, _per_model = RateLimitCounter.objects.filter(starts_at__lt=start).delete()
    return deleted


def _client_hash(scope: str, value: str, now: datetime.datetime) -> str:
    """Return a keyed hash of a client or email address.

    The key changes daily and is derived from SECRET_KEY, so the database alone does not reveal the address.
    """
    day = now.astimezone(datetime.UTC).date().isoformat().encode()
    key = hmac.digest(settings.SECRET_KEY.encode(), PURPOSE + day, "sha256")
    return hmac.new(key, f"{scope}:{value}".encode(), hashlib.sha256).hexdigest()
