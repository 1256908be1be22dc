"""Helpers check participants in without a connection, on the page of the server and on the one that the device keeps."""

import json
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import audits, server
from tests.e2e.browser import expect_kept

pytestmark = pytest.mark.slow

# An event of today with two doors. The script prints what the tests need.
SET_UP = """
import datetime, json
from django.contrib.auth import get_user_model
from django.utils import timezone
from events.attendance import doors
from events.enums import Mode
from events.models import Event, EventIndexPage, EventPage, RegistrationSettings, SeatPool
from events.registration import commands, tickets
from events.registration.actor import staff
from home.models import HomePage
organiser = get_user_model().objects.create_superuser("organiser", "organiser@example.org", "secret")
home = HomePage.objects.get(locale__language_code="en")
index = home.add_child(instance=EventIndexPage(title="Events", slug="events", locale=home.locale))
now = timezone.now()
event = Event.objects.create(
    first_day=timezone.localdate(),
    last_day=timezone.localdate() + datetime.timedelta(days=1),
    zone="Europe/Helsinki",
    attendance="hybrid",
    contact_email="office@example.org",
)
page = EventPage(title="Forum", slug="forum", event=event, locale=home.locale)
index.add_child(instance=page).save_revision().publish()
RegistrationSettings.objects.create(event=event, opens_at=now - datetime.timedelta(hours=1))
for mode in Mode:
    SeatPool.objects.create(event=event, mode=mode, capacity=None)
for number, (name, mode) in enumerate([
    ("Anna Example", "on_site"),
    ("Žaneta Õunapuu", "on_site"),
    ("Νίκος Τρίτος", "on_site"),
    ("Olav Online", "online"),
    ("Wanda Withdrawn", "on_site"),
]):
    applicant = commands.Applicant(name=name, email=f"p{number}@example.org", mode=mode, language="en")
    person = commands.add_registration(event.pk, applicant, staff(organiser))
    tickets.ticket_of(person)
commands.cancel(person.pk, staff(organiser))
for name in ("North door", "South door"):
    doors.create_door(event, name, now + datetime.timedelta(days=1), organiser)
"""
READ = """
import json
from events.attendance import doors
from events.models import CheckIn, Door, Ticket
codes = {row.registration.name: row.code for row in Ticket.objects.select_related("registration")}
links = {door.name: doors.token_for(door) for door in Door.objects.all()}
rows = CheckIn.objects.order_by("at").values_list("registration__name", "door__name")
print("FOUND", json.dumps({"codes": codes, "links": links, "check_ins": [list(row) for row in rows]}))
"""
REVOKE = """
from django.contrib.auth.models import AnonymousUser
from events.attendance import doors
from events.models import Door
doors.revoke_door(Door.objects.get(name="South door"), AnonymousUser())
"""


@dataclass
class Site:
    address: str
    variables: dict[str, str]

    def read(self) -> dict:
        printed = server.manage(["shell", "-c", READ], self.variables)
        return json.loads(printed.partition("FOUND ")[2].splitlines()[0])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with server.made_site(tmp_path_factory.mktemp("door"), "door_offline", SET_UP) as (address, variables):
        yield Site(address, variables)


def open_door(site: Site, found: dict, context: BrowserContext, name: str, number: int = 4) -> Page:
    """Open the page of a door, and keep the list on the device."""
    page = context.new_page()
    page.goto(f"{site.address}/en/door/{found['links'][name]}/")
    page.get_by_text("Without a connection", exact=True).click()
    page.get_by_role("button", name="Keep the list on this device").click()
    expect(page.locator("[data-state]")).to_contain_text(f"{number} participants")
    expect_kept(page)
    return page


def enter(page: Page, code: str) -> None:
    page.get_by_label("Ticket code").fill(code)
    page.keyboard.press("Enter")


