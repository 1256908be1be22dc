"""What organisers do at the desk, screen by screen, by way of the test client."""

import datetime
import pathlib
import re
import uuid

import pytest
from django.contrib.messages import get_messages
from django.contrib.staticfiles import finders
from django.utils import timezone

from events.enums import EventStatus, MailKind, MailStatus, Mode
from events.models import (
    Answer,
    CheckIn,
    Consent,
    DataAccess,
    EventAccess,
    EventQuestion,
    Message,
    OutboxMail,
    Registration,
    RegistrationSettings,
    SchedulerRun,
    SensitiveAnswer,
)
from events.registration import commands
from events.registration.encryption import decrypt, encrypt
from events.registration.errors import BusyError
from events.states import RegistrationStatus
from tests.factories.events import change_event
from tests.factories.registrations import again, make_registration, set_seats_of, status_of
from tests.factories.users import desk, make_organiser, make_user
from tests.html import soup

SETTINGS = {
    "on_site_offered": "on",
    "on_site_capacity": "10",
    "on_site_waiting_list": "on",
    "online_offered": "on",
    "online_capacity": "",
    "online_waiting_list": "on",
    "opens_at": "2030-01-01T10:00:05",
    "offer_hours": "48",
    "reminder_hours": "48",
    "asks_organisation": "optional",
    "asks_profession": "optional",
    "asks_country": "required",
    "legal_basis": "contract",
    "retention_days": "180",
    "sensitive_retention_days": "14",
}


