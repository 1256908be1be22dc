"""The record of access: what is recorded, who reads it, and that nobody changes it."""

import csv
import datetime
import io

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import append_only, records
from accounts.models import AccessRecord, Action
from accounts.scheduled_jobs import JOBS
from home import deliverables
from home.models import DeliverableEditor, ResultsPage
from home.permissions import DATA_PROTECTION, EDITORS
from tests.factories.pages import make_page
from tests.factories.project import make_organisation
from tests.factories.registrations import make_open_page, make_registration
from tests.factories.users import admin_url, make_organiser, make_user
from tests.forms import served_forms

PASSWORD = "a long enough password"


def entries(*actions: Action) -> list[tuple]:
    found = AccessRecord.objects.filter(action__in=actions) if actions else AccessRecord.objects.all()
    return [(row.username, row.subject, row.detail) for row in found.order_by("pk")]


def sign_in(username: str, password: str, client: Client | None = None, **headers: str):
    data = {"username": username, "password": password}
    return (client or Client()).post(reverse("wagtailadmin_login"), data, **headers)


@pytest.fixture
def anna(db) -> User:
    return User.objects.create_user("anna", "anna@example.org", PASSWORD, is_superuser=True)


def test_sign_ins_and_failed_ones_are_recorded(anna):
    sign_in("anna", "wrong")
    sign_in("a password typed as username", "wrong")
    sign_in("anna", PASSWORD, HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    assert entries(Action.SIGN_IN_FAILED) == [("", "anna", {}), ("", "", {})]
    assert entries(Action.SIGNED_IN) == [("anna", "", {"device": "Firefox, Linux", "new_device": True})]
    assert "typed" not in str(list(AccessRecord.objects.values()))


def test_sign_in_with_a_new_browser_is_reported_to_the_owner(anna, django_capture_on_commit_callbacks):
    browser = Client()
    with django_capture_on_commit_callbacks(execute=True):
        sign_in("anna", PASSWORD, browser)
        browser.post(reverse("wagtailadmin_logout"))
        sign_in("anna", PASSWORD, browser)
    assert mail.outbox == []
    with django_capture_on_commit_callbacks(execute=True):
        sign_in("anna", PASSWORD)
    assert [message.to for message in mail.outbox] == [["anna@example.org"]]


def test_changes_of_accounts_and_rights_are_recorded(client, anna):
    client.force_login(anna)
    bob = make_user("bob")
    editors = Group.objects.get(name=EDITORS)
    AccessRecord.objects.all().delete()
    values = {"username": "bob", "email": "bob@example.org", "first_name": "B", "last_name": "B", "is_active": "on"}
    url = reverse("wagtailusers_users:edit", args=[bob.pk])
    client.post(url, values | {"groups": [editors.pk], "is_superuser": "on"})
    assert entries(Action.ACCOUNT_CHANGED) == [("anna", "bob", {"is_superuser": True})]
    assert entries(Action.GROUPS_CHANGED) == [("anna", "bob", {"added": ["Editors"]})]
    permission = Permission.objects.get(codename="view_accessrecord")
    editors.permissions.add(permission)
    editors.permissions.remove(permission)
    assert [subject for _user, subject, _detail in entries(Action.PERMISSIONS_CHANGED)] == ["Editors", "Editors"]
    bob.set_password("another long password")
    bob.save()
    bob.delete()
    assert entries(Action.PASSWORD_CHANGED, Action.ACCOUNT_DELETED) == [("", "bob", {}), ("", "bob", {})]


def test_lists_exports_and_grants_are_recorded_without_data_of_participants(client, home_page):
    event = make_open_page(home_page).event
    make_organiser(event, "boss", sees_sensitive=True)
    client.force_login(User.objects.get(username="boss"))
    make_user("friend")
    make_registration(event, name="Canary Name", email="canary@example.org")
    client.get(admin_url(event), {"q": "Canary"})
    client.get(admin_url(event, "registration_check_in"))
    client.post(admin_url(event, "registration_export"), {"columns": ["name"], "format": "csv"})
    client.post(admin_url(event, "registration_access"), {"account": "friend", "role": "check_in"})
    found = [
        (row.action, row.username, row.subject, row.detail)
        for row in AccessRecord.objects.filter(username="boss").exclude(action=Action.SIGNED_IN).order_by("pk")
    ]
    assert found == [
        ("list_viewed", "boss", "Forum", {"screen": "list", "search": True}),
        ("list_viewed", "boss", "Forum", {"screen": "check_in", "search": False}),
        (
            "exported",
            "boss",
            "Forum",
            {"what": "export", "columns": ["name"], "filters": {}, "rows": 1, "sensitive": False},
        ),
        (
            "event_access_changed",
            "boss",
            "Forum",
            {"what": "grant_access", "account": "friend", "sees_sensitive": False, "only_checks_in": True},
        ),
    ]
    assert "anary" not in str(list(AccessRecord.objects.values()))


@pytest.mark.parametrize("change", ["update", "delete"])
def test_database_refuses_changes(db, change):
    append_only.install(connection)
    row = records.add(Action.EXPORTED)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AccessRecord.objects.update(username="nobody") if change == "update" else row.delete()
    assert AccessRecord.objects.get(pk=row.pk).username == ""
    append_only.remove(connection)


def test_old_entries_are_deleted_by_a_scheduled_job(db):
    append_only.install(connection)
    old, young = (
        AccessRecord.objects.create(action="exported", at=timezone.now() - datetime.timedelta(days=days))
        for days in (366, 364)
    )
    assert records.prune in [job.run for job in JOBS]
    assert records.prune(timezone.now()) == 1
    assert set(AccessRecord.objects.filter(pk__in=[old.pk, young.pk])) == {young}
    append_only.remove(connection)


def test_administrators_and_the_data_protection_contact_read_and_export(client, anna):
    records.add(Action.EXPORTED, user=anna, subject="=Forum")
    contact, editor = make_user("contact", group=DATA_PROTECTION), make_user("editor", group=EDITORS)
    url, export = reverse("accounts:access_record"), reverse("accounts:access_record_export")
    for user in (anna, contact):
        client.force_login(user)
        page = client.get(url, {"action": "exported", "day_to": "no day"})
        assert page.status_code == 200
        assert client.post(url).status_code == client.post(export).status_code == 405
        assert url in client.get(reverse("wagtailadmin_home")).content.decode()
    rows = list(csv.reader(io.StringIO(b"".join(client.get(export).streaming_content).decode("utf-8-sig"))))
    assert rows[0] == ["When", "Account", "Action", "Affected", "Network", "Details"]
    assert ["anna", "exported data of people", "'=Forum"] in [row[1:4] for row in rows]
    assert entries(Action.RECORD_EXPORTED) == [("contact", "", {})]
    client.force_login(editor)
    assert (client.get(url).status_code, client.get(export).status_code) == (302, 302)


@pytest.mark.parametrize(
    "query", [{"day_from": "no day"}, {"action": "\x00"}, {"day_to": "0001-01-01"}, {"account": "x" * 999}]
)
def test_a_wrong_filter_exports_nothing(client, anna, query):
    client.force_login(make_user("contact", group=DATA_PROTECTION))
    answer = client.get(reverse("accounts:access_record_export"), query)
    assert (answer.status_code, entries(Action.RECORD_EXPORTED)) == (302, [])
    assert answer["Location"].startswith(reverse("accounts:access_record"))
    assert client.get(answer["Location"]).status_code == 200


# Screens of Wagtail and of the project, beside those in tests/project/routes.tsv.
OTHERS = [
    "wagtailusers_users:index",
    "wagtailusers_groups:index",
    "wagtailadmin_reports:site_history",
    "wagtailadmin_reports:locked_pages",
    "wagtailadmin_reports:aging_pages",
    "wagtailimages:index",
    "wagtaildocs:index",
    "wagtailadmin_explore_root",
    "wagtailredirects:index",
    "project_report",
]


def test_the_data_protection_contact_learns_nothing_on_other_screens(client, home_page):
    make_open_page(home_page, title="Secret forum")
    client.force_login(make_user("contact", group=DATA_PROTECTION))
    answers = {name: client.get(reverse(name)) for name in OTHERS}
    opened = {name for name, answer in answers.items() if answer.status_code == 200}
    # Wagtail opens these for everyone, with the rows that they may see: none.
    assert opened <= {"wagtailadmin_reports:site_history", "wagtailadmin_explore_root"}
    assert [name for name in opened if "Secret forum" in answers[name].content.decode()] == []


def test_changes_of_the_accounts_of_an_organisation_are_recorded(client, anna, home_page):
    bob, organisation = make_user("bob"), make_organisation("Partner")
    client.force_login(anna)
    AccessRecord.objects.all().delete()
    url = reverse("wagtailsnippets_home_organisation:edit", args=[organisation.pk])
    form = next(form for form in served_forms(client.get(url), url) if "name" in form.data)
    client.post(url, form.data | {"editors": [str(bob.pk)], "action-publish": "1"})
    bob.organisations.set([])
    assert entries(Action.PERMISSIONS_CHANGED) == [
        ("anna", "Partner", {"added": ["bob"]}),
        ("", "bob", {"removed": ["Partner"]}),
    ]


def test_organisations_that_edit_deliverables_are_recorded(home_page):
    page, partner = make_page(ResultsPage, home_page, "Results"), make_organisation("Partner")
    found = []

    def publish(change) -> None:
        AccessRecord.objects.filter(action=Action.PERMISSIONS_CHANGED).delete()
        draft = deliverables.draft_of(ResultsPage.objects.get(pk=page.pk))
        change(draft.deliverable_editors)
        revision = draft.save_revision()
        assert entries(Action.PERMISSIONS_CHANGED) == []
        revision.publish()
        found.append([row[1:] for row in entries(Action.PERMISSIONS_CHANGED)])

    def renumber(rows) -> None:
        (row,) = rows.all()
        row.work_package_number = 2
        rows.set([row])

    new = DeliverableEditor(work_package_number=1, organisation=partner, locale=page.locale)
    publish(lambda rows: rows.add(new))
    publish(lambda rows: None)
    publish(renumber)
    publish(lambda rows: rows.set([]))

    def row(change: str, number: int) -> tuple[str, dict[str, object]]:
        return ("Partner", {change: ["change_deliverable"], "on": f"Results {number}"})

    assert found == [[row("added", 1)], [], [row("removed", 1), row("added", 2)], [row("removed", 2)]]


def test_filters(client, anna):
    client.force_login(anna)
    records.add(Action.EXPORTED, user=anna, subject="Forum")
    records.add(Action.LIST_VIEWED, user=anna, subject="Forum")
    page = client.get(reverse("accounts:access_record"), {"action": "list_viewed", "account": "ANN"})
    assert [entry.action for entry, _details in page.context["rows"]] == ["list_viewed"]
    tomorrow = (timezone.localdate() + datetime.timedelta(days=2)).isoformat()
    assert client.get(reverse("accounts:access_record"), {"day_from": tomorrow}).context["rows"] == []
