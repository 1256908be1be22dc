"""Parts of a timetable that depend on the browser, and pasting a timetable in the admin."""

from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import BrowserContext, Page, expect

FORUM = "/en/events/digicantrain-forum-2026/"


def titles(page: Page, moment: str) -> list[str]:
    return page.locator(f'[data-moment="{moment}"] .session__title').all_inner_texts()


def test_now_and_next_on_the_day(demo: str, new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(timezone_id="Europe/Tallinn").new_page()
    page.clock.set_fixed_time("2026-02-12T10:15:00+02:00")
    page.goto(demo + FORUM)
    assert titles(page, "now") == ["Digital transformation in health care – Estonian perspective"]
    assert titles(page, "next") == ["Digital services and digital skills in Estonian cancer control plan"]
    assert page.locator('[aria-current="time"]').count() == 1
    assert page.locator('[data-moment="now"] .session__moment').inner_text() == "Now"


def test_no_session_is_marked_months_before(demo: str, new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(timezone_id="Europe/Tallinn").new_page()
    page.clock.set_fixed_time("2025-11-01T10:15:00+02:00")
    page.goto(demo + FORUM)
    assert page.locator("[data-session]").count() == 15
    assert page.locator("[data-moment]").count() == 0


# The links and menus of each session that the keyboard reaches while no menu is open.
TAB_STOPS = """() => [...document.querySelectorAll("[data-session]")].map((session) =>
  [...session.querySelectorAll("a[href], button, summary, [tabindex]")].filter(
    (element) => element.tabIndex >= 0 && element.checkVisibility({ visibilityProperty: true }),
  ).length)"""


def test_local_time_is_shown_if_it_differs(demo: str, new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(timezone_id="Europe/Madrid").new_page()
    page.goto(demo + FORUM)
    assert page.locator(".session__local-time").first.inner_text().endswith("08:30")
    note = page.locator("[data-local-note-target]")
    assert "Europe/Madrid" in note.inner_text()
    assert page.evaluate(TAB_STOPS) == [1] * 15
    for width in (320, 390, 768, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        # Each session has the time of which the note speaks, and the note does not say on which side.
        times = page.locator("[data-session]:has(.session__time) .session__local-time")
        assert [place for place in range(times.count()) if not times.nth(place).is_visible()] == []
        assert times.count() == 15
        assert not {"below", "beside", "under", "next to"} & set(note.inner_text().replace(".", " ").split())


TRACK_LINES = """() => {
  // The style has colours of other spaces, such as oklch.
  const canvas = new OffscreenCanvas(1, 1).getContext("2d");
  const rgb = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (color) => rgb(color).slice(0, 3).map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const ground = (element) => {
    const color = getComputedStyle(element).backgroundColor;
    return rgb(color)[3] > 0 ? color : ground(element.parentElement);
  };
  const contrast = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const seen = (element, part) => {
    const style = getComputedStyle(element, part);
    const drawn = style.content !== "none" && parseFloat(style.inlineSize) > 1 && parseFloat(style.blockSize) > 1;
    const color = rgb(style.backgroundColor)[3] > 0 ? style.backgroundColor : style.borderTopColor;
    return drawn ? contrast(color, ground(element)) : 0;
  };
  return [...document.querySelectorAll(".tracks__cell:not(.tracks__cell--empty, :has(.session--pause))")]
    .map((cell) => [seen(cell, "::before"), seen(cell.querySelector(".session"), "::after")]);
}"""


def test_talks_of_each_track_have_a_line_and_a_marker_that_are_seen_in_the_dark(
    demo: str, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(color_scheme="dark").new_page()
    page.goto(f"{demo}/en/events/demo-forum/")
    contrasts = page.evaluate(TRACK_LINES)
    assert len(contrasts) > 4
    # WCAG 1.4.11: at least 3 : 1.
    assert [pair for pair in contrasts if min(pair) < 3] == []


def test_local_time_is_not_shown_if_it_is_the_same(demo: str, new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(timezone_id="Europe/Helsinki").new_page()
    page.goto(demo + FORUM)
    assert page.locator(".session__local-time").count() == 0
    assert page.locator("[data-local-note-target]").inner_text() == ""


def test_timetable_filters_work_without_javascript(demo: str, new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{demo}/en/events/demo-forum/")
    page.locator(".timetable__filters a", has_text="B").first.click()
    sessions = page.locator(".session__title")
    expect(sessions.filter(has_text="Example talk in track A")).to_have_count(0)
    expect(sessions.filter(has_text="Example workshop in track B")).to_have_count(1)


def test_pasted_timetable_is_shown_before_it_is_saved(demo: str, new_context: Callable[..., BrowserContext]) -> None:
    page = new_context().new_page()
    page.goto(f"{demo}/admin/login/")
    page.fill("[name=username]", "admin")
    page.fill("[name=password]", "demo")
    page.click("button[type=submit]")
    page.goto(f"{demo}/admin/events/")
    page.get_by_role("link", name="DigiCanTrain kickoff").click()
    page.locator(".event-links").get_by_role("link", name="Timetable").click()
    page.fill("#timetable-text", (Path(__file__).parents[1] / "events" / "forum.txt").read_text())
    page.click("[data-paste]")
    rows = page.locator(".timetable-row")
    rows.first.wait_for()
    assert rows.count() == 15
    assert rows.nth(7).locator("[name=room]").input_value() == "Restaurant Senso"
    assert rows.nth(1).locator("[name=speakers]").input_value() == "Virpi Sulosaari (Project Leader)"
    # It was not saved, so the reloaded screen is empty.
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    assert rows.count() == 0


PASTE_TABLE = """() => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", "9.00\\tOne\\n8.00\\tTwo");
  const rows = "<tr><td rowspan=2 style='x'>9.00<td>One<td>Two<tr><td>Three<td>";
  clipboardData.setData("text/html", `<table><tr><th>Time<th>Hall A<th>Hall B${rows}</table>`);
  const box = document.getElementById("timetable-text");
  box.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
  box.value = "9.00\\tOne\\n8.00\\tTwo";
}"""


def test_tables_of_the_clipboard_are_read(demo: str, new_context: Callable[..., BrowserContext]) -> None:
    page = new_context().new_page()
    page.goto(f"{demo}/admin/login/")
    page.fill("[name=username]", "admin")
    page.fill("[name=password]", "demo")
    page.click("button[type=submit]")
    page.goto(f"{demo}/admin/events/")
    page.get_by_role("link", name="DigiCanTrain kickoff").click()
    page.locator(".event-links").get_by_role("link", name="Timetable").click()
    page.wait_for_url("**/timetable/")
    page.evaluate(PASTE_TABLE)
    page.locator("[data-paste-note]", has_text="rows and columns").wait_for()
    page.click("[data-paste]")
    rows = page.locator(".timetable-row")
    rows.first.wait_for()
    assert [row.locator("[name=track]").input_value() for row in rows.all()] == ["Hall A", "Hall B", "Hall A"]
    # The same text as typed has no columns of halls, and its second time is before the first.
    page.evaluate("document.getElementById('timetable-text').closest('details').open = true")
    page.fill("#timetable-text", "9.00\tOne\n8.00\tTwo")
    page.click("[data-paste]")
    rows.nth(4).wait_for()
    assert (
        rows.nth(4).locator(".timetable-row__warnings").inner_text()
        == "Starts before the session above. Check the time and the day."
    )


MARKERS = """() => [...document.querySelectorAll(".rail .session")].map((session) => {
  const marker = getComputedStyle(session, "::after");
  const range = document.createRange();
  range.selectNodeContents((session.closest("tr") ?? session).querySelector(".session__start"));
  const left = session.getBoundingClientRect().left + parseFloat(marker.insetInlineStart);
  return left - range.getBoundingClientRect().right;
})"""


@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_markers_of_sessions_do_not_cover_the_time(
    demo: str, new_context: Callable[..., BrowserContext], width
) -> None:
    page = new_context(width=width).new_page()
    for path in (FORUM, "/en/events/demo-forum/"):
        page.goto(demo + path)
        gaps = page.evaluate(MARKERS)
        # The ring around a marker, in the colour of the background, is 4 pixels wide.
        assert gaps
        assert [gap for gap in gaps if gap < 4] == []


OVERFLOWING = """() => [...document.querySelectorAll(".date-block > *")].filter((part) => {
  const block = part.parentElement.getBoundingClientRect();
  const range = document.createRange();
  range.selectNodeContents(part);
  const text = range.getBoundingClientRect();
  return text.width && (text.left < block.left + 3 || text.right > block.right - 3);
}).map((part) => part.textContent)"""


@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_dates_fit_into_their_blocks(demo: str, new_context: Callable[..., BrowserContext], width) -> None:
    page = new_context(width=width).new_page()
    for path in ("/en/", "/el/ekdiloseis/", "/en/events/", "/en/events/digicantrain-kickoff-2023/"):
        page.goto(demo + path)
        assert page.locator(".date-block--run").count()
        assert page.evaluate(OVERFLOWING) == [], path


def test_the_register_bar_is_not_fixed_in_a_low_window(demo: str, new_context: Callable[..., BrowserContext]) -> None:
    position = "getComputedStyle(document.querySelector('.event-actions__register')).position"
    page = new_context(width=320, height=640).new_page()
    page.goto(f"{demo}/en/events/demo-forum/")
    assert page.evaluate(position) == "fixed"
    # 1280 x 1024 pixels at a zoom of 400 %.
    page.set_viewport_size({"width": 320, "height": 256})
    assert page.evaluate(position) == "static"


def test_lines_of_date_blocks_do_not_cover_one_another_in_forced_colours(
    demo: str, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(forced_colors="active").new_page()
    page.goto(f"{demo}/en/events/demo-forum/")
    # The background behind a line is as high as the font, about 1.2 times its size.
    ratios = page.evaluate(
        """[...document.querySelectorAll("main :is(h1, h2, h3, h4), .date-block__day")].map((element) => {
          const style = getComputedStyle(element);
          return parseFloat(style.lineHeight) / parseFloat(style.fontSize);
        })"""
    )
    assert min(ratios) >= 1.25


@pytest.mark.parametrize("path", ["/en/fact-sheets/digicantrain-at-a-glance/", FORUM])
def test_a_printed_page_has_no_sheet_with_the_footer_alone(
    demo: str, new_context: Callable[..., BrowserContext], path
) -> None:
    page = new_context().new_page()
    page.goto(demo + path)
    with pypdfium2.PdfDocument(page.pdf(format="A4")) as document:
        sheets = [sheet.get_textpage().get_text_bounded() for sheet in document]
    assert len(sheets) <= 3
    assert "Funded by the European Union" in sheets[-1]
    assert len(sheets[-1].partition("Funded by the European Union")[0].strip()) > 100


HEADINGS = """() => [...document.querySelectorAll("main :is(h1, h2, h3, h4)")].filter((element) => element.checkVisibility())
  .map((element) => element.textContent.replace(/\\s/g, ""))"""


def lowest_line(sheet: pypdfium2.PdfPage) -> str:
    """Return the text that stands lowest on a sheet, without spaces."""
    text = sheet.get_textpage()
    boxes = [text.get_rect(number) for number in range(text.count_rects())]
    _left, bottom, _right, top = min(boxes, key=lambda box: box[1])
    line = text.get_text_bounded(left=0, bottom=bottom, right=sheet.get_width(), top=(bottom + top) / 2)
    return "".join(line.split())


def stranded(page: Page, **size: str) -> list[str]:
    """Return the headings that stand lowest on a printed sheet of this size."""
    page.emulate_media(media="print")
    headings = page.evaluate(HEADINGS)
    with pypdfium2.PdfDocument(page.pdf(**size)) as document:
        lines = [lowest_line(sheet) for sheet in document]
    return [line for line in lines if any(line and heading.endswith(line) for heading in headings)]


@pytest.mark.parametrize("path", ["/en/privacy/", "/el/aporrito/"])
def test_no_heading_of_a_text_stands_at_the_foot_of_a_printed_page(
    demo: str, new_context: Callable[..., BrowserContext], path
) -> None:
    page = new_context().new_page()
    page.goto(demo + path)
    assert len(page.evaluate(HEADINGS)) > 5
    # Each height has other lines at the foot.
    for height in range(200, 300, 9):
        assert stranded(page, width="210mm", height=f"{height}mm") == [], height


CARDS = """() => [...document.querySelectorAll(".factsheet-grid__item, .figures > div")]
  .map((element) => [...element.querySelectorAll("h3, p, dt, dd")].map((part) => part.textContent.replace(/\\s/g, "")))"""


def test_no_card_is_printed_on_two_sheets(demo: str, new_context: Callable[..., BrowserContext]) -> None:
    page = new_context().new_page()
    page.goto(f"{demo}/el/")
    cards = page.evaluate(CARDS)
    assert len(cards) > 5
    for height in range(200, 300, 11):
        with pypdfium2.PdfDocument(page.pdf(width="210mm", height=f"{height}mm")) as document:
            sheets = ["".join(sheet.get_textpage().get_text_bounded().split()) for sheet in document]
        divided = [card for card in cards if not any(all(part in sheet for part in card) for sheet in sheets)]
        assert divided == [], height


@pytest.mark.parametrize("path", ["/fi/hanke/", "/en/project/", "/el/", "/en/events/digicantrain-forum-2026/"])
def test_no_heading_stands_at_the_foot_of_an_a4_sheet(
    demo: str, new_context: Callable[..., BrowserContext], path
) -> None:
    page = new_context().new_page()
    page.goto(demo + path)
    assert stranded(page, format="A4") == []
