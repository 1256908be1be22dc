"""Calendar sequences, the public list of changes and the log of an event."""

import datetime

import pytest
from django.utils import timezone, translation
from django.utils.translation import override

from events.enums import EventStatus
from events.models import CalendarEntry, EventChange, TimetableChange
from events.publishing import announce
from events.timetable.announce import EventNews, record_public_state
from events.timetable.changes import change_notes
from events.timetable.venues import venue_lines
from home import outgoing
from home.models import Webhook, WebhookDelivery
from tests.factories import reload
from tests.factories.events import DAY, change_event, make_page, publish, row, rows_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made_page(module_home_page):
    return make_page(module_home_page, row("09:00", "One"), row("10:50", "Two"), row("11:30", "Three", "12:00"))


@pytest.fixture
def page(made_page, db):
    return reload(made_page)


def sequence(key) -> int:
    return CalendarEntry.objects.get(key=key).sequence


def sequences(page):
    return [sequence(item.translation_key) for item in rows_of(page)]


def listed_changes(page):
    found = reload(page)
    # Dates contain no-break spaces.
    return [note.text.replace("\xa0", " ") for note in change_notes(found, found.sessions)]


def backdate_changes(minutes=20):
    """Move the existing changes back in time, so that a new edit is listed separately."""
    moved = datetime.timedelta(minutes=minutes)
    for change in TimetableChange.objects.all():
        TimetableChange.objects.filter(pk=change.pk).update(
            first_at=change.first_at - moved, changed_at=change.changed_at - moved
        )


def move(page, place, start):
    rows = rows_of(page)
    rows[place].start = datetime.time.fromisoformat(start)
    return publish(page, rows)


def test_first_publication_is_not_listed_as_a_change(page):
    assert listed_changes(page) == []
    assert sequences(page) == [0, 0, 0]


def test_moved_row_is_listed_and_its_sequence_rises(page):
    before = CalendarEntry.objects.get(key=rows_of(page)[1].translation_key).modified_at
    move(page, 1, "11:00")
    assert listed_changes(page) == ["“Two” has moved from 10:50 to 11:00."]
    # The row before it runs to the next one: its end moved as well.
    assert sequences(page) == [1, 1, 0]
    assert CalendarEntry.objects.get(key=rows_of(page)[1].translation_key).modified_at > before


def test_text_changes_raise_no_sequence(page):
    rows = rows_of(page)
    rows[0].title, rows[0].abstract, rows[0].has_qa = "Another title", "Text", True
    before = CalendarEntry.objects.get(key=rows[0].translation_key).modified_at
    publish(page, rows, title="Another title", slug="another-slug")
    assert sequences(page) == [0, 0, 0]
    assert sequence(page.event.key) == 0
    assert CalendarEntry.objects.get(key=rows[0].translation_key).modified_at == before
    assert listed_changes(page) == []


def test_the_language_of_whoever_saves_is_no_change_of_the_place(page):
    event = change_event(page.event, venue_name="Old Mill", venue_town="Athens", venue_country="GR")
    backdate_changes()
    TimetableChange.objects.all().delete()
    before = sequence(event.key)
    # An entry of an earlier version has the name of the country in the language of whoever saved it.
    for venue, place in (
        (None, None),
        (["Old Mill", "Athens", "Kreikka"], ["Old Mill", "Athens", "Kreikka"]),
        (["Old Mill", "Athens", "Greece"], ["Old Mill", "Athens", "Greece"]),
    ):
        if venue:
            entry = CalendarEntry.objects.get(key=event.key)
            del entry.slot["country"]
            entry.slot["venue"], entry.announced["place"] = venue, place
            entry.save()
        for language in ("fi", "el", "en"):
            with override(language):
                assert record_public_state(event.pk) == EventNews.NONE
    assert not TimetableChange.objects.exists()
    assert sequence(event.key) == before
    # Only the country changes.
    with override("fi"):
        change_event(event, venue_country="CY")
    assert listed_changes(page) == ["The event is now at Old Mill, Athens, Cyprus."]
    with override("el"):
        assert listed_changes(page) == ["Ο νέος χώρος της εκδήλωσης: Old Mill, Athens, Κύπρος."]


@pytest.mark.parametrize(
    ("stored", "lines"),
    [
        ({}, []),
        ({"venue": []}, []),
        ({"venue": ["Old Mill", "Athens"]}, ["Old Mill", "Athens"]),
        ({"venue": ["Old Mill", "Kreikka"]}, ["Old Mill", "Greece"]),
        ({"venue": ["Old Mill"], "country": "GR"}, ["Old Mill", "Greece"]),
        ({"venue": [], "country": "GR"}, ["Greece"]),
        ({"venue": ["Kreikka"], "country": ""}, ["Kreikka"]),
    ],
)
def test_a_stored_place_is_shown_in_the_active_language(stored, lines):
    assert venue_lines(stored) == lines


def test_publishing_again_changes_nothing(page):
    publish(page)
    announce(page.event_id)
    assert sequences(page) == [0, 0, 0]
    assert TimetableChange.objects.count() == 0


def test_edits_within_a_short_time_are_one_line(page):
    move(page, 1, "11:00")
    move(page, 1, "11:10")
    assert listed_changes(page) == ["“Two” has moved from 10:50 to 11:10."]
    backdate_changes()
    move(page, 1, "11:15")
    assert listed_changes(page) == ["“Two” has moved from 11:10 to 11:15.", "“Two” has moved from 10:50 to 11:10."]


