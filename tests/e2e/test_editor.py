"""The admin in a browser: the screens of each demo account, translation, and preview."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import audits, server
from tests.e2e.browser import Watch
from tests.e2e.problems import assert_none

pytestmark = pytest.mark.slow

PASSWORD = "demo"
# Screens that each account opens.
SCREENS = {
    "admin": [
        "",
        "pages/",
        "articles/",
        "snippets/home/organisation/",
        "snippets/home/person/",
        "snippets/home/organisation/add/",
        "snippets/news/newscategory/",
        "translations/?show_complete=on",
        "images/",
        "documents/",
        "settings/home/projectsettings/",
        "users/",
        "groups/",
        "reports/site-history/",
        "redirects/",
        "account/",
    ],
    "editor": ["", "pages/", "articles/", "snippets/home/person/add/"],
    "translator": ["", "pages/", "translations/", "snippets/home/organisation/"],
    "organiser": ["", "pages/", "snippets/home/person/", "events/1/timetable/", "fact_sheet_downloads/"],
}


@pytest.fixture(scope="module")
def changeable_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a separate demo for tests that change its content."""
    with server.demo_site(tmp_path_factory.mktemp("changeable_demo")) as address:
        yield address


@pytest.fixture
def sign_in(new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    def sign_in(address: str, account: str, **options) -> Page:
        page = new_context(**options).new_page()
        page.goto(f"{address}/admin/login/")
        page.get_by_label("Username").fill(account)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Welcome to DigiCanTrain")
        return page

    return sign_in


# An icon without a size fills its button.
LARGE_ICONS = """icons => icons.filter(icon => icon.getBoundingClientRect().width > 64)
  .map(icon => `${icon.getAttribute("class")} in ${icon.parentElement.textContent.trim()}`)"""


@pytest.mark.parametrize("account", SCREENS)
def test_screens_open_without_errors(demo, sign_in, account):
    """No screen makes requests to other hosts, logs errors in the console or has an icon without a size."""
    problems: list[str] = []
    page = sign_in(demo, account)
    watch = Watch(page, demo)
    for path in SCREENS[account]:
        answer = page.goto(f"{demo}/admin/{path}", wait_until="networkidle")
        if answer is None or answer.status != 200:
            problems.append(f"{path}: {answer and answer.status}")
        problems += [f"{path}: {problem}" for problem in watch.problems]
        problems += [f"{path}: {icon}" for icon in page.locator("svg.icon").evaluate_all(LARGE_ICONS)]
        watch.problems.clear()
    assert_none(problems)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_screens_of_the_project_are_accessible(demo, new_context, sign_in, scheme):
    problems: list[str] = []
    page = new_context(color_scheme=scheme).new_page()
    page.goto(f"{demo}/admin/login/")
    problems += [f"login: {problem}" for problem in audits.axe(page)]
    page = sign_in(demo, "admin", color_scheme=scheme)
    for path in ("", "translations/?show_complete=on"):
        page.goto(f"{demo}/admin/{path}", wait_until="networkidle")
        problems += [f"{path}: {problem}" for problem in audits.axe(page)]
    assert_none(problems)


def open_translation(page: Page, address: str, title: str) -> None:
    """Open the Finnish translation of a page from the list of translations."""
    page.goto(f"{address}/admin/translations/?show_complete=on")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=title))
    row.get_by_role("link", name="(Finnish)").first.click()
    expect(page.get_by_text("English to Finnish translation").first).to_be_visible()


