"""An editor creates a fact sheet in the browser: upload, checks, scheduled publication, a new version."""

import datetime
import re
import urllib.error
import urllib.request
from dataclasses import dataclass

import pikepdf
import pytest
from playwright.sync_api import Page, expect

from tests.e2e import server
from tests.factories.documents import make_pdf, pdf_bytes

pytestmark = pytest.mark.slow

SET_UP = """
from django.contrib.auth import get_user_model
from wagtail.models import Locale, Page
from factsheets.models import FactSheetIndexPage
from home.models import HomePage, LanguageTexts, ProjectSettings
get_user_model().objects.create_superuser("editor", password="secret")
home = HomePage.objects.get(locale__language_code="en")
home.add_child(instance=FactSheetIndexPage(title="Fact sheets", slug="fact-sheets", locale=home.locale))
for code, text in {"en": "Funded by the European Union", "fi": "Euroopan unionin rahoittama"}.items():
    LanguageTexts.objects.create(project=ProjectSettings.objects.get(), locale=Locale.objects.get(language_code=code),
        project_title="Beacon", funding_statement=text, disclaimer=text)
"""
ENGLISH = pdf_bytes(make_pdf("Light for all. Funded by the European Union", title="Light for all"))
REVISED = pdf_bytes(make_pdf("More light for all. Funded by the European Union", title="Light for all", pages=2))
UNTAGGED = pdf_bytes(make_pdf("Valoa kaikille, aina ja joka paikassa", title="", language="fi", tagged=False))
ENCRYPTED = pdf_bytes(make_pdf("Locked"), encryption=pikepdf.Encryption(owner="owner", user="user"))
ADDRESS = "/en/fact-sheets/light-for-all/"
FILE = ADDRESS + "download/en/"


PUBLISH_TIMES_TO_NOW = """
from django.utils import timezone
from wagtail.models import Revision
for revision in Revision.objects.filter(approved_go_live_at__isnull=False):
    revision.content["go_live_at"] = timezone.now().isoformat()
    revision.approved_go_live_at = timezone.now()
    revision.save()
"""


@dataclass
class EditorSite:
    address: str
    variables: dict[str, str]

    def publish_scheduled_now(self) -> None:
        """Set the time of all scheduled revisions to now, and run the command that publishes them."""
        server.manage(["shell", "-c", PUBLISH_TIMES_TO_NOW], self.variables)
        server.manage(["publish_scheduled"], self.variables)


@pytest.fixture(scope="module")
def editor_site(tmp_path_factory):
    """A separate site with an empty list of fact sheets and an editor."""
    folder = tmp_path_factory.mktemp("editor_site")
    with server.made_site(folder, "fact_sheet_editor", SET_UP) as (address, variables):
        yield EditorSite(address, variables)