def said(response) -> list[str]:
    """Return what the messages above a screen say."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def error_fields(response) -> set[str]:
    return set(response.context["form"].errors)


# Settings


def test_an_event_opens_with_seats_alone(client, admin_user, home_page):
    from tests.factories.events import make_page

    event = make_page(home_page, attendance="hybrid").event
    client.force_login(admin_user)
    url = desk(event, "registration")
    assert [item["name"] for item in soup(client.get(url)).select(".desk-start button")] == ["open", "shut"]
    assert client.post(url, {"open": "1"}).status_code == 422
    assert client.post(url, {"on_site_offered": "on", "on_site_capacity": "many", "open": "1"}).status_code == 422
    response = client.post(
        url, {"on_site_offered": "on", "on_site_capacity": "80", "online_offered": "on", "open": "1"}
    )
    assert response.url == url
    assert {pool.mode: pool.capacity for pool in event.seat_pools.all()} == {"on_site": 80, "online": None}
    assert RegistrationSettings.objects.get().opens_at <= timezone.now()
    assert "Registration is open" in soup(client.get(url)).select_one(".desk-window").get_text()


def test_seats_can_be_saved_without_opening(client, admin_user, home_page):
    from tests.factories.events import make_page

    event = make_page(home_page).event
    client.force_login(admin_user)
    client.post(desk(event, "registration"), {"on_site_offered": "on", "shut": "1"})
    assert RegistrationSettings.objects.get().opens_at is None
    assert "Registration is shut" in client.get(desk(event, "registration")).content.decode()


def test_moments_are_read_on_the_clocks_of_the_event(client, organiser, event):
    change_event(event, zone="Europe/Athens")
    response = client.post(desk(event, "registration"), SETTINGS | {"closes_at": "2030-05-01T12:30:59"})
    assert response.status_code == 302
    settings = RegistrationSettings.objects.get()
    assert settings.opens_at == datetime.datetime(2030, 1, 1, 8, 0, 5, tzinfo=datetime.UTC)
    assert settings.closes_at == datetime.datetime(2030, 5, 1, 9, 30, 59, tzinfo=datetime.UTC)
    assert settings.asks_country == "required"
    page = soup(client.get(desk(event, "registration")))
    assert page.select_one("[name=opens_at]")["value"] == "2030-01-01T10:00:05"
    assert "Europe/Athens" in page.select_one("[aria-labelledby=part-when]").get_text()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"closes_at": "2029-01-01T10:00"}, "__all__"),
        ({"opens_at": "soon"}, "opens_at"),
        ({"closes_at": "2031-01-01T10:00"}, "closes_at"),
        ({"on_site_offered": "", "online_offered": ""}, "on_site_offered"),
        ({"notification_emails": "nobody"}, "notification_emails"),
        ({"sensitive_retention_days": "200", "retention_days": "30"}, "sensitive_retention_days"),
        ({"on_site_capacity": "-1"}, "on_site_capacity"),
    ],
)
def test_wrong_settings_keep_the_input_and_say_why(client, organiser, event, wrong, field):
    response = client.post(desk(event, "registration"), SETTINGS | {"offer_hours": "7"} | wrong)
    assert response.status_code == 422
    assert field in error_fields(response)
    assert soup(response).select_one("[name=offer_hours]")["value"] == "7"


def test_lower_seats_are_said_first_and_drop_nobody(client, organiser, event):
    people = [make_registration(event) for _number in range(4)]
    lower = SETTINGS | {"on_site_capacity": "3"}
    response = client.post(desk(event, "registration"), lower)
    assert "4 seats are taken, more than 3. Nobody loses a place" in " ".join(
        soup(response).select_one(".desk-ask").get_text().split()
    )
    assert event.seat_pools.get(mode="on_site").capacity == 10
    client.post(desk(event, "registration"), lower | {"confirmed": "1"})
    assert event.seat_pools.get(mode="on_site").capacity == 3
    assert {status_of(person) for person in people} == {"confirmed"}
    assert soup(client.get(desk(event))).select_one(".desk-count__over dd").get_text() == "1"


def test_more_seats_name_those_who_would_be_offered_one(client, organiser, event):
    set_seats_of(event, Mode.ON_SITE, 1)
    make_registration(event)
    first = make_registration(event, "waiting", name="First in line")
    second = make_registration(event, "waiting", name="Second in line")
    more = SETTINGS | {"on_site_capacity": "2"}
    response = client.post(desk(event, "registration"), more)
    assert [item.get_text().split("  ")[0].strip() for item in soup(response).select(".desk-names li")] == [
        "First in line On site"
    ]
    assert status_of(first) == "waiting"
    assert (
        "1 person of the waiting list was offered"
        in said(client.post(desk(event, "registration"), more | {"confirmed": "1"}))[-1]
    )
    assert (status_of(first), status_of(second)) == ("offered", "waiting")


def test_closing_a_way_of_taking_part_says_whom_it_leaves(client, organiser, event):
    make_registration(event, mode=Mode.ONLINE)
    response = client.post(desk(event, "registration"), SETTINGS | {"online_offered": ""})
    assert "nobody can register any more" in soup(response).select_one(".desk-ask").get_text()


def test_the_window_opens_and_closes_at_once(client, organiser, event):
    url = desk(event, "registration_window")
    client.post(url, {"close": "1"})
    assert RegistrationSettings.objects.get().registration_ends_at <= timezone.now()
    client.post(url, {"open": "1"})
    assert RegistrationSettings.objects.get().closes_at is None
    RegistrationSettings.objects.update(opens_at=None)
    client.post(url, {"close": "1"})
    assert RegistrationSettings.objects.get().opens_at is None
    client.post(url, {"open": "1"})
    assert RegistrationSettings.objects.get().opens_at <= timezone.now()
    RegistrationSettings.objects.all().delete()
    assert client.post(url, {"open": "1"}).url == desk(event, "registration")


def test_a_busy_event_keeps_what_was_entered(client, organiser, event, monkeypatch):
    from events.admin import settings
    from events.registration.errors import BusyError

    def busy(*args):
        raise BusyError

    monkeypatch.setattr(settings, "set_seats", busy)
    response = client.post(desk(event, "registration"), SETTINGS | {"on_site_capacity": "55"})
    assert response.status_code == 422
    assert "Please try again" in said(response)[-1]
    assert soup(response).select_one("[name=on_site_capacity]")["value"] == "55"
    assert RegistrationSettings.objects.get().asks_country == "optional"


# Access


def test_access_is_given_and_taken(client, trusted, event):
    friend = make_user("friend")
    url = desk(event, "registration_access")
    client.post(url, {"account": "FRIEND@example.org", "role": "sensitive"})
    assert EventAccess.objects.get(user=friend).sees_sensitive
    client.post(url, {"account": "friend", "role": "door"})
    row = EventAccess.objects.get(user=friend)
    assert (row.sees_sensitive, row.only_checks_in) == (False, True)
    client.post(url, {"take": row.pk})
    assert not EventAccess.objects.filter(user=friend).exists()
    mine = EventAccess.objects.get(user=trusted)
    client.post(url, {"take": mine.pk})
    assert EventAccess.objects.filter(user=trusted).exists()
    assert client.post(url, {"take": "x"}).status_code == 302
    make_organiser(event, "second")
    assert client.post(url, {"take": mine.pk}).url == "/admin/"


@pytest.mark.parametrize(
    ("account", "role", "field"),
    [("nobody", "desk", "account"), ("twin@example.org", "desk", "account"), ("friend", "sensitive", "role")],
)
def test_access_that_cannot_be_given(client, organiser, event, account, role, field):
    make_user("friend")
    for name in ("a", "b"):
        user = make_user(name)
        user.email = "twin@example.org"
        user.save()
    response = client.post(desk(event, "registration_access"), {"account": account, "role": role})
    assert (response.status_code, error_fields(response)) == (422, {field})
    assert EventAccess.objects.count() == 1


# The list


def names(response) -> list[str]:
    return [person.name for person in response.context["people"]]


def test_the_list_filters_and_sorts(client, trusted, event):
    maria = make_registration(event, "waiting", name="Μαρία Παπαδοπούλου", country="GR", language="el")
    make_registration(event, name="Jaan Pärn", organisation="Tartu", country="EE", language="et")
    make_registration(event, "withdrawn", Mode.ONLINE, name="Anna Gone", organisation="Tartu")
    SensitiveAnswer.objects.create(
        registration=maria, question_key=uuid.uuid4(), kind="text", label="Diet", encrypted_value=encrypt("x")
    )
    url = desk(event)
    for query, wanted in {
        "q=μαρια": ["Μαρία Παπαδοπούλου"],
        "q=parn+tartu": ["Jaan Pärn"],
        "q=example.org&order=name": ["Anna Gone", "Jaan Pärn", "Μαρία Παπαδοπούλου"],
        "state=waiting": ["Μαρία Παπαδοπούλου"],
        "state=ended": ["Anna Gone"],
        "state=live&order=-name": ["Μαρία Παπαδοπούλου", "Jaan Pärn"],
        "mode=online": ["Anna Gone"],
        "country=EE": ["Jaan Pärn"],
        "organisation=Tartu&order=name": ["Anna Gone", "Jaan Pärn"],
        "language=el": ["Μαρία Παπαδοπούλου"],
        "needs=on": ["Μαρία Παπαδοπούλου"],
    }.items():
        assert names(client.get(f"{url}?{query}")) == wanted, query
    for hostile in ("state=x", "mode=x", "order=;drop", "p=x", "p=99", "country=%00"):
        assert len(names(client.get(f"{url}?{hostile}"))) == 3, hostile


def test_needs_are_no_filter_for_those_who_may_not_see_them(client, organiser, event):
    make_registration(event)
    response = client.get(desk(event) + "?needs=on")
    assert len(names(response)) == 1
    assert soup(response).select("[name=needs]") == []


def test_counts_stand_above_the_list(client, organiser, event):
    for status in ("confirmed", "confirmed", "pending", "waiting", "offered", "withdrawn", "attended"):
        make_registration(event, status)
    count = client.get(desk(event)).context["counts"][0]
    assert (count.capacity, count.confirmed, count.pending, count.offered, count.waiting, count.left) == (
        10,
        3,
        1,
        1,
        1,
        5,
    )


def test_an_empty_list_says_so(client, organiser, event):
    assert "Nobody has registered yet" in client.get(desk(event)).content.decode()
    RegistrationSettings.objects.all().delete()
    assert client.get(desk(event)).url == desk(event, "registration")
    assert client.get(desk(event, "registration_add")).url == desk(event, "registration")


def test_whoever_adds_somebody_is_told_who_answers_sensitive_questions(client, organiser, page, event):
    url = desk(event, "registration_add")
    words = "She gives them on her personal page"
    assert words not in client.get(url).content.decode()
    page.questions.set([EventQuestion(label="Diet", is_sensitive=True, locale=page.locale, sort_order=0)])
    page.save_revision().publish()
    screen = client.get(url).content.decode()
    assert words in screen
    assert "Diet</label>" not in screen


def test_a_clock_that_stands_still_is_said_on_every_screen(client, organiser, event):
    SchedulerRun.objects.create(pk=1, at=timezone.now())
    assert "The clock of this site" not in client.get(desk(event)).content.decode()
    SchedulerRun.objects.update(at=timezone.now() - datetime.timedelta(days=2))
    for name in ("registrations", "registration_mail", "registration"):
        assert "The clock of this site has not run since" in client.get(desk(event, name)).content.decode()
    SchedulerRun.objects.all().delete()
    type(event).objects.update(created_at=timezone.now() - datetime.timedelta(days=2))
    assert "The clock of this site has never run." in client.get(desk(event)).content.decode()


def test_people_who_are_anonymous_stand_in_no_list(client, organiser, event):
    person = make_registration(event, country="GR", profession="nurse")
    gone = {"name": "", "email": "", "email_key": "", "token_hash": "", "anonymised_at": timezone.now()}
    Registration.objects.filter(pk=person.pk).update(**gone)
    screen = client.get(desk(event))
    assert "1 registration is anonymous." in screen.content.decode()
    assert (list(screen.context["people"]), screen.context["has_anybody"]) == ([], True)
    assert "Nobody fits these filters." not in screen.content.decode()
    assert "Nobody fits these filters." in client.get(desk(event), {"q": "x"}).content.decode()
    page = client.get(desk(event, "registration_person", person.pk)).content.decode()
    assert "Anonymous" in page
    assert "Greece" not in page
    assert "Nurse" not in page


def test_adding_by_hand(client, organiser, event):
    url = desk(event, "registration_add")
    assert client.get(url).status_code == 200
    values = {"name": "Anna Example", "email": "anna@example.org", "language": "fi", "mode": "on_site"}
    response = client.post(url, values)
    person = Registration.objects.get()
    assert response.url == desk(event, "registration_person", person.pk)
    assert (person.status, person.language, person.added_by) == ("confirmed", "fi", organiser)
    assert error_fields(client.post(url, values)) == {"email"}
    set_seats_of(event, Mode.ON_SITE, 1)
    other = values | {"email": "b@example.org"}
    full = client.post(url, other)
    assert error_fields(full) == {"force"}
    assert soup(full).select_one("[name=name]")["value"] == "Anna Example"
    assert client.post(url, other | {"force": "on"}).status_code == 302
    assert client.post(url, other | {"email": "x"}).status_code == 422


def test_a_double_click_adds_one_person_and_the_same_form_the_next(client, organiser, event):
    url = desk(event, "registration_add")
    form_token = soup(client.get(url)).select_one("input[type=hidden][name=form_token]")["value"]
    values = {"name": "Anna Example", "language": "en", "mode": "on_site", "form_token": form_token}
    first, second = (client.post(url, values) for _time in range(2))
    anna = Registration.objects.get()
    assert first.url == second.url == desk(event, "registration_person", anna.pk)
    assert client.post(url, values | {"email": "anna@example.org"}).status_code == 302
    assert client.post(url, values | {"name": "Bo Example"}).status_code == 302
    assert Registration.objects.count() == 3
    # Another form, or none that is known, is another person of the same name.
    for other in (soup(client.get(url)).select_one("[name=form_token]")["value"], "no form_token"):
        client.post(url, values | {"form_token": other})
    assert Registration.objects.filter(name="Anna Example", email="").count() == 3


@pytest.fixture
def questions(page):
    """A question for everybody, one with choices for those on site, and a sensitive one: the event's own."""
    rows = [
        EventQuestion(label="What for?", is_required=True),
        EventQuestion(
            label="Dinner?",
            kind="choice",
            only_mode=Mode.ON_SITE,
            choices=[{"type": "choice", "value": "Soup", "id": SOUP}],
        ),
        EventQuestion(label="Diet", is_sensitive=True),
    ]
    for number, row in enumerate(rows):
        row.locale, row.sort_order = page.locale, number
    page.questions.set(rows)
    page.save_revision().publish()
    return [f"q_{row.translation_key.hex}" for row in EventQuestion.objects.order_by("sort_order")]


