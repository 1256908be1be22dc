"""Check-in without a connection: the list that devices keep, and the merging of what they send."""

import datetime
import gzip
import json
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import AccessRecord, Action
from events.attendance import check_ins, doors, offline
from events.attendance.points import CheckInPoint
from events.enums import Mode
from events.models import CheckIn, Door, HistoryEntry, OfflineScan, Registration, Ticket
from events.registration import commands, tickets
from events.registration.actor import at_door, staff
from events.registration.privacy import erasure
from home.codes import new_code
from tests.factories import reload
from tests.factories.events import change_event
from tests.factories.registrations import make_open_page, make_registration, make_staff, status_of
from tests.factories.users import make_organiser

pytestmark = pytest.mark.slow

DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture(scope="module")
def made_page(module_home_page):
    return make_open_page(module_home_page)


@pytest.fixture
def event(made_page, db):
    page = reload(made_page)
    today = timezone.localdate(timezone=timezone.get_fixed_timezone(120))
    change_event(page.event, first_day=today, last_day=today + DAY)
    return reload(page.event)


@pytest.fixture
def organiser(event):
    return make_organiser(event)


def make_door(event, organiser, name):
    door = doors.create_door(event, name, timezone.now() + DAY, organiser)
    # Open since the morning.
    Door.objects.filter(pk=door.pk).update(created_at=timezone.now() - 8 * HOUR)
    return reload(door)


@pytest.fixture
def north(event, organiser):
    return make_door(event, organiser, "North door")


@pytest.fixture
def south(event, organiser):
    return make_door(event, organiser, "South door")


def url(door, name, language="en"):
    with translation.override(language):
        return reverse(name, kwargs={"token": doors.token_for(door)})


def milliseconds(moment):
    return round(moment.timestamp() * 1000)


class Device:
    """A phone whose clock is ahead of the server's, or behind it."""

    def __init__(self, client, door, ahead=datetime.timedelta()):
        self.client, self.door, self.ahead, self.key = client, door, ahead, str(uuid.uuid4())

    def scan(self, person, at, **values):
        return {
            "id": str(uuid.uuid4()),
            "at": milliseconds(at + self.ahead),
            "day": self.door.event.first_day.isoformat(),
            "person": doors.reference_of(self.door, person.pk) if person else "",
            **values,
        }

    def send(self, *scans, clock=None, language="en"):
        now = clock or timezone.now()
        body = {"device": self.key, "clock": milliseconds(now + self.ahead), "scans": scans}
        return self.client.post(
            url(self.door, "door_scans", language), json.dumps(body), content_type="application/json"
        )

    def headings(self, *scans, **values):
        return [
            (result["level"], result["heading"], result["lines"])
            for result in self.send(*scans, **values).json()["results"]
        ]


def is_about(moment, other):
    return abs(moment - other) < datetime.timedelta(seconds=20)


# The list


def test_the_list_has_hashes_names_and_modes_and_nothing_else(client, event, north):
    person = make_registration(event, name="Κατερίνα Õun", email="secret@example.org", organisation="Secret House")
    online = make_registration(event, name="Eeva Etä", mode=Mode.ONLINE)
    gone = make_registration(event, "withdrawn", name="Gone Person")
    old = tickets.ticket_of(person).code
    commands.renew_link(person.pk, make_staff())
    code, gone_code = tickets.ticket_of(reload(person)).code, tickets.ticket_of(gone).code
    response = client.get(url(north, "door_people"))
    assert response["Cache-Control"] == "private, no-store"
    data = response.json()
    hashed = {
        name: offline.hash_of_code(data["salt"], value)
        for name, value in {"new": code, "old": old, "gone": gone_code}.items()
    }
    assert data["people"] == [
        ["", doors.reference_of(north, online.pk), "Eeva Etä", 1],
        [hashed["new"], doors.reference_of(north, person.pk), "Κατερίνα Õun", 0],
    ]
    assert sorted(data["others"]) == sorted([[hashed["old"], "replaced"], [hashed["gone"], "Withdrawn"]])
    text = response.content.decode()
    assert [word for word in ("secret@", "Secret", "Gone", code, old, gone_code) if word in text] == []
    assert client.get(url(north, "door_people")).json()["salt"] != data["salt"]
    detail = {"screen": "door", "door": "North door", "offline": True}
    assert [row.detail for row in AccessRecord.objects.filter(action=Action.LIST_VIEWED)] == [detail, detail]


