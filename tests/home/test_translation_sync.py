"""Publishing the source updates every translation."""

import json
import uuid
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser, Permission, User
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Locale, Page, PageViewRestriction, Revision
from wagtail_localize.models import SegmentOverride, StringSegment, StringTranslation, Translation, TranslationSource

from home.models import (
    ContentPage,
    HomePage,
    Organisation,
    Person,
    ProgrammeModule,
    ProgrammePage,
    ProjectSettings,
    StaleString,
    SyncFailure,
    SyncRequest,
    WrittenTexts,
)
from home.models.written_texts import text_key
from home.translations.sources import TranslatedFurtherError, source_of, translate
from home.translations.sync import synchronise
from home.translations.tasks import LOST_AFTER, RETRY_PAUSES, request_sync, requeue, synchronise_source
from news.models import NewsCategory, NewsIndexPage, NewsPage
from tests.factories.events import commit, in_language, publish
from tests.factories.translations import TARGETS, make_translations, write_target
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


@pytest.fixture(scope="module")
def in_all_languages(django_db_setup, django_db_blocker):
    """Two translated pages, made once for this file. Each test changes them in its own transaction."""
    with django_db_blocker.unblock(), transaction.atomic():
        home = HomePage.objects.get(locale__language_code="en")
        programme = home.add_child(
            instance=ProgrammePage(
                title="Programme",
                slug="programme",
                seo_title="Programme",
                introduction="<p>First.</p><p>Second.</p>",
                locale=home.locale,
                eqf_from=6,
                modules=[
                    ProgrammeModule(title="Basics", ects=Decimal(3), locale=home.locale, sort_order=0),
                    ProgrammeModule(title="Practice", ects=Decimal(5), locale=home.locale, sort_order=1),
                ],
            )
        )
        blocks = body((KEYS[0], "<p>One.</p>"), (KEYS[1], "<p>Two.</p>"))
        content = home.add_child(instance=ContentPage(title="Page", slug="page", body=blocks, locale=home.locale))
        for page in (programme, content):
            publish(page)
            make_translations(page)
        yield programme.pk, content.pk
        transaction.set_rollback(True)


@pytest.fixture
def programme(in_all_languages, db) -> ProgrammePage:
    return ProgrammePage.objects.get(pk=in_all_languages[0])


@pytest.fixture
def content(in_all_languages, db) -> ContentPage:
    return ContentPage.objects.get(pk=in_all_languages[1])


@pytest.fixture
def locales(db) -> dict[str, Locale]:
    return {locale.language_code: locale for locale in Locale.objects.all()}


def body(*blocks: tuple[str, str]) -> str:
    return json.dumps([{"type": "text", "value": text, "id": key} for key, text in blocks])


KEYS = [str(uuid.UUID(int=number)) for number in range(1, 5)]


def test_the_fixture_is_translated_and_live(programme):
    """The tests below assume this."""
    for code in TARGETS:
        page = in_language(programme, code)
        assert page.live
        assert page.title == f"{code} Programme"
        assert page.introduction == f"<p>{code} First.</p><p>{code} Second.</p>"
        assert [module.title for module in page.modules.all()] == [f"{code} Basics", f"{code} Practice"]


# Synchronised fields


def test_changed_synchronised_field_is_copied_to_all_languages(programme):
    publish(programme, eqf_from=7)
    assert [in_language(programme, code).eqf_from for code in TARGETS] == [7, 7, 7]


def test_synchronised_field_of_a_row_is_copied_and_its_translation_and_keys_stay(programme):
    before = {code: [row.pk for row in in_language(programme, code).modules.all()] for code in TARGETS}
    page = ProgrammePage.objects.get(pk=programme.pk)
    rows = list(page.modules.all())
    rows[0].ects = Decimal("7.5")
    publish(page, modules=rows)
    for code in TARGETS:
        found = list(in_language(programme, code).modules.all())
        assert [(row.title, row.ects) for row in found] == [
            (f"{code} Basics", Decimal("7.5")),
            (f"{code} Practice", Decimal("5.0")),
        ]
        assert [row.pk for row in found] == before[code]


def test_change_of_a_synchronised_field_keeps_translations_and_needs_no_review(programme):
    publish(programme, eqf_from=7)
    for code in TARGETS:
        page = in_language(programme, code)
        assert page.title == f"{code} Programme"
        assert page.introduction == f"<p>{code} First.</p><p>{code} Second.</p>"
        assert page.slug == f"{code}-programme"
    assert not StaleString.objects.exists()


def test_cleared_text_is_cleared_in_all_languages(programme):
    publish(programme, lead="Soon.")
    publish(programme, lead="")
    assert [in_language(programme, code).lead for code in TARGETS] == ["", "", ""]


def test_value_overridden_by_a_translator_is_kept(home_page, locales):
    organisation = Organisation.objects.create(
        name="University", country="FI", website="https://example.org/en", locale=home_page.locale
    )
    make_translations(organisation)
    source = TranslationSource.objects.get_for_instance(organisation)
    context = source.overridablesegment_set.get(context__path="website").context
    SegmentOverride.objects.create(locale=locales["fi"], context=context, data_json='"https://example.org/fi"')
    synchronise(source)
    assert in_language(organisation, "fi").website == "https://example.org/en"
    with commit():
        write_target(organisation, "fi")
    organisation.country = "EE"
    organisation.save()
    synchronise(source)
    finnish = in_language(organisation, "fi")
    assert (finnish.country.code, finnish.website) == ("EE", "https://example.org/fi")


# Structure


