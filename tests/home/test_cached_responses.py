"""Kept responses: compressed once for each content coding, with ETags, HEAD and conditional requests."""

import datetime
import gzip

import brotli
import pytest
from django.core.cache import caches
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from home.http import cached_responses, generations
from home.http.cached_responses import CachedResponse, ResponsesInMemory, best_coding
from home.models import ContentPage
from tests.factories.pages import make_page
from tests.visitors import headers_of

pytestmark = pytest.mark.any_database

CODINGS = {"br": brotli.decompress, "gzip": gzip.decompress}
LATER = timezone.now() + datetime.timedelta(hours=1)


@pytest.fixture
def about(home_page, settings):
    settings.PAGE_CACHE_SECONDS = 3600
    return make_page(ContentPage, home_page, "About").url


def get(path, coding="", method="get", **headers):
    return getattr(Client(), method)(path, headers={"accept-encoding": coding, **headers})


@pytest.mark.parametrize("coding", CODINGS)
def test_visitors_get_the_coding_that_they_accept_and_all_the_same_text(about, coding, monkeypatch):
    text = get(about).content
    assert text.startswith(b"<!doctype html>")
    monkeypatch.setattr(cached_responses, "compressed", None)  # raises if a response is compressed again
    kept = get(about, coding)
    assert kept["Content-Encoding"] == coding
    assert int(kept["Content-Length"]) == len(kept.content) < len(text) / 3
    assert CODINGS[coding](kept.content) == text
    assert "Content-Encoding" not in get(about)
    assert [get(about, value)["Vary"] for value in ("", coding)] == ["Accept-Encoding"] * 2


@pytest.mark.parametrize("coding", ["", *CODINGS])
def test_first_and_later_visitors_get_the_same_bytes(about, coding):
    first, later = get(about, coding), get(about, coding)
    assert first.content == later.content
    assert headers_of(first) == headers_of(later)


@pytest.mark.parametrize("coding", ["", *CODINGS])
def test_head_has_the_headers_of_get(about, coding):
    whole, head = get(about, coding), get(about, coding, "head")
    assert headers_of(head) == headers_of(whole)
    assert head.content == b""


@pytest.mark.parametrize("first", ["", *CODINGS])
@pytest.mark.parametrize("second", ["", *CODINGS])
def test_a_browser_with_any_coding_of_the_text_gets_not_modified(about, first, second):
    """Caches need the headers that a 304 has to repeat (RFC 9110, 15.4.5)."""
    known = get(about, first)["ETag"]
    response = get(about, second, **{"if-none-match": known})
    assert (response.status_code, response.content) == (304, b"")
    assert response["ETag"].removeprefix("W/") == known.removeprefix("W/")
    assert (response["Cache-Control"], response["Vary"]) == ("no-cache", "Accept-Encoding")
    assert get(about, second, **{"if-none-match": '"other"'}).status_code == 200


def test_only_the_etag_of_the_plain_text_is_strong(about):
    assert [get(about, coding)["ETag"].startswith("W/") for coding in ("", "br", "gzip")] == [False, True, True]


def test_a_range_gets_the_whole_page(about):
    """As without the cache: a server may ignore ranges, and a page has no `Accept-Ranges`."""
    whole = get(about)
    response = get(about, range="bytes=0-9")
    assert (response.status_code, response.content) == (200, whole.content)
    assert not response.has_header("Accept-Ranges")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", ("",)),
        ("gzip, deflate, br, zstd", ("br", "gzip", "")),
        ("gzip", ("gzip", "")),
        ("GZIP;q=0.5, BR;q=0.1", ("br", "gzip", "")),
        ("br;q=0, gzip;q=1.0", ("gzip", "")),
        ("br; q=0.000", ("",)),
        ("*", ("br", "gzip", "")),
        ("*;q=0", ("",)),
        ("*, br;q=0", ("gzip", "")),
        ("identity;q=0, gzip", ("gzip", "")),
        ("brr, xgzip, gzip-2", ("",)),
        (",;,;q=", ("",)),
    ],
)
def test_accepted_codings(header, expected):
    assert best_coding(header) == expected


def keep(content: bytes, content_type: str, **headers) -> CachedResponse:
    return CachedResponse.of(HttpResponse(content, content_type=content_type, headers=headers), "one", LATER)


@pytest.mark.parametrize(
    ("content", "content_type"),
    [(b"%PDF" + bytes(1000), "application/pdf"), (b"short", "text/html"), (b"\x89PNG" + bytes(1000), "image/png")],
)
def test_files_and_short_texts_are_kept_as_they_are(rf, content, content_type):
    kept = keep(content, content_type)
    response = kept.response(rf.get("/en/", headers={"accept-encoding": "gzip, br"}))
    assert kept.contents == {"": content}
    assert response.content == content
    assert not response.has_header("Content-Encoding")
    assert not response.has_header("Vary")


@pytest.mark.parametrize("content_type", ["text/calendar; charset=utf-8", "application/atom+xml", "text/html"])
def test_texts_are_kept_compressed_only(content_type):
    assert set(keep(b"text " * 100, content_type).contents) == {"br", "gzip"}


def test_memory_keeps_what_was_served_last_within_its_limit():
    memory = ResponsesInMemory(limit=8_000)
    kept = keep(bytes(900), "application/pdf")
    for number in range(8):
        memory.put(str(number), kept)
    memory.get("0")
    memory.put("8", kept)
    memory.put("8", kept)
    memory.put("large", keep(bytes(2000), "application/pdf"))
    assert [str(number) for number in range(9) if memory.get(str(number))] == ["0", *"2345678"]
    assert memory.get("large") is None


def test_a_page_in_memory_is_served_only_while_it_is_valid(about, settings):
    """Another process stores another response, as after a change: the generation says which one is valid."""
    get(about)
    caches["pages"].clear()
    assert get(about).status_code == 200, "from the memory"
    ContentPage.objects.filter(title="About").update(lead="New")
    assert b"New" not in get(about).content
    generations.start()
    assert b"New" in get(about).content
