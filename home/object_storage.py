"""Files in buckets of an S3 server instead of folders (docs/decisions/0137): one bucket is private, one holds what is shown.

The modules that store files expect OSError where a folder fails, so failures of the server are OSErrors here as well.
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
# Bytes of a file that is being read or written which are held in memory; what is larger is in a temporary file.
MEMORY = 2 * 1024 * 1024
# Seconds. A request waits for the server no longer than for a database.
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
        # Without the text of the error: it may contain the address with the key.
        raise StorageUnavailableError(f"the object storage fails ({type(failure).__name__})") from failure


def _is_seekable(content: Any) -> bool:
    try:
        return bool(content.seekable())
    except AttributeError:
        # A tar file that is read as a stream.
        return False


class ObjectStorage(S3Storage):
    """A folder in a bucket. Its files have no URL: views serve them after a permission check."""

    def get_default_settings(self) -> dict[str, Any]:
        # Only the options count. The library would also read variables that another program uses.
        found = dict(super().get_default_settings())
        client = Config(
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            retries={"max_attempts": 2, "mode": "standard"},
            s3={"addressing_style": "path"},
            # Servers other than Amazon's do not know the newer checksums.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        return found | {
            # A name that is taken gets an ending, as in a folder.
            "file_overwrite": False,
            "default_acl": None,
            "max_memory_size": MEMORY,
            "client_config": client,
        }

    def url(self, name: str | None, *args: Any, **kwargs: Any) -> str:
        # Wagtail takes this class for a storage without URLs, and serves the file by a view.
        raise NotImplementedError("Private files have no URL. Serve them from a view.")

    def unsigned_url(self, name: str) -> str:
        """Return the address at which anybody would get the file if the bucket were public."""
        endpoint = self.connection.meta.client.meta.endpoint_url
        return f"{endpoint}/{self.bucket_name}/{quote(self._key(name))}"

    def stream(self, name: str, first: int = 0, last: int | None = None) -> Any:
        """Return the bytes of a file from `first` to `last`, both included, in parts. The result has to be closed."""
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
                # The library needs to go back in a file. A stream, such as the entry of a backup, is read once.
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
        # Some programs make an empty object for a folder.
        return folders, [name for name in names if name]


class _Parts:
    """Iterates over the body of an answer. Django closes it with the response."""

    def __init__(self, body: Any) -> None:
        self.body = body

    def __iter__(self) -> Iterator[bytes]:
        with _failures_as_os_errors():
            yield from self.body.iter_chunks(CHUNK)

    def close(self) -> None:
        self.body.close()


class ShownObjectStorage(ObjectStorage):
    """The bucket whose files everybody may read, at addresses below `MEDIA_URL`."""

    def url(self, name: str | None, *args: Any, **kwargs: Any) -> str:
        return settings.MEDIA_URL + str(filepath_to_uri(name or ""))


class UploadObjectStorage(Storage):
    """Keeps uploads in the private bucket, except in the folders of files that are made to be shown (decision 81).

    `private` and `shown` are the options of both storages.
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
        # The folders of shown files themselves are in the other bucket as well.
        return self._of(f"{path}/x").listdir(path)

    def url(self, name: str | None) -> str:
        return self._of(name).url(name)
