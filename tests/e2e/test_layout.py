"""Parts of pages stand where they belong: lines that meet, heads of sections, and rows without a single last entry."""

from collections import Counter
from collections.abc import Callable
from io import BytesIO

import pypdfium2
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext

NewContext = Callable[..., BrowserContext]

# The line of the first column of branches, as a part of the window: its middle, and where its rows begin and end.
LINE = """() => {
  const items = [...document.querySelectorAll(".branches__item")].map((item) => item.getBoundingClientRect());
  const style = getComputedStyle(document.querySelector(".branches__item"), "::before");
  const below = items.find((item) => item.top > items[0].top);
  return {
    x: items[0].left + parseFloat(style.left) + parseFloat(style.borderLeftWidth) / 2,
    y: items[0].bottom - 20, width: 1, height: below.top - items[0].bottom + 40,
  };
}"""


@pytest.mark.parametrize("scale", [0.5, 1, 2])
def test_no_gap_cuts_the_lines_between_two_rows_of_modules(demo: str, new_context: NewContext, scale) -> None:
    page = new_context(device_scale_factor=scale, reduced_motion="reduce").new_page()
    page.goto(f"{demo}/en/programme/")
    page.evaluate("document.querySelector('.branches__list').scrollIntoView()")
    found = {}
    for tenth in range(0, 20, 3):
        page.evaluate("size => document.querySelector('.branches').style.marginTop = size", f"{tenth / 10}px")
        picture = Image.open(BytesIO(page.screenshot(clip=page.evaluate(LINE)))).convert("L")
        darkest, lightest = picture.getextrema()
        if lightest - darkest > 24:
            found[tenth] = (darkest, lightest)
    assert found == {}
    # Not every browser draws a gap where two lines only touch.
    below = page.locator(".branches__item").first.evaluate("item => getComputedStyle(item, '::before').bottom")
    assert float(below.removesuffix("px")) < 0


# How far the middle of each line is from the middle between its two cells.
LINES_OF_COUNTRIES = """() => {
  const cells = [...document.querySelectorAll(".constellation__cell")];
  return cells.slice(0, -1).map((cell, place) => {
    const line = getComputedStyle(cell, "::after");
    const [one, two] = [cell, cells[place + 1]].map((part) => part.getBoundingClientRect());
    const x = one.left + cell.clientLeft + parseFloat(line.left) + parseFloat(line.width) / 2;
    const y = one.top + cell.clientTop + parseFloat(line.top) + parseFloat(line.borderTopWidth) / 2;
    const middle = (a, b) => (a + b) / 2;
    return Math.hypot(
      x - middle(middle(one.left, one.right), middle(two.left, two.right)),
      y - middle(middle(one.top, one.bottom), middle(two.top, two.bottom)),
    );
  });
}"""


@pytest.mark.parametrize("width", [1088, 1440])
def test_lines_between_countries_are_between_their_circles(demo: str, new_context: NewContext, width) -> None:
    page = new_context(width=width).new_page()
    page.goto(f"{demo}/en/partners/")
    distances = page.evaluate(LINES_OF_COUNTRIES)
    assert distances
    assert max(distances) < 1.5


TEXTS_BESIDE = """() => [...document.querySelectorAll(".section-top")].filter((head) => {
  const [title, text] = ["h2", ".section-top__text"].map((part) => head.querySelector(part));
  return text && text.getBoundingClientRect().top < title.getBoundingClientRect().bottom;
}).map((head) => head.innerText)"""


@pytest.mark.parametrize("language", ["en", "fi", "et", "el"])
@pytest.mark.parametrize("width", [768, 1440, 1920])
def test_the_text_of_a_head_is_below_its_title(demo: str, new_context: NewContext, width, language) -> None:
    page = new_context(width=width).new_page()
    page.goto(f"{demo}/{language}/")
    assert page.locator(".section-top__text").count() > 0
    assert page.evaluate(TEXTS_BESIDE) == []


@pytest.mark.parametrize(
    ("path", "selector", "width"),
    [
        ("/en/", ".key-details", 768),
        ("/en/", ".figures", 768),
        ("/en/", ".next-event__facts", 1440),
        ("/en/fact-sheets/", ".tongues", 390),
    ],
)
def test_four_entries_are_in_rows_of_the_same_length(demo: str, new_context: NewContext, path, selector, width) -> None:
    page = new_context(width=width).new_page()
    page.goto(demo + path)
    tops = page.locator(selector).first.evaluate(
        "list => [...list.children].map((entry) => Math.round(entry.getBoundingClientRect().top))"
    )
    assert len(tops) == 4
    assert len(set(Counter(tops).values())) == 1


# Ranges of days of one month, "14.–15. tammikuuta 2027", with the number of their lines.
RANGES = """() => [...document.querySelectorAll("time + time")].filter(
  (last) => last.previousSibling.textContent === "–",
).map((last) => {
  const first = last.previousElementSibling;
  const range = new Range();
  range.setStartBefore(first);
  range.setEndAfter(last);
  return [range.toString(), new Set([...range.getClientRects()].map((line) => Math.round(line.top))).size];
})"""


