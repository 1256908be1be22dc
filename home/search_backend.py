"""Wagtail's search in the database, whose entries several processes may write at the same time on SQLite too.

A saved object is indexed by the request and by a task. On SQLite, modelsearch reads whether there is an entry and then adds
it, and the database refuses the second one. On PostgreSQL, one statement does both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Model
from modelsearch.backends import database


def SearchBackend(params: dict[str, Any]) -> Any:  # noqa: N802  (the name that modelsearch imports)
    """Return the backend for the database in use."""
    backend = database.SearchBackend(params)
    if connection.vendor == "sqlite":
        backend.index_class = _with_one_writer(backend.index_class)
    return backend


def _with_one_writer(index_class: type) -> type:
    # modelsearch's class for SQLite cannot be imported on PostgreSQL.
    class OneWriterIndex(index_class):
        def add_items(self, model: type[Model], objs: Sequence[Model]) -> None:
            # Transactions that begin on SQLite wait for one another (`transaction_mode` in `config/settings/databases.py`).
            with transaction.atomic():
                super().add_items(model, objs)

    return OneWriterIndex
