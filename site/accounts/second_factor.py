"""Decides which users need a second factor, and finds those who have one. The factors are those of allauth.mfa."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import User

# Functions of other apps that return whether a user has rights on personal data.
_checks: list[Callable[[User], bool]] = []
# Permissions on accounts, on the record of access, and on messages of visitors.
PERMISSIONS = (
    "auth.add_user",
    "auth.change_user",
    "auth.delete_user",
    "accounts.view_accessrecord",
    "home.view_enquiry",
)
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def register_personal_data_check(check: Callable[[User], bool]) -> None:
    """Register a function that returns whether a user may see personal data."""
    if check not in _checks:
        _checks.append(check)


def sees_personal_data(user: User) -> bool:
    return (
        user.is_superuser
        or any(user.has_perm(permission) for permission in PERMISSIONS)
        or any(check(user) for check in _checks)
    )


def is_required(user: User) -> bool:
    """Return whether the user must have a second factor, according to the setting SECOND_FACTOR."""
    if settings.SECOND_FACTOR == "off":
        return False
    return settings.SECOND_FACTOR == "all" or sees_personal_data(user)


def has_factor(user: User) -> bool:
    return bool(is_mfa_enabled(user, FACTORS))


def remove_all(user: User) -> int:
    """Remove the factors and recovery codes of a user. Returns the number of removed rows."""
    deleted, _per_model = Authenticator.objects.filter(user=user).delete()
    return deleted
