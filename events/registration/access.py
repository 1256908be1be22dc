"""Decides which staff may see the registrations of an event.

Administrators may see those of all events, others only where access is granted. The permission `events.change_event`
does not include registrations. Access to them is granted for each event (`EventAccess`). The user who adds an event or
sets up its registration gets access and can grant it to others. Grants and revocations are logged.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction

from accounts import records
from accounts.models import Action
from events.models import DataAccess, Event, EventAccess, RegistrationSettings
from events.registration.errors import GrantNotAllowedError, LastAccessError

Visitor = User | AnonymousUser
RECORDED_ACTIONS = {
    "export": Action.EXPORTED,
    "attendance_list": Action.EXPORTED,
    "name_badges": Action.EXPORTED,
    "sensitive": Action.SENSITIVE_VIEWED,
    "needs": Action.SENSITIVE_VIEWED,
    "needs_filter": Action.SENSITIVE_VIEWED,
    "grant_access": Action.EVENT_ACCESS_CHANGED,
    "revoke_access": Action.EVENT_ACCESS_CHANGED,
    "create_door": Action.EVENT_ACCESS_CHANGED,
    "revoke_door": Action.EVENT_ACCESS_CHANGED,
}


def may_see(user: Visitor, event: Event) -> bool:
    """Return whether the user may see and change the registrations of the event and their settings."""
    if _is_administrator(user):
        return True
    access = access_of(user, event)
    return access is not None and not access.only_checks_in


def may_see_sensitive(user: Visitor, event: Event) -> bool:
    if _is_administrator(user):
        return True
    access = access_of(user, event)
    return access is not None and access.sees_sensitive and not access.only_checks_in


def may_check_in(user: Visitor, event: Event) -> bool:
    """Return whether the user may check participants in. Users without `may_see` then see names and nothing else."""
    return _is_administrator(user) or access_of(user, event) is not None


def may_set_up(user: Visitor, event: Event) -> bool:
    """Return whether the user may set up the registration of an event, or change its settings.

    As long as it has no settings and nobody has access, every user who may change the event may set it up.
    """
    if may_see(user, event):
        return True
    if not _is_active_user(user) or not isinstance(user, User) or not user.has_perm("events.change_event"):
        return False
    is_set_up = RegistrationSettings.objects.filter(event=event).exists()
    return not is_set_up and not EventAccess.objects.filter(event=event).exists()


def access_of(user: Visitor, event: Event) -> EventAccess | None:
    """Return the access granted to the user, or None. Inactive accounts have none."""
    if not _is_active_user(user):
        return None
    return EventAccess.objects.filter(user=user, event=event).first()


def has_any(user: User) -> bool:
    """Return whether the user sees registrations of any event, or gets access by adding one."""
    return user.has_perm("events.add_event") or EventAccess.objects.filter(user=user).exists()


@transaction.atomic
def grant_to_creator(event: Event, user: Visitor) -> None:
    """Grant full access to the user who adds an event or sets up its registration. Existing access stays as it is.

    The caller has checked `may_set_up` while it holds the event's lock, or has just added the event.
    """
    full = {"sees_sensitive": True, "only_checks_in": False}
    if not _is_active_user(user) or _is_administrator(user):
        return
    _access, is_new = EventAccess.objects.get_or_create(event=event, user=user, defaults=full)
    if not is_new:
        return
    log(event, user, "grant_access", {"user": user.pk, **full})


@transaction.atomic
def grant(
    event: Event, user: User, granted_by: Visitor, *, sees_sensitive: bool = False, only_checks_in: bool = False
) -> EventAccess:
    """Grant a colleague access, or change their rights.

    `sees_sensitive` also grants access to sensitive answers; `only_checks_in` grants check-in only. Raises
    GrantNotAllowedError when `granted_by` may not see sensitive answers themselves but the call would give or take that
    right, and LastAccessError as `revoke` does.
    """
    if sees_sensitive and not may_see_sensitive(granted_by, event):
        raise GrantNotAllowedError
    _refuse_taking_more_than_own(event, user, granted_by)
    if only_checks_in:
        _refuse_if_last(event, user, granted_by)
    access, _is_new = EventAccess.objects.update_or_create(
        event=event,
        user=user,
        defaults={"sees_sensitive": sees_sensitive and not only_checks_in, "only_checks_in": only_checks_in},
    )
    detail = {"user": user.pk, "sees_sensitive": access.sees_sensitive, "only_checks_in": access.only_checks_in}
    log(event, granted_by, "grant_access", detail)
    return access


@transaction.atomic
def revoke(event: Event, user: User, revoked_by: Visitor) -> None:
    """Revoke the access of a user. Calling it twice has no further effect.

    Raises LastAccessError when only administrators would be left with full access, unless an administrator revokes it.
    Raises GrantNotAllowedError when the user may see sensitive answers and `revoked_by` may not.
    """
    _refuse_taking_more_than_own(event, user, revoked_by)
    _refuse_if_last(event, user, revoked_by)
    deleted, _rows = EventAccess.objects.filter(event=event, user=user).delete()
    if deleted:
        log(event, revoked_by, "revoke_access", {"user": user.pk})


def log(event: Event, user: Visitor, action: str, detail: Mapping[str, object]) -> DataAccess:
    """Log an access to personal data, or a change of access: for the event, and in the site's record of access.

    `detail` must not contain personal data. The key of a registration is left out of the site's record, because that is
    kept longer than the event.
    """
    known = user if _is_active_user(user) else None
    recorded = {name: value for name, value in detail.items() if name not in {"registration", "user"}}
    if "user" in detail:
        account = User.objects.filter(pk=str(detail["user"])).first()
        recorded["account"] = account.get_username() if account else ""
    records.add(RECORDED_ACTIONS[action], user=user, subject=event, detail={"what": action, **recorded})
    return DataAccess.objects.create(event=event, user=known, action=action, detail=dict(detail))


def _refuse_taking_more_than_own(event: Event, user: User, changed_by: Visitor) -> None:
    holds_more = EventAccess.objects.filter(event=event, user=user, sees_sensitive=True)
    if user != changed_by and not may_see_sensitive(changed_by, event) and holds_more.exists():
        raise GrantNotAllowedError


def _refuse_if_last(event: Event, user: User, changed_by: Visitor) -> None:
    if _is_administrator(changed_by):
        return
    full = EventAccess.objects.select_for_update().filter(event=event, only_checks_in=False)
    holders = set(full.values_list("user", flat=True))
    if holders == {user.pk}:
        raise LastAccessError


def _is_active_user(user: Visitor) -> TypeGuard[User]:
    return bool(user.is_authenticated and user.is_active)


def _is_administrator(user: Visitor) -> bool:
    return bool(_is_active_user(user) and getattr(user, "is_superuser", False))