def test_the_list_says_who_is_in(client, event, north, organiser):
    person, other = make_registration(event, name="Anna"), make_registration(event, name="Berta")
    commands.check_in(person.pk, event.first_day, at_door(north))
    commands.check_in(other.pk, event.first_day, staff(organiser))
    data = client.get(url(north, "door_people")).json()
    found = {
        data["people"][place][2]: (key, data["names"][who], left) for place, key, _at, who, left in data["present"]
    }
    day = event.first_day.isoformat()
    assert found == {"Anna": (day, "North door", 0), "Berta": (day, organiser.get_full_name(), 0)}


def test_the_list_ends_with_the_day_or_the_link(event, north):
    midnight = datetime.datetime.combine(
        event.first_day + DAY, datetime.time(), tzinfo=timezone.get_fixed_timezone(120)
    )
    # Not the time of the test, which may begin before midnight and end after it.
    now = midnight - 10 * HOUR
    north.ends_at = midnight + DAY
    assert abs(offline.list_ends_at(north, now) - midnight) <= HOUR
    north.ends_at = now + MINUTE
    assert offline.list_ends_at(north, now) == now + MINUTE


def make_many(event, number):
    people = [make_registration(event, name="Person 0")]
    template = people[0]
    rows = [
        Registration(
            event=event,
            name=f"{uuid.uuid4().hex[:8].title()} {uuid.uuid4().hex[:10].title()}",
            email=f"p{index}@example.org",
            email_key=f"p{index}@example.org",
            mode=template.mode,
            language="en",
            status="confirmed",
            token_hash=uuid.uuid4().hex * 2,
        )
        for index in range(1, number)
    ]
    made = Registration.objects.bulk_create(rows, batch_size=500)
    Ticket.objects.bulk_create(
        [Ticket(registration=row, code=new_code(tickets.LENGTH)) for row in made], batch_size=500
    )
    CheckIn.objects.bulk_create([CheckIn(registration=row, day=event.first_day) for row in made[::2]], batch_size=500)


@pytest.mark.any_database
def test_the_list_of_ten_thousand_is_below_a_megabyte(client, event, north):
    make_many(event, 10_000)
    content = client.get(url(north, "door_people")).content
    assert len(json.loads(content)["people"]) == 10_000
    assert len(gzip.compress(content, 6)) < 1_000_000


def test_the_list_costs_the_same_for_any_number_of_people(client, event, north, django_assert_num_queries):
    for number in (1, 3):
        make_many(event, number)
        with django_assert_num_queries(8):
            client.get(url(north, "door_people"))
        Registration.objects.all().delete()


@pytest.mark.parametrize("change", ["ended", "revoked", "wrong"])
@pytest.mark.parametrize("name", ["door_people", "door_worker", "door_manifest"])
def test_a_link_that_does_not_work_gives_nothing(client, north, organiser, change, name):
    address = url(north, name)
    if change == "ended":
        Door.objects.update(ends_at=timezone.now())
    elif change == "revoked":
        doors.revoke_door(north, organiser)
    else:
        address = address.replace("/door/", "/door/x")
    response = client.get(address)
    assert (response.status_code, response.json()) == (410, {"ended": True})


# Sending


def test_a_scan_is_recorded_at_the_time_of_the_event(client, event, north):
    person, then = make_registration(event, name="Anna"), timezone.now() - HOUR
    device = Device(client, north)
    assert device.headings(device.scan(person, then)) == [("good", "Welcome", [])]
    row, entry = CheckIn.objects.get(), HistoryEntry.objects.get(action="check_in")
    assert (status_of(person), row.door, entry.door) == ("attended", north, north)
    assert is_about(row.at, then)
    assert is_about(entry.at, then)


