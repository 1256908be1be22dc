"""Rate limits of registrations.

The limits allow for a whole university with one IP address: a client may register several hundred people in ten
minutes. Forms with mistakes that only programs make are counted separately (`client_wrong`). When that limit is
exceeded, only such forms are refused.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from events.registration.errors import BusyError
from home import rate_limits
from home.rate_limits import seconds_left

__all__ = ["count", "seconds_left"]


def count(clients: Mapping[str, str], now: datetime.datetime | None = None) -> str:
    """Count as `home.rate_limits.count` does. Raises BusyError when the database is locked, as commands do."""
    try:
        return rate_limits.count(clients, now)
    except rate_limits.LockedError as error:
        raise BusyError from error
