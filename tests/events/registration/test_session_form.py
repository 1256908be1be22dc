"""Choosing sessions in the registration form and on the personal page, and the emails about them."""

import datetime
import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from events.dates import format_day
from events.enums import Mode
from events.models import EventPage, EventSession, OutboxMail, Registration, SessionSeat, TimetableRow
from events.publishing import announce
from events.registration import commands, tokens
from events.registration.chosen_sessions import seats_of
from events.registration.mail.rendering import render
from events.registration.privacy.data_export import personal_data
from events.registration.privacy.data_to_read import readable
from tests.factories import reload
from tests.factories.events import publish, row, rows_of
from tests.factories.registrations import make_open_page, make_registration
from tests.factories.users import admin_url, make_organiser
from tests.visitors import old_form_token

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def made_page(module_home_page):
    page = make_open_page(
        module_home_page,
        row("10:00", "Workshop A", end="11:00", track="1", room="Room 1"),
        row("10:00", "Workshop B", end="11:00", track="2"),
        row("10:30", "All afternoon", end="12:00", track="3"),
        event_fields={"attendance": "hybrid"},
    )
    commands.set_chosen(page.event.pk, {row.translation_key: 1 for row in rows_of(page)})
    return EventPage.objects.get(pk=page.pk)


@pytest.fixture
def page(made_page, db):
    return reload(made_page)


def key_of(page, title):
    return str(next(item.translation_key for item in rows_of(page) if item.title == title))


def fill(client, page, name="Anna", **values):
    path, token = page.register_path(), old_form_token(page.event_id)
    data = {"form_token": token, "mode": "on_site", "given_name": name, "email": f"{name.lower()}@example.org"}
    return client.post(path, data | values)


def personal_url(person, name="registration"):
    with translation.override(person.language):
        return reverse(name, kwargs={"token": tokens.token_for(person)})


def chosen(person):
    return {item.session.title: not item.is_waiting for item in seats_of(reload(person))}


FIRST, SECOND = "session_20300516_1000", "session_20300516_1030"


def test_the_form_offers_the_sessions_by_time_and_says_which_are_full(page, client):
    commands.choose_sessions(
        make_registration(page.event).pk, {EventSession.objects.get(key=key_of(page, "Workshop A")).key}
    )
    for _cached in range(2):
        text = client.get(page.register_path()).content.decode()
        assert text.count(f'name="{FIRST}"') == 3
        assert "On site: Full. You can join the waiting list." in text
        assert "On site: Few places left" in text
        assert "until 11:00, Room 1" in text
        # The mark of the cached form is replaced.
        assert "session-" + str(EventSession.objects.first().pk) not in text


def test_an_event_without_such_sessions_asks_nothing(page, client):
    EventSession.objects.update(is_chosen=False, capacity=None)
    assert "Choose your sessions" not in client.get(page.register_path()).content.decode()


def test_the_choice_is_stored_and_in_the_email(page, client):
    response = fill(client, page, **{FIRST: key_of(page, "Workshop A")})
    assert response.status_code == 303
    person = Registration.objects.get()
    assert chosen(person) == {"Workshop A": True}
    assert fill(Client(), page, "Bert", **{FIRST: key_of(page, "Workshop A"), SECOND: ""}).status_code == 303
    mails = [render(mail).body for mail in OutboxMail.objects.filter(kind="confirmed").order_by("pk")]
    assert "Workshop A" in mails[0]
    assert "waiting list" not in mails[0]
    assert "Workshop A, Room 1 (on the waiting list)" in mails[1]


def test_the_page_after_the_form_shows_the_choice_to_its_sender_only(page, client, settings):
    settings.PAGE_CACHE_SECONDS = 60
    path = fill(client, page, **{FIRST: key_of(page, "Workshop A")})["Location"]
    others = [Client(), Client()]
    fill(others[0], page, "Bert", **{SECOND: key_of(page, "All afternoon")})
    texts = [one.get(path).content.decode() for one in (client, others[0], others[1], client)]
    assert [[title in text for title in ("Workshop A, Room 1", "All afternoon")] for text in texts] == [
        [True, False],
        [False, True],
        [False, False],
        [True, False],
    ]
    assert ["whether you have a place in each of them" in text for text in texts] == [True, True, False, True]
    assert all("sessions-" not in text for text in texts)


def test_nothing_is_said_of_sessions_to_who_chose_none_or_of_rooms_online(page, client):
    path = fill(client, page)["Location"]
    assert "Your sessions" not in client.get(path).content.decode()
    other = Client()
    path = fill(other, page, "Bert", mode="online", **{FIRST: key_of(page, "Workshop A")})["Location"]
    text = other.get(path).content.decode()
    assert "Workshop A" in text
    assert "Room 1" not in text
    assert "Room 1" not in other.get(personal_url(Registration.objects.get(name="Bert"))).content.decode()


