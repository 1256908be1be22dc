"""Versions of files, and the publication that pages share."""

import pytest
from django.db import IntegrityError, transaction

from factsheets.models import DownloadCount, FactSheetPage, FileVersion, Publication, PublicationFile
from factsheets.validation.issues import ISSUE_TYPES, explain
from factsheets.validation.results import CoverImage, ValidationResult
from factsheets.versions import record_result
from home.private_files import private_storage
from tests.factories.factsheets import WEBP, add_file, make_fact_sheet, make_fact_sheet_list

REJECTED = [{"code": "encrypted"}]


def test_accepted_versions_are_numbered(sheet):
    first = add_file(sheet)
    rejected = add_file(sheet, issues=REJECTED)
    second = add_file(sheet, note="New figures")
    place = PublicationFile.objects.get()

    assert [first.number, rejected.number, second.number] == [1, None, 2]
    assert place.current == second


def test_rejected_upload_does_not_replace_the_current_version(sheet):
    first = add_file(sheet)
    add_file(sheet, issues=REJECTED)

    assert PublicationFile.objects.get().current == first


def test_version_with_a_warning_is_accepted(sheet):
    assert add_file(sheet, issues=[{"code": "not_tagged"}]).number == 1


def test_second_result_keeps_the_number_and_replaces_pictures(sheet):
    version = add_file(sheet)
    old = [cover["name"] for cover in version.covers]
    again = record_result(version.pk, ValidationResult([{"code": "no_title"}], 7, [CoverImage(240, 300, WEBP)]))

    assert (again.number, again.status, again.pages) == (1, "accepted", 7)
    assert [cover["width"] for cover in again.covers] == [240]
    assert old != [cover["name"] for cover in again.covers]


def test_late_result_of_an_older_version_does_not_replace_the_current_one(sheet):
    add_file(sheet)
    second = add_file(sheet)
    first = FileVersion.objects.get(number=1)
    record_result(first.pk, ValidationResult([], 2, []))

    assert PublicationFile.objects.get().current == second


def test_files_of_a_deleted_version_are_deleted(sheet, django_capture_on_commit_callbacks):
    version = add_file(sheet)
    names = [version.content.name, *(cover["name"] for cover in version.covers)]
    assert all(private_storage().exists(name) for name in names)
    with django_capture_on_commit_callbacks(execute=True):
        version.delete()

    assert not any(private_storage().exists(name) for name in names)
    assert PublicationFile.objects.get().current is None


def test_private_files_have_no_url(sheet):
    with pytest.raises(NotImplementedError, match="no URL"):
        _ = add_file(sheet).content.url


def test_database_rejects_a_second_file_of_a_language_and_kind(sheet):
    add_file(sheet)
    with pytest.raises(IntegrityError), transaction.atomic():
        PublicationFile.objects.create(publication=sheet.publication, language="en", kind="pdf")


def test_database_rejects_an_accepted_version_without_number(sheet):
    version = add_file(sheet)
    with pytest.raises(IntegrityError), transaction.atomic():
        FileVersion.objects.filter(pk=version.pk).update(number=None)


def test_new_page_has_a_publication_of_its_own(sheet, fact_sheet_list):
    other = make_fact_sheet(fact_sheet_list, "Another")

    assert sheet.publication_id != other.publication_id
    assert (other.publication.name, other.publication.original_language) == ("Another", "en")


def test_translation_shares_the_publication(sheet, home_pages):
    finnish = make_fact_sheet_list(home_pages["fi"], "Tietolehdet", "tietolehdet")
    page = make_fact_sheet(finnish, "Majakka", translation_of=sheet)

    assert page.publication_id == sheet.publication_id
    assert Publication.objects.count() == 1


def test_copy_for_translation_shares_the_publication(sheet, fact_sheet_list, home_pages):
    make_fact_sheet_list(home_pages["fi"], "Tietolehdet", "tietolehdet", translation_of=fact_sheet_list)
    page = sheet.copy_for_translation(home_pages["fi"].locale)

    assert page.publication_id == sheet.publication_id


def test_copy_is_another_publication_without_files(sheet):
    add_file(sheet)
    copy = sheet.copy(update_attrs={"slug": "copy", "title": "Copy"})

    assert copy.publication_id != sheet.publication_id
    assert not copy.publication.files.exists()


def test_alias_shows_the_same_publication(sheet, fact_sheet_list):
    alias = sheet.create_alias(update_slug="mirror")

    assert FactSheetPage.objects.get(pk=alias.pk).publication_id == sheet.publication_id


def test_translation_sync_keeps_files_and_counts(sheet, fact_sheet_list, home_pages):
    from wagtail_localize.models import Translation, TranslationSource

    make_fact_sheet_list(home_pages["fi"], "Tietolehdet", "tietolehdet", translation_of=fact_sheet_list)
    version = add_file(sheet, "fi")
    DownloadCount.objects.create(publication=sheet.publication, language="fi", day="2026-01-01", count=3)
    source, _created = TranslationSource.update_or_create_from_instance(sheet)
    translation = Translation.objects.create(source=source, target_locale=home_pages["fi"].locale)
    translation.save_target(publish=True)
    sheet.title = "A brighter beacon"
    sheet.save_revision().publish()
    source.update_from_db()
    translation.save_target(publish=True)

    page = FactSheetPage.objects.get(locale=home_pages["fi"].locale)
    assert page.publication_id == sheet.publication_id
    assert list(FileVersion.objects.values_list("pk", flat=True)) == [version.pk]
    assert DownloadCount.objects.get().count == 3
    assert Publication.objects.count() == 1


def test_publication_of_a_page_cannot_be_deleted(sheet):
    from django.db.models import ProtectedError

    with pytest.raises(ProtectedError):
        sheet.publication.delete()


def test_date_of_first_publication_is_set_once(fact_sheet_list):
    draft = make_fact_sheet(fact_sheet_list, "Draft", live=False)
    draft.save_revision().publish()
    draft.publication.refresh_from_db()
    assert draft.publication.first_published_on is not None
    Publication.objects.update(first_published_on="2024-02-03")
    FactSheetPage.objects.get(pk=draft.pk).save_revision().publish()

    assert str(Publication.objects.get().first_published_on) == "2024-02-03"


def test_every_issue_type_has_a_text():
    values = {
        "pages": 9,
        "limit": 5,
        "size": "9 MB",
        "seconds": 10,
        "memory": 300,
        "extension": "odt",
        "count": 2,
        "statement": "Funded by the European Union",
        "wanted": "fi",
        "found": "en-GB",
    }
    explained = explain([{"code": code, **values} for code in ISSUE_TYPES])

    assert len(explained) == len(ISSUE_TYPES)
    assert [issue.is_error for issue in explained] == sorted(
        (kind.is_error for kind in ISSUE_TYPES.values()), reverse=True
    )
    assert not any("%(" in issue.text for issue in explained)
    assert "Finnish, but its document language is English" in "".join(
        item.text for item in explained if item.code == "other_language"
    ).replace("uploaded it as ", "")


def test_unknown_issue_is_left_out():
    assert explain([{"code": "unknown"}]) == []
