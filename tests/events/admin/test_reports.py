"""Attendance list, statistics, and the number of emails of a cancelled event."""

import datetime
import pathlib
import re

import pytest
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import AccessRecord, Action
from events.enums import EventStatus, MailKind, Mode
from events.models import (
    CheckIn,
    DataAccess,
    OutboxMail,
    Registration,
)
from tests.factories.events import change_event
from tests.factories.registrations import make_registration, register_person
from tests.factories.users import admin_url
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


def test_the_attendance_list(client, organiser, event):
    import io

    import pikepdf

    make_registration(event, name="Žaneta Õunapuu", organisation="Εθνικό")
    make_registration(event, mode=Mode.ONLINE, name="Online Person")
    url = admin_url(event, "registration_attendance_list")
    screen = soup(client.get(url))
    assert "2 participants have a place" in screen.get_text()
    # People sign on site, so that list comes first.
    assert [option["value"] for option in screen.select("#mode option")] == ["on_site", "online", ""]
    response = client.post(url, {"mode": "on_site"})
    with pikepdf.open(io.BytesIO(response.content)) as pdf:
        assert "/StructTreeRoot" in pdf.Root
        assert "Attendance list" in str(pdf.docinfo.get("/Title", ""))
    assert DataAccess.objects.get().action == "attendance_list"
    assert client.post(url, {"mode": "moon"}).status_code == 404
    Registration.objects.all().delete()
    assert client.post(url, {}).content.startswith(b"%PDF")


def test_the_attendance_list_has_lines_for_others_and_fits_the_page(client, organiser, event):
    import io

    import pikepdf

    from events.presentation.attendance_pdf import BLANK_LINES, _data, breakable, people_of

    word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"
    assert breakable(f"{word} Ltd").replace("\u200b", "") == f"{word} Ltd"
    assert max(len(part) for part in breakable(f"{word} Ltd").replace("\u200b", " ").split()) <= 18
    make_registration(event, name=word, organisation=word)
    data = _data(event, people_of(event), event.first_day, "", "", timezone.now())
    assert data["blank_lines"] == BLANK_LINES > 0
    assert "for as long as the funder asks for proof" in data["made"]
    response = client.post(admin_url(event, "registration_attendance_list"), {})
    with pikepdf.open(io.BytesIO(response.content)) as pdf:
        assert len(pdf.pages) == 1


def test_statistics_tell_registered_admitted_and_attended_apart(client, organiser, event):
    day = event.first_day
    change_event(event, last_day=day + datetime.timedelta(days=1))
    for status, number in (("confirmed", 2), ("waiting", 3), ("absent", 1), ("attended", 4), ("withdrawn", 5)):
        people = [make_registration(event, status) for _number in range(number)]
        if status == "attended":
            for person in people:
                CheckIn.objects.create(registration=person, day=day)
            CheckIn.objects.create(registration=people[0], day=day + datetime.timedelta(days=1))
    make_registration(event, mode=Mode.ONLINE)
    # Anonymised ones are left out while they are few.
    gone = make_registration(event, "attended")
    CheckIn.objects.create(registration=gone, day=day)
    Registration.objects.filter(pk=gone.pk).update(
        name="",
        email="",
        email_key="",
        token_hash="",
        searchable_name="",
        searchable_details="",
        anonymised_at=timezone.now(),
    )
    table = soup(client.get(admin_url(event, "registration_statistics"))).select_one("[aria-labelledby=participation]")
    rows = [[cell.get_text(strip=True) for cell in row.select("th, td")] for row in table.select("tbody tr")]
    assert rows == [["On site", "10", "7", "4", "4", "1"], ["Online", "1", "1", "0", "0", "0"]]


@pytest.mark.parametrize(
    "name", ["王小明", "محمد العلي", "გიორგი", "Ann 👩‍⚕️", "Ann\x07\x1b Lee", "𓀀", "\u202e", "\ufeff", "\ue000"]
)
def test_attendance_list_shows_every_name(client, organiser, event, name):
    make_registration(event, name=name, organisation=name)
    response = client.post(admin_url(event, "registration_attendance_list"), {})

    assert response.content.startswith(b"%PDF")


def test_statistics_have_a_chart_with_text(client, organiser, event):
    url = admin_url(event, "registration_statistics")
    assert "There are no registrations yet" in client.get(url).content.decode()
    for code in ("FI", "FI", "EE", ""):
        make_registration(event, country=code)
    page = soup(client.get(url))
    assert page.select("svg[role=img] rect title")[0].get_text().endswith("On site: 4")
    assert [row.th.get_text() for row in page.select("[aria-labelledby=by-country] tbody tr")] == [
        "Finland",
        "Estonia",
        "Not answered",
    ]


