"""The page of one registration and its actions."""

import json
import uuid

import pytest

from events.enums import MailKind, MailStatus, Mode
from events.models import (
    Answer,
    DataAccess,
    EventQuestion,
    OutboxMail,
    Registration,
    SensitiveAnswer,
)
from events.registration import commands
from events.registration.encryption import encrypt
from events.registration.errors import BusyError
from tests.events.admin.responses import error_fields, shown_messages
from tests.factories import reload
from tests.factories.registrations import make_registration, set_seats_of, status_of
from tests.factories.users import admin_url, make_organiser
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


def run_action(client, person, action, **data):
    return client.post(admin_url(person.event, "registration_action", person.pk, action), data)


def test_actions_on_one_registration(client, organiser, event):
    person = make_registration(event, "pending")
    page = soup(client.get(admin_url(event, "registration_detail", person.pk)))
    assert "Approve" in page.get_text()
    assert run_action(client, person, "approve").status_code == 302
    assert status_of(person) == "confirmed"
    refused = run_action(client, person, "reject", reason="late")
    assert "not possible with the current status" in shown_messages(refused)[-1]
    run_action(client, person, "cancel", reason="No room")
    assert status_of(person) == "cancelled"
    mail = OutboxMail.objects.get(kind=MailKind.CANCELLED)
    assert mail.payload["reason"] == "No room"
    assert client.get(admin_url(event, "registration_action", person.pk, "cancel")).status_code == 302
    assert client.get(admin_url(event, "registration_action", person.pk, "nothing")).status_code == 404
    assert client.get(admin_url(event, "registration_action", person.pk, "erase")).status_code == 200
    long = run_action(client, make_registration(event, "pending"), "reject", reason="x" * 501)
    assert (long.status_code, error_fields(long)) == (422, {"reason"})


