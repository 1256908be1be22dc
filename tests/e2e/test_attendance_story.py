"""One event from the registration to the report: tickets, door, sessions, meeting, survey, certificates, anonymisation."""

from __future__ import annotations

import base64
import datetime
import io
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openbadgeslib.ob3 import OB3Verifier
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e import audits, server
from tests.e2e import browser as chromium
from tests.e2e.mailbox import personal_link

pytestmark = pytest.mark.slow

# In the past: verifiers refuse a certificate whose date has not come.
ZONE = ZoneInfo("Europe/Helsinki")
SET_UP = """
import datetime
from django.contrib.auth import get_user_model
from django.utils import timezone
from events.enums import Mode
from events.models import RegistrationSettings, SeatPool
from home.models import HomePage
from tests.factories.events import make_page, row, translate_all
get_user_model().objects.create_superuser("organiser", "organiser@example.org", "secret")
page = make_page(
    HomePage.objects.get(locale__language_code="en"),
    row("09:00", "Opening talk", end="10:00"),
    row("10:30", "Workshop", end="12:00"),
    first_day=datetime.date(2026, 3, 12),
    attendance="hybrid",
    contact_email="office@example.org",
)
translate_all(page.get_parent().specific, page, codes=["fi"])
RegistrationSettings.objects.create(event=page.event, opens_at=timezone.now() - datetime.timedelta(hours=1))
for mode in Mode:
    SeatPool.objects.create(event=page.event, mode=mode, capacity=None)
"""
ADMIN = "/admin/events/1/"
# The form rejects submissions within one second (`tests/e2e/settings.py`).
MINIMUM_TIME = 1_100  # milliseconds
MEETING = """\
Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest
Väinö Äyräväinen,vaino@example.org,03/12/2026 09:15:00 AM,03/12/2026 09:45:00 AM,30,Yes
Väinö Äyräväinen,vaino@example.org,03/12/2026 10:25:00 AM,03/12/2026 12:05:00 PM,100,Yes
Väinö (phone),vaino@example.org,03/12/2026 11:00:00 AM,03/12/2026 11:30:00 AM,30,Yes
Someone Else,,03/12/2026 09:00:00 AM,03/12/2026 09:05:00 AM,5,Yes
"""


@dataclass
class Site:
    address: str
    folder: Path
    variables: dict[str, str]

    def set_clock(self, text: str) -> None:
        set_clock(self.folder, text)

    def tick(self) -> str:
        return server.manage(["tick"], self.variables)


def set_clock(folder: Path, text: str) -> None:
    """Set the clock of the site to a local time. It goes on from there."""
    moment = datetime.datetime.fromisoformat(text).replace(tzinfo=ZONE)
    (folder / "clock").write_text(str((moment - datetime.datetime.now(datetime.UTC)).total_seconds()))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("story")
    set_clock(folder, "2026-03-02 10:00")
    # Badges need an address with HTTPS, and a key.
    more = {"BASE_URL": "https://project.example.org", "BADGE_KEY": base64.urlsafe_b64encode(b"1" * 32).decode()}
    made = server.made_site(folder, "attendance_story", SET_UP, "tests.e2e.clock_settings", **more)
    with made as (address, variables):
        yield Site(address, folder, variables)


@pytest.fixture
def door(browser: Browser, tmp_path: Path) -> Iterator[Door]:
    """A phone at the door. Its camera sees the tickets that are held before it."""
    video = tmp_path / "camera.mjpeg"
    arguments = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={video}",
    ]
    running = browser.browser_type.launch(executable_path=chromium.find(), args=[*chromium.ARGUMENTS, *arguments])
    context = running.new_context(viewport={"width": 390, "height": 844})
    context.set_default_timeout(60_000)
    yield Door(context, context.new_page(), video)
    running.close()


