"""An organiser opens an event's registration in the browser, and works with those who come until the day itself."""

import re
import time
from dataclasses import dataclass
from http import HTTPStatus

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import audits, server

pytestmark = pytest.mark.slow

# An event that has no registration yet, and one with people who have a place.
SET_UP = """
import datetime
from django.contrib.auth import get_user_model
from django.utils import timezone
from events.enums import Mode
from events.models import Event, EventIndexPage, EventPage, RegistrationSettings
from events.registration.actor import staff
from events.registration.commands import set_seats
from home.models import HomePage
organiser = get_user_model().objects.create_superuser("organiser", "organiser@example.org", "secret")
home = HomePage.objects.get(locale__language_code="en")
index = home.add_child(instance=EventIndexPage(title="Events", slug="events", locale=home.locale))
day = timezone.localdate() + datetime.timedelta(days=1)
for title in ["Forum", "Congress"]:
    event = Event.objects.create(first_day=day, last_day=day, zone="Europe/Helsinki", attendance="hybrid")
    page = EventPage(title=title, slug=title.lower(), event=event, locale=home.locale)
    index.add_child(instance=page).save_revision().publish()
RegistrationSettings.objects.create(event=event, opens_at=timezone.now() - datetime.timedelta(hours=1))
set_seats(event.pk, {Mode.ON_SITE: (2, True)}, staff(organiser))
"""
ARRIVALS = """
import uuid
from events.enums import Mode
from events.models import EventPage
from events.registration.commands import Applicant, register
event = EventPage.objects.get(slug="{slug}").event
for number, name in enumerate(["Anna Example", "Žaneta Õunapuu", "Νίκος Τρίτος"]):
    person = Applicant(name=name, email=f"p{{number}}@example.org", mode=Mode.ON_SITE, language="en")
    register(event.pk, person, [], [], uuid.uuid4())
"""
TWO_MINUTES = 120  # seconds


@dataclass
class Office:
    address: str
    variables: dict[str, str]

    def let_people_come(self, slug: str) -> None:
        server.manage(["shell", "-c", ARRIVALS.format(slug=slug)], self.variables)


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A site of its own with two events, where each test may change one: tests come in any order."""
    with server.made_site(tmp_path_factory.mktemp("office"), "desk_office", SET_UP) as (address, variables):
        office = Office(address, variables)
        office.let_people_come("congress")
        yield office


def signed_in(office: Office, context: BrowserContext) -> Page:
    """Return a page of the organiser's, on the start page of the admin."""
    page = context.new_page()
    page.goto(office.address + "/admin/login/")
    page.fill("[name=username]", "organiser")
    page.fill("[name=password]", "secret")
    page.locator("button[type=submit]").click()
    page.wait_for_url(office.address + "/admin/")
    return page


