"""Messages to participants."""

import uuid
from functools import partial

import pytest
from django.db import transaction

from events.enums import MailStatus
from events.models import EventAccess, Message, OutboxMail, Registration
from events.registration import bulk_messages
from events.registration.actor import staff
from events.registration.commands import withdraw
from events.registration.mail import queue
from events.registration.privacy.erasure import erase
from events.registration.queries import Filters, audience, fingerprint
from tests.events.admin.responses import error_fields, shown_messages
from tests.factories import reload
from tests.factories.events import commit
from tests.factories.registrations import make_registration
from tests.factories.users import admin_url, make_organiser
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


def test_a_message_is_previewed_tested_and_sent_once(client, organiser, event):
    for code in ("en", "en", "fi"):
        make_registration(event, language=code)
    make_registration(event, "withdrawn")
    make_registration(event, email="")
    url = admin_url(event, "registration_message")
    form = client.get(url)
    assert (form.context["count"], dict(form.context["recipients"])) == (3, {"English": 2, "Finnish": 1})
    texts = {"subject_en": "Rooms", "body_en": "Door 2 {{ x }}", "subject_fi": "Huoneet", "body_fi": "Ovi 2"}
    preview = client.post(url, texts | {"preview": "1"})
    bodies = [item.get_text() for item in soup(preview).select(".registrations-preview pre")]
    assert "Door 2 {{ x }}" in bodies[0]
    assert "Ovi 2" in bodies[1]
    # The preview shows the greeting, so that organisers do not write a second one.
    assert [body.split("\n")[0] for body in bodies] == ["Hello (name of the participant),", "Hei (osallistujan nimi),"]
    assert not OutboxMail.objects.exists()
    client.post(url, texts | {"test": "1"})
    assert {mail.recipient for mail in OutboxMail.objects.all()} == {"organiser@example.org"}
    assert OutboxMail.objects.count() == 2
    send = texts | {"send": "1", "key": preview.context["key"], "recipients": preview.context["fingerprint"]}
    assert client.post(url, send).status_code == 302
    client.post(url, send)
    assert OutboxMail.objects.exclude(registration=None).count() == 3
    message = Message.objects.get(recipient_count=3)
    assert message.texts["fi"] == {"subject": "Huoneet", "body": "Ovi 2"}
    assert "Rooms" in client.get(url).content.decode()


def test_a_message_is_not_sent_if_the_recipients_changed(client, organiser, event):
    first = make_registration(event)
    url = admin_url(event, "registration_message")
    texts = {"subject_en": "A", "body_en": "B"}
    seen = client.post(url, texts | {"preview": "1"}).context["fingerprint"]
    texts["send"] = "1"
    # As many as before, but not the same.
    first.delete()
    make_registration(event)
    stale = client.post(url, texts | {"key": str(uuid.uuid4()), "recipients": seen})
    assert "has changed in the meantime" in shown_messages(stale)[-1]
    client.post(url, texts | {"key": "x", "recipients": stale.context["fingerprint"]})
    assert not Message.objects.exists()


def test_a_message_goes_to_the_filtered_participants(client, organiser, event):
    make_registration(event, "waiting", language="el")
    make_registration(event)
    url = admin_url(event, "registration_message")
    assert client.get(url + "?status=waiting").context["count"] == 1
    counted = client.post(url, {"filter": "1", "status": "waiting", "subject_en": "Kept"})
    assert counted.context["count"] == 1
    assert soup(counted).select_one("[name=subject_en]")["value"] == "Kept"
    wrong = client.post(url, {"preview": "1", "subject_en": "Only", "subject_el": "x"})
    assert error_fields(wrong) == {"body_en", "body_el"}
    back = client.post(url, {"write": "1", "subject_en": "A", "body_en": "B"})
    assert soup(back).select_one("[name=subject_en]")["value"] == "A"
    bulk = client.post(admin_url(event, "registration_bulk_action"), {"action": "message", "status": "waiting"})
    assert bulk.url == url + "?status=waiting"


def test_a_test_email_needs_an_address(client, organiser, event):
    make_registration(event)
    organiser.email = ""
    organiser.save()
    data = {"test": "1", "subject_en": "A", "body_en": "B"}
    assert "no email address" in shown_messages(client.post(admin_url(event, "registration_message"), data))[-1]


def test_the_preview_shows_markup_as_text(client, organiser, event):
    """The preview shows the text part of an email, which is not escaped as HTML, on an HTML page."""
    hostile = "<script>alert(1)</script>"
    make_registration(event)
    event.venue_name = f"Hall {hostile}"
    event.save()
    page = event.page
    page.title = f"Forum {hostile}"
    page.save()
    texts = {"subject_en": f"S {hostile}", "body_en": f"B {hostile}", "preview": "1"}
    preview = client.post(admin_url(event, "registration_message"), texts)
    [body] = soup(preview).select(".registrations-preview pre")
    assert f"B {hostile}" in body.get_text()
    assert f"Forum {hostile}" in body.get_text()
    assert not soup(preview).select(".registrations-preview script")
    assert hostile not in preview.text


# Many recipients


@pytest.fixture
def in_batches_of_two(monkeypatch):
    monkeypatch.setattr(bulk_messages, "BATCH", 2)
    monkeypatch.setattr(bulk_messages, "BATCHES_IN_A_ROW", 2)


@pytest.fixture
def author(event):
    return make_organiser(event, "author", sees_sensitive=True)


