"""Attendance of sessions: at the door, by code word, by the report of a meeting, and by hand."""

import datetime
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone, translation

from events.attendance import check_ins, doors, online
from events.attendance.answers import answer_of
from events.attendance.check_ins import Result
from events.attendance.code_words import enter_code
from events.attendance.points import CheckInPoint
from events.attendance.reports import read_report
from events.enums import AttendanceSource, Mode
from events.models import CheckIn, EventSession, HistoryEntry, RegistrationSettings, SessionAttendance
from events.registration import commands, tickets, tokens
from events.registration.actor import at_door
from events.registration.errors import NotPossibleError
from events.registration.privacy import erasure
from events.registration.privacy.data_export import personal_data
from events.registration.privacy.data_to_read import readable
from events.registration.sessions import attended_sessions, counted_sessions
from tests.factories import reload
from tests.factories.events import DAY, publish, row, rows_of
from tests.factories.registrations import make_open_page, make_registration, make_staff, status_of
from tests.factories.users import admin_url, make_organiser

pytestmark = pytest.mark.slow

MORNING = datetime.datetime(2030, 5, 16, 6, tzinfo=datetime.UTC)


def at(hour, minute=0):
    """Return a moment of the day of the event, by its local time in Turku."""
    return MORNING + datetime.timedelta(hours=hour - 9, minutes=minute)


@pytest.fixture(scope="module")
def made_page(module_home_page):
    page = make_open_page(
        module_home_page,
        row("09:00", "Opening talk", end="10:00"),
        row("10:00", "Workshop A", end="12:00", track="A"),
        row("10:00", "Workshop B", end="12:00", track="B"),
        event_fields={"attendance": "hybrid"},
    )
    commands.set_counted(page.event.pk, {item.translation_key for item in rows_of(page)})
    return page


@pytest.fixture
def page(made_page, db):
    """An event with a talk from 9 to 10, and two parallel workshops from 10 to 12. All three are counted."""
    return reload(made_page)


@pytest.fixture
def event(page):
    return reload(page.event)


def session(event, title):
    return next(item for item in counted_sessions(reload(event), "en") if item.title == title)


def point(event, title, *, is_leaving=False):
    return CheckInPoint(DAY, session(event, title), is_leaving)


def scan(event, person, where, now=None):
    return check_ins.scan(event, tickets.ticket_of(person).code, where, make_staff(), now).result


def minutes(person):
    return {item.title: number for item, _row, number in attended_sessions(reload(person))}


def test_a_scan_at_a_session_counts_it_and_the_day(event):
    person = make_registration(event)
    talk = point(event, "Opening talk")
    assert [scan(event, person, talk, at(9, 20)) for _number in range(2)] == [Result.WELCOME, Result.WELCOME]
    assert scan(event, person, talk) == Result.ALREADY_IN
    assert (status_of(person), CheckIn.objects.get().day) == ("attended", DAY)
    # Nobody records who leaves, so the whole session counts.
    assert minutes(person) == {"Opening talk": 60}
    assert list(HistoryEntry.objects.values_list("action", flat=True)) == ["check_in", "enter_session"]


def test_leaving_and_coming_back(event):
    RegistrationSettings.objects.update(records_leaving=True)
    event = reload(event)
    person, late, other = (make_registration(event) for _number in range(3))
    room, way_out = point(event, "Workshop A"), point(event, "Workshop A", is_leaving=True)
    scan(event, person, room, at(9, 50))
    scan(event, person, way_out, at(10, 30))
    scan(event, person, room, at(11))
    # Nobody saw them leave again.
    assert minutes(person) == {"Workshop A": 90}
    scan(event, person, way_out, at(12, 30))
    assert minutes(person) == {"Workshop A": 90}
    scan(event, late, room, at(11, 45))
    assert minutes(late) == {"Workshop A": 15}
    assert scan(event, other, way_out) == Result.NOT_IN
    assert not minutes(other)
    assert check_ins.count_at(event, room).arrived == 1
    check_ins.undo(person, way_out, make_staff())
    assert SessionAttendance.objects.get(registration=person).left_at is None
    check_ins.undo(person, room, make_staff())
    assert (minutes(person), status_of(person)) == ({}, "attended")


