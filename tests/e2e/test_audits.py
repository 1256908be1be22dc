"""Tests of the audits: a page without faults passes all of them, and each reports a page with its fault."""

from collections.abc import Callable
from email.message import Message

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.e2e import audits, validity
from tests.e2e.browser import Watch
from tests.e2e.crawl import Answer, references

# No server listens here: the test answers every request. Browsers allow all kinds of storage for this address.
ADDRESS = "http://127.0.0.1:9/"

STYLE = """
  :root { color-scheme: light dark; }
  body { margin: 0; font: 16px/1.5 sans-serif; color: CanvasText; background: Canvas; }
  a { color: LinkText; }
  a, button { min-height: 24px; display: inline-block; }
  :focus-visible { outline: 3px solid #06c; }
  @media print { header, form { display: none; } html, body { color: black; background: white; } }
"""

VALID_PAGE = f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>A valid page</title><style>{STYLE} /* more style */</style></head>
<body><header><a href="#main">Skip to the content</a>
<nav aria-label="Main"><a href="/other/">Another page</a></nav></header>
<main id="main" tabindex="-1"><h1>A valid page</h1><p>A paragraph with enough words to be printed.</p>
<details><summary>More</summary><p>Some more.</p></details><form role="search"><label>Query <input name="q"></label>
<button>Search</button></form><!-- more body --></main></body></html>"""


def broken(*, style: str = "", body: str = "", old: str = "", new: str = "") -> str:
    """Return the valid page with one fault: added style, added content, or a replaced part."""
    assert old in VALID_PAGE
    html = VALID_PAGE.replace(old, new) if old else VALID_PAGE
    return html.replace("/* more style */", style).replace("<!-- more body -->", body)


@pytest.fixture
def show(new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    def show(html: str, **options) -> Page:
        page = new_context(**options).new_page()
        page.route("**/*", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
        page.goto(ADDRESS)
        return page

    return show


AUDITS = [
    audits.axe,
    audits.overflow,
    audits.headings,
    audits.line_lengths,
    audits.text_spacing,
    audits.storage,
    audits.motion,
    audits.print_view,
    audits.forced_colors,
    audits.keyboard,
    audits.skip_link,
    audits.switches,
]


@pytest.mark.parametrize("audit", AUDITS)
@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_valid_page_passes(show, audit, color_scheme):
    page = show(VALID_PAGE, width=320, color_scheme=color_scheme, reduced_motion="reduce")

    assert audit(page) == []


SMALL = "font-size: 6px; min-height: 0; padding: 0; border: 0"
ONE_LINE = "height: 24px; width: 250px; overflow: hidden; font-size: 10px"
TRAP = "<button onkeydown='event.preventDefault()'>Trap</button>"
OVERLAY = '<p style="position: fixed; inset: 0; background: #fff">On top</p>'
ANIMATION = "@keyframes turn { to { rotate: 1turn } } h1 { animation: turn 2s infinite }"
# Opens after the page has loaded, so the test waits for it.
OPEN_DATABASE = "<script>settled = new Promise(done => indexedDB.open('things').onsuccess = () => done())</script>"
OPENS_ONLY = "this.setAttribute('aria-expanded', true)"

FAULTS = {
    audits.axe: [
        (broken(body='<p style="color: #999">Low contrast</p>'), "axe color-contrast"),
        (broken(body='<img src="x.png">'), "axe image-alt"),
        (broken(body="<h4>Two levels down</h4>"), "axe heading-order"),
        (broken(old="<h1>A valid page</h1>", new=""), "axe page-has-heading-one"),
        (
            broken(body=f'<button style="{SMALL}">a</button><button style="{SMALL}">b</button>'),
            "axe target-size",
        ),
    ],
    audits.overflow: [
        (broken(body='<div style="width: 400px">wide</div>'), "ends at 400 px"),
        (broken(style="body { overflow-x: hidden }", body='<div style="width: 400px">wide</div>'), "ends at 400 px"),
    ],
    audits.headings: [
        (
            broken(body='<h2 style="font-size: 12px">Events</h2><h3 style="font-size: 20px">Forum</h3>'),
            "the heading above it",
        ),
    ],
    audits.line_lengths: [
        (broken(body=f'<p style="font-size: 3px">{"Many words in one line. " * 6}</p>'), "has a line of"),
    ],
    audits.text_spacing: [
        (
            broken(body=f'<p style="{ONE_LINE}">Two lines with wider text spacing, now one line.</p>'),
            "text is cut off",
        ),
        (broken(body='<b style="white-space: nowrap">Too wide only with wider text spacing</b>'), "ends at"),
    ],
    audits.storage: [
        (broken(body="<script>document.cookie = 'a=b'</script>"), "stores the cookie a"),
        (broken(body="<script>localStorage.setItem('seen', 1)</script>"), "localStorage: seen"),
        (broken(body=OPEN_DATABASE), "indexedDB: things"),
    ],
    audits.motion: [
        (broken(style="a { transition: color 1s }"), "has a transition"),
        (broken(style=ANIMATION), "is animated"),
        (broken(style="html { scroll-behavior: smooth }"), "scrolls smoothly"),
    ],
    audits.print_view: [
        (broken(style="body { background: #123 !important }"), "dark background on paper"),
        (broken(style="main { color: #eee }"), "pale on paper"),
        (broken(style="main { display: none }"), "main text is not printed"),
        (broken(style="header { display: block !important }"), "is printed"),
        (broken(style="main { position: sticky }"), "floats over"),
    ],
    audits.forced_colors: [
        (broken(style="p { forced-color-adjust: none }"), "does not use the forced colours"),
        (broken(style="button { border: 0 }"), "has no border"),
    ],
    audits.keyboard: [
        (broken(style=":focus { outline: none !important }"), "does not show that it has the focus"),
        (broken(body='<button tabindex="2">First</button>'), "positive tabindex"),
        (broken(body='<button tabindex="2">First</button>'), "the order of focus"),
        (broken(body=TRAP), "Tab returns to <button>"),
        (broken(body=TRAP + "<button>Behind</button>"), 'Tab never reaches <button> "Behind"'),
        (broken(body="<button>Under</button>" + OVERLAY), "not visible or covered"),
        (broken(body='<button style="position: absolute; left: -999px">Away</button>'), "not visible or covered"),
    ],
    audits.skip_link: [
        (broken(old='<a href="#main">Skip to the content</a>', new=""), "not a link to a part of the page"),
        (broken(old='href="#main"', new='href="#nowhere"'), "does not continue there"),
    ],
    audits.switches: [
        (broken(body='<button aria-expanded="false">Broken</button>'), "does not react to Enter"),
        (
            broken(body=f'<button aria-expanded="false" onclick="{OPENS_ONLY}">Never closes</button>'),
            "does not close again",
        ),
    ],
}


def test_every_audit_has_a_page_with_a_fault():
    assert set(FAULTS) == set(AUDITS)


@pytest.mark.parametrize(("audit", "html", "message"), [(audit, *fault) for audit in FAULTS for fault in FAULTS[audit]])
def test_audit_reports_the_fault(show, audit, html, message):
    page = show(html, width=320, reduced_motion="reduce")
    page.evaluate("window.settled")  # for faults that occur later

    assert message in "\n".join(audit(page))


def test_box_shadow_is_no_focus_indicator_with_forced_colors(show):
    page = show(broken(style=":focus-visible { outline: none; box-shadow: 0 0 0 3px blue }"), forced_colors="active")

    assert "does not show that it has the focus" in "\n".join(audits.keyboard(page))


def test_watch_reports_requests_to_other_hosts_and_errors(new_context):
    html = broken(
        body="<img src='http://other.test/x.png' alt=''><script>console.error('oops'); throw Error('no')</script>"
    )
    page = new_context().new_page()
    watch = Watch(page, ADDRESS)
    page.route("**/*", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(ADDRESS)

    assert set(watch.problems) == {
        "request to another host: http://other.test/x.png",
        "console: oops",
        "script error: no",
    }


def test_watch_reports_violations_of_the_content_security_policy(new_context):
    page = new_context().new_page()
    watch = Watch(page, ADDRESS)
    headers = {"Content-Security-Policy": "default-src 'none'"}
    page.route("**/*", lambda route: route.fulfill(body=VALID_PAGE, content_type="text/html", headers=headers))
    page.goto(ADDRESS)

    assert "Content Security Policy" in "\n".join(watch.problems)


def test_crawl_finds_all_links_and_resources_of_a_page():
    html = """<link href="/a.css" rel="stylesheet"><script src="/b.js"></script><a href="/c/#d">c</a>
    <img src="/e.png" srcset="/f.png 1x, /g.png 2x" alt=""><svg><use href="/h.svg#i"></use></svg>
    <meta property="og:image" content="https://other.test/j.png"><video poster="/k.png"></video>"""
    headers = Message()
    headers["Content-Type"] = "text/html; charset=utf-8"

    found = dict(references(Answer(200, headers, html.encode())))

    anchors = {reference for reference, is_anchor in found.items() if is_anchor}
    assert anchors == {"/c/#d"}
    assert set(found) - anchors == {
        *("/a.css", "/b.js", "/e.png", "/f.png", "/g.png", "/h.svg#i", "/k.png"),
        "https://other.test/j.png",
    }


def test_crawl_finds_resources_of_a_style_sheet():
    headers = Message()
    headers["Content-Type"] = "text/css"
    style = b"""@import "a.css"; @font-face { src: url("b.woff2") } p { background: url( c.png ) }"""

    assert dict(references(Answer(200, headers, style))) == {"a.css": False, "b.woff2": False, "c.png": False}


def test_parser_finds_a_stray_end_tag():
    assert validity.parse_errors(VALID_PAGE) == []
    assert "end-tag-too-early" in "\n".join(validity.parse_errors(broken(body="</section>")))
