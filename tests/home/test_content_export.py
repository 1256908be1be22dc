"""`manage.py export_content` and `import_content`: a demo moves to an empty site, and what is refused."""

import hashlib
import json
import sqlite3
import stat
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile, copytree

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from wagtail.models import COMMENTS_RELATION_NAME, Locale, Page, PageViewRestriction, Site

from home.content_export import archive
from home.content_export.selection import STORAGES, Exported, exported
from home.models import ContentPage, HomePage, SiteImage
from tests.factories.pages import make_page
from tests.home.content_export.earlier_site import CLOSED, MARK, PRIVATE
from tests.snapshots import environment, loaded_demo, manage, migrated_file, server

pytestmark = pytest.mark.slow

CONTENT = archive.CONTENT

# Models whose rows are not content, by app or by model: accounts and rights, registrations, what is recorded about either,
# tasks, and what is computed from content. A new model belongs here or in an app's `exported_content`.
LEFT_OUT = {
    "account",
    "accounts",
    "auth",
    "contenttypes",
    "django_tasks_database",
    "events.AddressChange",
    "events.Agreement",
    "events.Answer",
    "events.Certificate",
    "events.CertificateSignatory",
    "events.CheckIn",
    "events.Consent",
    "events.DataAccess",
    "events.Door",
    "events.ErasureRecord",
    "events.EventAccess",
    "events.EventChange",
    "events.GuestList",
    "events.GuestListRow",
    "events.HistoryEntry",
    "events.MailHold",
    "events.Message",
    "events.OfflineScan",
    "events.OutboxMail",
    "events.PreparedDownload",
    "events.Registration",
    "events.SensitiveAnswer",
    "events.SessionAttendance",
    "events.SessionSeat",
    "events.SurveyAnswer",
    "events.SurveyParticipation",
    "events.Ticket",
    "home.AssignmentMails",
    "home.Enquiry",
    "home.LinkCheck",
    "home.PreviewLink",
    "home.RateLimitCounter",
    "home.RequestTotal",
    "home.SchedulerRun",
    "home.TranslationAssignment",
    "mfa",
    "sessions",
    "socialaccount",
    "wagtail_localize.TranslationLog",
    "wagtailadmin",
    "wagtailembeds",
    "wagtailimages.Rendition",
    "wagtailsearch",
    "wagtailusers",
    "wagtailcore.Comment",
    "wagtailcore.CommentReply",
    "wagtailcore.GroupApprovalTask",
    "wagtailcore.GroupCollectionPermission",
    "wagtailcore.GroupPagePermission",
    "wagtailcore.GroupSitePermission",
    # In the file by their codes, and by the name of the site and the number of its home page.
    "wagtailcore.Locale",
    "wagtailcore.Site",
    "wagtailcore.ModelLogEntry",
    "wagtailcore.PageLogEntry",
    "wagtailcore.PageSubscription",
    "wagtailcore.ReferenceIndex",
    "wagtailcore.Task",
    "wagtailcore.TaskState",
    "wagtailcore.UploadedFile",
    "wagtailcore.Workflow",
    "wagtailcore.WorkflowContentType",
    "wagtailcore.WorkflowPage",
    "wagtailcore.WorkflowState",
    "wagtailcore.WorkflowTask",
    "home.Webhook",
    "home.WebhookDelivery",
}


# Which models


@pytest.mark.any_database
def test_each_model_is_either_exported_or_left_out():
    every = {model._meta.label for model in apps.get_models() if not model._meta.proxy}
    labels = [entry.label for entry in exported()]
    assert len(labels) == len(set(labels))
    left_out = {label for label in every if {label, label.split(".")[0]} & LEFT_OUT}
    assert every - left_out == set(labels)
    assert LEFT_OUT - left_out - {label.split(".")[0] for label in left_out} == set()