def test_from_opening_to_the_door(office, new_context):
    page = signed_in(office, new_context(accept_downloads=True))

    # Open, from the list of events
    begun_at = time.monotonic()
    page.goto(office.address + "/admin/events/")
    page.get_by_role("link", name="Forum", exact=True).first.click()
    page.get_by_role("navigation", name="Screens of this event").get_by_role("link", name="Registrations").click()
    page.locator("[name=on_site_capacity]").fill("2")
    page.get_by_role("button", name="Open now with these seats").click()
    expect(page.locator(".registrations-availability")).to_contain_text("Registration is open")
    assert time.monotonic() - begun_at < TWO_MINUTES

    # Approval is wanted after all
    page.get_by_label("Each registration is approved by hand").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved. It holds for the form in every language at once.")).to_be_visible()
    office.let_people_come("forum")

    # The list: approve one on her page, one of many
    desk = page.get_by_role("navigation", name="Screens of the registration")
    desk.get_by_role("link", name="People").click()
    on_site = page.locator(".registrations-count").first
    expect(on_site).to_contain_text("of 2 seats taken")
    page.get_by_label("Name, address or organisation").fill("ounapuu")
    page.locator(".registrations-filters").get_by_role("button", name="Search").click()
    expect(page.locator(".registrations-list tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Žaneta Õunapuu").click()
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text("Žaneta Õunapuu is confirmed, and gets a mail.")).to_be_visible()
    expect(page.locator(".registrations-history")).to_contain_text("approved")
    desk.get_by_role("link", name="People").click()
    page.get_by_label("Choose Anna Example").check()
    page.get_by_role("button", name="Approve", exact=True).click()
    page.get_by_role("button", name=re.compile("Approve: 1 person")).click()
    expect(page.get_by_text("Done for 1 person.")).to_be_visible()

    # More seats: who is offered one is said first
    desk.get_by_role("link", name="Settings").click()
    page.locator("[name=on_site_capacity]").fill("3")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".registrations-confirm")).to_contain_text("Νίκος Τρίτος")
    page.get_by_role("button", name="Yes, save it so").click()
    expect(page.get_by_text("1 person of the waiting list was offered a place")).to_be_visible()

    # He is not accepted after all, and is told why; the seat goes to somebody who has called
    desk.get_by_role("link", name="People").click()
    page.get_by_role("link", name="Νίκος Τρίτος").click()
    page.get_by_role("link", name="Do not accept").click()
    page.get_by_label("Reason").fill("The course is for nurses.")
    page.get_by_role("button", name="Do not accept").click()
    expect(page.get_by_text("Νίκος Τρίτος is not accepted, and gets a mail.")).to_be_visible()
    expect(page.locator(".registrations-history")).to_contain_text("organiser: ")
    desk.get_by_role("link", name="People").click()
    page.get_by_role("link", name="Add a person").click()
    page.locator("[name=name]").fill("Väinö Äyräväinen")
    page.locator("[name=email]").fill("p0@example.org")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("This address is registered for the event already.")).to_be_visible()
    page.locator("[name=email]").fill("vaino@example.org")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Väinö Äyräväinen is registered.")).to_be_visible()

    # A message, tried on oneself before
    desk.get_by_role("link", name="Message").click()
    page.get_by_label("Subject").first.fill("The room")
    page.get_by_label("Text").first.fill("We meet in room 2.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".registrations-preview").first).to_contain_text("We meet in room 2.")
    page.get_by_role("button", name="Send a test to organiser@example.org").click()
    expect(page.get_by_text("A test is on its way to organiser@example.org.")).to_be_visible()
    page.get_by_role("button", name="Send to 3 people").click()
    expect(page.get_by_text("The message is on its way to 3 people.")).to_be_visible()

    # Files
    desk.get_by_role("link", name="Export").click()
    with page.expect_download() as download:
        page.locator(".registrations-form button", has_text="Export").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    desk.get_by_role("link", name="Attendance list").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Make the PDF").click()
    assert download.value.suggested_filename.endswith(".pdf")


SCREENS = [
    "registration/",
    "registration/access/",
    "registrations/",
    "registrations/?q=nobody",
    "registrations/add/",
    "registrations/1/",
    "registrations/1/edit/",
    "registrations/1/cancel/",
    "registrations/message/",
    "registrations/export/",
    "registrations/mail/",
    "registrations/attendance-list/",
    "registrations/statistics/",
    "registrations/check-in/?q=a",
]


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1440, "dark")])
def test_screens_have_no_barriers(office, new_context, width, scheme):
    page = signed_in(office, new_context(width=width, color_scheme=scheme))
    problems = []
    for screen in SCREENS:
        response = page.goto(f"{office.address}/admin/events/2/{screen}")
        problems += [f"{screen}: {response.status}"] if response.status != HTTPStatus.OK else []
        problems += [f"{screen}: {problem}" for problem in audits.axe(page) + audits.overflow(page)]
    assert problems == []


def test_two_doors_without_scripts_on_a_phone(office, new_context):
    page, other = [
        signed_in(office, new_context(width=390, height=800, java_script_enabled=False)) for _door in range(2)
    ]
    page.goto(office.address + "/admin/events/")
    page.get_by_role("link", name="Congress", exact=True).first.click()
    page.locator(".event-links").get_by_role("link", name="Registrations").click()
    page.locator(".registrations-links").get_by_role("link", name="Check-in").click()
    page.get_by_label("Name").fill("anna")
    page.locator(".check-in button", has_text="Search").click()
    other.goto(page.url)
    button = page.locator(".check-in-item button")
    assert button.bounding_box()["height"] >= 48
    button.click()
    expect(page.locator(".messages")).to_contain_text("Anna Example: in at")
    expect(page.get_by_label("Name")).to_be_focused()
    expect(page.locator(".registrations-attended")).to_contain_text("On site 1 of 2")
    # She has a twin at the other door, where the page still offers to let her in
    other.locator(".check-in-item button").click()
    expect(other.locator(".messages")).to_contain_text("Anna Example: already in at")
    expect(other.locator(".registrations-attended")).to_contain_text("On site 1 of 2")
    other.locator(".registrations-latest button").click()
    expect(other.locator(".messages")).to_contain_text("Anna Example is not checked in any more.")
    expect(other.locator(".registrations-attended")).to_contain_text("On site 0 of 2")
