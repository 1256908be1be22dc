"""The migrated and set-up SQLite database of the suite, kept in a file so that the next run need not make it again.

The file is named after everything that the database is made of: a changed migration, setup module or requirement is
another file. `make clean` removes them.
"""

import hashlib
import sqlite3
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection

FOLDER = settings.BASE_DIR / ".cache"
MADE_OF = (
    "*/migrations/*.py",
    "requirements-dev.txt",
    "home/setup.py",
    "home/permissions.py",
    "site/config/settings/*.py",
)


@cache
def path() -> Path:
    """Return where the snapshot of this tree is, whether or not it has been saved."""
    digest = hashlib.sha256()
    for pattern in MADE_OF:
        for file in sorted(settings.BASE_DIR.glob(pattern)):
            digest.update(file.read_bytes())
    return FOLDER / f"test-database-{digest.hexdigest()[:16]}.sqlite3"


def save() -> None:
    """Write the database of the connection to the snapshot, at once or not at all."""
    FOLDER.mkdir(exist_ok=True)
    unfinished = path().with_suffix(f".{id(connection):x}")
    with sqlite3.connect(unfinished) as file:
        connection.connection.backup(file)
    file.close()
    unfinished.replace(path())


def restore() -> None:
    """Replace the database of the connection by the snapshot."""
    file = sqlite3.connect(f"file:{path()}?mode=ro", uri=True)
    file.backup(connection.connection)
    file.close()
    ContentType.objects.clear_cache()
