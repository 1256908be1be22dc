"""Door links and check-in by ticket code, at the door and in the admin."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import AccessRecord, Action
from events.attendance import check_ins, doors
from events.attendance.check_ins import Result
from events.attendance.points import CheckInPoint
from events.enums import MailKind, Mode
from events.models import CheckIn, DataAccess, Door, HistoryEntry, OutboxMail, Registration
from events.registration import commands, tickets
from events.registration.actor import at_door
from events.registration.privacy import erasure
from events.states import RegistrationStatus
from tests.factories import reload
from tests.factories.events import change_event
from tests.factories.registrations import make_open_page, make_registration, make_staff, set_seats_of, status_of
from tests.factories.users import admin_url, make_organiser, make_user

pytestmark = pytest.mark.slow

DAY = datetime.timedelta(days=1)


@pytest.fixture(scope="module")
def made_page(module_home_page):
    return make_open_page(module_home_page)


@pytest.fixture
def event(made_page, db):
    """An event of today and tomorrow in Turku, with open registration and ten places on site."""
    page = reload(made_page)
    today = timezone.localdate(timezone=timezone.get_fixed_timezone(120))
    change_event(page.event, first_day=today, last_day=today + DAY)
    return reload(page.event)


@pytest.fixture
def organiser(event):
    return make_organiser(event)


@pytest.fixture
def door(event, organiser):
    return doors.create_door(event, "North door", timezone.now() + DAY, organiser)


def url(door, language="en"):
    with translation.override(language):
        return reverse("door", kwargs={"token": doors.token_for(door)})


def named(door, person):
    """Return what the page of the door names the person by."""
    return doors.reference_of(door, person.pk)


def code_of(person):
    return tickets.shown(tickets.ticket_of(person))


def scan(event, text, door=None):
    actor = at_door(door) if door else make_staff()
    return check_ins.scan(event, text, CheckInPoint(event.first_day), actor)


# The answers


def test_a_ticket_checks_in_once(event, door):
    person = make_registration(event)
    first = scan(event, code_of(person).lower(), door)
    again = scan(event, code_of(person), door)
    assert (first.result, again.result) == (Result.WELCOME, Result.ALREADY_IN)
    assert (status_of(person), CheckIn.objects.get().door) == ("attended", door)
    entry = HistoryEntry.objects.get(action="check_in")
    assert (entry.actor, entry.door, entry.user) == ("door", door, None)


@pytest.mark.parametrize("status", ["waiting", "withdrawn", "cancelled", "pending", "offered"])
def test_people_without_a_place_are_not_let_in(event, status):
    person = make_registration(event, status)
    found = scan(event, code_of(person))
    assert (found.result, found.registration) == (Result.NO_PLACE, person)
    assert not CheckIn.objects.exists()


def test_an_absent_participant_who_comes_is_let_in(event):
    person = make_registration(event, RegistrationStatus.ABSENT)
    assert scan(event, code_of(person)).result == Result.WELCOME


def test_an_old_ticket_a_ticket_of_another_event_and_other_texts(event, home_page):
    person = make_registration(event)
    old = code_of(person)
    commands.renew_link(person.pk, make_staff())
    other = make_registration(make_open_page(home_page, slug="other").event)
    new = code_of(reload(person))
    wrong = new[:-1] + ("0" if new[-1] != "0" else "1")
    texts = [old, code_of(other), wrong, "Anna Virtanen", "", "https://example.org/", "\0" * 18, "😀"]
    assert [scan(event, text).result for text in texts] == [
        Result.REPLACED,
        Result.OTHER_EVENT,
        Result.MISREAD,
        *[Result.UNKNOWN] * 5,
    ]
    assert not CheckIn.objects.exists()


def test_an_online_participant_at_the_door_is_a_question(event, door, client):
    person = make_registration(event, mode=Mode.ONLINE)
    shown = client.post(url(door), {"code": code_of(person)}).content.decode()
    assert "Registered for online" in shown
    assert "Check in anyway" in shown
    assert "Welcome" in client.post(url(door), {"person": named(door, person)}).content.decode()
    assert 'door-answer__heading">Already' not in shown


# Door links


def test_a_door_link_opens_check_in_and_nothing_else(client, door, event):
    response = client.get(url(door))
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert "camera=(self)" in response["Permissions-Policy"]
    assert "camera=()" in client.get("/en/search/")["Permissions-Policy"]
    for name in ("registrations", "registration_check_in", "registration_doors"):
        assert client.get(admin_url(event, name)).status_code == 302
    token = doors.token_for(door)
    assert client.get(reverse("registration", kwargs={"token": token})).status_code == 404


def test_the_page_checks_in_by_code_and_undoes_it(client, door, event):
    person = make_registration(event, name="Κατερίνα Õun")
    shown = client.post(url(door), {"code": code_of(person)}).content.decode()
    assert "door-answer--good" in shown
    assert "Κατερίνα Õun" in shown
    assert "1 of 1 on site have arrived" in shown
    assert "door-answer--warn" in client.post(url(door), {"code": code_of(person)}).content.decode()
    assert "Check-in undone" in client.post(url(door), {"person": named(door, person), "undo": "1"}).content.decode()
    assert (status_of(person), CheckIn.objects.count()) == ("confirmed", 0)


def test_the_script_gets_the_answer_alone(client, door, event):
    person = make_registration(event)
    shown = client.post(url(door, "fi"), {"code": code_of(person)}, headers={"X-Door": "1"}).content.decode()
    assert "<html" not in shown
    assert 'data-level="good"' in shown
    assert "Tervetuloa" in shown
    assert 'data-count="1/1 paikan päällä osallistuvaa on saapunut"' in shown


def test_a_door_undoes_only_its_own_check_ins(client, door, event, organiser):
    person = make_registration(event)
    other = doors.create_door(event, "South door", timezone.now() + DAY, organiser)
    client.post(url(other), {"code": code_of(person)})
    shown = client.post(url(door), {"person": named(door, person), "undo": "1"}).content.decode()
    assert "Someone else checked them in" in shown
    assert CheckIn.objects.count() == 1


def test_the_search_shows_names_only_and_is_recorded(client, door, event):
    make_registration(event, name="Κατερίνα Õun", organisation="Secret House", email="secret@example.org")
    make_registration(event, "waiting", name="Katerina Waiting")
    shown = client.get(url(door) + "?q=κατερινα").content.decode()
    assert "Κατερίνα Õun" in shown
    assert [word for word in ("Secret", "secret@", "Waiting") if word in shown] == []
    record = AccessRecord.objects.get(action=Action.LIST_VIEWED)
    assert record.detail == {"screen": "door", "door": "North door", "search": True}
    assert "at least two letters" in client.get(url(door) + "?q=κ").content.decode()
    assert "No participant with this name" in client.get(url(door) + "?q=zzz").content.decode()


def test_without_a_search_no_names_are_shown(client, door, event):
    make_registration(event, name="Κατερίνα Õun")
    assert "Κατερίνα" not in client.get(url(door)).content.decode()


@pytest.mark.parametrize("change", ["ended", "revoked", "wrong"])
def test_an_ended_a_revoked_and_a_wrong_link_get_the_same_answer(client, door, organiser, event, change):
    address, person = url(door), make_registration(event)
    if change == "ended":
        Door.objects.update(ends_at=timezone.now())
    elif change == "revoked":
        doors.revoke_door(door, organiser)
        doors.revoke_door(door, organiser)
        assert [row.action for row in DataAccess.objects.order_by("pk")] == ["create_door", "revoke_door"]
    else:
        address = address[:-3] + "xx/"
    response = client.post(address, {"code": code_of(person)})
    assert response.status_code == 404
    assert "Ask the organisers for a new one." in response.content.decode()
    assert not CheckIn.objects.exists()


def test_a_person_of_another_event_is_not_found(client, door, home_page):
    other = make_registration(make_open_page(home_page, slug="other").event)
    assert client.post(url(door), {"person": named(door, other)}).status_code == 404


@pytest.mark.parametrize("status", ["confirmed", "attended", "waiting", "withdrawn"])
def test_counting_through_numbers_shows_no_names(client, door, event, organiser, status):
    person = make_registration(event, status, name="Anna Secret")
    other = doors.create_door(event, "South door", timezone.now() + DAY, organiser)
    for value in (person.pk, f"{person.pk}:x", "9" * 30, "\0", "", named(other, person)):
        for data in ({"person": value}, {"person": value, "undo": "1"}):
            response = client.post(url(door), data)
            assert response.status_code == 404
            assert "Anna Secret" not in response.content.decode()
    assert not CheckIn.objects.exists()


def test_the_page_costs_the_same_for_any_number_of_people(client, door, event, django_assert_num_queries):
    for number in (1, 2):
        for person in range(number):
            client.post(url(door), {"code": code_of(make_registration(event, name=f"Anna {number} {person}"))})
        with django_assert_num_queries(12):
            client.get(url(door) + "?q=anna")


# Walk-ins


def test_a_walk_in_is_registered_and_checked_in(client, door, event):
    data = {"walk_in": "1", "name": "Eeva Virtanen", "email": "eeva@example.org"}
    shown = client.post(url(door, "fi"), data).content.decode()
    person = Registration.objects.get()
    assert "Eeva Virtanen" in shown
    assert (person.status, person.language, person.check_ins.get().door) == ("attended", "fi", door)
    assert OutboxMail.objects.get().kind == MailKind.CONFIRMED
    shown = client.post(url(door), data)
    assert shown.status_code == 409
    assert "already registered" in shown.content.decode()


def test_a_walk_in_over_the_capacity_needs_a_second_click(client, door, event):
    set_seats_of(event, Mode.ON_SITE, 0)
    data = {"walk_in": "1", "name": "Eeva Virtanen"}
    shown = client.post(url(door), data)
    assert shown.status_code == 409
    assert "No places are left on site" in shown.content.decode()
    assert not Registration.objects.exists()
    client.post(url(door), data | {"force": "on"})
    assert status_of(Registration.objects.get()) == "attended"


def test_a_walk_in_needs_a_name(client, door):
    response = client.post(url(door), {"walk_in": "1", "name": "", "email": "no address"})
    assert response.status_code == 422
    assert response.content.decode().count("field--error") == 2


def test_a_door_sends_only_so_many_emails(client, door, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"mailbox": (2, 3600), "door": (4, 3600)}
    data = {"walk_in": "1", "name": "Buy this"}
    statuses = [
        client.post(url(door), data | {"email": f"victim+{number}@example.org"}).status_code for number in range(4)
    ]
    assert statuses == [200, 200, 429, 429]
    assert client.post(url(door), data).status_code == 429
    assert (Registration.objects.count(), OutboxMail.objects.count()) == (2, 2)


# In the admin


@pytest.mark.parametrize("undo", [{}, {"undo": "1"}])
def test_helpers_who_count_through_numbers_see_nobody_without_a_place(client, event, undo):
    client.force_login(make_organiser(event, "helper", only_checks_in=True))
    for status in ("waiting", "withdrawn"):
        person = make_registration(event, status, name="Anna Secret")
        address = admin_url(event, "registration_check_in")
        assert client.post(address, {"person": person.pk} | undo, follow=True).status_code == 404


def test_organisers_make_show_and_revoke_links(client, event, organiser):
    client.force_login(organiser)
    address = admin_url(event, "registration_doors")
    assert "There is no valid door link." in client.get(address).content.decode()
    ends_at = timezone.localtime(timezone.now() + DAY).strftime("%Y-%m-%dT%H:%M")
    client.post(address, {"name": "North door", "ends_at": ends_at})
    door = Door.objects.get()
    shown = client.get(address).content.decode()
    assert reverse("door", kwargs={"token": doors.token_for(door)}) in shown
    assert doors.token_for(door) not in str(Door.objects.values())
    client.post(address, {"revoke": door.pk})
    assert reload(door).revoked_at
    assert "revoked on" in client.get(address).content.decode()
    assert client.post(address, {"name": "Old", "ends_at": "2020-01-01T10:00"}).status_code == 422


def test_helpers_with_check_in_access_make_no_links(client, event):
    client.force_login(make_organiser(event, "helper", only_checks_in=True))
    assert client.get(admin_url(event, "registration_doors")).status_code == 404


def test_the_check_in_screen_takes_ticket_codes(client, event, organiser):
    client.force_login(organiser)
    person = make_registration(event, name="Anna Õun")
    address = admin_url(event, "registration_check_in")
    assert "check-in__answer--good" in client.post(address, {"code": code_of(person)}).content.decode()
    assert "check-in__answer--warn" in client.post(address, {"code": code_of(person)}).content.decode()
    assert "Unknown code" in client.post(address, {"code": "Anna"}).content.decode()


def test_anonymising_keeps_the_count_of_the_door_and_no_ticket(event, door):
    person = make_registration(event)
    scan(event, code_of(person), door)
    erasure.erase(person.pk)
    assert doors.doors_of(event).get().check_in_count == 1
    assert not person.tickets.exists()


# The end of links


def test_no_link_works_longer_than_a_week_after_the_event(client, event, organiser):
    client.force_login(organiser)
    address = admin_url(event, "registration_doors")
    for ends_at in ("9999-12-31T23:59", "0001-01-01T00:00", (event.ends_at + 8 * DAY).strftime("%Y-%m-%dT%H:%M")):
        response = client.post(address, {"name": "North door", "ends_at": ends_at})
        assert response.status_code == 422
        assert "Enter a" in response.content.decode()
    assert not Door.objects.exists()
    # One that was made before, or before the event moved to an earlier day.
    door = doors.create_door(event, "Old", datetime.datetime(9999, 12, 31, tzinfo=datetime.UTC), organiser)
    token = doors.token_for(door)
    assert doors.find(token, event.ends_at + 6 * DAY) == door
    assert doors.find(token, event.ends_at + 8 * DAY) is None
    assert client.get(address).status_code == 200


def leave_screen(client, user, **entered):
    client.force_login(make_user("administrator", is_superuser=True))
    return client.post(reverse("accounts:leaving", args=[user.pk]), entered)


@pytest.mark.parametrize("ends_links", [True, False])
def test_links_end_with_the_account_of_someone_who_saw_them(client, event, door, ends_links):
    """The leaver did not make the link, but every organiser of the event can see it."""
    leaver = make_organiser(event, "leaver")
    helper = make_organiser(event, "helper", only_checks_in=True)
    leave_screen(client, helper, ends_links="1")
    assert doors.find(doors.token_for(door), timezone.now())
    leave_screen_text = client.get(reverse("accounts:leaving", args=[leaver.pk])).content.decode()
    assert "Door links that they made or could see" in leave_screen_text
    entered = {"ends_links": "1"} if ends_links else {}
    client.post(reverse("accounts:leaving", args=[leaver.pk]), entered)
    leaver.refresh_from_db()
    assert not leaver.is_active
    assert (doors.find(doors.token_for(door), timezone.now()) is None) == ends_links


@pytest.mark.parametrize("how", ["deactivated", "deleted", "no administrator"])
def test_links_end_when_an_account_loses_its_rights_in_another_way(event, door, how):
    user = make_user("other", is_superuser=True)
    if how == "deleted":
        user.delete()
    else:
        user.is_active, user.is_superuser = how != "deactivated", how != "no administrator"
        user.save()
    assert doors.find(doors.token_for(door), timezone.now()) is None
    assert AccessRecord.objects.filter(action=Action.EVENT_ACCESS_CHANGED, detail__what="revoke_door").exists()


def test_other_changes_of_an_account_end_no_link(event, door, organiser):
    organiser.first_name = "Aino"
    organiser.save()
    stranger = make_user("stranger")
    stranger.is_active = False
    stranger.save()
    assert doors.find(doors.token_for(door), timezone.now())


@pytest.mark.parametrize("ends_links", [True, False])
@pytest.mark.parametrize("how", ["removed", "check-in only"])
def test_links_end_when_an_organiser_loses_access(client, event, door, organiser, how, ends_links):
    colleague = make_organiser(event, "colleague")
    client.force_login(organiser)
    address = admin_url(event, "registration_access")
    assert 'name="ends_links"' in client.get(address).content.decode()
    entered = {"ends_links": "1"} if ends_links else {}
    if how == "removed":
        entered |= {"remove": colleague.event_accesses.get().pk}
    else:
        entered |= {"account": "colleague", "role": "check_in"}
    assert client.post(address, entered).status_code == 302
    assert (doors.find(doors.token_for(door), timezone.now()) is None) == ends_links


def test_giving_access_ends_no_link(client, event, door, organiser):
    make_user("new")
    client.force_login(organiser)
    client.post(admin_url(event, "registration_access"), {"account": "new", "role": "check_in", "ends_links": "1"})
    assert doors.find(doors.token_for(door), timezone.now())
