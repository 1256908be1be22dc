"""Addresses in emails, and in what leaves the site with them, begin with BASE_URL alone."""

import re

import pytest
from django.urls import reverse
from wagtail.models import Site

from events.enums import MailKind
from tests.factories.mail import STATES, make_forum, make_registration, queue_mail, rendered
from tests.factories.users import admin_url, make_organiser

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

PUBLIC, ADMIN = "https://public.example.org", "https://admin.example.org"
# Of emails that are tested with the commands that cause them.
NEED_MORE = {MailKind.CERTIFICATE, MailKind.NEW_ADDRESS, MailKind.OLD_ADDRESS, MailKind.ERASED, MailKind.MESSAGE}
ADDRESS = re.compile(r"https?://[^/\s\"'<>\\]+")


@pytest.fixture
def page(home_page, settings):
    settings.PUBLIC_BASE_URL, settings.WAGTAILADMIN_BASE_URL = PUBLIC, ADMIN
    Site.objects.update(hostname="internal.example.org", port=8080)
    return make_forum(home_page)


@pytest.mark.parametrize("kind", sorted(set(MailKind) - NEED_MORE))
def test_links_of_emails_begin_with_the_public_address(page, kind):
    registration = make_registration(page.event, **({"status": STATES[kind]} if kind in STATES else {}))
    message = rendered(queue_mail(registration, kind))

    texts = [part.get_content() for part in message.walk() if part.get_content_maintype() in {"text", "application"}]
    unfolded = [(text if isinstance(text, str) else text.decode()).replace("\r\n ", "") for text in texts]
    found = {address for text in unfolded for address in ADDRESS.findall(text)} - {"https://meet.example.org"}
    assert found <= {PUBLIC, ADMIN}
    assert PUBLIC in found or kind == MailKind.ORGANISER
    assert ADMIN not in found or kind == MailKind.ORGANISER


def test_calendar_files_name_the_public_address(client, page):
    address = reverse("event_calendar", kwargs={"key": page.event.key})
    content = client.get(address).content.decode().replace("\r\n ", "")

    assert f"{PUBLIC}{address}" in content
    assert "internal.example.org" not in content
    assert f"URL;VALUE=URI:{PUBLIC}{page.url}" in content or f"URL:{PUBLIC}{page.url}" in content


def test_door_links_begin_with_the_public_address(client, page):
    client.force_login(make_organiser(page.event))
    address = admin_url(page.event, "registration_doors")
    client.post(address, {"name": "North door", "ends_at": f"{page.event.last_day}T18:00"})
    shown = client.get(address).content.decode()
    assert f"{PUBLIC}/en/door/" in shown
    assert "internal.example.org" not in shown
