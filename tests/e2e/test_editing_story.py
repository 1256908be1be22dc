"""An article, an event and a deliverable, from the invitation of their writer to the public pages in four languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import server
from tests.e2e.mailbox import link_in_email

pytestmark = pytest.mark.slow

PASSWORD = "seven grey herons stand"
SET_UP = f"""
from django.contrib.auth.models import Group, User
from home.models import Deliverable, DeliverableEditor, HomePage, ResultsPage, WorkPackage
from home.permissions import EDITORS, EVENT_ORGANISERS, PARTNER_EDITORS, translators
from news.models import NewsIndexPage
from tests.factories.events import make_page as make_event_page, row, translate_all
from tests.factories.pages import make_page
from tests.factories.project import make_organisation
from tests.factories.translations import make_translations
home = HomePage.objects.get(locale__language_code="en")
make_translations(make_page(NewsIndexPage, home, "News", slug="news"))
event = make_event_page(home, row("09:00", "Opening talk"), title="Forum", slug="forum")
translate_all(event.get_parent().specific, event)
turku, tallinn = make_organisation("Turku"), make_organisation("Tallinn")
results = make_page(ResultsPage, home, "Results", slug="results")
results.work_packages.add(WorkPackage(number=1, title="Training", locale=home.locale))
results.deliverables.add(Deliverable(number="D1.1", title="Plan", work_package_number=1, locale=home.locale))
results.deliverable_editors.add(DeliverableEditor(work_package_number=1, organisation=turku, locale=home.locale))
results.save()
User.objects.create_superuser("administrator", "administrator@example.org", "{PASSWORD}")
for name, groups, partner in (
    ("reviewer", [EDITORS], None),
    ("colleague", [PARTNER_EDITORS], turku),
    ("stranger", [PARTNER_EDITORS], tallinn),
    ("organiser", [EVENT_ORGANISERS], None),
    ("translator", [translators(code) for code in ("fi", "et", "el")], None),
):
    user = User.objects.create_user(name, name + "@example.org", "{PASSWORD}")
    user.groups.set(Group.objects.filter(name__in=groups))
    if partner:
        partner.editors.add(user)
