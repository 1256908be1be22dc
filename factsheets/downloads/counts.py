"""Counts downloads by publication, language and day, without personal data.

A repeated request of the same client counts once. To recognise it, the cache holds a keyed hash of the client's IP
address and user agent for a limited time. The key is random, changes daily and is stored only in the cache, so the hash
cannot be reversed afterwards.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from factsheets.models.publication import DownloadCount
from home.http.client_address import client_network

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

    from factsheets.models import Publication

# Requests of one client for one file within this time, in seconds, count as one download.
REPEAT_SECONDS = 30 * 60
# The maximum number of different browsers that count for one network within this time. If there are more, a program has
# invented the user agents.
MAX_READERS = 20
# Shorter ranges at the start of a file are no downloads, such as the two bytes with which players test a server. In
# bytes.
SHORTEST_START = 64 * 1024
DAY_SECONDS = 24 * 3600
# For example "bytes 0-499/1000".
FIRST_RANGE = re.compile(r"^bytes 0-(\d+)/(\d+)$")
# Words in the user agents of robots and other programs. User agents of browsers do not contain them.
ROBOTS = re.compile(
    r"bot\b|bot/|robot|crawl|spider|slurp|archiv|fetch|monitor|preview|scan|check|validator|lighthouse|headless|"
    r"facebookexternalhit|whatsapp|telegram|embedly|quora|pinterest|bitly|feed|rss|reader/|curl|wget|httpie|"
    r"python|java/|okhttp|go-http|libwww|perl|ruby|php|axios|node|postman|scrapy|phantom|puppeteer|playwright|gpt|"
    r"claude|anthropic|perplexity|ccbot|bytespider|semrush|ahrefs|mj12|dotbot|petal|yandex|baidu|bing|google-",
    re.IGNORECASE,
)


def count_download(request: HttpRequest, response: HttpResponseBase, publication: Publication, language: str) -> bool:
    """Count the request if it starts a download. Returns whether it was counted.

    Requests of robots and repeated requests are not counted.
    """
    if not _is_start(request, response) or _is_robot(request) or _is_repeated(request, publication.pk, language):
        return False
    add_one(publication.pk, language)
    return True


def add_one(publication_pk: int, language: str) -> None:
    row = {"publication_id": publication_pk, "language": language, "day": timezone.localdate()}
    with transaction.atomic():
        DownloadCount.objects.bulk_create([DownloadCount(**row)], ignore_conflicts=True)
        DownloadCount.objects.filter(**row).update(count=F("count") + 1)


def _is_start(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Return whether the response has the beginning of the file. Later parts belong to the same download."""
    if request.method != "GET":
        return False
    if response.status_code == 206:
        match = FIRST_RANGE.match(response["Content-Range"])
        return match is not None and int(match[1]) + 1 >= min(SHORTEST_START, int(match[2]))
    return response.status_code == 200


def _is_robot(request: HttpRequest) -> bool:
    purpose = request.headers.get("Sec-Purpose", "") or request.headers.get("Purpose", "")
    agent = request.headers.get("User-Agent", "")
    return "prefetch" in purpose or not agent or bool(ROBOTS.search(agent))


def _is_repeated(request: HttpRequest, publication_pk: int, language: str) -> bool:
    """Return whether the client downloaded the file before, or its network exceeds `MAX_READERS`."""
    file = [client_network(request), str(publication_pk), language]
    client = _hash([*file, request.headers.get("User-Agent", "")])
    if not cache.add(f"download-{client}", value=True, timeout=REPEAT_SECONDS):
        return True
    counter = f"downloads-{_hash(file)}"
    cache.add(counter, 0, REPEAT_SECONDS)
    try:
        return int(cache.incr(counter)) > MAX_READERS
    except ValueError:  # it expired in between
        return False


def _hash(values: list[str]) -> str:
    """Return a hash with a key that changes every day."""
    day = timezone.localdate().isoformat()
    key = str(cache.get_or_set(f"downloads-key-{day}", lambda: secrets.token_hex(32), DAY_SECONDS))
    return hmac.new(key.encode(), "\n".join(values).encode(), hashlib.sha256).hexdigest()
