"""The client address used for sign-in limits, with and without reverse proxies."""

import pytest

from home.http.client_address import client_address, client_network

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
        (1, PROXY, "somebody", None),
        (1, "", None, None),
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
