"""What people see who only check in: a menu entry, the list of their events, and an email with the link."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from events.models import EventAccess
from tests.factories.events import change_event, commit
from tests.factories.registrations import make_open_page
from tests.factories.users import admin_url, make_organiser, make_user
from tests.html import soup

pytestmark = pytest.mark.slow

DOOR = "door"


@pytest.fixture
def door(event, client):
    user = make_organiser(event, DOOR, only_checks_in=True)
    client.force_login(user)
    return user


def test_the_list_links_to_the_check_in_of_their_events(client, door, event, home_page):
    other = make_open_page(home_page, title="Other", slug="other").event
    page = soup(client.get(reverse("my_check_ins")))
    links = {link["href"] for link in page.select("main a, .content a") if "check-in" in link["href"]}
    assert admin_url(event, "registration_check_in") in links
    assert admin_url(other, "registration_check_in") not in links
    long_ago = timezone.localdate() - datetime.timedelta(days=30)
    change_event(event, first_day=long_ago, last_day=long_ago)
    assert "There is no event at which you can check in" in client.get(reverse("my_check_ins")).content.decode()


def test_the_menu_has_an_entry_for_them_only(client, door, event):
    assert reverse("my_check_ins") in client.get(reverse("wagtailadmin_home")).content.decode()
    for user, status in ((make_user("nobody"), 404), (make_organiser(event, "manager"), 404)):
        client.force_login(user)
        assert reverse("my_check_ins") not in client.get(reverse("wagtailadmin_home")).content.decode()
        assert client.get(reverse("my_check_ins")).status_code == status


@pytest.mark.parametrize(("role", "name"), [("check_in", "registration_check_in"), ("manage", "registrations")])
def test_a_colleague_with_access_gets_an_email_with_the_link(client, organiser, event, mailoutbox, role, name):
    make_user(DOOR)
    with commit():
        client.post(admin_url(event, "registration_access"), {"account": DOOR, "role": role})
    assert EventAccess.objects.filter(user__username=DOOR).exists()
    (mail,) = mailoutbox
    assert mail.to == [f"{DOOR}@example.org"]
    assert admin_url(event, name) in mail.body
    assert "Forum" in mail.body
