"""Pages look as in the pictures of `tests/e2e/pictures/`; `make screenshots` renews these and `docs/screenshots/`.

Only the main part of a page is compared: header and footer have dates and fonts of the machine. The pages are those
whose text does not depend on the day on which the demo is loaded.
"""

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page

from tests.e2e import browser as chromium

PICTURES = Path(__file__).with_name("pictures")
SCREENSHOTS = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
RENEWS = bool(os.environ.get("RENEW_PICTURES"))
# A pixel differs by so much in a colour (of 255), and so many in a thousand may differ: fonts are drawn differently.
DIFFERENCE, MOST = 64, 10
MOST_BYTES = 3_000_000

PAGES = {
    "components": "/demo/components/",
    "programme": "/en/programme/",
    "partners": "/en/partners/",
    "results": "/en/results/",
    "project": "/en/project/",
    "levels": "/en/programme/levels-and-credits/",
    "news": "/en/news/",
    "article": "/en/news/final-forum-2026/",
    "fact-sheet": "/en/fact-sheets/goals-and-levels-of-the-training/",
    "forum": "/fi/tapahtumat/digicantrain-foorumi-2026/",
    "partners-greek": "/el/etairoi/",
}
# Of `docs/screenshots/`: address, width and colour scheme.
SHOWN = {
    "home": ("/en/", 1440, "light"),
    "home-dark": ("/en/", 1440, "dark"),
    "home-phone": ("/fi/", 390, "light"),
    "programme": ("/en/programme/", 1440, "light"),
    "partners": ("/el/etairoi/", 1440, "light"),
    "event": ("/en/events/demo-forum/", 1440, "light"),
    "event-phone": ("/et/uritused/naidisfoorum/", 390, "dark"),
    "registration": ("/en/events/demo-forum/register/", 1440, "light"),
    "fact-sheet": ("/en/fact-sheets/digicantrain-at-a-glance/", 1440, "light"),
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser(browser: Browser) -> Iterator[Browser]:
    """The whole browser, which has taken the pictures: the shell draws text in another size."""
    path = chromium.find(chromium.WHOLE)
    if path is None:
        pytest.skip(f"needs one of {', '.join(chromium.WHOLE)}")
    running = browser.browser_type.launch(executable_path=path, args=chromium.ARGUMENTS)
    yield running
    running.close()


def differing(first: Image.Image, second: Image.Image) -> float:
    """Return how many pixels in a thousand differ; all of them where the sizes differ by more than a few lines."""
    if first.width != second.width or abs(first.height - second.height) > 0.01 * first.height:
        return 1000
    size = (0, 0, first.width, min(first.height, second.height))
    channels = ImageChops.difference(first.crop(size), second.crop(size)).split()
    changed = ImageChops.lighter(ImageChops.lighter(channels[0], channels[1]), channels[2])
    return 1000 * sum(changed.histogram()[DIFFERENCE:]) / (changed.width * changed.height)


def show(page: Page, url: str) -> None:
    """Open a page and wait for its fonts and for all its images, also those below the window."""
    response = page.goto(url)
    assert response is not None, url
    assert response.ok, url
    page.evaluate("document.querySelectorAll('img').forEach((image) => (image.loading = 'eager'))")
    # Not `networkidle`: it waits for requests that the pictures do not need.
    # `wait_for_function` evaluates a string in the page, which the Content Security Policy forbids.
    page.evaluate("Promise.all([...document.images].map((image) => image.decode()))")
    page.evaluate("document.fonts.ready")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_look_as_in_the_pictures(demo, new_context, width, scheme):
    if width == 390 and scheme == "dark":
        pytest.skip("covered by the other combinations")
    context = new_context(width=width, color_scheme=scheme, reduced_motion="reduce", device_scale_factor=0.5)
    page = context.new_page()
    found = {}
    for name, address in PAGES.items():
        if scheme == "dark" and name != "components":
            continue
        show(page, demo + address)
        file = PICTURES / f"{name}-{width}-{scheme}.png"
        now = Image.open(BytesIO(page.locator("main").screenshot(animations="disabled"))).convert("RGB")
        if RENEWS:
            now.quantize(64).save(file, optimize=True)
            continue
        assert file.exists(), f"{file.name} is missing: `make screenshots` makes it"
        if (share := differing(Image.open(file).convert("RGB"), now)) > MOST:
            found[file.name] = share
    assert found == {}, "pixels in a thousand that differ; `make screenshots` renews the pictures"


@pytest.mark.skipif(not RENEWS, reason="only `make screenshots` takes them")
@pytest.mark.parametrize("name", SHOWN)
def test_screenshots_of_the_documentation(demo, new_context, name):
    address, width, scheme = SHOWN[name]
    page = new_context(width=width, color_scheme=scheme, device_scale_factor=0.5 if width > 400 else 1).new_page()
    show(page, demo + address)
    file = SCREENSHOTS / f"{name}.png"
    picture = Image.open(BytesIO(page.screenshot(full_page=width > 400 and name != "home")))
    picture.convert("RGB").quantize(128).save(file, optimize=True)


def test_pictures_are_small():
    assert sum(file.stat().st_size for file in [*PICTURES.glob("*.png"), *SCREENSHOTS.glob("*.png")]) <= MOST_BYTES


@pytest.mark.parametrize(("second", "expected"), [("white", 0), ("black", 1000)])
def test_differences_of_pictures_are_counted(second, expected):
    first = Image.new("RGB", (20, 10), "white")
    assert differing(first, Image.new("RGB", (20, 10), second)) == expected


def test_a_picture_of_another_size_differs():
    assert differing(Image.new("RGB", (20, 10)), Image.new("RGB", (20, 20))) == 1000