SOUP = "9c0fa9ae-5c8e-4e4c-b7d0-111111111111"


def test_adding_by_hand_asks_the_questions(client, trusted, event, questions):
    what, dinner, diet = questions
    url = desk(event, "registration_add")
    asked = soup(client.get(url))
    assert asked.select(f"[name={what}]")
    assert not asked.select(f"[name={diet}]")
    values = {"name": "Anna", "email": "", "language": "en", what: "To learn", dinner: SOUP, diet: "No nuts"}
    assert client.post(url, values | {"mode": "on_site"}).status_code == 302
    answers = dict(Answer.objects.values_list("label", "value"))
    assert answers == {"What for?": "To learn", "Dinner?": [{"key": SOUP, "label": "Soup"}]}
    assert not SensitiveAnswer.objects.exists()
    # Those on site are not asked what only those online are.
    EventQuestion.objects.filter(label="Dinner?").update(only_mode=Mode.ONLINE)
    assert client.post(url, values | {"mode": "on_site", what: ""}).status_code == 302
    assert Answer.objects.count() == 2


def test_answers_are_changed(client, organiser, event, questions):
    what, dinner, diet = questions
    person = make_registration(event, name="Anna")
    gone = [{"key": "gone", "label": "Fish"}]
    key = EventQuestion.objects.get(label="Dinner?").translation_key
    row = Answer.objects.create(
        registration=person, question_key=key, kind="choice", label="Dinner?", language="en", value=gone
    )
    url = desk(event, "registration_edit", person.pk)
    form = soup(client.get(url + "?sensitive=1"))
    assert form.select_one(f"[name={dinner}][checked]")["value"] == "gone"
    assert not form.select(f"[name={diet}]")
    values = {"name": "Anna", "email": person.email, "language": "en", dinner: "gone", what: "To learn"}
    assert client.post(url, values).status_code == 302
    row.refresh_from_db()
    assert row.value == gone
    assert Answer.objects.get(label="What for?").value == "To learn"
    assert client.post(url, values | {what: "", dinner: "moon"}).status_code == 422
    assert client.post(url, values | {what: ""}).status_code == 302
    assert [answer.label for answer in Answer.objects.all()] == ["Dinner?"]


