"""The report of an event for funders: small numbers are suppressed, and names are only in the annex."""

import datetime
import io

import openpyxl
import pikepdf
import pytest
from django.utils import translation

from events.enums import AttendanceSource
from events.models import Certificate, CheckIn, DataAccess, EventSession, Registration, SessionAttendance
from events.presentation.event_report import event_report
from events.registration.participants import participants_of
from events.states import RegistrationStatus
from events.survey import commands
from events.survey.commands import GivenAnswers
from tests.factories.events import make_event, make_page, row
from tests.factories.mail import make_forum, make_registration
from tests.factories.pdf import text_of
from tests.factories.registrations import HOUR
from tests.factories.users import admin_url, make_editor, make_organiser, make_user

pytestmark = pytest.mark.slow

DAY = datetime.timedelta(days=1)


@pytest.fixture
def event(home_page):
    page = make_forum(home_page, first_day=datetime.date(2026, 3, 5))
    page.event.last_day = page.event.first_day + DAY
    page.event.save()
    return page.event


def attended(event, number, **values):
    people = []
    for _number in range(number):
        person = make_registration(event, status=RegistrationStatus.ATTENDED, **values)
        CheckIn.objects.create(registration=person, day=event.first_day)
        people.append(person)
    return people


def cells(event, field):
    found = participants_of([event])[event.pk]
    return [(cell.label, cell.count) for cell in found.by_field[field]]


def test_small_numbers_are_suppressed_also_by_subtraction(event):
    attended(event, 8, country="FI")
    attended(event, 6, country="EE")
    attended(event, 2, country="GR")
    # Greece alone would be all minus the others.
    assert cells(event, "country") == [("Finland", 8), ("Small groups together", 8)]
    attended(event, 4, country="")
    assert cells(event, "country") == [("Finland", 8), ("Estonia", 6), ("Small groups together", 6)]


def test_the_report_and_the_statistics_together_show_no_small_number_of_anonymised_people(event):
    attended(event, 9, country="FI")
    pks = [person.pk for person in attended(event, 2, country="FI")]
    names = ["name", "given_name", "family_name", "address_name", "searchable_name", "searchable_details"]
    empty = dict.fromkeys([*names, "email", "email_key", "token_hash"], "")
    Registration.objects.filter(pk__in=pks).update(anonymised_at=event.ends_at, **empty)
    # The statistics show 9 for Finland: 11 here would show the 2 that are anonymised.
    assert cells(event, "country") == [("Finland", 9)]


def test_two_reports_before_the_end_do_not_tell_who_registered_between_them(event):
    attended(event, 5, country="FI")
    event.first_day = event.last_day = datetime.date(2999, 5, 5)
    event.save()
    before = event_report(event, "en")
    attended(event, 5, country="EE", profession="nurse", mode="online")
    after = event_report(event, "en")
    changed = [table.title for table, other in zip(before.tables, after.tables, strict=True) if table != other]
    assert changed == ["Registered, admitted, attended"]
    shown = {table.title: table.empty for table in after.tables if not table.rows}
    assert shown["By country"] == shown["Attendance by day"] == "This is shown when the event is over."


def test_without_check_in_those_who_were_admitted_are_counted(event):
    for status in (RegistrationStatus.CONFIRMED, RegistrationStatus.ABSENT, RegistrationStatus.WAITING):
        for _number in range(5):
            make_registration(event, status=status, country="FI")
    found = participants_of([event])[event.pk]
    assert (found.registered, found.admitted, found.attended, found.number) == (15, 10, 0, 10)
    assert cells(event, "country") == [("Finland", 10)]
    attended(event, 1)
    assert cells(event, "country") == []


