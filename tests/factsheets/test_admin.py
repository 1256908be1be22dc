"""The admin screens of fact sheets: permissions, uploads, publishing and reports."""

import csv
import datetime
from io import BytesIO, StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from factsheets.admin.downloads_report import months_between
from factsheets.models import Contributor, DownloadCount, FactSheetPage, FileVersion, Publication, PublicationFile
from home.admin.charts import Slot, stacked
from home.models import Organisation
from tests.factories.documents import make_pdf, pdf_bytes
from tests.factories.factsheets import add_file, make_fact_sheet, make_fact_sheet_list
from tests.factories.project import make_organisation

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

PDF = pdf_bytes(make_pdf())


@pytest.fixture
def editor(client, user_of):
    client.force_login(user_of("Editors"))
    return client


def upload(client, publication, **fields):
    data = {
        "language": "en",
        "kind": "pdf",
        "dated_on": "2026-01-02",
        "note": "",
        "upload": SimpleUploadedFile("sheet.pdf", PDF),
        **fields,
    }
    return client.post(reverse("publications:upload", args=[publication.pk]), data)


# Permissions

DRAFT = {
    "Editors": (200, 200, 200),
    "Translators: Finnish": (404, 404, 404),
    "Partner editors": (404, 404, 404),
    None: (302, 302, 302),
}


@pytest.mark.parametrize("group", DRAFT)
def test_screens_of_a_publication_need_permission_to_edit_its_pages(client, user_of, fact_sheet_list, group):
    sheet = make_fact_sheet(fact_sheet_list, "Secret", live=False)
    client.force_login(user_of(group))
    addresses = [
        reverse(f"publications:{name}", args=[sheet.publication_id]) for name in ("files", "upload", "details")
    ]

    assert tuple(client.get(address).status_code for address in addresses) == DRAFT[group]


@pytest.mark.parametrize(
    ("group", "expected"), [("Editors", 200), ("Translators: Estonian", 404), ("Partner editors", 404)]
)
def test_rejected_files_need_permission_to_edit_the_pages(client, user_of, sheet, group, expected):
    version = add_file(sheet, issues=[{"code": "encrypted"}])
    client.force_login(user_of(group))
    response = client.get(reverse("publications:version_file", args=[version.pk]))

    assert response.status_code == expected
    response.close()


def test_translator_may_upload_only_in_their_language(client, user_of, sheet, home_pages):
    finnish = make_fact_sheet_list(home_pages["fi"], "Tietolehdet", "tietolehdet")
    make_fact_sheet(finnish, "Majakka", translation_of=sheet)
    client.force_login(user_of("Translators: Finnish"))

    assert upload(client, sheet.publication, language="en").status_code == 200
    assert not FileVersion.objects.exists()
    assert upload(client, sheet.publication, language="fi").status_code == 302
    assert FileVersion.objects.get().file.language == "fi"
    assert client.get(reverse("publications:details", args=[sheet.publication_id])).status_code == 404


def test_author_without_permission_to_publish_cannot_upload_to_a_live_fact_sheet(client, user_of, fact_sheet_list):
    author = user_of("Partner editors")
    client.force_login(author)
    sheet = make_fact_sheet(fact_sheet_list, "Mine", live=False, owner=author)
    assert upload(client, sheet.publication).status_code == 302
    FactSheetPage.objects.update(live=True)

    assert upload(client, sheet.publication).status_code == 404


# Uploads


