"""The deliverables of the results page, for the organisations that an editor names."""

import datetime
import uuid

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.urls import reverse
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction, PageLogEntry, TaskState, WorkflowState

from home import deliverables, permissions
from home.models import Deliverable, DeliverableEditor, Organisation, ResultsPage, WorkPackage
from home.setup import set_up_site
from home.translations.sources import translate
from tests.factories.pages import MOMENT, make_page, make_private
from tests.factories.project import make_organisation
from tests.factories.users import make_user
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

INDEX = "/admin/deliverables/"


@pytest.fixture
def page(home_page) -> ResultsPage:
    set_up_site()
    page = make_page(ResultsPage, home_page, "Results")
    for number in (1, 2):
        page.work_packages.add(WorkPackage(number=number, title=f"Package {number}", locale=page.locale))
        page.deliverables.add(
            Deliverable(number=f"D{number}.1", title=f"Plan {number}", work_package_number=number, locale=page.locale)
        )
    page.save()
    return page


@pytest.fixture
def accounts(page) -> dict[str, User]:
    """Two partner editors and an event organiser of the partner that edits package 1, and one editor of another."""
    partner, other = make_organisation("Turku"), make_organisation("Tallinn")
    give(page, 1, partner)
    found = {
        "colleague": (permissions.PARTNER_EDITORS, partner),
        "writer": (permissions.PARTNER_EDITORS, partner),
        "organiser": (permissions.EVENT_ORGANISERS, partner),
        "other": (permissions.PARTNER_EDITORS, other),
        "stranger": (permissions.PARTNER_EDITORS, None),
        "translator": (permissions.translators("fi"), partner),
        "editor": (permissions.EDITORS, None),
    }
    users = {name: make_user(name, group=group) for name, (group, _organisation) in found.items()}
    for name, (_group, organisation) in found.items():
        if organisation:
            organisation.editors.add(users[name])
    return users


def give(page: ResultsPage, number: int, organisation: Organisation) -> None:
    DeliverableEditor.objects.create(
        page=page, work_package_number=number, organisation=organisation, locale=page.locale
    )


def address(page: ResultsPage, number: str) -> str:
    key = next(item.translation_key for item in deliverables.draft_of(page).deliverables.all() if item.number == number)
    return reverse("deliverables:edit", args=[page.pk, key])


def form(**values: str) -> dict[str, str]:
    return {
        "title": "Plan 1",
        "due_on": "",
        "status": "planned",
        "dissemination": "public",
        "document": "",
        "doi": "",
    } | values


def draft_titles(page: ResultsPage) -> list[str]:
    return [item.title for item in deliverables.draft_of(ResultsPage.objects.get(pk=page.pk)).deliverables.all()]


def linked(client) -> list[str]:
    return [row.get_text() for row in soup(client.get(INDEX)).select("main table a")]


@pytest.mark.parametrize(
    ("name", "listed", "opened", "saved"),
    [
        ("writer", ["D1.1 Plan 1"], 200, 302),
        ("colleague", ["D1.1 Plan 1"], 200, 302),
        ("other", [], None, None),
        ("stranger", [], None, None),
        ("organiser", None, None, None),
        ("translator", None, None, None),
        ("editor", None, None, None),
    ],
)
def test_only_the_organisation_of_the_work_package_changes_its_deliverables(
    client, page, accounts, name, listed, opened, saved
):
    client.force_login(accounts[name])
    if listed is None:
        assert client.get(INDEX).status_code == 302
    else:
        assert linked(client) == listed
        assert len(soup(client.get(INDEX)).select("main tbody tr")) == 2
    answer = client.get(address(page, "D1.1"))
    assert answer.status_code == (opened or 302)
    answer = client.post(address(page, "D1.1"), form(title="Changed"))
    assert answer.status_code == (saved or 302)
    assert ("Changed" in draft_titles(page)) is bool(saved)
    # That of another work package stays closed to all of them.
    assert client.get(address(page, "D2.1")).status_code == 302
    client.post(address(page, "D2.1"), form(title="Of another"))
    assert "Of another" not in draft_titles(page)


@pytest.mark.parametrize("view", ["edit", "history", "unpublish", "workflow_history", "delete"])
def test_the_page_around_them_stays_closed(client, page, accounts, view):
    client.force_login(accounts["writer"])
    client.post(address(page, "D1.1"), form(title="Changed"))
    assert client.get(reverse(f"wagtailadmin_pages:{view}", args=[page.pk])).status_code == 302
    assert not page.permissions_for_user(accounts["writer"]).can_edit()
    assert not page.permissions_for_user(accounts["writer"]).can_publish()


