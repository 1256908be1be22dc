"""Metrics for Prometheus at `/metrics`: waiting times and numbers of the running site, without personal data.

Each app lists functions in `METRICS` of its module `metrics`. They read the database, the cache and folders at each request,
so that every process returns the same values.
"""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from secrets import compare_digest

from django.conf import settings
from django.core.cache import caches
from django.db.models import Count, Min, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from home import request_totals
from home.app_modules import app_modules
from home.backup.creation import backups
from home.cache_backends import FailureTolerantCache
from home.tasks.health import last_run

# The names of all metrics begin with it.
PREFIX = "consortium_"


class _AllMetrics(Collector):
    """Collects the metrics of all apps at one time."""

    def __init__(self, now: datetime.datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[Metric]:
        for module in app_modules("metrics"):
            for find in module.METRICS:
                yield from find(self.now)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the metrics as text if the request has `METRICS_TOKEN` as bearer token, else raise Http404."""
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not compare_digest(given.encode(), token.encode()):
        raise Http404("no metrics")
    registry = CollectorRegistry()
    registry.register(_AllMetrics(timezone.now()))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def gauge(name: str, meaning: str, value: float | None) -> Iterator[GaugeMetricFamily]:
    """Yield a metric with one value, or nothing if the value is None (unknown)."""
    if value is not None:
        yield GaugeMetricFamily(PREFIX + name, meaning, value=value)


def gauges(name: str, meaning: str, label: str, values: Mapping[str, float]) -> Iterator[GaugeMetricFamily]:
    """Yield a metric with one value for each key of `values`; the key is the value of the label."""
    family = GaugeMetricFamily(PREFIX + name, meaning, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    yield family


def seconds_since(moment: datetime.datetime | None, now: datetime.datetime) -> float | None:
    return (now - moment).total_seconds() if moment else None


def release(now: datetime.datetime) -> Iterator[GaugeMetricFamily]:
    yield from gauges("release", "Version of the site, with the value 1.", "version", {settings.RELEASE: 1})


def scheduled_tasks(now: datetime.datetime) -> Iterator[GaugeMetricFamily]:
    yield from gauge("tick_age_seconds", "Time since tick ran last.", seconds_since(last_run(), now))


def background_tasks(now: datetime.datetime) -> Iterator[GaugeMetricFamily]:
    """Yield metrics of the worker's queue, which is empty if tasks run in a thread."""
    day_ago = now - datetime.timedelta(days=1)
    # Tasks that are scheduled for later are not counted before that time.
    ready = DBTaskResult.objects.ready().aggregate(waiting=Count("pk"), oldest=Min("enqueued_at"))
    found = DBTaskResult.objects.aggregate(
        running=Count("pk", filter=Q(status=TaskResultStatus.RUNNING)),
        failed=Count("pk", filter=Q(status=TaskResultStatus.FAILED, finished_at__gte=day_ago)),
    )
    yield from gauge("tasks_waiting", "Background tasks that wait for a worker.", ready["waiting"])
    yield from gauge(
        "tasks_oldest_waiting_seconds",
        "Time that the oldest background task has been waiting.",
        seconds_since(ready["oldest"], now) or 0,
    )
    yield from gauge("tasks_running", "Background tasks that a worker runs.", found["running"])
    yield from gauge("tasks_failed_day", "Background tasks that failed within the last day.", found["failed"])


def requests(now: datetime.datetime) -> Iterator[CounterMetricFamily]:
    """Yield the request totals of all processes. Adds what this process has counted first."""
    request_totals.save_counts()
    family = CounterMetricFamily(PREFIX + "requests", "Requests by route and status.", labels=["route", "status"])
    for kind, number in request_totals.totals().items():
        family.add_metric(kind, number)
    yield family


def kept_pages(now: datetime.datetime) -> Iterator[GaugeMetricFamily]:
    store = caches["pages"]
    if isinstance(store, FailureTolerantCache):
        yield from gauge("pages_kept", "Entries of the page cache.", store.number_of_entries())
        yield from gauge("cache_failing", "1 while this process does without the page cache.", store.is_failing())


def backup(now: datetime.datetime) -> Iterator[GaugeMetricFamily]:
    found = backups()
    if found:
        age = seconds_since(found[-1].made_at, now)
        yield from gauge("backup_age_seconds", "Time since the newest backup in BACKUP_DIR was made.", age)
        yield from gauge("backup_bytes", "Size of the newest backup.", found[-1].file.stat().st_size)


def storage(now: datetime.datetime) -> Iterator[GaugeMetricFamily]:
    folders = {"data": Path(settings.DATA_DIR), "backups": Path(settings.BACKUP_DIR)}
    free = {name: shutil.disk_usage(folder).free for name, folder in folders.items() if folder.is_dir()}
    yield from gauges("disk_free_bytes", "Free space on the disk of a folder.", "folder", free)


METRICS = [release, requests, scheduled_tasks, background_tasks, kept_pages, backup, storage]
