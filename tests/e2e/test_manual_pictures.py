"""Takes the pictures of the manual from the demo: `make manual`. The suite skips it, since screens change every week."""

import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

FOLDER = Path(__file__).resolve().parents[2] / "site" / "static" / "manual"
WIDTH, HEIGHT = 1120, 700
QUALITY = 60  # of WebP

EVENT = "/admin/events/"
FILES = "section h2:has-text('Files and checks'), section h2:has-text('Tiedostot ja tarkistukset')"


def below(list_address: str, ending: str) -> Callable[[Page, str], str]:
    """Return a function that finds the address with this ending, beside the first entry of a list."""

    def find(page: Page, site: str) -> str:
        page.goto(f"{site}{list_address}")
        first = page.locator("table.listing tbody a[href*='/edit/']").first.get_attribute("href") or ""
        number = next(part for part in reversed(first.split("/")) if part.isdecimal())
        return ending.format(number=number)

    return find


# By name: the address, or how it is found; and what the picture begins with, if not with the top of the screen.
PICTURES: dict[str, tuple[str | Callable[[Page, str], str], str]] = {
    "dashboard": ("/admin/", ""),
    "translations": ("/admin/translations/?show_complete=on", ""),
    "invite": ("/admin/invitations/new/", ""),
    "event": ("/admin/events/new/", ""),
    "timetable": (below(EVENT, "/admin/events/{number}/timetable/"), ""),
    "registration": (below(EVENT, "/admin/events/{number}/registration/"), ""),
    "registrations": (below(EVENT, "/admin/events/{number}/registrations/"), ""),
    "check-in": (below(EVENT, "/admin/events/{number}/registrations/check-in/"), ""),
    "fact-sheet": (below("/admin/fact_sheets/?locale=en", "/admin/pages/{number}/edit/"), FILES),
}


def take(page: Page, file: Path, start: str) -> None:
    page.wait_for_load_state("networkidle")
    # What appears only in the demo would date the picture.
    page.add_style_tag(content=".messages, .w-editing-sessions { display: none } * { transition: none !important }")
    if start:
        page.locator(start).first.evaluate(
            "element => scrollBy({top: element.getBoundingClientRect().top - 110, behavior: 'instant'})"
        )
    image = Image.open(BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    file.parent.mkdir(parents=True, exist_ok=True)
    image.save(file, "WEBP", quality=QUALITY, method=6)


@pytest.mark.skipif(not os.environ.get("RENEW_PICTURES"), reason="only `make manual` takes them")
@pytest.mark.parametrize(("language", "button"), [("en", "Sign in"), ("fi", "Kirjaudu sisään")])
def test_pictures_of_the_manual(demo, new_context, language, button):
    context = new_context(width=WIDTH, height=HEIGHT, locale=language, color_scheme="light", reduced_motion="reduce")
    page = context.new_page()
    take_all(page, demo, language, button)


def take_all(page: Page, site: str, language: str, button: str) -> None:
    page.goto(f"{site}/admin/login/")
    page.locator("[name=username]").fill("admin")
    page.locator("[name=password]").fill("demo")
    page.get_by_role("button", name=button).click()
    page.wait_for_url("**/admin/")
    for name, (address, start) in PICTURES.items():
        found = address if isinstance(address, str) else address(page, site)
        response = page.goto(f"{site}{found}")
        assert response is not None, name
        assert response.ok, f"{name}: {found}"
        take(page, FOLDER / language / f"{name}.webp", start)
    write_news(page, site)
    take(page, FOLDER / language / "write-news.webp", "")


def write_news(page: Page, site: str) -> None:
    """Open the form for an article in English, as the task of the dashboard does."""
    page.goto(f"{site}/admin/")
    page.locator("a[href*='/news/newspage/']").first.click()
    page.wait_for_url("**/newspage/**")
