"""Exports with many rows: prepared in the background, for the user who asked, for a day."""

import csv
import datetime
import io
import uuid
import zipfile

import pypdfium2
import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from events.admin import certificates
from events.enums import DownloadStatus
from events.models import Certificate, DataAccess, EventAccess, PreparedDownload, Registration, SensitiveAnswer
from events.registration import downloads, export
from events.registration.commands import withdraw
from events.registration.encryption import encrypt
from events.registration.privacy.erasure import erase
from events.registration.queries import Filters
from home.backup import stored_files
from home.private_files import private_storage
from home.spreadsheets import BOM, CSV_TYPE, XLSX_TYPE
from home.tasks.health import record_run
from tests.factories import reload
from tests.factories.events import commit
from tests.factories.registrations import make_registration
from tests.factories.users import admin_url, make_organiser
from tests.html import soup
from tests.routes import CERTIFICATE_CONTENT

pytestmark = pytest.mark.slow

MINUTE = datetime.timedelta(minutes=1)
COLUMNS = ["name", "email"]
DIET = uuid.UUID(int=8)


@pytest.fixture(autouse=True)
def three_are_many(monkeypatch):
    monkeypatch.setattr(downloads, "ROWS_AT_ONCE", 2)
    monkeypatch.setattr(downloads, "STEP", 1)
    # Files outlive the transaction of a test.
    for name in stored():
        private_storage().delete(f"exports/{name}")


@pytest.fixture
def people(event) -> list[Registration]:
    return [make_registration(event, name=f"Person {number}") for number in range(3)]


def request(client, event, file_format="csv", **data):
    with commit():
        return client.post(admin_url(event, "registration_export"), {"columns": COLUMNS, "format": file_format} | data)


def make_download(event, user, columns=COLUMNS, file_format="csv") -> PreparedDownload:
    """Make a download whose task was lost."""
    chosen = [column for column in export.columns_of(event, "en", with_sensitive=True) if column.key in columns]
    return downloads.request_export(event, user, Filters(), chosen, "en", file_format, f"list.{file_format}")


def file_of(client, download):
    return client.get(admin_url(download.event, "prepared_download", download.key))