def test_attendance_by_day_shows_no_small_numbers(event):
    people = attended(event, 7) + attended(event, 6, mode="online")
    for person in people[:3]:
        CheckIn.objects.create(registration=person, day=event.last_day)
    [table] = [table for table in event_report(event, "en").tables if table.title == "Attendance by day"]
    assert table.rows == [
        [event.first_day, "On site: 7, Online: 6", 13],
        [event.last_day, "", "fewer than 5"],
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_numbers_of_several_events_need_the_same_queries(home_page, number, django_assert_num_queries):
    events = [make_event(first_day=datetime.date(2026, 3, 5)) for _place in range(number)]
    for item in events:
        attended(item, 2)
    with django_assert_num_queries(6):
        participants_of(events)


def full(event):
    """An event with everything that the report shows."""
    for person in attended(event, 6, country="FI", name="Aino Virtanen", organisation="Donau" * 12):
        person.refresh_from_db()
    commands.switch(event, is_on=True)
    for person in event.registrations.all():
        commands.answer(person.pk, GivenAnswers(usefulness=4, improve="Secret text"), "en", event.ends_at + HOUR)
    commands.close(event)
    Certificate.objects.create(event=event, number="0123456789AB", issued_on=event.last_day)


def test_the_pdf_has_no_names_unless_the_annex_is_asked_for(client, event):
    full(event)
    client.force_login(make_organiser(event))
    url = admin_url(event, "event_report")
    assert "Aino Virtanen" not in client.get(url).content.decode()
    pdf = client.post(url, {"format": "pdf"}).content
    text = text_of(pdf)
    for part in ("Report: Forum of care", "Finland", "Average: 4", "Certificates issued", "By country"):
        assert part in text
    assert "Aino Virtanen" not in text
    assert "Secret text" not in text
    assert not DataAccess.objects.exists()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.Root.MarkInfo.Marked
        assert document.Root.Lang == "en"
    annex = client.post(url, {"format": "pdf", "names": "1"}).content
    assert "Aino Virtanen" in text_of(annex)
    logged = DataAccess.objects.get()
    assert (logged.action, logged.detail) == ("attendance_list", {"report": "pdf"})


def test_the_report_is_in_the_language_of_the_organiser(event):
    full(event)
    with translation.override("fi"):
        report = event_report(event, "fi")
    assert report.title == "Raportti: Forum of care"
    # Not "Ilmoittautumisaika", the time of a registration.
    numbers = next(table for table in report.tables if ["Osallistui", 6] in table.rows)
    assert numbers.rows[0][0] == "Ilmoittautui"


def test_the_workbook_has_a_sheet_for_each_table(client, event):
    full(event)
    client.force_login(make_organiser(event))
    response = client.post(admin_url(event, "event_report"), {"format": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    assert book.sheetnames[:4] == ["About this report", "1 Facts", "2 Timetable", "3 Registered, admitted, attende"]
    assert [[cell.value for cell in row] for row in book["4 By country"].iter_rows()] == [
        ["By country", "Number"], ["Finland", 6],
    ]  # fmt: skip
    assert "Aino Virtanen" not in str([list(sheet.values) for sheet in book])


def test_who_reads_the_report(client, event):
    url = admin_url(event, "event_report")
    client.force_login(make_editor())
    assert client.get(url).status_code == 200
    # Editors read reports, but not the names of participants.
    assert 'name="names"' not in client.get(url).content.decode()
    assert client.post(url, {"format": "pdf", "names": "1"}).status_code == 404
    assert client.post(url, {"format": "exe"}).status_code == 404
    client.force_login(make_organiser(event, "door", only_checks_in=True))
    assert client.get(url).status_code == 404
    client.force_login(make_user("other"))
    assert client.get(url).status_code == 404


def test_an_event_without_anything_has_a_report(client, home_page):
    event = make_event()
    client.force_login(make_organiser(event))
    assert "The event has no timetable." in client.get(admin_url(event, "event_report")).content.decode()
    assert client.post(admin_url(event, "event_report"), {"format": "pdf"}).content.startswith(b"%PDF")


def test_attendance_by_session_shows_no_small_numbers(home_page):
    page = make_page(
        home_page,
        row("09:00", "Opening", "10:00"),
        row("10:00", "Workshop", "11:00"),
        row("11:00", "End"),
        first_day=datetime.date(2026, 3, 5),
    )
    people = attended(page.event, 6)
    for place, title in enumerate(("Opening", "Workshop")):
        session = EventSession.objects.create(
            event=page.event, key=page.timetable_rows.get(title=title).translation_key, is_counted=True
        )
        for person in people[: 6 - 4 * place]:
            SessionAttendance.objects.create(registration=person, session=session, source=AttendanceSource.ORGANISER)
    [table] = [item for item in event_report(page.event, "en").tables if item.title == "Attendance by session"]
    assert [[str(cells[0]).split()[-1], cells[1]] for cells in table.rows] == [
        ["Opening", 6],
        ["Workshop", "fewer than 5"],
    ]