def test_sensitive_answers_are_changed_on_request(client, trusted, event, questions):
    diet = questions[2]
    person = make_registration(event, name="Anna")
    url = desk(event, "registration_edit", person.pk)
    assert not soup(client.get(url + "?sensitive=1")).select(f"[name={diet}]")
    Consent.objects.create(
        registration=person, purpose="sensitive", is_given=True, text="Yes", language="en", at=timezone.now()
    )
    assert "?sensitive=1" in client.get(url).content.decode()
    assert not DataAccess.objects.exists()
    assert soup(client.get(url + "?sensitive=1")).select(f"[name={diet}]")
    assert DataAccess.objects.get().action == "sensitive"
    values = {"name": "Anna", "email": person.email, "language": "en", diet: "No nuts"}
    assert client.post(url, values).status_code == 302
    assert not SensitiveAnswer.objects.exists()
    assert client.post(url + "?sensitive=1", values).status_code == 302
    assert decrypt(bytes(SensitiveAnswer.objects.get().encrypted_value)) == "No nuts"


# One person


def act(client, person, deed, **data):
    return client.post(desk(person.event, "registration_deed", person.pk, deed), data)


def test_deeds_of_one_person(client, organiser, event):
    person = make_registration(event, "pending")
    page = soup(client.get(desk(event, "registration_person", person.pk)))
    assert "Approve" in page.get_text()
    assert act(client, person, "approve").status_code == 302
    assert status_of(person) == "confirmed"
    refused = act(client, person, "reject", reason="late")
    assert "does not allow it" in said(refused)[-1]
    act(client, person, "cancel", reason="No room")
    assert status_of(person) == "cancelled"
    mail = OutboxMail.objects.get(kind=MailKind.CANCELLED)
    assert mail.payload["reason"] == "No room"
    assert client.get(desk(event, "registration_deed", person.pk, "cancel")).status_code == 302
    assert client.get(desk(event, "registration_deed", person.pk, "nothing")).status_code == 404
    assert client.get(desk(event, "registration_deed", person.pk, "erase")).status_code == 200
    long = act(client, make_registration(event, "pending"), "reject", reason="x" * 501)
    assert (long.status_code, error_fields(long)) == (422, {"reason"})