def test_a_draft_is_not_public_and_an_editor_approves_it(client, page, accounts):
    client.force_login(accounts["writer"])
    answer = client.post(
        address(page, "D1.1"), form(title="Approved plan", status="submitted", submit="1"), follow=True
    )
    assert "“D1.1 Plan 1” was submitted for approval." in answer.text
    assert "Approved plan" not in client.get(page.url).text
    task = TaskState.objects.get(status=TaskState.STATUS_IN_PROGRESS)
    assert task.workflow_state.requested_by == accounts["writer"]

    # While it waits, neither the partner nor others change what the editor looks at.
    shown = soup(client.get(address(page, "D1.1")))
    assert "waits for approval" in shown.select_one("main .help-warning").get_text()
    assert not shown.select("main form button[type=submit]")
    assert "waits for approval" in soup(client.get(INDEX)).select_one("main .help-warning").get_text()
    assert client.post(address(page, "D1.1"), form(title="Later")).status_code == 422
    assert "Later" not in draft_titles(page)

    task.approve(user=accounts["editor"])
    published = ResultsPage.objects.get(pk=page.pk)
    assert [item.title for item in published.deliverables.all()] == ["Approved plan", "Plan 2"]
    assert "Approved plan" in client.get(page.url).text
    assert client.post(address(page, "D1.1"), form(title="Later")).status_code == 302


def test_a_partner_answers_what_the_reviewer_asks_for(client, page, accounts):
    client.force_login(accounts["writer"])
    client.post(address(page, "D1.1"), form(title="First", submit="1"))
    TaskState.objects.get().reject(user=accounts["editor"], comment="Name the version")
    client.force_login(accounts["colleague"])
    assert "Name the version" in client.get(address(page, "D1.1")).text
    client.post(address(page, "D1.1"), form(title="Version 2", submit="1"))
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_IN_PROGRESS
    assert (
        TaskState.objects.get(status=TaskState.STATUS_IN_PROGRESS).revision == ResultsPage.objects.get().latest_revision
    )
    assert draft_titles(page)[0] == "Version 2"


def test_the_email_of_the_reviewer_leads_the_partner_to_the_deliverables(
    client, page, accounts, django_capture_on_commit_callbacks
):
    client.force_login(accounts["writer"])
    client.post(address(page, "D1.1"), form(title="First", submit="1"))
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        TaskState.objects.get().reject(user=accounts["editor"], comment="Name the version")
    (message,) = [item for item in mail.outbox if item.to == [accounts["writer"].email]]
    assert f"Change it and submit it again: http://localhost{INDEX}" in message.body
    assert "changes are needed" in soup(client.get("/admin/")).select_one("#drafts-heading").parent.get_text()


def test_the_draft_of_the_editor_stays(client, page, accounts):
    """A change is made in the newest draft: what the editor is writing there is not lost, and stays a draft."""
    page.introduction = "<p>Not yet public</p>"
    page.deliverables.add(Deliverable(number="D1.2", title="New", work_package_number=1, locale=page.locale))
    page.save_revision(user=accounts["editor"])
    client.force_login(accounts["writer"])
    assert linked(client) == ["D1.1 Plan 1", "D1.2 New"]
    client.post(address(page, "D1.1"), form(title="Changed"))
    client.post(address(page, "D1.2"), form(title="Newer"))
    draft = deliverables.draft_of(ResultsPage.objects.get(pk=page.pk))
    assert draft.introduction == "<p>Not yet public</p>"
    assert [item.title for item in draft.deliverables.all()] == ["Changed", "Plan 2", "Newer"]
    assert [item.number for item in draft.work_packages.all()] == [1, 2]
    assert Deliverable.objects.count() == 2


def test_a_page_that_is_not_finished_is_not_submitted(client, page, accounts):
    page.title = ""
    page.save_revision(clean=False)
    client.force_login(accounts["writer"])
    answer = client.post(address(page, "D1.1"), form(title="Changed", submit="1"), follow=True)
    assert "An editor has to finish another part of the page" in answer.text
    assert not WorkflowState.objects.exists()
    assert draft_titles(page)[0] == "Changed"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"due_on": "0001-01-01"}, "due_on"),
        ({"status": "lost"}, "status"),
        ({"document": "999"}, "document"),
        ({"doi": "https://doi.org/10.1/x"}, "doi"),
    ],
)
def test_errors_are_beside_their_field_and_what_was_typed_stays(client, page, accounts, values, field):
    client.force_login(accounts["writer"])
    answer = client.post(address(page, "D1.1"), form(title="Typed") | values)
    assert answer.status_code == 422
    shown = soup(answer)
    assert shown.select_one(f"#panel-child-{field}-errors, [id$={field}-errors], .w-field__errors .error-message")
    if field != "title":
        assert shown.select_one("#id_title")["value"] == "Typed"
    assert draft_titles(page)[0] == "Plan 1"


