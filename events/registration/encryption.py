"""Encryption of sensitive answers (GDPR Art. 9 and 32): the database alone is not enough to read them.

It uses Fernet (AES-128-CBC with HMAC-SHA256) with the keys of `settings.ANSWERS_KEY`, newest first. The first key
encrypts, all keys decrypt. Keys derived from `SECRET_KEY` come last, so that a site can start without a separate key
and add one later.
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
# Number of rows that `reencrypt_all` reads at a time.
BATCH = 200


class DecryptionError(RegistrationError):
    """No key decrypts the value: the key was lost, or the database belongs to another site."""

    code = "cannot_decrypt"


def encrypt(value: object) -> bytes:
    """Encrypt a value that JSON can store: a text, a number, a boolean or a list of choices."""
    return _keys().encrypt(json.dumps(value, ensure_ascii=False).encode())


def decrypt(encrypted_value: bytes | memoryview) -> object:
    """Return the value that was encrypted. Raises DecryptionError when no key fits or the bytes were changed."""
    try:
        return json.loads(_keys().decrypt(bytes(encrypted_value)))
    except InvalidToken:
        raise DecryptionError from None


def decrypt_or_none(encrypted_value: bytes | memoryview) -> object | None:
    """Return the decrypted value. If no key fits, log an error and return None.

    It is for pages that also show other data and must not fail because a key was lost.
    """
    try:
        return decrypt(encrypted_value)
    except DecryptionError:
        logger.error("A sensitive answer cannot be decrypted: its key is not in ANSWERS_KEY or SECRET_KEY.")
        return None


def reencrypt_all() -> tuple[int, int]:
    """Encrypt every sensitive answer with the newest key.

    Returns two numbers: the answers that are encrypted with it now, and those that no key can decrypt.
    """
    done = lost = 0
    keys = _keys()
    for answer in SensitiveAnswer.objects.only("encrypted_value").iterator(BATCH):
        old = bytes(answer.encrypted_value)
        try:
            new = keys.rotate(old)
        except InvalidToken:
            lost += 1
            continue
        # This matches nothing if the answer was changed in the meantime. Then it was already saved with the newest key.
        SensitiveAnswer.objects.filter(pk=answer.pk, encrypted_value=old).update(encrypted_value=new)
        done += 1
    return done, lost


def _keys() -> MultiFernet:
    own = [key.encode() for key in settings.ANSWERS_KEY]
    derived = [_derived(str(secret)) for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]]
    return MultiFernet([Fernet(key) for key in [*own, *derived]])


def _derived(secret: str) -> bytes:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return base64.urlsafe_b64encode(key)
