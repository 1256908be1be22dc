"""The authentication backend that runs before the one that checks passwords."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts import limits, records
from accounts.models import Action


class PasswordLimitBackend:
    """Stops the check of a password after too many failed attempts. `SignInMiddleware` then returns 429.

    It never returns a user and grants no permission: the backends after it do.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: object
    ) -> None:
        if request is None or not username or password is None:
            return
        limits.begin_attempt(request, Action.SIGN_IN_FAILED, limits.attempt_key(request, username))
        lock = limits.sign_in_lock(request, username)
        if not lock:
            return
        request.is_sign_in_locked = True  # type: ignore[attr-defined]  # read by `SignInMiddleware`
        if limits.is_first_refusal(username):
            key = limits.account_key(username)
            records.add(Action.SIGN_IN_LOCKED, request=request, subject_key=key, detail={"limit": lock})
        raise PermissionDenied
