"""Attendance list, statistics, and the number of emails of a cancelled event."""

import pathlib
import re

import pytest
from django.contrib.staticfiles import finders

from events.enums import EventStatus, MailKind, Mode
from events.models import (
    DataAccess,
    OutboxMail,
    Registration,
)
from tests.factories.registrations import make_registration
from tests.factories.users import admin_url
from tests.html import soup

pytestmark = pytest.mark.any_database


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
