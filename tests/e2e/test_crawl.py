"""Links, headers and validity of all public pages of the demo. Needs no browser."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import pytest
from bs4 import BeautifulSoup
from django.contrib.staticfiles import finders

from config.static_files import minified
from tests.e2e import validity
from tests.e2e.crawl import LANGUAGES, Crawl, get
from tests.e2e.problems import assert_none

pytestmark = [pytest.mark.slow, pytest.mark.any_database]

MOST_BYTES_OF_STYLES = 12 * 1024


@pytest.mark.parametrize("language", LANGUAGES)
def test_crawl_finds_pages(site: Crawl, language):
    # The tests below check the pages of the crawl, so there must be some.
    kinds = {page_type(answer.text) for answer in site.pages(language).values()}

    assert len(site.pages(language)) >= 10
    assert None not in kinds


def page_type(html: str) -> str | None:
    heading = BeautifulSoup(html, "html.parser").select_one("main h1")
    return heading.get_text(strip=True) if heading else None


def test_no_internal_link_is_broken(site: Crawl):
    problems = [
        f"{path} answers {answer.status}; linked from {site.sources(path)}"
        for path, answer in site.answers.items()
        if answer.status not in {200, 301, 302}
    ]

    assert_none(problems)


def test_only_the_root_redirects(site: Crawl):
    problems = [
        f"{path} redirects to {answer.location}; linked from {site.sources(path)}"
        for path, answer in site.answers.items()
        if path != "/" and answer.location
    ]

    assert_none(problems)


def test_the_styles_of_every_page_are_small(site: Crawl):
    """As a live site serves them to browsers: minified, and compressed with brotli."""
    sizes = {}

    def size(path: str) -> int:
        if path not in sizes:
            sheet = Path(finders.find(path.removeprefix("/static/"))).read_text()
            sizes[path] = len(brotli.compress(minified(sheet).encode()))
        return sizes[path]

    totals = {}
    for path, answer in site.pages().items():
        sheets = BeautifulSoup(answer.text, "html.parser").select("link[rel=stylesheet]")
        totals[path] = sum(size(sheet["href"]) for sheet in sheets)

    assert min(totals.values()) > 0
    assert_none([f"{path}: {total} bytes" for path, total in totals.items() if total > MOST_BYTES_OF_STYLES])


def test_link_fragments_exist(site: Crawl):
    ids = {
        path: {element["id"] for element in BeautifulSoup(answer.text, "html.parser").find_all(id=True)}
        for path, answer in site.pages().items()
    }
    problems = [
        f"{link.source} links to #{link.fragment} on {link.target}, where nothing has that id"
        for link in site.links
        if link.is_anchor and link.fragment and link.target in ids and link.fragment not in ids[link.target]
    ]

    assert_none(problems)


def test_nothing_is_loaded_from_another_host(site: Crawl):
    problems = [f"{link.target} is loaded by {link.source}" for link in site.foreign if not link.is_anchor]

    assert_none(problems)


def test_only_the_registration_form_sets_a_cookie(site: Crawl):
    problems = [
        f"{path} sets {answer.headers['Set-Cookie']}"
        for path, answer in site.answers.items()
        # The registration form needs the CSRF cookie.
        if answer.headers["Set-Cookie"] and not path.endswith("/register/")
    ]

    assert_none(problems)


def test_every_page_has_the_strict_policy(site: Crawl):
    policies = {answer.headers["Content-Security-Policy"] for answer in site.pages().values()}

    assert len(policies) == 1
    policy = {directive.split()[0]: directive.split()[1:] for directive in policies.pop().split(";")}
    assert policy["default-src"] == ["'none'"]
    assert policy["style-src"] == ["'self'"]
    assert all(source.endswith(("/static/js/", "/static/events/js/")) for source in policy["script-src"])


def test_sitemap_lists_the_linked_pages(site: Crawl):
    listed = {
        link.target
        for link in site.links
        if link.is_anchor and site.answers[link.source].is_sitemap and not site.answers[link.target].is_sitemap
    }
    indexable = {
        path
        for path, answer in site.pages().items()
        if not urlsplit(path).query and 'content="noindex' not in answer.text
    }

    assert "/en/" in listed
    assert_none(f"{path} is linked, but not in the sitemap" for path in indexable - listed)
    assert_none(f"{path} is in the sitemap, but no page links to it" for path in listed - indexable)


def test_html_parses_without_an_error(site: Crawl):
    problems = [
        f"{path}: {error}" for path, answer in site.pages().items() for error in validity.parse_errors(answer.text)
    ]

    assert_none(problems)


@pytest.fixture
def html_checker():
    reason = validity.checker_missing()
    if reason and os.environ.get("CI"):
        pytest.fail(f"the HTML checker must not be skipped with CI set: {reason}")
    if reason:
        pytest.skip(reason)


@pytest.mark.usefixtures("html_checker")
def test_html_is_valid(site: Crawl, tmp_path):
    pages = {path: answer.text for path, answer in site.pages().items()}
    for path in error_pages():
        pages[path] = get(site.address + path).text

    problems = validity.check(pages, tmp_path)

    assert_none(problems)


@pytest.mark.usefixtures("html_checker")
def test_html_checker_reports_an_invalid_page(tmp_path):
    html = '<!DOCTYPE html><html lang="en"><title>x</title><p><img src="x.png"><ul><li>One<li id=a><b id=a>Two</b></ul>'

    problems = "\n".join(validity.check({"/page/": html}, tmp_path))

    assert "/page/: line 1: An “img” element must have an “alt” attribute" in problems
    assert "Duplicate ID" in problems


def error_pages() -> list[str]:
    return [f"/{language}/no-such-page/" for language in LANGUAGES]


@pytest.mark.parametrize("path", error_pages())
def test_404_page_has_the_layout_of_the_site(site: Crawl, path):
    answer = get(site.address + path)
    page = BeautifulSoup(answer.text, "html.parser")

    assert answer.status == 404
    assert page.html["lang"] == path.split("/")[1]
    assert page.select_one("main h1").get_text(strip=True)
    assert page.select("header a[href]")
    assert "Set-Cookie" not in answer.headers
