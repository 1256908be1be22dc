"""An organiser opens the registration of an event in the browser and manages it until check-in."""

import datetime
import json
import re
from dataclasses import dataclass
from http import HTTPStatus

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import audits, server

pytestmark = pytest.mark.slow

# An event without registration, and one with registrations.
SET_UP = """
import datetime
from django.contrib.auth import get_user_model
from django.utils import timezone
from events.enums import Mode
from events.models import Event, EventIndexPage, EventPage, RegistrationSettings
from events.registration.actor import staff
from events.registration.commands import set_seats
from home.models import HomePage
from wagtail.users.models import UserProfile
User = get_user_model()
organiser = User.objects.create_superuser("organiser", "organiser@example.org", "secret")
for code in ["fi", "et", "el"]:
    user = User.objects.create_superuser(f"organiser-{code}", f"{code}@example.org", "secret")
    UserProfile.objects.create(user=user, preferred_language=code)
home = HomePage.objects.get(locale__language_code="en")
index = home.add_child(instance=EventIndexPage(title="Events", slug="events", locale=home.locale))
day = timezone.localdate() + datetime.timedelta(days=1)
for title in ["Forum", "Congress"]:
    event = Event.objects.create(
        first_day=day,
        last_day=day,
        zone="Europe/Helsinki",
        attendance="hybrid",
        contact_email="office@example.org",
    )
    page = EventPage(title=title, slug=title.lower(), event=event, locale=home.locale)
    index.add_child(instance=page).save_revision().publish()
RegistrationSettings.objects.create(event=event, opens_at=timezone.now() - datetime.timedelta(hours=1))
set_seats(event.pk, {Mode.ON_SITE: (2, True)}, staff(organiser))
# Events without a page, for typed dates.
for _number in range(4):
    last_day = day + datetime.timedelta(days=1)
    event = Event.objects.create(first_day=day, last_day=last_day, zone="Europe/Helsinki", contact_email="o@example.org")
    RegistrationSettings.objects.create(event=event)
    set_seats(event.pk, {Mode.ON_SITE: (2, True)}, staff(organiser))
"""
SAVED_DATES = """
import json
from django.utils import timezone
from events.models import RegistrationSettings
found = RegistrationSettings.objects.filter(event__pages=None).order_by("event").select_related("event")
print(json.dumps([
    [str(value) for value in (
        item.event.first_day, item.event.last_day, item.event.start_time,
        timezone.localtime(item.opens_at).replace(tzinfo=None), timezone.localtime(item.closes_at).replace(tzinfo=None),
    )]
    for item in found
]))
"""
REGISTRATIONS = """
import uuid
from events.enums import Mode
from events.models import EventPage
from events.registration.commands import Applicant, register
event = EventPage.objects.get(slug="{slug}").event
for number, name in enumerate(["Anna Example", "Žaneta Õunapuu", "Νίκος Τρίτος"]):
    person = Applicant(name=name, email=f"p{{number}}@example.org", mode=Mode.ON_SITE, language="en")
    register(event.pk, person, [], [], uuid.uuid4())
"""


