"""Counters against floods: how often something happened in a span of time, by whom only a keyed hash tells.

The limits are set so that a whole university behind one address gets through: a client may register several hundred
people in ten minutes, and is stopped early only where it goes wrong as no person does (`client_wrong`).
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

from events.models import FloodCounter
from events.registration.errors import BusyError
from events.registration.locking import short_lock_timeout

PURPOSE = b"events.registration.rate_limits"
# Longer than the longest span, so that no counter goes while it is counted.
KEPT = datetime.timedelta(days=1)
# One statement for both databases: nobody reads a number that somebody else is about to raise.
RAISE = """
    INSERT INTO events_floodcounter (scope, who, starts_at, count) VALUES {rows}
    ON CONFLICT (scope, who, starts_at) DO UPDATE SET count = events_floodcounter.count + EXCLUDED.count
    RETURNING scope, count
"""


@dataclass(frozen=True)
class Limit:
    """At most `most` times in a span of `seconds`."""

    most: int
    seconds: int

    def begin(self, now: datetime.datetime) -> datetime.datetime:
        """Return when the span began that `now` is in; spans are the same for everybody."""
        stamp = int(now.timestamp())
        return datetime.datetime.fromtimestamp(stamp - stamp % self.seconds, tz=datetime.UTC)


def limit_of(scope: str) -> Limit:
    return Limit(*settings.FLOOD_LIMITS[scope])


def network_of(address: str | None) -> str:
    """Return what one subscriber shares: the address itself, or of IPv6 the network that each of them is given."""
    if not address:
        return ""
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))
    return address


def count(
    what: Mapping[str, str], now: datetime.datetime | None = None, *, look_at: Mapping[str, str] | None = None
) -> str:
    """Count one more of each scope in `what`, such as {"client": address, "event": key}.

    Returns the first scope whose limit is passed now, or one of `look_at`, which are not counted, whose limit is
    reached; else an empty string. Raises BusyError when the database is.
    """
    at = now or timezone.now()
    steps = dict.fromkeys(what, 1) | dict.fromkeys(look_at or {}, 0)
    values: list[Any] = []
    # Always in the same order: two transactions that raise the same two counters never wait for each other.
    for scope, who in sorted([*what.items(), *(look_at or {}).items()]):
        begin = connection.ops.adapt_datetimefield_value(limit_of(scope).begin(at))
        values += [scope, _who(scope, who, at), begin, steps[scope]]
    sql = RAISE.format(rows=", ".join(["(%s, %s, %s, %s)"] * len(steps)))
    try:
        with short_lock_timeout(), connection.cursor() as cursor:
            cursor.execute(sql, values)
            found = dict(cursor.fetchall())
    except OperationalError as error:
        raise BusyError from error
    # What was counted may be as much as the limit; what is only looked at would be one more.
    return next((scope for scope in sorted(steps) if found[scope] + 1 - steps[scope] > limit_of(scope).most), "")


def seconds_left(scope: str, now: datetime.datetime | None = None) -> int:
    """Return how long the present span of a scope still runs."""
    at = now or timezone.now()
    limit = limit_of(scope)
    end = limit.begin(at) + datetime.timedelta(seconds=limit.seconds)
    return max(1, int((end - at).total_seconds()))


def prune(now: datetime.datetime | None = None) -> int:
    """Delete counters that nobody counts on any more, and return how many."""
    deleted, _per_model = FloodCounter.objects.filter(starts_at__lt=(now or timezone.now()) - KEPT).delete()
    return deleted


def _who(scope: str, value: str, now: datetime.datetime) -> str:
    """Hash with a key of the day: who has the database alone learns no address, and tomorrow's hash is another."""
    day = now.astimezone(datetime.UTC).date().isoformat().encode()
    key = hmac.digest(settings.SECRET_KEY.encode(), PURPOSE + day, "sha256")
    return hmac.new(key, f"{scope}:{value}".encode(), hashlib.sha256).hexdigest()
