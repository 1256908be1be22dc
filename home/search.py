"""Searches the pages of one language. The results are the same on SQLite and PostgreSQL."""

import re
from dataclasses import dataclass

from django import forms
from django.core.paginator import Page as ResultPage
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page
from wagtail.search.query import And, PlainText, SearchQuery

from home.layout import Layout
from home.page_queries import specific_pages
from home.spelling import vocabulary
from home.text_normalization import fold

RESULTS_PER_PAGE = 10
# Limits the results, because a short word may be on every page.
MAX_RESULTS = 200
# Further words are ignored. One character, such as a ligature, may stand for several words.
MAX_WORDS = 20
# Finnish and Estonian words change at the end: up to this many letters are removed until something is found.
LETTERS_TO_DROP = 3
SHORTEST_STEM = 4
WORD = re.compile(r"\w+")


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("Search for"),
        max_length=100,
        strip=True,
        error_messages={"required": _("Enter a word to search for.")},
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=1000, widget=forms.HiddenInput)


@dataclass(frozen=True)
class Result:
    title: str
    url: str
    summary: str
    type_label: str


@dataclass(frozen=True)
class Found:
    """A page of results. `is_corrected`: no page contains the words of the query, so these pages contain similar words."""

    page: ResultPage
    is_corrected: bool


def find_pages(query: str, layout: Layout, number: int) -> Found:
    """Return page `number` of the public pages that contain every word of `query` (the first `MAX_WORDS` words).

    The pages are in the language of `layout`. Pages with the words in their titles come first. If nothing is found, shorter
    forms of the words are tried, then words with a similar spelling. Raises EmptyPage for a number beyond the last page.
    """
    words = list(dict.fromkeys(WORD.findall(fold(query))))[:MAX_WORDS]
    found, is_corrected = _find(words, layout), False
    if words and not found and layout.home_page:
        corrected = vocabulary(layout.home_page).correct(words)
        if corrected != words:
            found = _find(corrected[:MAX_WORDS], layout)
            is_corrected = bool(found)
    page = Paginator(found, RESULTS_PER_PAGE).page(number)
    page.object_list = _results([result.pk for result in page.object_list], layout.request)
    return Found(page, is_corrected)


def _find(words: list[str], layout: Layout) -> list[Page]:
    for form in _shortened_forms(words):
        found = _titles_first(_pages_with(form, layout), form)
        if found:
            return found
    return []


def _shortened_forms(words: list[str]) -> list[list[str]]:
    """Return the words in full, then with one to three letters removed at the end; an empty list if there are no words."""
    found: list[list[str]] = []
    for cut in range(LETTERS_TO_DROP + 1):
        form = [word[: max(SHORTEST_STEM, len(word) - cut)] for word in words]
        if form and form not in found:
            found.append(form)
    return found


def _pages_with(words: list[str], layout: Layout) -> list[Page]:
    if not layout.home_page:
        return []
    pages = Page.objects.live().filter(path__startswith=layout.home_page.path)
    # The index has one column for all autocomplete fields, so a search in `Page` also covers each type's `folded_text`.
    found = pages.autocomplete(_prefix_query(words))[:MAX_RESULTS]
    return [page for page in found if layout.site_context.is_public(page)]


def _prefix_query(words: list[str]) -> SearchQuery:
    """Return a query for pages that contain, for each of `words`, a word that begins with it.

    In a query made from one text, only the last word could be incomplete.
    """
    terms = [PlainText(word) for word in words]
    if len(terms) == 1:
        return terms[0]
    # SQLite multiplies the rank by a negative factor for each term: an even number of terms would reverse the order.
    return And(terms if len(terms) % 2 else [*terms, terms[-1]])


def _titles_first(pages: list[Page], words: list[str]) -> list[Page]:
    def words_not_in_title(page: Page) -> int:
        title = WORD.findall(fold(page.title))
        return sum(not any(part.startswith(word) for part in title) for word in words)

    return sorted(pages, key=words_not_in_title)


def _results(keys: list[int], request: HttpRequest) -> list[Result]:
    pages = specific_pages(Page.objects.filter(pk__in=keys)) if keys else []
    return [
        Result(page.title, page.get_url(request) or "", page.teaser_text, _type_label(page))
        for page in sorted(pages, key=lambda page: keys.index(page.pk))
    ]


def _type_label(page: Page) -> str:
    """Return the page's type; "" if the title says the same, as for list pages ("News")."""
    label = str(page.kind)
    return "" if fold(label) == fold(page.title) else label