def test_colours_are_those_of_the_admin_theme():
    sheet = pathlib.Path(finders.find("events/admin.css")).read_text()
    screens = sheet[sheet.index("/* Registration screens") :]
    # The answers at check-in have colours of their own, the same in both themes: they are read from afar.
    # A QR code needs a white ground.
    screens = re.sub(r"\.(?:check-in__answer|doors-links__picture)[^{]*\{[^}]*\}", "", screens)
    # The second colour of the chart has enough contrast in both themes.
    assert set(re.findall(r"#[0-9a-f]{3,8}\b", screens)) == {"#e2725b"}


def test_a_cancelled_event_shows_how_many_get_an_email(client, event, admin_user):
    from django.urls import reverse

    from tests.events.test_editing import EVENT_DETAILS

    client.force_login(admin_user)
    make_registration(event)
    make_registration(event, "waiting")
    url = reverse("events:edit", args=[event.pk])
    details = EVENT_DETAILS | {"status": EventStatus.CANCELLED, "attendance": event.attendance}
    response = client.post(url, details)
    assert "2 people with a place or on the waiting list get an email" in response.content.decode()
    assert not OutboxMail.objects.filter(kind=MailKind.EVENT_OFF).exists()
    from tests.factories.events import commit

    with commit():
        client.post(url, details | {"mail_confirmed": "on"})
    assert OutboxMail.objects.filter(kind=MailKind.EVENT_OFF).count() == 2


def test_screens_that_name_participants_are_recorded(client, organiser, event):
    person = register_person(event, "Anna Virtanen").registration
    report = SimpleUploadedFile("report.csv", b"Name,Email,Duration\nAnna Virtanen,,65\n")
    answers = [
        client.get(admin_url(event, "registration_mail")),
        client.post(admin_url(event, "registration_bulk_action"), {"action": "cancel", "select_all": "1"}),
        client.get(admin_url(event, "registration_name_badges"), {"person": person.pk}),
        client.post(
            admin_url(event, "registration_online_attendance"),
            {"file": report, "day": event.first_day.isoformat(), "least": "1", "zone": event.zone},
        ),
    ]
    assert ["Anna Virtanen" in answer.text for answer in answers] == [True] * 4
    recorded = AccessRecord.objects.filter(action=Action.LIST_VIEWED).order_by("pk")
    screens = ["mail", "list", "name_badges", "online_attendance"]
    assert [row.detail for row in recorded] == [{"screen": name, "search": False} for name in screens]


@pytest.mark.parametrize(
    "name",
    [
        "registration_detail",
        "registration_edit",
        "registration_switch_mode",
        "registration_sessions_edit",
        "registration_choose_sessions",
        "registration_action",
    ],
)
def test_screens_of_one_registration_are_recorded(client, organiser, event, name):
    person = register_person(event, "Anna Virtanen").registration
    action = ["cancel"] if name == "registration_action" else []
    url = admin_url(event, name, person.pk, *action)
    AccessRecord.objects.all().delete()
    answer = client.get(url, {"mode": "online" if person.mode == "on_site" else "on_site"})
    recorded = AccessRecord.objects.filter(action=Action.LIST_VIEWED)
    if answer.status_code == 200:
        assert "Anna Virtanen" in answer.text
        assert [row.detail for row in recorded] == [{"screen": "registration", "search": False}]
    else:
        assert "Anna Virtanen" not in answer.text
        assert not recorded.exists()


def test_the_registration_that_was_read_is_not_named(client, organiser, event):
    person = register_person(event, "Anna Virtanen").registration
    client.get(admin_url(event, "registration_detail", person.pk))
    client.post(admin_url(event, "registration_note", person.pk), {"note": "x" * 1001})
    rows = AccessRecord.objects.filter(action=Action.LIST_VIEWED)
    assert [(row.username, row.subject, row.detail) for row in rows] == [
        (organiser.username, str(event), {"screen": "registration", "search": False})
    ] * 2


def test_forms_without_names_are_not_recorded(client, organiser, event):
    client.get(admin_url(event, "registration_name_badges"))
    client.get(admin_url(event, "registration_online_attendance"))
    assert not AccessRecord.objects.filter(action=Action.LIST_VIEWED).exists()