def test_a_file_that_the_partner_may_not_read_is_refused(client, page, accounts):
    collection = Collection.get_first_root_node().add_child(name="Private")
    restriction = CollectionViewRestriction.objects.create(collection=collection, restriction_type="groups")
    assert restriction
    document = get_document_model().objects.create(title="Secret", file="secret.pdf", collection=collection)
    client.force_login(accounts["writer"])
    answer = client.post(address(page, "D1.1"), form(document=str(document.pk)))
    assert answer.status_code == 422
    assert draft_titles(page) == ["Plan 1", "Plan 2"]


def test_a_sensitive_deliverable_takes_no_file(client, page, accounts):
    document = get_document_model().objects.create(title="Plan", file="plan.pdf")
    client.force_login(accounts["writer"])
    values = form(document=str(document.pk), dissemination="sensitive")
    answer = client.post(address(page, "D1.1"), values)
    assert answer.status_code == 422
    assert "the file of a sensitive deliverable is not published" in answer.text


def test_changes_stand_in_the_history_of_the_page_and_of_the_deliverable(client, page, accounts):
    client.force_login(accounts["writer"])
    assert "There is no change yet." in client.get(address(page, "D1.1")).text
    client.post(address(page, "D1.1"), form(title="Changed", due_on="2026-05-01"))
    client.post(address(page, "D1.1"), form(title="Changed", due_on="2026-05-01"))
    entry = PageLogEntry.objects.get(action=deliverables.CHANGED)
    assert (entry.user, entry.content_changed, entry.data["fields"]) == (accounts["writer"], True, ["title", "due_on"])
    draft = deliverables.draft_of(ResultsPage.objects.get(pk=page.pk))
    assert draft.deliverables.all()[0].due_on == datetime.date(2026, 5, 1)
    message = "Deliverable D1.1 changed: title, due on"
    assert message in client.get(address(page, "D1.1")).text
    client.force_login(accounts["editor"])
    assert message in client.get(reverse("wagtailadmin_pages:history", args=[page.pk])).text


def test_the_dashboard_of_a_partner_leads_to_the_deliverables(client, page, accounts):
    client.force_login(accounts["writer"])
    client.post(address(page, "D1.1"), form(title="Changed"))
    dashboard = soup(client.get("/admin/"))
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert dashboard.select(f'main a[href="{INDEX}"]')
    assert not dashboard.select(f'main a[href="{edit}"]')


# Who is given what


def test_the_right_follows_the_published_source_page(client, page, accounts, home_pages):
    """Neither a draft nor a translation of the page gives a right; the organisation counts in all its languages."""
    other = Organisation.objects.get(name="Tallinn")
    draft = deliverables.draft_of(page)
    draft.deliverable_editors.add(DeliverableEditor(work_package_number=1, organisation=other, locale=page.locale))
    draft.save_revision()
    assert not deliverables.given_to(User.objects.get(username="other")).numbers
    translate(page, [home_pages["fi"].locale])
    finnish = ResultsPage.objects.get(locale=home_pages["fi"].locale)
    give(finnish, 1, other)
    assert not deliverables.given_to(User.objects.get(username="other")).numbers
    assert [item.pk for item in deliverables.source_pages()] == [page.pk]
    translated = other.copy_for_translation(home_pages["fi"].locale)
    translated.save()
    give(page, 2, translated)
    assert deliverables.given_to(User.objects.get(username="other")).numbers == {page.pk: {2}}


def test_a_right_ends_with_the_organisation_and_with_the_role(page, accounts):
    def given(name: str) -> bool:
        return bool(deliverables.given_to(User.objects.get(username=name)).numbers)

    assert given("writer")
    Organisation.objects.get(name="Turku").editors.remove(accounts["writer"])
    assert not given("writer")
    assert given("colleague")
    accounts["colleague"].groups.clear()
    assert not given("colleague")


