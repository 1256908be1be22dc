"""Rate limits: people can register, programs are stopped, and counters store no addresses."""

from __future__ import annotations

import datetime

import pytest
from django.db import OperationalError, connection
from django.test import override_settings

from events.models import RateLimitCounter, Registration
from events.registration import rate_limits
from events.registration.errors import BusyError
from tests.factories.registrations import NOW, make_open_page, make_registration
from tests.html import soup, text_of
from tests.visitors import Visitor, freeze_rate_limit_period, link_of, old_form_token

pytestmark = pytest.mark.django_db

LIMITS = {"client": (4, 600), "client_wrong": (2, 600), "address": (2, 3600), "event": (50, 3600), "token": (3, 600)}


def limits(**changes):
    return override_settings(RATE_LIMITS=LIMITS | changes)


# Counting


def test_requests_up_to_the_limit_pass():
    with limits():
        assert [rate_limits.count({"address": "a"}, NOW) for _ in range(3)] == ["", "", "address"]
        assert rate_limits.count({"address": "b"}, NOW) == ""


def test_each_period_has_its_own_count():
    with limits():
        for _ in range(3):
            rate_limits.count({"client": "a"}, NOW)
        assert RateLimitCounter.objects.get().count == 3
        rate_limits.count({"client": "a"}, NOW + datetime.timedelta(seconds=600))
        assert sorted(RateLimitCounter.objects.values_list("count", flat=True)) == [1, 3]


def test_a_limit_can_be_checked_without_counting():
    def check(client: str, at: datetime.datetime = NOW) -> str:
        return rate_limits.count({}, at, look_at={"client_wrong": client})

    with limits():
        assert check("a") == ""
        for _ in range(2):
            rate_limits.count({"client_wrong": "a"}, NOW)
        assert check("a") == "client_wrong"
        assert check("b") == ""
        assert check("a", NOW + datetime.timedelta(seconds=600)) == ""
        # Together with counting another limit.
        assert rate_limits.count({"client": "a"}, NOW, look_at={"client_wrong": "a"}) == "client_wrong"
        assert rate_limits.count({"client": "b"}, NOW, look_at={"client_wrong": "b"}) == ""


def test_seconds_left_in_a_period():
    with limits():
        at = datetime.datetime(2030, 5, 1, 12, 1, 40, tzinfo=datetime.UTC)
        assert rate_limits.seconds_left("client", at) == 500
        assert 1 <= rate_limits.seconds_left("client") <= 600


def test_counters_store_no_addresses():
    rate_limits.count({"client": "203.0.113.7", "address": "anna@example.org"}, NOW)
    rows = list(RateLimitCounter.objects.values_list("scope", "client_hash"))
    assert [scope for scope, _client in sorted(rows)] == ["address", "client"]
    assert not any("203.0.113.7" in client or "anna" in client for _scope, client in rows)
    rate_limits.count({"client": "203.0.113.7"}, NOW + datetime.timedelta(days=1))
    assert RateLimitCounter.objects.filter(scope="client").values("client_hash").distinct().count() == 2


def test_ipv6_addresses_are_counted_by_network():
    assert (
        rate_limits.network_of("2001:db8:1:2:3:4:5:6") == rate_limits.network_of("2001:db8:1:2::9") == "2001:db8:1:2::"
    )
    assert rate_limits.network_of("2001:db8:1:3::9") != "2001:db8:1:2::"
    assert rate_limits.network_of("::ffff:203.0.113.7") == rate_limits.network_of("203.0.113.7") == "203.0.113.7"
    assert rate_limits.network_of(None) == ""


def test_a_locked_database_raises_busy_error(monkeypatch):
    def busy(*args, **kwargs):
        raise OperationalError("database is locked")

    monkeypatch.setattr(connection, "cursor", busy)
    with pytest.raises(BusyError):
        rate_limits.count({"client": "a"}, NOW)


def test_prune_deletes_old_counters():
    rate_limits.count({"client": "a"}, NOW)
    assert rate_limits.prune(NOW + datetime.timedelta(hours=23)) == 0
    assert rate_limits.prune(NOW + datetime.timedelta(days=2)) == 1
    rate_limits.count({"client": "a"})
    assert rate_limits.prune() == 0


# The form


@pytest.fixture
def forum(home_page, monkeypatch):
    freeze_rate_limit_period(monkeypatch)
    return make_open_page(home_page)


def send(forum, number: int, visitor: Visitor | None = None, **fields):
    values = {"name": f"Person {number}", "email": f"p{number}@example.org", "mode": "online"}
    return (visitor or Visitor()).send(
        forum.register_path(), **(values | {"form_token": old_form_token(forum.event_id)} | fields)
    )


def summary(response) -> str:
    return text_of(soup(response).select_one(".error-summary"))


def test_a_hundred_registrations_from_one_ip_address_pass(forum):
    answers = [send(forum, number).status_code for number in range(100)]
    assert answers == [303] * 100
    assert Registration.objects.count() == 100


def test_a_client_over_the_limit_gets_an_error_and_keeps_the_input(forum):
    with limits():
        assert [send(forum, number).status_code for number in range(5)] == [303] * 4 + [429]
        response = send(forum, 6, name="Kept Name")
    assert "The form was sent too often" in summary(response)
    assert int(response["Retry-After"]) > 0
    assert soup(response).select_one("#id_name")["value"] == "Kept Name"
    assert Registration.objects.count() == 4


def test_a_forwarded_for_header_from_the_client_is_ignored(forum):
    with limits():
        answers = [
            send(forum, number, Visitor(HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")).status_code for number in range(5)
        ]
    assert answers == [303] * 4 + [429]


def test_other_clients_are_not_limited(forum):
    with limits():
        assert [send(forum, number).status_code for number in range(5)][-1] == 429
        assert send(forum, 9, Visitor(REMOTE_ADDR="203.0.113.9")).status_code == 303


def test_one_email_address_is_limited(forum):
    with limits():
        answers = [send(forum, 1, Visitor(REMOTE_ADDR=f"203.0.113.{number}")) for number in range(3)]
    assert [response.status_code for response in answers] == [303, 303, 429]
    assert "several times with this email address" in summary(answers[-1])


def test_one_event_is_limited(forum):
    with limits(event=(2, 3600)):
        answers = [send(forum, n, Visitor(REMOTE_ADDR=f"203.0.113.{n}")).status_code for n in range(3)]
    assert answers == [303, 303, 429]


def test_a_client_that_sends_wrong_forms_is_limited(forum):
    with limits():
        answers = [send(forum, number, website="x").status_code for number in range(3)]
        assert answers == [200, 200, 429]
        # A correct form is refused as well.
        assert send(forum, 4).status_code == 429
    assert not Registration.objects.exists()


# The personal link


def test_wrong_links_are_limited(forum):
    visitor = Visitor()
    answers = [visitor.get(f"/en/registration/{number:043}/") for number in range(1000)]
    codes = [response.status_code for response in answers]
    assert codes[:50] == [404] * 50
    assert codes[50:] == [429] * 950
    assert int(answers[-1]["Retry-After"]) > 0
    # A valid link still works from the same IP address.
    assert visitor.get(link_of(make_registration(forum.event))).status_code == 200
    assert Visitor(REMOTE_ADDR="203.0.113.9").get("/en/registration/wrong/").status_code == 404


def test_a_wrong_link_gets_429_when_the_database_is_busy(forum, monkeypatch):
    def busy(*args, **kwargs):
        raise BusyError

    monkeypatch.setattr(rate_limits, "count", busy)
    assert Visitor().get("/en/registration/wrong/").status_code == 429
