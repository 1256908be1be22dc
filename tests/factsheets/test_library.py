"""Versions of files: what visitors get, what is kept, what a check decides."""

import pytest
from django.db import IntegrityError, transaction

from factsheets.models import DownloadCount, FactSheetPage, FileVersion, Publication, PublicationFile
from factsheets.validation.results import KINDS, explain
from factsheets.versions import Cover, Verdict, settle
from home.private_files import private_storage
from tests.factories.factsheets import WEBP, give_file, make_library, make_sheet

REFUSED = [{"code": "encrypted"}]


def test_versions_are_numbered_as_they_pass(sheet):
    first = give_file(sheet)
    refused = give_file(sheet, findings=REFUSED)
    second = give_file(sheet, note="New figures")
    place = PublicationFile.objects.get()

    assert [first.number, refused.number, second.number] == [1, None, 2]
    assert place.current == second


def test_refused_upload_leaves_the_version_before(sheet):
    first = give_file(sheet)
    give_file(sheet, findings=REFUSED)

    assert PublicationFile.objects.get().current == first


def test_warning_does_not_refuse(sheet):
    assert give_file(sheet, findings=[{"code": "not_tagged"}]).number == 1


def test_settling_again_changes_no_number_and_replaces_pictures(sheet):
    version = give_file(sheet)
    old = [cover["name"] for cover in version.covers]
    again = settle(version.pk, Verdict([{"code": "no_title"}], 7, [Cover(240, 300, WEBP)]))

    assert (again.number, again.state, again.pages) == (1, "passed", 7)
    assert [cover["width"] for cover in again.covers] == [240]
    assert old != [cover["name"] for cover in again.covers]


def test_older_check_that_ends_late_does_not_take_the_place(sheet):
    give_file(sheet)
    second = give_file(sheet)
    first = FileVersion.objects.get(number=1)
    settle(first.pk, Verdict([], 2, []))

    assert PublicationFile.objects.get().current == second


def test_deleted_version_leaves_no_file_behind(sheet, django_capture_on_commit_callbacks):
    version = give_file(sheet)
    names = [version.content.name, *(cover["name"] for cover in version.covers)]
    assert all(private_storage().exists(name) for name in names)
    with django_capture_on_commit_callbacks(execute=True):
        version.delete()

    assert not any(private_storage().exists(name) for name in names)
    assert PublicationFile.objects.get().current is None


def test_private_files_have_no_address(sheet):
    with pytest.raises(ValueError, match="no address"):
        _ = give_file(sheet).content.url


def test_database_refuses_a_second_file_of_a_language_and_kind(sheet):
    give_file(sheet)
    with pytest.raises(IntegrityError), transaction.atomic():
        PublicationFile.objects.create(publication=sheet.publication, language="en", kind="pdf")


def test_database_refuses_a_passed_version_without_number(sheet):
    version = give_file(sheet)
    with pytest.raises(IntegrityError), transaction.atomic():
        FileVersion.objects.filter(pk=version.pk).update(number=None)


def test_new_page_has_a_publication_of_its_own(sheet, library):
    other = make_sheet(library, "Another")

    assert sheet.publication_id != other.publication_id
    assert (other.publication.name, other.publication.original_language) == ("Another", "en")


def test_translation_shares_the_publication(sheet, home_pages):
    finnish = make_library(home_pages["fi"], "Tietolehdet", "tietolehdet")
    page = make_sheet(finnish, "Majakka", translation_of=sheet)

    assert page.publication_id == sheet.publication_id
    assert Publication.objects.count() == 1


def test_wagtails_own_translation_shares_the_publication(sheet, library, home_pages):
    make_library(home_pages["fi"], "Tietolehdet", "tietolehdet", translation_of=library)
    page = sheet.copy_for_translation(home_pages["fi"].locale)

    assert page.publication_id == sheet.publication_id


def test_copy_is_another_publication_without_files(sheet):
    give_file(sheet)
    copy = sheet.copy(update_attrs={"slug": "copy", "title": "Copy"})

    assert copy.publication_id != sheet.publication_id
    assert not copy.publication.files.exists()


def test_alias_shows_the_same_publication(sheet, library):
    alias = sheet.create_alias(update_slug="mirror")

    assert FactSheetPage.objects.get(pk=alias.pk).publication_id == sheet.publication_id


def test_sync_of_a_translation_leaves_files_and_counts(sheet, library, home_pages):
    from wagtail_localize.models import Translation, TranslationSource

    make_library(home_pages["fi"], "Tietolehdet", "tietolehdet", translation_of=library)
    version = give_file(sheet, "fi")
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


def test_page_with_files_protects_its_publication(sheet):
    from django.db.models import ProtectedError

    with pytest.raises(ProtectedError):
        sheet.publication.delete()


def test_first_publication_is_noted_once(library):
    draft = make_sheet(library, "Draft", live=False)
    draft.save_revision().publish()
    draft.publication.refresh_from_db()
    assert draft.publication.first_published_on is not None
    Publication.objects.update(first_published_on="2024-02-03")
    FactSheetPage.objects.get(pk=draft.pk).save_revision().publish()

    assert str(Publication.objects.get().first_published_on) == "2024-02-03"


def test_every_finding_can_be_explained_in_words():
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
    explained = explain([{"code": code, **values} for code in KINDS])

    assert len(explained) == len(KINDS)
    assert [finding.is_error for finding in explained] == sorted(
        (kind.is_error for kind in KINDS.values()), reverse=True
    )
    assert not any("%(" in finding.text for finding in explained)
    assert "Finnish, but the PDF says that it is in English" in "".join(
        item.text for item in explained if item.code == "other_language"
    ).replace("uploaded it as ", "")


def test_finding_of_another_release_is_passed_over():
    assert explain([{"code": "of-yesterday"}]) == []
