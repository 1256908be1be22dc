"""Publishing the source page updates the timetable in every language."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page
from wagtail_localize.models import Translation, TranslationSource

from events.models import CalendarEntry, EventChange, EventIndexPage, EventPage, TimetableChange, TimetableRow
from home.models import HomePage, StaleString
from home.translations import sync
from tests.factories import reload
from tests.factories.events import (
    change_event,
    commit,
    in_language,
    make_event,
    make_index,
    make_page,
    publish,
    row,
    rows_of,
    time,
    translate_all,
)
from tests.factories.translations import TARGETS
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

LANGUAGES = ("en", *TARGETS)


@pytest.fixture(scope="module")
def in_all_languages(django_db_setup, django_db_blocker):
    """A forum in four languages, created once for the module. Each test runs in its own transaction."""
    with django_db_blocker.unblock(), transaction.atomic():
        home_page = HomePage.objects.get(locale__language_code="en")
        rows = (row("09:00", "One"), row("10:00", "Two", room="Hall"), row("11:00", "Three", "12:00"))
        page = make_page(home_page, *rows)
        translate_all(make_index(home_page), page)
        yield page.pk
        transaction.set_rollback(True)


@pytest.fixture
def page(in_all_languages, db) -> EventPage:
    return EventPage.objects.get(pk=in_all_languages)


def shown(client, page, code):
    """Return start times and titles of the page in a language."""
    found = page if code == "en" else in_language(page, code)
    response = client.get(found.get_url())
    assert response.status_code == 200
    document = soup(response)
    return [
        (item.select_one(".session__start")["datetime"][11:16], item.select_one(".session__title").text.strip())
        for item in document.select("[data-session]")
    ]


@pytest.mark.parametrize(("code", "text"), [("en", "09:00"), ("fi", "9.00"), ("et", "9.00"), ("el", "09:00")])
def test_times_are_in_the_format_of_the_language(page, client, code, text):
    found = page if code == "en" else in_language(page, code)
    assert soup(client.get(found.get_url())).select_one(".session__start").text == text


def test_the_fixture_is_translated_and_live(page, client):
    assert shown(client, page, "en") == [("09:00", "One"), ("10:00", "Two"), ("11:00", "Three")]
    for code in TARGETS:
        assert shown(client, page, code) == [
            ("09:00", f"{code} One"),
            ("10:00", f"{code} Two"),
            ("11:00", f"{code} Three"),
        ]


def test_changed_times_are_shown_in_every_language(page, client):
    rows = rows_of(page)
    rows[1].start = rows[1].start.replace(hour=10, minute=30)
    publish(page, rows)
    assert [start for start, _title in shown(client, page, "en")] == ["09:00", "10:30", "11:00"]
    for code in TARGETS:
        assert shown(client, page, code)[1] == ("10:30", f"{code} Two")
        assert [str(item.start) for item in in_language(page, code).timetable_rows.all()] == [
            "09:00:00",
            "10:30:00",
            "11:00:00",
        ]


def test_an_added_row_is_shown_in_every_language(page, client):
    publish(page, [*rows_of(page), row("12:00", "Four", "13:00")])
    for code in TARGETS:
        assert shown(client, page, code)[-1] == ("12:00", "Four")
        assert [item.title for item in in_language(page, code).timetable_rows.all()][:3] == [
            f"{code} One",
            f"{code} Two",
            f"{code} Three",
        ]


def test_a_deleted_row_is_removed_from_every_language(page, client):
    publish(page, [item for item in rows_of(page) if item.title != "Two"])
    for code in TARGETS:
        assert shown(client, page, code) == [("09:00", f"{code} One"), ("11:00", f"{code} Three")]
        assert in_language(page, code).timetable_rows.count() == 2


def test_reordered_rows_keep_their_translations_and_keys(page, client):
    keys = {item.title: item.translation_key for item in rows_of(page)}
    one, two, three = rows_of(page)
    one.start, three.start, one.end, three.end = three.start, one.start, three.end, None
    publish(page, [three, two, one])
    for code in LANGUAGES:
        prefix = "" if code == "en" else f"{code} "
        assert shown(client, page, code) == [
            ("09:00", f"{prefix}Three"),
            ("10:00", f"{prefix}Two"),
            ("11:00", f"{prefix}One"),
        ]
        found = page if code == "en" else in_language(page, code)
        rows = TimetableRow.objects.filter(page=found)
        assert {item.title.removeprefix(prefix): item.translation_key for item in rows} == keys


def test_a_changed_title_falls_back_to_the_source_language(page, client):
    rows = rows_of(page)
    rows[0].title = "One anew"
    publish(page, rows)
    for code in TARGETS:
        titles = [title for _start, title in shown(client, page, code)]
        assert titles[1:] == [f"{code} Two", f"{code} Three"]
        assert titles[0] in {f"{code} One", "One anew"}
    assert StaleString.objects.filter(translation__target_locale__language_code__in=TARGETS).count() == len(TARGETS)


def test_a_failed_translation_still_shows_the_new_times(page, client, monkeypatch):
    """Times are read from the rows of the source page, so a failed translation shows no outdated time."""

    def fail(*args, **kwargs):
        raise ValueError("no")

    monkeypatch.setattr(sync, "_write", fail)
    rows = rows_of(page)
    rows[0].start = rows[0].start.replace(hour=8)
    publish(page, [*rows[:2], row("11:30", "New")])
    for code in TARGETS:
        assert next(str(item.start) for item in in_language(page, code).timetable_rows.all()) == "09:00:00"
        assert shown(client, page, code) == [("08:00", f"{code} One"), ("10:00", f"{code} Two"), ("11:30", "New")]


def test_texts_of_another_language_have_a_lang_attribute(page, client, monkeypatch):
    monkeypatch.setattr(sync, "_write", lambda *args, **kwargs: 1 / 0)
    publish(page, [*rows_of(page), row("12:00", "Four", "13:00")])
    document = soup(client.get(in_language(page, "fi").get_url()))
    titles = document.select(".session__title")
    assert [title.get("lang") for title in titles] == [None, None, None, "en"]


def test_a_draft_of_the_timetable_is_not_public(page, client):
    draft = reload(page)
    draft.timetable_rows.set([])
    draft.save_revision()
    for code in LANGUAGES:
        assert len(shown(client, page, code)) == 3


def test_syncing_a_translation_keeps_the_data_of_the_event(page):
    rows = rows_of(page)
    rows[0].start = rows[0].start.replace(minute=5)
    publish(page, rows)
    before = data_to_keep(page)
    translation = Translation.objects.get(source__object_id=page.translation_key, target_locale__language_code="fi")
    with commit():
        translation.source.update_from_db()
        translation.save_target(publish=True)
    assert data_to_keep(page) == before


def test_deleting_and_recreating_a_translation_keeps_the_data_of_the_event(page, client):
    change_event(page.event, venue_name="Hall")
    rows = rows_of(page)
    rows[0].start = rows[0].start.replace(minute=5)
    publish(page, rows)
    before = data_to_keep(page)
    with commit():
        in_language(page, "fi").delete()
    assert data_to_keep(page) == before
    translate_all(reload(page), codes=("fi",))
    assert data_to_keep(page) == before
    assert shown(client, page, "fi")[0] == ("09:05", "fi One")
    keys = {item.translation_key for item in rows_of(page)}
    assert {item.translation_key for item in in_language(page, "fi").timetable_rows.all()} == keys


def data_to_keep(page):
    """Return the event's data that must not change with its pages."""
    entries = CalendarEntry.objects.filter(event=page.event).values_list("key", "sequence", "modified_at", "announced")
    return (
        list(entries),
        list(EventChange.objects.filter(event=page.event).values_list("field", "before", "after", "changed_at")),
        list(TimetableChange.objects.filter(event=page.event).values_list("row_key", "before", "after", "changed_at")),
    )