@pytest.mark.parametrize(
    ("path", "width"),
    [
        ("/fi/", 768),
        ("/fi/", 1440),
        ("/fi/tapahtumat/esittelyfoorumi/", 1440),
        ("/fi/tapahtumat/esittelyfoorumi/register/", 768),
        ("/fi/hanke/", 1440),
        ("/el/ergo/", 1440),
    ],
)
def test_ranges_of_days_are_on_one_line(demo: str, new_context: NewContext, path, width) -> None:
    page = new_context(width=width).new_page()
    page.goto(demo + path)
    ranges = page.evaluate(RANGES)
    assert ranges
    assert [days for days, lines in ranges if lines > 1] == []


def test_titles_of_fact_sheets_begin_at_the_same_height(demo: str, new_context: NewContext) -> None:
    page = new_context(width=768).new_page()
    page.goto(f"{demo}/fi/")
    tops = page.locator(".factsheet-grid__item h3").evaluate_all(
        "titles => titles.map((title) => Math.round(title.getBoundingClientRect().top))"
    )
    assert len(tops) == 3
    assert len(set(tops)) == 1


# Words and dates of which a part is on the next line. Words may end a line at a hyphen, a dash or a slash.
CUT = r"""() => {
  const found = [];
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    const parent = text.parentElement;
    if (!parent.checkVisibility() || parent.closest(".honeypot, .visually-hidden, td, option")) continue;
    for (const word of text.data.matchAll(/[^ \n\t/–—-]+/g)) {
      const range = new Range();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map((line) => Math.round(line.top))).size > 1) found.push(word[0]);
    }
  }
  return found;
}"""


@pytest.mark.parametrize("width", [768, 1024, 1440])
@pytest.mark.parametrize(
    "path",
    [
        "/en/programme/",
        "/fi/",
        "/fi/hanke/",
        "/fi/koulutusohjelma/",
        "/fi/tapahtumat/esittelyfoorumi/register/",
        "/el/ergo/",
        "/el/programma-ekpaidefsis/",
        "/el/ekdiloseis/forum-epideixis/register/",
    ],
)
def test_no_word_and_no_date_is_cut(demo: str, new_context: NewContext, path, width) -> None:
    page = new_context(width=width).new_page()
    page.goto(demo + path)
    assert page.evaluate(CUT) == []


@pytest.mark.parametrize("width", [390, 768])
def test_the_country_of_the_training_does_not_look_like_a_last_cell(demo: str, new_context: NewContext, width) -> None:
    page = new_context(width=width).new_page()
    page.goto(f"{demo}/en/partners/")
    cells = page.locator(".constellation__cell").evaluate_all(
        "cells => cells.map((cell) => Math.round(cell.getBoundingClientRect().top))"
    )
    *countries, training = cells
    assert len(set(Counter(countries).values())) == 1
    assert training > max(countries)
    box = page.locator(".constellation__cell--node > .constellation__text").bounding_box()
    assert box["width"] > 2 * box["height"]


@pytest.mark.parametrize("path", ["/en/events/", "/fi/tapahtumat/", "/en/fact-sheets/", "/en/news/"])
@pytest.mark.parametrize("width", [390, 768])
def test_nothing_but_the_filter_stands_before_a_list(demo: str, new_context: NewContext, width, path) -> None:
    page = new_context(width=width).new_page()
    page.goto(demo + path)
    first = page.locator(".section__body .list-title").first.bounding_box()
    above = page.locator(".section__head .fold__button").bounding_box()
    assert first["y"] - (above["y"] + above["height"]) < 60
    assert page.locator(".feed-link").first.bounding_box()["y"] > first["y"]


@pytest.mark.parametrize("path", ["/en/events/", "/en/fact-sheets/", "/en/news/"])
def test_feeds_stand_below_the_filter_where_there_is_room(demo: str, new_context: NewContext, path) -> None:
    page = new_context(width=1440).new_page()
    page.goto(demo + path)
    head, more, body = (page.locator(f".section__{part}").bounding_box() for part in ("head", "more", "body"))
    assert more["x"] == head["x"] < body["x"]
    assert head["y"] + head["height"] < more["y"] < head["y"] + head["height"] + 60