def test_an_undone_edit_leaves_no_line(page):
    move(page, 1, "11:00")
    move(page, 1, "10:50")
    assert listed_changes(page) == []
    # Subscribed calendars may have received both changes.
    assert sequences(page)[1] == 2


def test_added_and_removed_rows_are_listed(page):
    rows = rows_of(page)
    publish(page, [rows[0], rows[2], row("12:00", "Four", "12:30")])
    assert sorted(listed_changes(page)) == ["New at 12:00: “Four”.", "Removed: “Two” at 10:50."]
    gone = CalendarEntry.objects.get(key=rows[1].translation_key)
    assert gone.removed_at
    assert gone.sequence == 1


def test_a_row_that_is_added_again_keeps_its_entry(page):
    rows = rows_of(page)
    publish(page, [rows[0], rows[2]])
    publish(page, rows)
    entry = CalendarEntry.objects.get(key=rows[1].translation_key)
    assert entry.removed_at is None
    assert entry.sequence == 2
    assert listed_changes(page) == []


def test_a_new_room_is_listed(page):
    rows = rows_of(page)
    rows[0].room = "Hall"
    publish(page, rows)
    assert listed_changes(page) == ["“One” at 09:00 is now in Hall."]
    assert sequences(page) == [1, 0, 0]


def test_a_new_date_of_the_event_raises_the_sequence_of_every_row(page):
    change_event(
        page.event, first_day=DAY.replace(day=20), last_day=DAY.replace(day=20), status=EventStatus.RESCHEDULED
    )
    assert listed_changes(page) == ["The event has a new date.", "The event is now on 20 May 2030."]
    assert sequences(page) == [1, 1, 1]
    assert sequence(page.event.key) == 1
    assert reload(page).event.previous_first_day == DAY


def test_a_new_status_is_listed_and_raises_every_sequence(page):
    change_event(page.event, status=EventStatus.CANCELLED)
    assert listed_changes(page) == ["The event is cancelled."]
    assert sequences(page) == [1, 1, 1]
    assert sequence(page.event.key) == 1


def test_fields_outside_calendars_raise_no_sequence(page):
    change_event(page.event, hashtag="forum", contact_email="a@example.org", online_link="https://example.org/secret")
    assert sequence(page.event.key) == 0
    assert sequences(page) == [0, 0, 0]


def test_corrections_after_the_event_are_not_listed(home_page):
    page = make_page(home_page, row("09:00", "One", "10:00"), slug="past", first_day=datetime.date(2020, 1, 10))
    rows = rows_of(page)
    rows[0].start = datetime.time(9, 5)
    publish(page, rows)
    assert listed_changes(page) == []


def test_the_order_of_rows_is_not_a_change(page):
    rows = rows_of(page)
    publish(page, rows[::-1])
    assert sequences(page) == [0, 0, 0]
    assert listed_changes(page) == []


# The log


def test_each_changed_field_is_logged_with_user_time_and_values(page, admin_user):
    event = reload(page).event
    event.changed_by = admin_user
    event.venue_name, event.status = "Hall", EventStatus.POSTPONED
    event.save()
    found = EventChange.objects.filter(event=event)
    assert {(change.field, change.before, change.after, change.user) for change in found} == {
        ("venue_name", "", "Hall", admin_user),
        ("status", "scheduled", "postponed", admin_user),
    }
    assert all(timezone.now() - change.changed_at < datetime.timedelta(minutes=1) for change in found)
    status = found.get(field="status")
    assert (status.before_display, status.after_display) == ("Takes place as planned", "Postponed, no new date yet")


def test_the_log_shows_dates_and_times_as_pages_do(page):
    event = reload(page).event
    EventChange.objects.filter(event=event).delete()
    event.first_day = event.last_day = datetime.date(2031, 2, 3)
    event.start_time = datetime.time(9, 5)
    event.save()
    with translation.override("fi"):
        shown = {change.field: change.after_display for change in EventChange.objects.filter(event=event)}
    assert (shown["first_day"], shown["start_time"]) == ("3.\xa0helmikuuta\xa02031", "9.05")


def test_the_log_has_no_joining_link(page):
    change_event(page.event, online_link="https://example.org/secret-room")
    change = EventChange.objects.get(field="online_link")
    assert (change.before, change.after) == ("", "•••")


def test_saving_without_a_change_logs_nothing(page):
    change_event(page.event)
    assert EventChange.objects.count() == 0


def test_webhooks_are_told_of_changes_of_the_event_and_its_timetable(page, monkeypatch):
    monkeypatch.setattr(outgoing, "send", lambda *args: (204, ""))
    Webhook.objects.create(
        name="Partner", url="https://example.org/", page_published=False, page_unpublished=False, event_changed=True
    )
    told = WebhookDelivery.objects.filter(kind="event.changed")
    # Nothing changed.
    announce(page.event_id)
    publish(page)
    assert told.all().count() == 0

    move(page, 1, "11:00")
    assert [delivery.payload["data"]["url"] for delivery in told.all()] == [page.full_url]
    change_event(page.event, first_day=DAY + datetime.timedelta(days=1), last_day=DAY + datetime.timedelta(days=1))
    assert told.all().count() == 2
    page.unpublish()
    change_event(page.event, status=EventStatus.CANCELLED)
    assert told.all().count() == 2
