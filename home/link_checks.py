"""Checks whether addresses on other sites that public pages link to still work.

Other sites get few requests: each address at most once a week, one address per host in a run, a few addresses in a run, HEAD
before GET, and a User-Agent that names this site. Only public addresses are requested, never hosts in the server's own
network, also after a redirect.
"""

from __future__ import annotations

import datetime
import logging
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.utils import timezone
from django_tasks import task
from wagtail.models import Page

from home import outgoing
from home.models import LinkCheck
from home.page_content import content_of

logger = logging.getLogger(__name__)

MAX_REDIRECTS = 5
PER_RUN = 25
RUN_INTERVAL = datetime.timedelta(hours=1)
INTERVAL = datetime.timedelta(days=7)
# An address that failed is checked again sooner.
RETRY_INTERVAL = datetime.timedelta(days=1)
FAILURES_UNTIL_BROKEN = 2
# Statuses that say nothing about the link: the server refuses programs, or is busy.
UNDECIDED = {401, 403, 405, 406, 429, 451, 999}
MAX_LENGTH = 1000


def enqueue_due(now: datetime.datetime) -> int:
    """Enqueue a run if one is due and none was in the last hour. Returns the number of enqueued runs, 0 or 1."""
    if not settings.CHECK_LINKS or LinkCheck.objects.filter(checked_at__gt=now - RUN_INTERVAL).exists():
        return 0
    known = LinkCheck.objects.exclude(checked_at__gte=now - RETRY_INTERVAL)
    is_due = any(_is_due(row, now) for row in known) or not _is_collected(now)
    if is_due:
        check_links.enqueue()
    return int(is_due)


@task()
def check_links() -> None:
    check_due_links(timezone.now())


def _is_due(row: LinkCheck, now: datetime.datetime) -> bool:
    return row.checked_at is None or row.checked_at < now - (RETRY_INTERVAL if row.failures else INTERVAL)


def _is_collected(now: datetime.datetime) -> bool:
    """Return whether links were collected in the last day. If a site has no links, they are collected at each run."""
    return LinkCheck.objects.filter(found_at__gte=now - datetime.timedelta(days=1)).exists()


def check_due_links(now: datetime.datetime) -> int:
    """Collect the links of public pages and check those that are due. Returns the number of checked addresses."""
    if not _is_collected(now):
        collect(now)
    due = [row for row in LinkCheck.objects.order_by("pk") if _is_due(row, now)]
    due.sort(key=lambda row: (row.checked_at is not None, row.checked_at or now))
    hosts: set[str] = set()
    number = 0
    for row in due:
        host = urlsplit(row.url).hostname or ""
        if number >= PER_RUN or host in hosts:
            continue
        hosts.add(host)
        number += 1
        store_result(row, check_url(row.url), now)
    return number


def collect(now: datetime.datetime) -> None:
    """Store the addresses that public pages link to now, and delete addresses without links."""
    found: dict[str, set[int]] = {}
    for page in Page.objects.live().public().filter(depth__gt=1).specific().iterator(chunk_size=100):
        for address in content_of(page).addresses:
            if len(address) <= MAX_LENGTH:
                found.setdefault(address, set()).add(page.pk)
    LinkCheck.objects.exclude(url__in=found).delete()
    for address, keys in found.items():
        row, _created = LinkCheck.objects.update_or_create(url=address, defaults={"found_at": now})
        row.pages.set(keys)


def store_result(row: LinkCheck, failure: str | None, now: datetime.datetime) -> None:
    """Store the result of a check. `failure` is None if the address works, else the reason."""
    row.checked_at = now
    if failure is None:
        row.worked_at, row.failures, row.is_broken, row.reason = now, 0, False, ""
    else:
        row.failures = min(row.failures + 1, 100)
        row.is_broken = row.failures >= FAILURES_UNTIL_BROKEN
        row.reason = failure[:100]
    row.save(update_fields=["checked_at", "worked_at", "failures", "is_broken", "reason"])


def check_url(url: str) -> str | None:
    """Return None if the address works or the response is undecided, else the reason for the failure."""
    try:
        for _number in range(MAX_REDIRECTS):
            status, target = _answer(url)
            if status in {301, 302, 303, 307, 308} and target:
                url = _joined(url, target)
                continue
            return None if status < 400 or status in UNDECIDED else str(status)
    except outgoing.RequestError as failure:
        return str(failure)
    return "too many redirects"


def _joined(url: str, target: str) -> str:
    try:
        return urljoin(url, target)
    except ValueError as failure:
        raise outgoing.RequestError("no web address") from failure


def _answer(url: str) -> tuple[int, str]:
    status, target = _request("HEAD", url)
    # Some servers do not support HEAD, or respond to it with a wrong status.
    return _request("GET", url) if status >= 400 else (status, target)


def _request(method: str, url: str) -> tuple[int, str]:
    agent = f"link check of {settings.PUBLIC_BASE_URL}"
    return outgoing.send(method, url, {"User-Agent": agent, "Accept": "*/*"})
