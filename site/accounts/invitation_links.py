"""The links of invitations. Only the signature protects them: the table holds a nonce, with which nobody can make a link."""

from __future__ import annotations

from django.core import signing

from accounts.models import Invitation

SALT = "accounts.invitation"
NONCE_LENGTH = 22


def token_of(invitation: Invitation) -> str:
    return signing.dumps([invitation.pk, invitation.nonce], salt=SALT)


def find(token: str) -> Invitation | None:
    """Return the invitation of a link, whatever its status. None if the link is wrong or of an earlier email."""
    try:
        pk, nonce = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return Invitation.objects.select_related("organisation", "invited_by").filter(pk=pk, nonce=nonce).first()
