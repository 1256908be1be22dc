"""Reports and lists of translations name no draft or private page to users who may neither read nor edit it."""

import pytest
from django.urls import reverse
from wagtail.models import Locale, Page, PageViewRestriction, Workflow

from home.models import ContentPage
from home.permissions import PARTNER_EDITORS
from tests.factories.pages import make_page
from tests.factories.project import make_organisation
from tests.factories.translations import make_translations
from tests.factories.users import make_editor, make_user

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

TRANSLATOR = "Translators: Finnish"
REPORTS = ["page_types_usage", "page_types_usage_results", "site_history", "site_history_results"]


def close(page: Page) -> None:
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.PASSWORD, password="x")


@pytest.fixture
def pages(home_page):
    """A draft, a public page that was renamed in a draft, and a private page; each saved by an editor."""
    editor = make_editor("author")
    draft = make_page(ContentPage, home_page, "Unpublished", live=False)
    private = make_page(ContentPage, home_page, "Confidential")
    renamed = make_page(ContentPage, home_page, "Published")
    for page in (draft, private, renamed):
        page.title = "Renamed" if page == renamed else page.title
        page.save_revision(user=editor, log_action=True)
    close(private)
    return [draft, private, renamed]


def words_in(text: str) -> list[str]:
    return [word for word in ("Unpublished", "Confidential", "Renamed") if word in text]


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("last", [0, 1, 2])
def test_wagtails_reports_name_what_the_user_may_edit(name, last, pages, client):
    pages[last].save_revision(user=make_editor("last"), log_action=True)
    address = reverse(f"wagtailadmin_reports:{name}")
    client.force_login(make_editor())
    assert words_in(client.get(address).text)
    for group in (TRANSLATOR, PARTNER_EDITORS):
        client.force_login(make_user(group, group=group))
        answer = client.get(address)
        assert answer.status_code == 200
        assert words_in(answer.text) == []


@pytest.mark.parametrize("name", ["workflow", "workflow_results", "workflow_tasks", "workflow_tasks_results"])
def test_the_reports_of_workflows_name_no_drafts_of_other_organisations(name, home_page, client):
    organisation = make_organisation("Turku")
    writer = make_user("writer", group=PARTNER_EDITORS)
    organisation.editors.add(writer)
    organisation.name = "Merged and renamed"
    organisation.save_revision(user=writer)
    Workflow.objects.get().start(organisation, writer)
    address = reverse(f"wagtailadmin_reports:{name}")
    client.force_login(writer)
    assert "Merged and renamed" in client.get(address).text
    client.force_login(make_user("colleague", group=PARTNER_EDITORS))
    assert "Merged and renamed" not in client.get(address).text


def test_the_list_of_translations_names_what_the_user_may_read(pages, client):
    address = reverse("translations:overview")
    client.force_login(make_editor())
    assert words_in(client.get(address, {"show_complete": "on"}).text) == ["Unpublished", "Confidential", "Renamed"]
    client.force_login(make_user("translator", group=TRANSLATOR))
    text = client.get(address, {"show_complete": "on"}).text
    assert words_in(text) == []
    assert "Published" in text
    assert words_in(client.get(reverse("wagtailadmin_home")).text) == []


def test_the_list_of_translations_names_a_private_page_to_those_who_translate_it(pages, client):
    make_translations(pages[1], ["fi"])
    close(pages[1].get_translation(Locale.objects.get(language_code="fi")))
    address = reverse("translations:overview")
    client.force_login(make_user("translator", group=TRANSLATOR))
    assert words_in(client.get(address, {"show_complete": "on"}).text) == ["Confidential"]
    client.force_login(make_user("estonian", group="Translators: Estonian"))
    assert words_in(client.get(address, {"show_complete": "on"}).text) == []


def test_a_draft_of_an_organisation_is_named_to_those_who_edit_it(home_page, client):
    draft = make_organisation("Secret partner", live=False)
    member = make_user("member", group=PARTNER_EDITORS)
    draft.editors.add(member)
    addresses = [
        f"{reverse('translations:overview')}?show_complete=on",
        reverse("wagtail_localize:snippets_api_listing", args=["home", "organisation"]),
    ]
    client.force_login(member)
    assert "Secret partner" in client.get(addresses[0]).text
    client.force_login(make_user("colleague", group=PARTNER_EDITORS))
    assert ["Secret partner" in client.get(address).text for address in addresses] == [False, False]


@pytest.mark.parametrize("name", ["translations_report", "translations_report_results"])
def test_the_report_of_wagtail_localize_is_the_list_of_translations(name, pages, client):
    address = reverse(f"wagtail_localize:{name}")
    client.force_login(make_user("translator", group=TRANSLATOR))
    answer = client.get(address, {"show_complete": "on"})
    assert (words_in(answer.text), "Published" in answer.text) == ([], True)
    client.force_login(make_user("nobody"))
    assert client.get(address).status_code == 302