def test_without_a_place_or_a_counted_session_nothing_is_recorded(event, page):
    waiting = make_registration(event, "waiting")
    assert scan(event, waiting, point(event, "Opening talk")) == Result.NO_PLACE
    person = make_registration(event)
    gone = session(event, "Workshop B").pk
    rows = rows_of(page)
    rows[2].is_cancelled = True
    publish(page, rows)
    with pytest.raises(NotPossibleError):
        commands.enter_session(person.pk, gone, make_staff())
    with pytest.raises(NotPossibleError):
        commands.enter_session(person.pk, 10**9, make_staff())
    assert not SessionAttendance.objects.exists()


def test_helpers_choose_where_they_are(client, event):
    door = doors.create_door(event, "Room 2", timezone.now() + datetime.timedelta(days=4000), make_organiser(event))
    with translation.override("en"):
        url = reverse("door", kwargs={"token": doors.token_for(door)})
    person = make_registration(event, name="Anna Example")
    chosen = {"at": str(session(event, "Workshop A").pk), "day": DAY.isoformat()}
    shown = client.get(url, chosen).content.decode()
    assert "Where are you checking in?" in shown
    assert "0 participants are at this session" in shown
    # The room is kept in every form.
    assert shown.count(f'name="at" value="{chosen["at"]}"') >= 2
    shown = client.post(
        url, chosen | {"code": tickets.ticket_of(person).code}, headers={"X-Door": "1"}
    ).content.decode()
    assert 'data-count="1 participant is at this session"' in " ".join(shown.split())
    assert SessionAttendance.objects.get().door == door
    assert "Anna Example" in client.get(url, chosen).content.decode()
    client.post(url, chosen | {"person": doors.reference_of(door, person.pk), "undo": "1"})
    assert not SessionAttendance.objects.exists()
    # A point that does not exist is the entrance.
    assert "of 1 on site have arrived" in client.get(url, {"at": "99999", "day": DAY.isoformat()}).content.decode()
    client.post(url, chosen | {"walk_in": "1", "name": "Eeva Virtanen", "email": ""})
    assert SessionAttendance.objects.get().registration.name == "Eeva Virtanen"


def test_organisers_check_in_at_a_session(client, event):
    client.force_login(make_organiser(event))
    person = make_registration(event, name="Anna Example")
    url = admin_url(event, "registration_check_in")
    chosen = {"at": str(session(event, "Workshop A").pk), "day": DAY.isoformat()}
    response = client.post(url, chosen | {"person": person.pk})
    assert response["Location"].endswith(f"?day={DAY.isoformat()}&at={chosen['at']}")
    assert minutes(person) == {"Workshop A": 120}
    assert "Undo" in client.get(url, chosen | {"q": "anna"}).content.decode()


def test_the_door_says_who_has_no_place_in_a_session(event):
    keys = {item.title: item.key for item in counted_sessions(event, "en")}
    commands.set_chosen(event.pk, {keys["Workshop A"]: 1, keys["Workshop B"]: None})
    people = [make_registration(event) for _number in range(2)]
    for person in people:
        commands.choose_sessions(person.pk, {keys["Workshop A"]}, make_staff(), at(8))
    workshop = point(event, "Workshop A")
    first, second, again = (
        answer_of(check_ins.scan(event, tickets.ticket_of(person).code, workshop, make_staff(), now), event.zone)
        for person, now in [(people[0], at(10)), (people[1], at(10)), (people[1], at(11))]
    )
    assert (first.level, first.heading) == ("good", "Welcome")
    assert (second.level, second.heading, second.may_undo) == ("warn", "No place in this session", True)
    assert "waits for it" in second.lines[1]
    assert (again.heading, len(again.lines)) == ("Already checked in", 1)


def test_the_pages_cost_the_same_for_any_number_of_people(client, event, django_assert_num_queries):
    client.force_login(make_organiser(event))
    url = admin_url(event, "registration_sessions")
    client.get(url)
    for number in (1, 2):
        for _person in range(number):
            scan(event, make_registration(event), point(event, "Workshop A"))
        with django_assert_num_queries(28):
            assert client.get(url).status_code == 200


# Organisers