@pytest.mark.parametrize(
    ("status", "action", "after"),
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
def test_each_action(client, organiser, event, status, action, after):
    person = make_registration(event, status)
    run_action(client, person, action)
    assert status_of(person) == after


def test_erasing(client, organiser, event):
    person = make_registration(event, name="Canary Name")
    run_action(client, person, "erase")
    found = Registration.objects.filter(pk=person.pk).first()
    assert found is None or found.name == ""
    assert "Canary Name" not in client.get(admin_url(event)).content.decode()


def test_switching_the_attendance_mode(client, organiser, event):
    set_seats_of(event, Mode.ON_SITE, 1)
    make_registration(event)
    person = make_registration(event, mode=Mode.ONLINE)
    url = admin_url(event, "registration_switch_mode", person.pk)
    assert "no places are left" in client.post(url, {"mode": "on_site"}).content.decode()
    client.post(url, {"mode": "on_site", "full": "wait"})
    assert (status_of(person), reload(person).mode) == ("waiting", "on_site")
    client.post(url, {"mode": "online"})
    assert (status_of(person), reload(person).mode) == ("confirmed", "online")
    client.post(url, {"mode": "on_site", "full": "force"})
    assert (status_of(person), reload(person).mode) == ("confirmed", "on_site")
    make_registration(event, "waiting")
    page = client.get(url, {"mode": "online"}).content.decode()
    assert "Others get the place that becomes free (On site)." in page
    assert reload(person).mode == "on_site"
    assert client.get(url, {"mode": "moon"}).status_code == 302
    assert "Choose how" in shown_messages(client.post(url, {"mode": "moon"}))[-1]
    withdrawn = make_registration(event, "withdrawn")
    assert (
        "not possible with the current status"
        in shown_messages(client.post(admin_url(event, "registration_switch_mode", withdrawn.pk), {"mode": "online"}))[
            -1
        ]
    )


def test_reasons_and_notes_are_kept_while_others_hold_the_lock(client, organiser, event, monkeypatch):
    def raise_busy(*args, **kwargs):
        raise BusyError

    person = make_registration(event, "pending")
    for command in ("reject", "change_answers"):
        monkeypatch.setattr(commands, command, raise_busy)
    action = client.post(admin_url(event, "registration_action", person.pk, "reject"), {"reason": "Too many nurses"})
    note = client.post(admin_url(event, "registration_note", person.pk), {"note": "Too many notes"})
    for response, text in ((action, "Too many nurses"), (note, "Too many notes")):
        assert response.status_code == 429
        assert text in soup(response).select_one("main textarea, form textarea").get_text()
        assert "Try again." in response.content.decode()
    assert status_of(person) == "pending"


def test_editing_and_notes(client, organiser, event):
    person, other = make_registration(event, name="Ana"), make_registration(event, name="Other")
    url = admin_url(event, "registration_edit", person.pk)
    values = {"given_name": "Anna", "email": person.email, "language": "en", "country": "FI"}
    assert client.post(url, values).status_code == 302
    assert (reload(person).name, reload(person).country.code) == ("Anna", "FI")
    assert error_fields(client.post(url, values | {"email": other.email})) == {"email"}
    assert error_fields(client.post(url, values | {"given_name": ""})) == {"given_name"}
    note = admin_url(event, "registration_note", person.pk)
    client.post(note, {"note": "Wheelchair =1+1"})
    assert reload(person).note == "Wheelchair =1+1"
    assert "Shorten it" in shown_messages(client.post(note, {"note": "x" * 1001}))[-1]
    withdrawn = make_registration(event, "withdrawn")
    withdrawn_note = admin_url(event, "registration_note", withdrawn.pk)
    assert soup(client.get(admin_url(event, "registration_detail", withdrawn.pk))).select_one("textarea[name=note]")
    assert "Note saved" in shown_messages(client.post(withdrawn_note, {"note": "Came back by mail"}))[-1]
    assert reload(withdrawn).note == "Came back by mail"
    assert not OutboxMail.objects.filter(registration=withdrawn).exists()
    assert error_fields(
        client.post(admin_url(event, "registration_edit", withdrawn.pk), values | {"email": withdrawn.email})
    ) == {"__all__"}


def test_sensitive_answers_are_shown_on_request_and_each_viewing_is_logged(client, trusted, event):
    person = make_registration(event)
    SensitiveAnswer.objects.create(
        registration=person,
        question_key=uuid.uuid4(),
        kind="text",
        label="Diet",
        language="en",
        encrypted_value=encrypt("no nuts"),
    )
    url = admin_url(event, "registration_detail", person.pk)
    assert "no nuts" not in client.get(url).content.decode()
    assert not DataAccess.objects.exists()
    assert "no nuts" in client.post(url, {"sensitive": "1"}).content.decode()
    record = DataAccess.objects.get()
    assert (record.user, record.action, record.detail) == (trusted, "sensitive", {"registration": str(person.key)})
    client.force_login(make_organiser(event, "other"))
    assert client.post(url, {"sensitive": "1"}).status_code == 404
    assert "You do not have access to sensitive answers" in client.get(url).content.decode()


def store_diet(person, question_key=None):
    return SensitiveAnswer.objects.create(
        registration=person,
        question_key=question_key or uuid.uuid4(),
        kind="text",
        label="Diet",
        language="en",
        encrypted_value=encrypt("no nuts"),
    )


def test_a_note_that_is_too_long_does_not_show_sensitive_answers(client, trusted, event):
    person = make_registration(event)
    store_diet(person)
    url = admin_url(event, "registration_note", person.pk)
    response = client.post(url, {"note": "x" * 1001, "sensitive": "1"})
    assert response.status_code == 422
    assert "no nuts" not in response.content.decode()


def test_no_sensitive_answer_is_shown_when_its_record_cannot_be_written(client, trusted, event, monkeypatch):
    person = make_registration(event)
    store_diet(person)

    def fail(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(DataAccess.objects, "create", fail)
    with pytest.raises(OSError, match="disk full"):
        client.post(admin_url(event, "registration_detail", person.pk), {"sensitive": "1"})


def test_entered_text_is_escaped(client, organiser, event):
    markup = '<script>alert("x")</script>{{ 7|add:7 }}'
    person = make_registration(event, name=markup, email="markup@example.org", organisation=markup, note=markup)
    for url in (
        admin_url(event),
        admin_url(event) + f"?q={markup}",
        admin_url(event, "registration_detail", person.pk),
    ):
        html = client.get(url).content.decode()
        assert "alert(&quot;x&quot;)" in html
        assert '<script>alert("x")' not in html
    page = client.post(admin_url(event, "registration_check_in"), {"person": person.pk}, follow=True).content.decode()
    assert "alert(&quot;x&quot;)" in page
    assert '<script>alert("x")' not in page


def test_emails_are_sent_again(client, organiser, event):
    person = make_registration(event)
    mail = OutboxMail.objects.create(
        event=event,
        registration=person,
        kind=MailKind.CONFIRMED,
        language="en",
        status=MailStatus.FAILED,
        problem="SMTP 550",
    )
    page = client.get(admin_url(event, "registration_mail") + "?status=failed").content.decode()
    assert "SMTP 550" in page
    assert "1 email could not be sent" in client.get(admin_url(event)).content.decode()
    client.post(admin_url(event, "registration_mail"), {"mail": mail.pk})
    client.post(admin_url(event, "registration_resend", person.pk, mail.pk))
    assert OutboxMail.objects.filter(registration=person, kind=MailKind.CONFIRMED).count() == 3
    other_mail = OutboxMail.objects.create(
        event=event, kind=MailKind.ORGANISER, language="en", recipient="x@example.org"
    )
    assert (
        "not possible with the current status"
        in shown_messages(client.post(admin_url(event, "registration_mail"), {"mail": other_mail.pk}))[-1]
    )
    Registration.objects.update(email="")
    assert (
        "not possible with the current status"
        in shown_messages(client.post(admin_url(event, "registration_resend", person.pk, mail.pk)))[-1]
    )


def test_answers_in_another_language_are_shown_in_the_organisers_language_too(client, organiser, event, page):
    choice = "a1b2c3d4-0000-4000-8000-000000000001"
    question = EventQuestion.objects.create(
        page=page,
        locale=page.locale,
        label="Which half?",
        kind="choice",
        choices=json.dumps([{"type": "choice", "id": choice, "value": "Morning"}]),
    )
    person = make_registration(event, language="fi")
    Answer.objects.create(
        registration=person,
        question_key=question.translation_key,
        kind="choice",
        label="Kumpi puolikas?",
        language="fi",
        value=[{"key": choice, "label": "Aamupäivä"}],
    )
    data = soup(client.get(admin_url(event, "registration_detail", person.pk))).select("#answers-heading + dl > div")
    assert [item.get_text(" ", strip=True) for item in data[0].select("dt, dd")] == [
        "Which half? Kumpi puolikas?",
        "Morning Aamupäivä",
    ]
    assert data[0].select_one("dt span")["lang"] == "fi"
