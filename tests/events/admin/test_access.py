"""Giving and removing access to registrations."""

import pytest

from events.models import (
    EventAccess,
)
from tests.events.admin.responses import error_fields
from tests.factories.users import admin_url, make_organiser, make_user

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


def test_access_is_given_and_removed(client, trusted, event):
    colleague = make_user("colleague")
    url = admin_url(event, "registration_access")
    client.post(url, {"account": "colleague", "role": "sensitive"})
    assert EventAccess.objects.get(user=colleague).sees_sensitive
    client.post(url, {"account": "colleague", "role": "check_in"})
    row = EventAccess.objects.get(user=colleague)
    assert (row.sees_sensitive, row.only_checks_in) == (False, True)
    client.post(url, {"remove": row.pk})
    assert not EventAccess.objects.filter(user=colleague).exists()
    mine = EventAccess.objects.get(user=trusted)
    client.post(url, {"remove": mine.pk})
    assert EventAccess.objects.filter(user=trusted).exists()
    assert client.post(url, {"remove": "x"}).status_code == 302
    make_organiser(event, "second")
    assert client.post(url, {"remove": mine.pk}).url == "/admin/"


@pytest.mark.parametrize(
    ("account", "role", "field"),
    [
        ("nobody", "manage", "account"),
        ("colleague@example.org", "manage", "account"),
        ("colleague", "sensitive", "role"),
    ],
)
def test_access_that_cannot_be_given(client, organiser, event, account, role, field):
    make_user("colleague")
    response = client.post(admin_url(event, "registration_access"), {"account": account, "role": role})
    assert (response.status_code, error_fields(response)) == (422, {field})
    assert EventAccess.objects.count() == 1


@pytest.mark.parametrize("role", ["manage", "check_in"])
def test_colleague_without_the_sensitive_right_does_not_take_it_from_another(client, organiser, event, role):
    other = make_organiser(event, "other", sees_sensitive=True)
    row = EventAccess.objects.get(user=other)
    url = admin_url(event, "registration_access")
    response = client.post(url, {"account": "other", "role": role})
    assert (response.status_code, error_fields(response)) == (422, {"role"})
    client.post(url, {"remove": row.pk})
    row.refresh_from_db()
    assert (row.sees_sensitive, row.only_checks_in) == (True, False)


def test_address_of_a_colleague_gives_no_access(client, trusted, event):
    impostor = make_user("impostor")
    impostor.email = "colleague@partner.example"
    impostor.save()
    client.post(admin_url(event, "registration_access"), {"account": "colleague@partner.example", "role": "sensitive"})
    assert not EventAccess.objects.filter(user=impostor).exists()


def test_administrator_takes_back_the_last_access(client, admin_user, event):
    client.force_login(admin_user)
    last = make_organiser(event, "last", sees_sensitive=True)
    url = admin_url(event, "registration_access")
    client.post(url, {"account": "last", "role": "check_in"})
    assert EventAccess.objects.get(user=last).only_checks_in
    client.post(url, {"account": "last", "role": "manage"})
    client.post(url, {"remove": EventAccess.objects.get(user=last).pk})
    assert not EventAccess.objects.filter(user=last).exists()