@pytest.mark.parametrize("language", ["en", "fi", "et", "el"])
@pytest.mark.parametrize("width", [390, 768, 1440])
def test_a_fact_sheet_shows_its_cover_beside_its_title(demo: str, new_context: NewContext, width, language) -> None:
    page = new_context(width=width).new_page()
    page.goto(f"{demo}/{language}/")
    page.goto(demo + page.locator(".factsheet-grid__item a").last.get_attribute("href"))
    title, cover = (page.locator(part).bounding_box() for part in ("h1", ".page-head__cover"))
    assert cover["x"] >= title["x"] + title["width"]
    assert cover["y"] < title["y"] + title["height"]
    lead, button = (page.locator(part).bounding_box() for part in (".page-head__text", ".page-head__files .button"))
    assert lead["y"] + lead["height"] < button["y"] < lead["y"] + lead["height"] + 50
    lines = page.locator(".page-head__files .button > span").evaluate(
        "label => new Set([...label.getClientRects()].map((line) => Math.round(line.top))).size"
    )
    assert lines == 1


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/{}/contact/", "main h2"),
        ("/{}/privacy/", "main .contents"),
        ("/{}/accessibility/", "main h2"),
        ("/{}/events/demo-forum/register/", ".registration > :first-child"),
    ],
)
@pytest.mark.parametrize("language", ["en", "fi", "et", "el"])
def test_inner_pages_show_a_strip_of_the_motif_and_where_their_content_begins(
    demo: str, new_context: NewContext, language, path, content
) -> None:
    page = new_context(width=390, height=844).new_page()
    page.goto(demo + path.format("en"))
    if language != "en":
        page.goto(demo + page.locator(f".languages__link[hreflang={language}]").first.get_attribute("href"))
    assert page.locator(".page-head__art").bounding_box()["height"] == 72
    assert page.locator(content).first.bounding_box()["y"] < 844 - 100


@pytest.mark.parametrize("width", [1024, 1440])
@pytest.mark.parametrize(
    "path",
    [
        "/en/news/",
        "/fi/tietosuoja/",
        "/fi/tapahtumat/esittelyfoorumi/register/",
        "/el/prosvasimotita/",
        "/el/ekdiloseis/forum-epideixis/register/",
    ],
)
def test_no_text_of_the_head_is_on_its_drawing(demo: str, new_context: NewContext, path, width) -> None:
    page = new_context(width=width).new_page()
    page.goto(demo + path)
    parts = page.locator(".page-head__text > *").evaluate_all(
        "parts => parts.map((part) => part.getBoundingClientRect().right)"
    )
    assert max(parts) < page.locator(".page-head__art").bounding_box()["x"]


@pytest.mark.parametrize("path", ["/en/events/demo-forum/register/", "/el/ekdiloseis/forum-epideixis/register/"])
def test_no_line_of_breadcrumbs_begins_with_a_dot(demo: str, new_context: NewContext, path) -> None:
    page = new_context(width=390).new_page()
    page.goto(demo + path)
    crumbs = [crumb.bounding_box() for crumb in page.locator(".breadcrumbs a").all()]
    lines = {round(crumb["y"]): crumb["x"] for crumb in reversed(crumbs)}
    assert len(lines) == 2
    assert len(set(lines.values())) == 1


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize(
    "path",
    [
        "/fi/tietosuoja/",
        "/fi/tietolehdet/digicantrain-pahkinankuoressa/",
        "/fi/koulutusohjelma/tasot-ja-pisteet/",
        "/el/aporrito/",
        "/el/enimerotika-deltia/to-programma-tou-foroum/",
    ],
)
def test_tables_fit_on_phones(demo: str, new_context: NewContext, path, width) -> None:
    page = new_context(width=width).new_page()
    page.goto(demo + path)
    regions = page.locator(".table-region").evaluate_all(
        "regions => regions.map((region) => region.scrollWidth - region.clientWidth)"
    )
    assert set(regions) == {0}
    cell = page.locator(".table td").first
    assert (
        cell.evaluate("cell => getComputedStyle(cell, '::before').content") == f'"{cell.get_attribute("data-label")}"'
    )


# Texts that are too light for paper. Backgrounds are printed only with `print-color-adjust: exact`.
FAINT = """() => {
  const found = new Set();
  const canvas = document.createElement("canvas").getContext("2d");
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !element.checkVisibility() || element.closest("svg")) continue;
    const style = getComputedStyle(element);
    if (style.printColorAdjust === "exact") continue;
    canvas.fillStyle = style.color;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
    if (0.2126 * red + 0.7152 * green + 0.0722 * blue > 118) found.add(texts.currentNode.data.trim());
  }
  return [...found];
}"""


@pytest.mark.parametrize("path", ["/en/", "/en/events/", "/en/events/demo-forum/", "/en/partners/", "/en/programme/"])
def test_no_text_is_faint_on_paper(demo: str, new_context: NewContext, path) -> None:
    page = new_context(color_scheme="dark").new_page()
    page.emulate_media(media="print")
    page.goto(demo + path)
    assert page.evaluate(FAINT) == []


@pytest.mark.parametrize("path", ["/en/", "/en/events/demo-forum/", "/en/accessibility/"])
def test_the_footer_is_not_divided_between_two_sheets(demo: str, new_context: NewContext, path) -> None:
    page = new_context().new_page()
    page.goto(demo + path)
    sheets = pypdfium2.PdfDocument(page.pdf(format="A4", prefer_css_page_size=True))
    words = " ".join(sheets[len(sheets) - 1].get_textpage().get_text_range().split())
    assert "Last updated" in words
    assert "Funded by the European Union" in words
