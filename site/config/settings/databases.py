"""Databases, caches and background tasks."""

from typing import cast

import dj_database_url

from config import environment
from config.settings.folders import DATA_DIR

POSTGRESQL_OPTIONS = {
    # Seconds. If the database fails, requests fail soon, and the pool reconnects soon after the database is back.
    "pool": {
        "min_size": 1,
        "max_size": environment.number("DATABASE_POOL", 8),
        "timeout": 3,
        "reconnect_timeout": 5,
    },
    "connect_timeout": 3,
    # Frequent statements are prepared on the server, so a connection pooler in between must use session mode.
    "server_side_binding": True,
    "prepare_threshold": 5,
}
SQLITE_OPTIONS = {
    # Take the write lock when a transaction begins: otherwise two that read and then write fail ("database is locked").
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728; PRAGMA cache_size=-8000; "
        # Overwrite deleted data in the file with zeros.
        "PRAGMA secure_delete=ON;"
    ),
}


def database(url: str) -> dict[str, object]:
    """Return Django's settings for a database URL: SQLite tuned for writes, PostgreSQL with a connection pool."""
    config: dict[str, object] = {**dj_database_url.parse(url)}
    given = cast(dict[str, object], config.get("OPTIONS", {}))
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["OPTIONS"] = {**SQLITE_OPTIONS}
    elif config["ENGINE"] == "django.db.backends.postgresql":
        # Options in the URL, such as `?sslmode=verify-full`, override the defaults.
        config["OPTIONS"] = {**POSTGRESQL_OPTIONS, **given}
        # Check a connection before it is used, because a restarted server has closed it.
        config["CONN_HEALTH_CHECKS"] = True
    return config


DATABASES = {"default": database(environment.text("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'site.sqlite3'}")}

CACHES = {
    "default": {
        "BACKEND": "home.cache_backends.TolerantFileCache",
        "LOCATION": str(DATA_DIR / "cache"),
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
    # Responses of public pages (`home/http/page_cache.py`). A cache of their own, so that they do not displace other
    # entries.
    "pages": {
        "BACKEND": "home.cache_backends.TolerantFileCache",
        "LOCATION": str(DATA_DIR / "cache" / "pages"),
        "OPTIONS": {"MAX_ENTRIES": 3_000},
    },
    # Image renditions, which every list needs. In memory.
    "renditions": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "renditions"},
}

# The longest time in seconds for which a response is cached; 0 switches the page cache off.
PAGE_CACHE_SECONDS = environment.number("PAGE_CACHE_SECONDS", 24 * 3600)
# Query parameters of list pages. Responses to addresses with other parameters are not cached.
PAGE_CACHE_PARAMETERS = {
    "category",
    "country",
    "for",
    "language",
    "mode",
    "month",
    "page",
    "topic",
    "track",
    "view",
    "year",
}

# Where background tasks run (docs/decisions/0060). "thread": a thread of the process that enqueues them; "database": a
# worker, `manage.py db_worker`; "immediate": the code that enqueues them, before it continues.
TASK_BACKENDS = {
    "thread": "home.tasks.backend.ThreadBackend",
    "database": "django_tasks_db.DatabaseBackend",
    "immediate": "django_tasks.backends.immediate.ImmediateBackend",
}
TASK_BACKEND = environment.choice("TASK_BACKEND", tuple(TASK_BACKENDS))
# An empty list of queues, so that a task may name any queue.
TASKS = {"default": {"BACKEND": TASK_BACKENDS[TASK_BACKEND], "QUEUES": []}}
