"""Files about many registrations. A background task writes a file, and its user can download it within a day.

This module writes exports of the list. Other modules register functions that write other kinds of files.

If a process is killed, its row makes no progress, and `manage.py tick` enqueues it again. The row of a download is
deleted with its file: when it expires, when the user deletes it, and when a registration of the event is anonymised or
erased, since the file may contain it.
"""

from __future__ import annotations

import datetime
import logging
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO, Protocol, TypeVar

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from events.enums import DownloadStatus
from events.models import Event, PreparedDownload
from events.registration import access, export
from events.registration.queries import Filters, filtered_registrations, may_use_filters
from home import spreadsheets
from home.private_files import EXPORTS, delete_private_files, private_storage
from home.tasks.errors import describe_error

logger = logging.getLogger(__name__)

# An export with more rows is prepared in the background.
ROWS_AT_ONCE = 2_000
KEPT_FOR = datetime.timedelta(days=1)
# If a download makes no progress for this long, its process or its task is lost.
LOST_AFTER = datetime.timedelta(minutes=5)
MAX_ATTEMPTS = 3
# Number of rows between two reports of progress.
STEP = 1_000
CSV, XLSX, PDF, ZIP = "csv", "xlsx", "pdf", "zip"
MEDIA_TYPES = {CSV: spreadsheets.CSV_TYPE, XLSX: spreadsheets.XLSX_TYPE, PDF: "application/pdf", ZIP: "application/zip"}
# The kinds of files. Older stored downloads have no kind: they are exports.
EXPORT, ATTENDANCE_LIST, CERTIFICATES = "export", "attendance_list", "certificates"

Row = TypeVar("Row")


class ProgressIterator(Protocol):
    """A function that yields the given rows and reports their number after every `step` rows. Call it once."""

    def __call__(self, rows: Iterable[Row], step: int = STEP) -> Iterator[Row]: ...


# A function that writes a file of its kind, in the active language.
Writer = Callable[[PreparedDownload, IO[bytes], ProgressIterator], None]
_writers: dict[str, Writer] = {}


def register_writer(kind: str, writer: Writer) -> None:
    _writers[kind] = writer


class _StoppedError(Exception):
    """The download was deleted, or another process is writing it."""


def request_export(
    event: Event,
    user: User,
    filters: Filters,
    columns: list[export.Column],
    language: str,
    file_format: str,
    file_name: str,
) -> PreparedDownload:
    """Enqueue an export for the user. The texts in the file are in `language`."""
    details = {"columns": [column.key for column in columns], "filters": filters.as_json()}
    total = filtered_registrations(event, filters).count()
    return request_file(event, user, EXPORT, details, language, file_format, file_name, total)


def request_file(
    event: Event,
    user: User,
    kind: str,
    details: Mapping[str, object],
    language: str,
    file_format: str,
    file_name: str,
    total: int,
) -> PreparedDownload:
    """Enqueue a file of a kind for the user. `details` has the arguments of its writer as JSON values."""
    now = timezone.now()
    download = PreparedDownload.objects.create(
        event=event,
        user=user,
        parameters={**details, "kind": kind, "format": file_format},
        language=language,
        created_at=now,
        expires_at=now + KEPT_FOR,
        total=total,
        file_name=file_name,
    )
    transaction.on_commit(lambda: prepare_download.enqueue(download.pk), robust=True)
    return download


@task()
def prepare_download(pk: int) -> None:
    """Write the file of a download, unless another process is writing it. It is safe to run twice."""
    prepare(pk)


def prepare(pk: int, now: datetime.datetime | None = None) -> None:
    download = _claim(pk, now or timezone.now())
    if download is None:
        return
    try:
        _write(download)
    except _StoppedError:
        logger.info("The preparation of a download was stopped.")
    except PermissionDenied:
        _mark(download, status=DownloadStatus.FAILED)
    except Exception as error:
        # The cause, such as a full disk, may be gone at the next attempt.
        is_last = download.attempts >= MAX_ATTEMPTS
        _mark(download, status=DownloadStatus.FAILED if is_last else DownloadStatus.WAITING)
        logger.error("A download could not be prepared: %s", describe_error(error))


def _claim(pk: int, now: datetime.datetime) -> PreparedDownload | None:
    """Reserve the download for this process and return it. Returns None if it is finished, deleted or reserved."""
    is_lost = Q(status=DownloadStatus.RUNNING, seen_at__lte=now - LOST_AFTER)
    free = PreparedDownload.objects.filter(Q(status=DownloadStatus.WAITING) | is_lost, pk=pk)
    claimed = {"status": DownloadStatus.RUNNING, "attempts": F("attempts") + 1, "seen_at": now, "done": 0}
    if not free.update(**claimed):
        return None
    return PreparedDownload.objects.select_related("event", "user").filter(pk=pk).first()


def _write(download: PreparedDownload) -> None:
    if not access.may_see(download.user, download.event) or not _may_have(download.user, download.event, download):
        # The user's access, or their access to sensitive answers, was revoked.
        raise PermissionDenied

    def counted(rows: Iterable[Row], step: int = STEP) -> Iterator[Row]:
        return _counted(download, rows, step)

    with translation.override(download.language), tempfile.TemporaryFile() as target:
        writer = _writers.get(download.parameters.get("kind", EXPORT), _write_export)
        writer(download, target, counted)
        target.seek(0)
        # The name does not reveal the event, and is never used again.
        name = private_storage().save(f"{EXPORTS}/{download.key}", File(target))
    if not _mark(download, status=DownloadStatus.READY, file=name):
        private_storage().delete(name)