def test_organisers_choose_the_sessions(client, home_page):
    page = make_open_page(
        home_page, row("09:00", "Talk", end="10:00"), row("10:00", "Break", end="10:30"), slug="other"
    )
    event = page.event
    client.force_login(make_organiser(event))
    url = admin_url(event, "registration_sessions")
    keys = [str(item.translation_key) for item in rows_of(page)]
    data = {"counted": [keys[0], "x"], "code_grace_minutes": "5", "records_leaving": "on"}
    assert client.post(url, data).status_code == 302
    assert [item.title for item in counted_sessions(event, "en")] == ["Talk"]
    session = EventSession.objects.get(event=event)
    assert reload(event).registration_settings.records_leaving
    # A session that was attended stays counted, and stays when it is no longer in the timetable.
    commands.enter_session(make_registration(event).pk, session.pk, make_staff())
    client.post(url, {"counted": [], "code_grace_minutes": "5"})
    publish(page, rows_of(page)[1:])
    assert [item.is_counted for item in counted_sessions(event, "en")] == [True]
    assert "no longer in the timetable" in client.get(url).content.decode()
    response = client.post(url, data | {"code_grace_minutes": "9999"})
    assert response.status_code == 422


def test_an_event_without_a_timetable_says_what_to_do(client, home_page):
    event = make_open_page(home_page, slug="other").event
    client.force_login(make_organiser(event))
    assert (
        "Publish the event page with its timetable first."
        in client.get(admin_url(event, "registration_sessions")).content.decode()
    )


# Code words


