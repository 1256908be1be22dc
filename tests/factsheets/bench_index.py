"""How long the list of fact sheets takes with two pages of publications and with 1,000: `make bench`."""

import time

import pytest
from django.db import connection, reset_queries
from django.test.utils import CaptureQueriesContext

from factsheets.models import FileVersion, Publication, PublicationFile
from tests.factories.factsheets import make_fact_sheet, make_fact_sheet_list

REPEATS = 15
LARGEST_RATIO = 2
# Not the feed: it shows up to thirty entries, so that more of them rightly take longer.
ADDRESSES = ["/en/fact-sheets/", "/en/fact-sheets/?language=fi", "/en/fact-sheets/?page=2"]
# The first page is full: both lists show the same number of entries.
FEW = 24
TEN = 10


def stock(fact_sheet_list, first: int, last: int) -> None:
    for number in range(first, last):
        sheet = make_fact_sheet(fact_sheet_list, f"Sheet {number}", slug=f"sheet-{number}")
        Publication.objects.filter(pk=sheet.publication_id).update(first_published_on=f"{2020 + number % 7}-03-01")
        for language in ("en", "fi"):
            place = PublicationFile.objects.create(publication_id=sheet.publication_id, language=language)
            place.current = FileVersion.objects.create(
                file=place, number=1, status="accepted", content="x", format="pdf", size=1000, sha256="0" * 64
            )
            place.save()


def measure(client, address: str) -> tuple[float, int]:
    """Return the seconds of the fastest answer, which others on the machine disturb least, and how many queries."""
    client.get(address)
    reset_queries()  # the log is full, and would count from its middle
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    questions = len(asked)
    times = []
    for _time in range(REPEATS):
        started = time.perf_counter()
        assert client.get(address).status_code == 200
        times.append(time.perf_counter() - started)
    return min(times), questions


@pytest.mark.django_db
def test_a_thousand_publications_take_no_longer_than_a_few(client, home_page, settings, capsys):
    settings.PAGE_CACHE_SECONDS = 0
    fact_sheet_list = make_fact_sheet_list(home_page)
    stock(fact_sheet_list, 0, TEN)
    ten = measure(client, ADDRESSES[0])
    stock(fact_sheet_list, TEN, FEW)
    few = {address: measure(client, address) for address in ADDRESSES}
    stock(fact_sheet_list, FEW, 1000)
    many = {address: measure(client, address) for address in ADDRESSES}
    with capsys.disabled():
        print()  # noqa: T201
        for address in ADDRESSES:
            (short, asked), (long, asked_then) = few[address], many[address]
            print(  # noqa: T201
                f"{address:34} few: {short * 1000:6.1f} ms, {asked} queries   1000: {long * 1000:6.1f} ms, "
                f"{asked_then} queries   ratio {long / short:.2f}"
            )
        print(f"ratio to ten, which show fewer entries: {many[ADDRESSES[0]][0] / ten[0]:.2f}")  # noqa: T201
    assert many[ADDRESSES[0]][0] / ten[0] <= LARGEST_RATIO
    assert many[ADDRESSES[0]][1] == ten[1]
    for address in ADDRESSES:
        assert many[address][1] == few[address][1]
        assert many[address][0] / few[address][0] <= LARGEST_RATIO