def test_upload_is_stored_with_its_details(editor, sheet):
    response = upload(editor, sheet.publication, language="fi", note="")
    version = FileVersion.objects.get()

    assert response.status_code == 302
    assert (version.file.language, version.format, version.size, str(version.dated_on)) == (
        "fi",
        "pdf",
        len(PDF),
        "2026-01-02",
    )
    assert version.uploaded_by.username == "user-Editors"
    assert "sheet" not in version.content.name


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"upload": SimpleUploadedFile("a.pdf", b"<html>")}, "upload", "is not a PDF"),
        ({"upload": SimpleUploadedFile("a.html", PDF)}, "upload", "Choose a PDF, or select"),
        ({"kind": "editable"}, "upload", "Choose an editable file in one of these formats"),
        ({"dated_on": "2099-01-01"}, "dated_on", "cannot be in the future"),
        ({"dated_on": "x"}, "dated_on", "Enter a valid date"),
        ({"language": "xx"}, "language", "Select a valid choice"),
        ({"note": "x" * 301}, "note", "at most 300"),
    ],
)
def test_invalid_upload_shows_an_error_at_its_field(editor, sheet, fields, field, message):
    for value in fields.values():
        if hasattr(value, "seek"):
            value.seek(0)
    response = upload(editor, sheet.publication, **fields)

    assert response.status_code == 200
    assert message in " ".join(response.context["form"].errors[field])
    assert not FileVersion.objects.exists()


def test_too_large_upload_shows_an_error(editor, sheet, settings):
    settings.FACT_SHEETS_MAX_UPLOAD_SIZE = 100
    assert "The limit is" in str(upload(editor, sheet.publication).context["form"].errors["upload"])


def test_replacing_requires_a_description_of_the_change(editor, sheet):
    add_file(sheet)
    response = upload(editor, sheet.publication)

    assert "Enter what changed" in str(response.context["form"].errors["note"])
    assert upload(editor, sheet.publication, note="New figures").status_code == 302


def test_rejected_upload_shows_its_errors_and_can_be_deleted(editor, sheet):
    add_file(sheet)
    version = add_file(sheet, issues=[{"code": "encrypted"}, {"code": "no_title"}])
    page = editor.get(reverse("publications:files", args=[sheet.publication_id])).content.decode()

    assert "The file is protected" in page
    assert "Visitors still download version 1" in page
    assert editor.get(reverse("publications:delete_version", args=[version.pk])).status_code == 405
    assert editor.post(reverse("publications:delete_version", args=[version.pk])).status_code == 302
    assert not FileVersion.objects.filter(pk=version.pk).exists()


def test_accepted_version_cannot_be_deleted(editor, sheet):
    version = add_file(sheet)

    assert editor.post(reverse("publications:delete_version", args=[version.pk])).status_code == 404
    assert FileVersion.objects.filter(pk=version.pk).exists()


def details(**author) -> dict[str, str]:
    return {
        "name": "Beacon",
        "licence": "CC0-1.0",
        "original_language": "fi",
        "doi": "10.1234/x",
        "work_package": "WP1",
        "deliverable": "",
        "first_published_on": "",
        "contributors-TOTAL_FORMS": "1",
        "contributors-INITIAL_FORMS": "0",
        "contributors-MIN_NUM_FORMS": "0",
        "contributors-MAX_NUM_FORMS": "1000",
        "contributors-0-name": "Anna Mäki",
        "contributors-0-orcid": "",
        "contributors-0-organisation": "",
        "contributors-0-id": "",
        "contributors-0-ORDER": "1",
        **{f"contributors-0-{name}": value for name, value in author.items()},
    }


def test_details_are_saved(editor, sheet):
    address = reverse("publications:details", args=[sheet.publication_id])
    assert editor.post(address, details()).status_code == 302
    publication = Publication.objects.get()

    assert (publication.licence, publication.original_language, publication.doi) == ("CC0-1.0", "fi", "10.1234/x")
    assert [author.name for author in publication.contributors.all()] == ["Anna Mäki"]


