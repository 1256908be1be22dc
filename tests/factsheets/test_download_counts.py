"""Downloads are counted once for a reader, without personal data."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.db import connections

from factsheets.downloads.counts import MAX_READERS, add_one
from factsheets.models import DownloadCount
from tests.factories.factsheets import add_file

ADDRESS = "/en/fact-sheets/a-beacon/download/en/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def file(sheet):
    return add_file(sheet, content=b"%PDF-1.7 " + b"x" * 1000)


def total() -> int:
    return sum(DownloadCount.objects.values_list("count", flat=True))


def fetch(client, **options):
    response = client.get(ADDRESS, **options)
    list(response.streaming_content) if response.streaming else None
    return response


def test_download_is_counted_by_publication_language_and_day(reader, sheet, file):
    fetch(reader)
    count = DownloadCount.objects.get()

    assert (count.publication, count.language, count.count) == (sheet.publication, "en", 1)
    assert abs(count.day - datetime.date.today()) <= datetime.timedelta(days=1)  # noqa: DTZ011  (the zone is the site's)


def test_repeated_request_counts_once(reader, file):
    for _time in range(3):
        fetch(reader)

    assert total() == 1


def test_other_readers_count(reader, file):
    fetch(reader)
    fetch(reader, REMOTE_ADDR="192.0.2.7")
    fetch(reader, headers={"user-agent": FIREFOX.replace("140", "141")})

    assert total() == 3


def test_forged_address_does_not_count_again(reader, file):
    fetch(reader)
    fetch(reader, headers={"x-forwarded-for": "192.0.2.9"})

    assert total() == 1


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        # Without a proxy the header is ignored.
        (0, ["192.0.2.9", "192.0.2.10"], 1),
        (1, ["192.0.2.9", "192.0.2.10"], 2),
        (1, ["1.1.1.1, 192.0.2.9", "2.2.2.2, 192.0.2.9"], 1),
        (2, ["192.0.2.9, 10.0.0.5", "192.0.2.10, 10.0.0.5"], 2),
        (2, ["1.1.1.1, 192.0.2.9, 10.0.0.5", "2.2.2.2, 192.0.2.9, 10.0.0.6"], 1),
    ],
)
def test_clients_behind_proxies_are_told_apart_by_the_address_that_the_proxies_saw(
    reader, file, settings, proxies, forwarded, expected
):
    settings.PROXY_COUNT = proxies
    for addresses in forwarded:
        fetch(reader, headers={"x-forwarded-for": addresses})

    assert total() == expected


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "Googlebot/2.1 (+http://www.google.com/bot.html)",
        "curl/8.5",
        "python-requests/2.34",
        "GPTBot/1.2",
        "Mozilla/5.0 (compatible; bingbot/2.0)",
        "facebookexternalhit/1.1",
        "Mozilla/5.0 HeadlessChrome/156",
    ],
)
def test_robot_is_not_counted(client, file, agent):
    fetch(client, headers={"user-agent": agent})

    assert total() == 0


@pytest.mark.parametrize(
    "options",
    [
        {"headers": {"range": "bytes=500-"}},
        {"headers": {"sec-purpose": "prefetch"}},
        {"headers": {"if-none-match": "*"}},
    ],
)
def test_request_that_starts_no_download_is_not_counted(reader, file, options):
    fetch(reader, **options)
    reader.head(ADDRESS)
    reader.get("/en/fact-sheets/a-beacon/cover/en/1/224/").close()

    assert total() == 0


def test_only_the_first_range_counts(reader, sheet):
    add_file(sheet, content=b"%PDF-1.7 " + b"x" * 200_000)
    fetch(reader, headers={"range": "bytes=0-99999"})
    fetch(reader, headers={"range": "bytes=100000-199999"})

    assert total() == 1


@pytest.mark.parametrize("span", ["0-0", "0-1", "0-99"])
def test_a_few_bytes_are_no_download(reader, file, span):
    fetch(reader, headers={"range": f"bytes={span}"})

    assert total() == 0


def test_a_range_that_is_the_whole_file_counts(reader, file):
    fetch(reader, headers={"range": "bytes=0-"})

    assert total() == 1


def test_made_up_browsers_of_one_network_count_to_a_limit(reader, file):
    for number in range(MAX_READERS + 10):
        fetch(reader, headers={"user-agent": f"{FIREFOX} {number}"}, REMOTE_ADDR=f"2001:db8::{number:x}")
    assert total() == MAX_READERS
    fetch(reader, REMOTE_ADDR="2001:db8:0:1::1")
    assert total() == MAX_READERS + 1


def test_no_personal_data_is_stored(reader, file):
    fetch(reader, REMOTE_ADDR="192.0.2.7")
    stored = repr(cache._cache) + "".join(str(row) for row in DownloadCount.objects.values())

    assert "download" in stored
    assert "192.0.2.7" not in stored
    assert "Firefox" not in stored


@pytest.mark.postgres
def test_concurrent_downloads_are_all_counted(django_db_setup, django_db_blocker):
    """Runs outside a transaction, so that other connections see its rows."""
    from factsheets.models import Publication

    def count(_number):
        try:
            add_one(publication.pk, "en")
        finally:
            connections.close_all()

    with django_db_blocker.unblock():
        publication = Publication.objects.create(name="Raced")
        try:
            with ThreadPoolExecutor(8) as pool:
                list(pool.map(count, range(40)))
            assert total() == 40
        finally:
            publication.delete()
            connections.close_all()
