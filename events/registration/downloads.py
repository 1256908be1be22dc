"""Files about many registrations: a background task writes the file, and the user who asked downloads it within a day.

This module writes exports of the list; others register what writes their kind of file.

A process that is killed leaves a row without progress, which `manage.py tick` enqueues again. The row of a download is
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
# A download without progress for so long has lost its process or its task.
LOST_AFTER = datetime.timedelta(minutes=5)
MAX_ATTEMPTS = 3
# Rows between two reports of progress.
STEP = 1_000
CSV, XLSX, PDF, ZIP = "csv", "xlsx", "pdf", "zip"
MEDIA_TYPES = {CSV: spreadsheets.CSV_TYPE, XLSX: spreadsheets.XLSX_TYPE, PDF: "application/pdf", ZIP: "application/zip"}
# The kinds of files. Downloads that were stored before there were others are exports.
EXPORT, ATTENDANCE_LIST, CERTIFICATES = "export", "attendance_list", "certificates"

Row = TypeVar("Row")


class ProgressIterator(Protocol):
    """Yields the same rows and reports how many there were, every `step` of them. To be called once."""

    def __call__(self, rows: Iterable[Row], step: int = STEP) -> Iterator[Row]: ...


# Writes a file of its kind, in the active language.
Writer = Callable[[PreparedDownload, IO[bytes], ProgressIterator], None]
_writers: dict[str, Writer] = {}


def register_writer(kind: str, writer: Writer) -> None:
    _writers[kind] = writer


class _StoppedError(Exception):
    """The download was deleted, or another process writes it."""


def request_export(
    event: Event,
    user: User,
    filters: Filters,
    columns: list[export.Column],
    language: str,
    file_format: str,
    file_name: str,
) -> PreparedDownload:
    """Enqueue an export for the user. Texts in the file have the active `language`."""
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
    """Enqueue a file of a kind for the user. `details` is what its writer needs, as JSON can hold it."""
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
    """Write the file of a download, unless another process does. Safe to run twice."""
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
        # The reason may be gone the next time, such as a full disk.
        is_last = download.attempts >= MAX_ATTEMPTS
        _mark(download, status=DownloadStatus.FAILED if is_last else DownloadStatus.WAITING)
        logger.error("A download could not be prepared: %s", describe_error(error))


def _claim(pk: int, now: datetime.datetime) -> PreparedDownload | None:
    """Reserve the download for this process, and return it; None if there is nothing to do."""
    is_lost = Q(status=DownloadStatus.RUNNING, seen_at__lte=now - LOST_AFTER)
    free = PreparedDownload.objects.filter(Q(status=DownloadStatus.WAITING) | is_lost, pk=pk)
    claimed = {"status": DownloadStatus.RUNNING, "attempts": F("attempts") + 1, "seen_at": now, "done": 0}
    if not free.update(**claimed):
        return None
    return PreparedDownload.objects.select_related("event", "user").filter(pk=pk).first()


def _write(download: PreparedDownload) -> None:
    if not access.may_see(download.user, download.event) or not _may_have(download.user, download.event, download):
        # The access, or that to sensitive answers, was taken away.
        raise PermissionDenied

    def counted(rows: Iterable[Row], step: int = STEP) -> Iterator[Row]:
        return _counted(download, rows, step)

    with translation.override(download.language), tempfile.TemporaryFile() as target:
        writer = _writers.get(download.parameters.get("kind", EXPORT), _write_export)
        writer(download, target, counted)
        target.seek(0)
        # The name says nothing about the event, and is never used twice.
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
        # A question was removed.
        raise PermissionDenied
    rows = counted(export.recorded_rows(event, user, filters, columns, download.language))
    header = [column.label for column in columns]
    if download.parameters["format"] == CSV:
        target.writelines(line.encode() for line in spreadsheets.csv_lines(header, rows))
    else:
        spreadsheets.write_xlsx(target, _("Registrations"), header, rows)


def _counted(download: PreparedDownload, rows: Iterable[Row], step: int) -> Iterator[Row]:
    """Yield the rows, and report how many there were. Raises _StoppedError if nobody waits for them."""
    number = 0
    for number, row in enumerate(rows, start=1):
        yield row
        if number % step == 0 and not _mark(download, done=number, seen_at=timezone.now()):
            raise _StoppedError
    # Registrations may have been added or erased since the download was requested.
    if not _mark(download, done=number, total=number, seen_at=timezone.now()):
        raise _StoppedError


def _mark(download: PreparedDownload, **values: object) -> bool:
    """Change a claimed download, and return whether this process still may."""
    own = PreparedDownload.objects.filter(pk=download.pk, status=DownloadStatus.RUNNING, attempts=download.attempts)
    return bool(own.update(**values))


def downloads_of(
    event: Event, user: User, now: datetime.datetime | None = None, *, kind: str = ""
) -> list[PreparedDownload]:
    """Return what the user asked for at this event, newest first: everything, or files of one kind. One query."""
    found = PreparedDownload.objects.filter(event=event, user=user, expires_at__gt=now or timezone.now())
    return list(found.filter(parameters__kind=kind) if kind else found)


def ready_download(event: Event, user: User, key: uuid.UUID | str) -> PreparedDownload | None:
    """Return a file that the user may download, or None."""
    found = PreparedDownload.objects.filter(
        event=event, user=user, key=key, status=DownloadStatus.READY, expires_at__gt=timezone.now()
    ).first()
    if found is None or not access.may_see(user, event) or not _may_have(user, event, found):
        return None
    return found


def _may_have(user: User, event: Event, download: PreparedDownload) -> bool:
    """Return whether the user may still see the sensitive answers that the file has, or by which its rows were chosen."""
    if access.may_see_sensitive(user, event):
        return True
    if download.parameters.get("kind", EXPORT) != EXPORT:
        return True
    filters = Filters.from_json(download.parameters["filters"])
    has_sensitive = not export.sensitive_keys(event).isdisjoint(download.parameters["columns"])
    return not has_sensitive and may_use_filters(user, event, filters)


def delete(event: Event, user: User, key: uuid.UUID | str) -> bool:
    """Delete a download of the user with its file; if it is being written, that stops. Returns whether there was one."""
    return bool(_delete(PreparedDownload.objects.filter(event=event, user=user, key=key)))


def delete_of_event(event: Event) -> int:
    """Delete all downloads of an event: a participant was erased or anonymised.

    Again after the commit: until then, others read the participant, and may prepare a file.
    """
    own = PreparedDownload.objects.filter(event=event)
    count = _delete(own)
    transaction.on_commit(lambda: _delete(own.all()), robust=True)
    return count


def delete_all() -> int:
    return _delete(PreparedDownload.objects.all())


def delete_expired(now: datetime.datetime) -> int:
    """Delete downloads whose time is over, and files without a row. Returns how many rows."""
    count = _delete(PreparedDownload.objects.filter(expires_at__lte=now))
    _delete_orphans(now)
    return count


def _delete(downloads: QuerySet[PreparedDownload]) -> int:
    rows = list(downloads.values_list("pk", "file"))
    PreparedDownload.objects.filter(pk__in=[pk for pk, _name in rows]).delete()
    names = [name for _pk, name in rows if name]
    # After the commit: a row without its file would answer with an error.
    transaction.on_commit(lambda: delete_private_files(names), robust=True)
    return len(rows)


def _delete_orphans(now: datetime.datetime) -> None:
    """Delete files of rows that were deleted in another way, such as with their event or the account of the user."""
    storage = private_storage()
    try:
        _folders, names = storage.listdir(EXPORTS)
    except FileNotFoundError:
        return
    stored = {f"{EXPORTS}/{name}" for name in names}
    known = set(PreparedDownload.objects.filter(file__in=stored).values_list("file", flat=True))
    for name in stored - known:
        # A process may have stored the file and not marked its row yet.
        if storage.get_modified_time(name) <= now - LOST_AFTER:
            storage.delete(name)


def requeue_lost(now: datetime.datetime) -> int:
    """Enqueue downloads whose task or process was lost, and give up those that failed too often. Returns how many run."""
    is_lost = Q(status=DownloadStatus.RUNNING, seen_at__lte=now - LOST_AFTER)
    is_waiting = Q(status=DownloadStatus.WAITING, created_at__lte=now - LOST_AFTER)
    PreparedDownload.objects.filter(is_lost, attempts__gte=MAX_ATTEMPTS).update(status=DownloadStatus.FAILED)
    pks = list(PreparedDownload.objects.filter(is_lost | is_waiting).order_by("pk").values_list("pk", flat=True))
    for pk in pks:
        prepare_download.enqueue(pk)
    return len(pks)