@pytest.mark.parametrize(
    ("status", "deed", "after"),
    [
        ("waiting", "offer", "offered"),
        ("waiting", "offer_over", "offered"),
        ("pending", "reject", "rejected"),
        ("withdrawn", "reinstate", "confirmed"),
        ("expired", "reinstate_over", "confirmed"),
        ("confirmed", "withdraw", "withdrawn"),
        ("confirmed", "renew_link", "confirmed"),
    ],
)
def test_each_deed(client, organiser, event, status, deed, after):
    person = make_registration(event, status)
    act(client, person, deed)
    assert status_of(person) == after


def test_erasing(client, organiser, event):
    person = make_registration(event, name="Canary Name")
    act(client, person, "erase")
    found = Registration.objects.filter(pk=person.pk).first()
    assert found is None or found.name == ""
    assert "Canary Name" not in client.get(desk(event)).content.decode()


def test_moving_to_another_way_of_taking_part(client, organiser, event):
    set_seats_of(event, Mode.ON_SITE, 1)
    make_registration(event)
    person = make_registration(event, mode=Mode.ONLINE)
    url = desk(event, "registration_move", person.pk)
    assert "no seat is left" in client.post(url, {"mode": "on_site"}).content.decode()
    client.post(url, {"mode": "on_site", "full": "wait"})
    assert (status_of(person), again(person).mode) == ("waiting", "on_site")
    client.post(url, {"mode": "online"})
    assert (status_of(person), again(person).mode) == ("confirmed", "online")
    client.post(url, {"mode": "on_site", "full": "force"})
    assert (status_of(person), again(person).mode) == ("confirmed", "on_site")
    assert "Choose how" in said(client.post(url, {"mode": "moon"}))[-1]
    gone = make_registration(event, "withdrawn")
    assert "does not allow it" in said(client.post(desk(event, "registration_move", gone.pk), {"mode": "online"}))[-1]


def test_busy_keeps_reasons_and_notes(client, organiser, event, monkeypatch):
    def busy(*args, **kwargs):
        raise BusyError

    person = make_registration(event, "pending")
    for command in ("reject", "change_answers"):
        monkeypatch.setattr(commands, command, busy)
    deed = client.post(desk(event, "registration_deed", person.pk, "reject"), {"reason": "Too many nurses"})
    note = client.post(desk(event, "registration_note", person.pk), {"note": "Too many notes"})
    for response, words in ((deed, "Too many nurses"), (note, "Too many notes")):
        assert response.status_code == 429
        assert words in soup(response).select_one("main textarea, form textarea").get_text()
        assert "Please try again." in response.content.decode()
    assert status_of(person) == "pending"


