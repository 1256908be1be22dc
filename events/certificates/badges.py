"""Open Badges 3.0: a certificate as a signed credential, alone (a JWT), in a picture (PNG) or attached to its PDF.

Credentials are not stored. One is made from the certificate each time that the participant requests it. The signature
proves its content, and the status list shows whether it was revoked. Both still work after the participant is
anonymised.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import jwt
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from openbadgeslib import baking
from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3 import (
    Achievement,
    IdentityObject,
    Issuer,
    OB3Verifier,
    OpenBadgeCredential,
    build_status_list_credential,
    status_entry,
)

from events import timezones
from events.certificates.content import Content
from events.certificates.keys import BadgeKey, badge_keys, issuer_did
from events.certificates.numbers import read_number
from events.certificates.pdf_attachments import PDF_START, attached_texts, has_attachment
from events.models import Certificate
from events.models.certificates import COMMON_LANGUAGE

ALGORITHM = "EdDSA"
# Certificates of one status list. The standard requires so many that a request does not reveal which one is verified.
LIST_SIZE = 131_072
# A verifier must fetch a newer list after this time.
LIST_VALIDITY = datetime.timedelta(days=1)
PNG_START = b"\x89PNG\r\n\x1a\n"
# The start of every JWT: a JSON object in base64.
JWT_START = b"eyJ"
# The longest credential in characters. A longer text was not made by this site.
MAX_TOKEN = 20_000


def credential_of(certificate: Certificate, issuer_name: str) -> str:
    """Return the signed credential of a certificate. The participant must not be anonymised.

    It contains their name, and their email address only as a salted hash.
    """
    language = certificate.languages[0]
    content: Content = certificate.content[language]
    event = certificate.event
    with override(language):
        description = _("Attended %(title)s, %(when)s.") % {"title": content["title"], "when": content["when"]}
        facts = [": ".join(fact) for fact in content["facts"]]
    identifiers = [IdentityObject(certificate.name, "name", hashed=False)]
    if certificate.registration is not None and certificate.registration.email:
        identifiers.append(IdentityObject.create(certificate.registration.email, salt=certificate.number))
    issued_at = timezones.instant(certificate.issued_on, datetime.time(), event.zone)
    credential = OpenBadgeCredential(
        issuer=Issuer(issuer_did(), issuer_name, url=settings.PUBLIC_BASE_URL),
        recipient_id=f"urn:certificate:{certificate.shown_number}",
        achievement=Achievement(
            id=f"urn:uuid:{event.key}",
            name=content["title"],
            description=description,
            criteria_narrative="\n".join([*facts, *content["outcomes"]]) or description,
            achievement_type="Certificate",
        ),
        id=_absolute("verify_number", number=certificate.shown_number),
        issuance_date=issued_at.astimezone(datetime.UTC),
        identifiers=identifiers,
        credential_status=[status_entry(_list_url(certificate.pk), "revocation", certificate.pk % LIST_SIZE)],
    )
    return _signed(credential.to_jwt_payload())


def bake(picture: bytes, credential: str) -> bytes:
    """Return the PNG with the credential in it."""
    return bytes(baking.bake_png(picture, credential, keyword=baking.ITXT_KEYWORD_OB3))


def status_list(number: int, now: datetime.datetime) -> str:
    """Return the signed status list of a range of certificates (Bitstring Status List 1.0).

    It shows which of them are revoked.
    """
    first = number * LIST_SIZE
    revoked = Certificate.objects.filter(pk__gte=first, pk__lt=first + LIST_SIZE, revoked_on__isnull=False)
    indices = [pk - first for pk in revoked.values_list("pk", flat=True)]
    # Rounded to the hour, so that caches get the same list as long as it has not changed.
    hour = now.astimezone(datetime.UTC).replace(minute=0, second=0, microsecond=0)
    url = _list_url(first)
    document = build_status_list_credential(
        issuer_did(), url, "revocation", indices, LIST_SIZE, issued=hour, valid_until=hour + LIST_VALIDITY
    )
    claims = {"iss": issuer_did(), "jti": url, "nbf": int(hour.timestamp())}
    return _signed({**document, **claims, "exp": int((hour + LIST_VALIDITY).timestamp())})


def _signed(payload: dict[str, Any]) -> str:
    key = badge_keys()[0]
    # The header names the key, so that it is found in the DID document after newer keys were added.
    headers = {"kid": f"{issuer_did()}#{key.fragment}"}
    return jwt.encode(payload, key.private, algorithm=ALGORITHM, headers=headers)


def _list_url(certificate_pk: int) -> str:
    return settings.PUBLIC_BASE_URL.rstrip("/") + reverse(
        "badge_status", kwargs={"number": certificate_pk // LIST_SIZE}
    )


def _absolute(name: str, **parts: object) -> str:
    with override(COMMON_LANGUAGE):
        return settings.PUBLIC_BASE_URL.rstrip("/") + reverse(name, kwargs=parts)


# Verifying a file


class BadgeResult(StrEnum):
    """The result of verifying a file: what is wrong with it, or that its signature is valid."""

    SIGNED = "signed"
    NO_CREDENTIAL = "no_credential"
    OTHER_ISSUER = "other_issuer"
    UNKNOWN_KEY = "unknown_key"
    ALTERED = "altered"


@dataclass(frozen=True)
class ReadBadge:
    """The result and, if the signature is valid, the content of the credential.

    `number` is the number of the certificate, whose status has to be looked up.
    """

    result: BadgeResult
    number: str = ""
    name: str = ""
    title: str = ""
    criteria: str = ""


def read(content: bytes) -> ReadBadge:
    """Verify the credential in a file: a PNG, a PDF, or a JWT as text. Raises no exception, whatever the file contains."""
    try:
        token = _token_in(content)
        header = jwt.get_unverified_header(token)
        payload = jwt.decode(token, options={"verify_signature": False})
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        return ReadBadge(BadgeResult.ALTERED if _was_badge(content) else BadgeResult.NO_CREDENTIAL)
    if payload.get("iss") != issuer_did():
        return ReadBadge(BadgeResult.OTHER_ISSUER)
    key = _key_of(str(header.get("kid", "")))
    if key is None:
        return ReadBadge(BadgeResult.UNKNOWN_KEY)
    try:
        credential = OB3Verifier(key.public_pem).verify(token)
    except (LibOpenBadgesException, ValueError, RecursionError):
        return ReadBadge(BadgeResult.ALTERED)
    names = [item.identity_hash for item in credential.identifiers if item.identity_type == "name"]
    return ReadBadge(
        BadgeResult.SIGNED,
        number=read_number(str(credential.recipient_id or "").rpartition(":")[2]),
        name=names[0] if names else "",
        title=credential.achievement.name,
        criteria=credential.achievement.criteria_narrative,
    )


def _token_in(content: bytes) -> str:
    if content.startswith(PNG_START):
        try:
            found = baking.extract_png(content, keyword=baking.ITXT_KEYWORD_OB3)
        except Exception:  # (pypng raises errors of many kinds for damaged files)
            return ""
        return found if found and len(found) <= MAX_TOKEN else ""
    if content.startswith(PDF_START):
        texts = (text for text in attached_texts(content, MAX_TOKEN) if text.startswith(JWT_START))
        return next(texts, b"").decode("ascii", errors="ignore")
    if len(content) > MAX_TOKEN:
        return ""
    return content.decode("ascii", errors="ignore").strip()


def _was_badge(content: bytes) -> bool:
    """Return whether a file without a readable credential looks like a damaged badge."""
    if content.startswith(PNG_START):
        return baking.ITXT_KEYWORD_OB3 in content
    if content.startswith(PDF_START):
        return has_attachment(content)
    return len(content) <= MAX_TOKEN and content.lstrip().startswith(JWT_START)


def _key_of(kid: str) -> BadgeKey | None:
    fragment = kid.rpartition("#")[2]
    return next((key for key in badge_keys() if key.fragment == fragment), None)
