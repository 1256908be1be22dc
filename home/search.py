"""Search in the pages of one language, alike on SQLite and PostgreSQL."""

from dataclasses import dataclass

from django.core.paginator import Page as PageOfResults
from django.core.paginator import Paginator
from django.http import HttpRequest
from wagtail.models import Locale, Page

from home.folding import fold

RESULTS_PER_PAGE = 10
# Finnish and Estonian inflect at the end of a word: letters are taken off until something is found.
LETTERS_TO_DROP = 3
SHORTEST_STEM = 4


@dataclass(frozen=True)
class Result:
    title: str
    url: str
    summary: str
    type_label: str


def find_pages(query: str, request: HttpRequest, number: int) -> PageOfResults:
    """Return page `number` of the public pages in the active language that hold every word of `query`.

    A number beyond the last page gives the last one. Where nothing is found, shorter forms of the words are tried.
    """
    found = Page.objects.none()
    for words in _stems(fold(query)):
        pages = Page.objects.live().public().filter(locale=Locale.get_active(), depth__gte=2)
        found = pages.autocomplete(words, fields=["folded_text"])
        if len(found):
            break
    page = Paginator(found, RESULTS_PER_PAGE).get_page(number)
    pages = [result.specific for result in page.object_list]
    page.object_list = [
        Result(item.title, item.get_url(request) or "", item.teaser_text, str(item.kind)) for item in pages
    ]
    return page


def _stems(query: str) -> list[str]:
    stems = []
    for cut in range(LETTERS_TO_DROP + 1):
        words = " ".join(word[: max(SHORTEST_STEM, len(word) - cut)] for word in query.split())
        if words not in stems:
            stems.append(words)
    return stems
