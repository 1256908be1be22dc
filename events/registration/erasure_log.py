"""The log of erasures on request, with which they are repeated after a backup was restored.

It records erased registrations and withdrawn consents: the former key of the registration, the purpose of the consent,
and the time. Each entry is a row, written in the transaction of the erasure, and a file in the private storage.
Restoring a backup of the database restores an earlier state of the table; the files do not change.
"""

from __future__ import annotations

import datetime
import logging
import uuid
from functools import partial

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction

from events.enums import ConsentPurpose
from events.models import ErasureRecord
from home.private_files import private_storage

logger = logging.getLogger(__name__)

FOLDER = "erasures"
# The purpose of an entry about a whole registration.
WHOLE_REGISTRATION = ""
# Entries are kept this much longer than backups, because a backup may be restored on its last day.
GRACE = datetime.timedelta(days=7)


def record(key: uuid.UUID, now: datetime.datetime, purpose: str = WHOLE_REGISTRATION) -> None:
    """Log that a registration is erased or a consent is withdrawn. Call it inside the transaction that does this."""
    ErasureRecord.objects.update_or_create(key=key, purpose=purpose, defaults={"at": now, "copied_at": None})
    transaction.on_commit(partial(export_to_files, now), robust=True)


def export_to_files(now: datetime.datetime) -> int:
    """Write a file for each row that has none yet. Returns how many were written.

    If writing fails, `tick` tries again.
    """
    storage = private_storage()
    count = 0
    for entry in ErasureRecord.objects.filter(copied_at=None):
        name = _file_of(entry.key, entry.purpose)
        try:
            if entry.purpose:
                # A consent can be withdrawn several times. The file has the last time.
                storage.delete(name)
            if not storage.exists(name):
                storage.save(name, ContentFile(entry.at.isoformat().encode()))
        except OSError as error:
            logger.error("The erasure log cannot be written to files (%s).", type(error).__name__)
            break
        ErasureRecord.objects.filter(pk=entry.pk, at=entry.at).update(copied_at=now)
        count += 1
    return count


def prune(now: datetime.datetime) -> int:
    """Delete the rows and files of erasures that are older than the oldest backup. Returns how many rows."""
    storage = private_storage()
    old = ErasureRecord.objects.filter(at__lt=now - datetime.timedelta(days=settings.BACKUP_DAYS) - GRACE)
    count = 0
    for entry in old:
        storage.delete(_file_of(entry.key, entry.purpose))
        # This matches nothing if the entry was written again in the meantime. Then it stays.
        count += ErasureRecord.objects.filter(pk=entry.pk, at=entry.at).delete()[0]
    return count


def import_from_files() -> int:
    """Add the rows of the log that exist only as files, after a backup was restored. Returns how many were added."""
    known = set(ErasureRecord.objects.values_list("key", "purpose"))
    missing = [
        ErasureRecord(key=key, purpose=purpose, at=at, copied_at=at)
        for key, purpose in _files()
        if (key, purpose) not in known
        for at in [_time_of(key, purpose)]
    ]
    return len(ErasureRecord.objects.bulk_create(missing, ignore_conflicts=True))


def erased_keys() -> set[uuid.UUID]:
    """Return the keys of all registrations that were erased, from the table and the files."""
    in_table = ErasureRecord.objects.filter(purpose=WHOLE_REGISTRATION).values_list("key", flat=True)
    return {*in_table, *(key for key, purpose in _files() if purpose == WHOLE_REGISTRATION)}


def withdrawn_consents() -> dict[tuple[uuid.UUID, str], datetime.datetime]:
    """Return when each consent was last withdrawn, by registration key and purpose, from the table and the files."""
    found = {(key, purpose): _time_of(key, purpose) for key, purpose in _files() if purpose != WHOLE_REGISTRATION}
    rows = ErasureRecord.objects.exclude(purpose=WHOLE_REGISTRATION)
    for key, purpose, at in rows.values_list("key", "purpose", "at"):
        found[key, purpose] = max(at, found.get((key, purpose), at))
    return found


def _files() -> list[tuple[uuid.UUID, str]]:
    """Return the registration key and the purpose from the name of each file."""
    try:
        _folders, names = private_storage().listdir(FOLDER)
    except FileNotFoundError:
        return []
    found = []
    for name in names:
        key, _dot, purpose = name.partition(".")
        try:
            if purpose not in {WHOLE_REGISTRATION, *ConsentPurpose.values}:
                raise ValueError(purpose)
            found.append((uuid.UUID(key), purpose))
        except ValueError:
            logger.warning("The folder of the erasure log holds a file with an unknown name.")
    return found


def _file_of(key: uuid.UUID, purpose: str) -> str:
    return f"{FOLDER}/{key}" + (f".{purpose}" if purpose else "")


def _time_of(key: uuid.UUID, purpose: str) -> datetime.datetime:
    with private_storage().open(_file_of(key, purpose)) as file:
        return datetime.datetime.fromisoformat(file.read().decode())
