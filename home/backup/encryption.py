"""Encryption of a stream of any length: AES-256-GCM in chunks that cannot be changed, reordered or left out.

A file is a header (magic text, identifier of the key, salt) and chunks. Each chunk is encrypted with a key that is derived
from the backup key and the salt, and with a nonce made of its number and of whether it is the last one (the construction
STREAM of Hoang, Reyhanitabar, Rogaway and Vizár).
"""

from __future__ import annotations

import hashlib
import io
import os
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from home.backup.errors import BackupError

MAGIC = b"consortium-site backup 1\n"
PURPOSE = b"home.backup"
KEY_ID_SIZE = 8
SALT_SIZE = 16
CHUNK_SIZE = 64 * 1024
TAG_SIZE = 16
HEADER_SIZE = len(MAGIC) + KEY_ID_SIZE + SALT_SIZE


def key_id(key: str) -> bytes:
    """Return an identifier of the key for the file header. It does not reveal the key."""
    return hashlib.sha256(PURPOSE + urlsafe_b64decode(key)).digest()[:KEY_ID_SIZE]


def _cipher(key: str, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=PURPOSE).derive(urlsafe_b64decode(key)))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


class EncryptedWriter(io.RawIOBase):
    """A file object that encrypts what is written to it. Closing it writes the last chunk and leaves `target` open."""

    def __init__(self, target: IO[bytes], key: str) -> None:
        self._target = target
        salt = os.urandom(SALT_SIZE)
        self._header = MAGIC + key_id(key) + salt
        self._cipher = _cipher(key, salt)
        self._buffer = bytearray()
        self._number = 0
        target.write(self._header)

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:  # type: ignore[no-untyped-def]  # any buffer
        self._buffer += data
        # Keep the last chunk in the buffer, because it is not yet known whether another one follows.
        while len(self._buffer) > CHUNK_SIZE:
            self._write_chunk(bytes(self._buffer[:CHUNK_SIZE]), is_last=False)
            del self._buffer[:CHUNK_SIZE]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._write_chunk(bytes(self._buffer), is_last=True)
        super().close()

    def _write_chunk(self, data: bytes, *, is_last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number, is_last=is_last), data, self._header))
        self._number += 1


class EncryptedReader(io.RawIOBase):
    """A file object that decrypts the content of `source`. Raises BackupError if the content was changed or cut off."""

    def __init__(self, source: IO[bytes], keys: Sequence[str]) -> None:
        header = source.read(HEADER_SIZE)
        if len(header) < HEADER_SIZE or not header.startswith(MAGIC):
            raise BackupError("This is not a backup made by manage.py backup.")
        wanted = header[len(MAGIC) : len(MAGIC) + KEY_ID_SIZE]
        key = next((key for key in keys if key_id(key) == wanted), None)
        if key is None:
            raise BackupError("The backup was made with another key. Add that key to BACKUP_KEY, after a comma.")
        self._source = source
        self._header = header
        self._cipher = _cipher(key, header[-SALT_SIZE:])
        self._number = 0
        self._next = source.read(CHUNK_SIZE + TAG_SIZE)
        self._buffer = memoryview(b"")
        self._is_at_end = False

    def readable(self) -> bool:
        return True

    def readinto(self, target) -> int:  # type: ignore[no-untyped-def]  # any buffer
        if not self._buffer and not self._is_at_end:
            self._read_chunk()
        size = min(len(target), len(self._buffer))
        target[:size] = self._buffer[:size]
        self._buffer = self._buffer[size:]
        return size

    def _read_chunk(self) -> None:
        data, self._next = self._next, self._source.read(CHUNK_SIZE + TAG_SIZE)
        self._is_at_end = not self._next
        nonce = _nonce(self._number, is_last=self._is_at_end)
        try:
            self._buffer = memoryview(self._cipher.decrypt(nonce, data, self._header))
        except InvalidTag:
            raise BackupError("The backup is damaged or cut off.") from None
        self._number += 1