def page_form(page: ResultsPage, organisation: Organisation, number: int = 2) -> dict[str, str]:
    relations = ("work_packages", "deliverables", "result_milestones", "publications", "comments")
    data = {"title": page.title, "slug": page.slug, "lead": "", "summary": "", "introduction": "null"}
    data |= {"findings-count": "0"}
    for relation in relations:
        rows = list(getattr(page, relation).all()) if relation in {"work_packages", "deliverables"} else []
        data |= {f"{relation}-TOTAL_FORMS": str(len(rows)), f"{relation}-INITIAL_FORMS": str(len(rows))}
        for index, row in enumerate(rows):
            values = {"id": row.pk, "number": row.number, "title": row.title, "ORDER": index + 1}
            values |= {"status": "planned", "dissemination": "public"}
            data |= {f"{relation}-{index}-{name}": str(value) for name, value in values.items()}
    data |= {"deliverable_editors-TOTAL_FORMS": "1", "deliverable_editors-INITIAL_FORMS": "0"}
    return data | {
        "deliverable_editors-0-work_package_number": str(number),
        "deliverable_editors-0-organisation": str(organisation.pk),
        "deliverable_editors-0-ORDER": "1",
        "action-publish": "action-publish",
    }


def test_an_editor_names_who_edits_deliverables(client, page, accounts):
    other = Organisation.objects.get(name="Tallinn")
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    client.force_login(accounts["editor"])
    assert "Who edits deliverables" in client.get(edit).text
    wrong = client.post(edit, page_form(page, other, number=7))
    assert "There is no work package 7." in wrong.text
    client.post(edit, page_form(page, other))
    assert deliverables.given_to(accounts["other"]).numbers == {page.pk: {2}}


def test_translators_of_the_source_language_do_not_name_them(client, page, accounts):
    """They may change the page, but not who edits its deliverables."""
    translator = make_user("english", group=permissions.translators("en"))
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    client.force_login(translator)
    assert "Who edits deliverables" not in client.get(edit).text
    client.post(edit, page_form(page, Organisation.objects.get(name="Tallinn")) | {"title": "By a translator"})
    page.refresh_from_db()
    assert page.title == "By a translator"
    rows = DeliverableEditor.objects.values_list("work_package_number", "organisation__name")
    assert list(rows) == [(1, "Turku")]


# What is shown


def test_empty_states(client, home_page):
    set_up_site()
    user = make_user("writer", group=permissions.PARTNER_EDITORS)
    client.force_login(user)
    assert "There is no results page yet." in client.get(INDEX).text
    make_page(ResultsPage, home_page, "Results")
    text = client.get(INDEX).text
    assert "There is no deliverable yet." in text
    assert "Your organisation edits no work package." in text


def test_others_are_shown_as_visitors_see_them(client, page, accounts):
    draft = deliverables.draft_of(page)
    draft.deliverables.all()[1].title = "Secret plan"
    draft.work_packages.all()[1].title = "Secret package"
    draft.save_revision()
    client.force_login(accounts["writer"])
    shown = client.get(INDEX).text
    assert "Plan 2" in shown
    assert "Package 2" in shown
    assert "Secret" not in shown


@pytest.mark.parametrize("change", [{"live": False}, {"expire_at": MOMENT}, {}])
def test_a_page_that_is_not_public_shows_those_of_the_account_alone(client, page, accounts, change):
    ResultsPage.objects.filter(pk=page.pk).update(**change)
    if not change:
        make_private(page)
    client.force_login(accounts["writer"])
    assert linked(client) == ["D1.1 Plan 1"]
    assert "Plan 2" not in client.get(INDEX).text
    client.force_login(accounts["other"])
    assert "There is no results page yet." in client.get(INDEX).text


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_needs_as_many_queries_for_many_deliverables(
    client, page, accounts, number, django_assert_num_queries
):
    for place in range(number):
        document = get_document_model().objects.create(title=f"Plan {place}", file="plan.pdf")
        values = {"number": f"D1.{place + 2}", "work_package_number": 1, "locale": page.locale}
        page.deliverables.add(Deliverable(title="More", document=document, **values))
    page.save_revision().publish()
    client.force_login(accounts["writer"])
    client.get(INDEX)
    with django_assert_num_queries(23):
        client.get(INDEX)


def test_keys_of_nothing_are_not_found(client, page, accounts):
    client.force_login(accounts["writer"])
    for path in (f"{INDEX}{page.pk}/{uuid.uuid4()}/", f"{INDEX}999999/{uuid.uuid4()}/"):
        assert client.get(path).status_code == 404
