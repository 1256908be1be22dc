"""The client address used for sign-in limits, with and without reverse proxies."""

import pytest
from django.contrib.auth.models import Group, User

from home.http.client_address import client_address, client_network, proxy_problem

pytestmark = pytest.mark.any_database

CLIENT, PROXY, INVENTED = "203.0.113.7", "10.0.0.5", "198.51.100.1"


@pytest.mark.parametrize(
    ("proxies", "connection", "forwarded", "expected"),
    [
        (0, CLIENT, None, CLIENT),
        (0, CLIENT, INVENTED, CLIENT),
        (1, PROXY, CLIENT, CLIENT),
        (1, PROXY, f"{INVENTED}, {CLIENT}", CLIENT),
        (2, PROXY, f"{INVENTED}, {CLIENT},{PROXY}", CLIENT),
        (1, "", "2001:DB8::7", "2001:db8::7"),
        # Health checks reach the process without the proxy.
        (1, CLIENT, None, CLIENT),
        (2, CLIENT, INVENTED, CLIENT),
        (1, PROXY, "someone", None),
        (1, "", None, None),
        # Some proxies add the port, and brackets around IPv6 addresses.
        (1, PROXY, f"{CLIENT}:49152", CLIENT),
        (1, PROXY, "[2001:db8::7]:49152", "2001:db8::7"),
        (1, PROXY, '"[2001:db8::7]"', "2001:db8::7"),
        (1, PROXY, "2001:db8::7", "2001:db8::7"),
        (1, PROXY, f"::ffff:{CLIENT}", CLIENT),
        (1, PROXY, "203.0.113.7:1:2", None),
    ],
)
def test_sign_in_limit_uses_the_address_seen_by_the_trusted_proxies(
    proxies, connection, forwarded, expected, rf, settings
):
    settings.PROXY_COUNT = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert client_address(rf.get("/", REMOTE_ADDR=connection, **headers)) == expected


@pytest.mark.parametrize(
    ("address", "network"),
    [
        (CLIENT, CLIENT),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (f"::ffff:{CLIENT}", CLIENT),
        ("", ""),
    ],
)
def test_network_of_a_client(address, network, rf):
    assert client_network(rf.get("/", REMOTE_ADDR=address)) == network


@pytest.mark.parametrize(
    ("proxies", "connection", "forwarded", "problem"),
    [
        (0, PROXY, CLIENT, "too_low"),
        (0, "127.0.0.1", CLIENT, "too_low"),
        (0, "fd00::1", CLIENT, "too_low"),
        (1, "10.0.0.6", f"{CLIENT}, {PROXY}", "too_low"),
        (2, PROXY, CLIENT, "too_high"),
        # In order, or nothing can be said.
        (1, PROXY, CLIENT, ""),
        (1, PROXY, f"{INVENTED}, {CLIENT}", ""),
        (2, PROXY, f"{CLIENT}, {PROXY}", ""),
        # A visitor who writes the header themselves.
        (0, "8.8.8.8", INVENTED, ""),
        # A visitor or a health check without the proxy, and an intranet behind it.
        (1, "127.0.0.1", None, ""),
        (1, PROXY, "10.1.2.3", ""),
    ],
)
def test_wrong_number_of_proxies_is_reported(
    proxies, connection, forwarded, problem, rf, settings, client, admin_client, caplog
):
    settings.PROXY_COUNT = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    client_address(rf.get("/", REMOTE_ADDR=connection, **headers))
    client_address(rf.get("/", REMOTE_ADDR=connection, **headers))
    assert proxy_problem() == problem
    expected = f"ok\nwarning: PROXY_COUNT is {problem.replace('_', ' ')}\n" if problem else "ok\n"
    assert client.get("/healthz").text == expected
    assert ("PROXY_COUNT" in admin_client.get("/admin/").text) == bool(problem)
    assert caplog.text.count("PROXY_COUNT is") == bool(problem)


def test_dashboard_of_editors_has_no_warning_about_proxies(client, settings, rf, db):
    settings.PROXY_COUNT = 0
    client_address(rf.get("/", REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=CLIENT))
    editor = User.objects.create_user("editor")
    editor.groups.add(Group.objects.get(name="Editors"))
    client.force_login(editor)
    assert "PROXY_COUNT" not in client.get("/admin/").text