def test_sending_a_batch_again_has_no_further_effect(client, event, north):
    device, person = Device(client, north), make_registration(event)
    scan = device.scan(person, timezone.now() - HOUR)
    answers = [device.send(scan, scan).json()["results"], device.send(scan).json()["results"]]
    assert [[row["heading"] for row in rows] for rows in answers] == [["Welcome", "Welcome"], ["Welcome"]]
    assert (CheckIn.objects.count(), OfflineScan.objects.count()) == (1, 1)
    assert HistoryEntry.objects.filter(action="check_in").count() == 1
    commands.undo_check_in(person.pk, event.first_day, make_staff())
    device.send(scan)
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize("order", ["north first", "south first"])
@pytest.mark.parametrize("ahead", [HOUR, -HOUR])
def test_of_two_doors_with_clocks_an_hour_apart_the_first_check_in_counts(client, event, north, south, order, ahead):
    """South was ten minutes earlier, whatever its clock says."""
    person, now = make_registration(event, name="Anna"), timezone.now()
    devices = {"north": Device(client, north), "south": Device(client, south, ahead)}
    scans = {
        "north": devices["north"].scan(person, now - 20 * MINUTE),
        "south": devices["south"].scan(person, now - 30 * MINUTE),
    }
    names = ["north", "south"] if order == "north first" else ["south", "north"]
    answers = [devices[name].headings(scans[name])[0] for name in names]
    row = CheckIn.objects.get()
    assert row.door == south
    assert is_about(row.at, now - 30 * MINUTE)
    assert (answers[0][:2], answers[1][:2]) == (("good", "Welcome"), ("warn", "Already checked in"))
    other = "North door" if order == "north first" else "South door"
    assert other in answers[1][2][0]


def test_a_clock_that_was_set_while_the_device_was_offline(client, event, north):
    """The device measured its clock before: it was right then, and is an hour ahead now."""
    person, now = make_registration(event), timezone.now()
    device = Device(client, north)
    scan = device.scan(person, now - 30 * MINUTE, offset=0)
    device.ahead = HOUR
    device.send(scan)
    assert is_about(CheckIn.objects.get().at, now - 30 * MINUTE)


@pytest.mark.parametrize("wrong", [9 * DAY, -9 * DAY])
def test_no_check_in_is_in_the_future_or_before_the_link(client, event, north, wrong):
    person, now = make_registration(event), timezone.now()
    device = Device(client, north)
    device.send(device.scan(person, now + wrong))
    at = CheckIn.objects.get().at
    assert is_about(at, now if wrong > DAY else north.created_at)


def test_an_answer_that_was_lost_is_no_conflict(client, event, north):
    person = make_registration(event)
    commands.check_in(person.pk, event.first_day, at_door(north), timezone.now() - HOUR)
    device = Device(client, north)
    later = device.scan(person, timezone.now() - HOUR + MINUTE)
    assert device.headings(later) == [("good", "Welcome", [])]
    assert device.headings(device.scan(person, timezone.now() - MINUTE))[0][0] == "warn"


# Undo


def test_an_undone_scan_checks_nobody_in(client, event, north):
    person, now = make_registration(event), timezone.now()
    device = Device(client, north)
    scan = device.scan(person, now - HOUR, undone=milliseconds(now - HOUR + MINUTE))
    assert device.headings(scan) == [("good", "Check-in undone", [])]
    assert (CheckIn.objects.count(), status_of(person)) == (0, "confirmed")


def test_a_scan_can_be_undone_after_it_was_sent(client, event, north):
    person, now = make_registration(event), timezone.now()
    device = Device(client, north)
    scan = device.scan(person, now - HOUR)
    device.send(scan)
    undone = scan | {"undone": milliseconds(now - 50 * MINUTE)}
    for _time in range(2):
        assert device.headings(undone) == [("good", "Check-in undone", [])]
    assert (CheckIn.objects.count(), status_of(person)) == (0, "confirmed")
    assert [row.action for row in HistoryEntry.objects.order_by("at")][-2:] == ["check_in", "undo_check_in"]


