"""Commands of organisers: approval, offers, seats, emails, check-in and reinstating."""

import pytest

from events.enums import EventStatus, MailKind, Mode
from events.models import CheckIn, OutboxMail, SeatPool
from events.registration import errors
from events.registration.commands import (
    approve,
    cancel,
    check_in,
    mark_absent,
    offer_place,
    preview_seats,
    reinstate,
    reject,
    resend,
    restore,
    set_seats,
    undo_absence,
    undo_check_in,
    withdraw,
)
from events.registration.seats import seat_counts
from events.states import RegistrationStatus
from tests.factories import reload
from tests.factories.events import DAY as FIRST_DAY
from tests.factories.events import change_event
from tests.factories.mail import kinds_of_mails
from tests.factories.registrations import (
    DAY,
    HOUR,
    NOW,
    make_open_event,
    make_registration,
    make_staff,
    status_of,
)

_S = RegistrationStatus
pytestmark = pytest.mark.django_db


@pytest.fixture
def organiser(db):
    return make_staff()


def entries(registration) -> list[tuple]:
    return [(entry.action, entry.user and entry.user.username) for entry in registration.history.all()]


# Approving, rejecting and cancelling


def test_approving_confirms_once(organiser):
    registration = make_registration(make_open_event(needs_approval=True), _S.PENDING)
    for _time in range(2):
        assert approve(registration.pk, organiser, NOW).status == "confirmed"
    assert (kinds_of_mails(registration=registration), entries(registration)) == (
        ["confirmed"],
        [("approve", "organiser")],
    )


@pytest.mark.parametrize("status", [_S.WAITING, _S.OFFERED, _S.REJECTED, _S.WITHDRAWN])
def test_only_a_pending_registration_can_be_approved(organiser, status):
    with pytest.raises(errors.NotPossibleError):
        approve(make_registration(make_open_event(), status).pk, organiser, NOW)


def test_a_registration_of_a_cancelled_event_cannot_be_approved(organiser):
    registration = make_registration(make_open_event(event_fields={"status": EventStatus.CANCELLED}), _S.PENDING)
    with pytest.raises(errors.EventOffError):
        approve(registration.pk, organiser, NOW)


@pytest.mark.parametrize(
    ("command", "before", "after", "kind"),
    [
        (reject, _S.PENDING, "rejected", "rejected"),
        (reject, _S.OFFERED, "rejected", "rejected"),
        (cancel, _S.CONFIRMED, "cancelled", "cancelled"),
        (cancel, _S.PENDING, "cancelled", "cancelled"),
    ],
)
def test_rejecting_or_cancelling_offers_the_seat_to_the_next_participant(organiser, command, before, after, kind):
    event = make_open_event({Mode.ON_SITE: (1, True)})
    registration, waiting = make_registration(event, before), make_registration(event, _S.WAITING)
    for _time in range(2):
        assert command(registration.pk, organiser, "No room for the press", NOW).status == after
    assert (status_of(waiting), kinds_of_mails(registration=registration), len(entries(registration))) == (
        "offered",
        [kind],
        1,
    )
    assert registration.mails.get().payload["reason"] == "No room for the press"
    assert "press" not in str(registration.history.values())


@pytest.mark.parametrize("command", [reject, cancel])
def test_the_email_has_no_reason_if_none_is_given(organiser, command):
    registration = make_registration(make_open_event(), _S.PENDING)
    command(registration.pk, organiser, now=NOW)
    assert "reason" not in registration.mails.get().payload


def test_a_confirmed_registration_cannot_be_rejected(organiser):
    with pytest.raises(errors.NotPossibleError):
        reject(make_registration(make_open_event()).pk, organiser, now=NOW)


# Offering a place


def test_staff_can_offer_a_place_regardless_of_the_position_on_the_waiting_list(organiser):
    event = make_open_event({Mode.ON_SITE: (1, True)}, waiting_until=NOW)
    make_registration(event, _S.WAITING, queued_at=NOW - 9 * HOUR)
    registration = make_registration(event, _S.WAITING, queued_at=NOW - HOUR)
    for _time in range(2):
        assert offer_place(registration.pk, organiser, now=NOW).status == "offered"
    assert reload(registration).offer_expires_at == NOW + 48 * HOUR
    assert (kinds_of_mails(registration=registration), entries(registration)) == (["offered"], [("offer", "organiser")])