@pytest.mark.any_database
def test_exported_rows_need_no_account_and_no_row_that_is_left_out():
    models_in_file = {entry.model for entry in exported()} | {ContentType, Group, Locale, Site}
    for entry in exported():
        fields = [*entry.model._meta.local_fields, *entry.model._meta.local_many_to_many]
        for field in (field for field in fields if field.remote_field and field.serialize):
            if field.related_model is get_user_model():
                assert field.null or field.many_to_many, field
            elif field.name not in entry.without:
                assert field.related_model._meta.concrete_model in models_in_file, field


# A demo and an empty site


@dataclass(frozen=True)
class Sites:
    earlier: Path
    new: Path
    file: Path
    output: str

    @property
    def content(self) -> dict:
        with zipfile.ZipFile(self.file) as source:
            return json.loads(source.read(CONTENT))

    def answers(self, folder: Path) -> dict[str, list]:
        return json.loads((folder / "answers.json").read_text())


def run(folder: Path, script: str) -> str:
    """Run a script in the shell of the site in `folder`."""
    variables = environment(folder, f"sqlite:///{folder / 'site.sqlite3'}", "config.settings.dev")
    return manage(["shell", "--no-imports", "-c", script], variables)


@pytest.fixture(scope="module")
def sites(tmp_path_factory) -> Sites:
    """A demo with more content, its export, and an empty site that imported it."""
    if server():
        pytest.skip("compares two SQLite files")
    folder = tmp_path_factory.mktemp("content")
    earlier, new, file = folder / "earlier", folder / "new", folder / "content.zip"
    copytree(loaded_demo()[0], earlier)
    new.mkdir()
    copyfile(migrated_file(), new / "site.sqlite3")
    head = "from django.core.management import call_command\nfrom tests.home.content_export import {}, rendering\n"
    rendering = "rendering.write({!r})\n"
    run(
        earlier,
        head.format("earlier_site")
        + "earlier_site.build()\n"
        + f"call_command('export_content', {str(file)!r})\n"
        + rendering.format(str(earlier / "answers.json")),
    )
    output = run(
        new,
        head.format("new_site")
        + "new_site.set_up()\n"
        + f"call_command('import_content', {str(file)!r})\n"
        + rendering.format(str(new / "answers.json")),
    )
    return Sites(earlier, new, file, output)


@pytest.mark.slow
@pytest.mark.any_database
class TestMove:
    def test_rows_are_the_same(self, sites):
        with rows_of(sites.earlier) as before, rows_of(sites.new) as after:
            for entry in exported():
                expected = before.read(entry)
                assert after.read(entry) == expected, entry.label
                assert len(expected) == len(sites.content["rows"][entry.label]), entry.label

    def test_the_demo_has_rows_of_each_model(self, sites):
        empty = {label for label, rows in sites.content["rows"].items() if not rows}
        assert empty == {"wagtail_localize.LocaleSynchronization"}

    def test_pages_and_files_are_answered_in_the_same_way(self, sites):
        before, after = sites.answers(sites.earlier), sites.answers(sites.new)
        assert before.keys() == after.keys()
        assert len(before) > 80
        for path, answer in before.items():
            if not path.startswith(f"/en/{PRIVATE}"):
                assert after[path] == answer, path
        assert [answer[0] for path, answer in after.items() if "minutes" in path] == [302]
        assert after[f"/en/{CLOSED}/"][0] == 302
        assert after["/earlier-address/"][0] == 301

    def test_a_page_with_a_password_stays_closed(self, sites):
        before, after = (sites.answers(folder)[f"/en/{PRIVATE}/"] for folder in (sites.earlier, sites.new))
        assert before[:2] == after[:2]
        assert 'type="password"' in before[2]
        assert 'type="password"' in after[2]
        with closing(sqlite3.connect(sites.new / "site.sqlite3")) as database:
            passwords = database.execute(
                "SELECT password FROM wagtailcore_pageviewrestriction WHERE restriction_type = 'password'"
            ).fetchall()
        assert len(passwords[0][0]) > 30
        assert "Until you set new ones" in sites.output

    def test_files_are_in_the_storage_that_they_come_from(self, sites):
        names = sites.content["files"]
        folders = {alias: Path(storages[alias].location).name for alias in STORAGES}
        assert {name.split("/")[1] for name in names} == set(STORAGES)
        for name, digest in names.items():
            _files, alias, path = name.split("/", 2)
            for site in (sites.earlier, sites.new):
                found = [file for file in site.rglob(Path(path).name) if str(file).endswith(path)]
                assert hashlib.sha256(found[0].read_bytes()).hexdigest() == digest
            if alias == "private":
                assert [file.relative_to(sites.new).parts[0] for file in found] == [folders["private"]]

    def test_nothing_about_accounts_and_registrations_is_exported(self, sites):
        with closing(sqlite3.connect(sites.earlier / "site.sqlite3")) as database:
            assert MARK in "\n".join(database.iterdump())
            accounts = database.execute("SELECT username, email FROM auth_user").fetchall()
        with zipfile.ZipFile(sites.file) as source:
            text = source.read(CONTENT).decode()
        assert MARK not in text.lower()
        assert [email for _name, email in accounts if email and f'"{email}"' in text] == []
        assert COMMENTS_RELATION_NAME not in text

    def test_only_its_owner_reads_the_file(self, sites):
        assert stat.S_IMODE(sites.file.stat().st_mode) == 0o600

    def test_translations_go_on_working(self, sites, tmp_path):
        copy = copytree(sites.new, tmp_path / "site")
        run(copy, "from tests.home.content_export import new_site\nnew_site.change_source()\n")