@pytest.mark.parametrize("other_is_online", [True, False])
def test_after_an_undo_the_other_check_in_counts(client, event, north, south, organiser, other_is_online):
    """North was first by mistake; the participant came later."""
    person, now = make_registration(event), timezone.now()
    first, second = Device(client, north), Device(client, south)
    if other_is_online:
        commands.check_in(person.pk, event.first_day, staff(organiser), now - 30 * MINUTE)
    else:
        second.send(second.scan(person, now - 30 * MINUTE))
    scan = first.scan(person, now - HOUR)
    first.send(scan)
    assert CheckIn.objects.get().door == north
    first.send(scan | {"undone": milliseconds(now - 59 * MINUTE)})
    row = CheckIn.objects.get()
    assert (row.user, row.door) == ((organiser, None) if other_is_online else (None, south))
    assert is_about(row.at, now - 30 * MINUTE)
    assert status_of(person) == "attended"


def test_undoing_both_leaves_nothing(client, event, north, south):
    person, now = make_registration(event), timezone.now()
    first, second = Device(client, north), Device(client, south)
    scans = [first.scan(person, now - HOUR), second.scan(person, now - 30 * MINUTE)]
    second.send(scans[1])
    first.send(scans[0])
    second.send(scans[1] | {"undone": milliseconds(now)})
    assert CheckIn.objects.get().door == north
    first.send(scans[0] | {"undone": milliseconds(now)})
    assert not CheckIn.objects.exists()


# What the server refuses


def test_people_who_lost_their_place_and_codes_that_are_not_on_the_list(client, event, north, home_page):
    person = make_registration(event, name="Anna")
    old = tickets.ticket_of(person).code
    commands.renew_link(person.pk, make_staff())
    new = make_registration(event, name="Came later")
    other = make_registration(make_open_page(home_page, slug="other").event)
    gone = make_registration(event, "withdrawn", name="Gone")
    device, now = Device(client, north), timezone.now()
    codes = [old, tickets.ticket_of(new).code.lower(), tickets.ticket_of(other).code, "nonsense"]
    scans = [device.scan(None, now, code=code) for code in codes] + [device.scan(gone, now)]
    found = device.headings(*scans)
    assert [row[:2] for row in found] == [
        ("bad", "Old ticket"),
        ("good", "Welcome"),
        ("bad", "Ticket of another event"),
        ("bad", "Unknown code"),
        ("bad", "No place"),
    ]
    assert list(CheckIn.objects.values_list("registration", flat=True)) == [new.pk]
    assert OfflineScan.objects.get(registration=gone).outcome == "refused"


def test_references_of_another_door_days_of_no_event_and_erased_people(client, event, north, south):
    person, erased = make_registration(event), make_registration(event)
    device, now = Device(client, north), timezone.now()
    foreign = device.scan(person, now) | {"person": doors.reference_of(south, person.pk)}
    wrong_day = device.scan(person, now) | {"day": "2001-01-01"}
    gone = device.scan(erased, now)
    erasure.erase(erased.pk)
    assert [row[0] for row in device.headings(foreign, wrong_day, gone)] == ["bad"] * 3
    assert not CheckIn.objects.exists()


def test_one_entry_that_cannot_be_read_does_not_stop_the_others(client, event, north):
    device, person = Device(client, north), make_registration(event)
    good = device.scan(person, timezone.now())
    bad = [{"id": "x" * 90}, good | {"id": "7"}, good | {"at": -5}, good | {"day": None}, {"id": {"a": []}, "at": [1]}]
    # Types of JSON that no device sends
    bad += [good | {"day": True}, good | {"day": 2030}, good | {"undone": 1.5}, good | {"person": [[]]}]
    data = device.send(good, *bad).json()
    assert [row["heading"] for row in data["results"]] == ["Welcome"]
    assert len(data["unreadable"]) == len(bad)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b"\xff", b'{"device": 5}', b"[" * 5000, b'{"device": "x", "clock": 1, "scans": []}', b"1e999"],
)
def test_what_is_no_batch_is_refused(client, north, body):
    response = client.post(url(north, "door_scans"), body, content_type="application/json")
    assert response.status_code == 400
    device = Device(client, north)
    for scans in (["text"], [{}] * 51):
        assert device.send(*scans).status_code == 400
    assert client.get(url(north, "door_scans")).status_code == 405


