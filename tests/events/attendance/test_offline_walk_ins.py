"""People whom devices at the door have added without a connection."""

import datetime
import uuid

import pytest
from django.utils import timezone

from events.enums import Mode
from events.models import CheckIn, OfflineScan, OutboxMail, Registration
from events.registration import commands
from events.registration.actor import at_door
from events.registration.privacy import erasure
from tests.events.attendance.test_offline import HOUR, MINUTE, Device, event, made_page, north, organiser, south, url
from tests.factories.events import change_event
from tests.factories.registrations import make_registration, set_seats_of, status_of

pytestmark = pytest.mark.slow

__all__ = ["event", "made_page", "north", "organiser", "south"]

SAVED = "Was registered already, so nobody was added."


def walk_in(device, at, name="Eeva Virtanen", **values):
    return device.scan(None, at, name=name, **values)


def test_a_person_is_added_once_however_often_it_is_sent(client, event, north):
    device, now = Device(client, north), timezone.now()
    sent = walk_in(device, now - HOUR, email="eeva@example.org")
    assert device.headings(sent, language="fi") == [("good", "Tervetuloa", [])]
    assert [row[0] for row in device.headings(sent, language="fi")] == ["good"]
    person = Registration.objects.get()
    assert (person.status, person.language, str(person.submission_key)) == ("attended", "fi", sent["id"])
    assert abs(CheckIn.objects.get().at - (now - HOUR)) < datetime.timedelta(seconds=1)
    assert person.history.order_by("pk").first().door == north
    assert OutboxMail.objects.count() == 1


def test_the_address_was_registered_meanwhile(client, event, north):
    person = make_registration(event, name="Eeva Virtanen", email="eeva@example.org")
    device, now = Device(client, north), timezone.now()
    found = device.headings(walk_in(device, now, "virtanen eeva", email="Eeva@example.org"))
    assert found == [("warn", "Welcome", [SAVED])]
    assert CheckIn.objects.get().registration == person


def test_who_waits_for_a_place_is_not_added_beside(client, event, north):
    person = make_registration(event, "waiting", name="Eeva Virtanen", email="eeva@example.org")
    device = Device(client, north)
    found = device.headings(walk_in(device, timezone.now(), email="eeva@example.org"))
    assert found == [("bad", "No place", [SAVED, "Status: On the waiting list"])]
    assert (Registration.objects.get(), status_of(person)) == (person, "waiting")


@pytest.mark.parametrize("address", ["", "eeva@example.org"])
def test_two_devices_add_one_person(client, event, north, south, address):
    devices, now = [Device(client, north), Device(client, south, HOUR)], timezone.now()
    sent = [walk_in(device, now - MINUTE * 10 * place, email=address) for place, device in enumerate(devices)]
    assert devices[0].headings(sent[0]) == [("good", "Welcome", [])]
    [(level, heading, lines)] = devices[1].headings(sent[1])
    assert (level, heading, lines[0]) == ("warn", "Already checked in", SAVED)
    assert (Registration.objects.count(), CheckIn.objects.get().door) == (1, south)


def test_one_device_that_adds_a_name_twice_means_two_people(client, event, north):
    device, now = Device(client, north), timezone.now()
    found = device.headings(walk_in(device, now), walk_in(device, now))
    note = "Another participant has this name. Ask the organisers whether they are one person."
    assert found == [("good", "Welcome", []), ("warn", "Welcome", [note])]
    assert CheckIn.objects.count() == 2


def test_an_address_of_someone_else_or_a_wrong_one_loses_nobody(client, event, north):
    other = make_registration(event, name="Anna Example", email="ward@example.org")
    device, now = Device(client, north), timezone.now()
    found = device.headings(
        walk_in(device, now, "Berta", email="ward@example.org"), walk_in(device, now, "Carla", email="no address")
    )
    assert [row[:2] for row in found] == [("warn", "Welcome")] * 2
    assert [row[2][0].partition(" which")[0].partition(":")[0] for row in found] == [
        "Added without the email address,",
        "Added without an email address",
    ]
    assert status_of(other) == "confirmed"
    assert set(Registration.objects.exclude(pk=other.pk).values_list("name", "email", "status")) == {
        ("Berta", "", "attended"),
        ("Carla", "", "attended"),
    }