def status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310  (the server of the tests)
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def text(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310  (the server of the tests)
        return answer.read().decode()


def upload(page: Page, content: bytes, language: str, note: str = "") -> None:
    page.get_by_label("Language of the file").select_option(language)
    page.locator("input[type=file]").set_input_files(
        {"name": "sheet.pdf", "mimeType": "application/pdf", "buffer": content}
    )
    page.get_by_label("What changed").fill(note)
    page.get_by_role("button", name="Upload and check").click()
    page.wait_for_url(re.compile(r"/publications/\d+/$"))


def test_editor_creates_schedules_and_replaces_a_fact_sheet(editor_site, new_context):
    page = new_context().new_page()
    page.goto(editor_site.address + "/admin/login/")
    page.fill("[name=username]", "editor")
    page.fill("[name=password]", "secret")
    page.get_by_role("button", name="Sign in").click()

    # Create
    page.goto(editor_site.address + "/admin/fact_sheets/")
    page.get_by_role("link", name="Add fact sheet").first.click()
    if "choose_parent" in page.url:
        page.get_by_role("main").get_by_role("link", name="English").click()
    expect(page.get_by_text("Save the page as a draft first.")).to_be_visible()
    # Wait for the script that makes the slug from the title.
    page.wait_for_load_state()
    page.locator("[name=title]").fill("Light for all")
    # Leaving the field makes the slug.
    page.locator("[name=lead]").fill("How light reaches everyone.")
    expect(page.locator("[name=slug]")).to_have_value("light-for-all")
    page.get_by_role("button", name="Save draft").first.click()
    expect(page.get_by_text("There is no file yet.")).to_be_visible()
    edit = page.url

    # Upload an encrypted file, then one in each language
    page.get_by_role("link", name="Upload a file").click()
    files = re.sub(r"upload/.*", "", page.url)
    upload(page, ENCRYPTED, "en")
    expect(page.locator(".fs-issue--error")).to_contain_text("The file is protected")
    page.goto(edit)
    expect(page.get_by_text("This fact sheet cannot be published yet:")).to_be_visible()
    page.get_by_role("link", name="Upload a file").click()
    upload(page, ENGLISH, "en")
    expect(page.get_by_text("All checks passed.")).to_be_visible()
    page.goto(files + "upload/")
    upload(page, UNTAGGED, "fi")
    finnish = page.locator(".fs-file", has_text="Finnish: PDF")
    expect(finnish.get_by_text("The PDF has no tags and is not accessible")).to_be_visible()
    expect(finnish.get_by_text("The PDF has no title")).to_be_visible()
    expect(finnish.get_by_text("The EU funding statement is missing")).to_be_visible()
    expect(finnish.locator(".fs-issue--error")).to_have_count(0)
    expect(finnish.locator("img")).to_have_js_property("complete", True)

    # Schedule for tomorrow: nothing is public today
    page.goto(edit)
    page.get_by_role("button", name="Toggle status").click()
    page.get_by_role("button", name=re.compile("Set schedule|Edit schedule")).click()
    tomorrow = datetime.datetime.now(tz=datetime.UTC) + datetime.timedelta(days=1)
    page.locator("[name=go_live_at]").fill(tomorrow.strftime("%Y-%m-%d 09:00"))
    # The date picker covers the button until its field loses the focus.
    page.evaluate("document.querySelectorAll('.xdsoft_datetimepicker').forEach(calendar => calendar.remove())")
    with page.expect_navigation():
        page.get_by_role("button", name="Save schedule").click()
    page.get_by_role("button", name="More actions").first.click()
    page.get_by_role("button", name=re.compile("Schedule to publish|Publish")).click()
    expect(page.get_by_text("has been scheduled for publishing")).to_be_visible()
    routes = ["", "download/en/", "download/fi/", "download/en/versions/1/", "cover/en/1/224/", "citation/ris/"]
    assert {status(editor_site.address + ADDRESS + route) for route in routes} == {404}
    for listing in ("/en/fact-sheets/", "/en/feeds/fact-sheets/", "/en/", "/sitemap-en.xml", "/en/search/?q=light"):
        assert "light-for-all" not in text(editor_site.address + listing)

    # Publish
    editor_site.publish_scheduled_now()
    assert {status(editor_site.address + ADDRESS + route) for route in routes} == {200}
    assert "light-for-all" in text(editor_site.address + "/en/fact-sheets/")

    # Replace a file: it gets a second version, and the first one keeps its address
    page.goto(files)
    page.locator(".fs-file", has_text="English: PDF").get_by_role("link", name="Replace").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "b.pdf", "mimeType": "application/pdf", "buffer": REVISED}
    )
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_text("Enter what changed")).to_be_visible()
    upload(page, REVISED, "en", "A second page")
    expect(page.locator(".fs-file", has_text="English: PDF").get_by_text("Version 2").first).to_be_visible()
    assert status(editor_site.address + FILE + "versions/1/") == status(editor_site.address + FILE) == 200
    page.goto(editor_site.address + ADDRESS)
    page.get_by_text("All versions: English, PDF").click()
    expect(page.locator(".versions li")).to_have_count(2)
    expect(page.locator(".versions li").first).to_contain_text("A second page")