@dataclass
class Site:
    address: str
    variables: dict[str, str]

    def add_registrations(self, slug: str) -> None:
        server.manage(["shell", "-c", REGISTRATIONS.format(slug=slug)], self.variables)

    def saved_dates(self) -> list[list[str]]:
        """Return days, start time, and beginning and end of registration of the events without a page."""
        lines = server.manage(["shell", "-c", SAVED_DATES], self.variables).splitlines()
        found: list[list[str]] = json.loads(lines[-1])
        return found


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A separate site with two events. Each test changes one of them, so that tests can run in any order."""
    with server.made_site(tmp_path_factory.mktemp("site"), "registration_admin", SET_UP) as (address, variables):
        site = Site(address, variables)
        site.add_registrations("congress")
        yield site


def signed_in(site: Site, context: BrowserContext, account: str = "organiser") -> Page:
    """Return a browser page on the dashboard, signed in as an organiser."""
    page = context.new_page()
    page.goto(site.address + "/admin/login/")
    page.fill("[name=username]", account)
    page.fill("[name=password]", "secret")
    page.locator("button[type=submit]").click()
    page.wait_for_url(site.address + "/admin/")
    return page


def test_organiser_opens_registration_and_creates_an_attendance_list(site, new_context):
    page = signed_in(site, new_context(accept_downloads=True))

    # Open, from the list of events
    page.goto(site.address + "/admin/events/")
    page.get_by_role("link", name="Forum", exact=True).first.click()
    page.get_by_role("navigation", name="Screens of this event").get_by_role("link", name="Registrations").click()
    page.locator("[name=on_site_capacity]").fill("2")
    page.get_by_role("button", name="Save and open now").click()
    expect(page.locator(".registrations-availability")).to_contain_text("Registration is open")

    # Turn approval on
    page.locator("[name=needs_approval]").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved. The changes apply to the form in all languages.")).to_be_visible()
    site.add_registrations("forum")

    # Approve one registration on its page, another one in the list
    navigation = page.get_by_role("navigation", name="Pages about registrations")
    navigation.get_by_role("link", name="Registrations").click()
    on_site = page.locator(".registrations-count").first
    expect(on_site).to_contain_text("of 2 places taken")
    headings = page.locator(".registrations-list thead a")
    assert headings.count() == 5
    assert headings.evaluate_all("all => all.filter(link => link.scrollWidth > link.clientWidth).length") == 0
    page.get_by_label("Search term").fill("ounapuu")
    expect(page.locator(".registrations-list tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Žaneta Õunapuu").click()
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text("Žaneta Õunapuu is confirmed. We send them an email.")).to_be_visible()
    expect(page.locator(".registrations-history")).to_contain_text("approved")
    navigation.get_by_role("link", name="Registrations").click()
    page.get_by_label("Select Anna Example").check()
    page.get_by_role("button", name="Approve", exact=True).click()
    page.get_by_role("button", name=re.compile("Approve: 1 registration")).click()
    expect(page.get_by_text("1 registration was changed.")).to_be_visible()

    # More places: the settings show who will be offered one
    navigation.get_by_role("link", name="Settings").click()
    page.locator("[name=on_site_capacity]").fill("3")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".registrations-confirm")).to_contain_text("Νίκος Τρίτος")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("We offered a place to 1 participant")).to_be_visible()

    # Reject a registration with a reason, and give the place to someone who registers by phone
    navigation.get_by_role("link", name="Registrations").click()
    page.get_by_role("link", name="Νίκος Τρίτος").click()
    page.get_by_role("link", name="Reject").click()
    page.get_by_label("Reason").fill("The course is for nurses.")
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_text("Νίκος Τρίτος is rejected. We send them an email.")).to_be_visible()
    expect(page.locator(".registrations-history")).to_contain_text("organiser: ")
    navigation.get_by_role("link", name="Registrations").click()
    page.get_by_role("link", name="Add a registration").click()
    page.locator("[name=given_name]").fill("Väinö")
    page.locator("[name=family_name]").fill("Äyräväinen")
    page.locator("[name=email]").fill("p0@example.org")
    page.get_by_role("button", name="Add registration", exact=True).click()
    expect(page.get_by_text("This email address is already registered for the event.")).to_be_visible()
    page.locator("[name=email]").fill("vaino@example.org")
    page.get_by_role("button", name="Add registration", exact=True).click()
    expect(page.get_by_text("Väinö Äyräväinen is registered.")).to_be_visible()

    # A message, with a test email first
    navigation.get_by_role("link", name="Message").click()
    page.get_by_label("Subject").first.fill("The room")
    page.get_by_label("Text").first.fill("We meet in room 2.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".registrations-preview").first).to_contain_text("We meet in room 2.")
    page.get_by_role("button", name="Send a test email to organiser@example.org").click()
    expect(page.get_by_text("A test email is being sent to organiser@example.org.")).to_be_visible()
    page.get_by_role("button", name="Send to 3 participants").click()
    expect(page.get_by_text("The message is being sent to 3 participants.")).to_be_visible()

    # Files
    navigation.get_by_role("link", name="Export").click()
    with page.expect_download() as download:
        page.locator(".registrations-form button", has_text="Export").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    navigation.get_by_role("link", name="Attendance list").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Create PDF").click()
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
    "registrations/needs/",
    "registrations/check-in/?q=a",
]


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1440, "dark")])
def test_screens_are_accessible(site, new_context, width, scheme):
    page = signed_in(site, new_context(width=width, color_scheme=scheme))
    problems = []
    for screen in SCREENS:
        response = page.goto(f"{site.address}/admin/events/2/{screen}")
        problems += [f"{screen}: {response.status}"] if response.status != HTTPStatus.OK else []
        problems += [f"{screen}: {problem}" for problem in audits.axe(page) + audits.overflow(page)]
    assert problems == []


def test_two_people_check_in_without_javascript_on_a_phone(site, new_context):
    page, other = [
        signed_in(site, new_context(width=390, height=800, java_script_enabled=False)) for _phone in range(2)
    ]
    page.goto(site.address + "/admin/events/")
    page.get_by_role("link", name="Congress", exact=True).first.click()
    page.locator(".event-links").get_by_role("link", name="Registrations").click()
    page.locator(".registrations-links").get_by_role("link", name="Check-in").click()
    page.get_by_label("Name").fill("anna")
    page.locator(".check-in button", has_text="Search").click()
    other.goto(page.url)
    button = page.locator(".check-in-item button")
    assert button.bounding_box()["height"] >= 48
    button.click()
    expect(page.locator(".messages")).to_contain_text("Anna Example: Welcome. Checked in at")
    expect(page.locator("[name=code]")).to_be_focused()
    expect(page.locator(".registrations-attended")).to_contain_text("On site 1 of 2")
    # The other phone still shows the button for the same participant
    other.locator(".check-in-item button").click()
    expect(other.locator(".messages")).to_contain_text("Anna Example: Already checked in. Checked in at")
    expect(other.locator(".registrations-attended")).to_contain_text("On site 1 of 2")
    other.locator(".registrations-latest button").click()
    expect(other.locator(".messages")).to_contain_text("Anna Example: Check-in undone")
    expect(other.locator(".registrations-attended")).to_contain_text("On site 0 of 2")


# For each account: both days of the event, its start, and the moments at which registration opens and closes, as typed.
TYPED = {
    "organiser": ("10/03/{year}", "11 March {year}", "9.30", "01/02/{year} 9:30", "{year}-03-09 18:00"),
    "organiser-fi": ("10.3.{year}", "{year}-03-11", "9.30", "1.2.{year} 9.30", "09/03/{year} 18:00"),
    "organiser-et": ("{year}-03-10", "11.03.{year}", "09:30", "01.02.{year} 9.30", "9.3.{year} 18.00"),
    "organiser-el": ("10/3/{year}", "11.3.{year}", "9:30", "{year}-02-01 09:30", "9/3/{year} 18:00"),
}


def fill_and_send(page: Page, button: str, values: dict[str, str]) -> None:
    """Type the values as they are, leave each field, and send the form."""
    for name, value in values.items():
        page.locator(f"[name={name}]").focus()
        page.keyboard.press("Control+A")
        page.keyboard.type(value)
        page.keyboard.press("Tab")
    assert {name: page.locator(f"[name={name}]").input_value() for name in values} == values
    # An open calendar may cover the button.
    page.locator(button).press("Enter")


def test_typed_days_and_moments_are_saved_as_typed_or_refused_beside_the_field(site, new_context):
    year = datetime.datetime.now(datetime.UTC).year + 1
    details, moments = "main footer button[type=submit]", ".registrations-form button[name=save]"
    for event, (account, typed) in enumerate(TYPED.items(), start=3):
        page = signed_in(site, new_context(), account)
        first, last, start, opens, closes = (text.format(year=year) for text in typed)
        page.goto(f"{site.address}/admin/events/edit/{event}/")
        wrong = {"first_day": f"1o.3.{year}", "last_day": f"31.2.{year}", "start_time": "930"}
        fill_and_send(page, details, wrong)
        for name, value in wrong.items():
            expect(page.locator(f".w-field:has([name={name}]) .error-message")).to_be_visible()
            expect(page.locator(f"[name={name}]")).to_have_value(value)
        fill_and_send(page, details, {"first_day": first, "last_day": last, "start_time": start})
        expect(page.locator(".messages .success")).to_be_visible()

        page.goto(f"{site.address}/admin/events/{event}/registration/")
        wrong = {"opens_at": f"1.2.{year} 930", "closes_at": "soon"}
        fill_and_send(page, moments, wrong)
        for name, value in wrong.items():
            expect(page.locator(f".w-field:has([name={name}]) .error-message")).to_be_visible()
            expect(page.locator(f"[name={name}]")).to_have_value(value)
        fill_and_send(page, moments, {"opens_at": opens, "closes_at": closes})
        expect(page.locator(".messages .success")).to_be_visible()
    saved = [f"{year}-03-10", f"{year}-03-11", "09:30:00", f"{year}-02-01 09:30:00", f"{year}-03-09 18:00:00"]
    assert site.saved_dates() == [saved] * len(TYPED)
