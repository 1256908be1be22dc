"""Codes of authenticator apps: each code can be used for only one sign-in.

allauth stores used codes in the cache. A cache may lose them, does not exclude two requests at the same time, and refuses
every code while it fails. This module therefore stores them in the database.
"""

from __future__ import annotations

from enum import Enum

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.contrib.auth.models import User
from django.db import transaction

# The key in `Authenticator.data` for the period of the last used code.
LAST_COUNTER = "last_counter"


class Result(Enum):
    WRONG = "wrong"
    USED = "used"
    RIGHT = "right"


@transaction.atomic
def use(user: User, code: str) -> tuple[Result, Authenticator | None]:
    """Mark a code as used. Returns (result, authenticator app of the user or None)."""
    app = Authenticator.objects.select_for_update().filter(user=user, type=Authenticator.Type.TOTP).first()
    if app is None:
        return Result.WRONG, None
    secret = decrypt(app.data["secret"])
    counters = list(yield_hotp_counters_from_time())
    found = [n for n in counters if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, n)))]
    if not found:
        return Result.WRONG, app
    if found[0] <= app.data.get(LAST_COUNTER, -1):
        return Result.USED, app
    app.data[LAST_COUNTER] = found[0]
    app.save(update_fields=["data"])
    return Result.RIGHT, app
