"""Giving and removing access to registrations."""

import pytest

from events.models import (
    EventAccess,
)
from tests.events.admin.responses import error_fields
from tests.factories.users import admin_url, make_organiser, make_user


def test_access_is_given_and_removed(client, trusted, event):
    colleague = make_user("colleague")
    url = admin_url(event, "registration_access")
    client.post(url, {"account": "COLLEAGUE@example.org", "role": "sensitive"})
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
    [("nobody", "manage", "account"), ("twin@example.org", "manage", "account"), ("colleague", "sensitive", "role")],
)
def test_access_that_cannot_be_given(client, organiser, event, account, role, field):
    make_user("colleague")
    for name in ("a", "b"):
        user = make_user(name)
        user.email = "twin@example.org"
        user.save()
    response = client.post(admin_url(event, "registration_access"), {"account": account, "role": role})
    assert (response.status_code, error_fields(response)) == (422, {field})
    assert EventAccess.objects.count() == 1