def add_walk_in(page: Page, name: str, address: str) -> None:
    form = page.locator("[data-walk-in]")
    if form.get_attribute("open") is None:
        form.locator("summary").click()
    form.get_by_label("Name").fill(name)
    form.get_by_label("Email address").fill(address)
    form.get_by_role("button").click()


def expect_answer(page: Page, level: str, heading: str, name: str = "") -> None:
    expect(page.locator(".door-answer__heading")).to_have_text(heading)
    expect(page.locator(".door-answer")).to_have_attribute("class", f"door-answer door-answer--{level}")
    if name:
        expect(page.locator(".door-answer__name")).to_have_text(name)


def waiting(page: Page):
    return page.locator("[data-waiting]")


def test_two_doors_without_a_connection(site, new_context):
    found = site.read()
    codes = found["codes"]
    contexts = [new_context(390, 844), new_context(390, 844, color_scheme="dark")]
    north = open_door(site, found, contexts[0], "North door")
    south = open_door(site, found, contexts[1], "South door")
    enter(north, codes["Žaneta Õunapuu"])
    expect_answer(north, "good", "Welcome", "Žaneta Õunapuu")
    for context in contexts:
        context.set_offline(True)

    # All answers, with the page of the server
    enter(north, codes["Žaneta Õunapuu"])
    expect_answer(north, "warn", "Already checked in", "Žaneta Õunapuu")
    spoken = codes["Anna Example"].lower().replace("0", "o").replace("1", "l")
    enter(north, " ".join([spoken[:6], spoken[6:12], spoken[12:]]))
    expect_answer(north, "good", "Welcome", "Anna Example")
    expect(waiting(north)).to_contain_text("1 scan waiting to be sent")
    enter(north, codes["Olav Online"])
    expect_answer(north, "warn", "Registered for online", "Olav Online")
    enter(north, codes["Wanda Withdrawn"])
    expect_answer(north, "bad", "No place")
    enter(north, "0" * 17 + "1")
    expect_answer(north, "bad", "Code misread")
    enter(north, "0" * 18)
    expect_answer(north, "bad", "Not on this list")
    enter(north, "hello")
    expect_answer(north, "bad", "Unknown code")

    # The page that the device keeps
    north.reload()
    expect(north.get_by_text("No connection. Scans are saved on this device.")).to_be_visible()
    expect(waiting(north)).to_contain_text("1 scan waiting to be sent")
    enter(north, codes["Anna Example"])
    expect_answer(north, "warn", "Already checked in", "Anna Example")
    north.get_by_role("searchbox", name="Name").fill("τριτ")
    north.get_by_role("button", name="Search").click()
    north.locator("[data-results]").get_by_role("button").click()
    expect_answer(north, "good", "Welcome", "Νίκος Τρίτος")
    expect(waiting(north)).to_contain_text("2 scans waiting to be sent")
    assert [*audits.axe(north), *audits.overflow(north)] == []
    north.locator(".door-answer").get_by_role("button", name="Undo").click()
    expect_answer(north, "good", "Check-in undone", "Νίκος Τρίτος")

    # People without a registration: one whom both doors add, one whose name is on the list
    add_walk_in(north, "Eeva Virtanen", "eeva@example.org")
    expect_answer(north, "good", "Welcome", "Eeva Virtanen")
    expect(waiting(north)).to_contain_text("3 scans waiting to be sent")
    add_walk_in(north, "Eeva Virtanen", "eeva@example.org")
    expect_answer(north, "warn", "Already checked in", "Eeva Virtanen")
    add_walk_in(north, "žaneta ÕUNAPUU", "")
    expect_answer(north, "warn", "Same name", "žaneta ÕUNAPUU")
    assert "Virtanen" not in stored_bytes(north)
    assert "Õunapuu" not in stored_bytes(north)
    add_walk_in(south, "Eeva Virtanen", "eeva@example.org")
    expect_answer(south, "good", "Welcome", "Eeva Virtanen")

    # The other door, at the same time
    enter(south, codes["Anna Example"])
    expect_answer(south, "good", "Welcome", "Anna Example")

    # Connected again: nothing is lost, and nobody is in twice
    contexts[0].set_offline(False)
    expect(waiting(north)).to_be_hidden()
    contexts[1].set_offline(False)
    expect(waiting(south)).to_be_hidden()
    expect(south.locator("[data-conflicts]")).to_contain_text("Anna Example")
    expect(south.locator("[data-conflicts]")).to_contain_text("North door")
    expect(south.locator("[data-conflicts]")).to_contain_text("Was registered already, so nobody was added.")
    assert site.read()["check_ins"] == [
        ["Žaneta Õunapuu", "North door"],
        ["Anna Example", "North door"],
        ["Eeva Virtanen", "North door"],
    ]

    # Removed on demand: without a connection there is no page and no list
    north.goto(north.url)
    north.get_by_text("Without a connection", exact=True).click()
    north.get_by_role("button", name="Remove the list from this device").click()
    expect(north.locator("[data-state]")).to_contain_text("The list is not on this device")
    assert kept(north) == [0, 0, False]

    # People who were not sent are deleted on demand, too
    contexts[1].set_offline(True)
    add_walk_in(south, "Never Sent", "")
    expect(waiting(south)).to_be_visible()
    south.get_by_role("button", name="Remove the list from this device").click()
    south.get_by_role("button", name="Delete them and remove the list").click()
    expect(waiting(south)).to_be_hidden()
    assert kept(south) == [0, 0, False]
    contexts[1].set_offline(False)

    # Kept again, while the page is open: it opens without a connection
    south.get_by_role("button", name="Keep the list on this device").click()
    expect(south.locator("[data-state]")).to_contain_text("5 participants")
    expect_kept(south)
    contexts[1].set_offline(True)
    south.reload()
    expect(south.get_by_text("No connection. Scans are saved on this device.")).to_be_visible()
    contexts[1].set_offline(False)
    south.get_by_role("link", name="Connect again").click()
    expect(south.get_by_role("button", name="Add and check in")).to_be_hidden()
    expect(south.locator("[data-state]")).to_contain_text("5 participants")

    # Revoked: the device reads it, and nothing stays
    contexts[1].set_offline(True)
    enter(south, codes["Νίκος Τρίτος"])
    expect_answer(south, "good", "Welcome", "Νίκος Τρίτος")
    server.manage(["shell", "-c", REVOKE], site.variables)
    contexts[1].set_offline(False)
    expect(south.locator("[data-waiting]")).to_contain_text("This door link was revoked")
    assert kept(south) == [0, 0, False]
    assert len(site.read()["check_ins"]) == 3


def stored_bytes(page: Page) -> str:
    """Return everything that the device keeps in its database, as text."""
    return page.evaluate(
        """async () => {
            const done = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
            let text = "";
            for (const { name } of await indexedDB.databases()) {
                const database = await done(indexedDB.open(name));
                for (const store of ["data", "scans"]) {
                    for (const row of await done(database.transaction(store).objectStore(store).getAll())) {
                        text += JSON.stringify(row) + (row.bytes ? new TextDecoder().decode(row.bytes) : "");
                    }
                }
            }
            return text;
        }"""
    )


def kept(page: Page) -> list:
    """Return what the device keeps: rows of the list, scans, and whether a worker is registered."""
    return page.evaluate(
        """async () => {
            const done = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
            const found = [0, 0, (await navigator.serviceWorker.getRegistrations()).length > 0];
            for (const { name } of await indexedDB.databases()) {
                const database = await done(indexedDB.open(name));
                const keys = (store) => done(database.transaction(store).objectStore(store).getAllKeys());
                found[0] += (await keys("data")).filter((key) => key !== "meta").length;
                found[1] += (await keys("scans")).length;
            }
            return found;
        }"""
    )
