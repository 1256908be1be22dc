"""Search in the pages of one language, alike on SQLite and PostgreSQL."""

import re
from dataclasses import dataclass

from django.core.paginator import Page as PageOfResults
from django.core.paginator import Paginator
from django.http import HttpRequest
from wagtail.models import Page
from wagtail.search.query import And, PlainText, SearchQuery

from home.layout import Layout
from home.page_queries import specific_pages
from home.text_normalization import fold

RESULTS_PER_PAGE = 10
# Nobody reads on; and one word of two letters must not load the whole site.
MOST_RESULTS = 200
# Finnish and Estonian inflect at the end of a word: letters are taken off until something is found.
LETTERS_TO_DROP = 3
SHORTEST_STEM = 4
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Result:
    title: str
    url: str
    summary: str
    type_label: str


def find_pages(query: str, layout: Layout, number: int) -> PageOfResults:
    """Return page `number` of the public pages in the language of `layout` that hold every word of `query`.

    Those with the words in their titles come first. Where nothing is found, shorter forms of the words are tried.
    Raises EmptyPage for a number beyond the last page.
    """
    found: list[Page] = []
    for words in _shorter_and_shorter(WORD.findall(fold(query))):
        found = _best_first(_pages_with(words, layout), words)
        if found:
            break
    page = Paginator(found, RESULTS_PER_PAGE).page(number)
    page.object_list = _results([result.pk for result in page.object_list], layout.request)
    return page


def _shorter_and_shorter(words: list[str]) -> list[list[str]]:
    """Return the words whole, and then with one to three letters less at the end; nothing for no words."""
    forms: list[list[str]] = []
    for cut in range(LETTERS_TO_DROP + 1):
        form = [word[: max(SHORTEST_STEM, len(word) - cut)] for word in words]
        if form and form not in forms:
            forms.append(form)
    return forms


def _pages_with(words: list[str], layout: Layout) -> list[Page]:
    if not layout.home_page:
        return []
    pages = Page.objects.live().filter(path__startswith=layout.home_page.path)
    # All fields for completion stand in one column of the index: `Page` finds the `folded_text` of each page type.
    found = pages.autocomplete(_beginnings(words))[:MOST_RESULTS]
    return [page for page in found if layout.facts.is_public(page)]


def _beginnings(words: list[str]) -> SearchQuery:
    """Return the query for pages with a word that begins like each of `words`.

    In a query of one text only the last word may be a beginning.
    """
    terms = [PlainText(word) for word in words]
    if len(terms) == 1:
        return terms[0]
    # SQLite ranks by a product with a negative factor for each term: an even number of them would turn the order round.
    return And(terms if len(terms) % 2 else [*terms, terms[-1]])


def _best_first(pages: list[Page], words: list[str]) -> list[Page]:
    def words_elsewhere(page: Page) -> int:
        title = WORD.findall(fold(page.title))
        return sum(not any(part.startswith(word) for part in title) for word in words)

    return sorted(pages, key=words_elsewhere)


def _results(keys: list[int], request: HttpRequest) -> list[Result]:
    pages = specific_pages(Page.objects.filter(pk__in=keys)) if keys else []
    return [
        Result(page.title, page.get_url(request) or "", page.teaser_text, str(page.kind))
        for page in sorted(pages, key=lambda page: keys.index(page.pk))
    ]
