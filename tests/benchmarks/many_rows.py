"""Pages of all sections in four languages in large numbers, for benchmarks."""

from __future__ import annotations

import datetime
import uuid

from django.utils import timezone
from wagtail.models import Page
from wagtail.search.backends import get_search_backend

from events.models import Event, EventIndexPage, EventPage
from factsheets.models import FactSheetIndexPage, FactSheetPage, FileVersion, Publication, PublicationFile
from home.models import HomePage
from news.models import NewsIndexPage, NewsPage
from tests.factories.pages import make_page
from tests.factories.translations import make_translations
from tests.home.many_pages import add_pages

DAY = datetime.timedelta(days=1)
# The years of articles and publications.
YEARS = range(2021, 2027)
BATCH = 1_000


def add_sections(articles: int, events: int, fact_sheets: int) -> None:
    """Make the list of each section, with so many entries, in each language."""
    home = HomePage.objects.get(locale__language_code="en")
    for model, title in ((NewsIndexPage, "News"), (EventIndexPage, "Events"), (FactSheetIndexPage, "Fact sheets")):
        make_translations(make_page(model, home, title, show_in_menus=True))
    _add(NewsIndexPage, NewsPage, articles, lambda count: {"lead": "Ten nurses came.", "date": _date(count)})
    made = _make_events(events)
    _add(EventIndexPage, EventPage, events, lambda count: {"event_id": made[count]})
    publications = _make_publications(fact_sheets)
    _add(FactSheetIndexPage, FactSheetPage, fact_sheets, lambda count: {"publication_id": publications[count]})


def index_pages(language: str) -> None:
    """Write the search index of a language, which pages that are made in bulk do not do."""
    backend = get_search_backend()
    for model in (NewsPage, EventPage, FactSheetPage):
        pages = list(model.objects.filter(locale__language_code=language))
        for first in range(0, len(pages), BATCH):
            backend.get_index_for_model(model).add_items(model, pages[first : first + BATCH])


def _add(index: type[Page], model: type[Page], number: int, fields_of) -> None:
    keys = [uuid.uuid4() for _count in range(number)]
    for parent in index.objects.order_by("pk"):
        add_pages(parent, model, keys, fields_of)


def _date(count: int) -> datetime.date:
    return datetime.date(YEARS[count % len(YEARS)], 1 + count % 12, 1 + count % 28)


def _make_events(number: int) -> list[int]:
    """Make events, a tenth of which are still to come, and the others in the past."""
    now = timezone.now()
    events = []
    for count in range(number):
        starts_at = now + (count + 1) * DAY if count % 10 == 0 else now - (count + 1) * DAY
        day = timezone.localdate(starts_at)
        events.append(
            Event(first_day=day, last_day=day, starts_at=starts_at, ends_at=starts_at + DAY / 4, venue_town="Turku")
        )
    return [event.pk for event in Event.objects.bulk_create(events, batch_size=500)]


def _make_publications(number: int) -> list[int]:
    """Make publications, each with an accepted file in two languages."""
    publications = Publication.objects.bulk_create(
        [Publication(name=f"Sheet {count}", first_published_on=_date(count)) for count in range(number)]
    )
    files = PublicationFile.objects.bulk_create(
        [PublicationFile(publication=each, language=code) for each in publications for code in ("en", "fi")]
    )
    versions = FileVersion.objects.bulk_create(
        [
            FileVersion(file=file, number=1, status="accepted", content="x", format="pdf", size=1000, sha256="0" * 64)
            for file in files
        ]
    )
    for file, version in zip(files, versions, strict=True):
        file.current = version
    PublicationFile.objects.bulk_update(files, ["current"], batch_size=500)
    return [publication.pk for publication in publications]
