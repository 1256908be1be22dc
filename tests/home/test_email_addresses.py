"""Which email addresses the site accepts."""

import pytest

from home.email_addresses import is_deliverable

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    ("address", "is_accepted"),
    [
        ("anna@example.org", True),
        ("anna@ääkköset.example", True),
        ("a" * 64 + "@example.org", True),
        ("a" * 65 + "@example.org", False),
        # Accounts of the mail server itself.
        ("root@localhost", False),
        ("root@[127.0.0.1]", False),
        ('"anna"@example.org', False),
        ("anna@example.org\r\nBcc: bo@example.org", False),
        ("anna\u202e@example.org", False),
        ("anna@example..org", False),
    ],
)
def test_addresses(address, is_accepted):
    assert is_deliverable(address) == is_accepted
