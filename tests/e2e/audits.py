"""Checks of the page that is open in the browser. Each returns a list of problems, one sentence each."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SCRIPT = Path(__file__).with_name("audits.js").read_text()
AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
# More than the focusable elements of any page. Without a limit, a keyboard trap would never end.
MAX_TAB_PRESSES = 400


def call_script(page: Page, call: str) -> Any:
    """Call a function of audits.js in the page and return its result. The page's Content Security Policy does not apply."""
    return page.evaluate(f"({SCRIPT}).{call}")


def axe(page: Page, *, colors_only: bool = False) -> list[str]:
    """Check with axe: WCAG 2.2 A and AA and its best practices, or only its rules about colours."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return call_script(page, f"axeProblems({'true' if colors_only else 'false'})")


def overflow(page: Page) -> list[str]:
    """Check that no element is wider than the window."""
    return call_script(page, "overflow()")


def headings(page: Page) -> list[str]:
    """Check that no heading is smaller than one below it in the outline."""
    return call_script(page, "headings()")


def line_lengths(page: Page) -> list[str]:
    """Check that no line of running text has more than 70 characters."""
    return call_script(page, "lineLengths()")


def text_spacing(page: Page) -> list[str]:
    """Check that no text is cut off or wider than the window with the text spacing of WCAG 1.4.12."""
    return call_script(page, "textSpacing()")


def storage(page: Page) -> list[str]:
    """Check that the page stores no cookies or other data in the browser."""
    cookies = [f"the page stores the cookie {cookie['name']}" for cookie in page.context.cookies()]
    return cookies + call_script(page, "storage()")


def motion(page: Page) -> list[str]:
    """Check that no element is animated. Needs a browser context with reduced_motion="reduce"."""
    return call_script(page, "motion()")


def print_view(page: Page) -> list[str]:
    """Check that text is printed in dark colours on white, in light and dark mode."""
    page.emulate_media(media="print")
    problems = call_script(page, "print()")
    page.emulate_media(media="screen")
    return problems


def forced_colors(page: Page) -> list[str]:
    """Check that forced colours apply everywhere, that controls have a border and that entries in a row have a separator."""
    page.emulate_media(forced_colors="active")
    problems = call_script(page, "forcedColors()")
    page.emulate_media(forced_colors="none")
    return problems


def keyboard(page: Page) -> list[str]:
    """Check that Tab reaches every control once and in order, that focus is visible, and that Tab leaves the page."""
    expected: list[str] = call_script(page, "interactive()")
    problems: list[str] = []
    reached: list[int] = []
    for _ in range(MAX_TAB_PRESSES):
        page.keyboard.press("Tab")
        state = call_script(page, "focused()")
        if state is None:
            break
        if state["index"] in reached:
            # After the last element a headless browser continues with the first one.
            if state["index"] != reached[0]:
                problems.append(f"Tab returns to {state['label']} before it leaves the page")
            break
        problems += state["problems"]
        if state["index"] >= 0:  # browsers make scrollable boxes focusable
            reached.append(state["index"])
    problems += [f"Tab never reaches {name}" for index, name in enumerate(expected) if index not in reached]
    if reached != sorted(reached):
        problems.append("the order of focus is not the order of the page")
    return problems


def skip_link(page: Page) -> list[str]:
    """Check that the first focusable element is a link that skips the header, and that Tab continues at its target."""
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    page.keyboard.press("Tab")
    target = call_script(page, "skipTarget()")
    if target is None:
        return ["the first focusable element is not a link to a part of the page"]
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    if not page.evaluate(f"({SCRIPT}).isInOrAfter({target!r})"):
        return [f"after the skip link to #{target}, Tab does not continue there"]
    return []


def switches(page: Page) -> list[str]:
    """Check that Enter opens and closes each control that can be opened, such as menus and details."""
    problems = []
    for index, name in enumerate(call_script(page, "switches()")):
        call_script(page, f"focusSwitch({index})")
        before = call_script(page, f"isOpen({index})")
        page.keyboard.press("Enter")
        if call_script(page, f"isOpen({index})") == before:
            problems.append(f"{name} does not react to Enter")
            continue
        call_script(page, f"focusSwitch({index})")
        page.keyboard.press("Enter")
        if call_script(page, f"isOpen({index})") != before:
            problems.append(f"{name} opens with Enter, but does not close again")
    return problems