def test_editing_and_notes(client, organiser, event):
    person, other = make_registration(event, name="Ana"), make_registration(event, name="Other")
    url = desk(event, "registration_edit", person.pk)
    values = {"name": "Anna", "email": person.email, "language": "en", "country": "FI"}
    assert client.post(url, values).status_code == 302
    assert (again(person).name, again(person).country.code) == ("Anna", "FI")
    assert error_fields(client.post(url, values | {"email": other.email})) == {"email"}
    assert error_fields(client.post(url, values | {"name": ""})) == {"name"}
    note = desk(event, "registration_note", person.pk)
    client.post(note, {"note": "Wheelchair =1+1"})
    assert again(person).note == "Wheelchair =1+1"
    assert "at most" in said(client.post(note, {"note": "x" * 1001}))[-1]
    gone = make_registration(event, "withdrawn")
    gone_note = desk(event, "registration_note", gone.pk)
    assert soup(client.get(desk(event, "registration_person", gone.pk))).select_one("textarea[name=note]")
    assert "is saved" in said(client.post(gone_note, {"note": "Came back by mail"}))[-1]
    assert again(gone).note == "Came back by mail"
    assert not OutboxMail.objects.filter(registration=gone).exists()
    assert error_fields(client.post(desk(event, "registration_edit", gone.pk), values | {"email": gone.email})) == {
        "__all__"
    }


def test_sensitive_answers_are_shown_on_request_and_each_look_is_written_down(client, trusted, event):
    person = make_registration(event)
    SensitiveAnswer.objects.create(
        registration=person,
        question_key=uuid.uuid4(),
        kind="text",
        label="Diet",
        language="en",
        encrypted_value=encrypt("no nuts"),
    )
    url = desk(event, "registration_person", person.pk)
    assert "no nuts" not in client.get(url).content.decode()
    assert not DataAccess.objects.exists()
    assert "no nuts" in client.post(url, {"sensitive": "1"}).content.decode()
    look = DataAccess.objects.get()
    assert (look.user, look.action, look.detail) == (trusted, "sensitive", {"registration": str(person.key)})
    client.force_login(make_organiser(event, "other"))
    assert client.post(url, {"sensitive": "1"}).status_code == 404
    assert "You may not see them" in client.get(url).content.decode()


def test_what_people_type_stays_text(client, organiser, event):
    evil = '<script>alert("x")</script>{{ 7|add:7 }}'
    person = make_registration(event, name=evil, email="evil@example.org", organisation=evil, note=evil)
    for url in (desk(event), desk(event) + f"?q={evil}", desk(event, "registration_person", person.pk)):
        html = client.get(url).content.decode()
        assert "alert(&quot;x&quot;)" in html
        assert '<script>alert("x")' not in html
    told = client.post(desk(event, "registration_check_in"), {"person": person.pk}, follow=True).content.decode()
    assert "alert(&quot;x&quot;)" in told
    assert '<script>alert("x")' not in told


def test_mails_are_sent_again(client, organiser, event):
    person = make_registration(event)
    mail = OutboxMail.objects.create(
        event=event,
        registration=person,
        kind=MailKind.CONFIRMED,
        language="en",
        status=MailStatus.FAILED,
        problem="SMTP 550",
    )
    page = client.get(desk(event, "registration_mail") + "?status=failed").content.decode()
    assert "SMTP 550" in page
    assert "1 mail could not be sent" in client.get(desk(event)).content.decode()
    client.post(desk(event, "registration_mail"), {"mail": mail.pk})
    client.post(desk(event, "registration_resend", person.pk, mail.pk))
    assert OutboxMail.objects.filter(registration=person, kind=MailKind.CONFIRMED).count() == 3
    lonely = OutboxMail.objects.create(event=event, kind=MailKind.ORGANISER, language="en", recipient="x@example.org")
    assert "does not allow" in said(client.post(desk(event, "registration_mail"), {"mail": lonely.pk}))[-1]
    Registration.objects.update(email="")
    assert "does not allow" in said(client.post(desk(event, "registration_resend", person.pk, mail.pk)))[-1]


# Many people


def test_bulk_deeds_tell_the_number_first(client, organiser, event):
    people = [make_registration(event, "pending") for _number in range(3)]
    make_registration(event, "withdrawn")
    url = desk(event, "registration_bulk")
    ticked = {"action": "approve", "person": [person.pk for person in people[:2]]}
    response = client.post(url, ticked)
    assert "2 people" in soup(response).select_one("h2.w-h1").get_text()
    assert {status_of(person) for person in people} == {"pending"}
    client.post(url, ticked | {"confirmed": "1", "count": "2"})
    assert [status_of(person) for person in people] == ["confirmed", "confirmed", "pending"]
    everybody = {"action": "cancel", "everybody": "1", "reason": "Fire"}
    assert client.post(url, everybody).context["chosen_count"] == 4
    stale = client.post(url, everybody | {"confirmed": "1", "count": "2"})
    assert "come or gone" in said(stale)[-1]
    client.post(url, everybody | {"confirmed": "1", "count": "3"})
    assert {status_of(person) for person in people} == {"cancelled"}
    assert "Nobody was chosen" in said(client.post(url, everybody))[-1]
    assert client.post(url, {"action": "dance"}).status_code == 404


def test_bulk_offers_stop_where_seats_end(client, organiser, event):
    set_seats_of(event, Mode.ON_SITE, 1)
    for _number in range(2):
        make_registration(event, "waiting")
    data = {"action": "offer", "everybody": "1", "confirmed": "1", "count": "2"}
    lines = said(client.post(desk(event, "registration_bulk"), data))
    assert [line.strip() for line in lines] == ["Done for 1 person.", "Not done for 1 person: No seat is left."]


