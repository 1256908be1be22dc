"""Health checks for load balancers and monitoring: whether a process is alive, and whether it can serve the site."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.cache import cache
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from home.doctor import probe
from home.http.client_address import proxy_problem
from home.private_files import folders_accept_files

logger = logging.getLogger(__name__)

PLAIN_TEXT = "text/plain; charset=utf-8"
# Seconds to wait for the database. Monitoring often waits for only one second.
DATABASE_LIMIT = 0.7

# Set when this process has found all migrations applied. Migrations are not reversed while it runs.
_is_migrated = threading.Event()


@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """Return 200 if the site can serve its pages, else 503. The reason is logged but not shown.

    The first line of the response is "ok", "degraded" (the site works, but slowly without its cache, or cannot store files)
    or "failing". Lines with warnings follow: files cannot be stored, or a setting is wrong.
    """
    if not (_database_answers(_ask_database) and _static_files_are_collected()):
        return HttpResponse("failing\n", status=503, content_type=PLAIN_TEXT)
    accepts_files = folders_accept_files()
    lines = ["ok" if _cache_responds() and accepts_files else "degraded"]
    if not accepts_files:
        lines.append("warning: files cannot be stored; a folder is full or read-only")
    if problem := proxy_problem().replace("_", " "):
        lines.append(f"warning: PROXY_COUNT is {problem}")
    return HttpResponse("\n".join([*lines, ""]), content_type=PLAIN_TEXT)


@require_safe
@never_cache
def readiness(request: HttpRequest) -> HttpResponse:
    """Return 200 and "ready" if this process can serve requests, else 503 and "not ready". The reason is only logged.

    During an update, a process is not ready until the migrations are applied. The response to a signed request of `manage.py
    doctor` is JSON with more data.
    """
    is_ready = _static_files_are_collected() and _database_answers(_is_up_to_date)
    status = 200 if is_ready else 503
    found = probe.probe_response(request)
    if found is not None:
        return JsonResponse({"ready": is_ready, "doctor": found}, status=status)
    return HttpResponse("ready\n" if is_ready else "not ready\n", status=status, content_type=PLAIN_TEXT)


def _database_answers(ask: Callable[[], bool]) -> bool:
    """Return the result of `ask`; False if it fails or, except on SQLite, takes longer than `DATABASE_LIMIT`."""
    if connection.vendor == "sqlite":
        return _without_error(ask)
    answers: list[bool] = []

    def work() -> None:
        try:
            answers.append(_without_error(ask))
        finally:
            connections.close_all()

    thread = threading.Thread(target=work, name="health", daemon=True)
    thread.start()
    thread.join(DATABASE_LIMIT)
    if not answers:
        logger.error("the health check failed: the database did not answer within %s seconds", DATABASE_LIMIT)
    return answers == [True]


def _without_error(ask: Callable[[], bool]) -> bool:
    try:
        return ask()
    except Exception:  # each database has its own
        logger.exception("the health check failed")
        return False


def _ask_database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _is_up_to_date() -> bool:
    if _is_migrated.is_set():
        return _ask_database()
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        logger.error("the health check failed: migrations are not applied; run manage.py migrate")
        return False
    _is_migrated.set()
    return True


def _cache_responds() -> bool:
    try:
        cache.set("health", "ok", 10)
        return bool(cache.get("health") == "ok")
    except Exception:  # each cache has its own
        logger.exception("the health check failed")
        return False


def _static_files_are_collected() -> bool:
    """Return False if the storage of static files needs a manifest and has none: every page would then be a server error."""
    if not isinstance(staticfiles_storage, ManifestFilesMixin) or staticfiles_storage.hashed_files:
        return True
    logger.error("the health check failed: no static files; run manage.py collectstatic")
    return False
