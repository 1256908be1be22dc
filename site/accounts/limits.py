"""Limits for attempts to enter passwords of accounts, pages and documents, and for emails that reset passwords.

The record of access contains the failed attempts. Attempts without a result yet (`RunningAttempt`) count as failed. An
account is locked for a network with too many failures, and for everyone after failures from many networks. Its owner can
still sign in with a browser that they used before, or after a password reset.
"""

from __future__ import annotations

import datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from accounts import devices, records
from accounts.models import AccessRecord, Action, RunningAttempt
from home.http.client_address import client_network
from home.http.current_request import current_request

# Seconds after which an attempt without a result no longer counts, because its process must have ended.
LONGEST_ATTEMPT = 60


def begin_attempt(request: HttpRequest, action: Action, subject_key: str) -> None:
    """Count an attempt as failed until `end_attempts` is called. Call it before the limit is checked.

    `action` is what the record of access contains if the attempt fails.
    """
    attempt = RunningAttempt.objects.create(action=action, subject_key=subject_key, network_key=_network_key(request))
    request.running_attempts = [*running_attempts(request), attempt.pk]  # type: ignore[attr-defined]  # an attribute of our own


def end_attempts(request: HttpRequest) -> None:
    """Stop counting the attempts of the request as running. Call it after failures have been recorded."""
    if attempts := running_attempts(request):
        RunningAttempt.objects.filter(pk__in=attempts).delete()
        request.running_attempts = []  # type: ignore[attr-defined]  # an attribute of our own


def running_attempts(request: HttpRequest | None) -> list[int]:
    return getattr(request, "running_attempts", [])


def prune_attempts(now: datetime.datetime | None = None) -> int:
    """Delete attempts that began more than `LONGEST_ATTEMPT` seconds ago, and return their number."""
    end = (now or timezone.now()) - datetime.timedelta(seconds=LONGEST_ATTEMPT)
    deleted, _per_model = RunningAttempt.objects.filter(started_at__lt=end).delete()
    return deleted


def account_key(username: str) -> str:
    return records.key_of("account", username.casefold()[:254])


def attempt_key(request: HttpRequest, username: str) -> str:
    """Return the key by which attempts are counted: of the browser if it is known for the account, else of the account."""
    if devices.is_known(request, username):
        return records.key_of("device", username, devices.token_of(request))
    return account_key(username)


def sign_in_lock(request: HttpRequest, username: str) -> str:
    """Return the limit that the attempt to sign in exceeds: "network", "device", "account", or "" for none."""
    network = _network_key(request)
    failed, key = Action.SIGN_IN_FAILED, attempt_key(request, username)
    if network and _is_reached("network", failed, network_key=network):
        return "network"
    if key != account_key(username):
        return "device" if _is_reached("account_and_network", failed, subject_key=key) else ""
    reset_at = _latest(Action.PASSWORD_CHANGED, subject_key=key)
    signed_in_at = _latest(Action.SIGNED_IN, subject_key=key, network_key=network)
    after = max(filter(None, (reset_at, signed_in_at)), default=None)
    if _is_reached("account_and_network", failed, after, subject_key=key, network_key=network):
        return "account"
    return "account" if _is_reached("account", failed, reset_at, subject_key=key) else ""


def is_factor_locked(username: str) -> bool:
    """Return whether too many codes were wrong. All wrong codes count: they were entered after the right password."""
    return _is_reached("second_factor", Action.SECOND_FACTOR_FAILED, subject_key=account_key(username))


def is_first_refusal(username: str) -> bool:
    """Return whether no refusal was recorded in this period. One entry is enough for many refused attempts."""
    _maximum, seconds = settings.PASSWORD_LIMITS["account_and_network"]
    return not _count(Action.SIGN_IN_LOCKED, seconds, subject_key=account_key(username))


def is_account_attacked(username: str) -> bool:
    """Return whether this failure locked the account for everyone. It is True once, so the owner gets one email."""
    maximum, seconds = settings.PASSWORD_LIMITS["account"]
    key = account_key(username)
    after = _latest(Action.PASSWORD_CHANGED, subject_key=key)
    return _count(Action.SIGN_IN_FAILED, seconds, after, subject_key=key) == maximum


def may_send_reset(request: HttpRequest, email: str) -> bool:
    """Return whether this network may request another email to this address to reset a password."""
    action = Action.PASSWORD_RESET_REQUESTED
    return not (
        _is_reached("reset_address", action, subject_key=records.key_of("email", email.casefold()))
        or _is_reached("reset_network", action, network_key=_network_key(request))
    )


def page_key(kind: str, restriction_pk: int) -> str:
    return records.key_of("page", kind, restriction_pk)


def is_page_locked(request: HttpRequest, key: str) -> bool:
    failed = Action.PAGE_PASSWORD_FAILED
    return _is_reached("page_and_network", failed, subject_key=key, network_key=_network_key(request)) or _is_reached(
        "page", failed, subject_key=key
    )


def _network_key(request: HttpRequest) -> str:
    network = client_network(request)
    return records.key_of("network", network) if network else ""


def _is_reached(limit: str, action: Action, after: datetime.datetime | None = None, **filters: str) -> bool:
    maximum, seconds = settings.PASSWORD_LIMITS[limit]
    # In this order, an attempt that fails in between is counted twice, and not left out.
    running = _count_running(action, **filters)
    return running + _count(action, seconds, after, **filters) >= maximum


def _count_running(action: Action, **filters: str) -> int:
    """Return the number of running attempts of other requests."""
    start = timezone.now() - datetime.timedelta(seconds=LONGEST_ATTEMPT)
    found = RunningAttempt.objects.filter(action=action, started_at__gt=start, **filters)
    return found.exclude(pk__in=running_attempts(current_request())).count()


def _count(action: Action, seconds: int, after: datetime.datetime | None = None, **filters: str) -> int:
    start = timezone.now() - datetime.timedelta(seconds=seconds)
    found = AccessRecord.objects.filter(action=action, at__gt=max(start, after) if after else start, **filters)
    return found.count()


def _latest(action: Action, **filters: str) -> datetime.datetime | None:
    found = AccessRecord.objects.filter(action=action, **filters).order_by("-at").values_list("at", flat=True)
    return found.first()
