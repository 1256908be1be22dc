"""Invitations to create an account: they are sent, repeated, withdrawn, accepted and deleted.

A link is valid until the invitation expires, or is repeated, withdrawn or accepted.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from functools import partial

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from wagtail.users.models import UserProfile

from accounts import records
from accounts.account_changes import wait_for_other_account_changes
from accounts.invitation_links import NONCE_LENGTH
from accounts.mail import send_invitation
from accounts.models import Action, Invitation
from home.models import Organisation

# The permission to invite people.
PERMISSION = "auth.add_user"
DAYS = 14
# Days after its expiry for which an invitation stays in the list.
DAYS_KEPT = 90


class InvitationError(Exception):
    """Raised when an invitation can no longer be repeated, withdrawn or accepted. `status` is its current status."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class UsernameTakenError(Exception):
    """Raised when another account has the username, whatever its case."""


@transaction.atomic
def invite(
    *,
    email: str,
    first_name: str,
    last_name: str,
    organisation: Organisation | None,
    groups: Iterable[Group],
    language: str,
    invited_by: User,
) -> Invitation:
    """Create an invitation and send its email."""
    invitation = Invitation(
        email=email,
        first_name=first_name,
        last_name=last_name,
        organisation=organisation,
        language=language,
        invited_by=invited_by,
    )
    _renew(invitation)
    invitation.groups.set(groups)
    records.add(
        Action.INVITED, subject=email, detail={"roles": sorted(group.name for group in invitation.groups.all())}
    )
    return invitation


@transaction.atomic
def repeat(pk: int, repeated_by: User) -> Invitation:
    """Send the email again, with a new link and a new period of validity. Links in earlier emails end.

    `repeated_by` becomes the sender of the invitation. Raises InvitationError if it was accepted or withdrawn.
    """
    invitation = _locked(pk)
    if invitation.status not in {"open", "expired"}:
        raise InvitationError(invitation.status)
    invitation.invited_by = repeated_by
    _renew(invitation)
    return invitation


@transaction.atomic
def withdraw(pk: int) -> Invitation:
    """Withdraw an invitation. Raises InvitationError if it was accepted. A withdrawn invitation is not changed again."""
    invitation = _locked(pk)
    if invitation.status == "accepted":
        raise InvitationError(invitation.status)
    if invitation.withdrawn_at is None:
        invitation.withdrawn_at = timezone.now()
        invitation.save(update_fields=["withdrawn_at"])
        records.add(Action.INVITATION_WITHDRAWN, subject=invitation.email)
    return invitation


def withdraw_all_by(user: User) -> None:
    """Withdraw the user's open invitations, because they must not give access that the user has lost.

    If the user loses the permission to invite in another way, such as with a group, the invitations stay in the list, but
    nobody can accept them (`accept`).
    """
    for pk in Invitation.objects.filter(invited_by=user, accepted_at=None, withdrawn_at=None).values_list(
        "pk", flat=True
    ):
        withdraw(pk)


@transaction.atomic
def accept(pk: int, *, username: str, password: str) -> User:
    """Create the account with its roles, organisation and language, and return it.

    Raises InvitationError unless the invitation is open and its sender may still invite people, and UsernameTakenError.
    """
    invitation = _locked(pk)
    if invitation.status != "open":
        raise InvitationError(invitation.status)
    if not is_backed(invitation):
        raise InvitationError("withdrawn")
    wait_for_other_account_changes()
    if User.objects.filter(username__iexact=username).exists():
        raise UsernameTakenError
    user = User.objects.create_user(
        username,
        invitation.email,
        password,
        first_name=invitation.first_name,
        last_name=invitation.last_name,
    )
    user.groups.set(invitation.groups.all())
    if invitation.organisation:
        invitation.organisation.editors.add(user)
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": invitation.language})
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    return user


def is_backed(invitation: Invitation) -> bool:
    """Return whether the sender of the invitation still has the permission to invite people."""
    return invitation.invited_by is not None and invitation.invited_by.has_perm(PERMISSION)


def prune(now: datetime.datetime | None = None) -> int:
    """Delete invitations that expired more than DAYS_KEPT days ago. Returns their number."""
    end = (now or timezone.now()) - datetime.timedelta(days=DAYS_KEPT)
    old = Invitation.objects.filter(expires_at__lt=end)
    number = old.count()
    old.delete()
    return number


def _locked(pk: int) -> Invitation:
    return Invitation.objects.select_for_update().get(pk=pk)


def _renew(invitation: Invitation) -> None:
    invitation.nonce = get_random_string(NONCE_LENGTH)
    invitation.expires_at = timezone.now() + datetime.timedelta(days=DAYS)
    invitation.save()
    transaction.on_commit(partial(send_invitation.enqueue, invitation.pk))
