"""A running demo site and a browser for the tests of this folder.

All tests of this folder run on one worker (`tests/conftest.py`): one demo is loaded, and one browser runs.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.e2e import browser as chromium
from tests.e2e import server
from tests.e2e.crawl import Crawl, crawl

# Playwright runs its event loop in the thread of the tests, and Django then refuses to use the ORM in other tests.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# Long enough for a slow machine.
LIMIT = 60_000  # milliseconds
expect.set_options(timeout=LIMIT)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent) and "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site with the demo. Tests must not change its content."""
    with server.demo_site(tmp_path_factory.mktemp("demo")) as address:
        yield address


@pytest.fixture(scope="session")
def site(demo: str) -> Crawl:
    """All public pages and files of the demo."""
    return crawl(demo)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    reason = chromium.missing()
    if reason and os.environ.get("CI"):
        pytest.fail(f"browser tests must not be skipped with CI set: {reason}")
    if reason:
        pytest.skip(reason)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Make a browser context: `new_context(width=320, color_scheme="dark", …)` with Playwright's options."""
    contexts: list[BrowserContext] = []

    def make(width: int = 1440, height: int = 900, **options) -> BrowserContext:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(LIMIT)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """A page in a new browser context, with a window of 1440 x 900 pixels."""
    return new_context().new_page()