def test_a_track_of_one_letter_is_no_place(page, client):
    TimetableRow.objects.filter(page=page).update(room="", track="A")
    publish(EventPage.objects.get(pk=page.pk))
    announce(page.event_id)
    text = client.get(page.register_path()).content.decode()
    assert "until 11:00<" in text
    assert "until 11:00, A" not in text


def test_a_clash_is_said_beside_the_field_and_the_choice_is_kept(page, client):
    choice = {FIRST: key_of(page, "Workshop B"), SECOND: key_of(page, "All afternoon")}
    text = fill(client, page, **choice).content.decode()
    assert "“All afternoon” begins before “Workshop B” ends at 11:00. Choose one of them." in text
    assert f'href="#id_{SECOND}_0"' in text
    assert text.count(" checked") == 3
    assert not Registration.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"session_20300516_0900": "2a2f2c53-0000-4000-8000-000000000000"},
        {FIRST: "2a2f2c53-0000-4000-8000-000000000000"},
        {FIRST: "no key\x00"},
        {"session_": "x"},
    ],
)
def test_what_is_not_offered_is_refused_in_words(page, client, values):
    response = fill(client, page, **values)
    assert response.status_code == 200
    text = response.content.decode()
    assert "The sessions have changed." in text or "Choose one of these sessions, or none." in text
    assert not Registration.objects.exists()


def test_a_session_that_is_cancelled_while_the_form_is_open_is_refused(page, client, monkeypatch):
    # The form still offers it: another process has cancelled it since.
    monkeypatch.setattr("events.views.registration._sessions", _frozen(page))
    cancel(page, "Workshop A")
    response = fill(client, page, **{FIRST: key_of(page, "Workshop A")})
    assert response.status_code == 409
    assert "The sessions have changed." in response.content.decode()


def _frozen(page):
    from events.registration.chosen_sessions import chosen_sessions

    found = chosen_sessions(page.event, "en")
    return lambda _registering: found


def cancel(page, title):
    TimetableRow.objects.filter(page=page, title=title).update(is_cancelled=True)
    publish(EventPage.objects.get(pk=page.pk))
    announce(page.event_id)


def test_the_personal_page_shows_and_changes_the_choice(page, client):
    person = make_registration(page.event)
    assert "Some sessions have places of their own." in client.get(personal_url(person)).content.decode()
    url = personal_url(person, "registration_sessions")
    assert client.get(url).status_code == 200
    response = client.post(url, {FIRST: key_of(page, "Workshop A")})
    assert (response.status_code, response["Location"].endswith("?done=sessions")) == (303, True)
    text = client.get(response["Location"]).content.decode()
    assert "Your choice of sessions is saved." in text
    assert "You have a place." in text
    other = make_registration(page.event)
    response = client.post(personal_url(other, "registration_sessions"), {FIRST: key_of(page, "Workshop A")})
    assert response["Location"].endswith("?done=sessions_waiting")
    # The first one gives the place up, and the other one gets it and an email.
    client.post(url, {FIRST: ""})
    assert (chosen(person), chosen(other)) == ({}, {"Workshop A": True})
    mail = render(OutboxMail.objects.get(kind="session_place"))
    assert "A place became free for you" in mail.body
    assert "Workshop A" in mail.body


def test_a_clash_on_the_personal_page(page, client):
    person = make_registration(page.event)
    response = client.post(
        personal_url(person, "registration_sessions"),
        {FIRST: key_of(page, "Workshop B"), SECOND: key_of(page, "All afternoon")},
    )
    assert response.status_code == 422
    assert "Choose one of them." in response.content.decode()


def test_who_chose_a_session_is_told_when_it_moves_or_is_cancelled(page):
    finn = make_registration(page.event, language="fi")
    for person in (finn, make_registration(page.event)):
        commands.choose_sessions(person.pk, {EventSession.objects.get(key=key_of(page, "Workshop B")).key})
    announce(page.event_id)
    assert not OutboxMail.objects.filter(kind="session_change").exists()
    move(page, "Workshop B", "13:00", "14:00")
    assert OutboxMail.objects.filter(kind="session_change").count() == 2
    mail = render(OutboxMail.objects.exclude(registration=finn).get(kind="session_change"))
    assert "13:00–14:00 Workshop B" in mail.body
    assert "10:00–11:00" in mail.body
    # A change that is undone before it was sent needs no email, and two changes in a row need one.
    move(page, "Workshop B", "10:00", "11:00")
    assert not OutboxMail.objects.filter(kind="session_change").exists()
    move(page, "Workshop B", "13:00", "14:00")
    cancel(page, "Workshop B")
    found = OutboxMail.objects.filter(kind="session_change")
    assert sorted(mail.language for mail in found) == ["en", "fi"]
    assert "A session that you chose is cancelled" in render(found.get(language="en")).body


def move(page, title, start, end):
    start, end = (datetime.time.fromisoformat(text) for text in (start, end))
    TimetableRow.objects.filter(page=page, title=title).update(start=start, end=end)
    announce(page.event_id)


