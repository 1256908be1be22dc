"""What the organiser decides, and what she sets."""

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
    set_seats,
    undo_check_in,
    withdraw,
)
from events.registration.seats import seat_counts
from events.states import RegistrationStatus
from tests.factories import reload
from tests.factories.events import DAY as FIRST_DAY
from tests.factories.events import change_event
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


def mails(registration) -> list[str]:
    return list(registration.mails.order_by("pk").values_list("kind", flat=True))


def entries(registration) -> list[tuple]:
    return [(entry.action, entry.user and entry.user.username) for entry in registration.history.all()]


# In or out


def test_approving_confirms_once(organiser):
    registration = make_registration(make_open_event(needs_approval=True), _S.PENDING)
    for _time in range(2):
        assert approve(registration.pk, organiser, NOW).status == "confirmed"
    assert (mails(registration), entries(registration)) == (["confirmed"], [("approve", "organiser")])


@pytest.mark.parametrize("status", [_S.WAITING, _S.OFFERED, _S.REJECTED, _S.WITHDRAWN])
def test_only_what_waits_for_approval_is_approved(organiser, status):
    with pytest.raises(errors.NotPossibleError):
        approve(make_registration(make_open_event(), status).pk, organiser, NOW)


def test_nobody_is_approved_for_an_event_that_is_off(organiser):
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
def test_a_seat_that_is_taken_away_goes_to_the_next(organiser, command, before, after, kind):
    event = make_open_event({Mode.ON_SITE: (1, True)})
    registration, waits = make_registration(event, before), make_registration(event, _S.WAITING)
    for _time in range(2):
        assert command(registration.pk, organiser, "No room for the press", NOW).status == after
    assert (status_of(waits), mails(registration), len(entries(registration))) == ("offered", [kind], 1)
    assert registration.mails.get().payload["reason"] == "No room for the press"
    assert "press" not in str(registration.history.values())


@pytest.mark.parametrize("command", [reject, cancel])
def test_without_a_reason_the_mail_has_none(organiser, command):
    registration = make_registration(make_open_event(), _S.PENDING)
    command(registration.pk, organiser, now=NOW)
    assert "reason" not in registration.mails.get().payload


def test_whoever_is_in_is_cancelled_and_not_rejected(organiser):
    with pytest.raises(errors.NotPossibleError):
        reject(make_registration(make_open_event()).pk, organiser, now=NOW)


# A place by hand


def test_a_place_is_offered_by_hand_past_those_before_her(organiser):
    event = make_open_event({Mode.ON_SITE: (1, True)}, waiting_until=NOW)
    make_registration(event, _S.WAITING, queued_at=NOW - 9 * HOUR)
    registration = make_registration(event, _S.WAITING, queued_at=NOW - HOUR)
    for _time in range(2):
        assert offer_place(registration.pk, organiser, now=NOW).status == "offered"
    assert reload(registration).offer_expires_at == NOW + 48 * HOUR
    assert (mails(registration), entries(registration)) == (["offered"], [("offer", "organiser")])


def test_over_the_capacity_only_by_force(organiser):
    registration = make_registration(make_open_event({Mode.ON_SITE: (0, True)}), _S.WAITING)
    with pytest.raises(errors.FullError):
        offer_place(registration.pk, organiser, now=NOW)
    assert offer_place(registration.pk, organiser, force=True, now=NOW).status == "offered"


def test_what_keeps_a_place_from_being_offered(organiser):
    event = make_open_event()
    waits = make_registration(event, _S.WAITING)
    with pytest.raises(errors.NotPossibleError):
        offer_place(make_registration(event).pk, organiser, now=NOW)
    with pytest.raises(errors.NotPossibleError):
        offer_place(waits.pk, organiser, now=event.starts_at)
    SeatPool.objects.filter(mode=Mode.ON_SITE).delete()
    with pytest.raises(errors.ModeNotOfferedError):
        offer_place(waits.pk, organiser, now=NOW)
    change_event(event, status=EventStatus.POSTPONED)
    with pytest.raises(errors.EventOffError):
        offer_place(waits.pk, organiser, now=NOW)


def test_a_place_without_a_known_beginning(organiser):
    event = make_open_event()
    type(event).objects.update(starts_at=None, ends_at=None)
    assert offer_place(make_registration(event, _S.WAITING).pk, organiser, now=NOW).status == "offered"