def test_offering_a_place_over_the_capacity_requires_force(organiser):
    registration = make_registration(make_open_event({Mode.ON_SITE: (0, True)}), _S.WAITING)
    with pytest.raises(errors.FullError):
        offer_place(registration.pk, organiser, now=NOW)
    assert offer_place(registration.pk, organiser, force=True, now=NOW).status == "offered"


def test_offering_a_place_is_refused(organiser):
    event = make_open_event()
    waiting = make_registration(event, _S.WAITING)
    with pytest.raises(errors.NotPossibleError):
        offer_place(make_registration(event).pk, organiser, now=NOW)
    with pytest.raises(errors.NotPossibleError):
        offer_place(waiting.pk, organiser, now=event.starts_at)
    SeatPool.objects.filter(mode=Mode.ON_SITE).delete()
    with pytest.raises(errors.ModeNotOfferedError):
        offer_place(waiting.pk, organiser, now=NOW)
    change_event(event, status=EventStatus.POSTPONED)
    with pytest.raises(errors.EventOffError):
        offer_place(waiting.pk, organiser, now=NOW)


def test_a_place_can_be_offered_for_an_event_without_a_start_time(organiser):
    event = make_open_event()
    type(event).objects.update(starts_at=None, ends_at=None)
    assert offer_place(make_registration(event, _S.WAITING).pk, organiser, now=NOW).status == "offered"


# Seats


def test_more_seats_are_offered_to_the_participants_in_the_preview(organiser):
    event = make_open_event({Mode.ON_SITE: (1, True)})
    make_registration(event)
    people = [make_registration(event, _S.WAITING, queued_at=NOW - number * HOUR) for number in (3, 2, 1)]
    more = {Mode.ON_SITE: (3, True)}
    assert preview_seats(event.pk, more, NOW) == people[:2]
    assert [status_of(person) for person in people] == ["waiting"] * 3
    assert set_seats(event.pk, more, organiser, NOW) == people[:2]
    assert set_seats(event.pk, more, organiser, NOW) == []
    assert [status_of(person) for person in people] == ["offered", "offered", "waiting"]


def test_fewer_seats_keep_every_registration_and_leave_no_free_seat(organiser):
    event = make_open_event({Mode.ON_SITE: (3, True)})
    people = [make_registration(event) for _number in range(3)]
    fewer = {Mode.ON_SITE: (1, False)}
    assert preview_seats(event.pk, fewer, NOW) == set_seats(event.pk, fewer, organiser, NOW) == []
    assert [status_of(person) for person in people] == ["confirmed"] * 3
    count = seat_counts(event)[Mode.ON_SITE]
    assert (count.left, count.has_waiting_list) == (-2, False)


def test_a_mode_left_out_of_set_seats_is_no_longer_offered(organiser):
    event = make_open_event()
    set_seats(event.pk, {Mode.ONLINE: (5, True)}, organiser, NOW)
    assert list(seat_counts(event)) == [Mode.ONLINE]


def test_the_preview_includes_new_modes(organiser):
    event = make_open_event({Mode.ON_SITE: (5, True)})
    waiting = make_registration(event, _S.WAITING, Mode.ONLINE)
    assert preview_seats(event.pk, {Mode.ONLINE: (1, True)}, NOW) == [waiting]


# Emails


def test_resending_queues_a_new_email_with_the_current_status(organiser):
    event = make_open_event()
    registration = make_registration(event)
    cancel(registration.pk, organiser, "Too late", NOW)
    mail = registration.mails.get()
    copy = resend(mail.pk, organiser, NOW)
    assert (copy.kind, copy.registration, copy.payload["reason"]) == (MailKind.CANCELLED, registration, "Too late")
    assert (copy.key != mail.key, copy.payload["status"]) == (True, "cancelled")
    assert entries(registration)[-1] == ("resend", "organiser")


