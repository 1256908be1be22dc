"""Stores files in buckets of an S3 server instead of folders (docs/decisions/0137): a private one and a public one.

Callers expect OSError when a folder fails, so errors of the server are raised as OSError as well.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from urllib.parse import quote

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage

from home.private_files import StorageUnavailableError, is_shown

CHUNK = 64 * 1024
# The bytes of a file that are held in memory while it is read or written; larger files use a temporary file.
MEMORY = 2 * 1024 * 1024
# Seconds. Requests wait for this server no longer than for the database.
CONNECT_TIMEOUT, READ_TIMEOUT = 3, 20
MISSING = {"404", "NoSuchKey", "NotFound"}


@contextmanager
def _failures_as_os_errors() -> Iterator[None]:
    try:
        yield
    except ClientError as failure:
        code = str(failure.response.get("Error", {}).get("Code", ""))
        kind = FileNotFoundError if code in MISSING else OSError
        raise kind(f"the object storage answers {code}") from failure
    except (BotoCoreError, Boto3Error) as failure:
        # Without the text of the error, which may contain the address with the key.
        raise StorageUnavailableError(f"the object storage fails ({type(failure).__name__})") from failure


def _is_seekable(content: Any) -> bool:
    try:
        return bool(content.seekable())
    except AttributeError:
        # For example, an entry of a tar file that is read as a stream.
        return False


class ObjectStorage(S3Storage):
    """A folder in a private bucket. Its files have no URL: views serve them after a permission check."""

    def get_default_settings(self) -> dict[str, Any]:
        # Use only the options of this storage. The library would also read environment variables that another program uses.
        found = dict(super().get_default_settings())
        client = Config(
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            retries={"max_attempts": 2, "mode": "standard"},
            s3={"addressing_style": "path"},
            # Other servers than Amazon's do not support the newer checksums.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        return found | {
            # If a name is taken, the new file gets a different name, as in a folder.
            "file_overwrite": False,
            "default_acl": None,
            "max_memory_size": MEMORY,
            "client_config": client,
        }

    def url(self, name: str | None, *args: Any, **kwargs: Any) -> str:
        # Because of this error, Wagtail serves the file through a view.
        raise NotImplementedError("Private files have no URL. Serve them from a view.")

    def unsigned_url(self, name: str) -> str:
        """Return the address of the file without a signature. It works only if the bucket is public."""
        endpoint = self.connection.meta.client.meta.endpoint_url
        return f"{endpoint}/{self.bucket_name}/{quote(self._key(name))}"

    def stream(self, name: str, first: int = 0, last: int | None = None) -> Any:
        """Return an iterator over the bytes of a file from `first` to `last`, both included. The caller must close it."""
        wanted = {"Range": f"bytes={first}-{'' if last is None else last}"} if first or last is not None else {}
        with _failures_as_os_errors():
            answer = self.connection.meta.client.get_object(Bucket=self.bucket_name, Key=self._key(name), **wanted)
        return _Parts(answer["Body"])

    def _key(self, name: str) -> str:
        return str(self._normalize_name(name))

    def _open(self, name: str, mode: str = "rb") -> Any:
        with _failures_as_os_errors():
            return super()._open(name, mode)

    def _save(self, name: str, content: Any) -> str:
        with ExitStack() as stack:
            if not _is_seekable(content):
                # The library must be able to seek in the file. A stream, such as an entry of a backup, can be read only
                # once.
                copy = stack.enter_context(SpooledTemporaryFile(max_size=MEMORY))
                shutil.copyfileobj(content, copy)
                copy.seek(0)
                content = File(copy, name)
            stack.enter_context(_failures_as_os_errors())
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        with _failures_as_os_errors():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _failures_as_os_errors():
            return bool(super().exists(name))

    def size(self, name: str) -> int:
        with _failures_as_os_errors():
            return int(super().size(name))

    def get_modified_time(self, name: str) -> datetime:
        with _failures_as_os_errors():
            found: datetime = super().get_modified_time(name)
            return found

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with _failures_as_os_errors():
            folders, names = super().listdir(path)
        # Some programs create an empty object for a folder.
        return folders, [name for name in names if name]


class _Parts:
    """Iterates over the body of a response of the server. Django closes it with its own response."""

    def __init__(self, body: Any) -> None:
        self.body = body

    def __iter__(self) -> Iterator[bytes]:
        with _failures_as_os_errors():
            yield from self.body.iter_chunks(CHUNK)

    def close(self) -> None:
        self.body.close()


class ShownObjectStorage(ObjectStorage):
    """The bucket of files that everyone may read, at addresses below `MEDIA_URL`."""

    def url(self, name: str | None, *args: Any, **kwargs: Any) -> str:
        return settings.MEDIA_URL + str(filepath_to_uri(name or ""))


class UploadObjectStorage(Storage):
    """Stores uploads in the private bucket, except in the folders of files that everyone may see (decision 81).

    `private` and `shown` are the options of the two storages.
    """

    def __init__(self, *, private: dict[str, Any], shown: dict[str, Any]) -> None:
        self.private, self.shown = ObjectStorage(**private), ShownObjectStorage(**shown)

    def _of(self, name: str | None) -> ObjectStorage:
        return self.shown if name and is_shown(name) else self.private

    def save(self, name: str | None, content: IO[Any], max_length: int | None = None) -> str:
        return str(self._of(name).save(name, content, max_length))

    def open(self, name: str, mode: str = "rb") -> File:
        return self._of(name).open(name, mode)

    def stream(self, name: str, first: int = 0, last: int | None = None) -> Any:
        return self._of(name).stream(name, first, last)

    def delete(self, name: str) -> None:
        self._of(name).delete(name)

    def exists(self, name: str) -> bool:
        return self._of(name).exists(name)

    def size(self, name: str) -> int:
        return self._of(name).size(name)

    def get_modified_time(self, name: str) -> datetime:
        return self._of(name).get_modified_time(name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        # The public folders themselves are also in the public bucket.
        return self._of(f"{path}/x").listdir(path)

    def url(self, name: str | None) -> str:
        return self._of(name).url(name)
