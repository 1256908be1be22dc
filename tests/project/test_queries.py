"""Pages of events and fact sheets need few queries where the page cache has no response for them.

`tests/home/test_pages.py` does the same for all other page types.
"""

import pytest

from events.enums import EventStatus
from events.models import EventMaterial, EventOrganiser
from tests.factories.events import change_event, publish, row, rows_of
from tests.factories.factsheets import add_file, make_fact_sheet, make_fact_sheet_list
from tests.factories.project import make_organisation
from tests.factories.registrations import make_open_page, make_registration

pytestmark = pytest.mark.slow

# A list without filters and the content of a page are parts that are cached: the page itself is read, and what is around it.
MOST_QUERIES = {"event": 3, "events": 2, "form": 8, "fact sheet": 3, "fact sheets": 2, "search": 2}


@pytest.fixture
def addresses(home_page) -> dict[str, str]:
    page = make_open_page(
        home_page, row("10:00", "Opening"), row("11:00", "Talk", "12:00"), title="Forum", slug="forum"
    )
    page = publish(page, rows=rows_of(page)[:1], practical="<p>text</p>")
    EventOrganiser.objects.create(event=page.event, organisation=make_organisation("University"))
    EventMaterial.objects.create(page=page, title="Slides", url="https://example.org/slides", sort_order=0)
    change_event(page.event, status=EventStatus.RESCHEDULED)
    make_registration(page.event)
    sheets = make_fact_sheet_list(home_page)
    sheet = make_fact_sheet(sheets, "A beacon", slug="a-beacon")
    add_file(sheet)
    return {
        "event": page.url,
        "events": page.get_parent().url,
        "form": page.register_path(),
        "fact sheet": sheet.url,
        "fact sheets": sheets.url,
        "search": "/en/search/",
    }


@pytest.mark.parametrize("name", MOST_QUERIES)
def test_page_that_is_not_cached_has_few_queries(client, addresses, settings, django_assert_max_num_queries, name):
    settings.PAGE_CACHE_SECONDS = 3600
    # A response to an unknown parameter is not cached.
    address = f"{addresses[name]}?x=1"
    client.get(address)
    with django_assert_max_num_queries(MOST_QUERIES[name]):
        assert client.get(address).status_code == 200
