"""Reports of online meetings: reading, matching, and recording who was there for how long."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from events.admin.online_attendance import MOST_UNKNOWN
from events.attendance import online
from events.attendance.online import AttendanceMinutes
from events.attendance.reports import MAX_NAME, Attendee, UnreadableReportError, clean_name, read_report
from events.enums import Mode
from events.models import CheckIn
from events.states import RegistrationStatus
from home.names import name_key
from tests.factories.registrations import make_open_event, make_open_page, make_registration, make_staff, status_of
from tests.factories.users import admin_url, make_organiser

FOLDER = Path(__file__).parent / "reports"
HEADER = "Name,Email,Join Time,Leave Time\n"


def minutes(content) -> dict[str, int]:
    found = read_report(content if isinstance(content, bytes) else content.encode())
    return {person.name: person.minutes for person in found}


def test_a_report_of_zoom_with_two_tables():
    assert read_report((FOLDER / "zoom-with-preamble.csv").read_bytes()) == [
        Attendee("Anna Example", "anna@example.org", 295),
        Attendee("Berta Muster", "", 15),
        # Two joins that overlap.
        Attendee("Carl Σάμπλ", "carl@example.org", 90),
    ]


def test_a_report_of_teams_in_utf_16_with_three_tables():
    assert read_report((FOLDER / "teams-report.csv").read_bytes()) == [
        Attendee("Dora Beispiel", "dora@example.org", 331),
        # A guest without an address.
        Attendee("Emil Exemple", "", 12),
        Attendee("Łukasz Przykład", "lukasz@example.org", 182),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Name;E-Post;Duration\nÕnne;o@example.org;1h 5m\n", 65),
        ("Nimi\tSähköposti\tKesto (minuuttia)\nÕnne\to@example.org\t65\n", 65),
        ("Display Name,Attendee Email,Attendance Duration\nÕnne,o@example.org,65 mins\n", 65),
        ("Name,Duration\nÕnne,01:05:00\n", 65),
        (HEADER + "Õnne,o@example.org,12.02.2026 10:00:00,12.02.2026 11:05:00\n", 65),
        (HEADER + "Õnne,o@example.org,13/02/2026 10:00,13/02/2026 11:05\n", 65),
        (HEADER + "Õnne,o@example.org,2026-02-12T10:00:00+02:00,2026-02-12T11:05:00+02:00\n", 65),
        (HEADER + 'Õnne,o@example.org,"2/12/26, 11:30:00 π.μ.","2/12/26, 12:35:00 μ.μ."\n', 65),
        ("Όνομα;Ώρα σύνδεσης;Ώρα αποσύνδεσης\nÕnne;12.2.2026 10:00;12.2.2026 11:05\n", 65),
        # Joined twice, and left before joining once.
        (HEADER + "Õnne,,2026-02-12 10:00,2026-02-12 11:05\nÕnne,,2026-02-12 12:00,2026-02-12 11:00\n", 65),
    ],
)
def test_other_shapes(text, expected):
    assert minutes(text) == {"Õnne": expected}
    assert minutes(text.encode("utf-16")) == {"Õnne": expected}


def test_encodings_of_windows():
    assert minutes("Name;Duration\nÕnne Pärn;65\n".encode("cp1252")) == {"Õnne Pärn": 65}
    assert minutes("Name;Duration\nΚατερίνα Παπά;65\n".encode("cp1253")) == {"Κατερίνα Παπά": 65}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "columns"),
        (b"\0\1\2\3" * 50, "encoding"),
        (b"Attendees\nAnna\nBerta\n", "columns"),
        (b"Name,Email\nAnna,a@example.org\n", "columns"),
        (b"Name,Duration\n", "empty"),
        (HEADER.encode() + b"Anna,,yesterday,today\n", "times"),
        (b"x" * (10 * 1024 * 1024 + 1), "too_large"),
        (b"Name,Duration\n" + b"\n" * 100_001, "too_large"),
    ],
)
def test_what_is_no_report_is_refused_with_a_reason(content, code):
    with pytest.raises(UnreadableReportError) as error:
        read_report(content)
    assert error.value.code == code


def test_a_report_of_50_000_rows_is_read():
    rows = "".join(
        f"Person {n % 25_000},p{n % 25_000}@example.org,2026-02-12 10:00:00,2026-02-12 10:30:00\n"
        for n in range(50_000)
    )
    found = read_report((HEADER + rows).encode())
    assert (len(found), {person.minutes for person in found}) == (25_000, {30})


def test_names_are_compared_in_any_order():
    assert clean_name("Muster, Berta (iPad)") == "Berta Muster"
    assert name_key("Πάππα Κατερίνα") == name_key("ΚΑΤΕΡΙΝΑ ΠΑΠΠΑ")
    assert name_key("Anna-Maria Õun") == name_key("oun anna maria")


# Matching and recording


@pytest.fixture
def event(db):
    return make_open_event()


def test_matching_by_address_then_by_a_unique_name(event, django_assert_num_queries):
    anna = make_registration(event, name="Anna Example", email="anna@example.org", mode=Mode.ONLINE)
    berta = make_registration(event, name="Berta Muster", email="b@example.org", mode=Mode.ONLINE)
    for number in (1, 2):
        make_registration(event, name="Same Name", email=f"s{number}@example.org")
    make_registration(event, "waiting", name="Waiting Person", email="w@example.org")
    attendees = [
        Attendee("Muster Berta", "", 20),
        Attendee("Someone", "ANNA@example.org", 90),
        Attendee("Same Name", "", 10),
        Attendee("Waiting Person", "w@example.org", 50),
        # Twice, once without an address: not counted twice.
        Attendee("Anna Example", "", 5),
    ]
    with django_assert_num_queries(1):
        found = online.match(event, attendees)
    assert [(row.registration.pk, row.is_sure, row.attendee.minutes) for row in found.found] == [
        (anna.pk, True, 90),
        (berta.pk, False, 20),
    ]
    assert sorted(person.name for person in found.unknown) == ["Anna Example", "Same Name", "Waiting Person"]


def test_who_joined_under_several_addresses_and_names_is_one_person(event):
    anna = make_registration(event, name="Anna Example", email="anna@example.org", mode=Mode.ONLINE)
    berta = make_registration(event, name="Berta Muster", email="b@example.org", mode=Mode.ONLINE)
    text = (
        "Name,Email,Join time,Leave time\n"
        "Anna Example,anna@example.org,2030-05-16 09:00,2030-05-16 10:00\n"
        "Anna Example,,2030-05-16 09:30,2030-05-16 10:30\n"
        "Example Anna,private@example.com,2030-05-16 11:00,2030-05-16 11:30\n"
        "Berta Muster,,2030-05-16 09:00,2030-05-16 09:20\n"
        "Muster Berta,x@example.com,2030-05-16 09:10,2030-05-16 09:40\n"
    )
    found = online.match(event, read_report(text.encode()))
    assert sorted(
        (row.registration.pk, row.attendee.minutes, row.is_sure, row.is_partly_by_name) for row in found.found
    ) == [(anna.pk, 120, True, True), (berta.pk, 40, False, False)]
    assert found.unknown == []


def test_the_review_lists_only_so_many_who_are_no_participants(client, home_page):
    event = make_open_page(home_page).event
    client.force_login(make_organiser(event))
    lines = [f"Someone {number},s{number}@example.org,10" for number in range(MOST_UNKNOWN + 3)]
    upload = SimpleUploadedFile("report.csv", "\n".join(["Name,Email,Duration", *lines]).encode())
    given = {"file": upload, "day": event.first_day.isoformat(), "least": "1"}
    text = client.post(admin_url(event, "registration_online_attendance"), given).content.decode()
    assert text.count("Someone ") == MOST_UNKNOWN
    assert "3 more people are not listed." in text
    assert "Record attendance" not in text
    assert "Cancel" in text


def test_recording_checks_in_and_can_be_repeated(event):
    person, short = (make_registration(event, mode=Mode.ONLINE) for _number in range(2))
    withdrawn = make_registration(event, RegistrationStatus.WITHDRAWN)
    given = {
        pk: AttendanceMinutes(number)
        for pk, number in ((person.pk, 90), (short.pk, 5), (withdrawn.pk, 90), (10**9, 90))
    }
    assert online.record(event, event.first_day, given, make_staff(), least=30) == 1
    assert (
        online.record(event, event.first_day, given | {person.pk: AttendanceMinutes(120)}, make_staff(), least=30) == 1
    )
    assert (status_of(person), status_of(short)) == ("attended", "confirmed")
    assert CheckIn.objects.get().minutes == 120


def test_organisers_upload_review_and_record(client, home_page):
    event = make_open_page(home_page).event
    client.force_login(make_organiser(event))
    carl = make_registration(event, name="Carl", email="carl@example.org", mode=Mode.ONLINE)
    berta = make_registration(event, name="Berta Muster", email="b@example.org", mode=Mode.ONLINE)
    url = admin_url(event, "registration_online_attendance")
    upload = SimpleUploadedFile("report.csv", (FOLDER / "zoom-with-preamble.csv").read_bytes())
    response = client.post(url, {"file": upload, "day": event.first_day.isoformat(), "least": "30"})
    text = response.content.decode()
    assert "by name only: check this" in text
    assert "Anna Example, anna@example.org (295)" in text
    assert f'value="{carl.pk}:90:"' in text
    assert not CheckIn.objects.exists()
    rows = [f"{carl.pk}:90", f"{berta.pk}:15", "x:1", "1", "9" * 40]
    client.post(url, {"record": "1", "day": event.first_day.isoformat(), "row": rows})
    assert dict(CheckIn.objects.values_list("registration", "minutes")) == {carl.pk: 90, berta.pk: 15}
    response = client.post(
        url, {"file": SimpleUploadedFile("x.csv", b"x"), "day": event.first_day.isoformat(), "least": "1"}
    )
    assert response.status_code == 422
    assert "No table of participants was found." in response.content.decode()


@pytest.mark.any_database
@pytest.mark.parametrize("name", ["(" * 130_000, " " * 130_000 + "x"], ids=["brackets", "spaces"])
def test_a_name_that_is_made_to_take_long_is_cut(name):
    """Without the limit, one cell of a report keeps a process busy for minutes."""
    assert len(clean_name(f"Anna {name}")) <= MAX_NAME