def test_a_resent_personal_link_keeps_its_payload(organiser):
    registration = make_registration(make_open_event())
    payload = {"form": "x"}
    mail = OutboxMail.objects.create(
        event=registration.event, registration=registration, kind=MailKind.PERSONAL_LINK, language="en", payload=payload
    )
    # Without it, the email would say that earlier links no longer work.
    assert resend(mail.pk, organiser, NOW).payload["form"] == "x"


def test_resending_requires_a_participant_with_an_address(organiser):
    event = make_open_event()
    mail = OutboxMail.objects.create(event=event, kind=MailKind.ORGANISER, recipient="a@example.org", language="en")
    with pytest.raises(errors.NotPossibleError):
        resend(mail.pk, organiser, NOW)
    without_address = make_registration(event, email="")
    mail = OutboxMail.objects.create(event=event, kind=MailKind.CONFIRMED, registration=without_address, language="en")
    with pytest.raises(errors.NotPossibleError):
        resend(mail.pk, organiser, NOW)


# Check-in


def test_checking_in_twice_has_no_further_effect(organiser):
    registration = make_registration(make_open_event())
    for _time in range(2):
        assert check_in(registration.pk, FIRST_DAY, organiser, NOW).status == "attended"
    row = CheckIn.objects.get()
    assert (row.day, row.user, row.at) == (FIRST_DAY, organiser.user, NOW)
    assert entries(registration) == [("check_in", "organiser")]


def test_check_ins_are_recorded_and_undone_for_each_day(organiser):
    event = make_open_event(event_fields={"last_day": FIRST_DAY + DAY})
    registration = make_registration(event)
    for day in event.days:
        check_in(registration.pk, day, organiser, NOW)
    assert CheckIn.objects.count() == 2
    assert undo_check_in(registration.pk, event.days[0], organiser, NOW).status == "attended"
    for _time in range(2):
        assert undo_check_in(registration.pk, event.days[1], organiser, NOW).status == "confirmed"
    assert [action for action, _user in entries(registration)] == ["check_in"] * 2 + ["undo_check_in"] * 2


def test_check_in_requires_a_place_and_a_day_of_the_event(organiser):
    event = make_open_event()
    with pytest.raises(errors.NotPossibleError):
        check_in(make_registration(event).pk, FIRST_DAY + DAY, organiser, NOW)
    with pytest.raises(errors.NotPossibleError):
        check_in(make_registration(event, _S.WAITING).pk, FIRST_DAY, organiser, NOW)
    assert not CheckIn.objects.exists()


def test_confirmed_participants_are_marked_absent_and_can_still_check_in(organiser):
    event = make_open_event()
    absent, attended, waiting = (make_registration(event, status) for status in (_S.CONFIRMED, _S.ATTENDED, _S.WAITING))
    with pytest.raises(errors.NotPossibleError):
        mark_absent(event.pk, [absent.pk], organiser, NOW)
    everyone = [absent.pk, attended.pk, waiting.pk]
    assert [mark_absent(event.pk, everyone, organiser, event.starts_at) for _time in range(2)] == [1, 0]
    assert [status_of(person) for person in (absent, attended, waiting)] == ["absent", "attended", "waiting"]
    assert entries(absent) == [("mark_absent", "organiser")]
    assert check_in(absent.pk, FIRST_DAY, organiser, event.starts_at).status == "attended"


def test_absence_of_some_participants_is_marked_and_undone(organiser):
    event = make_open_event()
    people = [make_registration(event) for _number in range(3)]
    assert mark_absent(event.pk, [people[0].pk, people[1].pk], organiser, event.starts_at) == 2
    assert [status_of(person) for person in people] == ["absent", "absent", "confirmed"]
    assert undo_absence(event.pk, [people[0].pk, people[2].pk], organiser, event.starts_at) == 1
    assert [status_of(person) for person in people] == ["confirmed", "absent", "confirmed"]
    assert entries(people[0]) == [("mark_absent", "organiser"), ("undo_absence", "organiser")]