def _write_export(download: PreparedDownload, target: IO[bytes], counted: ProgressIterator) -> None:
    event, user, chosen = download.event, download.user, set(download.parameters["columns"])
    filters = Filters.from_json(download.parameters["filters"])
    sees_sensitive = access.may_see_sensitive(user, event)
    columns = export.columns_of(event, download.language, with_sensitive=sees_sensitive)
    columns = [column for column in columns if column.key in chosen]
    if len(columns) < len(chosen):
        # A question was removed, so its column is missing.
        raise PermissionDenied
    rows = counted(export.recorded_rows(event, user, filters, columns, download.language))
    header = [column.label for column in columns]
    if download.parameters["format"] == CSV:
        target.writelines(line.encode() for line in spreadsheets.csv_lines(header, rows))
    else:
        spreadsheets.write_xlsx(target, _("Registrations"), header, rows)


def _counted(download: PreparedDownload, rows: Iterable[Row], step: int) -> Iterator[Row]:
    """Yield the rows and report their number as progress.

    Raises _StoppedError if the download was deleted or another process has taken it over.
    """
    number = 0
    for number, row in enumerate(rows, start=1):
        yield row
        if number % step == 0 and not _mark(download, done=number, seen_at=timezone.now()):
            raise _StoppedError
    # Registrations may have been added or erased since the download was requested.
    if not _mark(download, done=number, total=number, seen_at=timezone.now()):
        raise _StoppedError


def _mark(download: PreparedDownload, **values: object) -> bool:
    """Change a reserved download. Returns False if this process no longer has the reservation."""
    own = PreparedDownload.objects.filter(pk=download.pk, status=DownloadStatus.RUNNING, attempts=download.attempts)
    return bool(own.update(**values))


def downloads_of(
    event: Event, user: User, now: datetime.datetime | None = None, *, kind: str = ""
) -> list[PreparedDownload]:
    """Return the downloads of the user for this event, newest first: all of them, or those of one kind. One query."""
    found = PreparedDownload.objects.filter(event=event, user=user, expires_at__gt=now or timezone.now())
    return list(found.filter(parameters__kind=kind) if kind else found)


def ready_download(event: Event, user: User, key: uuid.UUID | str) -> PreparedDownload | None:
    """Return a finished download that the user may have, or None."""
    found = PreparedDownload.objects.filter(
        event=event, user=user, key=key, status=DownloadStatus.READY, expires_at__gt=timezone.now()
    ).first()
    if found is None or not access.may_see(user, event) or not _may_have(user, event, found):
        return None
    return found


def _may_have(user: User, event: Event, download: PreparedDownload) -> bool:
    """Return whether the user may see the sensitive answers in the file and in the filters that selected its rows."""
    if access.may_see_sensitive(user, event):
        return True
    if download.parameters.get("kind", EXPORT) != EXPORT:
        return True
    filters = Filters.from_json(download.parameters["filters"])
    has_sensitive = not export.sensitive_keys(event).isdisjoint(download.parameters["columns"])
    return not has_sensitive and may_use_filters(user, event, filters)


def delete(event: Event, user: User, key: uuid.UUID | str) -> bool:
    """Delete a download of the user with its file. Returns whether there was one.

    A process that is writing the file stops.
    """
    return bool(_delete(PreparedDownload.objects.filter(event=event, user=user, key=key)))


def delete_of_event(event: Event) -> int:
    """Delete all downloads of an event, because a participant was erased or anonymised.

    They are deleted again after the commit: until then, other processes still read the participant and may write a
    file.
    """
    own = PreparedDownload.objects.filter(event=event)
    count = _delete(own)
    transaction.on_commit(lambda: _delete(own.all()), robust=True)
    return count


def delete_all() -> int:
    return _delete(PreparedDownload.objects.all())


def delete_expired(now: datetime.datetime) -> int:
    """Delete expired downloads, and files without a row. Returns how many rows were deleted."""
    count = _delete(PreparedDownload.objects.filter(expires_at__lte=now))
    _delete_orphans(now)
    return count


def _delete(downloads: QuerySet[PreparedDownload]) -> int:
    rows = list(downloads.values_list("pk", "file"))
    PreparedDownload.objects.filter(pk__in=[pk for pk, _name in rows]).delete()
    names = [name for _pk, name in rows if name]
    # The files are deleted after the commit, because a row whose file is missing would cause an error.
    transaction.on_commit(lambda: delete_private_files(names), robust=True)
    return len(rows)


def _delete_orphans(now: datetime.datetime) -> None:
    """Delete files whose rows were deleted in another way, for example with their event or with the user's account."""
    storage = private_storage()
    try:
        _folders, names = storage.listdir(EXPORTS)
    except FileNotFoundError:
        return
    stored = {f"{EXPORTS}/{name}" for name in names}
    known = set(PreparedDownload.objects.filter(file__in=stored).values_list("file", flat=True))
    for name in stored - known:
        # A process may have stored the file without having marked its row yet.
        if storage.get_modified_time(name) <= now - LOST_AFTER:
            storage.delete(name)


def requeue_lost(now: datetime.datetime) -> int:
    """Enqueue downloads whose task or process was lost. Those that failed too often fail finally.

    Returns how many were enqueued.
    """
    is_lost = Q(status=DownloadStatus.RUNNING, seen_at__lte=now - LOST_AFTER)
    is_waiting = Q(status=DownloadStatus.WAITING, created_at__lte=now - LOST_AFTER)
    PreparedDownload.objects.filter(is_lost, attempts__gte=MAX_ATTEMPTS).update(status=DownloadStatus.FAILED)
    pks = list(PreparedDownload.objects.filter(is_lost | is_waiting).order_by("pk").values_list("pk", flat=True))
    for pk in pks:
        prepare_download.enqueue(pk)
    return len(pks)
