"""Messages to participants."""

import uuid

import pytest

from events.models import (
    Message,
    OutboxMail,
)
from tests.events.admin.responses import error_fields, shown_messages
from tests.factories.registrations import make_registration
from tests.factories.users import admin_url
from tests.html import soup

pytestmark = pytest.mark.any_database


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
