"""The site without JavaScript: all content and pages are available."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import audits
from tests.e2e.crawl import FULL_AUDITS, LANGUAGES, Crawl
from tests.e2e.problems import assert_none

pytestmark = pytest.mark.slow


@pytest.fixture
def words(site: Crawl, new_context):
    """Open a path with and without JavaScript and return the words of the main part of both."""
    pages = [new_context(java_script_enabled=enabled).new_page() for enabled in (True, False)]

    def words(path: str) -> list[list[str]]:
        texts = []
        for page in pages:
            page.goto(site.address + path)
            # Copy buttons are shown only with JavaScript.
            buttons = page.locator("main [data-copy]").filter(visible=True).all_inner_texts()
            text = page.locator("main").inner_text().split()
            texts.append([word for word in text if word not in " ".join(buttons).split()])
        return texts

    return words


@pytest.mark.parametrize("language", LANGUAGES if FULL_AUDITS else ["en"])
def test_pages_have_the_same_text_without_javascript(site: Crawl, words, language):
    problems = []
    for path in site.samples(language):
        with_script, without = words(path)
        missing = [word for word in with_script if word not in set(without)]
        if missing or len(without) < 5:
            problems.append(f"{path} lacks without JavaScript: {' '.join(missing)[:200]}")

    assert_none(problems)


@pytest.mark.parametrize("width", [320, 1440])
def test_menu_links_to_every_section(site: Crawl, new_context, width):
    page = new_context(width=width, java_script_enabled=False).new_page()
    page.goto(site.address + "/en/")
    targets = page.locator("header nav a").evaluate_all(
        "links => [...new Set(links.map(link => link.getAttribute('href')))]"
    )

    assert len(targets) >= 5
    for target in targets:
        page.goto(site.address + "/en/")
        follow(page, target)
        expect(page).to_have_url(site.address + target)
        expect(page.locator("main h1")).to_be_visible()


def follow(page: Page, target: str) -> None:
    """Click the link to `target` in the header. If it is hidden, open the menus with the keyboard."""
    link = page.locator(f'header a[href="{target}"]').filter(visible=True)
    if not link.count():
        for summary in page.locator("header summary").filter(visible=True).all():
            summary.focus()
            page.keyboard.press("Enter")
            if link.count():
                break
    link.first.click()


def test_search_form_works(site: Crawl, new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(site.address + "/en/search/")
    field = page.locator("main input[name=q]")
    field.fill("Turku")
    field.press("Enter")

    expect(page).to_have_url(site.address + "/en/search/?q=Turku")
    expect(page.locator("main")).to_contain_text("Turku")
    assert audits.overflow(page) == []


def test_list_of_fact_sheets_can_be_filtered(site: Crawl, new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(site.address + "/en/fact-sheets/")
    page.get_by_label("Language of the file").select_option("fi")
    page.get_by_role("button", name="Apply filters").click()

    expect(page.get_by_role("heading", name="3 fact sheets match")).to_be_visible()
    assert "language=fi" in page.url


def test_copy_button_is_shown_only_with_javascript(site: Crawl, new_context):
    with_script, without = (new_context(java_script_enabled=enabled).new_page() for enabled in (True, False))
    for page, is_visible in ((with_script, True), (without, False)):
        page.goto(site.address + "/en/fact-sheets/digicantrain-at-a-glance/")
        expect(page.locator("[data-copy]")).to_be_visible(visible=is_visible)
