"""Somebody registers for the demonstration: in each language, by keyboard alone, without scripts, and leaves again."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import audits
from tests.e2e.browser import Watch
from tests.e2e.crawl import LANGUAGES
from tests.e2e.findings import assert_none

EVENT = "/en/events/demo-forum/"
# The form does not believe anybody who is faster.
READING_TIME = 3_500  # milliseconds


def open_form(page: Page, demo: str, language: str = "en") -> None:
    page.goto(f"{demo}{EVENT}register/")
    if language != "en":
        page.goto(demo + str(page.locator(f".languages a[hreflang={language}]").first.get_attribute("href")))
    page.wait_for_timeout(READING_TIME)


def address() -> str:
    return f"{uuid4().hex[:12]}@example.org"


def fill(page: Page, email: str) -> None:
    page.locator("[name=mode][value=on_site]").check()
    page.fill("#id_name", "Anna Example")
    page.fill("#id_email", email)


def send(page: Page) -> None:
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/register/done/**")


def personal_link(page: Page, demo: str, email: str) -> str:
    """Return the link that the mail to an address holds, as the demo shows it."""
    for _try in range(60):
        page.goto(f"{demo}/demo/mail/")
        mail = page.locator("tr, li, article").filter(has_text=email).locator("a").first
        if mail.count():
            mail.click()
            found = re.search(r"/[a-z]{2}/registration/[\w-]{43}/", page.content())
            if found:
                return demo + found[0]
        page.wait_for_timeout(500)
    raise AssertionError(f"no mail to {email}")


def sound(page: Page) -> list[str]:
    return [*audits.axe(page), *audits.overflow(page)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_register_in_each_language(demo: str, page: Page, language: str) -> None:
    watch = Watch(page, demo)
    open_form(page, demo, language)
    assert page.locator("html").get_attribute("lang") == language
    assert sound(page) == []
    fill(page, address())
    send(page)
    assert page.locator("html").get_attribute("lang") == language
    assert sound(page) == []
    assert watch.problems == []


@pytest.mark.parametrize("width", [320, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_screen_is_sound(demo: str, new_context: Callable[..., BrowserContext], width: int, scheme: str) -> None:
    page = new_context(width=width, color_scheme=scheme).new_page()
    open_form(page, demo)
    findings = [f"form: {item}" for item in [*sound(page), *audits.text_spacing(page)]]
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".error-summary")).to_be_focused()
    findings += [f"errors: {item}" for item in sound(page)]
    email = address()
    fill(page, email)
    send(page)
    findings += [f"done: {item}" for item in sound(page)]
    link = personal_link(page, demo, email)
    for name in ("", "change/", "mode/", "withdraw/", "consent/", "data/", "erase/"):
        page.goto(link + name)
        findings += [f"{name or 'personal'}: {item}" for item in sound(page)]
    assert_none(findings)


def test_an_error_leads_to_its_field_and_loses_nothing(demo: str, page: Page) -> None:
    open_form(page, demo)
    fill(page, "anna@")
    page.fill("#id_organisation", "Kept Hospital")
    page.locator("main form button[type=submit]").click()
    page.locator(".error-summary a").click()
    expect(page.locator("#id_email")).to_be_focused()
    expect(page.locator("#id_organisation")).to_have_value("Kept Hospital")
    page.fill("#id_email", address())
    send(page)


def test_register_with_the_keyboard_alone(demo: str, page: Page) -> None:
    open_form(page, demo)
    page.locator("main").focus()
    for _stop in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "mode":
            break
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("Anna Keyboard")
    page.keyboard.press("Tab")
    page.keyboard.type(address())
    page.keyboard.press("Enter")
    page.wait_for_url("**/register/done/**")


def test_questions_follow_the_way_of_taking_part(demo: str, page: Page) -> None:
    open_form(page, demo)
    parts = page.locator("[data-only-mode=on_site]")
    assert parts.count() == 2
    expect(parts.first).to_be_hidden()
    page.locator("[name=mode][value=on_site]").check()
    expect(parts.first).to_be_visible()
    page.locator("[name=mode][value=online]").check()
    expect(parts.first).to_be_hidden()


def test_register_change_and_leave_without_scripts(demo: str, new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(java_script_enabled=False).new_page()
    open_form(page, demo)
    expect(page.locator("[data-only-mode=on_site]").first).to_be_visible()
    email = address()
    fill(page, email)
    send(page)
    link = personal_link(page, demo, email)
    page.goto(f"{link}mode/")
    page.locator("main form button").click()
    expect(page.locator("[role=status]")).to_contain_text("another way")
    page.goto(f"{link}withdraw/")
    page.locator("main form button").click()
    expect(page.locator("[role=status]")).to_contain_text("You have withdrawn")


def test_back_and_again_is_one_registration(demo: str, page: Page) -> None:
    open_form(page, demo)
    email = address()
    fill(page, email)
    send(page)
    page.reload()
    page.go_back()
    assert page.locator("#id_name").count() == 1
    page.wait_for_timeout(READING_TIME)
    fill(page, email)
    send(page)
    assert page.locator("h1").inner_text() == "You are registered"


def test_the_language_of_the_link_does_not_matter(demo: str, page: Page) -> None:
    open_form(page, demo, "el")
    email = address()
    fill(page, email)
    send(page)
    link = personal_link(page, demo, email)
    page.goto(link.replace("/el/registration/", "/en/registration/"))
    assert page.url == link
    assert page.locator("html").get_attribute("lang") == "el"


def test_reading_keeps_nothing_and_the_form_one_cookie(demo: str, page: Page) -> None:
    page.goto(demo + EVENT)
    assert audits.storage(page) == []
    open_form(page, demo)
    assert [cookie["name"] for cookie in page.context.cookies()] == ["csrftoken"]