def test_an_organisation_that_is_a_draft_is_no_author(client, user_of, fact_sheet_list):
    sheet = make_fact_sheet(fact_sheet_list, "Sheet", live=False)
    author = user_of("Partner editors")
    FactSheetPage.objects.filter(pk=sheet.pk).update(owner=author)
    hidden = make_organisation("Not yet public")
    Organisation.objects.filter(pk=hidden.pk).update(live=False)
    client.force_login(author)
    address = reverse("publications:details", args=[sheet.publication_id])
    answer = client.post(address, details(organisation=str(hidden.pk)))
    assert "this does not exist, or you have no permission to use it" in answer.text
    assert not Contributor.objects.exists()
    assert "Not yet public" not in client.get(address).text
    # Where an editor has chosen it, it may stay.
    row = Contributor.objects.create(publication=sheet.publication, name="Anna", organisation=hidden)
    kept = details(organisation=str(hidden.pk), id=str(row.pk)) | {"contributors-INITIAL_FORMS": "1"}
    assert client.post(address, kept).status_code == 302
    assert Contributor.objects.get().name == "Anna Mäki"


# Publishing


def publish(client, page):
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    data = {
        "title": page.title,
        "slug": page.slug,
        "lead": "",
        "summary": "",
        "cover_alt": "",
        "seo_title": "",
        "search_description": "",
        "key_messages-count": "0",
        "body-count": "0",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "comments-MIN_NUM_FORMS": "0",
        "comments-MAX_NUM_FORMS": "",
        "action-publish": "1",
    }
    response = client.post(address, data, follow=True)
    page.refresh_from_db()
    return response


def test_rejected_file_stops_publishing(editor, fact_sheet_list):
    sheet = make_fact_sheet(fact_sheet_list, "Draft", live=False)
    add_file(sheet, issues=[{"code": "encrypted"}])
    response = publish(editor, sheet)

    assert not sheet.live
    assert "English: PDF: The file is protected" in response.content.decode()


def test_warning_does_not_stop_publishing(editor, fact_sheet_list):
    sheet = make_fact_sheet(fact_sheet_list, "Draft", live=False)
    add_file(sheet, issues=[{"code": "not_tagged"}])
    publish(editor, sheet)

    assert sheet.live
    assert Publication.objects.get().first_published_on is not None


def test_pending_file_stops_publishing(editor, fact_sheet_list):
    sheet = make_fact_sheet(fact_sheet_list, "Draft", live=False)
    upload(editor, sheet.publication)
    response = publish(editor, sheet)

    assert not sheet.live
    assert "the check has not finished" in response.content.decode()


def test_page_editor_shows_issues_of_files(editor, fact_sheet_list):
    sheet = make_fact_sheet(fact_sheet_list, "Draft", live=False)
    add_file(sheet, "fi", issues=[{"code": "no_language"}])
    page = editor.get(reverse("wagtailadmin_pages:edit", args=[sheet.pk])).content.decode()

    assert "Finnish: PDF" in page
    assert "The PDF has no language" in page


def test_query_count_of_the_list_does_not_depend_on_its_length(editor, fact_sheet_list):
    """Only queries about publications count: Wagtail and wagtail-localize run queries for each page."""

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            response = editor.get(reverse("fact_sheets:index"))
        assert "Sheet 0" in response.content.decode()
        return len([query for query in captured if "factsheets_publication" in query["sql"]])

    add_file(make_fact_sheet(fact_sheet_list, "Sheet 0"))
    queries()
    alone = queries()
    for number in (1, 2):
        add_file(make_fact_sheet(fact_sheet_list, f"Sheet {number}"))

    assert queries() == alone


# Reports


@pytest.fixture
def sheet_with_downloads(sheet):
    sheet.publication.name = "=HYPERLINK(1)"
    sheet.publication.save()
    rows = [("en", "2026-01-05", 4), ("fi", "2026-01-06", 2), ("en", "2026-02-01", 1), ("en", "2024-01-01", 9)]
    for language, day, count in rows:
        DownloadCount.objects.create(publication=sheet.publication, language=language, day=day, count=count)
    return sheet


REPORT = "?start=2026-01-01&end=2026-02-28"


def test_report_counts_by_publication_language_and_month(editor, sheet_with_downloads):
    context = editor.get(reverse("fact_sheet_downloads:index") + REPORT).context

    assert [(row["counts"], row["total"]) for row in context["rows"]] == [([5, 2], 7)]
    assert (context["total"], context["totals"]) == (7, [5, 2])
    assert [(bar.slot.title, bar.total, len(bar.segments)) for bar in context["chart"].bars] == [
        ("January\N{NO-BREAK SPACE}2026", 6, 2),
        ("February\N{NO-BREAK SPACE}2026", 1, 1),
    ]