@dataclass
class Door:
    context: BrowserContext
    page: Page
    video: Path

    def scan(self, ticket: bytes) -> None:
        """Hold a ticket (a picture) before the camera until the page has answered."""
        picture = Image.open(io.BytesIO(ticket)).convert("RGB").resize((360, 360))
        frame = Image.new("RGB", (640, 480), "white")
        frame.paste(picture, (140, 60))
        content = io.BytesIO()
        frame.save(content, "JPEG", quality=95)
        self.video.write_bytes(content.getvalue() * 10)
        self.page.get_by_role("button", name="Scan with the camera").click()
        expect(self.page.locator(".door-answer")).to_be_visible()
        self.page.get_by_role("button", name="Stop the camera").click()

    def expect_answer(self, heading: str, name: str) -> None:
        expect(self.page.locator(".door-answer__heading")).to_have_text(heading)
        expect(self.page.locator(".door-answer__name")).to_have_text(name)


def register(page: Page, site: Site, language: str, mode: str, name: tuple[str, str], email: str) -> str:
    """Register in a language and return the personal link from the email."""
    page.goto(f"{site.address}/en/events/forum/register/")
    if language != "en":
        page.goto(site.address + str(page.locator(f".languages a[hreflang={language}]").first.get_attribute("href")))
    page.wait_for_timeout(MINIMUM_TIME)
    page.locator(f"[name=mode][value={mode}]").check()
    page.fill("#id_given_name", name[0])
    page.fill("#id_family_name", name[1])
    page.fill("#id_email", email)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/register/done/**")
    assert page.locator("html").get_attribute("lang") == language
    link = personal_link(page, site.address, email)
    assert f"/{language}/registration/" in link
    return link


def ticket(page: Page, link: str) -> bytes:
    """Return a picture of the ticket on the personal page."""
    page.goto(link)
    assert page.request.get(link + "ticket.pdf").body().startswith(b"%PDF")
    return page.locator(".ticket__picture").screenshot()


def sign_in(site: Site, context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto(site.address + "/admin/login/")
    page.fill("[name=username]", "organiser")
    page.fill("[name=password]", "secret")
    page.locator("button[type=submit]").click()
    page.wait_for_url(site.address + "/admin/")
    return page


def prepare(organiser: Page, site: Site) -> str:
    """Set up sessions, survey and certificates, and return the link of a door."""
    organiser.goto(site.address + ADMIN + "registrations/sessions/")
    organiser.get_by_role("checkbox", name="Opening talk", exact=True).check()
    organiser.get_by_role("checkbox", name="Workshop", exact=True).check()
    organiser.get_by_role("button", name="Save", exact=True).click()
    expect(organiser.get_by_text("The sessions are saved.")).to_be_visible()
    organiser.goto(site.address + ADMIN + "survey/")
    organiser.get_by_role("button", name="Switch the survey on").click()
    expect(organiser.get_by_text("The survey is on.").first).to_be_visible()
    organiser.goto(site.address + ADMIN + "certificates/rule/")
    for field in ("is_on", "counts_sessions", "needs_survey"):
        organiser.locator(f"[name={field}]").check()
    organiser.locator("[name=min_sessions]").fill("1")
    organiser.locator("[name=outcomes_en]").fill("Reads a care plan")
    organiser.get_by_role("button", name="Save", exact=True).click()
    expect(organiser.get_by_text("Certificates are issued automatically 1 day after the event.")).to_be_visible()
    organiser.goto(site.address + ADMIN + "registrations/doors/")
    organiser.locator("[name=name]").fill("North door")
    organiser.get_by_role("button", name="Make the link").click()
    link = organiser.locator(".doors-links__text a").get_attribute("href") or ""
    return link.replace("https://project.example.org", site.address)


def check_in(door: Door, link: str, tickets: list[bytes]) -> None:
    """Scan the first ticket with a connection, the second one on the page that the device keeps."""
    page = door.page
    page.goto(link)
    points = page.get_by_label("Where are you checking in?")
    points.select_option(points.get_by_role("option", name="Opening talk").get_attribute("value"))
    page.get_by_role("button", name="Check in there").click()
    page.get_by_text("Without a connection", exact=True).click()
    page.get_by_role("button", name="Keep the list on this device").click()
    expect(page.locator("[data-state]")).to_contain_text("3 participants")
    chromium.expect_kept(page)
    door.scan(tickets[0])
    door.expect_answer("Welcome", "Anna Example")
    door.context.set_offline(True)
    page.reload()
    expect(page.get_by_text("No connection. Scans are saved on this device.")).to_be_visible()
    door.scan(tickets[1])
    door.expect_answer("Welcome", "Aino Esimerkki")
    expect(page.locator("[data-waiting]")).to_contain_text("1 scan waiting to be sent")
    door.context.set_offline(False)
    expect(page.locator("[data-waiting]")).to_be_hidden()


def enter_code_word(organiser: Page, site: Site, page: Page, link: str) -> None:
    organiser.goto(site.address + ADMIN + "registrations/sessions/")
    session = organiser.get_by_role("listitem").filter(has_text="Workshop")
    session.locator("[name=word]").fill("Stethoscope")
    session.get_by_role("button", name="Start the code word").click()
    page.goto(link)
    page.locator("a[href$='/code-word/']").click()
    page.locator("[name=word]").fill("stethoscope")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/?done=attended")


def import_meeting(organiser: Page, site: Site) -> None:
    organiser.goto(site.address + ADMIN + "registrations/online-attendance/")
    report = {"name": "participants.csv", "mimeType": "text/csv", "buffer": MEETING.encode()}
    organiser.locator("[name=file]").set_input_files(report)
    organiser.get_by_role("button", name="Read the report").click()
    expect(organiser.get_by_text("1 of 2 people in the report are participants with a place.")).to_be_visible()
    expect(organiser.get_by_role("row").filter(has_text="Väinö")).to_contain_text("Opening talk: 30")
    organiser.get_by_role("button", name="Record attendance").click()
    expect(organiser.get_by_text("Attendance of 1 participant is recorded.")).to_be_visible()


def answer_survey(page: Page, site: Site, email: str, subject: str) -> None:
    page.goto(personal_link(page, site.address, email, subject) + "survey/")
    page.locator("[name=usefulness][value='4']").check()
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/?done=answered")


def check_report(organiser: Page, site: Site) -> None:
    """Check that the report has the numbers, and no names of participants, who are anonymous."""
    organiser.goto(site.address + ADMIN + "registrations/?q=anna")
    expect(organiser.get_by_text("Anna Example")).to_have_count(0)
    organiser.goto(site.address + ADMIN + "report/")
    assert pdf(download(organiser, "Download as PDF")).Root.MarkInfo.Marked
    book = openpyxl.load_workbook(io.BytesIO(download(organiser, "Download as XLSX")))
    values = [[cell.value for cell in row] for sheet in book for row in sheet.iter_rows()]
    assert [row for row in values if row[0] in {"Attended", "Certificates issued"}] == [
        ["Attended", 3],
        ["Certificates issued", 2],
    ]
    assert "Example" not in str(values)


def test_from_registration_to_the_report(
    site: Site, door: Door, page: Page, new_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    anna = register(page, site, "en", "on_site", ("Anna", "Example"), "anna@example.org")
    aino = register(page, site, "fi", "on_site", ("Aino", "Esimerkki"), "aino@example.org")
    vaino = register(page, site, "fi", "online", ("Väinö", "Äyräväinen"), "vaino@example.org")
    tickets = [ticket(page, link) for link in (anna, aino)]

    # The day of the event
    site.set_clock("2026-03-12 08:45")
    organiser = sign_in(site, new_context(accept_downloads=True))
    check_in(door, prepare(organiser, site), tickets)
    site.set_clock("2026-03-12 10:45")
    enter_code_word(organiser, site, page, vaino)
    site.set_clock("2026-03-12 16:00")
    import_meeting(organiser, site)
    organiser.goto(site.address + ADMIN + "registrations/session-attendance/")
    assert [cells(organiser, name) for name in ("Anna Example", "Aino Esimerkki", "Väinö Äyräväinen")] == [
        ["60", "–", "1.00"],
        ["60", "–", "1.00"],
        ["30", "90", "2.00"],
    ]

    # The survey, and the certificates that wait for it
    site.set_clock("2026-03-13 10:00")
    site.tick()
    answer_survey(page, site, "anna@example.org", "How was it?")
    answer_survey(page, site, "vaino@example.org", "Millaista oli?")
    site.set_clock("2026-03-14 01:00")
    site.tick()
    assert personal_link(page, site.address, "vaino@example.org", "Todistus") == vaino
    for query, language in (("", "fi"), ("?language=en", "en")):
        assert pdf(page.request.get(f"{vaino}certificate.pdf{query}").body()).Root.Lang == language
    page.goto(personal_link(page, site.address, "anna@example.org", "Certificate"))
    number = re.findall(r"number ([\w-]+)\.", page.locator("main").inner_text())[0]
    badge = page.request.get(anna + "badge.png").body()
    organiser.goto(site.address + ADMIN + "certificates/")
    expect(organiser.get_by_role("row").filter(has_text="Aino Esimerkki")).to_contain_text("survey")

    # The badge, with the key that the site publishes
    (tmp_path / "key.pem").write_bytes(published_key(page, site))
    altered = with_one_byte_changed(badge)
    assert [verifies(tmp_path, content, number) for content in (badge, altered)] == [True, False]

    # Anonymous: the certificate still verifies
    site.set_clock("2026-09-25 10:00")
    site.tick()
    page.goto(anna)
    expect(page.locator("main")).not_to_contain_text("Anna")
    page.goto(f"{site.address}/en/verify/{number}/")
    expect(page.get_by_role("heading", name="This certificate is valid")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("Anna")
    upload(page, badge)
    expect(page.get_by_role("heading", name="This certificate is valid")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Anna Example")
    expect(page.locator("main")).to_contain_text("It does not cover what the picture or the printed page shows")
    upload(page, altered)
    expect(page.get_by_role("heading", name="This badge was altered")).to_be_visible()
    assert audits.axe(page) == []
    check_report(sign_in(site, new_context(accept_downloads=True)), site)


def cells(page: Page, name: str) -> list[str]:
    """Return the cells of a participant in the table of the sessions."""
    found = page.get_by_role("row").filter(has_text=name).get_by_role("cell").all_inner_texts()
    return [text.strip() for text in found]


def pdf(content: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(content))


def download(page: Page, button: str) -> bytes:
    with page.expect_download() as started:
        page.get_by_role("button", name=button).click()
    return Path(started.value.path()).read_bytes()


def upload(page: Page, badge: bytes) -> None:
    page.locator("[name=file]").set_input_files({"name": "badge.png", "mimeType": "image/png", "buffer": badge})
    page.get_by_role("button", name="Verify the badge").click()


def published_key(page: Page, site: Site) -> bytes:
    key = page.request.get(site.address + "/.well-known/did.json").json()["verificationMethod"][0]["publicKeyJwk"]
    public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["x"] + "=="))
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def verifies(folder: Path, badge: bytes, number: str) -> bool:
    """Return whether the command line of openbadgeslib accepts a badge."""
    (folder / "badge.png").write_bytes(badge)
    program = Path(sys.executable).parent / "openbadges-verifier"
    options = ["-i", "badge.png", "-r", f"urn:certificate:{number}", "--pubkey", "key.pem", "-V", "3"]
    return subprocess.run([program, *options], cwd=folder, capture_output=True, check=False).returncode == 0


def with_one_byte_changed(badge: bytes) -> bytes:
    """Return the picture with another letter in the middle of the credential."""
    token = OB3Verifier.extract_token_from_png(badge).encode()
    at = badge.index(token) + len(token) // 2
    return badge[:at] + (b"A" if badge[at : at + 1] != b"A" else b"B") + badge[at + 1 :]
