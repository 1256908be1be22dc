"""An organiser opens an event's registration in the browser, and works with those who come until the day itself."""

import re
import time
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.e2e import server

pytestmark = pytest.mark.slow

SET_UP = """
import datetime
from django.contrib.auth import get_user_model
from django.utils import timezone
from events.models import Event, EventIndexPage, EventPage
from home.models import HomePage
get_user_model().objects.create_superuser("organiser", "organiser@example.org", "secret")
home = HomePage.objects.get(locale__language_code="en")
index = home.add_child(instance=EventIndexPage(title="Events", slug="events", locale=home.locale))
day = timezone.localdate() + datetime.timedelta(days=1)
event = Event.objects.create(first_day=day, last_day=day, zone="Europe/Helsinki", attendance="hybrid")
page = index.add_child(instance=EventPage(title="Forum", slug="forum", event=event, locale=home.locale))
page.save_revision().publish()
"""
ARRIVALS = """
import uuid
from events.enums import Mode
from events.models import Event
from events.registration.commands import Applicant, register
for number, name in enumerate(["Anna Example", "Žaneta Õunapuu", "Νίκος Τρίτος"]):
    person = Applicant(name=name, email=f"p{number}@example.org", mode=Mode.ON_SITE, language="en")
    register(Event.objects.get().pk, person, [], [], uuid.uuid4())
"""
TWO_MINUTES = 120  # seconds


@dataclass
class Office:
    address: str
    variables: dict[str, str]

    def let_people_come(self) -> None:
        server.manage(["shell", "-c", ARRIVALS], self.variables)


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """The address of a site of its own with an event that has no registration yet."""
    folder, port = tmp_path_factory.mktemp("office"), server.free_port()
    with server.demo_database(folder, "desk_office") as database_url:
        variables = server.environment(folder, database_url, "tests.e2e.settings")
        server.manage(["migrate", "--verbosity", "0"], variables)
        server.manage(["setup_site"], variables)
        server.manage(["shell", "-c", SET_UP], variables)
        with server.serve(folder, variables, port) as address:
            yield Office(address, variables)


def test_from_opening_to_the_door(office, new_context):
    page = new_context(accept_downloads=True).new_page()
    page.goto(office.address + "/admin/login/")
    page.fill("[name=username]", "organiser")
    page.fill("[name=password]", "secret")
    page.get_by_role("button", name="Sign in").click()

    # Open, from the list of events
    begun_at = time.monotonic()
    page.goto(office.address + "/admin/events/")
    page.get_by_role("link", name="Forum", exact=True).first.click()
    page.get_by_role("navigation", name="Screens of this event").get_by_role("link", name="Registrations").click()
    page.locator("[name=on_site_capacity]").fill("2")
    page.get_by_role("button", name="Open now with these seats").click()
    expect(page.locator(".desk-window")).to_contain_text("Registration is open")
    assert time.monotonic() - begun_at < TWO_MINUTES

    # Approval is wanted after all
    page.get_by_label("Each registration is approved by hand").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved. It holds for the form in every language at once.")).to_be_visible()
    office.let_people_come()

    # The list: approve one on her page, one of many
    desk = page.get_by_role("navigation", name="Screens of the registration")
    desk.get_by_role("link", name="People").click()
    on_site = page.locator(".desk-count").first
    expect(on_site).to_contain_text("of 2 seats taken")
    page.get_by_label("Name, address or organisation").fill("ounapuu")
    page.locator(".desk-filters").get_by_role("button", name="Search").click()
    expect(page.locator(".desk-people tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Žaneta Õunapuu").click()
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text("Žaneta Õunapuu is confirmed, and gets a mail.")).to_be_visible()
    expect(page.locator(".desk-history")).to_contain_text("approved")
    desk.get_by_role("link", name="People").click()
    page.get_by_label("Choose Anna Example").check()
    page.get_by_role("button", name="Approve", exact=True).click()
    page.get_by_role("button", name=re.compile("Approve: 1 person")).click()
    expect(page.get_by_text("Done for 1 person.")).to_be_visible()

    # More seats: who is offered one is said first
    desk.get_by_role("link", name="Settings").click()
    page.locator("[name=on_site_capacity]").fill("3")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".desk-ask")).to_contain_text("Νίκος Τρίτος")
    page.get_by_role("button", name="Yes, save it so").click()
    expect(page.get_by_text("1 person of the waiting list was offered a place")).to_be_visible()

    # A message
    desk.get_by_role("link", name="Message").click()
    page.get_by_label("Subject").first.fill("The room")
    page.get_by_label("Text").first.fill("We meet in room 2.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".desk-preview").first).to_contain_text("We meet in room 2.")
    page.get_by_role("button", name="Send to 3 people").click()
    expect(page.get_by_text("The message is on its way to 3 people.")).to_be_visible()

    # Files
    desk.get_by_role("link", name="Export").click()
    with page.expect_download() as download:
        page.locator(".desk-form button", has_text="Export").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    desk.get_by_role("link", name="Attendance list").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Make the PDF").click()
    assert download.value.suggested_filename.endswith(".pdf")


def test_the_door_without_scripts_on_a_phone(office, new_context):
    page = new_context(width=390, height=800, java_script_enabled=False).new_page()
    page.goto(office.address + "/admin/login/")
    page.fill("[name=username]", "organiser")
    page.fill("[name=password]", "secret")
    page.locator("button[type=submit]").click()
    page.goto(office.address + "/admin/events/")
    page.get_by_role("link", name="Forum", exact=True).first.click()
    page.locator(".event-links").get_by_role("link", name="Registrations").click()
    page.locator(".desk-links").get_by_role("link", name="Check-in").click()
    page.get_by_label("Name").fill("anna")
    page.locator(".desk-door button", has_text="Search").click()
    button = page.locator(".desk-guest button")
    assert button.bounding_box()["height"] >= 48
    button.click()
    expect(page.locator(".messages")).to_contain_text("Anna Example: in at")
    expect(page.locator(".desk-attended")).to_contain_text("1")
    page.locator(".desk-latest button").click()
    expect(page.locator(".messages")).to_contain_text("Anna Example is not checked in any more.")
