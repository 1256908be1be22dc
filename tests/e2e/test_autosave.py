"""Forms of the admin that are sent while Wagtail saves them automatically (`site/static/admin/autosave.js`)."""

import pytest
from playwright.sync_api import Page, expect

from tests.snapshots import ROOT

pytestmark = pytest.mark.slow

# Keeps what is sent in the title of the document.
FORM = """
<form id="page" data-edit-form><button name="action-publish" value="yes">Publish</button></form>
<script>
    document.querySelector("form").addEventListener("submit", (event) => {
        event.preventDefault();
        const sent = new FormData(event.target, event.submitter);
        document.title += `sent ${sent.get("action-publish")}. `;
    });
</script>
"""
DISPATCH = """(name) => {
    const event = new CustomEvent(`w-autosave:${name}`, { bubbles: true, cancelable: true });
    return document.querySelector("form").dispatchEvent(event);
}"""


@pytest.fixture
def form(page: Page) -> Page:
    page.set_content(FORM)
    page.add_script_tag(path=ROOT / "site/static/admin/autosave.js")
    return page


@pytest.mark.parametrize("end", ["success", "error"])
def test_a_form_waits_until_it_is_saved(form, end):
    assert form.evaluate(DISPATCH, "save")
    form.get_by_role("button").click()
    form.get_by_role("button").evaluate("button => { button.disabled = true }")
    expect(form).to_have_title("")
    form.evaluate(DISPATCH, end)
    expect(form).to_have_title("sent yes.")


def test_a_form_that_is_sent_is_not_saved_after_that(form):
    form.get_by_role("button").click()
    expect(form).to_have_title("sent yes.")
    assert not form.evaluate(DISPATCH, "save"), "the event that asks whether to save must be refused"