def test_a_busy_event_ends_a_bulk_deed(client, organiser, event, monkeypatch):
    from dataclasses import replace

    from events.admin import bulk_actions
    from events.registration.errors import BusyError

    def busy(*args):
        raise BusyError

    monkeypatch.setitem(bulk_actions.BULK_DEEDS, "approve", replace(bulk_actions.BULK_DEEDS["approve"], run=busy))
    for _number in range(2):
        make_registration(event, "pending")
    data = {"action": "approve", "everybody": "1", "confirmed": "1", "count": "2"}
    assert said(client.post(desk(event, "registration_bulk"), data))[0].startswith("Not done for 2 people: Others")


def test_too_many_at_once(client, organiser, event, monkeypatch):
    from events.admin import bulk_actions

    monkeypatch.setattr(bulk_actions, "MOST", 1)
    for _number in range(3):
        make_registration(event, "pending")
    response = client.post(desk(event, "registration_bulk"), {"action": "approve", "everybody": "1"})
    assert "At most 1" in said(response)[-1]


def test_marking_who_did_not_come(client, organiser, event):
    person = make_registration(event)
    url = desk(event, "registration_bulk")
    assert "Mark 1 person as absent" in client.post(url, {"action": "absent"}).content.decode()
    assert "has not begun" in said(client.post(url, {"action": "absent", "confirmed": "1"}))[-1]
    change_event(event, first_day=datetime.date(2020, 5, 16), last_day=datetime.date(2020, 5, 16))
    client.post(url, {"action": "absent", "confirmed": "1"})
    assert status_of(person) == "absent"


# Messages


def test_a_message_is_looked_at_tried_and_sent_once(client, organiser, event):
    for code in ("en", "en", "fi"):
        make_registration(event, language=code)
    make_registration(event, "withdrawn")
    make_registration(event, email="")
    url = desk(event, "registration_message")
    form = client.get(url)
    assert (form.context["count"], dict(form.context["readers"])) == (3, {"English": 2, "Finnish": 1})
    texts = {"subject_en": "Rooms", "body_en": "Door 2 {{ x }}", "subject_fi": "Huoneet", "body_fi": "Ovi 2"}
    preview = client.post(url, texts | {"preview": "1"})
    bodies = [item.get_text() for item in soup(preview).select(".desk-preview pre")]
    assert "Door 2 {{ x }}" in bodies[0]
    assert "Ovi 2" in bodies[1]
    # The greeting is seen, so that nobody writes a second one.
    assert [body.split("\n")[0] for body in bodies] == ["Hello (name of the person),", "Hei (henkilön nimi),"]
    assert not OutboxMail.objects.exists()
    client.post(url, texts | {"test": "1"})
    assert {mail.recipient for mail in OutboxMail.objects.all()} == {"organiser@example.org"}
    assert OutboxMail.objects.count() == 2
    send = texts | {"send": "1", "key": preview.context["key"], "count": "3"}
    assert client.post(url, send).status_code == 302
    client.post(url, send)
    assert OutboxMail.objects.exclude(registration=None).count() == 3
    message = Message.objects.get(recipient_count=3)
    assert message.texts["fi"] == {"subject": "Huoneet", "body": "Ovi 2"}
    assert "Rooms" in client.get(url).content.decode()


def test_a_message_to_others_than_were_counted_is_not_sent(client, organiser, event):
    make_registration(event)
    url = desk(event, "registration_message")
    texts = {"subject_en": "A", "body_en": "B", "send": "1"}
    stale = client.post(url, texts | {"key": str(uuid.uuid4()), "count": "2"})
    assert "come or gone" in said(stale)[-1]
    client.post(url, texts | {"key": "x", "count": "1"})
    assert not Message.objects.exists()


def test_a_message_goes_to_the_filtered(client, organiser, event):
    make_registration(event, "waiting", language="el")
    make_registration(event)
    url = desk(event, "registration_message")
    assert client.get(url + "?status=waiting").context["count"] == 1
    counted = client.post(url, {"filter": "1", "status": "waiting", "subject_en": "Kept"})
    assert counted.context["count"] == 1
    assert soup(counted).select_one("[name=subject_en]")["value"] == "Kept"
    wrong = client.post(url, {"preview": "1", "subject_en": "Only", "subject_el": "x"})
    assert error_fields(wrong) == {"body_en", "body_el"}
    back = client.post(url, {"write": "1", "subject_en": "A", "body_en": "B"})
    assert soup(back).select_one("[name=subject_en]")["value"] == "A"
    bulk = client.post(desk(event, "registration_bulk"), {"action": "message", "status": "waiting"})
    assert bulk.url == url + "?status=waiting"