class Rows:
    """The rows of an SQLite file without what is not exported, with names for references whose numbers differ."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database
        self.locales = dict(database.execute("SELECT id, language_code FROM wagtailcore_locale"))
        self.kinds = dict(database.execute("SELECT id, app_label || '.' || model FROM django_content_type"))

    def read(self, entry: Exported) -> list[dict]:
        table = entry.model._meta.db_table
        where = "WHERE depth > 1" if entry.label in {"wagtailcore.Page", "wagtailcore.Collection"} else ""
        needed = f"id IN ({needed_revisions()}) OR approved_go_live_at IS NOT NULL"
        if entry.label == "wagtailcore.Revision":
            where = f"WHERE {needed}"
        elif entry.label == "home.WrittenTexts":
            where = f"WHERE revision_id IN (SELECT id FROM wagtailcore_revision WHERE {needed})"  # noqa: S608
        cursor = self.database.execute(f"SELECT * FROM {table} {where} ORDER BY {entry.model._meta.pk.column}")  # noqa: S608
        names = [column[0] for column in cursor.description]
        return [self._row(entry, dict(zip(names, values, strict=True))) for values in cursor]

    def _row(self, entry: Exported, values: dict) -> dict:
        for field in entry.model._meta.local_fields:
            value = values[field.column]
            if field.name in entry.without or field.related_model in {get_user_model(), Site}:
                del values[field.column]
            elif field.related_model is Locale:
                values[field.column] = self.locales.get(value)
            elif field.related_model is ContentType:
                values[field.column] = self.kinds.get(value)
            elif field.name == "content_json" or (entry.label == "wagtailcore.Revision" and field.name == "content"):
                values[field.column] = self._copy(json.loads(value))
        return values

    def _copy(self, value):
        if isinstance(value, list):
            return [self._copy(item) for item in value]
        if not isinstance(value, dict):
            return value
        value = {key: item for key, item in value.items() if key != COMMENTS_RELATION_NAME}
        names = {"locale": self.locales, "content_type": self.kinds, "owner": {}, "locked_by": {}}
        return {
            key: names[key].get(item) if key in names and isinstance(item, int) else self._copy(item)
            for key, item in value.items()
        }


def needed_revisions() -> str:
    """Return the query of the newest and the published versions of pages and snippets."""
    return " UNION ".join(
        f"SELECT {field.column} FROM {entry.model._meta.db_table}"  # noqa: S608
        for entry in exported()
        for field in entry.model._meta.local_fields
        if field.name in {"latest_revision", "live_revision"} and field.name not in entry.without
    )


@contextmanager
def rows_of(folder: Path) -> Iterator[Rows]:
    with closing(sqlite3.connect(folder / "site.sqlite3")) as database:
        yield Rows(database)


# What is refused


@pytest.fixture
def export(db, tmp_path) -> Path:
    file = tmp_path / "content.zip"
    call_command("export_content", str(file), verbosity=0)
    return file


def changed(file: Path, **values) -> Path:
    """Return a copy of an export with other values in `content.json`."""
    copy = file.with_name("changed.zip")
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(copy, "w") as target:
        content = json.loads(source.read(CONTENT)) | values
        target.writestr(CONTENT, json.dumps(content))
    return copy


def state() -> list:
    return [list(model._base_manager.order_by("pk").values_list("pk")) for model in (Page, SiteImage, HomePage)]


def refusal(file: Path) -> str:
    before = state()
    with pytest.raises(CommandError) as caught:
        call_command("import_content", str(file))
    assert state() == before
    return str(caught.value)


def test_an_existing_file_is_not_overwritten(export):
    with pytest.raises(CommandError, match="exists already"):
        call_command("export_content", str(export))


def test_a_site_with_content_is_refused(export, home_page):
    make_page(ContentPage, home_page, "About")
    assert refusal(export) == "The site is not empty: it has home.ContentPage."


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"format": "another"}, "This is no export of content."),
        ({"version": 2}, "The export has version 2"),
        ({"migrations": {"home": "0001_initial"}}, "made by another version"),
        ({"languages": ["en", "sv"]}, "does not have the languages sv"),
        ({"files": {"files/default/a.png": "0"}}, "files/default/a.png is missing"),
        ({"rows": {}}, "does not have the models"),
        ({"more": 1}, "does not have the parts"),
    ],
)
def test_an_export_that_does_not_fit_is_refused(export, values, words):
    assert words in refusal(changed(export, **values))


def test_rows_that_do_not_fit_together_change_nothing(export):
    with zipfile.ZipFile(export) as source:
        rows = json.loads(source.read(CONTENT))["rows"]
    rows["home.HomePage"][0]["pk"] = 9999
    assert "do not fit together" in refusal(changed(export, rows=rows))


@pytest.mark.parametrize("name", ["../outside.txt", "/outside.txt"])
def test_a_file_outside_the_storage_is_refused(export, name):
    path = f"files/default/{name}"
    copy = changed(export, files={path: hashlib.sha256(b"x").hexdigest()})
    with zipfile.ZipFile(copy, "a") as target:
        target.writestr(path, b"x")
    assert "no name of a stored file" in refusal(copy)


def test_a_damaged_file_is_refused(export):
    copy = changed(export, files={"files/default/a.txt": "0" * 64})
    with zipfile.ZipFile(copy, "a") as target:
        target.writestr("files/default/a.txt", b"x")
    assert refusal(copy) == "files/default/a.txt is damaged."


def test_another_file_is_refused(db, tmp_path):
    file = tmp_path / "text.zip"
    file.write_text("no ZIP file")
    assert "cannot be read" in refusal(file)
    assert "cannot be read" in refusal(tmp_path / "missing.zip")


def test_files_of_a_failed_import_are_deleted(export):
    """The second file exists already, so the first one, which was saved before, is deleted again."""
    storage = storages["private"]
    existing = storage.save("content-export/b.txt", ContentFile(b"b"))
    names = {f"files/private/content-export/{name}.txt": hashlib.sha256(b"x").hexdigest() for name in "ab"}
    copy = changed(export, files=names)
    with zipfile.ZipFile(copy, "a") as target:
        for name in names:
            target.writestr(name, b"x")
    assert "content-export/b.txt already" in refusal(copy)
    assert storage.listdir("content-export")[1] == ["b.txt"]
    storage.delete(existing)


def test_an_empty_site_imports_its_own_export(export, home_pages):
    headline = home_pages["fi"].headline
    HomePage.objects.update(headline="Another")
    call_command("import_content", str(export), verbosity=0)
    assert HomePage.objects.get(locale__language_code="fi").headline == headline
    assert Site.objects.get().root_page_id == home_pages["en"].pk
    assert not any(Page.find_problems())
    assert PageViewRestriction.objects.count() == 0
