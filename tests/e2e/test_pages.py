"""Every public page of the demo in a browser. A test visits all pages of one language and reports all it found."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.e2e import audits
from tests.e2e.browser import Watch
from tests.e2e.crawl import LANGUAGES, Crawl
from tests.e2e.problems import assert_none

pytestmark = pytest.mark.slow

# The error page, a search that finds something and one that does not belong to what is linked.
UNLINKED = ["no-such-page/", "search/?q=digi", "search/?q=xyzzy"]


def paths(site: Crawl, language: str) -> list[str]:
    return site.paths(language) + [f"/{language}/{path}" for path in UNLINKED] + filtered_lists(site, language)


def filtered_lists(site: Crawl, language: str) -> list[str]:
    """Return the list of fact sheets under a choice: a form leads there, no link."""
    lists = [path for path, answer in site.pages(language).items() if 'class="sheet-filters"' in answer.text]
    return [f"{path}?language=fi" for path in lists if "?" not in path]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.any_database
def test_fact_sheets_are_among_the_pages(site: Crawl, language):
    (filtered,) = filtered_lists(site, language)
    above = filtered.partition("?")[0]
    below = [path for path in paths(site, language) if path.startswith(above) and "?" not in path]

    assert len(below) == 1 + 3


@pytest.fixture
def visit(site: Crawl, new_context: Callable[..., BrowserContext]) -> Callable[..., Iterator[tuple[Page, Callable]]]:
    """Open each page of a language in turn: `for page, note in visit("en", width=320)`; `note` collects sentences.

    The loop ends with a failure that names all that was noted and all that the browser itself complained about.
    """

    def visit(language: str, **options):
        noted: list[str] = []
        page = new_context(**options).new_page()
        watch = Watch(page, site.address)
        for path in paths(site, language):
            page.goto(site.address + path)
            yield page, lambda found, path=path: noted.extend(f"{path}: {problem}" for problem in found)
            noted.extend(f"{path}: {problem}" for problem in watch.problems)
            watch.problems.clear()
        assert_none(noted)

    return visit


@pytest.mark.parametrize("width", [320, 1440])
@pytest.mark.parametrize("language", LANGUAGES)
def test_accessible_in_light_and_dark(visit, language, width):
    for page, note in visit(language, width=width, color_scheme="light", reduced_motion="reduce"):
        note(f"light: {problem}" for problem in audits.axe(page))
        page.emulate_media(color_scheme="dark")
        note(f"dark: {problem}" for problem in audits.axe(page))
        note(audits.overflow(page))
        # A form that is sent needs the cookie against forged ones (`test_crawl.py`); it stays with the visitor then.
        if page.url.endswith("/register/"):
            page.context.clear_cookies()
        note(audits.storage(page))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_works_from_the_keyboard(visit, language):
    for page, note in visit(language, width=1280, reduced_motion="reduce"):
        note(audits.keyboard(page))
        note(audits.switches(page))
        page.reload()
        note(audits.skip_link(page))


def test_phone_menu_works_from_the_keyboard(visit):
    for page, note in visit("el", width=320, reduced_motion="reduce"):
        note(audits.keyboard(page))
        note(audits.switches(page))


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_bears_what_visitors_set(visit, language):
    for page, note in visit(language, width=320, height=800, color_scheme="dark", reduced_motion="reduce"):
        note(f"text spacing: {problem}" for problem in audits.text_spacing(page))
        note(f"reduced motion: {problem}" for problem in audits.motion(page))
        note(f"forced colours: {problem}" for problem in audits.forced_colors(page))
        page.set_viewport_size({"width": 794, "height": 1123})  # A4
        note(f"print: {problem}" for problem in audits.print_view(page))


def test_focus_shows_with_forced_colors(visit):
    for page, note in visit("en", forced_colors="active", reduced_motion="reduce"):
        note(audits.keyboard(page))