def test_added_moved_and_deleted_rows_are_synchronised(programme):
    page = ProgrammePage.objects.get(pk=programme.pk)
    basics, practice = page.modules.all()
    practice.sort_order, basics.sort_order = 0, 1
    new = ProgrammeModule(title="Transfer", locale=page.locale, sort_order=2)
    publish(page, modules=[practice, basics, new])
    for code in TARGETS:
        titles = [row.title for row in in_language(programme, code).modules.all()]
        assert titles == [f"{code} Practice", f"{code} Basics", "Transfer"]

    page = ProgrammePage.objects.get(pk=programme.pk)
    publish(page, modules=list(page.modules.all())[1:])
    for code in TARGETS:
        assert [row.title for row in in_language(programme, code).modules.all()] == [f"{code} Basics", "Transfer"]


def texts(page: ContentPage) -> list[str]:
    return [str(block.value.source) for block in page.body]


def test_added_moved_and_deleted_blocks_are_synchronised(content):
    publish(content, body=body((KEYS[1], "<p>Two.</p>"), (KEYS[2], "<p>Three.</p>"), (KEYS[0], "<p>One.</p>")))
    for code in TARGETS:
        assert texts(in_language(content, code)) == [f"<p>{code} Two.</p>", "<p>Three.</p>", f"<p>{code} One.</p>"]
    publish(content, body=body((KEYS[2], "<p>Three.</p>")))
    for code in TARGETS:
        assert texts(in_language(content, code)) == ["<p>Three.</p>"]
    assert not StaleString.objects.exists()


# Texts


def test_changed_sentence_keeps_its_old_translation_until_it_is_checked(programme):
    publish(programme, introduction="<p>First.</p><p>Second, reworded.</p>")
    for code in TARGETS:
        assert in_language(programme, code).introduction == f"<p>{code} First.</p><p>{code} Second.</p>"
    assert StaleString.objects.count() == 3
    # Changed again, and back to the text that was translated.
    publish(programme, introduction="<p>First.</p><p>Reworded again.</p>")
    assert in_language(programme, "fi").introduction == "<p>fi First.</p><p>fi Second.</p>"
    assert [row.old_source for row in StaleString.objects.all()] == ["Second."] * 3
    publish(programme, introduction="<p>First.</p><p>Second.</p>")
    assert in_language(programme, "fi").introduction == "<p>fi First.</p><p>fi Second.</p>"
    assert not StaleString.objects.exists()
    # What was carried over is no translation of the text that it was carried to.
    publish(programme, introduction="<p>First.</p><p>Second, reworded.</p>")
    assert StaleString.objects.count() == 3


def test_changed_sentence_falls_back_to_the_source_and_is_reported(programme):
    ProjectSettings.objects.update(changed_texts=ProjectSettings.ChangedTexts.SOURCE)
    publish(programme, introduction="<p>First.</p><p>Second, reworded.</p>")
    for code in TARGETS:
        assert in_language(programme, code).introduction == f"<p>{code} First.</p><p>Second, reworded.</p>"
    rows = StaleString.objects.order_by("translation__target_locale__language_code")
    assert [
        (row.translation.target_locale.language_code, row.old_source, row.string.data, row.old_translation)
        for row in rows
    ] == [(code, "Second.", "Second, reworded.", f"{code} Second.") for code in sorted(TARGETS)]


def test_new_segment_is_not_reported_as_changed(programme):
    publish(programme, introduction="<p>First.</p><p>Between.</p><p>Second.</p>")
    assert in_language(programme, "fi").introduction == "<p>fi First.</p><p>Between.</p><p>fi Second.</p>"
    assert not StaleString.objects.exists()


def test_changed_sentence_is_no_longer_reported_after_a_new_translation(programme):
    publish(programme, introduction="<p>First.</p><p>Reworded.</p>")
    row = StaleString.objects.get(translation__target_locale__language_code="fi")
    StringTranslation.objects.update_or_create(
        translation_of=row.string,
        context=row.context,
        locale=row.translation.target_locale,
        defaults={"data": "uusi", "tool_name": ""},
    )
    left = StaleString.objects.values_list("translation__target_locale__language_code", flat=True)
    assert sorted(left) == ["el", "et"]
    with commit():
        write_target(programme, "fi")
    assert in_language(programme, "fi").introduction == "<p>fi First.</p><p>uusi</p>"


def test_old_translation_returns_with_the_old_source_text(programme):
    publish(programme, introduction="<p>First.</p><p>Reworded.</p>")
    assert StaleString.objects.count() == 3
    publish(programme, introduction="<p>First.</p><p>Second.</p>")
    assert in_language(programme, "fi").introduction == "<p>fi First.</p><p>fi Second.</p>"
    assert not StaleString.objects.exists()


def test_sentence_changed_twice_is_compared_with_the_translated_text(programme):
    publish(programme, introduction="<p>First.</p><p>Reworded.</p>")
    publish(programme, introduction="<p>First.</p><p>Reworded again.</p>")
    rows = StaleString.objects.filter(translation__target_locale__language_code="fi")
    assert [(row.old_source, row.string.data, row.old_translation) for row in rows] == [
        ("Second.", "Reworded again.", "fi Second.")
    ]


def test_changed_sentence_that_is_deleted_is_no_longer_reported(programme):
    publish(programme, introduction="<p>First.</p><p>Reworded.</p>")
    publish(programme, introduction="<p>First.</p>")
    assert not StaleString.objects.exists()


def test_translated_slug_is_kept_when_the_source_slug_changes(programme):
    publish(programme, slug="training")
    assert [in_language(programme, code).slug for code in TARGETS] == ["fi-programme", "et-programme", "el-programme"]
    assert not StaleString.objects.exists()
    # A second change, after the translation was attached to the new source text.
    publish(programme, slug="course")
    assert [in_language(programme, code).slug for code in TARGETS] == ["fi-programme", "et-programme", "el-programme"]


# Drafts


