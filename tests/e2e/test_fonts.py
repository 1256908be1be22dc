"""A page loads the one part of the font that its language needs."""

import pytest
from playwright.sync_api import Page

pytestmark = [pytest.mark.slow, pytest.mark.any_database]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/en/", {"latin"}),
        ("/fi/fact-sheets/", {"latin"}),
        ("/et/search/", {"latin"}),
        ("/el/", {"greek"}),
        ("/el/events/", {"greek"}),
        ("/el/fact-sheets/", {"greek"}),
    ],
)
def test_pages_load_one_part_of_the_font(demo: str, page: Page, path, expected):
    """Although every page names the language in the switcher: Ελληνικά."""
    loaded = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto(f"{demo}{path}", wait_until="networkidle")
    page.evaluate("document.fonts.ready")
    assert "Ελληνικά" in page.content()
    fonts = {url.rpartition("/commissioner-")[2].partition(".")[0] for url in loaded if url.endswith(".woff2")}
    assert fonts == expected