def test_the_finnish_page_opens_in_the_translation_editor(demo, sign_in):
    page = sign_in(demo, "translator")
    watch = Watch(page, demo)
    open_translation(page, demo, "Training programme")
    item = page.locator("li.complete").filter(has_text="Training programme").first
    source, translation = item.locator("> p").bounding_box(), item.locator("> div").bounding_box()
    expect(item).to_contain_text("Koulutusohjelma")
    expect(item.get_by_role("button", name="Edit")).to_be_visible()
    expect(page.get_by_role("button", name="Publish in Finnish")).to_be_visible()
    assert source["x"] + source["width"] <= translation["x"], "source and translation must be side by side"

    # A link to a text, such as "Translate anew", opens it, whichever tab it is on.
    editor, address = page.locator(".js-translation-editor"), page.url.partition("#")[0]
    segments = json.loads(editor.get_attribute("data-props"))["segments"]
    texts = [segment for segment in segments if segment["type"] == "string"]
    last = {segment["location"]["tab"]: segment for segment in texts}
    assert len(last) > 1
    for segment in last.values():
        page.goto("about:blank")
        page.goto(f"{address}#segment-{segment['id']}")
        expect(editor.locator("textarea")).to_be_focused()
        expect(editor.locator("li").filter(has=page.locator("textarea")).last).to_contain_text(segment["source"])
        expect(editor.locator("textarea")).to_be_in_viewport()
    assert_none(watch.problems)


def test_names_of_blocks_are_dark_in_the_dark_theme(demo, sign_in):
    page = sign_in(demo, "translator", color_scheme="dark")
    open_translation(page, demo, "DigiCanTrain at a glance")
    colours = page.locator(".js-translation-editor li > h4").evaluate_all(
        "names => names.map((name) => getComputedStyle(name).backgroundColor.match(/\\d+/g).map(Number))"
    )
    assert colours
    assert [colour for colour in colours if max(colour[:3]) > 100] == []


# Fields with more text than they show.
CUT = """fields => fields.filter((field) => field.scrollWidth > field.clientWidth + 1).map((field) => field.value)"""


def test_nothing_of_an_event_is_cut_at_768_pixels(demo, sign_in):
    page = sign_in(demo, "admin", width=768)
    page.goto(f"{demo}/admin/events/")
    address = page.get_by_role("link", name="Demonstration forum").first.get_attribute("href").replace("/edit", "")
    event = f"{demo}/admin/events/{next(part for part in address.split('/') if part.isdecimal())}"
    page.goto(f"{event}/timetable/")
    titles = page.locator(".timetable-field--title input")
    expect(titles.first).to_have_value("Registration and coffee")
    assert titles.evaluate_all(CUT) == []
    page.goto(f"{event}/registrations/sessions/")
    table = page.locator(".sessions-table").bounding_box()
    assert table["x"] + table["width"] <= 768
    page.goto(f"{event}/registrations/check-in/")
    heights = {page.locator(f"#check-in-{name}").bounding_box()["height"] for name in ("code", "name")}
    assert len(heights) == 1


@pytest.mark.parametrize("screen", ["articles/", "images/", "account/", "settings/home/projectsettings/"])
def test_the_link_to_the_manual_is_in_no_row_of_its_own(demo, sign_in, screen):
    page = sign_in(demo, "admin", width=768)

    page.goto(f"{demo}/admin/{screen}")

    header, link = (page.locator(part).bounding_box() for part in (".w-slim-header", ".manual-link"))
    rows = 2 if page.locator(".w-slim-header form").count() else 1
    assert header["height"] < rows * 52
    assert link["x"] > 700


def test_translator_sees_only_their_language(demo, sign_in):
    page = sign_in(demo, "translator")
    page.goto(f"{demo}/admin/translations/?show_complete=on")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Training programme"))
    assert row.get_by_role("link").count() == 1


def test_new_article_is_previewed_while_it_is_edited(changeable_demo, sign_in):
    page = sign_in(changeable_demo, "editor")
    watch = Watch(page, changeable_demo)
    page.get_by_role("link", name="Estonian : Write news").click()
    page.locator("#id_title").fill("A workshop in Tallinn")
    lead = page.locator("#id_lead")
    lead.fill("n" * 500)
    counter = page.locator(f"#{lead.get_attribute('aria-describedby').split()[-1]}")
    # Nothing is cut.
    expect(lead).to_have_value("n" * 500)
    expect(counter).to_have_text("Characters: 500 of 400")
    lead.fill("Forty nurses tried the first module.")
    expect(counter).to_have_text("Characters: 36 of 400")
    page.get_by_role("button", name="Toggle preview").click()
    preview = page.frame_locator("#w-preview-iframe")
    expect(preview.get_by_role("heading", level=1)).to_have_text("A workshop in Tallinn")
    expect(preview.locator("html")).to_have_attribute("lang", "et")
    assert_none(watch.problems)


