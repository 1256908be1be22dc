"""Who reaches which route of the admin: `routes.tsv` has a row for each route of the project and of wagtail-localize.

The routes come from the URL resolver, so a new one without a row fails. The test prints the rows that are missing or
differ, in the form of the table: read them, and put them there if they are meant to be so.
"""

import re
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client

from tests.forms import ServedForm, served_forms
from tests.routes import ROLES, Content, Route, all_routes

pytestmark = [
    pytest.mark.slow,
    pytest.mark.any_database,
    # A report of wagtail-localize without an order: a warning, not a fault.
    pytest.mark.filterwarnings("ignore::django.core.paginator.UnorderedObjectListWarning"),
]

TABLE = Path(__file__).with_name("routes.tsv")
LETTERS = {True: "+", False: "-"}
# Routes that lead everyone back to the dashboard, or find nothing in the content of this test; other tests call them.
SAME_FOR_ALL = {
    "admin/account/email/<str:token>/",
    "admin/api/main/^images/<int:pk>/",
    "admin/api/main/^images/find/",
    "admin/api/main/^pages/<int:pk>/action/<str:action_name>/",
    "admin/api/main/^pages/find/",
    "admin/invitation/<str:token>/",
    "admin/invitations/<int:pk>/change/",
    "admin/reports/content/links/<int:pk>/check/",
    "admin/localize/page/<int:page_id>/convert_to_alias/",
    "admin/localize/translate/<int:translation_id>/machine_translate/",
    "admin/localize/translate/<int:translation_id>/pofile/upload/",
    "admin/localize/translate/<int:translation_id>/preview/",
    "admin/localize/translate/<int:translation_id>/preview/<str:mode>/",
    "admin/publications/versions/<int:pk>/delete/",
    # There is no partners page here (tests/home/test_previews_of_snippets.py).
    *(
        f"admin/snippets/home/{model}/{rest}"
        for model in ("organisation", "person")
        for rest in (
            "history/<int:pk>/revisions/<int:revision_id>/view/",
            "preview/<int:pk>/",
            "workflow/preview/<int:pk>/<int:task_id>/",
        )
    ),
    # Tested in tests/home/test_deliverables.py.
    "admin/deliverables/<int:page_id>/<uuid:key>/",
    "admin/translations/assigned/<int:pk>/done/",
    "admin/translations/<int:pk>/submit/",
    "admin/translations/start/",
    # Only whoever asked for a download gets it.
    "admin/events/<int:pk>/registrations/export/<uuid:key>/",
    # Leads on, or shows whatever events a user may check in at.
    "admin/check-in/",
    # Single sign-on, which is off here (tests/accounts/test_single_sign_on.py).
    "admin/account/single-sign-on/",
    "admin/account/single-sign-on/connect/<str:token>/",
    "admin/login/sso/",
    "admin/login/sso/finish/",
}


INLINE_SCRIPT = re.compile(rb"<script>|<script type=.?(module|text/javascript).?>")

# Only for visitors.
SIGN_IN = "admin/login/"
# Says to everyone that a link is not valid (tests/accounts/test_attacks_on_signing_in.py).
PASSWORD_LINK = "admin/password_reset/confirm/<uidb64>/<token>/"


def own_routes() -> dict[str, Route]:
    """Return the routes of the admin by pattern. The first of several with one pattern is the one that answers."""
    found: dict[str, Route] = {}
    for route in all_routes():
        if route.pattern.startswith("admin/") and route.is_own:
            found.setdefault(route.pattern, route)
    return found


def table() -> dict[str, str]:
    rows = [line.split("\t") for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    return dict(rows)


def test_every_own_route_is_in_the_table():
    """The quick half of the test below: a new route without a row."""
    assert set(own_routes()) == set(table())


def reaches(response) -> bool:
    """Return whether the view did its work or asked for better input, and did not refuse, hide or ask to sign in."""
    if response.status_code in {301, 302, 303}:
        return not response["Location"].startswith("/admin/login/") and response["Location"] != "/admin/"
    return response.status_code < 300 or response.status_code in {400, 405, 422}


def has_inline_scripts(response) -> bool:
    """Return whether a page has inline scripts, which the browser would refuse, or admits those that someone injects."""
    if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
        return False
    policy = dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))
    return bool(INLINE_SCRIPT.search(response.content)) or "'unsafe-inline'" in policy["script-src"]


def request(client, address: str, *, post: bool, forms: dict[str, ServedForm]) -> bool:
    """Send the request and undo what it changed. Adds the forms of the page to `forms`, by action."""
    with transaction.atomic():
        response = client.post(address) if post else client.get(address)
        if response.status_code == 200:
            forms.update({form.action: form for form in served_forms(response, address)})
        response.close()
        transaction.set_rollback(True)
    # Nobody reads the messages of refused requests here, and the cookie would grow with each of them.
    client.cookies.pop("messages", None)
    assert response.status_code < 500, f"{address}: {response.status_code}"
    return reaches(response)


def refused(client, form: ServedForm) -> bool:
    """Send a form as a browser does, with its token and cookies, and undo what it changed."""
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.cookies = client.cookies.copy()
    with transaction.atomic():
        response = browser.post(form.action, form.data)
        response.close()
        transaction.set_rollback(True)
    return response.status_code in {403, 404, 405} or response.status_code >= 500


@pytest.fixture
def content(home_page):
    return Content(home_page)


@pytest.mark.slow
def test_every_route_has_a_row_that_says_who_reaches_it_and_whose_forms_are_accepted(content):
    clients = content.clients()
    found, inline, forms = {}, set(), {role: {} for role in ROLES}
    for pattern, route in own_routes().items():
        address = content.address(route)
        with transaction.atomic():
            response = clients["administrator"].get(address)
            if has_inline_scripts(response):
                inline.add(pattern)
            response.close()
            post = response.status_code == 405
            transaction.set_rollback(True)
        found[pattern] = "".join(
            LETTERS[request(clients[role], address, post=post, forms=forms[role])] for role in ROLES
        )
    expected = table()
    wrong = [f"{pattern}\t{letters}" for pattern, letters in sorted(found.items()) if expected.get(pattern) != letters]
    gone = sorted(set(expected) - set(found))

    assert (wrong, gone) == ([], []), "Rows that are missing or differ:\n" + "\n".join(wrong)
    served = [(role, form) for role in ROLES for form in forms[role].values()]
    assert len(served) > 100
    assert [f"{role}: {form.action}" for role, form in served if not form.has_token] == []
    assert [f"{role}: {form.action}" for role, form in served if refused(clients[role], form)] == []
    assert inline == set()


def test_the_table_hides_everything_from_visitors_and_shows_it_to_administrators():
    rows = table()
    assert rows.pop(SIGN_IN) == "+" + "-" * (len(ROLES) - 1)
    assert rows.pop(PASSWORD_LINK) == "+" * len(ROLES)

    assert len(rows) > 100
    assert {letters[0] for letters in rows.values()} == {"-"}
    assert {len(letters) for letters in rows.values()} == {len(ROLES)}
    assert {pattern for pattern, letters in rows.items() if letters[-1] != "+"} == SAME_FOR_ALL


def test_no_screen_of_wagtail_has_inline_scripts(content):
    browser = content.clients()["administrator"]
    inline = set()
    for route in all_routes():
        if route.pattern.startswith("admin/") and not route.is_own:
            with transaction.atomic():
                response = browser.get(content.address(route))
                if has_inline_scripts(response):
                    inline.add(route.pattern)
                response.close()
                transaction.set_rollback(True)
    assert inline == set()
