"""Which registrations were erased on request, kept so that a restored backup forgets them again (standards.md G23).

The ledger is a table, written in the transaction of the erasure, and a file for each row in the private storage: a
backup of the database that is restored brings the table back to what it was, the files stay. Both hold the key that
the registration had and the time of the erasure; that key leads to nobody, except in a backup.
"""

from __future__ import annotations

import datetime
import logging
import uuid
from functools import partial

from django.core.files.base import ContentFile
from django.db import transaction

from events.models import Erasure
from home.private_files import private_storage

logger = logging.getLogger(__name__)

FOLDER = "erasures"


def remember(key: uuid.UUID, now: datetime.datetime) -> None:
    """Write down that the registration with this key is erased. Inside the transaction that erases it."""
    Erasure.objects.get_or_create(key=key, defaults={"at": now})
    transaction.on_commit(partial(copy_out, now), robust=True)


def copy_out(now: datetime.datetime) -> int:
    """Copy rows of the ledger out of the database, and return how many. The clock does what an error left behind."""
    storage = private_storage()
    count = 0
    for erasure in Erasure.objects.filter(copied_at=None):
        name = f"{FOLDER}/{erasure.key}"
        try:
            if not storage.exists(name):
                storage.save(name, ContentFile(erasure.at.isoformat().encode()))
        except OSError as error:
            logger.error("The ledger of erasures cannot be copied out (%s).", type(error).__name__)
            break
        Erasure.objects.filter(pk=erasure.pk).update(copied_at=now)
        count += 1
    return count


def keys() -> set[uuid.UUID]:
    """Return the keys of everything that was erased, by the table and by the files."""
    return set(Erasure.objects.values_list("key", flat=True)) | _keys_outside()


def _keys_outside() -> set[uuid.UUID]:
    try:
        _folders, names = private_storage().listdir(FOLDER)
    except FileNotFoundError:
        return set()
    found = set()
    for name in names:
        try:
            found.add(uuid.UUID(name))
        except ValueError:
            logger.warning("A file in the ledger of erasures is none of its own.")
    return found
