"""iCalendar files, read by two parsers other than the library that writes them."""

import datetime
import re
import zoneinfo

import pytest
from icalendar import Calendar

from events.calendar import ics
from events.calendar.entries import Entry
from events.enums import Attendance, EventStatus
from events.models import CalendarEntry
from tests.events import vobject_parser
from tests.events.rfc5545 import problems
from tests.factories.events import (
    DAY,
    change_event,
    in_language,
    make_event,
    make_index,
    make_page,
    publish,
    row,
    rows_of,
    translate_all,
)

pytestmark = pytest.mark.any_database

UTC = datetime.UTC
SPECIAL_TEXTS = [
    MIXED_TEXT := "Ψηφιακή υγεία; καρκίνος, φροντίδα\nδεύτερη γραμμή – \\ “quotes” 🎗️ " + "õäöü" * 30,
    "BEGIN:VEVENT\r\nATTENDEE:mailto:a@example.org",
    "\\n is not a new line, \\\\; nor this\\",
    'He said: "x;y,z"',
    "Tab\tand\x07bell",
    "👩‍⚕️" * 40,
    "Ω" * 37 + "\n" * 5 + "é" * 74,
    ";,:\\",
]
MOMENT = datetime.datetime(2026, 1, 1, tzinfo=UTC)
HOUR = datetime.timedelta(hours=1)
SECRET = "https://meet.example.org/secret-room"


@pytest.fixture
def page(home_page):
    return make_page(
        home_page,
        row("09:00", "One", "10:00", room="Hall"),
        row("10:00", "Two", "11:00"),
        venue_name="House",
        contact_email="person@example.org",
        online_link=SECRET,
        online_platform="Platform X",
        attendance=Attendance.HYBRID,
    )


