"""A passkey in a browser, with an authenticator that Chromium simulates."""

from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import server

pytestmark = pytest.mark.slow

PASSWORD = "a long enough password"
ACCOUNT = f"""
from django.contrib.auth.models import User
User.objects.create_superuser("anna", "anna@example.org", "{PASSWORD}")
"""
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
# Sends the form with an answer that the authenticator has not given now.
SEND = """
credential => {
  const form = document.getElementById("webauthn_form");
  form.elements.credential.value = credential;
  form.submit();
}
"""


@pytest.fixture
def address(tmp_path) -> Iterator[str]:
    with server.made_site(tmp_path, "passkeys", ACCOUNT) as (address, _variables):
        yield address.replace("127.0.0.1", "localhost")


def enter_password(page: Page, address: str) -> None:
    page.goto(f"{address}/admin/login/")
    page.get_by_label("Username").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_passkey_is_added_and_signs_in_with_a_new_answer_each_time(page, address):
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    enter_password(page, address)
    page.goto(f"{address}/admin/account/factor/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    expect(page.locator("ul.recovery-codes li")).to_have_count(10)
    page.context.clear_cookies()
    enter_password(page, address)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Remember this browser?")).to_be_visible()
    page.get_by_role("button", name="Do not remember").click()
    page.wait_for_url(f"{address}/admin/")

    # Whoever has seen the answer to one challenge does not pass another one with it.
    (credential,) = {parse_qs(data)["credential"][0] for data in sent if "credential=" in data}
    page.context.clear_cookies()
    enter_password(page, address)
    expect(page.get_by_role("button", name="Use a passkey")).to_be_visible()
    page.evaluate(SEND, credential)
    expect(page.get_by_role("alert")).to_be_visible()
    page.goto(f"{address}/admin/")
    expect(page.get_by_label("Password")).to_be_visible()