def test_csv_contains_no_formula(editor, sheet_with_downloads):
    response = editor.get(reverse("fact_sheet_downloads:index") + REPORT + "&export=csv")
    rows = list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))

    assert rows[1] == ["2026-01-05", "'=HYPERLINK(1)", "", "English", "4"]
    assert len(rows) == 4


def test_xlsx_contains_text_and_numbers(editor, sheet_with_downloads):
    response = editor.get(reverse("fact_sheet_downloads:index") + REPORT + "&export=xlsx")
    rows = list(load_workbook(BytesIO(response.content)).active.iter_rows())

    assert [cell.value for cell in rows[1]] == [datetime.datetime(2026, 1, 5), "=HYPERLINK(1)", None, "English", 4]  # noqa: DTZ001
    assert rows[1][1].data_type in {"s", "inlineStr"}


@pytest.mark.parametrize(
    "query", ["?start=2026-02-01&end=2026-01-01", "?start=x", "?start=0001-01-01&end=9999-12-31", "?export=pdf"]
)
def test_report_accepts_any_query_string(editor, sheet_with_downloads, query):
    assert editor.get(reverse("fact_sheet_downloads:index") + query).status_code == 200


def test_maintenance_report_lists_reasons(editor, sheet, fact_sheet_list):
    add_file(sheet, "en", dated_on="2026-02-01")
    add_file(sheet, "fi", dated_on="2026-01-01", issues=[{"code": "not_tagged"}])
    good = make_fact_sheet(fact_sheet_list, "Good")
    add_file(good)
    Contributor.objects.create(publication=good.publication, organisation=make_organisation("College"))
    bare = make_fact_sheet(fact_sheet_list, "Bare", live=False)
    items = editor.get(reverse("fact_sheet_maintenance:index")).context["items"]

    assert {item.publication.name: item.reasons for item in items} == {
        "A beacon": [
            "Finnish: PDF: The PDF has no tags and is not accessible.",
            "The Finnish file is older than the original. Check whether its translation is up to date.",
            "There is no author.",
        ],
        "Bare": ["There is no file to download.", "There is no author."],
    }
    assert bare.publication.name == "Bare"


@pytest.mark.parametrize("name", ["fact_sheet_downloads:index", "fact_sheet_maintenance:index"])
def test_reports_need_a_page_permission(client, user_of, name):
    client.force_login(user_of(None))
    assert client.get(reverse(name)).status_code == 302
    assert "Estonian" not in client.get(reverse(name)).content.decode()


def test_bars_of_the_chart_are_stacked():
    chart = stacked(
        {("1/26", "en"): 6, ("1/26", "fi"): 2},
        [Slot("1/26", "1/26", "January 2026")],
        [("en", "English"), ("fi", "Finnish")],
    )
    first, second = chart.bars[0].segments

    assert [tick.label for tick in chart.ticks] == ["0", "2", "4", "6", "8"]
    assert first.height == pytest.approx(3 * second.height)
    assert second.y + second.height == pytest.approx(first.y)
    assert first.y + first.height == pytest.approx(chart.base)


def test_months_between_spans_years():
    assert months_between(datetime.date(2025, 11, 30), datetime.date(2026, 1, 1)) == [(2025, 11), (2025, 12), (2026, 1)]


def test_database_allows_one_count_for_a_day(sheet):
    from django.db import IntegrityError

    DownloadCount.objects.create(publication=sheet.publication, language="en", day="2026-01-01")
    with pytest.raises(IntegrityError):
        DownloadCount.objects.create(publication=sheet.publication, language="en", day="2026-01-01")


def test_string_of_a_file(sheet):
    add_file(sheet)
    assert str(PublicationFile.objects.get()) == "English: PDF"
