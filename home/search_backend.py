"""Wagtail's search in the database, whose entries several processes may write at the same time on SQLite too.

A saved object is indexed by the request and by a task. On SQLite, modelsearch reads whether there is an entry and then adds
it, and the database refuses the second one. On PostgreSQL, one statement does both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Model
from modelsearch.backends import database
from modelsearch.backends.database.sqlite.sqlite import SQLiteIndex, SQLiteSearchBackend


class OneWriterIndex(SQLiteIndex):
    def add_items(self, model: type[Model], objs: Sequence[Model]) -> None:
        # Transactions that begin on SQLite wait for one another (`transaction_mode` in `config/settings/databases.py`).
        with transaction.atomic():
            super().add_items(model, objs)


class OneWriterSearchBackend(SQLiteSearchBackend):
    index_class = OneWriterIndex


def SearchBackend(params: dict[str, Any]) -> Any:  # noqa: N802  (the name that modelsearch imports)
    """Return the backend for the database in use."""
    found = database.SearchBackend(params)
    return OneWriterSearchBackend(params) if isinstance(found, SQLiteSearchBackend) else found