def test_draft_of_the_source_is_not_synchronised(programme):
    page = ProgrammePage.objects.get(pk=programme.pk)
    page.title, page.eqf_from = "Secret", 8
    with commit():
        page.save_revision()
    failures = synchronise(TranslationSource.objects.get_for_instance(programme))
    finnish = in_language(programme, "fi")
    assert (failures, finnish.title, finnish.eqf_from) == ([], "fi Programme", 6)
    # Control: the same change is synchronised once it is published.
    with commit():
        page.get_latest_revision().publish()
    assert in_language(programme, "fi").eqf_from == 8


def test_title_that_is_too_long_is_stored_with_an_error_and_not_published(programme, admin_client):
    finnish = in_language(programme, "fi")
    translation = Translation.objects.get(source__object_id=finnish.translation_key, target_locale__language_code="fi")
    segment = StringSegment.objects.get(source=translation.source, context__path="title")
    address = reverse("wagtail_localize:edit_string_translation", args=[translation.pk, segment.pk])
    answer = admin_client.put(
        address, f"value={'ä' * 256}".encode(), content_type="application/x-www-form-urlencoded; charset=utf-8"
    )
    assert answer.status_code == 200
    assert "255" in answer.json()["error"]
    assert answer.json()["data"] == "ä" * 256
    synchronise(translation.source)
    assert Page.objects.get(pk=finnish.pk).draft_title != "ä" * 256


def test_unpublished_translation_is_updated_and_stays_unpublished(programme):
    in_language(programme, "fi").unpublish()
    publish(programme, eqf_from=8)
    finnish = in_language(programme, "fi")
    assert (finnish.live, finnish.eqf_from, finnish.title) == (False, 8, "fi Programme")
    assert finnish.get_latest_revision_as_object().eqf_from == 8


def test_new_translations_are_drafts(home_page, locales):
    page = home_page.add_child(instance=ContentPage(title="Page", slug="another", locale=home_page.locale))
    translate(page, [locales["fi"]])
    assert not in_language(page, "fi").live


# Number of revisions and queries


def revisions() -> int:
    return Revision.objects.count()


def test_publishing_without_a_change_adds_no_revisions(programme):
    before = {code: in_language(programme, code).revisions.count() for code in TARGETS}
    publish(programme)
    assert {code: in_language(programme, code).revisions.count() for code in TARGETS} == before


def test_change_adds_one_revision_to_each_translation(programme):
    before = revisions()
    publish(programme, eqf_from=8)
    assert revisions() - before == 1 + len(TARGETS)


def test_publishing_a_translation_changes_neither_the_source_nor_the_others(programme):
    others = {code: in_language(programme, code).latest_revision_id for code in ("et", "el")}
    source = ProgrammePage.objects.get(pk=programme.pk).latest_revision_id
    with commit():
        in_language(programme, "fi").save_revision().publish()
    assert {code: in_language(programme, code).latest_revision_id for code in ("et", "el")} == others
    assert ProgrammePage.objects.get(pk=programme.pk).latest_revision_id == source


def test_published_revision_contains_the_change(programme):
    publish(programme, eqf_from=8)
    finnish = in_language(programme, "fi")
    assert finnish.live_revision_id == finnish.latest_revision_id
    assert not finnish.has_unpublished_changes
    assert finnish.live_revision.as_object().eqf_from == 8


def test_page_without_translations_adds_two_queries(home_page):
    page = home_page.add_child(instance=ContentPage(title="Page", slug="another", locale=home_page.locale))
    revision = page.save_revision()
    with CaptureQueriesContext(connection) as queries, commit():
        revision.publish()
    assert len([query for query in queries if "wagtail_localize" in query["sql"]]) == 2