@pytest.fixture
def send(event, author):
    """Return a function that sends a message, of which only the first batch is added to the outbox."""
    return partial(send_as, author)


def send_as(author, event, **filters) -> Message:
    chosen = Filters(**filters)
    recipients = fingerprint(audience(event, chosen))
    texts = {"en": {"subject": "Rooms", "body": "Door 2"}}
    return bulk_messages.send(event.pk, texts, chosen, staff(author), uuid.uuid4(), recipients)


def recipients_of(message) -> list[str]:
    return sorted(message.mails.values_list("registration__name", flat=True))


def test_a_message_to_many_is_queued_in_batches_after_the_request(event, send, in_batches_of_two):
    names = [make_registration(event, name=f"Person {number}").name for number in range(9)]
    with commit():
        message = send(event)
        assert (len(recipients_of(message)), message.queued_count, message.recipient_count) == (2, 2, 9)
    message = reload(message)
    assert recipients_of(message) == names
    assert (message.queued_count, message.recipient_count, message.pending) == (9, 9, None)


def test_a_process_that_is_killed_between_or_in_batches_doubles_and_loses_nothing(
    event, send, in_batches_of_two, monkeypatch
):
    names = [make_registration(event, name=f"Person {number}").name for number in range(9)]
    message = send(event)
    enqueue_all = queue.enqueue_all

    def killed(*arguments, **options):
        enqueue_all(*arguments, **options)
        raise SystemExit

    monkeypatch.setattr(queue, "enqueue_all", killed)
    for _time in range(2):
        with pytest.raises(SystemExit), transaction.atomic():
            bulk_messages.continue_message.call(message.pk)
    assert len(recipients_of(message)) == 2
    monkeypatch.setattr(queue, "enqueue_all", enqueue_all)
    assert bulk_messages.continue_messages() == 1
    assert recipients_of(message) == names
    # The task may run once more.
    bulk_messages.continue_message.call(message.pk)
    assert recipients_of(message) == names
    assert bulk_messages.continue_messages() == 0


def test_the_filters_hold_for_every_batch_and_are_forgotten(event, send, in_batches_of_two):
    names = [make_registration(event, name=f"Maria {number}").name for number in range(5)]
    make_registration(event, name="Anna")
    message = send(event, search="maria")
    make_registration(event, name="Maria who registers later")
    late = Registration.objects.get(name=names[4])
    withdraw(late.pk)
    bulk_messages.continue_messages()
    message = reload(message)
    assert recipients_of(message) == names[:4]
    assert (message.recipient_count, message.pending) == (4, None)
    assert "maria" not in str(message.audience).lower()


def test_an_erasure_in_between_keeps_the_text_for_the_others(event, send, in_batches_of_two):
    people = [make_registration(event) for _number in range(5)]
    message = send(event)
    for person in people[:2]:
        erase(person.pk)
    assert reload(message).texts != {}
    bulk_messages.continue_messages()
    assert OutboxMail.objects.filter(message=message).count() == 3


def test_the_screen_shows_how_many_got_the_message(client, organiser, event, send, in_batches_of_two):
    for _number in range(5):
        make_registration(event)
    message = send(event)
    url = admin_url(event, "registration_message")

    def shown() -> str | None:
        progress = soup(client.get(url)).select_one("[data-progress] progress")
        return f"{progress['value']} of {progress['max']}" if progress else None

    assert shown() == "0 of 5"
    OutboxMail.objects.update(status=MailStatus.SENT, next_try_at=None)
    assert shown() == "2 of 5"
    bulk_messages.continue_messages()
    assert shown() == "2 of 5"
    OutboxMail.objects.update(status=MailStatus.SENT, next_try_at=None)
    assert shown() is None
    assert reload(message).recipient_count == 5


def take_all(author):
    EventAccess.objects.filter(user=author).delete()


def take_sensitive(author):
    EventAccess.objects.filter(user=author).update(sees_sensitive=False)


def leave_door(author):
    EventAccess.objects.filter(user=author).update(only_checks_in=True)


def deactivate(author):
    author.is_active = False
    author.save()


@pytest.mark.parametrize("lose", [take_all, leave_door, deactivate, lambda author: author.delete()])
def test_who_loses_the_access_sends_no_further_batch(client, organiser, event, author, send, in_batches_of_two, lose):
    people = [make_registration(event) for _number in range(5)]
    message = send(event)
    lose(author)
    bulk_messages.continue_messages()
    message = reload(message)
    assert (OutboxMail.objects.filter(message=message).count(), message.pending) == (2, None)
    screen = soup(client.get(admin_url(event, "registration_message")))
    assert "Only 2 emails were sent: the sender no longer has access" in screen.select_one("#sent-heading + table").text
    progress = screen.select_one("progress")
    assert (progress["value"], progress["max"]) == ("0", "2")
    assert bulk_messages.continue_messages() == 0
    assert len(people) == 5


def test_a_selection_by_sensitive_answers_needs_the_right_to_them_in_every_batch(
    event, author, send, in_batches_of_two
):
    for _number in range(5):
        make_registration(event)
    message = send(event)
    Message.objects.update(pending={"filters": Filters(has_needs=True).as_json(), "last": 10**6})
    take_sensitive(author)
    bulk_messages.continue_messages()
    assert reload(message).is_stopped
    other = send(event)
    bulk_messages.continue_messages()
    assert not reload(other).is_stopped
    assert reload(other).queued_count == 5
