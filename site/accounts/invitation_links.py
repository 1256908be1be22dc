"""The links of invitations. Only the signature protects them: nobody can make a link from the nonce in the table."""

from __future__ import annotations

from django.core import signing

from accounts.models import Invitation

SALT = "accounts.invitation"
NONCE_LENGTH = 22


def token_of(invitation: Invitation) -> str:
    return signing.dumps([invitation.pk, invitation.nonce], salt=SALT)


def find(token: str) -> Invitation | None:
    """Return the invitation of a link, whatever its status. None if the link is forged or comes from an earlier email."""
    try:
        pk, nonce = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return Invitation.objects.select_related("organisation", "invited_by").filter(pk=pk, nonce=nonce).first()
