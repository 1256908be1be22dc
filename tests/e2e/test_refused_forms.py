"""A form that was sent too late is kept, and can be sent after its user has signed in again in another tab."""

import pytest
from playwright.sync_api import expect

from tests.e2e import server
from tests.snapshots import manage

pytestmark = pytest.mark.slow

PASSWORD = "a long enough password"
ACCOUNT = f"""
from django.contrib.auth.models import Permission, User
user = User.objects.create_user("anna", "anna@example.org", "{PASSWORD}")
user.user_permissions.add(Permission.objects.get(codename="access_admin"))
"""
LONG_AGO = """
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
for row in Session.objects.all():
    session = SessionStore(row.session_key)
    session["last_activity"] = 1
    session.save()
"""


def sign_in(page) -> None:
    page.get_by_label("Username").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_a_form_of_an_idle_session_is_sent_after_the_sign_in_in_another_tab(page, tmp_path):
    with server.made_site(tmp_path, "kept", ACCOUNT) as (address, variables):
        page.goto(f"{address}/admin/login/")
        sign_in(page)
        page.wait_for_url(f"{address}/admin/")
        page.goto(f"{address}/admin/account/")
        page.get_by_label("First name").fill("Änna")
        manage(["shell", "-c", LONG_AGO], variables)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", name="Not saved yet")).to_be_visible()
        with page.context.expect_page() as opened:
            page.get_by_role("link", name="Sign in again").click()
        sign_in(opened.value)
        expect(opened.value.get_by_text("go back to the other one")).to_be_visible()
        page.get_by_role("button", name="Send the form again").click()
        page.wait_for_url(f"{address}/admin/account/")
        expect(page.get_by_label("First name")).to_have_value("Änna")