def test_change_has_the_same_number_of_queries_with_1_and_6_other_pages(content, home_page):
    def count_queries(text: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            publish(content, lead=text)
        return len(queries)

    count_queries("Warm.")
    first = count_queries("One.")
    for number in range(6):
        page = home_page.add_child(
            instance=ContentPage(title=f"Page {number}", slug=f"page-{number}", locale=home_page.locale)
        )
        publish(page)
        make_translations(page, ("fi",))
    assert count_queries("Two.") == first


# Failures


@pytest.fixture
def broken(programme, locales):
    """A public Estonian text that is too long for its column, so that the page cannot be saved."""
    source = TranslationSource.objects.get_for_instance(programme)
    segment = source.stringsegment_set.get(context__path="seo_title")
    row = WrittenTexts.objects.get(revision=in_language(programme, "et").live_revision)
    row.texts[text_key(segment.context_id, segment.string_id)] = "x" * 300
    row.save()
    return row


def repair(row: WrittenTexts) -> None:
    row.texts = {key: "et Programme" if len(text) == 300 else text for key, text in row.texts.items()}
    row.save()


def test_failure_in_one_language_does_not_stop_the_others(programme, broken):
    publish(programme, eqf_from=8)
    assert {code: in_language(programme, code).eqf_from for code in TARGETS} == {"fi": 8, "et": 6, "el": 8}
    failure = SyncFailure.objects.get()
    assert failure.translation.target_locale.language_code == "et"
    assert failure.reason.startswith("seo_title: ")
    assert "255" in failure.reason


def test_failed_language_is_left_unchanged(programme, broken):
    before = in_language(programme, "et")
    publish(programme, eqf_from=8)
    after = in_language(programme, "et")
    assert (after.title, after.latest_revision_id, after.live) == ("et Programme", before.latest_revision_id, True)


def test_a_failure_is_shown_and_retried_from_the_list(programme, broken, admin_client):
    publish(programme, eqf_from=8)
    failure = SyncFailure.objects.get()
    page = admin_client.get(reverse("translations:overview")).content.decode()
    assert failure.reason[:40] in page
    retry = reverse("translations:retry", args=[failure.translation_id])
    assert retry in page

    admin_client.post(retry)
    failure.refresh_from_db()
    assert failure.attempts == 2

    repair(broken)
    with commit():
        admin_client.post(retry)
    assert not SyncFailure.objects.exists()
    assert in_language(programme, "et").eqf_from == 8
    assert retry not in admin_client.get(reverse("translations:overview")).content.decode()


def test_command_retries_and_reports_failures(programme, broken, capsys):
    publish(programme, eqf_from=8)
    with pytest.raises(CommandError, match="1 translations"):
        call_command("sync_translations")
    assert "Programme (Estonian): seo_title: " in capsys.readouterr().err
    repair(broken)
    with commit():
        call_command("sync_translations")
    assert in_language(programme, "et").eqf_from == 8
    before = revisions()
    call_command("sync_translations")
    assert revisions() == before


def test_source_that_cannot_be_read_fails_in_every_language(programme, monkeypatch, admin_client):
    """Nothing changes, editors see the failures, and a retry starts with the source again."""
    from home.translations import sync

    def fail(source, old):
        raise ValueError("no such sentence")

    with monkeypatch.context() as broken:
        broken.setattr(sync, "_changed_segments", fail)
        publish(programme, eqf_from=8)
    assert [in_language(programme, code).eqf_from for code in TARGETS] == [6, 6, 6]
    reasons = {row.translation.target_locale.language_code: row.reason for row in SyncFailure.objects.all()}
    assert reasons == dict.fromkeys(TARGETS, "ValueError: no such sentence")
    with commit():
        admin_client.post(reverse("translations:retry", args=[SyncFailure.objects.first().translation_id]))
    assert [in_language(programme, code).eqf_from for code in TARGETS] == [8, 8, 8]
    assert not SyncFailure.objects.exists()


@pytest.fixture
def killed(monkeypatch):
    """End each sync after the source is refreshed and before the translations are saved, as a killed process does."""
    from home.translations import sync, tasks

    def exit_early(source, user):
        sync._refresh(source.pk)
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(tasks, "synchronise", exit_early)
        yield patch


def test_interrupted_task_is_run_again(programme, killed):
    publish(programme, eqf_from=8)
    assert in_language(programme, "fi").eqf_from == 6
    call_command("sync_translations")
    assert [in_language(programme, code).eqf_from for code in TARGETS] == [8, 8, 8]


def test_lost_task_is_enqueued_again_once(programme, killed):
    publish(programme, eqf_from=8)
    request = SyncRequest.objects.get()
    killed.undo()
    assert requeue(request.requested_at + LOST_AFTER / 2) == 0
    with commit():
        assert requeue(request.requested_at + LOST_AFTER) == 1
    assert [in_language(programme, code).eqf_from for code in TARGETS] == [8, 8, 8]
    assert not SyncRequest.objects.exists()
    assert requeue(request.requested_at + LOST_AFTER) == 0
    # Running the task again changes nothing.
    before = Revision.objects.count()
    synchronise_source.call(request.source_id)
    assert Revision.objects.count() == before


def test_request_made_during_a_sync_is_kept(programme, monkeypatch):
    from home.translations import tasks

    later = timezone.now() + LOST_AFTER
    monkeypatch.setattr(
        tasks, "synchronise", lambda source, user: SyncRequest.objects.update(requested_at=later) and None
    )
    publish(programme, eqf_from=8)
    assert SyncRequest.objects.get().requested_at == later


def test_failure_is_retried_after_increasing_pauses(programme, monkeypatch):
    from home.translations import sync

    def fail(source, old):
        raise ValueError("no such sentence")

    monkeypatch.setattr(sync, "_changed_segments", fail)
    publish(programme, eqf_from=8)
    assert not SyncRequest.objects.exists()
    for number, pause in enumerate([*RETRY_PAUSES, RETRY_PAUSES[-1]], 1):
        last = SyncFailure.objects.order_by("-failed_at")[0]
        assert last.attempts == number
        assert requeue(last.failed_at + pause / 2) == 0
        with commit():
            # Three languages failed, but they have one source.
            assert requeue(last.failed_at + pause) == 1
    monkeypatch.undo()
    with commit():
        requeue(timezone.now() + RETRY_PAUSES[-1])
    assert not SyncFailure.objects.exists()
    assert [in_language(programme, code).eqf_from for code in TARGETS] == [8, 8, 8]


def test_queued_translation_is_shown_as_waiting(programme, killed, admin_client):
    url = reverse("translations:overview")
    assert "Waiting to be updated" not in admin_client.get(url).content.decode()
    publish(programme, eqf_from=8)
    assert admin_client.get(url).content.decode().count("Waiting to be updated") == len(TARGETS)


def test_many_sources_are_requested_with_one_query(programme, content, django_assert_num_queries):
    sources = list(TranslationSource.objects.all())
    assert len(sources) >= 2
    with django_assert_num_queries(1):
        request_sync(sources)
    with django_assert_num_queries(1):
        request_sync(sources)
    assert SyncRequest.objects.count() == len(sources)


def test_stopped_translation_is_not_changed(programme):
    Translation.objects.filter(target_locale__language_code="fi").update(enabled=False)
    publish(programme, eqf_from=8)
    assert {code: in_language(programme, code).eqf_from for code in TARGETS} == {"fi": 6, "et": 8, "el": 8}


# Snippets


def test_saving_an_organisation_updates_its_translations(home_page):
    organisation = Organisation.objects.create(
        name="University", country="FI", description="It leads.", locale=home_page.locale
    )
    make_translations(organisation)
    with commit():
        organisation.country, organisation.description = "EE", "It takes part."
        organisation.save()
    finnish = in_language(organisation, "fi")
    assert (finnish.name, finnish.country.code, finnish.description) == ("fi University", "EE", "fi It leads.")
    assert [row.old_translation for row in StaleString.objects.filter(translation__target_locale=finnish.locale)] == [
        "fi It leads."
    ]


def test_changed_organisation_of_a_person_is_synchronised(home_page):
    university = Organisation.objects.create(name="University", country="FI", locale=home_page.locale)
    college = Organisation.objects.create(name="College", country="EE", locale=home_page.locale)
    make_translations(university)
    make_translations(college)
    person = Person.objects.create(name="Maija", organisation=university, locale=home_page.locale)
    make_translations(person)
    with commit():
        person.organisation = college
        person.save()
    assert in_language(person, "fi").organisation == in_language(college, "fi")


def test_saving_a_translation_of_a_snippet_changes_no_other(home_page):
    category = make_translations(NewsCategory.objects.create(name="Events", key="events", locale=home_page.locale))
    finnish = in_language(category, "fi")
    with commit():
        finnish.name = "Tapahtumat"
        finnish.save()
    category.refresh_from_db()
    assert (category.name, in_language(category, "et").name) == ("Events", "et Events")


# Privacy


def test_restriction_of_the_source_applies_to_its_translations(content, client):
    with commit():
        restriction = PageViewRestriction.objects.create(page=content, restriction_type="login")
    assert [in_language(content, code).get_view_restrictions().count() for code in TARGETS] == [1, 1, 1]
    with commit():
        restriction.delete()
    assert [in_language(content, code).get_view_restrictions().count() for code in TARGETS] == [0, 0, 0]


# One source for each page


def test_source_may_be_in_any_language(home_pages, locales):
    page = home_pages["fi"].add_child(
        instance=ContentPage(title="Sivu", slug="sivu", locale=locales["fi"], lead="Vanha.")
    )
    publish(page)
    make_translations(page, ("en", "et"))
    ProjectSettings.objects.update(changed_texts=ProjectSettings.ChangedTexts.SOURCE)
    publish(page, lead="Uusi.")
    assert [in_language(page, code).lead for code in ("en", "et")] == ["Uusi.", "Uusi."]


def test_translation_cannot_be_a_source(programme, locales):
    finnish = in_language(programme, "fi")
    assert source_of(finnish).pk == programme.pk
    assert source_of(programme) is None
    with pytest.raises(TranslatedFurtherError):
        translate(finnish, [locales["et"]])


def test_second_source_is_refused(programme, locales):
    source, _created = TranslationSource.get_or_create_from_instance(in_language(programme, "fi"))
    with pytest.raises(ValidationError) as caught:
        Translation.objects.create(source=source, target_locale=locales["et"])
    assert caught.value.code == "translated_further"


def test_translating_a_translation_translates_its_source(content, admin_client):
    finnish = in_language(content, "fi")
    answer = admin_client.get(reverse("wagtail_localize:submit_page_translation", args=[finnish.pk]), follow=True)
    assert answer.redirect_chain == [(reverse("wagtail_localize:submit_page_translation", args=[content.pk]), 302)]
    assert "is itself a translation" in answer.content.decode()


def test_article_in_finnish_with_an_organisation_in_english(home_pages, locales, admin_client):
    """The related row is translated from its own source. A second source would cause an error in the editor."""
    organisation = make_translations(
        Organisation.objects.create(name="University", country="FI", locale=locales["en"]), ("fi",)
    )
    index = home_pages["fi"].add_child(instance=NewsIndexPage(title="Uutiset", slug="uutiset", locale=locales["fi"]))
    translate(index, [locales["et"]])
    article = index.add_child(
        instance=NewsPage(
            title="Uutinen", slug="uutinen", locale=locales["fi"], organisation=in_language(organisation, "fi")
        )
    )
    publish(article)
    url = reverse("wagtail_localize:submit_page_translation", args=[article.pk])
    answer = admin_client.post(url, {"locales": [locales["et"].pk]}, follow=True)
    estonian = in_language(article, "et")
    assert answer.status_code == 200
    assert answer.request["PATH_INFO"] == reverse("wagtailadmin_pages:edit", args=[estonian.pk])
    assert estonian.organisation == in_language(organisation, "et")
    assert source_of(estonian.organisation).pk == organisation.pk


# Unpublish, delete and move: applied to translations with their source, but not to the source with a translation


def test_unpublishing_the_source_unpublishes_its_translations(content, admin_client):
    admin_client.post(reverse("wagtailadmin_pages:unpublish", args=[content.pk]))
    assert [in_language(content, code).live for code in ("en", *TARGETS)] == [False] * 4


def test_unpublishing_a_translation_does_not_change_the_others(content, admin_client):
    admin_client.post(reverse("wagtailadmin_pages:unpublish", args=[in_language(content, "fi").pk]))
    live = {code: in_language(content, code).live for code in ("en", *TARGETS)}
    assert live == {"en": True, "fi": False, "et": True, "el": True}


def test_deleting_the_source_deletes_the_translations(content, admin_client):
    admin_client.post(reverse("wagtailadmin_pages:delete", args=[content.pk]))
    assert not Page.objects.filter(translation_key=content.translation_key).exists()


def test_deleting_a_translation_does_not_change_the_others(content, admin_client):
    admin_client.post(reverse("wagtailadmin_pages:delete", args=[in_language(content, "fi").pk]))
    left = Page.objects.filter(translation_key=content.translation_key)
    assert sorted(page.locale.language_code for page in left) == ["el", "en", "et"]


def test_page_action_requires_permission_for_the_translations(content, client, member_of_english):
    client.force_login(member_of_english)
    answer = client.post(reverse("wagtailadmin_pages:unpublish", args=[content.pk]), follow=True)
    assert [in_language(content, code).live for code in ("en", *TARGETS)] == [True] * 4
    assert "which you cannot edit: Estonian, Finnish, Greek" in answer.content.decode()


@pytest.fixture
def member_of_english(db):
    from django.contrib.auth.models import Group

    user = User.objects.create_user("english")
    user.groups.add(Group.objects.get(name="Translators: English"))
    return user


def test_moving_the_source_moves_its_translations(content, home_page, admin_client):
    parent = home_page.add_child(instance=ContentPage(title="Parent", slug="parent", locale=home_page.locale))
    publish(parent)
    make_translations(parent)
    admin_client.post(reverse("wagtailadmin_pages:move_confirm", args=[content.pk, parent.pk]))
    parents = [in_language(content, code).get_parent().title for code in ("en", *TARGETS)]
    assert parents == ["Parent", "fi Parent", "et Parent", "el Parent"]


def test_source_is_not_moved_if_a_translation_cannot_be(content, home_page, admin_client):
    parent = home_page.add_child(instance=ContentPage(title="Parent", slug="parent", locale=home_page.locale))
    publish(parent)
    make_translations(parent, ("fi",))
    url = reverse("wagtailadmin_pages:move_confirm", args=[content.pk, parent.pk])
    answer = admin_client.post(url, follow=True)
    assert "cannot be moved with the page: Estonian, Greek" in answer.content.decode()
    assert [in_language(content, code).get_parent().depth for code in ("en", *TARGETS)] == [2] * 4


# Bulk actions


def run_bulk_action(client, action: str, pages, **values):
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
    values["next"] = reverse("wagtailadmin_home")
    return client.post(f"{url}?{'&'.join(f'id={page.pk}' for page in pages)}", values, follow=True)


def test_bulk_unpublish_includes_translations(content, programme, admin_client):
    run_bulk_action(admin_client, "unpublish", [content, programme])
    for page in (content, programme):
        assert [in_language(page, code).live for code in ("en", *TARGETS)] == [False] * 4


def test_bulk_unpublish_of_translations_does_not_change_the_others(content, admin_client):
    run_bulk_action(admin_client, "unpublish", [in_language(content, "fi")])
    assert [in_language(content, code).live for code in ("en", *TARGETS)] == [True, False, True, True]


def test_bulk_delete_includes_translations(content, programme, admin_client):
    run_bulk_action(admin_client, "delete", [content, in_language(content, "fi"), programme])
    keys = [content.translation_key, programme.translation_key]
    assert not Page.objects.filter(translation_key__in=keys).exists()


def test_bulk_move_includes_translations(content, programme, home_page, admin_client):
    parent = home_page.add_child(instance=ContentPage(title="Parent", slug="parent", locale=home_page.locale))
    child = home_page.add_child(instance=ContentPage(title="Child", slug="child", locale=home_page.locale))
    for page in (parent, child):
        publish(page)
        make_translations(page)
    run_bulk_action(admin_client, "move", [content, child], chooser=parent.pk)
    for page in (content, child):
        parents = [in_language(page, code).get_parent().title for code in ("en", *TARGETS)]
        assert parents == ["Parent", "fi Parent", "et Parent", "el Parent"]
    assert Page.find_problems() == ([], [], [], [], [])


def test_bulk_move_moves_nothing_if_a_translation_cannot_be_moved(content, home_page, admin_client):
    parent = home_page.add_child(instance=ContentPage(title="Parent", slug="parent", locale=home_page.locale))
    publish(parent)
    make_translations(parent, ("fi",))
    answer = run_bulk_action(admin_client, "move", [content], chooser=parent.pk)
    assert "cannot be moved with the page: Estonian, Greek" in answer.content.decode()
    assert [in_language(content, code).get_parent().depth for code in ("en", *TARGETS)] == [2] * 4


def test_nothing_is_moved_if_an_address_is_taken_in_a_language(content, home_page, admin_client):
    parent = home_page.add_child(instance=ContentPage(title="Parent", slug="parent", locale=home_page.locale))
    publish(parent)
    make_translations(parent)
    finnish = in_language(content, "fi")
    in_language(parent, "fi").add_child(instance=ContentPage(title="Taken", slug=finnish.slug, locale=finnish.locale))
    answer = admin_client.post(reverse("wagtailadmin_pages:move_confirm", args=[content.pk, parent.pk]), follow=True)
    assert "cannot be moved with the page: Finnish" in answer.content.decode()
    answer = run_bulk_action(admin_client, "move", [content], chooser=parent.pk)
    assert "cannot be moved with the page: Finnish" in answer.content.decode()
    assert [in_language(content, code).get_parent().depth for code in ("en", *TARGETS)] == [2] * 4


def test_bulk_action_requires_permission_for_the_translations(content, client, member_of_english):
    client.force_login(member_of_english)
    answer = run_bulk_action(client, "unpublish", [content])
    assert [in_language(content, code).live for code in ("en", *TARGETS)] == [True] * 4
    assert "which you cannot edit: Estonian, Finnish, Greek" in answer.content.decode()


@pytest.fixture
def page_below(content):
    """A page below `content`, public in all languages. The translations of `content` itself are drafts."""
    below = content.add_child(instance=ContentPage(title="Below", slug="below", locale=content.locale))
    publish(below)
    make_translations(below)
    for code in TARGETS:
        in_language(content, code).unpublish()
    return below


@pytest.mark.parametrize("bulk", [True, False])
def test_pages_below_are_not_unpublished_in_languages_that_the_user_may_not_publish(
    content, page_below, client, member_of_english, bulk
):
    client.force_login(member_of_english)
    if bulk:
        answer = run_bulk_action(client, "unpublish", [content], include_descendants="on")
    else:
        address = reverse("wagtailadmin_pages:unpublish", args=[content.pk])
        answer = client.post(address, {"include_descendants": "on"}, follow=True)
    assert [in_language(page_below, code).live for code in ("en", *TARGETS)] == [True] * 4
    assert "which you cannot edit: Estonian, Finnish, Greek" in answer.content.decode()
    assert in_language(content, "en").live
    # Without them, the page itself may go.
    run_bulk_action(client, "unpublish", [content])
    assert not in_language(content, "en").live


def test_the_question_before_unpublishing_lists_the_pages_below_in_each_language(content, page_below, admin_client):
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "unpublish"]) + f"?id={content.pk}"
    for address in (bulk, reverse("wagtailadmin_pages:unpublish", args=[content.pk])):
        text = " ".join(admin_client.get(address).text.split())
        for language in ("English", "Estonian", "Finnish", "Greek"):
            assert f"<summary> {language}: 1 page </summary>" in text
        assert "<li>fi Below</li>" in text
    assert "Include the pages below" in " ".join(admin_client.get(bulk).text.split())
    in_language(page_below, "fi").unpublish()
    assert "Finnish" not in admin_client.get(bulk).text.split("these are unpublished too")[1].split("<form")[0]