# Seats


def test_more_seats_go_to_those_who_wait_as_the_preview_said(organiser):
    event = make_open_event({Mode.ON_SITE: (1, True)})
    make_registration(event)
    people = [make_registration(event, _S.WAITING, queued_at=NOW - number * HOUR) for number in (3, 2, 1)]
    more = {Mode.ON_SITE: (3, True)}
    assert preview_seats(event.pk, more, NOW) == people[:2]
    assert [status_of(person) for person in people] == ["waiting"] * 3
    assert set_seats(event.pk, more, organiser, NOW) == people[:2]
    assert set_seats(event.pk, more, organiser, NOW) == []
    assert [status_of(person) for person in people] == ["offered", "offered", "waiting"]


def test_fewer_seats_drop_nobody_and_sell_nothing_more(organiser):
    event = make_open_event({Mode.ON_SITE: (3, True)})
    people = [make_registration(event) for _number in range(3)]
    fewer = {Mode.ON_SITE: (1, False)}
    assert preview_seats(event.pk, fewer, NOW) == set_seats(event.pk, fewer, organiser, NOW) == []
    assert [status_of(person) for person in people] == ["confirmed"] * 3
    count = seat_counts(event)[Mode.ON_SITE]
    assert (count.left, count.has_waiting_list) == (-2, False)


def test_a_mode_that_is_not_named_is_no_longer_offered(organiser):
    event = make_open_event()
    set_seats(event.pk, {Mode.ONLINE: (5, True)}, organiser, NOW)
    assert list(seat_counts(event)) == [Mode.ONLINE]


def test_the_preview_knows_of_modes_that_are_new(organiser):
    event = make_open_event({Mode.ON_SITE: (5, True)})
    waits = make_registration(event, _S.WAITING, Mode.ONLINE)
    assert preview_seats(event.pk, {Mode.ONLINE: (1, True)}, NOW) == [waits]


# Mail


def test_a_mail_is_sent_again_as_a_new_one_with_what_is_true_now(organiser):
    event = make_open_event()
    registration = make_registration(event)
    cancel(registration.pk, organiser, "Too late", NOW)
    mail = registration.mails.get()
    copy = resend(mail.pk, organiser, NOW)
    assert (copy.kind, copy.registration, copy.payload["reason"]) == (MailKind.CANCELLED, registration, "Too late")
    assert (copy.key != mail.key, copy.payload["status"]) == (True, "cancelled")
    assert entries(registration)[-1] == ("resend", "organiser")


def test_a_link_that_is_sent_again_says_no_more_than_the_first_time(organiser):
    registration = make_registration(make_open_event())
    payload = {"form": "x"}
    mail = OutboxMail.objects.create(
        event=registration.event, registration=registration, kind=MailKind.PERSONAL_LINK, language="en", payload=payload
    )
    # Without it the mail would say that earlier links do not work any more.
    assert resend(mail.pk, organiser, NOW).payload["form"] == "x"


def test_nothing_is_sent_again_where_nobody_is_to_be_reached(organiser):
    event = make_open_event()
    mail = OutboxMail.objects.create(event=event, kind=MailKind.ORGANISER, recipient="a@example.org", language="en")
    with pytest.raises(errors.NotPossibleError):
        resend(mail.pk, organiser, NOW)
    nameless = make_registration(event, email="")
    mail = OutboxMail.objects.create(event=event, kind=MailKind.CONFIRMED, registration=nameless, language="en")
    with pytest.raises(errors.NotPossibleError):
        resend(mail.pk, organiser, NOW)


# At the door


def test_checking_in_twice_is_as_good_as_once(organiser):
    registration = make_registration(make_open_event())
    for _time in range(2):
        assert check_in(registration.pk, FIRST_DAY, organiser, NOW).status == "attended"
    row = CheckIn.objects.get()
    assert (row.day, row.user, row.at) == (FIRST_DAY, organiser.user, NOW)
    assert entries(registration) == [("check_in", "organiser")]


