"""Organisations and people are previewed on the partners page, with their unsaved words, by those who may edit them."""

import pytest
from django.urls import reverse
from wagtail.models import PageViewRestriction

from home import permissions
from home.models import Organisation, PartnersPage, Person
from tests.factories.pages import make_page
from tests.factories.project import make_organisation, make_person
from tests.factories.users import make_user
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

SECRET = "Unsaved words"


@pytest.fixture
def partners_page(home_pages) -> PartnersPage:
    return make_page(PartnersPage, home_pages["en"], "Partners")


@pytest.fixture
def turku(partners_page) -> Organisation:
    return make_organisation("Turku", description="Old.")


def preview_url(row, name: str = "preview_on_edit") -> str:
    return reverse(row.snippet_viewset.get_url_name(name), args=[row.pk])


def preview(client, row, **fields):
    """Send the form as the preview panel does, and return the preview."""
    data = {"name": row.name, "country": "FI", "role": "beneficiary", "description": "", "comment_notifications": ""}
    sent = client.post(preview_url(row), data | fields)
    if sent.status_code != 200:
        return sent
    assert sent.json() == {"is_valid": True, "is_available": True}
    return client.get(preview_url(row))


def test_the_preview_is_the_partners_page_with_the_unsaved_words(turku, admin_client, client):
    make_organisation("Tallinn")
    answer = preview(admin_client, turku, name="Turku renamed", description=SECRET)
    page = soup(answer.text)
    shown = page.select_one("#previewed")
    assert (shown.h3.get_text(strip=True), shown.select_one(".organisation__text").text) == ("Turku renamed", SECRET)
    assert [item.get_text(strip=True) for item in page.select(".organisations h3")] == ["Tallinn", "Turku renamed"]
    assert page.select_one(".preview-notice a")["href"] == "#previewed"
    # Visitors see nothing of it, and the policy is that of public pages, not that of the admin.
    public = client.get("/en/partners/").text
    assert SECRET not in public
    assert "preview-notice" not in public
    assert "unsafe-inline" not in answer["Content-Security-Policy"]
    assert "private" in answer["Cache-Control"]


def test_a_draft_that_was_never_published_is_previewed(partners_page, admin_client):
    draft = make_organisation("New partner", live=False)
    page = soup(preview(admin_client, draft, description=SECRET).text)
    assert SECRET in page.select_one("#previewed").text
    draft.refresh_from_db()
    assert not draft.live


def test_a_person_is_previewed_and_the_preview_says_if_the_page_does_not_show_them(turku, admin_client):
    person = make_person("Aino", organisation=turku)
    fields = {"organisation": turku.pk, "orcid": ""}
    page = soup(preview(admin_client, person, role=SECRET, on_partners_page="on", **fields).text)
    assert SECRET in page.select_one("#previewed").text
    page = soup(preview(admin_client, person, role=SECRET, **fields).text)
    assert page.select_one("#previewed") is None
    assert "The partners page does not show “Aino”." in page.select_one(".preview-notice").text


@pytest.mark.parametrize(("name", "may"), [("own", True), ("other", False), ("translator", False)])
def test_only_those_who_may_edit_a_draft_preview_it(turku, client, name, may):
    users = {name: make_user(name, group=permissions.PARTNER_EDITORS) for name in ("own", "other")}
    users["translator"] = make_user("translator", group="Translators: Finnish")
    turku.editors.add(users["own"])
    turku.description = SECRET
    revision = turku.save_revision(user=users["own"])
    client.force_login(users[name])
    revisions_view = reverse(turku.snippet_viewset.get_url_name("revisions_view"), args=[turku.pk, revision.pk])
    for answer in (preview(client, turku, description=SECRET), client.get(revisions_view)):
        assert (answer.status_code == 200, SECRET in answer.text) == (may, may)


def test_there_is_no_preview_without_a_public_partners_page(partners_page, turku, client):
    writer = make_user("own", group=permissions.PARTNER_EDITORS)
    turku.editors.add(writer)
    client.force_login(writer)
    edit = reverse(turku.snippet_viewset.get_url_name("edit"), args=[turku.pk])
    assert soup(client.get(edit).text).select("[data-side-panel=preview]")
    PageViewRestriction.objects.create(page=partners_page, restriction_type=PageViewRestriction.LOGIN)
    assert not soup(client.get(edit).text).select("[data-side-panel=preview]")
    assert preview(client, turku).status_code == 404
    assert not Person(locale=turku.locale).is_previewable()