def test_the_question_before_unpublishing_takes_as_many_queries_for_many_pages_below(content, page_below, admin_client):
    address = reverse("wagtailadmin_pages:unpublish", args=[content.pk])
    admin_client.get(address)
    with CaptureQueriesContext(connection) as few:
        admin_client.get(address)
    for number in range(5):
        page = content.add_child(instance=ContentPage(title=f"{number}", slug=f"below-{number}", locale=content.locale))
        publish(page)
    with CaptureQueriesContext(connection) as many:
        assert "English: 6 pages" in admin_client.get(address).text
    assert len(many) == len(few)


# Deleting snippets


@pytest.fixture
def university(home_page) -> Organisation:
    return make_translations(Organisation.objects.create(name="University", country="FI", locale=home_page.locale))


def delete_url(row) -> str:
    return reverse(type(row).snippet_viewset.get_url_name("delete"), args=[row.pk])


def delete_many(client, rows):
    url = reverse("wagtail_bulk_action", args=[rows[0]._meta.app_label, rows[0]._meta.model_name, "delete"])
    listing = reverse(type(rows[0]).snippet_viewset.get_url_name("list"))
    return client.post(f"{url}?next={listing}&{'&'.join(f'id={row.pk}' for row in rows)}", follow=True)


def of_key(row):
    return type(row).objects.filter(translation_key=row.translation_key)


