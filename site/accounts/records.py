"""Adds and deletes entries of the record of access."""

from __future__ import annotations

import datetime
import hashlib
import hmac
from collections.abc import Mapping

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.utils import timezone

from accounts.append_only import MINIMUM_DAYS
from accounts.models import AccessRecord, Action
from home.http.client_address import client_network
from home.http.current_request import current_request

PURPOSE = b"accounts.records"
# Actions of visitors without an account. Their network is stored only as a hash.
BY_VISITORS = {Action.PAGE_PASSWORD_FAILED}


def add(
    action: Action,
    *,
    request: HttpRequest | None = None,
    user: User | AnonymousUser | None = None,
    subject: object = "",
    subject_key: str = "",
    detail: Mapping[str, object] | None = None,
) -> AccessRecord:
    """Add an entry. Without `request` and `user`, the current request and its user are used.

    `detail` must not contain personal data of participants.
    """
    request = request or current_request()
    user = user or getattr(request, "user", None)
    network = client_network(request) if request is not None else ""
    known = user is not None and user.pk is not None
    return AccessRecord.objects.create(
        action=action,
        user_pk=user.pk if known and user else None,
        username=user.get_username() if known and user else "",
        subject=str(subject)[:255],
        subject_key=subject_key,
        network="" if action in BY_VISITORS else network,
        network_key=key_of("network", network) if network else "",
        detail=dict(detail or {}),
    )


def key_of(purpose: str, *values: object) -> str:
    """Return a keyed hash of the values, which is different for each purpose.

    Because of it, the table reveals neither addresses of visitors nor texts that were typed as a username.
    """
    text = "\0".join([purpose, *(str(value) for value in values)])
    return hmac.new(settings.SECRET_KEY.encode() + PURPOSE, text.encode(), hashlib.sha256).hexdigest()


def prune(now: datetime.datetime | None = None) -> int:
    """Delete entries older than ACCESS_RECORD_DAYS. Returns their number."""
    days = max(settings.ACCESS_RECORD_DAYS, MINIMUM_DAYS + 1)
    end = (now or timezone.now()) - datetime.timedelta(days=days)
    deleted, _per_model = AccessRecord.objects.filter(at__lt=end).delete()
    return deleted
