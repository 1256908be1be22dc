"""Hostile input to the routes of the site, as an anonymous visitor and as each role: no answer is a fault of the server.

The routes come from the URL resolver: all public ones, and those of the admin that belong to the project and to
wagtail-localize. On a slow machine the test ends after `SECONDS`. `test_hostile_requests.py` has what Wagtail's own views do
not check.
"""

import random
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from home.roles import EDITORS
from tests.html import soup
from tests.routes import ROLES, Content, Route, all_routes

pytestmark = [
    pytest.mark.slow,
    pytest.mark.any_database,
    # A report of wagtail-localize without an order: a warning, not a fault.
    pytest.mark.filterwarnings("ignore::django.core.paginator.UnorderedObjectListWarning"),
]

SECONDS = 100
SEED = 20261129
# Roles that reach most, and so run the most code, come more often.
WEIGHTS = {"anonymous": 3, EDITORS: 3, "access to the event": 2, "administrator": 6}
HOSTILE = [
    "",
    "\x00",
    "\x01\x0b\x1b",
    "-1",
    "9" * 400,
    "1e999",
    "nan",
    "²",
    "2030-02-31",
    "99999-01-01T00:00",
    "ﷺ" * 200,
    "𓀀👩‍⚕️\u202e\ufeff",
    "[" * 5000,
    '{"a": [1, {}]}',
    "null",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "%s%(x)s{0}{{7*7}}",
    "../../../../etc/passwd",
    "javascript:alert(1)",
    "x" * 100_000,
    "a@b\r\nBcc: c@d",
]
NAMES = ["q", "p", "page", "title", "name", "email", "order", "ordering", "id", "rows", "text", "locale", "format",
    "mode", "day", "year", "month", "topic", "language", "export", "status", "person", "action", "count", "file",
    "parent", "root", "tag", "collection_id", "content_type", "date_from", "date_to", "timestamp_from", "user", "token",
]  # fmt: skip


def hostile_data(chance: random.Random, names: list[str]) -> dict[str, str | list[str]]:
    chosen = chance.sample(names, min(len(names), chance.randint(1, 12)))
    return {name: chance.choice(HOSTILE) for name in chosen}


def field_names(response) -> list[str]:
    """Return the names of the fields of the forms in a page."""
    if response.status_code != 200 or "html" not in response.get("Content-Type", "") or response.streaming:
        return []
    return [element["name"] for element in soup(response).select("input[name], select[name], textarea[name]")]


def fuzz(client, address: str, chance: random.Random) -> list[str]:
    """Send three requests, undo what they change, and return those that were answered with 500 or more."""
    failed = []

    def send(method: str, *args, **kwargs):
        with transaction.atomic():
            response = getattr(client, method)(*args, **kwargs)
            names = field_names(response)
            response.close()
            transaction.set_rollback(True)
        if response.status_code >= 500:
            fault = repr(getattr(response, "exc_info", ("",))[1])[:200] if getattr(response, "exc_info", None) else ""
            failed.append(f"{method} {address}: {response.status_code} {fault} {str(args[1:])[:200]}")
        return names

    fields = [name for name in send("get", address) if name != "next"]
    send("get", address, hostile_data(chance, NAMES))
    upload = SimpleUploadedFile(chance.choice(["a.pdf", "a.gif", "a.po", "x" * 300, "\x07"]), chance.randbytes(60))
    send("post", address, {**hostile_data(chance, fields or NAMES), chance.choice(["file", "files[]", "pdf"]): upload})
    send(chance.choice(["put", "delete", "options", "patch", "head"]), address)
    return failed


@pytest.fixture
def content(home_page):
    return Content(home_page)


def hostile_address(content: Content, route: Route, chance: random.Random) -> str:
    """Return the address of the content, or sometimes one with hostile values."""
    if chance.random() < 0.7:
        return content.address(route)
    value = chance.choice(["0", "9" * 25, "x", "%00", "..", "%F0%9F%A6%8A", "-1", "en"])
    return "/".join(value if part == "1" else part for part in content.address(route).split("/"))


def test_no_route_answers_hostile_input_with_500(content, caplog):
    caplog.set_level("CRITICAL")
    chance = random.Random(SEED)  # noqa: S311  (each run is the same)
    clients = content.clients()
    routes = [route for route in all_routes() if not route.pattern.startswith("admin/") or route.is_own]
    # Visitors are sent to the sign-in page from each address of the admin.
    work = [(route, "anonymous") for route in routes if not route.pattern.startswith("admin/")]
    work += [(route, chance.choices(ROLES, [WEIGHTS.get(role, 1) for role in ROLES])[0]) for route in routes]
    chance.shuffle(work)
    end, failed, done = time.monotonic() + SECONDS, [], 0
    for route, role in work:
        if time.monotonic() > end:
            break
        found = fuzz(clients[role], hostile_address(content, route, chance), chance)
        failed += [f"{role}: {line}" for line in found]
        done += 1

    assert failed == [], "\n".join(failed)
    assert done > 20