def rows(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode()
    return list(csv.reader(io.StringIO(text.removeprefix(BOM))))


def stored() -> list[str]:
    return private_storage().listdir("exports")[1] if private_storage().exists("exports") else []


def test_a_short_list_is_answered_at_once(client, organiser, event):
    make_registration(event)
    assert request(client, event)["Content-Type"] == CSV_TYPE
    assert not PreparedDownload.objects.exists()


@pytest.mark.parametrize(("file_format", "media_type"), [("csv", CSV_TYPE), ("xlsx", XLSX_TYPE)])
def test_a_long_list_is_prepared_and_downloaded(client, organiser, event, people, file_format, media_type):
    response = request(client, event, file_format)
    assert response.url == admin_url(event, "registration_export")
    download = PreparedDownload.objects.get()
    assert (download.status, download.done, download.total) == (DownloadStatus.READY, 3, 3)
    screen = soup(client.get(response.url))
    link = screen.select_one("[data-progress] td a")
    assert link["href"] == admin_url(event, "prepared_download", download.key)
    assert link.text.endswith(f".{file_format}")
    assert screen.select("[data-progress-reload]") == []
    response = client.get(link["href"])
    assert (response["Content-Type"], response["Cache-Control"].count("private")) == (media_type, 1)
    if file_format == "csv":
        found = rows(response)
    else:
        sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
        found = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert found == [["Name", "Email"], *([person.name, person.email] for person in people)]
    entry = DataAccess.objects.get()
    assert (entry.user, entry.action, entry.detail["rows"]) == (organiser, "export", 3)


def test_filters_and_search_hold_for_the_file(client, organiser, event, people):
    for number in range(3):
        make_registration(event, "withdrawn", name=f"Gone {number}")
    request(client, event, q="gone", status="withdrawn")
    assert [row[0] for row in rows(file_of(client, PreparedDownload.objects.get()))] == [
        "Name",
        "Gone 0",
        "Gone 1",
        "Gone 2",
    ]


def test_only_who_asked_gets_the_file(client, organiser, event, people, admin_user):
    request(client, event)
    download = PreparedDownload.objects.get()
    for other in (make_organiser(event, "other", sees_sensitive=True), admin_user):
        client.force_login(other)
        assert file_of(client, download).status_code == 404
        assert "data-progress" not in client.get(admin_url(event, "registration_export")).content.decode()
        deleted = client.post(admin_url(event, "registration_export"), {"delete": str(download.key)})
        assert deleted.status_code == 404
    client.force_login(organiser)
    assert len(rows(file_of(client, download))) == 4
    EventAccess.objects.filter(user=organiser).delete()
    assert file_of(client, download).status_code == 404


def test_sensitive_answers_need_the_access_when_the_file_is_written_and_downloaded(client, trusted, event, people):
    SensitiveAnswer.objects.create(
        registration=people[0],
        question_key=DIET,
        kind="text",
        label="Diet",
        language="en",
        encrypted_value=encrypt("nuts"),
    )
    data = {"columns": ["name", f"answer-{DIET}"]}
    assert "Export sensitive answers" in request(client, event, **data).content.decode()
    request(client, event, confirmed="on", **data)
    download = PreparedDownload.objects.get()
    assert rows(file_of(client, download))[1] == ["Person 0", "nuts"]
    assert DataAccess.objects.get().detail["sensitive"] is True
    EventAccess.objects.update(sees_sensitive=False)
    assert file_of(client, download).status_code == 404
    later = make_download(event, trusted, ["name", f"answer-{DIET}"])
    downloads.prepare(later.pk)
    assert reload(later).status == DownloadStatus.FAILED
    assert DataAccess.objects.count() == 1


def test_a_file_of_those_with_sensitive_answers_needs_the_access_too(client, trusted, event, people):
    for person in people:
        SensitiveAnswer.objects.create(
            registration=person,
            question_key=DIET,
            kind="text",
            label="Diet",
            language="en",
            encrypted_value=encrypt("nuts"),
        )
    request(client, event, needs="on")
    download = PreparedDownload.objects.get()
    assert download.parameters["filters"]["has_needs"] is True
    assert len(rows(file_of(client, download))) == 4
    EventAccess.objects.update(sees_sensitive=False)
    assert file_of(client, download).status_code == 404
    PreparedDownload.objects.update(status=DownloadStatus.WAITING)
    downloads.prepare(download.pk)
    assert reload(download).status == DownloadStatus.FAILED


def test_progress_is_shown_with_and_without_script(client, organiser, event, people):
    download = make_download(event, organiser)
    PreparedDownload.objects.update(status=DownloadStatus.RUNNING, done=1, seen_at=timezone.now())
    screen = soup(client.get(admin_url(event, "registration_export")))
    progress = screen.select_one("[data-progress] progress")
    assert (progress["value"], progress["max"]) == ("1", "3")
    assert "1 of 3" in screen.select_one("[data-progress]").text
    assert screen.select_one("[data-progress-reload] a")["href"] == admin_url(event, "registration_export")
    assert screen.select("script[src$='progress.js']")
    assert file_of(client, download).status_code == 404


def test_a_failure_is_tried_again_and_then_shown_in_words(client, organiser, event, people, monkeypatch, caplog):
    def fail(*arguments):
        raise OSError("no space left: Person 1")

    monkeypatch.setattr(downloads.spreadsheets, "csv_lines", fail)
    download = make_download(event, organiser)
    for attempt in range(1, downloads.MAX_ATTEMPTS + 1):
        downloads.prepare(download.pk)
        is_last = attempt == downloads.MAX_ATTEMPTS
        assert reload(download).status == (DownloadStatus.FAILED if is_last else DownloadStatus.WAITING)
    assert "Could not be prepared" in client.get(admin_url(event, "registration_export")).content.decode()
    assert "OSError" in caplog.text
    assert "Person 1" not in caplog.text
    assert stored() == []


def test_lost_downloads_are_enqueued_again(event, organiser, people):
    now = timezone.now()
    waiting, running, dying = (make_download(event, organiser) for _number in range(3))
    assert downloads.requeue_lost(now) == 0
    PreparedDownload.objects.filter(pk__in=[running.pk, dying.pk]).update(status=DownloadStatus.RUNNING, seen_at=now)
    PreparedDownload.objects.filter(pk=dying.pk).update(attempts=downloads.MAX_ATTEMPTS)
    later = now + downloads.LOST_AFTER + MINUTE
    assert downloads.requeue_lost(later) == 2
    # The process that writes `running` may be slow only: it is taken over, by the time of the task.
    assert [reload(item).status for item in (waiting, dying)] == [DownloadStatus.READY, DownloadStatus.FAILED]
    PreparedDownload.objects.filter(pk=running.pk).update(seen_at=now - downloads.LOST_AFTER)
    downloads.requeue_lost(later)
    assert reload(running).status == DownloadStatus.READY


def test_a_process_that_was_replaced_stops(event, organiser, people, monkeypatch):
    download = make_download(event, organiser)
    lines = downloads.spreadsheets.csv_lines

    def replaced(header, found):
        PreparedDownload.objects.update(attempts=2)
        return lines(header, found)

    monkeypatch.setattr(downloads.spreadsheets, "csv_lines", replaced)
    downloads.prepare(download.pk)
    assert (reload(download).status, reload(download).file.name) == (DownloadStatus.RUNNING, "")
    assert stored() == []


def test_running_twice_writes_one_file(event, organiser, people):
    download = make_download(event, organiser)
    downloads.prepare(download.pk)
    downloads.prepare(download.pk)
    assert reload(download).attempts == 1
    assert stored() == [str(download.key)]


def test_files_are_deleted_after_a_day_with_their_rows(client, organiser, event, people):
    request(client, event)
    download = PreparedDownload.objects.get()
    assert downloads.delete_expired(timezone.now()) == 0
    PreparedDownload.objects.update(expires_at=timezone.now())
    assert file_of(client, download).status_code == 404
    with commit():
        assert downloads.delete_expired(timezone.now()) == 1
    assert (stored(), PreparedDownload.objects.count()) == ([], 0)


def test_a_user_deletes_their_file(client, organiser, event, people):
    request(client, event)
    download = PreparedDownload.objects.get()
    with commit():
        client.post(admin_url(event, "registration_export"), {"delete": str(download.key)})
    assert (stored(), PreparedDownload.objects.count()) == ([], 0)
    for wrong in (str(download.key), "x"):
        assert client.post(admin_url(event, "registration_export"), {"delete": wrong}).status_code == 404


def test_files_without_a_row_are_deleted(client, organiser, event, people):
    request(client, event)
    PreparedDownload.objects.all().delete()
    downloads.delete_expired(timezone.now())
    assert len(stored()) == 1
    downloads.delete_expired(timezone.now() + downloads.LOST_AFTER + MINUTE)
    assert stored() == []


def test_an_erasure_deletes_the_files_of_the_event(client, organiser, event, people):
    request(client, event)
    waiting = make_download(event, organiser)
    withdraw(people[1].pk)
    assert PreparedDownload.objects.count() == 2
    with commit():
        erase(people[0].pk)
    assert (stored(), PreparedDownload.objects.count()) == ([], 0)
    # Its task finds nothing to do.
    downloads.prepare(waiting.pk)
    assert stored() == []


def test_a_file_that_was_prepared_before_the_erasure_was_committed_is_deleted(client, organiser, event, people):
    with commit():
        erase(people[0].pk)
        # Another process still reads the participant, and does not wait for the erasure.
        downloads.prepare(make_download(event, organiser).pk)
        assert len(stored()) == 1
    assert (stored(), PreparedDownload.objects.count()) == ([], 0)


def test_backups_leave_the_files_out(client, organiser, event, people):
    request(client, event)
    kept = private_storage().save("other/file", ContentFile(b"x"))
    names = list(stored_files.stored_files("private"))
    assert kept in names
    assert stored()
    assert not any(name.startswith("exports/") for name in names)
    private_storage().delete(kept)


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_queries_do_not_depend_on_the_rows_but_for_progress(event, organiser, monkeypatch, file_format):
    monkeypatch.setattr(downloads, "STEP", 1_000)

    def number_of_queries() -> int:
        download = make_download(event, organiser, [*COLUMNS, "days"], file_format)
        with CaptureQueriesContext(connection) as captured:
            downloads.prepare(download.pk)
        assert reload(download).status == DownloadStatus.READY
        return len(captured)

    make_registration(event)
    few = number_of_queries()
    for _number in range(20):
        make_registration(event)
    assert number_of_queries() == few


def test_the_screen_takes_the_same_queries_for_many_files(client, organiser, event, people):
    record_run(timezone.now())

    def number_of_queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(admin_url(event, "registration_export"))
        return len(captured)

    make_download(event, organiser)
    number_of_queries()  # The first request also fills caches.
    few = number_of_queries()
    for _number in range(3):
        make_download(event, organiser)
    assert number_of_queries() == few


# Other files than exports


def test_a_long_attendance_list_is_prepared(client, organiser, event, people):
    url = admin_url(event, "registration_attendance_list")
    with commit():
        response = client.post(url, {"mode": "on_site"})
    assert response.status_code == 302
    download = PreparedDownload.objects.get()
    assert (download.status, download.total, download.done) == (DownloadStatus.READY, 3, 3)
    assert DataAccess.objects.get().action == "attendance_list"
    link = soup(client.get(url)).select_one("[data-progress=downloads] a[href]")
    assert link.get_text() == f"attendance-{event.first_day.isoformat()}.pdf"
    response = client.get(link["href"])
    assert response["Content-Type"] == "application/pdf"
    content = b"".join(response.streaming_content)
    assert content.startswith(b"%PDF")
    assert "Person 2" in pypdfium2.PdfDocument(content)[0].get_textpage().get_text_bounded()
    with commit():
        client.post(url, {"delete": str(download.key)})
    assert not PreparedDownload.objects.exists()
    assert stored() == []


def test_a_short_attendance_list_is_answered_at_once(client, organiser, event):
    make_registration(event)
    response = client.post(admin_url(event, "registration_attendance_list"), {})
    assert response["Content-Type"] == "application/pdf"
    assert not PreparedDownload.objects.exists()


def test_many_certificates_are_prepared(client, organiser, event, people, monkeypatch):
    monkeypatch.setattr(certificates, "CERTIFICATES_AT_ONCE", 2)
    for number, person in enumerate(people):
        Certificate.objects.create(
            event=event,
            registration=person,
            number=f"0123456789A{number}",
            name=person.name,
            issued_on=event.first_day,
            content={"en": CERTIFICATE_CONTENT},
        )
    url = admin_url(event, "certificates")
    with commit():
        response = client.post(url, {"zip": "1"})
    assert response.status_code == 302
    download = PreparedDownload.objects.get()
    assert (download.status, download.total, download.done) == (DownloadStatus.READY, 3, 3)
    screen = soup(client.get(url))
    assert [part["data-progress"] for part in screen.select("[data-progress]")] == ["downloads", ""]
    content = b"".join(file_of(client, download).streaming_content)
    assert len(zipfile.ZipFile(io.BytesIO(content)).namelist()) == 3
    # The list of exports shows files of every kind, the attendance list only its own.
    assert download.file_name in client.get(admin_url(event, "registration_export")).content.decode()
    assert download.file_name not in client.get(admin_url(event, "registration_attendance_list")).content.decode()


def test_a_file_needs_access_when_it_is_written_and_when_it_is_downloaded(client, organiser, event, people):
    kind, details = downloads.ATTENDANCE_LIST, {"day": event.first_day.isoformat(), "mode": "", "session": ""}
    download = downloads.request_file(event, organiser, kind, details, "en", downloads.PDF, "list.pdf", 3)
    EventAccess.objects.filter(user=organiser).delete()
    downloads.prepare(download.pk)
    assert reload(download).status == DownloadStatus.FAILED
    assert stored() == []
    assert file_of(client, download).status_code == 404