def test_deleting_a_source_snippet_deletes_its_translations(university, admin_client):
    shown = admin_client.get(delete_url(university)).content.decode()
    assert "These translations will also be deleted: Estonian, Finnish, Greek." in shown
    admin_client.post(delete_url(university))
    assert not of_key(university).exists()
    assert not Translation.objects.filter(source__object_id=university.translation_key).exists()


def test_deleting_a_translated_snippet_does_not_change_the_others(university, admin_client):
    finnish = in_language(university, "fi")
    assert "are deleted too" not in admin_client.get(delete_url(finnish)).content.decode()
    admin_client.post(delete_url(finnish))
    assert sorted(row.locale.language_code for row in of_key(university)) == ["el", "en", "et"]


def test_bulk_delete_of_source_snippets_includes_translations(home_page, admin_client):
    rows = [
        make_translations(NewsCategory.objects.create(name=name, key=name.lower(), locale=home_page.locale))
        for name in ("Events", "Courses")
    ]
    delete_many(admin_client, [*rows, in_language(rows[0], "fi")])
    assert not any(of_key(row).exists() for row in rows)


def test_deleting_a_source_snippet_keeps_a_stopped_translation(university, admin_client):
    Translation.objects.filter(source__object_id=university.translation_key, target_locale__language_code="fi").update(
        enabled=False
    )
    admin_client.post(delete_url(university))
    assert [row.locale.language_code for row in of_key(university)] == ["fi"]