def test_tests_need_an_address(client, organiser, event):
    make_registration(event)
    organiser.email = ""
    organiser.save()
    data = {"test": "1", "subject_en": "A", "body_en": "B"}
    assert "no e-mail address" in said(client.post(desk(event, "registration_message"), data))[-1]


# The door


def test_two_doors(client, organiser, event):
    change_event(event, last_day=event.first_day + datetime.timedelta(days=1))
    person = make_registration(event, name="Κατερίνα Õun", organisation="Secret House")
    make_registration(event, "waiting", name="Katerina Waiting")
    url = desk(event, "registration_check_in")
    helper = make_organiser(event, "helper", only_checks_in=True)
    client.force_login(helper)
    page = client.get(url + "?q=ΚΑΤΕΡΙΝΑ").content.decode()
    assert "Κατερίνα Õun" in page
    assert "Secret House" not in page
    data = {"person": person.pk, "day": event.first_day.isoformat()}
    assert "in at" in said(client.post(url, data))[-1]
    client.force_login(organiser)
    assert "already in at" in said(client.post(url, data))[-1]
    assert "by helper" in said(client.post(url, data))[-1]
    assert CheckIn.objects.get().user == helper
    attended = client.get(url).context["attended"]
    assert [(row["day"], row["modes"][0]["came"]) for row in attended] == [
        (event.first_day, 1),
        (event.first_day + datetime.timedelta(days=1), 0),
    ]
    client.post(url, data | {"undo": "1"})
    assert (status_of(person), CheckIn.objects.count()) == ("confirmed", 0)
    CheckIn.objects.create(registration=person, day=event.first_day)
    Registration.objects.filter(pk=person.pk).update(status=RegistrationStatus.ATTENDED)
    assert "by somebody" in said(client.post(url, data))[-1]
    assert "Nobody of this name" in client.get(url + "?q=zzz").content.decode()


def test_who_has_no_place_is_not_let_in(client, organiser, event):
    person = make_registration(event, "waiting")
    response = client.post(desk(event, "registration_check_in"), {"person": person.pk})
    assert "does not allow it" in said(response)[-1]
    assert "Nobody has a place yet." in client.get(desk(event, "registration_check_in")).content.decode()


# Papers and numbers


def test_the_attendance_list(client, organiser, event):
    import io

    import pikepdf

    make_registration(event, name="Žaneta Õunapuu", organisation="Εθνικό")
    make_registration(event, mode=Mode.ONLINE, name="Online Person")
    url = desk(event, "registration_attendance_list")
    screen = soup(client.get(url))
    assert "2 people have a place" in screen.get_text()
    # Who signs is in the room: that list is the first on offer.
    assert [option["value"] for option in screen.select("#mode option")] == ["on_site", "online", ""]
    response = client.post(url, {"mode": "on_site"})
    with pikepdf.open(io.BytesIO(response.content)) as pdf:
        assert "/StructTreeRoot" in pdf.Root
        assert "Attendance list" in str(pdf.docinfo.get("/Title", ""))
    assert DataAccess.objects.get().action == "attendance_list"
    assert client.post(url, {"mode": "moon"}).status_code == 404
    Registration.objects.all().delete()
    assert client.post(url, {}).content.startswith(b"%PDF")


def test_statistics_are_pictures_with_words(client, organiser, event):
    url = desk(event, "registration_statistics")
    assert "nothing to count" in client.get(url).content.decode()
    for code in ("FI", "FI", "EE", ""):
        make_registration(event, country=code)
    page = soup(client.get(url))
    assert page.select("svg[role=img] rect title")[0].get_text().endswith("On site: 4")
    assert [row.th.get_text() for row in page.select("[aria-labelledby=by-country] tbody tr")] == [
        "Finland",
        "Estonia",
        "Not answered",
    ]


def test_colours_of_the_desk_are_those_of_the_theme():
    sheet = pathlib.Path(finders.find("events/admin.css")).read_text()
    desk_part = sheet[sheet.index("/* The organiser's desk") :]
    # The second colour of the chart holds on the surfaces of both themes.
    assert set(re.findall(r"#[0-9a-f]{3,8}\b", desk_part)) == {"#e2725b"}


# Calling off


def test_status_changes_say_how_many_get_a_mail(client, event, admin_user):
    from django.urls import reverse

    from tests.events.test_editing import FACTS

    client.force_login(admin_user)
    make_registration(event)
    make_registration(event, "waiting")
    url = reverse("events:edit", args=[event.pk])
    facts = FACTS | {"status": EventStatus.CANCELLED, "attendance": event.attendance}
    response = client.post(url, facts)
    assert "2 people get a mail" in response.content.decode()
    assert not OutboxMail.objects.filter(kind=MailKind.EVENT_OFF).exists()
    from tests.factories.events import commit

    with commit():
        client.post(url, facts | {"mail_confirmed": "on"})
    assert OutboxMail.objects.filter(kind=MailKind.EVENT_OFF).count() == 2