@pytest.fixture
def clock(monkeypatch):
    """Returns a function that sets the time of the views."""

    def set_to(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return set_to


def test_a_code_word_counts_until_shortly_after_the_session(event):
    person = make_registration(event, mode=Mode.ONLINE)
    talk = session(event, "Opening talk")
    assert enter_code(person, "Sõnum", at(9, 30)) is None
    commands.start_code(talk.pk, "Sõnum", at(9, 10))
    assert enter_code(person, "sonum", at(9, 30)).title == "Opening talk"
    assert (minutes(person), status_of(person)) == ({"Opening talk": 60}, "attended")
    assert SessionAttendance.objects.get().source == AttendanceSource.CODE
    other = make_registration(event, mode=Mode.ONLINE)
    assert enter_code(other, "SÕNUM ", at(10, 9)) is not None
    late, on_site = make_registration(event, mode=Mode.ONLINE), make_registration(event)
    assert enter_code(late, "SÕNUM", at(10, 10)) is None
    assert enter_code(on_site, "SÕNUM", at(9, 30)) is None
    assert enter_code(late, "", at(9, 30)) is None
    commands.stop_code(talk.pk)
    assert enter_code(late, "SÕNUM", at(9, 30)) is None


def test_a_random_word_is_made_where_none_is_given(event):
    talk = session(event, "Opening talk").pk
    first, second = (commands.start_code(talk).code_word for _number in range(2))
    assert first != second
    assert first.isalpha()
    assert len(first) == 6


def test_participants_enter_the_word_on_their_page(client, event, clock):
    clock(at(9, 30))
    person = make_registration(event, mode=Mode.ONLINE, language="fi")
    client.force_login(make_organiser(event))
    sessions = admin_url(event, "registration_sessions")
    talk = session(event, "Opening talk").pk
    client.post(sessions, {"start": talk, "word": "Päivä"})
    assert "Päivä" in client.get(sessions).content.decode()
    with translation.override("fi"):
        overview = reverse("registration", kwargs={"token": tokens.token_for(person)})
        url = reverse("registration_code_word", kwargs={"token": tokens.token_for(person)})
    assert url in client.get(overview).content.decode()
    response = client.post(url, {"word": "Ilta"})
    assert response.status_code == 422
    assert 'id="id_word_error"' in response.content.decode()
    assert client.post(url, {"word": ""}).status_code == 422
    assert client.post(url, {"word": "PAIVA"})["Location"] == f"{overview}?done=attended"
    assert minutes(person) == {"Opening talk": 60}
    client.post(sessions, {"stop": talk})
    assert client.get(url).status_code == 409
    assert url not in client.get(overview).content.decode()


def test_guessing_is_limited(client, event, clock):
    clock(at(9, 30))
    person = make_registration(event, mode=Mode.ONLINE)
    commands.start_code(session(event, "Opening talk").pk, "Tamm", at(9))
    with translation.override("en"):
        url = reverse("registration_code_word", kwargs={"token": tokens.token_for(person)})
    codes = [client.post(url, {"word": f"word {number}"}).status_code for number in range(11)]
    assert codes == [422] * 10 + [429]
    assert client.post(url, {"word": "Tamm"}).status_code == 429
    assert not SessionAttendance.objects.exists()


# Reports of meetings

HEADER = "Name,Email,Join Time,Leave Time\n"
REPORT = HEADER + (
    "Anna,anna@example.org,16.05.2030 08:50:00,16.05.2030 10:30:00\n"
    "Anna,anna@example.org,16.05.2030 10:20:00,16.05.2030 11:00:00\n"
    "Berta,berta@example.org,16.05.2030 09:30:00,16.05.2030 09:40:00\n"
)


def test_the_minutes_of_a_report_are_divided_among_the_sessions(event):
    sessions = [session(event, "Opening talk"), session(event, "Workshop A")]
    zone = sessions[0].starts_at.tzinfo
    anna, berta = read_report(REPORT.encode(), DAY, zone)
    # Two joins that overlap count once.
    assert online.session_minutes(anna, sessions, zone) == {sessions[0].pk: 60, sessions[1].pk: 60}
    assert online.session_minutes(berta, sessions, zone) == {sessions[0].pk: 10}
    # An hour earlier in Central Europe.
    assert online.session_minutes(berta, sessions, datetime.timezone(datetime.timedelta(hours=2))) == {
        sessions[1].pk: 10
    }


@pytest.mark.parametrize(
    ("join", "leave"),
    [
        ("05/16/2030 09:00:00 AM", "05/16/2030 09:45:00 AM"),
        ("2030-05-16T06:00:00+00:00", "2030-05-16T06:45:00+00:00"),
    ],
)
def test_other_dates_of_reports(event, join, leave):
    talk = session(event, "Opening talk")
    zone = talk.starts_at.tzinfo
    [anna] = read_report(f"{HEADER}Anna,,{join},{leave}\n".encode(), DAY, zone)
    assert online.session_minutes(anna, [talk], zone) == {talk.pk: 45}


def test_the_day_decides_between_two_formats():
    [anna] = read_report(f"{HEADER}Anna,,05/06/2030 09:00,05/06/2030 10:00\n".encode(), datetime.date(2030, 6, 5))
    assert anna.spans[0][0] == datetime.datetime(2030, 6, 5, 9)  # noqa: DTZ001  (local time of the report)


def test_organisers_import_a_report_for_sessions(client, event):
    client.force_login(make_organiser(event))
    anna = make_registration(event, name="Anna", mode=Mode.ONLINE, email="anna@example.org")
    talk, workshop, other = (session(event, title) for title in ("Opening talk", "Workshop A", "Workshop B"))
    url = admin_url(event, "registration_online_attendance")

    def upload(sessions, zone="Europe/Helsinki"):
        data = {"day": DAY.isoformat(), "least": "5", "zone": zone, "sessions": [item.pk for item in sessions]}
        return client.post(url, data | {"file": SimpleUploadedFile("report.csv", REPORT.encode())})

    response = upload([talk, workshop, other])
    assert response.status_code == 422
    assert "“Workshop A” and “Workshop B” are at the same time." in response.content.decode()
    assert "Nobody in the report was there during the chosen sessions." in upload([talk], "UTC").content.decode()
    shown = upload([talk, workshop]).content.decode()
    value = f"{anna.pk}:130:{talk.pk}=60,{workshop.pk}=60"
    assert f'value="{value}"' in shown
    record = {"record": "1", "day": DAY.isoformat()}
    client.post(url, record | {"row": [value]})
    assert minutes(anna) == {"Opening talk": 60, "Workshop A": 60}
    # What an organiser has entered stays, and hostile values do no harm.
    commands.edit_sessions(anna.pk, {talk.pk: 30}, make_staff(), "Left early")
    client.post(url, record | {"row": [f"{anna.pk}:130:{talk.pk}=50,{workshop.pk}=999999,x=1,77777=5,,="]})
    assert minutes(anna) == {"Opening talk": 30, "Workshop A": 120}


# By hand, copies of the data, and anonymisation


def test_organisers_change_minutes_with_a_reason(event):
    person = make_registration(event)
    talk, workshop = session(event, "Opening talk").pk, session(event, "Workshop A").pk
    assert commands.edit_sessions(person.pk, {talk: 45, workshop: None}, make_staff(), "Signed the list") == 1
    assert commands.edit_sessions(person.pk, {talk: 45}, make_staff(), "Again") == 0
    with pytest.raises(NotPossibleError):
        commands.edit_sessions(person.pk, {talk: 61}, make_staff(), "Too long")
    entry = HistoryEntry.objects.get(action="edit_sessions")
    key = str(session(event, "Opening talk").key)
    assert entry.detail == {"reason": "Signed the list", "sessions": {key: [None, 45]}}
    commands.edit_sessions(person.pk, {talk: None}, make_staff(), "Mistake")
    assert not minutes(person)


def test_the_copy_of_the_data_names_the_sessions(event):
    person = make_registration(event)
    scan(event, person, point(event, "Opening talk"), at(9))
    [found] = personal_data(reload(person))["sessions"]
    assert (found["session"], found["minutes"], found["source"]["code"]) == ("Opening talk", 60, "scan")
    section = next(item for item in readable(reload(person)) if item.heading == "Sessions attended")
    assert section.lines[0][0] == "Opening talk"


def test_erasure_keeps_minutes_and_no_times(event):
    RegistrationSettings.objects.update(records_leaving=True)
    person = make_registration(event)
    scan(reload(event), person, point(event, "Workshop A"), at(10, 30))
    commands.edit_sessions(person.pk, {session(event, "Opening talk").pk: 10}, make_staff(), "Anna said so")
    erasure.erase(person.pk, now=at(13))
    row = SessionAttendance.objects.get(session=session(event, "Workshop A").pk)
    assert (row.minutes, row.entered_at, row.left_at) == (90, None, None)
    assert "Anna" not in str(list(HistoryEntry.objects.values_list("detail", flat=True)))


# Without a connection


def sent_later(event, door, person, moment, title, *, is_leaving=False):
    given = commands.GivenScan(uuid.uuid4(), uuid.uuid4(), moment, DAY, session(event, title).pk, is_leaving)
    return commands.record_offline_scan(person.pk, given, at_door(door), at(18))[0].outcome


@pytest.fixture
def two_doors(event):
    RegistrationSettings.objects.filter(event=event).update(records_leaving=True)
    user = make_organiser(event)
    return [doors.create_door(event, name, at(20), user) for name in ("North door", "South door")]


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_coming_and_leaving_without_a_connection_at_two_doors(event, two_doors, order):
    """Whichever device sends first, the participant came at 10:00 and left at 11:30."""
    person, (north, south) = make_registration(event), two_doors
    scans = [
        lambda: sent_later(event, north, person, at(10), "Workshop A"),
        lambda: sent_later(event, south, person, at(11, 30), "Workshop A", is_leaving=True),
    ]
    outcomes = [scans[place]() for place in order]
    assert outcomes == (["recorded", "recorded"] if order == [0, 1] else ["not_in", "recorded"])
    row = SessionAttendance.objects.get()
    assert (row.entered_at, row.left_at) == (at(10), at(11, 30))
    assert CheckIn.objects.get().at == at(10)


def test_an_earlier_coming_without_a_connection_counts(event, two_doors):
    person, (north, south) = make_registration(event), two_doors
    commands.enter_session(person.pk, session(event, "Workshop A").pk, at_door(north), now=at(10, 20))
    assert sent_later(event, south, person, at(10, 5), "Workshop A") == "earlier"
    assert sent_later(event, south, person, at(10, 40), "Workshop A") == "known"
    row = SessionAttendance.objects.get()
    assert (row.entered_at, row.door, CheckIn.objects.get().at) == (at(10, 5), south, at(10, 5))


def test_a_session_is_undone_without_a_connection(event, two_doors):
    person, (north, _south) = make_registration(event), two_doors
    key, pk = uuid.uuid4(), session(event, "Workshop A").pk
    for undone_at in (None, at(10, 10)):
        given = commands.GivenScan(key, uuid.uuid4(), at(10), DAY, pk, undone_at=undone_at)
        commands.record_offline_scan(person.pk, given, at_door(north), at(18))
    assert not SessionAttendance.objects.exists()
    # As with a connection, the check-in of the day stays.
    assert CheckIn.objects.get().at == at(10)


def test_a_session_that_is_not_counted_is_refused_without_a_connection(event, two_doors):
    person, (north, _south) = make_registration(event), two_doors
    given = commands.GivenScan(uuid.uuid4(), uuid.uuid4(), at(10), DAY, session(event, "Workshop A").pk)
    commands.set_counted(event.pk, set())
    assert commands.record_offline_scan(person.pk, given, at_door(north), at(18))[0].outcome == "refused"
    assert not SessionAttendance.objects.exists()