def test_over_the_capacity_the_merge_warns(client, event, north):
    set_seats_of(event, Mode.ON_SITE, 1)
    device, now = Device(client, north), timezone.now()
    found = device.headings(walk_in(device, now, "Anna"), walk_in(device, now, "Berta"))
    note = "No places were left on site. Added over the number of places: tell the organisers."
    assert found == [("good", "Welcome", []), ("warn", "Welcome", [note])]
    assert CheckIn.objects.count() == 2


def test_who_was_undone_before_is_never_stored(client, event, north):
    device, now = Device(client, north), timezone.now()
    undone = walk_in(device, now - HOUR, undone=round(now.timestamp() * 1000))
    assert [row[:2] for row in device.headings(undone)] == [("good", "Check-in undone")]
    assert not Registration.objects.exists()
    later = walk_in(device, now - HOUR)
    device.send(later)
    device.send(later | {"undone": round(now.timestamp() * 1000)})
    assert (status_of(Registration.objects.get()), CheckIn.objects.exists()) == ("confirmed", False)


def test_the_form_that_was_answered_too_late_is_the_same_person(client, event, north):
    device, key = Device(client, north), str(uuid.uuid4())
    data = {"walk_in": "1", "name": "Eeva Virtanen", "key": key}
    for _time in range(2):
        assert client.post(url(north, "door"), data).status_code == 200
    found = device.headings(walk_in(device, timezone.now()) | {"id": key})
    assert [row[0] for row in found] == ["good"]
    assert (Registration.objects.count(), CheckIn.objects.count()) == (1, 1)


def test_what_is_sent_after_the_event_counts_by_its_time(client, event, north):
    device, now = Device(client, north), timezone.now()
    sent = walk_in(device, now)
    assert device.headings(sent, clock=now)[0][0] == "good"
    late = walk_in(device, now - MINUTE, "Late Person")
    change_event(event, status="cancelled")
    assert device.headings(late) == [("bad", "Not added", ["The event does not take place as planned, or it is over."])]
    assert Registration.objects.count() == 1


def test_limits_make_the_device_send_again(client, event, north, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"door": (1, 3600)}
    device, now = Device(client, north), timezone.now()
    sent = [walk_in(device, now, name) for name in ("Anna", "Berta")]
    assert [row["again"] for row in device.send(*sent).json()["results"]] == [False, True]
    # What is known already does not count.
    assert [row["again"] for row in device.send(sent[0]).json()["results"]] == [False]


def test_entries_without_a_name_or_point_are_refused(client, event, north, home_page):
    device, now = Device(client, north), timezone.now()
    bad = [walk_in(device, now, name) for name in ("", " ", "x" * 121, "a\x00b", ["a"])]
    data = device.send(*bad, walk_in(device, now) | {"day": "2001-01-01"}).json()
    assert (len(data["unreadable"]), [row["level"] for row in data["results"]]) == (5, ["bad"])
    assert not Registration.objects.exists()


def test_erasure_reaches_who_was_added(client, event, north):
    device = Device(client, north)
    device.send(walk_in(device, timezone.now(), email="eeva@example.org"))
    erasure.erase(Registration.objects.get().pk)
    assert not OfflineScan.objects.exists()
    assert not Registration.objects.filter(name__icontains="Eeva").exists()


def test_a_key_of_another_event_leads_nowhere(client, event, north, home_page):
    from tests.factories.registrations import make_open_page

    other = make_open_page(home_page, slug="other").event
    key = uuid.uuid4()
    commands.add_registration(
        other.pk, commands.Applicant(name="Eeva", email="", mode=Mode.ON_SITE), at_door(north), submission_key=key
    )
    device = Device(client, north)
    found = device.headings(walk_in(device, timezone.now(), "Eeva") | {"id": str(key)})
    assert found[0][:2] == ("bad", "Not added")
    assert CheckIn.objects.count() == 0
