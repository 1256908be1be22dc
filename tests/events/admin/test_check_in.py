"""Check-in on the day of the event."""

import datetime

import pytest

from accounts.models import AccessRecord, Action
from events.models import (
    CheckIn,
    Registration,
)
from events.states import RegistrationStatus
from tests.events.admin.responses import shown_messages
from tests.factories.events import change_event
from tests.factories.registrations import make_registration, status_of
from tests.factories.users import admin_url, make_organiser

pytestmark = pytest.mark.slow


def test_two_people_check_in_the_same_participant(client, organiser, event):
    change_event(event, last_day=event.first_day + datetime.timedelta(days=1))
    person = make_registration(event, name="Κατερίνα Õun", organisation="Secret House")
    make_registration(event, "waiting", name="Katerina Waiting")
    url = admin_url(event, "registration_check_in")
    check_in_user = make_organiser(event, "check_in_user", only_checks_in=True)
    client.force_login(check_in_user)
    page = client.get(url + "?q=ΚΑΤΕΡΙΝΑ").content.decode()
    assert "Κατερίνα Õun" in page
    assert "Secret House" not in page
    data = {"person": person.pk, "day": event.first_day.isoformat()}
    assert "Welcome. Checked in at" in shown_messages(client.post(url, data))[-1]
    client.force_login(organiser)
    assert "Already checked in. Checked in at" in shown_messages(client.post(url, data))[-1]
    assert ": check_in_user." in shown_messages(client.post(url, data))[-1]
    assert CheckIn.objects.get().user == check_in_user
    attended = client.get(url).context["attended"]
    assert [(row["day"], row["modes"][0]["checked_in"]) for row in attended] == [
        (event.first_day, 1),
        (event.first_day + datetime.timedelta(days=1), 0),
    ]
    client.post(url, data | {"undo": "1"})
    assert (status_of(person), CheckIn.objects.count()) == ("confirmed", 0)
    CheckIn.objects.create(registration=person, day=event.first_day)
    Registration.objects.filter(pk=person.pk).update(status=RegistrationStatus.ATTENDED)
    assert "Already checked in. Checked in at" in shown_messages(client.post(url, data))[-1]
    assert "No participant with this name" in client.get(url + "?q=zzz").content.decode()


def test_participants_without_a_place_are_not_checked_in(client, organiser, event):
    person = make_registration(event, "waiting")
    response = client.post(admin_url(event, "registration_check_in"), {"person": person.pk})
    assert "No place. Status: On the waiting list" in shown_messages(response)[-1]
    assert "No participant has a place yet." in client.get(admin_url(event, "registration_check_in")).content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_search_for_names_is_recorded(client, event, method):
    make_registration(event, name="Anna Virtanen")
    client.force_login(make_organiser(event, "helper", only_checks_in=True))
    code = {"code": "x"} if method == "post" else {}
    answer = getattr(client, method)(admin_url(event, "registration_check_in"), code | {"q": "An"})
    assert "Anna Virtanen" in answer.text
    assert AccessRecord.objects.get(action=Action.LIST_VIEWED).detail == {"screen": "check_in", "search": True}


def test_one_letter_lists_nobody(client, organiser, event):
    make_registration(event, name="Anna Virtanen")
    page = client.get(admin_url(event, "registration_check_in"), {"q": " a "}).text
    assert "Enter at least two letters of the name." in page
    assert "Anna Virtanen" not in page
