"""Compares the response time of the list with 24 and with 1,000 publications: `make bench`."""

import time

import pytest
from django.db import connection, reset_queries
from django.test.utils import CaptureQueriesContext

from factsheets.models import FileVersion, Publication, PublicationFile
from tests.factories.factsheets import make_fact_sheet, make_fact_sheet_list

REPEATS = 15
LARGEST_RATIO = 2
# Without the feed, which shows up to 30 entries and so takes longer with more of them.
ADDRESSES = ["/en/fact-sheets/", "/en/fact-sheets/?language=fi", "/en/fact-sheets/?page=2"]
# Two full pages, so that both lists show the same number of entries.
FEW = 24
TEN = 10


def add_fact_sheets(fact_sheet_list, first: int, last: int) -> None:
    for number in range(first, last):
        sheet = make_fact_sheet(fact_sheet_list, f"Sheet {number}", slug=f"sheet-{number}")
        Publication.objects.filter(pk=sheet.publication_id).update(first_published_on=f"{2020 + number % 7}-03-01")
        for language in ("en", "fi"):
            file = PublicationFile.objects.create(publication_id=sheet.publication_id, language=language)
            file.current = FileVersion.objects.create(
                file=file, number=1, status="accepted", content="x", format="pdf", size=1000, sha256="0" * 64
            )
            file.save()
    # As a live database does by itself: without statistics, PostgreSQL joins the tables in a bad order.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def measure(client, address: str) -> tuple[float, int]:
    """Return the shortest time in seconds, which other processes affect least, and the number of queries."""
    client.get(address)
    reset_queries()  # the capture starts at the end of the log, which has a maximum length
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    queries = len(captured)
    times = []
    for _time in range(REPEATS):
        started = time.perf_counter()
        assert client.get(address).status_code == 200
        times.append(time.perf_counter() - started)
    return min(times), queries


@pytest.mark.django_db
def test_list_of_1000_publications_is_as_fast_as_of_24(client, home_page, settings, capsys):
    settings.PAGE_CACHE_SECONDS = 0
    fact_sheet_list = make_fact_sheet_list(home_page)
    add_fact_sheets(fact_sheet_list, 0, TEN)
    ten = measure(client, ADDRESSES[0])
    add_fact_sheets(fact_sheet_list, TEN, FEW)
    few = {address: measure(client, address) for address in ADDRESSES}
    add_fact_sheets(fact_sheet_list, FEW, 1000)
    many = {address: measure(client, address) for address in ADDRESSES}
    with capsys.disabled():
        print()  # noqa: T201
        for address in ADDRESSES:
            (short, queries_few), (long, queries_many) = few[address], many[address]
            print(  # noqa: T201
                f"{address:34} few: {short * 1000:6.1f} ms, {queries_few} queries   1000: {long * 1000:6.1f} ms, "
                f"{queries_many} queries   ratio {long / short:.2f}"
            )
        print(f"ratio to 10 publications, which show fewer entries: {many[ADDRESSES[0]][0] / ten[0]:.2f}")  # noqa: T201
    assert many[ADDRESSES[0]][0] / ten[0] <= LARGEST_RATIO
    assert many[ADDRESSES[0]][1] == ten[1]
    for address in ADDRESSES:
        assert many[address][1] == few[address][1]
        assert many[address][0] / few[address][0] <= LARGEST_RATIO