def test_a_new_date_moves_the_timetable_in_every_language(page, client):
    change_event(
        page.event, first_day=page.event.first_day.replace(day=20), last_day=page.event.first_day.replace(day=20)
    )
    for code in LANGUAGES:
        found = page if code == "en" else in_language(page, code)
        document = soup(client.get(found.get_url()))
        first = document.select_one("[data-session] time")
        assert first["datetime"] == "2030-05-20T09:00:00+03:00"


def test_publishing_an_event_in_four_languages_announces_it_once(page):
    rows = rows_of(page)
    rows[0].start, rows[0].title = time("09:10"), "One, later"
    with CaptureQueriesContext(connection) as queries:
        publish(page, rows)
    # Each announcement calculates and stores the start and end of the event.
    stored = [query["sql"] for query in queries if query["sql"].startswith('UPDATE "events_event" SET "starts_at"')]
    assert len(stored) == 1
    # One change of the session, and one of the event, which starts with the session.
    lines = TimetableChange.objects.filter(event=page.event).values_list("row_key", flat=True)
    assert sorted(lines, key=str) == sorted([rows[0].translation_key, None], key=str)
    entry = CalendarEntry.objects.get(key=rows[0].translation_key)
    assert entry.sequence == 1
    assert set(entry.titles) == set(LANGUAGES)


def test_publishing_a_translation_stores_its_titles_for_calendars(page):
    finnish = in_language(page, "fi")
    row = finnish.timetable_rows.get(start=time("09:00"))
    row.title = "Uusi nimi"
    publish(finnish, [row])
    entry = CalendarEntry.objects.get(key=row.translation_key)
    assert (entry.sequence, entry.titles["fi"], entry.titles["en"]) == (0, "Uusi nimi", "One")


def test_pages_of_all_languages_share_and_protect_one_event(page):
    pages = EventPage.objects.filter(event=page.event)
    assert {found.locale.language_code for found in pages} == set(LANGUAGES)
    with pytest.raises(Exception, match="protected foreign keys"):
        page.event.delete()


def test_a_page_written_in_finnish_is_the_source(home_pages, client):
    index = make_index(home_pages["en"])
    translate_all(index)
    finnish = EventIndexPage.objects.get(locale__language_code="fi")
    page = EventPage(title="Foorumi", slug="foorumi", event=make_event(), locale=finnish.locale, live=False)
    finnish.add_child(instance=page)
    page.timetable_rows.set([row("09:00", "Yksi", "10:00", locale=finnish.locale)])
    with commit():
        page.save_revision().publish()
    page = reload(page)
    translate_all(page, codes=("en",))
    assert page.event.find_source_page().pk == page.pk
    assert TranslationSource.objects.filter(object_id=page.translation_key).count() == 1
    english = in_language(page, "en")
    assert shown(client, english, "en") == [("09:00", "en Yksi")]
    assert Page.objects.get(pk=english.pk).live
