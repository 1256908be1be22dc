"""The user accounts of the demo, one for each role."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from home import permissions
from home.models import Organisation

# Used only with DEBUG on; otherwise each account gets a random password.
PASSWORD = "demo"  # noqa: S105  (used only with DEBUG on)


@dataclass(frozen=True)
class Account:
    username: str
    first_name: str
    last_name: str
    purpose: str
    groups: tuple[str, ...] = ()
    is_superuser: bool = False
    # The country of the organisations that the account may change without approval.
    edits_partners_in: str = ""


ACCOUNTS = (
    Account("admin", "Demo", "Administrator", "Administrator", is_superuser=True),
    Account(
        "editor",
        "Demo",
        "Editor",
        "Editor of the Estonian partner",
        (permissions.PARTNER_EDITORS,),
        edits_partners_in="EE",
    ),
    Account("translator", "Demo", "Translator", "Finnish translator", (permissions.translators("fi"),)),
    Account("organiser", "Demo", "Organiser", "Event organiser", (permissions.EVENT_ORGANISERS,)),
)


def make_accounts(report: Callable[[str], None]) -> list[tuple[Account, str]]:
    """Create the missing accounts with their groups.

    Returns each account with its password, or with an empty string if its password was changed.
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
    if account.edits_partners_in:
        for organisation in Organisation.objects.filter(country=account.edits_partners_in):
            organisation.editors.add(user)
    report(f"account {account.username}")
    return password