"""
LANGUAGES = {"fi": "Finnish", "et": "Estonian", "el": "Greek"}
ARTICLE = "A workshop in Turku"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with server.made_site(tmp_path_factory.mktemp("editing"), "editing_story", SET_UP) as (address, _variables):
        yield address


@pytest.fixture
def sign_in(site: str, new_context: Callable[..., BrowserContext]) -> Callable[[str], Page]:
    def sign_in(account: str) -> Page:
        page = new_context().new_page()
        page.goto(f"{site}/admin/login/")
        page.get_by_label("Username").fill(account)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{site}/admin/")
        return page

    return sign_in


def accept_invitation(site: str, administrator: Page, page: Page) -> None:
    """Invite someone of a partner, and open the account with the link of the email."""
    administrator.goto(f"{site}/admin/invitations/new/")
    for label, value in {"First name": "Wilma", "Last name": "Writer", "Email address": "wilma@example.org"}.items():
        administrator.get_by_label(label).fill(value)
    administrator.get_by_label("Partner", exact=True).select_option(label="Turku")
    administrator.get_by_label("Partner editors").check()
    administrator.get_by_label("Language of the email").select_option("en")
    administrator.get_by_role("button", name="Send the invitation").click()
    expect(administrator.get_by_text("An invitation was sent to wilma@example.org.")).to_be_visible()

    page.goto(link_in_email(page, site, "wilma@example.org", r"/admin/invitation/\S+"))
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.get_by_role("button", name="Create the account").click()
    expect(page.get_by_role("heading", name="Welcome, Wilma")).to_be_visible()
    assert page.locator(".tasks li").count() == 3


def choose(page: Page, action: str) -> None:
    """Choose an action of the page editor."""
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name=action, exact=True).click()


def open_from_dashboard(page: Page, site: str, title: str) -> None:
    page.goto(f"{site}/admin/")
    page.locator("main").get_by_role("link", name=title).first.click()


def approve(reviewer: Page, site: str, title: str) -> None:
    reviewer.goto(f"{site}/admin/")
    waiting = reviewer.locator("section").filter(has=reviewer.get_by_role("heading", name="Awaiting your review"))
    waiting.get_by_role("link", name=title).first.click()
    choose(reviewer, "Approve and Publish")
    reviewer.wait_for_url(lambda url: "/edit/" not in url)


def open_translation(page: Page, site: str, title: str, language: str) -> None:
    page.goto(f"{site}/admin/translations/?show_complete=on")
    page.get_by_role("link", name=f"{title} ({language})").first.click()


def translate_all(page: Page, code: str) -> None:
    """Translate each text of the open translation with the keyboard, and publish it."""
    segments = page.locator(".js-translation-editor li.incomplete")
    expect(segments.first).to_be_visible()
    number = segments.count()
    assert number > 1
    segments.first.get_by_role("button").last.click()
    box = page.locator(".js-translation-editor textarea")
    for _text in range(number):
        expect(box).to_have_count(1)
        source = box.locator("xpath=ancestor::li").locator("> p").first.inner_text()
        is_slug = re.fullmatch(r"[a-z-]+", source) is not None
        before = page.locator(".js-translation-editor li.complete").count()
        box.fill(f"{code}-{source}" if is_slug else f"{code} {source}")
        box.press("Control+Enter")
        expect(page.locator(".js-translation-editor li.complete")).to_have_count(before + 1)
    expect(box).to_have_count(0)
    expect(page.locator(".translation-terms")).to_have_count(0)
    publish_translation(page, code)


def publish_translation(page: Page, code: str) -> None:
    page.get_by_role("button", name=f"Publish in {LANGUAGES[code]}").click()
    expect(page.get_by_text(re.compile(f"Published .* in {LANGUAGES[code]}"))).to_be_visible()


def main_text(page: Page, address: str) -> str:
    answer = page.goto(address)
    assert answer
    assert answer.status == 200, address
    return page.locator("main").inner_text()


def translated(page: Page, site: str, code: str, path: str = "news/a-workshop-in-turku/") -> str:
    """Open a page in a language, to which the one in English links, and return its main text."""
    page.goto(f"{site}/en/{path}")
    address = page.locator(f'link[rel=alternate][hreflang="{code}"]').get_attribute("href")
    assert address
    return main_text(page, site + urlsplit(address).path)


def write_and_review(site: str, writer: Page, sign_in: Callable[[str], Page], reviewer: Page) -> str:
    """Wilma writes, a colleague completes it, another partner does not get in, and an editor approves.

    Returns the address where the article is edited.
    """
    writer.goto(f"{site}/admin/")
    writer.get_by_role("link", name="Write news").first.click()
    writer.locator("#id_title").fill(ARTICLE)
    writer.locator("#id_lead").fill("Ten nurses came.")
    writer.get_by_role("button", name="Save draft").click()
    # The page may have been saved automatically before.
    expect(writer.get_by_text(re.compile(f"Page '{ARTICLE}' (created|has been updated)"))).to_be_visible()
    edit = writer.url

    stranger = sign_in("stranger")
    stranger.goto(edit)
    assert stranger.locator("#id_title").count() == 0
    stranger.goto(f"{site}/admin/deliverables/")
    row = stranger.get_by_role("row").filter(has_text="D1.1 Plan")
    expect(row).to_be_visible()
    assert row.get_by_role("link").count() == 0

    colleague = sign_in("colleague")
    open_from_dashboard(colleague, site, ARTICLE)
    colleague.locator("#id_lead").fill("Twelve nurses came.")
    choose(colleague, "Submit for approval")
    expect(colleague.get_by_text("submitted for approval")).to_be_visible()
    approve(reviewer, site, ARTICLE)
    return edit


def test_from_the_invitation_to_four_languages(
    site: str, sign_in: Callable[[str], Page], new_context: Callable[..., BrowserContext]
) -> None:
    writer, visitor = new_context().new_page(), new_context().new_page()
    accept_invitation(site, sign_in("administrator"), writer)
    reviewer, translator = sign_in("reviewer"), sign_in("translator")

    # An article, translated into one language before its source changes, and into the others afterwards
    article = write_and_review(site, writer, sign_in, reviewer)
    assert "Twelve nurses came." in main_text(visitor, f"{site}/en/news/a-workshop-in-turku/")
    translator.goto(f"{site}/admin/translations/")
    for language in LANGUAGES.values():
        translator.get_by_role("button", name=f"“{ARTICLE}” into {language}").click()
        expect(translator.get_by_text(f"English to {language} translation").first).to_be_visible()
        if language == "Finnish":
            translate_all(translator, "fi")
        translator.goto(f"{site}/admin/translations/")
    assert "fi Twelve nurses came." in translated(visitor, site, "fi")

    writer.goto(article)
    writer.locator("#id_lead").fill("Fifteen nurses came.")
    choose(writer, "Submit for approval")
    expect(writer.get_by_text("submitted for approval")).to_be_visible()
    approve(reviewer, site, ARTICLE)

    # The earlier translation stays until it is checked.
    assert "fi Twelve nurses came." in translated(visitor, site, "fi")
    open_translation(translator, site, ARTICLE, "Finnish")
    translator.get_by_role("link", name="Review", exact=True).click()
    translator.get_by_label("Finnish, translation").fill("fi Fifteen nurses came.")
    translator.get_by_role("button", name="Save translation").click()
    translator.get_by_role("link", name="Open the translation").click()
    publish_translation(translator, "fi")
    for code in ("et", "el"):
        open_translation(translator, site, ARTICLE, LANGUAGES[code])
        translate_all(translator, code)
    for code in LANGUAGES:
        assert f"{code} Fifteen nurses came." in translated(visitor, site, code)

    # An event: the day is entered once
    organiser = sign_in("organiser")
    organiser.goto(f"{site}/admin/events/edit/1/")
    for field in ("first_day", "last_day"):
        organiser.locator(f"#id_{field}").fill("2031-03-04")
    organiser.get_by_role("button", name="Save", exact=True).click()
    expect(organiser.get_by_text("updated")).to_be_visible()
    for code in ("en", *LANGUAGES):
        translated(visitor, site, code, "events/forum/")
        assert visitor.locator('main time[datetime^="2031-03-04"]').count()

    # A deliverable: nothing else of its page
    writer.goto(f"{site}/admin/")
    writer.get_by_role("link", name="Deliverables").click()
    writer.get_by_role("link", name="D1.1 Plan").click()
    writer.locator("#id_title").fill("Training plan")
    writer.locator("#id_status").select_option("submitted")
    writer.get_by_role("button", name="Submit for approval").click()
    expect(writer.get_by_text("“D1.1 Plan” was submitted for approval.")).to_be_visible()
    assert "Training plan" not in main_text(visitor, f"{site}/en/results/")
    approve(reviewer, site, "Results")
    assert "Training plan" in main_text(visitor, f"{site}/en/results/")