def test_change_of_the_source_is_shown_in_a_translation(changeable_demo, sign_in, new_context):
    """An editor changes a level and a sentence; the translator then translates the sentence, which kept its translation."""
    lead = "One programme with six modules, each for one audience in cancer care."
    visitor = new_context().new_page()

    admin = sign_in(changeable_demo, "admin")
    visitor.goto(f"{changeable_demo}/fi/")
    visitor.goto(changeable_demo + visitor.get_by_role("link", name="Koulutusohjelma").first.get_attribute("href"))
    finnish = visitor.url
    translated_lead = visitor.locator("main p").first.inner_text()

    admin.goto(f"{changeable_demo}/en/programme/")
    admin.goto(f"{changeable_demo}/admin/translations/?show_complete=on")
    row = admin.get_by_role("row").filter(has=admin.get_by_role("rowheader", name="Training programme"))
    row.get_by_role("link", name="Source").click()
    admin.locator("#id_lead").fill(lead)
    admin.locator("#id_eqf_from").fill("5")
    admin.get_by_role("button", name="More actions").click()
    admin.get_by_role("button", name="Publish", exact=True).click()
    expect(admin.get_by_text("Page 'Training programme' has been published.")).to_be_visible()

    visitor.goto(finnish)
    assert visitor.locator("main p").first.inner_text() == translated_lead
    assert "5–8" in visitor.locator("main").inner_text()

    translator = sign_in(changeable_demo, "translator")
    panel = translator.get_by_role("region", name="Translations that need attention")
    panel.get_by_role("link", name="1 text changed").click()
    expect(translator.locator("ins").first).to_be_visible()
    translator.get_by_role("link", name="Open in the editor").click()
    # The text that changed is open. Publishing saves what was typed.
    box = translator.locator(".js-translation-editor textarea")
    expect(box).to_have_value(translated_lead)
    box.fill("<i>Kuusi moduulia.")
    translator.get_by_role("button", name="Publish in Finnish").click()
    expect(translator.locator("li.errored")).to_contain_text("The tag <i> is not closed.")
    for scheme in ("dark", "light"):
        translator.emulate_media(color_scheme=scheme)
        translator.evaluate("document.getAnimations().forEach((animation) => animation.finish())")
        assert_none(audits.axe(translator, colors_only=True))
    translator.locator("li.errored").get_by_role("button", name="Edit").click()
    box.fill("Kuusi moduulia.")
    translator.get_by_role("button", name="Publish in Finnish").click()
    expect(translator.get_by_text("Published 'Koulutusohjelma' in Finnish.")).to_be_visible()

    visitor.goto(finnish)
    assert visitor.locator("main p").first.inner_text() == "Kuusi moduulia."
    assert "5–8" in visitor.locator("main").inner_text()


def test_typed_dates_stay_as_they_are_typed(changeable_demo, sign_in):
    """Wagtail's date picker would replace what it does not understand by today."""
    page = sign_in(changeable_demo, "admin")
    page.goto(f"{changeable_demo}/admin/settings/home/projectsettings/")
    first, last = page.locator("[name=starts_on]"), page.locator("[name=ends_on]")
    first.fill("10.3.2027")
    last.fill("1o.4.2027")
    # Leaves the field.
    other = page.locator("[name=acronym]")
    other.focus()
    assert (first.input_value(), last.input_value()) == ("10.3.2027", "1o.4.2027")

    # By the keyboard: the calendar may open late and cover the button.
    other.press("Enter")

    expect(page.get_by_text("Enter a valid date.")).to_be_visible()
    assert page.locator("[name=ends_on]").input_value() == "1o.4.2027"
    page.locator("[name=ends_on]").fill("1.4.2027")
    other.press("Enter")
    expect(page.get_by_text("updated")).to_be_visible()
    page.goto(f"{changeable_demo}/admin/settings/home/projectsettings/")
    assert page.locator("[name=starts_on]").input_value() == "2027-03-10"
    assert page.locator("[name=ends_on]").input_value() == "2027-04-01"


