"""Sensitive answers are stored encrypted (GDPR Art. 9 and 32): who has the database alone cannot read them.

Fernet (AES-128-CBC with HMAC-SHA256) with keys of `settings.ANSWERS_KEY`, the newest first: the first seals, all open.
Keys derived from the server's secrets come last, so that a site may begin without a key of its own and get one later.
"""

from __future__ import annotations

import base64
import json
import logging

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from events.models import SensitiveAnswer
from events.registration.errors import RegistrationError

logger = logging.getLogger(__name__)

PURPOSE = b"events.registration.sensitive-answers"
# Rows that are sealed anew at once.
BATCH = 200


class UnsealError(RegistrationError):
    """No key at hand opens what is sealed: the key was lost, or the database came from another site."""

    code = "cannot_unseal"


def seal(value: object) -> bytes:
    """Encrypt what JSON can hold: a text, a yes or no, a list of choices."""
    return _keys().encrypt(json.dumps(value, ensure_ascii=False).encode())


def unseal(sealed: bytes | memoryview) -> object:
    """Return what was sealed. Raises UnsealError when no key fits or the bytes were changed."""
    try:
        return json.loads(_keys().decrypt(bytes(sealed)))
    except InvalidToken:
        raise UnsealError from None


def unseal_or_none(sealed: bytes | memoryview) -> object | None:
    """Return what was sealed, or None where no key fits, with an error in the log. For screens: one lost key must not
    keep people from everything else."""
    try:
        return unseal(sealed)
    except UnsealError:
        logger.error("A sensitive answer cannot be read: ANSWERS_KEY (or SECRET_KEY) lacks the key it was sealed with.")
        return None


def seal_anew() -> tuple[int, int]:
    """Seal every sensitive answer with the newest key. Return how many are sealed with it, and how many no key opens."""
    done = lost = 0
    keys = _keys()
    for answer in SensitiveAnswer.objects.only("sealed").iterator(BATCH):
        old = bytes(answer.sealed)
        try:
            new = keys.rotate(old)
        except InvalidToken:
            lost += 1
            continue
        # An answer that was changed meanwhile has the newest key already.
        SensitiveAnswer.objects.filter(pk=answer.pk, sealed=old).update(sealed=new)
        done += 1
    return done, lost


def _keys() -> MultiFernet:
    own = [key.encode() for key in settings.ANSWERS_KEY]
    derived = [_derived(str(secret)) for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]]
    return MultiFernet([Fernet(key) for key in [*own, *derived]])


def _derived(secret: str) -> bytes:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return base64.urlsafe_b64encode(key)
