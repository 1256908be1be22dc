"""Audits of a page that stands open in the browser: each returns a list of sentences, empty where nothing is wrong."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SCRIPT = Path(__file__).with_name("audits.js").read_text()
AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
# No page has more stops than this; a trap would never end by itself.
MOST_STOPS = 400


def ask(page: Page, call: str) -> Any:
    """Call a function of audits.js in the page. The page's own policy does not concern what a debugger evaluates."""
    return page.evaluate(f"({SCRIPT}).{call}")


def axe(page: Page, *, colors_only: bool = False) -> list[str]:
    """WCAG 2.2 A and AA and axe's best practices, or its rules about colours alone."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return ask(page, f"axeProblems({'true' if colors_only else 'false'})")


def overflow(page: Page) -> list[str]:
    """Nothing is wider than the window."""
    return ask(page, "overflow()")


def text_spacing(page: Page) -> list[str]:
    """WCAG 1.4.12: with wider spacing of text nothing is cut off and nothing leaves the window."""
    return ask(page, "textSpacing()")


def storage(page: Page) -> list[str]:
    """Nothing is kept in the visitor's browser."""
    kept = [f"the page keeps the cookie {cookie['name']}" for cookie in page.context.cookies()]
    return kept + ask(page, "storage()")


def motion(page: Page) -> list[str]:
    """Nothing moves where the visitor asked for that. Needs reduced_motion="reduce"."""
    return ask(page, "motion()")


def print_view(page: Page) -> list[str]:
    """Paper shows the text, dark on white, whatever the colour scheme."""
    page.emulate_media(media="print")
    problems = ask(page, "print()")
    page.emulate_media(media="screen")
    return problems


def forced_colors(page: Page) -> list[str]:
    """The visitor's own colours hold everywhere and controls keep an edge."""
    page.emulate_media(forced_colors="active")
    problems = ask(page, "forcedColors()")
    page.emulate_media(forced_colors="none")
    return problems


def keyboard(page: Page) -> list[str]:
    """Tab reaches every control once, in order, shows where it is, and leaves the page at the end."""
    expected: list[str] = ask(page, "interactive()")
    problems: list[str] = []
    reached: list[int] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        state = ask(page, "focused()")
        if state is None:
            break
        if state["index"] in reached:
            # Behind the last stop a browser without a window of its own begins again at the first.
            if state["index"] != reached[0]:
                problems.append(f"Tab comes back to {state['label']} before it leaves the page")
            break
        problems += state["problems"]
        if state["index"] >= 0:  # a box that scrolls is a stop of the browser's own
            reached.append(state["index"])
    problems += [f"Tab never reaches {name}" for index, name in enumerate(expected) if index not in reached]
    if reached != sorted(reached):
        problems.append("Tab jumps: the order of the focus is not the order of the page")
    return problems


def skip_link(page: Page) -> list[str]:
    """The first stop is a link past the header, and it works."""
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    page.keyboard.press("Tab")
    target = ask(page, "skipTarget()")
    if target is None:
        return ["the first stop of Tab is not a link into the page"]
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    if not page.evaluate(f"({SCRIPT}).isBehind({target!r})"):
        return [f"after the skip link to #{target}, Tab does not go on there"]
    return []


def switches(page: Page) -> list[str]:
    """Everything that opens something does so with Enter, and closes it with Enter again."""
    problems = []
    for index, name in enumerate(ask(page, "switches()")):
        ask(page, f"focusSwitch({index})")
        before = ask(page, f"isOpen({index})")
        page.keyboard.press("Enter")
        if ask(page, f"isOpen({index})") == before:
            problems.append(f"{name} does not answer to Enter")
            continue
        ask(page, f"focusSwitch({index})")
        page.keyboard.press("Enter")
        if ask(page, f"isOpen({index})") != before:
            problems.append(f"{name} opens with Enter, but does not close again")
    return problems
