"""Registration for the demo event in each language, with the keyboard, without JavaScript, and withdrawal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import audits
from tests.e2e.browser import Watch
from tests.e2e.crawl import LANGUAGES
from tests.e2e.mailbox import personal_link
from tests.e2e.problems import assert_none

EVENT = "/en/events/demo-forum/"
# The form rejects submissions within one second (`tests/e2e/settings.py`).
MINIMUM_TIME = 1_100  # milliseconds


def open_form(page: Page, demo: str, language: str = "en") -> None:
    page.goto(f"{demo}{EVENT}register/")
    if language != "en":
        page.goto(demo + str(page.locator(f".languages a[hreflang={language}]").first.get_attribute("href")))
    page.wait_for_timeout(MINIMUM_TIME)


def address() -> str:
    return f"{uuid4().hex[:12]}@example.org"


def fill(page: Page, email: str) -> None:
    page.locator("[name=mode][value=on_site]").check()
    page.fill("#id_given_name", "Anna")
    page.fill("#id_family_name", "Example")
    page.fill("#id_email", email)


def send(page: Page) -> None:
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/register/done/**")


def page_problems(page: Page) -> list[str]:
    return [*audits.axe(page), *audits.overflow(page)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_register_in_each_language(demo: str, page: Page, language: str) -> None:
    watch = Watch(page, demo)
    open_form(page, demo, language)
    assert page.locator("html").get_attribute("lang") == language
    assert page_problems(page) == []
    email = address()
    fill(page, email)
    send(page)
    assert page.locator("html").get_attribute("lang") == language
    assert page_problems(page) == []
    link = personal_link(page, demo, email)
    assert f"/{language}/registration/" in link
    assert watch.problems == []


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1440, "light")])
def test_every_page_is_accessible(
    demo: str, new_context: Callable[..., BrowserContext], width: int, scheme: str
) -> None:
    page = new_context(width=width, color_scheme=scheme).new_page()
    open_form(page, demo)
    problems = [f"form: {item}" for item in [*page_problems(page), *audits.text_spacing(page)]]
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".error-summary")).to_be_focused()
    problems += [f"errors: {item}" for item in page_problems(page)]
    email = address()
    fill(page, email)
    send(page)
    problems += [f"done: {item}" for item in page_problems(page)]
    link = personal_link(page, demo, email)
    for name in ("", "change/", "mode/", "withdraw/", "consent/", "data/", "erase/"):
        page.goto(link + name)
        problems += [f"{name or 'personal'}: {item}" for item in page_problems(page)]
    assert_none(problems)


def test_error_links_to_its_field_and_input_is_kept(demo: str, page: Page) -> None:
    open_form(page, demo)
    fill(page, "anna@")
    page.fill("#id_organisation", "Kept Hospital")
    page.locator("main form button[type=submit]").click()
    page.locator(".error-summary a").click()
    expect(page.locator("#id_email")).to_be_focused()
    expect(page.locator("#id_email_error")).to_contain_text("name@example.org")
    expect(page.locator("#id_email")).to_have_value("anna@")
    expect(page.locator("#id_organisation")).to_have_value("Kept Hospital")
    expect(page.locator("[name=mode][value=on_site]")).to_be_checked()
    page.fill("#id_email", address())
    send(page)


def tab_to(page: Page, name: str) -> None:
    for _stop in range(15):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            return
    raise AssertionError(f"15 presses of Tab do not reach {name}")


def test_register_with_the_keyboard(demo: str, page: Page) -> None:
    open_form(page, demo)
    page.locator("main").focus()
    tab_to(page, "mode")
    page.keyboard.press("Space")
    # The sessions of those who attend on site come between.
    tab_to(page, "given_name")
    page.keyboard.type("Anna")
    page.keyboard.press("Tab")
    page.keyboard.type("Keyboard")
    page.keyboard.press("Tab")
    page.keyboard.type(address())
    page.keyboard.press("Enter")
    page.wait_for_url("**/register/done/**")


def test_questions_depend_on_the_attendance_mode(demo: str, page: Page) -> None:
    page.goto(f"{demo}{EVENT}register/")
    parts = page.locator("[data-only-mode=on_site]")
    assert parts.count() == 4
    expect(parts.first).to_be_hidden()
    page.locator("[name=mode][value=on_site]").check()
    expect(parts.first).to_be_visible()
    page.locator("[name=mode][value=online]").check()
    expect(parts.first).to_be_hidden()


def test_register_change_mode_and_withdraw_without_javascript(
    demo: str, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    open_form(page, demo)
    expect(page.locator("[data-only-mode=on_site]").first).to_be_visible()
    email = address()
    fill(page, email)
    send(page)
    link = personal_link(page, demo, email)
    page.goto(f"{link}mode/")
    page.locator("main form button").click()
    expect(page.locator("[role=status]")).to_contain_text("changed how you attend")
    page.goto(f"{link}withdraw/")
    page.locator("main form button").click()
    expect(page.locator("[role=status]")).to_contain_text("You have withdrawn")


class SettingsScreen:
    """The registration settings of the demo event."""

    def __init__(self, page: Page, demo: str) -> None:
        self.page = page
        page.goto(f"{demo}/admin/login/?next=/admin/events/")
        page.fill("[name=username]", "admin")
        page.fill("[name=password]", "demo")
        page.locator("button[type=submit]").click()
        page.get_by_role("link", name="Demonstration forum", exact=False).first.click()
        page.locator(".event-links").get_by_role("link", name="Registrations").click()
        page.locator(".registrations-links").get_by_role("link", name="Settings").click()
        page.wait_for_url("**/registration/")
        self.url = page.url

    def taken(self) -> str:
        return re.findall(r"(\d+) taken", self.page.locator(".registrations-seat").first.inner_text())[0]

    def set_seats(self, number: str) -> str:
        """Save a number of places on site, confirm the change if asked, and return the previous number."""
        self.page.goto(self.url)
        field = self.page.locator("[name=on_site_capacity]")
        before = field.input_value()
        field.fill(number)
        self.page.locator("[name=save]").click()
        saved = self.page.get_by_text("Saved. The changes apply to the form")
        question = self.page.locator("[name=confirmed]")
        expect(saved.or_(question)).to_be_visible()
        if question.is_visible():
            question.click()
            expect(saved).to_be_visible()
        return before


@contextmanager
def full_on_site(page: Page, demo: str) -> Iterator[None]:
    """Reduce the places on site of the demo event to those taken, within the block."""
    settings = SettingsScreen(page, demo)
    before = settings.set_seats(settings.taken())
    try:
        yield
    finally:
        settings.set_seats(before)


def test_participant_moves_from_the_waiting_list_to_a_place(
    demo: str, page: Page, new_context: Callable[..., BrowserContext]
) -> None:
    anna, eeva = address(), address()
    open_form(page, demo)
    fill(page, anna)
    send(page)
    with full_on_site(new_context().new_page(), demo):
        waiting = new_context(width=390).new_page()
        open_form(waiting, demo, "fi")
        expect(waiting.locator("main form")).to_contain_text(
            "”Paikan päällä” on täynnä. Voit yhä osallistua näin: Verkossa."
        )
        fill(waiting, eeva)
        send(waiting)
        expect(waiting.locator("h1")).to_have_text("Olet jonotuslistalla")

        page.goto(personal_link(page, demo, anna) + "withdraw/")
        page.locator("main form button").click()
        expect(page.locator("[role=status]")).to_contain_text("You have withdrawn")

        waiting.goto(personal_link(waiting, demo, eeva, "Voimme tarjota sinulle paikkaa"))
        assert page_problems(waiting) == []
        waiting.locator(".status-box .button--call").click()
        waiting.locator("main form button").click()
        expect(waiting.locator(".status-box h2")).to_have_text("Sinulla on paikka")
    personal_link(waiting, demo, eeva, "Ilmoittautuminen vahvistettu")


def test_submitting_again_after_going_back_makes_one_registration(demo: str, page: Page) -> None:
    open_form(page, demo)
    email = address()
    fill(page, email)
    send(page)
    first = page.url
    page.reload()
    page.go_back()
    assert page.locator("#id_given_name").count() == 1
    page.wait_for_timeout(MINIMUM_TIME)
    fill(page, email)
    send(page)
    assert page.url == first
    assert page.locator("h1").inner_text() == "You are registered"


def test_the_button_for_sessions_is_below_its_text(demo: str, page: Page) -> None:
    open_form(page, demo)
    email = address()
    fill(page, email)
    send(page)
    page.goto(personal_link(page, demo, email))

    text, button = (page.locator(f".my-sessions {part}").bounding_box() for part in ("> p >> nth=0", ".button"))

    assert button["y"] - (text["y"] + text["height"]) >= 12


def test_registered_address_gets_the_same_response(
    demo: str, page: Page, new_context: Callable[..., BrowserContext]
) -> None:
    email = address()
    open_form(page, demo)
    fill(page, email)
    send(page)
    other = new_context().new_page()
    open_form(other, demo)
    fill(other, email.upper())
    send(other)
    assert other.url == page.url
    # The page repeats the address as it was typed.
    texts = [shown.locator("main").inner_text().lower() for shown in (page, other)]
    assert texts[0] == texts[1]
    link = personal_link(page, demo, email)
    assert personal_link(page, demo, email, "Your registration") == link


def test_personal_link_in_another_language_redirects(demo: str, page: Page) -> None:
    open_form(page, demo, "el")
    email = address()
    fill(page, email)
    send(page)
    link = personal_link(page, demo, email)
    page.goto(link.replace("/el/registration/", "/en/registration/"))
    assert page.url == link
    assert page.locator("html").get_attribute("lang") == "el"


def test_event_page_stores_nothing_and_the_form_one_cookie(demo: str, page: Page) -> None:
    page.goto(demo + EVENT)
    assert audits.storage(page) == []
    page.goto(f"{demo}{EVENT}register/")
    assert [cookie["name"] for cookie in page.context.cookies()] == ["csrftoken"]