def get(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert not response.cookies
    return response.content


def entries(content: bytes) -> list[dict[str, str]]:
    """Read the entries without a library, by unfolding and splitting lines (RFC 5545)."""
    text = content.decode().replace("\r\n ", "")
    found = []
    for block in re.findall(r"BEGIN:VEVENT\r\n(.*?)END:VEVENT", text, flags=re.S):
        lines = [line.partition(":") for line in block.split("\r\n") if line]
        found.append({name.partition(";")[0]: value for name, _colon, value in lines})
    return found


def test_calendar_file_of_an_event(client, page):
    (entry,) = entries(get(client, page.calendar_path))
    assert entry["UID"] == str(page.event.key)
    assert entry["SUMMARY"] == "Forum"
    assert (entry["DTSTART"], entry["DTEND"]) == ("20300516T090000", "20300516T110000")
    assert (entry["STATUS"], entry["SEQUENCE"]) == ("CONFIRMED", "0")
    assert entry["LOCATION"] == r"House\, Turku\, Finland / Online"
    assert entry["URL"] == page.full_url


def test_calendar_files_of_the_timetable_and_of_a_row(client, page):
    found = entries(get(client, page.timetable_calendar_path))
    keys = [str(item.translation_key) for item in rows_of(page)]
    assert [(entry["UID"], entry["SUMMARY"], entry["DTSTART"]) for entry in found] == [
        (keys[0], "One", "20300516T090000"),
        (keys[1], "Two", "20300516T100000"),
    ]
    (alone,) = entries(get(client, page.row_calendar_path(keys[0])))
    assert alone == found[0]


def test_the_calendar_of_a_language_has_every_event(client, page, home_page):
    make_page(
        home_page,
        title="Kickoff",
        slug="kickoff",
        first_day=datetime.date(2020, 3, 23),
        last_day=datetime.date(2020, 3, 24),
    )
    found = entries(get(client, "/en/calendars/events.ics"))
    assert [(entry["SUMMARY"], entry["DTSTART"], entry["DTEND"]) for entry in found] == [
        # The end of an entry of whole days is exclusive.
        ("Kickoff", "20200323", "20200325"),
        ("Forum", "20300516T090000", "20300516T110000"),
    ]


def test_uid_is_the_same_in_every_language_and_texts_are_not(client, page, home_page):
    translate_all(make_index(home_page), page, codes=("fi",))
    english, finnish = (
        entries(get(client, found.timetable_calendar_path)) for found in (page, in_language(page, "fi"))
    )
    for name in ("UID", "SEQUENCE", "DTSTART", "DTEND", "LAST-MODIFIED"):
        assert [entry[name] for entry in english] == [entry[name] for entry in finnish]
    assert [entry["SUMMARY"] for entry in finnish] == ["fi One", "fi Two"]


def test_uid_does_not_change_with_title_slug_order_time_and_domain(client, page, settings):
    before = {entry["SUMMARY"]: entry["UID"] for entry in entries(get(client, page.timetable_calendar_path))}
    path = page.timetable_calendar_path
    one, two = rows_of(page)
    one.start, one.end, two.start, two.end = two.start, two.end, one.start, one.end
    page = publish(page, [two, one], title="Renamed", slug="renamed")
    settings.ALLOWED_HOSTS = ["other.example.org"]
    content = client.get(path, headers={"host": "other.example.org"}).content
    assert {entry["SUMMARY"]: entry["UID"] for entry in entries(content)} == before
    assert page.timetable_calendar_path == path


def test_a_cancelled_event_stays_as_cancelled_with_a_higher_sequence(client, page):
    change_event(page.event, status=EventStatus.CANCELLED)
    for path in ("/en/calendars/events.ics", page.calendar_path, page.timetable_calendar_path):
        for entry in entries(get(client, path)):
            assert (entry["STATUS"], entry["SEQUENCE"]) == ("CANCELLED", "1")
            assert entry["SUMMARY"].startswith("Cancelled: ")


def test_a_postponed_event_is_cancelled_in_calendars(client, page):
    change_event(page.event, status=EventStatus.POSTPONED)
    (entry,) = entries(get(client, page.calendar_path))
    assert (entry["STATUS"], entry["SUMMARY"]) == ("CANCELLED", "Postponed: Forum")
    new_day = DAY.replace(day=30)
    change_event(page.event, status=EventStatus.RESCHEDULED, first_day=new_day, last_day=new_day)
    (entry,) = entries(get(client, page.calendar_path))
    assert (entry["STATUS"], entry["SUMMARY"], entry["DTSTART"]) == ("CONFIRMED", "Forum", "20300530T090000")
    assert entry["SEQUENCE"] == "2"


def test_a_removed_row_stays_as_cancelled_for_some_time(client, page):
    rows = rows_of(page)
    publish(page, rows[:1])
    found = {entry["UID"]: entry for entry in entries(get(client, page.timetable_calendar_path))}
    gone = found[str(rows[1].translation_key)]
    assert (gone["STATUS"], gone["SEQUENCE"], gone["SUMMARY"]) == ("CANCELLED", "1", "Two")
    entry = CalendarEntry.objects.get(key=rows[1].translation_key)
    entry.removed_at -= datetime.timedelta(days=91)
    entry.save()
    assert len(entries(get(client, page.timetable_calendar_path))) == 1
    assert client.get(page.row_calendar_path(rows[1].translation_key)).status_code == 404


def test_calendars_have_no_joining_link_and_no_participants(client, page):
    for path in ("/en/calendars/events.ics", page.calendar_path, page.timetable_calendar_path):
        text = get(client, path).decode().replace("\r\n ", "")
        for hidden in (SECRET, "secret-room", "Platform X", "person@example.org", "ORGANIZER", "ATTENDEE"):
            assert hidden not in text


def test_unknown_times_are_left_out(client, home_page):
    page = make_page(home_page, row("09:00", "One"), row("10:00", "Two"))
    (whole,) = entries(get(client, page.calendar_path))
    assert (whole["DTSTART"], whole["DTEND"]) == ("20300516T090000", "20300516T100000")
    one, two = entries(get(client, page.timetable_calendar_path))
    assert one["DTEND"] == "20300516T100000"
    assert "DTEND" not in two


def test_drafts_and_private_pages_have_no_calendars(client, home_page):
    from tests.factories.pages import make_private

    draft = make_page(home_page, row("09:00", "One", "10:00"), live=False)
    private = make_page(home_page, row("09:00", "One", "10:00"), title="Private", slug="private")
    make_private(private)
    for page in (draft, private):
        key = rows_of(page)[0].translation_key if page.live else page.event.key
        for path in (
            page.calendar_path,
            page.timetable_calendar_path,
            page.programme_path,
            page.row_calendar_path(key),
        ):
            assert client.get(path).status_code == 404
    assert entries(get(client, "/en/calendars/events.ics")) == []


def test_calendar_has_a_name(client, page):
    calendar = Calendar.from_ical(get(client, page.timetable_calendar_path))
    assert calendar["NAME"] == "Forum: timetable"
    assert calendar["REFRESH-INTERVAL"].dt == datetime.timedelta(hours=1)
    assert str(calendar["UID"]) == f"{page.event.key}-timetable-en"
    assert calendar["SOURCE"].endswith(page.timetable_calendar_path)
    assert calendar["METHOD"] == "PUBLISH"


def test_unchanged_data_gives_the_same_file(client, page):
    assert get(client, page.timetable_calendar_path) == get(client, page.timetable_calendar_path)


# Text


def entry(**values):
    base = {
        "uid": "uid-1",
        "zone": "Europe/Helsinki",
        "starts": datetime.datetime(2026, 5, 1, 10, tzinfo=zoneinfo.ZoneInfo("Europe/Helsinki")),
        "ends": datetime.datetime(2026, 5, 1, 11, tzinfo=zoneinfo.ZoneInfo("Europe/Helsinki")),
        "summary": "Title",
        "sequence": 0,
        "modified_at": MOMENT,
        "created_at": MOMENT,
    }
    return Entry(**(base | values))


def write(*found):
    return ics.calendar(found, name="Calendar", language="en", uid="c", source_url="https://example.org/c.ics")


def test_lines_are_folded_between_characters_and_end_with_crlf():
    content = write(entry(summary=MIXED_TEXT, description=MIXED_TEXT, location=MIXED_TEXT))
    assert content.endswith(b"END:VCALENDAR\r\n")
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_second_parser_reads_the_same_texts():
    content = write(entry(summary=MIXED_TEXT, description=MIXED_TEXT, location=MIXED_TEXT))
    (found,) = vobject_parser.read(content.decode()).vevent_list
    assert found.summary.value == MIXED_TEXT
    assert found.description.value == MIXED_TEXT
    assert found.location.value == MIXED_TEXT


# Time

MATRIX = [
    (zone, day, hour)
    for zone in ("Europe/Helsinki", "Europe/Athens", "Europe/Madrid", "Europe/Tallinn", "UTC")
    for day in (
        "2026-03-28",
        "2026-03-29",
        "2026-03-30",
        "2026-10-24",
        "2026-10-25",
        "2026-10-26",
        "2026-07-01",
        "2027-01-15",
    )
    for hour in (0, 1, 2, 3, 4, 5, 12, 23)
]


def moments():
    found = []
    for zone, day, hour in MATRIX:
        local = datetime.datetime.fromisoformat(f"{day}T{hour:02}:30").replace(tzinfo=zoneinfo.ZoneInfo(zone))
        found.append((zone, local.astimezone(UTC)))
        # When the clock is set back, the same local time occurs a second time.
        found.append((zone, local.replace(fold=1).astimezone(UTC)))
    return found


@pytest.mark.parametrize("zone", sorted({zone for zone, _moment in moments()}))
def test_times_are_correct_around_both_clock_changes(zone):
    """Only the VTIMEZONE of the file is used, as in an application without a time zone database."""
    expected = [moment for name, moment in moments() if name == zone]
    info = zoneinfo.ZoneInfo(zone)
    hour = datetime.timedelta(hours=1)
    written = [
        entry(uid=f"uid-{number}", zone=zone, starts=moment.astimezone(info), ends=(moment + hour).astimezone(info))
        for number, moment in enumerate(expected)
    ]
    content = write(*written).decode()
    starts, ends = {}, {}
    for found in vobject_parser.read(content).vevent_list:
        number = int(found.uid.value.removeprefix("uid-"))
        starts[number], ends[number] = (part.value.astimezone(UTC) for part in (found.dtstart, found.dtend))
    assert [starts[number] for number in range(len(expected))] == expected
    assert [ends[number] for number in range(len(expected))] == [moment + hour for moment in expected]
    by_rules = read_by_rules(content)
    assert [by_rules[f"uid-{number}"] for number in range(len(expected))] == expected


def read_by_rules(content: str) -> dict[str, datetime.datetime]:
    """Return each start according to the VTIMEZONE of the file (RFC 5545, section 3.6.5)."""
    text = content.replace("\r\n ", "")
    onsets = []
    for block in re.findall(r"BEGIN:(?:STANDARD|DAYLIGHT)\r\n(.*?)END:(?:STANDARD|DAYLIGHT)", text, flags=re.S):
        values = [line.partition(":")[::2] for line in block.split("\r\n") if line]
        properties = dict(values)
        offset_from, offset_to = (offset(properties[name]) for name in ("TZOFFSETFROM", "TZOFFSETTO"))
        for name, value in values:
            if name in {"DTSTART", "RDATE"}:
                for onset in value.split(","):
                    local = datetime.datetime.strptime(onset, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
                    onsets.append((local, offset_from, offset_to))
    onsets.sort(key=lambda item: item[0] - item[1])
    found = {}
    for block in re.findall(r"BEGIN:VEVENT\r\n(.*?)END:VEVENT", text, flags=re.S):
        properties = {
            name.partition(";")[0]: value
            for name, _colon, value in (line.partition(":") for line in block.split("\r\n"))
        }
        start = properties["DTSTART"]
        local = datetime.datetime.strptime(start.rstrip("Z"), "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        if start.endswith("Z"):
            found[properties["UID"]] = local
            continue
        # The latest onset whose local time, in the offset before it, is not after the start.
        before = [item for item in onsets if item[0] <= local]
        found[properties["UID"]] = local - before[-1][2]
    return found


def offset(text: str) -> datetime.timedelta:
    sign = -1 if text[0] == "-" else 1
    return sign * datetime.timedelta(hours=int(text[1:3]), minutes=int(text[3:5]))


def test_the_time_zone_has_a_name_and_a_vtimezone(client, home_page):
    page = make_page(home_page, row("09:00", "One", "10:00"), zone="Europe/Athens")
    text = get(client, page.timetable_calendar_path).decode()
    assert "TZID:Europe/Athens" in text
    assert "DTSTART;TZID=Europe/Athens:20300516T090000" in text


def test_utc_needs_no_vtimezone(client, home_page):
    page = make_page(home_page, row("09:00", "One", "10:00"), zone="UTC")
    text = get(client, page.timetable_calendar_path).decode()
    assert "VTIMEZONE" not in text
    assert "DTSTART:20300516T090000Z" in text


def test_a_language_without_events_has_no_feed(client, db):
    make_event()
    assert client.get("/en/calendars/events.ics").status_code == 404


# Validity


@pytest.mark.parametrize("text", SPECIAL_TEXTS)
def test_files_with_any_text_are_valid(text):
    content = write(
        entry(uid="1", summary=text, description=text, location=text, categories=(text, "Talk")),
        entry(uid="2", summary=text, starts=DAY, ends=DAY, is_cancelled=True),
        entry(uid="3", zone="UTC", ends=None),
    )
    assert problems(content) == []


@pytest.mark.parametrize("zone", sorted({zone for zone, _moment in moments()}))
def test_files_around_both_clock_changes_are_valid(zone):
    info = zoneinfo.ZoneInfo(zone)
    expected = sorted({moment for name, moment in moments() if name == zone})
    written = [
        entry(uid=str(number), zone=zone, starts=moment.astimezone(info), ends=moment.astimezone(info) + HOUR)
        for number, moment in enumerate(expected)
    ]
    assert problems(write(*written)) == []


def test_files_of_the_site_are_valid_in_every_status(client, page):
    paths = ["/en/calendars/events.ics", page.calendar_path, page.timetable_calendar_path]
    paths += [page.row_calendar_path(item.translation_key) for item in rows_of(page)]
    for fields in (
        {},
        {"status": EventStatus.POSTPONED},
        {"status": EventStatus.CANCELLED},
        {"zone": "UTC", "status": "scheduled"},
    ):
        change_event(page.event, **fields)
        for path in paths:
            assert problems(get(client, path)) == [], (path, fields)


PROBLEMS = {
    "3.6: VEVENT without UID": ("UID:1\r\n", ""),
    "3.6: STATUS 2 times in VEVENT": ("STATUS:CONFIRMED", "STATUS:CONFIRMED\r\nSTATUS:CANCELLED"),
    "3.7/3.8: STATUS is 'POSTPONED'": ("STATUS:CONFIRMED", "STATUS:POSTPONED"),
    "3.6: ATTENDEE has no place in VEVENT": ("CLASS:PUBLIC", "CLASS:PUBLIC\r\nATTENDEE:mailto:a@example.org"),
    "3.3.11: SUMMARY is 'Title, more'": ("Title", "Title, more"),
    "3.1: a line of 94 octets": ("CLASS:PUBLIC", "X-LONG:" + "x" * 87),
    "3.1: CR or LF alone": ("CLASS:PUBLIC\r\n", "CLASS:PUBLIC\n"),
    "3.3.5: DTSTAMP is '20260101T000000'": ("DTSTAMP:20260101T000000Z", "DTSTAMP:20260101T000000"),
    "3.2.19: TZID Europe/Athens without its VTIMEZONE": ("DTSTART;TZID=Europe/Helsinki", "DTSTART;TZID=Europe/Athens"),
    "3.8.2.2: DTEND 20260501T090000 is not after DTSTART 20260501T100000": ("20260501T110000", "20260501T090000"),
    "3.6.5: Europe/Helsinki has no offset 2:00:00 before 20260329T040000": ("20260329T030000", "20260329T040000"),
    "7986 5: REFRESH-INTERVAL without VALUE=DURATION": ("REFRESH-INTERVAL;VALUE=DURATION", "REFRESH-INTERVAL"),
    "3.4: not exactly one whole calendar": ("END:VCALENDAR", "X-END:VCALENDAR"),
}


@pytest.mark.parametrize("message", PROBLEMS)
def test_validator_finds_each_problem(message):
    valid = write(entry(uid="1")).decode()
    old, new = PROBLEMS[message]
    assert problems(valid.encode()) == []
    assert old in valid
    assert any(problem.startswith(message) for problem in problems(valid.replace(old, new).encode())), message
