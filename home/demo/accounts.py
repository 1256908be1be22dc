"""The accounts of the demo: one for each kind of work on the site."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from home import permissions

# On a developer's machine only: elsewhere every account gets a password of its own.
PASSWORD = "demo"  # noqa: S105  (printed by `make demo`, and never set outside DEBUG)


@dataclass(frozen=True)
class Account:
    username: str
    first_name: str
    last_name: str
    purpose: str
    groups: tuple[str, ...] = ()
    is_superuser: bool = False


ACCOUNTS = (
    Account("admin", "Demo", "Administrator", "Administrator", is_superuser=True),
    Account("editor", "Demo", "Editor", "Editor of the Estonian partner", (permissions.PARTNER_EDITORS,)),
    Account("translator", "Demo", "Translator", "Finnish translator", (permissions.translators("fi"),)),
    Account("organiser", "Demo", "Organiser", "Event organiser", (permissions.EVENT_ORGANISERS,)),
)


def make_accounts(report: Callable[[str], None]) -> list[tuple[Account, str]]:
    """Make the accounts that are missing, and put them into their groups.

    Return each account with its password, or with nothing where the password is no longer the demo's.
    """
    return [(account, _make(account, report)) for account in ACCOUNTS]


def _make(account: Account, report: Callable[[str], None]) -> str:
    users = get_user_model()
    user = users.objects.filter(username=account.username).first()
    if user is not None:
        return PASSWORD if settings.DEBUG and user.check_password(PASSWORD) else ""
    password = PASSWORD if settings.DEBUG else secrets.token_urlsafe(12)
    user = users.objects.create_user(
        account.username,
        email=f"{account.username}@example.org",
        password=password,
        first_name=account.first_name,
        last_name=account.last_name,
        is_staff=account.is_superuser,
        is_superuser=account.is_superuser,
    )
    user.groups.set(Group.objects.filter(name__in=account.groups))
    report(f"account {account.username}")
    return password
