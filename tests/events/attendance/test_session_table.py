"""The table of participants and sessions: paging, totals, export, and changes by hand with their history."""

import io

import openpyxl
import pytest

from events.enums import Mode
from events.models import DataAccess, HistoryEntry
from events.registration import commands
from events.registration.sessions import counted_sessions
from tests.factories import reload
from tests.factories.events import row, rows_of
from tests.factories.registrations import make_open_page, make_registration, make_staff
from tests.factories.users import admin_url, make_organiser

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made_event(module_home_page):
    page = make_open_page(
        module_home_page,
        row("09:00", "Opening talk", end="10:00"),
        row("10:00", "Workshop", end="12:00"),
        row("12:00", "Lunch"),
    )
    commands.set_counted(page.event.pk, {item.translation_key for item in rows_of(page)[:2]})
    return reload(page.event)


@pytest.fixture
def event(made_event, db):
    return reload(made_event)


@pytest.fixture
def pks(event):
    return [session.pk for session in counted_sessions(event, "en")]


@pytest.fixture
def organiser(client, event):
    user = make_organiser(event)
    client.force_login(user)
    return user


def test_the_table_has_minutes_hours_and_totals(client, organiser, event, pks):
    anna = make_registration(event, name="Anna Example")
    berta = make_registration(event, name="Berta Muster", mode=Mode.ONLINE)
    make_registration(event, "waiting", name="Waiting Person")
    commands.enter_session(anna.pk, pks[0], make_staff())
    commands.edit_sessions(anna.pk, {pks[1]: 15}, make_staff(), "Left early")
    commands.enter_session(berta.pk, pks[0], make_staff())
    found = client.get(admin_url(event, "session_attendance"))
    assert [(item.person.name, item.minutes, str(item.hours)) for item in found.context["rows"]] == [
        ("Anna Example", [60, 15], "1.25"),
        ("Berta Muster", [60, None], "1.00"),
    ]
    assert [(item.people, str(item.hours)) for item in found.context["totals"]] == [(2, "2.00"), (1, "0.25")]
    assert "Waiting Person" not in found.content.decode()
    only = client.get(admin_url(event, "session_attendance") + "?q=BERTA").context["rows"]
    assert [item.person.name for item in only] == ["Berta Muster"]


def test_the_table_is_paged_and_costs_the_same(client, organiser, event, pks, django_assert_num_queries):
    url = admin_url(event, "session_attendance")
    client.get(url)
    for number in (1, 3):
        for _person in range(number):
            commands.enter_session(make_registration(event).pk, pks[0], make_staff())
        with django_assert_num_queries(30):
            client.get(url)
    for _person in range(50):
        make_registration(event)
    assert len(client.get(url).context["rows"]) == 50
    assert len(client.get(f"{url}?p=2").context["rows"]) == 4


@pytest.mark.parametrize("status", ["confirmed", "attended"])
def test_an_event_without_counted_sessions_says_so(client, home_page, status):
    event = make_open_page(home_page, slug="other").event
    client.force_login(make_organiser(event))
    person = make_registration(event, status)
    assert "No session is counted yet." in client.get(admin_url(event, "session_attendance")).content.decode()
    url = admin_url(event, "registration_sessions_edit", person.pk)
    assert "No session is counted yet." in client.get(url).content.decode()


def test_the_export_is_logged_and_has_no_formulas(client, organiser, event, pks):
    person = make_registration(event, name="=1+1", organisation="House")
    commands.enter_session(person.pk, pks[1], make_staff())
    url = admin_url(event, "session_attendance")
    response = client.post(url, {"format": "csv"})
    header, line = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert header.startswith("Name,Organisation,Attendance,")
    assert "Opening talk" in header
    assert line == "'=1+1,House,On site,,120,2.00"
    content = b"".join(client.post(url, {"format": "xlsx"}).streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert [cell.value for cell in sheet[2]][-2:] == [120, 2]
    assert [row.action for row in DataAccess.objects.all()] == ["export", "export"]


def test_organisers_change_minutes_with_a_reason(client, organiser, event, pks):
    person = make_registration(event, name="Anna Example")
    url = admin_url(event, "registration_sessions_edit", person.pk)
    data = {f"session-{pks[0]}": "45", f"session-{pks[1]}": ""}
    # Without a reason, and longer than the session.
    assert client.post(url, data).status_code == 422
    assert client.post(url, data | {"reason": "List", f"session-{pks[0]}": "61"}).status_code == 422
    assert client.post(url, data | {"reason": "Signed the list"}).status_code == 302
    entry = HistoryEntry.objects.get(action="edit_sessions")
    assert entry.user == organiser
    shown = client.get(url).content.decode()
    assert "Opening talk: not attended → 45 min" in shown
    assert "Reason: Signed the list" in shown
    waiting = make_registration(event, "waiting")
    response = client.post(
        admin_url(event, "registration_sessions_edit", waiting.pk), data | {"reason": "Signed the list"}
    )
    assert response.status_code == 409


def test_the_list_to_sign_can_be_for_a_session(client, organiser, event):
    make_registration(event, name="Anna Example")
    url = admin_url(event, "registration_attendance_list")
    sessions = client.get(url).context["sessions"]
    assert [session.title for session in sessions] == ["Opening talk", "Workshop", "Lunch"]
    response = client.post(url, {"session": str(sessions[1].key), "mode": ""})
    assert response.content.startswith(b"%PDF")
