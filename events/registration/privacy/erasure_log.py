"""What was erased on request, kept so that a restored backup forgets it again.

People who were erased, and consents that were taken back. The ledger is a table, written in the transaction of the deed,
and a file for each row in the private storage: a backup of the database that is restored brings the table back to what
it was, the files stay. Both hold the key that the registration had, the purpose of a consent, and the time.
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
from events.models import Erasure
from home.private_files import private_storage

logger = logging.getLogger(__name__)

FOLDER = "erasures"
# The purpose of what is no consent.
EVERYTHING = ""
# Kept for so long beyond the backups: the last one may be restored on its last day.
GRACE = datetime.timedelta(days=7)


def remember(key: uuid.UUID, now: datetime.datetime, purpose: str = EVERYTHING) -> None:
    """Write down that a registration is erased, or a consent taken back. Inside the transaction that does it."""
    Erasure.objects.update_or_create(key=key, purpose=purpose, defaults={"at": now, "copied_at": None})
    transaction.on_commit(partial(copy_out, now), robust=True)


def copy_out(now: datetime.datetime) -> int:
    """Copy rows of the ledger out of the database, and return how many. The clock does what an error left behind."""
    storage = private_storage()
    count = 0
    for erasure in Erasure.objects.filter(copied_at=None):
        name = _file_of(erasure.key, erasure.purpose)
        try:
            if erasure.purpose:
                # A consent can be given and taken back more than once: the last time counts.
                storage.delete(name)
            if not storage.exists(name):
                storage.save(name, ContentFile(erasure.at.isoformat().encode()))
        except OSError as error:
            logger.error("The ledger of erasures cannot be copied out (%s).", type(error).__name__)
            break
        Erasure.objects.filter(pk=erasure.pk, at=erasure.at).update(copied_at=now)
        count += 1
    return count


def prune(now: datetime.datetime) -> int:
    """Forget what no backup can bring back any more, in the table and outside of it. Return how many."""
    storage = private_storage()
    old = Erasure.objects.filter(at__lt=now - datetime.timedelta(days=settings.BACKUP_DAYS) - GRACE)
    count = 0
    for erasure in old:
        storage.delete(_file_of(erasure.key, erasure.purpose))
        # One that was written anew meanwhile stays.
        count += Erasure.objects.filter(pk=erasure.pk, at=erasure.at).delete()[0]
    return count


def take_in() -> int:
    """After a backup was restored: write what only the files know into the table, and return how many."""
    known = set(Erasure.objects.values_list("key", "purpose"))
    missing = [
        Erasure(key=key, purpose=purpose, at=at, copied_at=at)
        for key, purpose in _names()
        if (key, purpose) not in known
        for at in [_time_of(key, purpose)]
    ]
    return len(Erasure.objects.bulk_create(missing, ignore_conflicts=True))


def keys() -> set[uuid.UUID]:
    """Return the keys of everybody who was erased, by the table and by the files."""
    in_table = Erasure.objects.filter(purpose=EVERYTHING).values_list("key", flat=True)
    return {*in_table, *(key for key, purpose in _names() if purpose == EVERYTHING)}


def taken_back() -> dict[tuple[uuid.UUID, str], datetime.datetime]:
    """Return when which consent of whom was taken back last, by the table and by the files."""
    found = {(key, purpose): _time_of(key, purpose) for key, purpose in _names() if purpose != EVERYTHING}
    rows = Erasure.objects.exclude(purpose=EVERYTHING)
    for key, purpose, at in rows.values_list("key", "purpose", "at"):
        found[key, purpose] = max(at, found.get((key, purpose), at))
    return found


def _names() -> list[tuple[uuid.UUID, str]]:
    """Return the key and the purpose in the name of each file."""
    try:
        _folders, names = private_storage().listdir(FOLDER)
    except FileNotFoundError:
        return []
    found = []
    for name in names:
        key, _dot, purpose = name.partition(".")
        try:
            if purpose not in {EVERYTHING, *ConsentPurpose.values}:
                raise ValueError(purpose)
            found.append((uuid.UUID(key), purpose))
        except ValueError:
            logger.warning("A file in the ledger of erasures is none of its own.")
    return found


def _file_of(key: uuid.UUID, purpose: str) -> str:
    return f"{FOLDER}/{key}" + (f".{purpose}" if purpose else "")


def _time_of(key: uuid.UUID, purpose: str) -> datetime.datetime:
    with private_storage().open(_file_of(key, purpose)) as file:
        return datetime.datetime.fromisoformat(file.read().decode())