def test_organisation_in_use_by_a_translation_cannot_be_deleted(university, admin_client):
    finnish = in_language(university, "fi")
    Person.objects.create(name="Maija", organisation=finnish, locale=finnish.locale)
    refused = admin_client.post(delete_url(university))
    assert "Maija (Finnish)" in refused.text
    assert "It is in use, and visitors see it." in refused.text
    several = delete_many(admin_client, [university])
    assert "Nothing was deleted. These are in use: University." in several.text
    assert of_key(university).count() == 4
    with pytest.raises(ProtectedError), transaction.atomic():
        university.delete()
    assert of_key(university).count() == 4


def test_deleting_a_snippet_requires_permission_for_the_translations(university, client, member_of_english):
    member_of_english.user_permissions.add(Permission.objects.get(codename="delete_organisation"))
    client.force_login(member_of_english)
    for answer in (client.post(delete_url(university), follow=True), delete_many(client, [university])):
        assert "which you cannot edit: Estonian, Finnish, Greek" in answer.content.decode()
        assert of_key(university).count() == 4


# Admin pages


def test_list_shows_each_status(home_page, programme, admin_client):
    publish(programme, introduction="<p>First.</p><p>Reworded.</p><p>New.</p>")
    page = home_page.add_child(instance=ContentPage(title="Alone", slug="alone", locale=home_page.locale))
    publish(page)
    text = admin_client.get(reverse("translations:overview")).content.decode()
    assert text.count("1 text changed") == 3
    assert text.count("1 text not translated") == 3
    assert text.count("Missing") == 3


@pytest.mark.parametrize("query", ["?kind=nothing", "?language=999", "?p=-1", "?p=999", "?kind=home.organisation"])
def test_list_ignores_invalid_filters(query, admin_client):
    assert admin_client.get(reverse("translations:overview") + query).status_code == 200


def test_list_has_the_same_number_of_queries_for_1_and_9_pages(programme, home_page, admin_client):
    url = reverse("translations:overview") + "?show_complete=on"

    def count_queries() -> int:
        admin_client.get(url)  # Fills the caches, which a publication clears.
        with CaptureQueriesContext(connection) as queries:
            admin_client.get(url)
        return len(queries)

    first = count_queries()
    for number in range(8):
        page = home_page.add_child(
            instance=ContentPage(title=f"Page {number}", slug=f"page-{number}", locale=home_page.locale)
        )
        publish(page)
        make_translations(page, ("fi",))
    assert count_queries() == first