def test_each_day_counts_and_can_be_undone(organiser):
    event = make_open_event(event_fields={"last_day": FIRST_DAY + DAY})
    registration = make_registration(event)
    for day in event.days:
        check_in(registration.pk, day, organiser, NOW)
    assert CheckIn.objects.count() == 2
    assert undo_check_in(registration.pk, event.days[0], organiser, NOW).status == "attended"
    for _time in range(2):
        assert undo_check_in(registration.pk, event.days[1], organiser, NOW).status == "confirmed"
    assert [action for action, _user in entries(registration)] == ["check_in"] * 2 + ["undo_check_in"] * 2


def test_only_people_who_are_in_and_days_of_the_event(organiser):
    event = make_open_event()
    with pytest.raises(errors.NotPossibleError):
        check_in(make_registration(event).pk, FIRST_DAY + DAY, organiser, NOW)
    with pytest.raises(errors.NotPossibleError):
        check_in(make_registration(event, _S.WAITING).pk, FIRST_DAY, organiser, NOW)
    assert not CheckIn.objects.exists()


def test_whoever_did_not_come_was_absent_and_may_still_turn_up(organiser):
    event = make_open_event()
    absent, came, waits = (make_registration(event, status) for status in (_S.CONFIRMED, _S.ATTENDED, _S.WAITING))
    with pytest.raises(errors.NotPossibleError):
        mark_absent(event.pk, organiser, NOW)
    assert [mark_absent(event.pk, organiser, event.starts_at) for _time in range(2)] == [1, 0]
    assert [status_of(person) for person in (absent, came, waits)] == ["absent", "attended", "waiting"]
    assert entries(absent) == [("mark_absent", "organiser")]
    assert check_in(absent.pk, FIRST_DAY, organiser, event.starts_at).status == "attended"


def test_nobody_is_absent_from_an_event_whose_beginning_nobody_knows(organiser):
    event = make_open_event()
    type(event).objects.update(starts_at=None)
    with pytest.raises(errors.NotPossibleError):
        mark_absent(event.pk, organiser, NOW + 90 * DAY)


# Taking back in


@pytest.mark.parametrize("status", [_S.WITHDRAWN, _S.REJECTED, _S.EXPIRED, _S.CANCELLED])
def test_whoever_left_is_taken_back_in_and_told_once(organiser, status):
    event = make_open_event({Mode.ON_SITE: (1, True)}, needs_approval=True)
    person = make_registration(event, status)
    for _time in range(2):
        assert reinstate(person.pk, organiser, now=NOW).status == _S.CONFIRMED
    assert [mail.kind for mail in OutboxMail.objects.all()] == [MailKind.CONFIRMED]
    entry = person.history.get()
    assert (entry.action, entry.actor, entry.before, entry.after) == ("reinstate", "staff", status, "confirmed")
    assert reload(person).token_hash == person.token_hash


def test_nobody_is_taken_back_in_over_the_capacity_or_past_others_unless_meant(organiser):
    event = make_open_event({Mode.ON_SITE: (1, True)})
    first, second = make_registration(event), make_registration(event, _S.WAITING)
    withdraw(first.pk, organiser, NOW)
    assert status_of(second) == _S.OFFERED
    with pytest.raises(errors.FullError):
        reinstate(first.pk, organiser, now=NOW)
    assert reinstate(first.pk, organiser, force=True, now=NOW).status == _S.CONFIRMED
    assert seat_counts(event)[Mode.ON_SITE].left == -1


@pytest.mark.parametrize("status", [_S.PENDING, _S.WAITING, _S.OFFERED, _S.ATTENDED, _S.ABSENT])
def test_who_has_not_left_is_not_taken_back_in(organiser, status):
    person = make_registration(make_open_event(), status)
    with pytest.raises(errors.NotPossibleError):
        reinstate(person.pk, organiser, now=NOW)


def test_what_keeps_people_from_being_taken_back_in(organiser):
    event = make_open_event({Mode.ON_SITE: (5, True)})
    gone = make_registration(event, _S.WITHDRAWN, email="anna@example.org")
    online = make_registration(event, _S.WITHDRAWN, Mode.ONLINE)
    make_registration(event, email="anna@example.org")
    with pytest.raises(errors.AddressTakenError):
        reinstate(gone.pk, organiser, now=NOW)
    with pytest.raises(errors.ModeNotOfferedError):
        reinstate(online.pk, organiser, now=NOW)
    with pytest.raises(errors.EventOffError):
        reinstate(online.pk, organiser, now=NOW + 90 * DAY)