def test_mark_absent_requires_an_event_with_a_start_time(organiser):
    event = make_open_event()
    type(event).objects.update(starts_at=None)
    with pytest.raises(errors.NotPossibleError):
        mark_absent(event.pk, [], organiser, NOW + 90 * DAY)


# Reinstating


@pytest.mark.parametrize("status", [_S.WITHDRAWN, _S.REJECTED, _S.EXPIRED, _S.CANCELLED])
def test_reinstating_confirms_and_sends_one_email(organiser, status):
    event = make_open_event({Mode.ON_SITE: (1, True)}, needs_approval=True)
    person = make_registration(event, status)
    for _time in range(2):
        assert reinstate(person.pk, organiser, now=NOW).status == _S.CONFIRMED
    assert [mail.kind for mail in OutboxMail.objects.all()] == [MailKind.CONFIRMED]
    entry = person.history.get()
    assert (entry.action, entry.actor, entry.before, entry.after) == ("reinstate", "staff", status, "confirmed")
    assert reload(person).token_hash == person.token_hash


def test_reinstating_over_the_capacity_requires_force(organiser):
    event = make_open_event({Mode.ON_SITE: (1, True)})
    first, second = make_registration(event), make_registration(event, _S.WAITING)
    withdraw(first.pk, organiser, NOW)
    assert status_of(second) == _S.OFFERED
    with pytest.raises(errors.FullError):
        reinstate(first.pk, organiser, now=NOW)
    assert reinstate(first.pk, organiser, force=True, now=NOW).status == _S.CONFIRMED
    assert seat_counts(event)[Mode.ON_SITE].left == -1


@pytest.mark.parametrize("status", [_S.PENDING, _S.WAITING, _S.OFFERED, _S.ATTENDED, _S.ABSENT])
def test_only_a_closed_registration_can_be_reinstated(organiser, status):
    person = make_registration(make_open_event(), status)
    with pytest.raises(errors.NotPossibleError):
        reinstate(person.pk, organiser, now=NOW)


def test_reinstating_is_refused(organiser):
    event = make_open_event({Mode.ON_SITE: (5, True)})
    withdrawn = make_registration(event, _S.WITHDRAWN, email="anna@example.org")
    online = make_registration(event, _S.WITHDRAWN, Mode.ONLINE)
    make_registration(event, email="anna@example.org")
    with pytest.raises(errors.AddressTakenError):
        reinstate(withdrawn.pk, organiser, now=NOW)
    with pytest.raises(errors.ModeNotOfferedError):
        reinstate(online.pk, organiser, now=NOW)
    with pytest.raises(errors.EventOffError):
        reinstate(online.pk, organiser, now=NOW + 90 * DAY)


def test_restoring_leaves_out_what_participants_ended_and_addresses_that_were_never_confirmed(organiser):
    event = make_open_event()
    unconfirmed = make_registration(event, _S.OFFERED, queued_at=None, is_address_confirmed=False)
    cancel(unconfirmed.pk, organiser, now=NOW)
    for person in (unconfirmed, make_registration(event, _S.WITHDRAWN), make_registration(event, _S.EXPIRED)):
        with pytest.raises(errors.NotPossibleError):
            restore(person.pk, organiser, now=NOW)
    assert not reload(unconfirmed).is_address_confirmed


def test_restoring_is_refused_where_reinstating_is(organiser):
    event = make_open_event({Mode.ON_SITE: (1, True)})
    first, online = make_registration(event, _S.PENDING), make_registration(event, _S.CONFIRMED, Mode.ONLINE)
    for person in (first, online):
        cancel(person.pk, organiser, now=NOW)
    make_registration(event)
    with pytest.raises(errors.FullError):
        restore(first.pk, organiser, now=NOW)
    with pytest.raises(errors.ModeNotOfferedError):
        restore(online.pk, organiser, now=NOW)
    with pytest.raises(errors.EventOffError):
        restore(first.pk, organiser, now=NOW + 90 * DAY)