def test_old_translation_can_be_kept_when_a_changed_text_is_reviewed(programme, admin_client):
    publish(programme, introduction="<p>First.</p><p>Second!</p>")
    row = StaleString.objects.get(translation__target_locale__language_code="fi")
    url = reverse("translations:review", args=[row.translation_id])
    edit = admin_client.get(reverse("wagtailadmin_pages:edit", args=[in_language(programme, "fi").pk]))
    assert url in edit.content.decode()
    text = admin_client.get(url).content.decode()
    assert "Second<del>.</del>" in text
    assert "Second<ins>!</ins>" in text
    assert "fi Second." in text
    with commit():
        answer = admin_client.post(url, {"text": row.pk, "translation": "typed", "keep": "yes"}, follow=True)
    assert "The old translation is kept and published." in answer.content.decode()
    assert in_language(programme, "fi").introduction == "<p>fi First.</p><p>fi Second.</p>"
    assert not StaleString.objects.filter(pk=row.pk).exists()


def test_changed_text_is_translated_on_the_review_screen(programme, admin_client):
    publish(programme, introduction="<p>First.</p><p>Second, reworded.</p>")
    row = StaleString.objects.get(translation__target_locale__language_code="fi")
    url = reverse("translations:review", args=[row.translation_id])
    page = soup(admin_client.get(url))
    assert page.select_one("textarea[name=translation]").get_text().strip() == "fi Second."
    segment = StringSegment.objects.get(source=row.translation.source, string=row.string)
    edit_url = reverse("wagtailadmin_pages:edit", args=[in_language(programme, "fi").pk])
    assert page.select(f'a[href="{edit_url}#segment-{segment.pk}"]')
    with commit():
        answer = admin_client.post(url, {"text": row.pk, "translation": "Toinen, <i>uusi"})
    page = soup(answer)
    assert page.select_one(".error-message").get_text(" ", strip=True) == (
        "The tag <i> is not closed. Put </i> after the text that it belongs to."
    )
    assert page.select_one("textarea[name=translation]").get_text().strip() == "Toinen, <i>uusi"
    assert in_language(programme, "fi").introduction == "<p>fi First.</p><p>fi Second.</p>"
    with commit():
        answer = admin_client.post(url, {"text": row.pk, "translation": "Toinen, <i>uusi</i>"}, follow=True)
    assert "The translation is saved and published." in answer.content.decode()
    assert in_language(programme, "fi").introduction == "<p>fi First.</p><p>Toinen, <i>uusi</i></p>"
    assert not StaleString.objects.filter(pk=row.pk).exists()


def test_editor_marks_a_changed_text_that_keeps_its_old_translation(programme, admin_client):
    publish(programme, introduction="<p>First.</p><p>Second, reworded.</p>")
    answer = admin_client.get(reverse("wagtailadmin_pages:edit", args=[in_language(programme, "fi").pk]))
    props = json.loads(soup(answer).select_one(".js-translation-editor")["data-props"])
    errors = {row["data"]: row["error"] for row in props["initialStringTranslations"] if row["error"]}
    assert errors == {
        "fi Second.": "The source text changed after this was translated. Check the translation and save it."
    }


def test_list_and_dashboard_count_every_kind_of_translation(home_page, admin_client):
    def languages() -> str:
        page = soup(admin_client.get(reverse("wagtailadmin_home")))
        return page.find(id="translations-heading").find_next("p").get_text(" ", strip=True)

    # The home pages of a new site have texts that are not translated.
    assert " ".join(languages().split()) == "Finnish: 1 · Estonian: 1 · Greek: 1"
    NewsCategory.objects.create(name="Reports", key="reports", locale=home_page.locale)
    Organisation.objects.create(name="College", country="EE", locale=home_page.locale)
    assert " ".join(languages().split()) == "Finnish: 3 · Estonian: 3 · Greek: 3"
    rows = soup(admin_client.get(reverse("translations:overview"))).select(".matrix tbody tr")
    assert {"Reports", "College"} <= {next(row.th.stripped_strings) for row in rows}


@pytest.mark.parametrize("text", ["", "x", "0", "-1"])
def test_review_of_an_unknown_text_is_not_found(programme, admin_client, text):
    publish(programme, introduction="<p>First.</p><p>Second!</p>")
    row = StaleString.objects.get(translation__target_locale__language_code="fi")
    url = reverse("translations:review", args=[row.translation_id])
    assert admin_client.post(url, {"text": text}).status_code == 404


def test_review_requires_permission_for_the_language(programme, client, member_of_english):
    publish(programme, introduction="<p>First.</p><p>Second!</p>")
    row = StaleString.objects.get(translation__target_locale__language_code="fi")
    url = reverse("translations:review", args=[row.translation_id])
    client.force_login(member_of_english)
    client.post(url, {"text": row.pk})
    assert StaleString.objects.filter(pk=row.pk).exists()
    client.logout()
    assert client.get(url)["Location"].startswith(reverse("wagtailadmin_login"))


def test_update_translations_does_not_publish_drafts(programme, admin_client):
    in_language(programme, "fi").unpublish()
    url = reverse(
        "wagtail_localize:update_translations", args=[TranslationSource.objects.get_for_instance(programme).pk]
    )
    assert "Update translations" in admin_client.get(url).content.decode()
    with commit():
        answer = admin_client.post(url, follow=True)
    assert "The translations are up to date." in answer.content.decode()
    assert not in_language(programme, "fi").live


def test_missing_image_is_a_failure_with_a_message(home_page):
    image = get_image_model().objects.create(title="Logo", file=get_test_image_file())
    organisation = Organisation.objects.create(name="University", country="FI", logo=image, locale=home_page.locale)
    make_translations(organisation, ("fi",))
    image.delete()
    source = TranslationSource.objects.get_for_instance(organisation)
    assert synchronise(source) == []
    assert in_language(organisation, "fi").logo is None


def test_anonymous_user_has_no_languages(db):
    """Anonymous users translate into no language."""
    from home.translations.permissions import languages_of

    assert languages_of(AnonymousUser()) == set()
