"""Who of the staff sees the registrations of an event: administrators all, others those of their own events.

Rights on the facts (`events.change_event`) do not open registrations: those are given event by event (`EventAccess`),
to whoever adds an event or sets its registration up, and by them to others. What is given or taken is written down.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction

from events.models import DataAccess, Event, EventAccess, RegistrationSettings
from events.registration.errors import LastAccessError, NotYoursError

Visitor = User | AnonymousUser


def may_see(user: Visitor, event: Event) -> bool:
    """Tell whether the user works at the event's desk: sees and changes its registrations and their settings."""
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
    """Tell whether the user stands at the door. Without `may_see` she sees names there, and nothing else."""
    return _is_administrator(user) or access_of(user, event) is not None


def may_set_up(user: Visitor, event: Event) -> bool:
    """Tell whether the user may set the registration of an event up, or change how it is set up.

    Where nobody has begun and nobody was given access, whoever may change the facts may begin.
    """
    if may_see(user, event):
        return True
    if not _is_somebody(user) or not isinstance(user, User) or not user.has_perm("events.change_event"):
        return False
    has_begun = RegistrationSettings.objects.filter(event=event).exists()
    return not has_begun and not EventAccess.objects.filter(event=event).exists()


def access_of(user: Visitor, event: Event) -> EventAccess | None:
    """Return what was given to the user, None for nothing. Accounts that are closed have nothing."""
    if not _is_somebody(user):
        return None
    return EventAccess.objects.filter(user=user, event=event).first()


def give_to_maker(event: Event, user: Visitor) -> None:
    """Let whoever adds an event or sets its registration up see all of it. Rights that are there already grow."""
    if not _is_somebody(user) or _is_administrator(user):
        return
    EventAccess.objects.update_or_create(
        event=event, user=user, defaults={"sees_sensitive": True, "only_checks_in": False}
    )


@transaction.atomic
def give(
    event: Event, user: User, giver: Visitor, *, sees_sensitive: bool = False, only_checks_in: bool = False
) -> EventAccess:
    """Let a colleague in, or change what she may.

    Raises NotYoursError when the giver may not see sensitive answers herself, and LastAccessError as `take` does.
    """
    if sees_sensitive and not may_see_sensitive(giver, event):
        raise NotYoursError
    if only_checks_in:
        _refuse_if_last(event, user)
    access, _is_new = EventAccess.objects.update_or_create(
        event=event,
        user=user,
        defaults={"sees_sensitive": sees_sensitive and not only_checks_in, "only_checks_in": only_checks_in},
    )
    detail = {"user": user.pk, "sees_sensitive": access.sees_sensitive, "only_checks_in": access.only_checks_in}
    log(event, giver, "give_access", detail)
    return access


@transaction.atomic
def take(event: Event, user: User, taker: Visitor) -> None:
    """Take access away. Raises LastAccessError when nobody would be left; twice is the same as once."""
    _refuse_if_last(event, user)
    deleted, _rows = EventAccess.objects.filter(event=event, user=user).delete()
    if deleted:
        log(event, taker, "take_access", {"user": user.pk})


def log(event: Event, user: Visitor, action: str, detail: Mapping[str, object]) -> DataAccess:
    """Write down a look at personal data, or who was let in. `detail` holds no such data."""
    return DataAccess.objects.create(
        event=event, user=user if _is_somebody(user) else None, action=action, detail=dict(detail)
    )


def _refuse_if_last(event: Event, user: User) -> None:
    full = EventAccess.objects.select_for_update().filter(event=event, only_checks_in=False)
    holders = set(full.values_list("user", flat=True))
    if holders == {user.pk}:
        raise LastAccessError


def _is_somebody(user: Visitor) -> TypeGuard[User]:
    return bool(user.is_authenticated and user.is_active)


def _is_administrator(user: Visitor) -> bool:
    return bool(_is_somebody(user) and getattr(user, "is_superuser", False))