@pytest.mark.parametrize("typed", ["2031-04-15", "15.4.2031"])
def test_calendar_of_the_last_day_opens_at_the_first_day(demo, sign_in, typed):
    page = sign_in(demo, "organiser")
    page.goto(f"{demo}/admin/events/new/")
    calendar = page.locator(".xdsoft_datetimepicker:visible")
    page.locator("[name=first_day]").click()
    expect(calendar).to_be_visible()
    page.locator("[name=first_day]").fill(typed)
    page.locator("[name=last_day]").click()
    expect(calendar).to_have_count(1)
    expect(calendar.locator(".xdsoft_month span")).to_have_text("April")
    expect(calendar.locator(".xdsoft_year span")).to_have_text("2031")
    calendar.locator("td[data-date='16']").first.click()
    expect(page.locator("[name=last_day]")).to_have_value("2031-04-16")


def test_choosers_and_new_rows_of_forms_start_without_inline_scripts(demo, sign_in):
    page = sign_in(demo, "admin")
    page.goto(f"{demo}/admin/workflows/edit/1/")
    page.get_by_role("button", name="Assign to another page").click()
    page.get_by_role("button", name="Choose a page").last.click()
    page.locator(".modal-body a.choose-page").first.click()
    expect(page.locator(".modal-body")).to_have_count(0)
    expect(page.locator(".page-chooser").last).to_contain_text("Root")
    page.get_by_role("button", name="Add task").click()
    page.get_by_role("button", name="Choose a task").last.click()
    expect(page.locator(".modal-body")).to_be_visible()


def test_typed_times_of_sessions_are_accepted_or_refused_beside_the_field(changeable_demo, sign_in):
    page = sign_in(changeable_demo, "admin")
    page.goto(f"{changeable_demo}/admin/events/")
    page.get_by_role("link", name="DigiCanTrain kickoff").click()
    page.locator(".event-links").get_by_role("link", name="Timetable").click()
    page.get_by_role("button", name="Add a session").click()
    row = page.locator(".timetable-row").last
    start, end, title = (row.locator(f"[name={name}]") for name in ("start", "end", "title"))
    for typed, shown in (("930", "09:30"), ("9.30", "09:30"), ("9", "09:00"), ("9.3o", "9.3o"), ("2460", "2460")):
        start.fill(typed)
        end.focus()
        expect(start).to_have_value(shown)
    end.fill("1015")
    title.fill("A session")
    page.get_by_role("button", name="Save draft").click()
    expect(row.locator("[name=start] ~ .timetable-error")).to_be_visible()
    expect(start).to_have_value("2460")
    expect(end).to_have_value("10:15")


WORD = (Path(__file__).parents[1] / "home" / "pasted" / "word.html").read_text()
# A paste with what Word puts on the clipboard. Browsers remove its markup where a script writes to the clipboard itself.
PASTE = """(element, html) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/html", html);
    clipboardData.setData("text/plain", "plain words");
    element.focus();
    element.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
}"""


def test_text_from_word_becomes_headings_lists_and_tables(changeable_demo, sign_in):
    page = sign_in(changeable_demo, "editor")
    page.get_by_role("link", name="Write news").first.click()
    body = page.locator("[data-contentpath=body]")
    body.get_by_role("button", name="Insert a block").first.click()
    page.get_by_role("option", name="Text").first.click()
    body.locator("[contenteditable=true]").first.evaluate(PASTE, WORD)
    expect(page.get_by_text("Tables were added as table blocks.")).to_be_visible()
    expect(body.locator("input[name$=-columns-0-value]")).to_have_value("Level")
    kinds = body.locator("input[name$=-type]").evaluate_all(
        """fields => fields.filter(field => /^body-\\d+-type$/.test(field.name)
            && document.querySelector(`[name="${field.name.replace("type", "deleted")}"]`).value === "")
            .map(field => field.value)"""
    )
    assert kinds == ["heading", "heading", "text", "heading", "text", "table", "text"]
