"""Public pages of the demo in a browser. Each test opens pages of a language and reports all problems.

Some checks are made in some languages, widths and themes only, or on samples of the pages that have every component; with
`FULL_AUDITS=1` in all of them.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.e2e import audits
from tests.e2e.browser import Watch
from tests.e2e.crawl import FULL_AUDITS, LANGUAGES, Crawl
from tests.e2e.problems import assert_none

pytestmark = pytest.mark.slow

# Widths and themes in which pages are checked with axe.
VIEWS = [(320, "light"), (1440, "dark")] + ([(320, "dark"), (1440, "light")] if FULL_AUDITS else [])
# The languages with the longest words, and with another alphabet.
LONG_WORDS = LANGUAGES if FULL_AUDITS else ["fi", "el"]
# Pages without a link: the 404 page, and searches with and without results.
UNLINKED = ["no-such-page/", "search/?q=digi", "search/?q=xyzzy"]


def paths(site: Crawl, language: str) -> list[str]:
    return site.paths(language) + others(site, language)


def samples(site: Crawl, language: str) -> list[str]:
    return site.samples(language) + others(site, language)


def others(site: Crawl, language: str) -> list[str]:
    return [f"/{language}/{path}" for path in UNLINKED] + filtered_lists(site, language)


def filtered_lists(site: Crawl, language: str) -> list[str]:
    """Return the filtered list of fact sheets, which a form requests and no link."""
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
def open_pages(
    site: Crawl, new_context: Callable[..., BrowserContext]
) -> Callable[..., Iterator[tuple[Page, Callable]]]:
    """Open each page in turn: `for page, report in open_pages(samples(site, "en"), width=320)`; `report` collects problems.

    The test fails at the end of the loop if problems or browser errors were reported.
    """

    def open_pages(paths: list[str], **options):
        problems: list[str] = []
        page = new_context(**options).new_page()
        watch = Watch(page, site.address)
        for path in paths:
            page.goto(site.address + path)
            yield page, lambda found, path=path: problems.extend(f"{path}: {problem}" for problem in found)
            problems.extend(f"{path}: {problem}" for problem in watch.problems)
            watch.problems.clear()
        assert_none(problems)

    return open_pages


@pytest.mark.parametrize("language", LANGUAGES)
def test_accessible_in_light_and_dark(site, open_pages, language):
    """axe checks all pages of the source language, and samples of the others."""
    with_axe = paths(site, language) if language == LANGUAGES[0] else samples(site, language)
    for page, report in open_pages(paths(site, language), reduced_motion="reduce"):
        for width, theme in VIEWS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=theme)
            if page.url.removeprefix(site.address) in with_axe:
                report(f"{width} px, {theme}: {problem}" for problem in audits.axe(page))
            report(f"{width} px: {problem}" for problem in audits.overflow(page))
            report(f"{width} px: {problem}" for problem in audits.headings(page))
            report(f"{width} px: {problem}" for problem in audits.line_lengths(page))
        # The registration form needs the CSRF cookie (`test_crawl.py`).
        if page.url.endswith("/register/"):
            page.context.clear_cookies()
        report(audits.storage(page))


@pytest.mark.parametrize("language", LANGUAGES if FULL_AUDITS else ["en"])
def test_pages_work_with_the_keyboard(site, open_pages, language):
    for page, report in open_pages(samples(site, language), width=1280, reduced_motion="reduce"):
        report(audits.keyboard(page))
        report(audits.switches(page))
        page.reload()
        report(audits.skip_link(page))


def test_narrow_menu_works_with_the_keyboard(site, open_pages):
    for page, report in open_pages(samples(site, "el"), width=320, reduced_motion="reduce"):
        report(audits.keyboard(page))
        report(audits.switches(page))


@pytest.mark.parametrize("language", LONG_WORDS)
def test_pages_work_with_text_spacing_reduced_motion_forced_colors_and_print(site, open_pages, language):
    options = {"width": 320, "height": 800, "color_scheme": "dark", "reduced_motion": "reduce"}
    for page, report in open_pages(samples(site, language), **options):
        report(f"text spacing: {problem}" for problem in audits.text_spacing(page))
        report(f"reduced motion: {problem}" for problem in audits.motion(page))
        report(f"forced colours: {problem}" for problem in audits.forced_colors(page))
        page.set_viewport_size({"width": 794, "height": 1123})  # A4
        report(f"print: {problem}" for problem in audits.print_view(page))


def test_focus_is_visible_with_forced_colors(site, open_pages):
    for page, report in open_pages(samples(site, "en"), forced_colors="active", reduced_motion="reduce"):
        report(audits.keyboard(page))