def test_an_ended_link_still_sends_and_a_revoked_one_does_not(client, event, north, organiser):
    person, now = make_registration(event), timezone.now()
    device = Device(client, north)
    Door.objects.filter(pk=north.pk).update(ends_at=now - HOUR)
    assert device.headings(device.scan(person, now)) == [("good", "Welcome", [])]
    # Nobody is checked in after the end.
    assert CheckIn.objects.get().at == now - HOUR
    Door.objects.filter(pk=north.pk).update(ends_at=now - 3 * DAY)
    assert device.send().status_code == 410
    Door.objects.filter(pk=north.pk).update(ends_at=now + HOUR)
    assert device.send().status_code == 200
    doors.revoke_door(north, organiser)
    response = device.send(device.scan(person, now))
    assert (response.status_code, response.json()) == (410, {"ended": True})


def test_a_busy_database_lets_the_device_send_again(client, event, north, monkeypatch):
    from events.registration import errors, locking

    def busy(_pk):
        raise errors.BusyError

    device, person = Device(client, north), make_registration(event)
    scan = device.scan(person, timezone.now())
    with monkeypatch.context() as patch:
        patch.setattr(locking, "locked", busy)
        assert [row["again"] for row in device.send(scan).json()["results"]] == [True]
    assert [row["again"] for row in device.send(scan).json()["results"]] == [False]
    assert CheckIn.objects.count() == 1


# Personal data


def test_erasure_and_the_end_of_the_links_delete_what_was_sent(client, event, north):
    people = [make_registration(event), make_registration(event)]
    device = Device(client, north)
    device.send(*[device.scan(person, timezone.now()) for person in people])
    erasure.erase(people[0].pk)
    assert OfflineScan.objects.get().registration == people[1]
    end = event.ends_at
    assert offline.delete_old_scans(end + 6 * DAY) == 0
    assert offline.delete_old_scans(end + 8 * DAY) == 1


# The page


def test_the_page_may_start_its_own_worker_and_no_other(client, north):
    policy = client.get(url(north, "door"))["Content-Security-Policy"]
    assert f"worker-src testserver{url(north, 'door_worker')}" in policy
    assert "worker-src" not in client.get("/en/search/")["Content-Security-Policy"]
    worker = client.get(url(north, "door_worker"))
    assert worker["Content-Type"].startswith("text/javascript")
    assert "Service-Worker-Allowed" not in worker
    manifest = client.get(url(north, "door_manifest", "fi")).json()
    assert (manifest["scope"], manifest["lang"]) == (url(north, "door", "fi"), "fi")


def test_the_kept_page_names_no_participant(client, event, north):
    person = make_registration(event, name="Anna Secret")
    commands.check_in(person.pk, event.first_day, at_door(north))
    assert "Anna Secret" in client.get(url(north, "door")).content.decode()
    shown = client.get(url(north, "door_offline"))
    assert "Anna Secret" not in shown.content.decode()
    assert "csrfmiddlewaretoken" not in shown.content.decode()
    assert not shown.cookies
    assert client.get(url(north, "door_offline").replace("/door/", "/door/x")).status_code == 404


def test_scans_of_a_ticket_find_its_holder(event):
    """The same rules with and without a connection."""
    person = make_registration(event)
    assert check_ins.holder_of(event, tickets.ticket_of(person).code) == person
    assert check_ins.scan(event, "x", CheckInPoint(event.first_day), make_staff()).registration is None
