"""Rate limits: people can register, programs are stopped, and counters store no addresses."""

from __future__ import annotations

import datetime
import io

import pytest
from django.db import OperationalError, connection
from django.test import Client, override_settings

from events.models import OutboxMail, Registration
from events.registration import rate_limits
from events.registration.addresses import mailbox_key
from events.registration.errors import BusyError
from home.http.client_address import network_of
from home.models import RateLimitCounter
from home.rate_limits import prune
from tests.factories import reload
from tests.factories.registrations import NOW, make_open_page, make_registration
from tests.html import hidden_fields, soup, text_of
from tests.visitors import Visitor, freeze_rate_limit_period, link_of, old_form_token

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

LIMITS = {
    "client": (4, 600),
    "client_wrong": (2, 600),
    "client_event": (20, 3600),
    "form": (3, 3600),
    "address": (2, 3600),
    "mailbox": (3, 3600),
    "event": (50, 3600),
    "token": (3, 600),
}


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
    assert network_of("2001:db8:1:2:3:4:5:6") == network_of("2001:db8:1:2::9") == "2001:db8:1:2::"
    assert network_of("2001:db8:1:3::9") != "2001:db8:1:2::"
    assert network_of("::ffff:203.0.113.7") == network_of("203.0.113.7") == "203.0.113.7"
    assert network_of(None) == ""


def test_a_locked_database_raises_busy_error(monkeypatch):
    def busy(*args, **kwargs):
        raise OperationalError("database is locked")

    monkeypatch.setattr(connection, "cursor", busy)
    with pytest.raises(BusyError):
        rate_limits.count({"client": "a"}, NOW)


def test_prune_deletes_old_counters():
    rate_limits.count({"client": "a"}, NOW)
    assert prune(NOW + datetime.timedelta(hours=23)) == 0
    assert prune(NOW + datetime.timedelta(days=2)) == 1
    rate_limits.count({"client": "a"})
    assert prune() == 0


# The form


@pytest.fixture(scope="module")
def made_forum(module_home_page):
    return make_open_page(module_home_page)


@pytest.fixture
def forum(made_forum, db, monkeypatch):
    freeze_rate_limit_period(monkeypatch)
    return reload(made_forum)


def send(forum, number: int, visitor: Visitor | None = None, **fields):
    values = {"given_name": f"Person {number}", "email": f"p{number}@example.org", "mode": "online"}
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
        response = send(forum, 6, given_name="Kept Name")
    assert "The form was sent too often" in summary(response)
    assert int(response["Retry-After"]) > 0
    assert soup(response).select_one("#id_given_name")["value"] == "Kept Name"
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
        answers = [send(forum, number, website="x").status_code for number in range(4)]
        assert answers == [200, 200, 429, 429]
    assert not Registration.objects.exists()


def test_wrong_forms_from_a_campus_do_not_stop_good_ones(forum):
    campus = Visitor(REMOTE_ADDR="203.0.113.9")
    answers = [send(forum, number, campus, website="x").status_code for number in range(62)]
    assert answers[-1] == 429
    assert send(forum, 100, campus).status_code == 303
    assert Registration.objects.count() == 1


def test_a_form_that_was_opened_once_registers_few_people(forum):
    """Between two sends nothing is read anew, as a program does it."""
    token = old_form_token(forum.event_id)
    visitor = Visitor()
    csrf = hidden_fields(soup(visitor.get(forum.register_path())))["csrfmiddlewaretoken"]
    values = {"mode": "online", "form_token": token, "csrfmiddlewaretoken": csrf}
    answers = [
        visitor.post(forum.register_path(), values | {"given_name": f"Person {n}", "email": f"p{n}@example.org"})
        for n in range(90)
    ]
    assert [response.status_code for response in answers[:6]] == [303] * 5 + [200]
    assert Registration.objects.count() == OutboxMail.objects.count() == 5
    # The form is shown again with what was written, and can be sent again after a moment.
    page = soup(answers[-1])
    assert "This form has been used too often" in summary(answers[-1])
    assert page.select_one("#id_given_name")["value"] == "Person 89"
    assert hidden_fields(page)["form_token"] != token


def test_one_client_does_not_fill_an_event(forum, home_page):
    other = make_open_page(home_page, title="Other", slug="other")
    with limits(client=(100, 600), client_event=(4, 3600)):
        assert [send(forum, number).status_code for number in range(6)] == [303] * 4 + [429] * 2
        assert send(other, 7).status_code == 303
        assert send(forum, 8, Visitor(REMOTE_ADDR="203.0.113.9")).status_code == 303
    assert Registration.objects.filter(event=forum.event).count() == 5


def test_what_a_client_sends_in_vain_does_not_lock_out_others(forum):
    with limits(event=(6, 3600), client=(3, 600)):
        for number in range(20):
            send(forum, 1 if number > 3 else number + 10)
        assert send(forum, 1, Visitor(REMOTE_ADDR="203.0.113.9")).status_code == 303


@pytest.mark.parametrize(
    "addresses",
    [
        [f"anna+{number}@example.org" for number in range(4)],
        ["anna.b@gmail.com", "an.nab@googlemail.com", "annab+x@gmail.com", "a.n.n.a.b@gmail.com"],
    ],
)
def test_one_mailbox_gets_few_emails_whatever_is_added_to_the_address(forum, addresses):
    with limits():
        answers = [
            send(forum, number, Visitor(REMOTE_ADDR=f"203.0.113.{number}"), email=address)
            for number, address in enumerate(addresses)
        ]
    assert [response.status_code for response in answers] == [303] * 3 + [429]
    assert "several times with this email address" in summary(answers[-1])


def test_dots_in_an_address_make_another_mailbox_elsewhere():
    assert mailbox_key("a.b@example.org") != mailbox_key("ab@example.org")
    assert mailbox_key("A.B+tag@Example.org") == mailbox_key("a.b@example.org")
    assert mailbox_key("+tag@example.org") == "+tag@example.org"


@pytest.mark.parametrize("path", ["/en/events/forum/register/", "/en/", "/admin/login/", "/en/registration/x/"])
def test_visitors_send_no_large_bodies(forum, path, tmp_path, settings):
    """A file in a form without a file field would be written to disk before anything checks the form."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "missing")
    large = io.BytesIO(b"x" * (4 * 1024 * 1024))
    response = Client(raise_request_exception=True).post(path, {"given_name": "Anna", "large": large})
    assert response.status_code == 413
    assert text_of(soup(response).h1) == "Your form is too large"


def test_editors_send_large_bodies(forum, admin_client):
    large = io.BytesIO(b"x" * (4 * 1024 * 1024))
    assert admin_client.post("/admin/login/", {"large": large}).status_code == 200


# The personal link


def test_wrong_links_are_limited(forum):
    visitor = Visitor()
    answers = [visitor.get(f"/en/registration/{number:043}/") for number in range(80)]
    codes = [response.status_code for response in answers]
    assert codes[:50] == [404] * 50
    assert codes[50:] == [429] * 30
    assert int(answers[-1]["Retry-After"]) > 0
    # A valid link still works from the same IP address.
    assert visitor.get(link_of(make_registration(forum.event))).status_code == 200
    assert Visitor(REMOTE_ADDR="203.0.113.9").get("/en/registration/wrong/").status_code == 404


def test_a_wrong_link_gets_429_when_the_database_is_busy(forum, monkeypatch):
    def busy(*args, **kwargs):
        raise BusyError

    monkeypatch.setattr(rate_limits, "count", busy)
    assert Visitor().get("/en/registration/wrong/").status_code == 429
