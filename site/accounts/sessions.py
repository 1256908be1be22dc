"""Lists the sessions of users, ends them, and limits how long they may be idle."""

from __future__ import annotations

import datetime
import time
from importlib import import_module

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone

from accounts import devices
from accounts.models import UserSession
from home.http.client_address import client_network

LAST_ACTIVITY = "last_activity"
# Activity is stored at most once in this many seconds.
WRITE_SECONDS = 60
# Requests that an open page sends automatically do not count as activity.
AUTOMATIC_NAMESPACES = {"wagtailadmin_editing_sessions"}


def start(request: HttpRequest, user: User) -> None:
    """Record the session of a user who is signing in, for the list of their sessions."""
    request.session[LAST_ACTIVITY] = int(time.time())
    if request.session.session_key:
        UserSession.objects.update_or_create(
            session_key=request.session.session_key,
            defaults={"user": user, "device": devices.device_name(request), "network": client_network(request)},
        )


def is_idle(request: HttpRequest) -> bool:
    """Return whether the session was not used for more than ADMIN_IDLE_MINUTES."""
    last = request.session.get(LAST_ACTIVITY)
    return bool(settings.ADMIN_IDLE_MINUTES and last and time.time() - last > settings.ADMIN_IDLE_MINUTES * 60)


def note_activity(request: HttpRequest) -> None:
    match = request.resolver_match
    if match is not None and AUTOMATIC_NAMESPACES & set(match.namespaces):
        return
    now = int(time.time())
    if now - request.session.get(LAST_ACTIVITY, 0) < WRITE_SECONDS:
        return
    request.session[LAST_ACTIVITY] = now
    UserSession.objects.filter(session_key=request.session.session_key).update(last_used_at=timezone.now())


def end(session: UserSession) -> None:
    import_module(settings.SESSION_ENGINE).SessionStore(session.session_key).delete()
    session.delete()


def end_all(user: User, *, but: str | None = None) -> int:
    """End all sessions of a user, except the one with the key `but`. Returns their number."""
    found = list(UserSession.objects.filter(user=user).exclude(session_key=but or ""))
    for session in found:
        end(session)
    return len(found)


def end_everywhere() -> int:
    """End the sessions of all users. Returns their number."""
    UserSession.objects.all().delete()
    count, _per_model = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class().objects.all().delete()
    return int(count)


def forget(session_key: str | None) -> None:
    UserSession.objects.filter(session_key=session_key or "").delete()


def prune(now: datetime.datetime | None = None) -> int:
    """Delete expired sessions from the list. Returns their number."""
    expired = (now or timezone.now()) - datetime.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    deleted, _per_model = UserSession.objects.filter(last_used_at__lt=expired).delete()
    return deleted