def test_the_data_of_a_participant_have_the_choice(page):
    person = make_registration(page.event)
    commands.choose_sessions(person.pk, {EventSession.objects.get(key=key_of(page, "Workshop A")).key})
    data = personal_data(reload(person))
    assert [(item["session"], item["status"]["code"]) for item in data["chosen_sessions"]] == [("Workshop A", "held")]
    assert any(section.heading == "Sessions chosen" and section.lines for section in readable(reload(person)))


def test_an_invited_person_chooses_in_the_form(page, client):
    person = make_registration(page.event, "offered", is_invited=True, offer_expires_at=page.event.starts_at)
    data = {"given_name": "Ida", FIRST: key_of(page, "Workshop A")}
    assert client.post(personal_url(person, "registration_complete"), data).status_code == 303
    assert chosen(person) == {"Workshop A": True}


def test_the_organiser_sets_places_and_sees_who_chose(page, client):
    event = page.event
    client.force_login(make_organiser(event))
    url = admin_url(event, "registration_sessions")
    key = key_of(page, "Workshop A")
    person = make_registration(event)
    commands.choose_sessions(person.pk, {EventSession.objects.get(key=key).key})
    settings = {"code_grace_minutes": "10"}
    client.post(url, settings | {f"chosen_{key}": "on", f"places_{key}": "25"})
    assert list(EventSession.objects.filter(is_chosen=True).values_list("key", "capacity")) == [
        (EventSession.objects.get(key=key).key, 25)
    ]
    for wrong in ("0", "x", "99999999"):
        response = client.post(url, settings | {f"chosen_{key}": "on", f"places_{key}": wrong})
        assert response.status_code == 422
        assert f'value="{wrong}"' in response.content.decode()
    pk = EventSession.objects.get(key=key).pk
    listed = client.get(admin_url(event, "registrations"), {"session": pk}).content.decode()
    assert person.name in listed
    assert (
        person.name not in client.get(admin_url(event, "registrations"), {"session": f"waiting-{pk}"}).content.decode()
    )
    assert "Workshop A" in client.get(admin_url(event, "registration_detail", person.pk)).content.decode()


def test_the_organiser_changes_the_choice_of_a_participant(page, client):
    first, person = (make_registration(page.event) for _number in range(2))
    commands.choose_sessions(first.pk, {uuid.UUID(key_of(page, "Workshop A"))})
    client.force_login(make_organiser(page.event))
    detail = admin_url(page.event, "registration_detail", person.pk)
    url = admin_url(page.event, "registration_choose_sessions", person.pk)
    assert url in client.get(detail).content.decode()
    body = client.get(url).content.decode()
    assert "Workshop A, until 11:00, Room 1, 1 of 1 places taken" in body
    assert "You have a place" not in body
    # A full session leads to its waiting list, unless the organiser gives a place.
    assert client.post(url, {FIRST: key_of(page, "Workshop A")}).headers["Location"] == detail
    assert chosen(person) == {"Workshop A": False}
    client.post(url, {FIRST: ""})
    assert chosen(person) == {}
    client.post(url, {FIRST: key_of(page, "Workshop A"), "force": "on"})
    assert chosen(person) == {"Workshop A": True}
    # A clash is said beside the field, and the choice is kept.
    response = client.post(url, {FIRST: key_of(page, "Workshop B"), SECOND: key_of(page, "All afternoon")})
    body = response.content.decode()
    assert response.status_code == 422
    assert "begins before “Workshop B” ends" in body
    assert re.search(rf'value="{key_of(page, "Workshop B")}"[^>]* checked', body)
    assert chosen(person) == {"Workshop A": True}
    commands.withdraw(person.pk)
    assert url not in client.get(detail).content.decode()
    assert client.post(url, {FIRST: ""}).status_code == 409


def test_the_event_page_says_whether_places_are_left(page, client):
    url = page.get_url()
    assert client.get(url).content.decode().count("Choose when you register") == 3
    for _number in range(2):
        person = make_registration(page.event)
        commands.choose_sessions(person.pk, {EventSession.objects.get(key=key_of(page, "Workshop A")).key})
    assert "<strong>Full. You can join the waiting list.</strong>" in client.get(url).content.decode()


def test_online_participants_read_nothing_of_places(page, client):
    person = make_registration(page.event, mode=Mode.ONLINE)
    text = client.get(personal_url(person, "registration_sessions")).content.decode()
    assert "Few places left" not in text
    assert SessionSeat.objects.count() == 0


def test_sessions_of_an_event_over_several_days_have_their_day(home_page, client):
    page = make_open_page(
        home_page,
        row("10:00", "Opening", end="11:00"),
        row("10:00", "Workshop", end="11:00", day=2),
        event_fields={"last_day": datetime.date(2030, 5, 17)},
        slug="two-days",
    )
    commands.set_chosen(page.event.pk, {uuid.UUID(key_of(page, "Workshop")): 5})
    text = client.get(page.register_path()).content.decode()
    assert f'<h3 class="slot-day">{format_day(page.event.last_day)}</h3>' in text
