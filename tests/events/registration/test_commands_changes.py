"""What somebody does with her own registration."""

import datetime
import uuid

import pytest

from events.enums import ConsentPurpose, EventStatus, Mode, QuestionKind
from events.models import (
    Answer,
    Consent,
    EventQuestion,
    HistoryEntry,
    OutboxMail,
    Registration,
    RegistrationSettings,
    SensitiveAnswer,
)
from events.registration import errors, tokens
from events.registration.actor import PARTICIPANT
from events.registration.commands import (
    GivenAnswer,
    GivenConsent,
    accept_offer,
    cancel,
    change_answers,
    decline_offer,
    reject,
    renew_link,
    switch_mode,
    withdraw,
    withdraw_consent,
)
from events.registration.encryption import decrypt, encrypt
from events.registration.privacy.erasure import erase
from events.registration.questions import FormQuestion
from events.states import RegistrationStatus
from home.http import page_cache
from tests.factories import reload
from tests.factories.events import change_event, commit
from tests.factories.registrations import (
    DAY,
    HOUR,
    NOW,
    make_open_event,
    make_open_page,
    make_registration,
    make_staff,
    status_of,
)

_S = RegistrationStatus
pytestmark = pytest.mark.django_db


def mails(registration) -> list[str]:
    return list(registration.mails.order_by("pk").values_list("kind", flat=True))


def actions(registration) -> list[str]:
    return list(registration.history.values_list("action", flat=True))


def question(kind=QuestionKind.TEXT, label="Question", **values) -> FormQuestion:
    return FormQuestion(key=uuid.uuid4(), kind=kind, label=label, language="en", **values)


# Withdrawing


@pytest.mark.parametrize("status", [_S.PENDING, _S.CONFIRMED, _S.OFFERED, _S.WAITING])
def test_withdrawing_hands_the_seat_on_once(status):
    event = make_open_event({Mode.ON_SITE: (1, True)})
    leaves = make_registration(event, status)
    waits = make_registration(event, _S.WAITING)
    for _time in range(2):
        assert withdraw(leaves.pk, now=NOW).status == "withdrawn"
    assert status_of(waits) == "offered"
    assert (mails(leaves), actions(leaves)) == (["withdrawn"], ["withdraw"])
    assert mails(waits) == ["offered"]


@pytest.mark.parametrize("status", [_S.REJECTED, _S.EXPIRED, _S.CANCELLED, _S.ATTENDED, _S.ABSENT])
def test_what_ended_otherwise_cannot_be_withdrawn(status):
    registration = make_registration(make_open_event(), status)
    with pytest.raises(errors.NotPossibleError):
        withdraw(registration.pk, now=NOW)
    assert (status_of(registration), mails(registration), actions(registration)) == (status, [], [])


def test_the_last_moment_to_withdraw_binds_the_person_and_not_the_staff():
    event = make_open_event(withdraw_until=NOW)
    registration = make_registration(event)
    with pytest.raises(errors.TooLateError):
        withdraw(registration.pk, now=NOW)
    waits, offered = make_registration(event, _S.WAITING), make_registration(event, _S.OFFERED)
    assert {withdraw(person.pk, now=NOW).status for person in (waits, offered)} == {"withdrawn"}
    assert withdraw(registration.pk, make_staff(), NOW).status == "withdrawn"


def test_organisers_are_told_of_a_withdrawal():
    event = make_open_event(notification_emails="a@example.org")
    withdraw(make_registration(event).pk, now=NOW)
    assert OutboxMail.objects.filter(kind="organiser", recipient="a@example.org").count() == 1


def test_without_settings_any_more_people_can_still_leave():
    event = make_open_event()
    first, second = make_registration(event), make_registration(event)
    RegistrationSettings.objects.all().delete()
    assert withdraw(first.pk, now=NOW).status == "withdrawn"
    assert change_answers(second.pk, [], {"name": "New"}, PARTICIPANT, NOW).name == "New"


def test_a_seat_that_is_free_again_changes_public_pages(monkeypatch):
    event = make_open_event({Mode.ON_SITE: (1, True)})
    registration = make_registration(event)
    purged = []
    monkeypatch.setattr(page_cache, "_start_generation", lambda: purged.append(True))
    with commit():
        withdraw(registration.pk, now=NOW)
    assert purged == [True]
    make_registration(event, _S.OFFERED)
    with commit():
        withdraw(make_registration(event, _S.WAITING).pk, now=NOW)
    assert purged == [True]


def test_nobody_finds_what_is_not_there():
    with pytest.raises(Registration.DoesNotExist):
        withdraw(1, now=NOW)


# Offers


@pytest.mark.parametrize(
    ("needs_approval", "status", "kind"), [(False, "confirmed", "confirmed"), (True, "pending", "received")]
)
def test_accepting_an_offer(needs_approval, status, kind):
    registration = make_registration(make_open_event(needs_approval=needs_approval), _S.OFFERED)
    for _time in range(2):
        assert accept_offer(registration.pk, now=NOW).status == status
    assert reload(registration).offer_expires_at is None
    assert (mails(registration), actions(registration)) == ([kind], ["accept_offer"])


def test_an_offer_that_ran_out_is_gone_before_the_clock_says_so():
    event = make_open_event()
    registration = make_registration(event, _S.OFFERED, offer_expires_at=NOW)
    with pytest.raises(errors.OfferExpiredError):
        accept_offer(registration.pk, now=NOW)
    assert accept_offer(registration.pk, now=NOW - HOUR / 60).status == "confirmed"


def test_an_offer_is_gone_when_the_event_has_begun():
    event = make_open_event()
    registration = make_registration(event, _S.OFFERED, offer_expires_at=NOW + 90 * DAY)
    with pytest.raises(errors.OfferExpiredError):
        accept_offer(registration.pk, now=event.starts_at)


def test_an_offer_without_a_known_beginning():
    event = make_open_event()
    type(event).objects.update(starts_at=None, ends_at=None)
    assert accept_offer(make_registration(event, _S.OFFERED).pk, now=NOW).status == "confirmed"


@pytest.mark.parametrize("command", [accept_offer, decline_offer])
@pytest.mark.parametrize(
    ("status", "error"),
    [
        (_S.WAITING, errors.NotPossibleError),
        (_S.EXPIRED, errors.OfferExpiredError),
        (_S.CANCELLED, errors.NotPossibleError),
    ],
)
def test_without_an_offer_there_is_nothing_to_answer(command, status, error):
    registration = make_registration(make_open_event(), status)
    with pytest.raises(error):
        command(registration.pk, now=NOW)
    assert actions(registration) == []


def test_nobody_accepts_a_place_at_an_event_that_is_off():
    event = make_open_event()
    registration = make_registration(event, _S.OFFERED)
    change_event(event, status=EventStatus.CANCELLED)
    with pytest.raises(errors.EventOffError):
        accept_offer(registration.pk, now=NOW)


def test_declining_hands_the_place_on():
    event = make_open_event({Mode.ON_SITE: (1, True)})
    registration, waits = make_registration(event, _S.OFFERED), make_registration(event, _S.WAITING)
    for _time in range(2):
        assert decline_offer(registration.pk, now=NOW).status == "withdrawn"
    assert (status_of(waits), mails(registration), actions(registration)) == (
        "offered",
        ["withdrawn"],
        ["decline_offer"],
    )


# Another way of taking part


def test_switching_frees_the_old_seat_and_takes_a_new_one():
    event = make_open_event({Mode.ON_SITE: (1, True), Mode.ONLINE: (1, True)})
    registration, waits = make_registration(event), make_registration(event, _S.WAITING)
    for _time in range(2):
        switched = switch_mode(registration.pk, Mode.ONLINE, now=NOW)
        assert (switched.status, switched.mode) == ("confirmed", "online")
    assert status_of(waits) == "offered"
    assert reload(registration).calendar_sequence == 1
    assert (mails(registration), actions(registration)) == (["changed"], ["switch_mode"])
    assert HistoryEntry.objects.get(action="switch_mode").detail == {"from": "on_site", "to": "online"}


def test_where_no_seat_is_free_she_keeps_what_she_has():
    event = make_open_event({Mode.ON_SITE: (1, True), Mode.ONLINE: (0, True)})
    registration = make_registration(event)
    with pytest.raises(errors.FullError):
        switch_mode(registration.pk, Mode.ONLINE, now=NOW)
    assert (status_of(registration), reload(registration).mode, mails(registration)) == ("confirmed", "on_site", [])


def test_who_accepts_to_wait_gives_up_her_seat_and_goes_to_the_end():
    event = make_open_event({Mode.ON_SITE: (1, True), Mode.ONLINE: (0, True)})
    registration, waits = make_registration(event), make_registration(event, _S.WAITING)
    switched = switch_mode(registration.pk, Mode.ONLINE, now=NOW, accept_waiting=True)
    assert (switched.status, reload(registration).queued_at, reload(registration).calendar_sequence) == (
        "waiting",
        NOW,
        1,
    )
    assert (status_of(waits), mails(registration)) == ("offered", ["waiting"])


@pytest.mark.parametrize("settings", [{"waiting_until": NOW}, {}])
def test_nobody_waits_where_no_list_is_open(settings):
    event = make_open_event({Mode.ON_SITE: (1, True), Mode.ONLINE: (0, bool(settings))}, **settings)
    registration = make_registration(event)
    with pytest.raises(errors.FullError):
        switch_mode(registration.pk, Mode.ONLINE, now=NOW, accept_waiting=True)
    assert status_of(registration) == "confirmed"


def test_nobody_passes_those_who_wait_by_switching():
    event = make_open_event({Mode.ON_SITE: (5, True), Mode.ONLINE: (5, True)})
    make_registration(event, _S.WAITING, Mode.ONLINE)
    with pytest.raises(errors.FullError):
        switch_mode(make_registration(event).pk, Mode.ONLINE, now=NOW)


@pytest.mark.parametrize(
    ("status", "needs_approval", "after", "kind"),
    [
        (_S.PENDING, True, "pending", "received"),
        (_S.CONFIRMED, True, "confirmed", "changed"),
        (_S.WAITING, True, "pending", "received"),
        (_S.WAITING, False, "confirmed", "confirmed"),
        (_S.OFFERED, False, "confirmed", "confirmed"),
    ],
)
def test_what_becomes_of_each_state_where_a_seat_is_free(status, needs_approval, after, kind):
    registration = make_registration(make_open_event(needs_approval=needs_approval), status)
    assert switch_mode(registration.pk, Mode.ONLINE, now=NOW).status == after
    assert mails(registration) == [kind]


def test_who_waits_can_wait_elsewhere():
    event = make_open_event({Mode.ON_SITE: (0, True), Mode.ONLINE: (0, True)})
    registration = make_registration(event, _S.WAITING)
    switched = switch_mode(registration.pk, Mode.ONLINE, now=NOW, accept_waiting=True)
    assert (switched.status, switched.mode, reload(registration).queued_at) == ("waiting", "online", NOW)


@pytest.mark.parametrize("status", [_S.WITHDRAWN, _S.ATTENDED, _S.ABSENT, _S.EXPIRED])
def test_what_is_over_cannot_be_switched(status):
    with pytest.raises(errors.NotPossibleError):
        switch_mode(make_registration(make_open_event(), status).pk, Mode.ONLINE, now=NOW)


def test_only_offered_modes_in_time_and_while_the_event_is_on():
    event = make_open_event({Mode.ON_SITE: (5, True)}, change_until=NOW)
    registration = make_registration(event)
    with pytest.raises(errors.TooLateError):
        switch_mode(registration.pk, Mode.ONLINE, now=NOW)
    with pytest.raises(errors.ModeNotOfferedError):
        switch_mode(registration.pk, Mode.ONLINE, make_staff(), NOW)
    change_event(event, status=EventStatus.CANCELLED)
    with pytest.raises(errors.EventOffError):
        switch_mode(registration.pk, Mode.ONLINE, now=NOW)


def test_the_staff_can_move_somebody_over_the_capacity_and_she_herself_cannot():
    event = make_open_event({Mode.ON_SITE: (5, True), Mode.ONLINE: (0, True)})
    registration = make_registration(event)
    with pytest.raises(errors.FullError):
        switch_mode(registration.pk, Mode.ONLINE, PARTICIPANT, NOW, force=True)
    assert switch_mode(registration.pk, Mode.ONLINE, make_staff(), NOW, force=True).mode == "online"


def test_answers_that_only_the_old_mode_is_asked_for_go(home_page):
    page = make_open_page(home_page)
    asked = {}
    for mode in ("on_site", ""):
        asked[mode] = EventQuestion.objects.create(
            page=page, label=f"Question {mode}", only_mode=mode, locale=page.locale, sort_order=1
        )
    registration = make_registration(page.event)
    for row in asked.values():
        Answer.objects.create(
            registration=registration, question_key=row.translation_key, kind="text", label=row.label, value="x"
        )
    switch_mode(registration.pk, Mode.ONLINE, now=NOW)
    assert [answer.label for answer in registration.answers.all()] == ["Question "]


# Answers


def test_only_what_differs_is_changed_written_down_and_told():
    role, colour = (
        question(label="Role"),
        question(QuestionKind.CHOICE, "Colour", choices=[("a", "Red"), ("b", "Blue")]),
    )
    registration = make_registration(make_open_event(), name="Anna", organisation="House")
    for _time in range(2):
        change_answers(
            registration.pk, [GivenAnswer(role, "Nurse"), GivenAnswer(colour, "a")], {"organisation": "Other"}, now=NOW
        )
    assert reload(registration).organisation == "Other"
    assert {answer.label: answer.value for answer in registration.answers.all()} == {
        "Role": "Nurse",
        "Colour": [{"key": "a", "label": "Red"}],
    }
    assert (mails(registration), actions(registration)) == (["changed"], ["change_answers"])
    assert HistoryEntry.objects.get().detail == {"fields": ["organisation", str(role.key), str(colour.key)]}
    change_answers(registration.pk, [GivenAnswer(role, ""), GivenAnswer(colour, "b")], {}, now=NOW)
    assert [answer.value for answer in registration.answers.all()] == [[{"key": "b", "label": "Blue"}]]


def test_a_question_that_was_edited_since_keeps_what_was_asked():
    asked = question(label="How do you come?")
    registration = make_registration(make_open_event())
    change_answers(registration.pk, [GivenAnswer(asked, "By train")], {}, now=NOW)
    edited = FormQuestion(key=asked.key, kind=asked.kind, label="Do you come by car?", language="en")
    change_answers(registration.pk, [GivenAnswer(edited, "By train")], {}, now=NOW)
    assert registration.answers.get().label == "How do you come?"
    change_answers(registration.pk, [GivenAnswer(edited, "Yes")], {}, now=NOW)
    assert (registration.answers.get().label, registration.answers.get().value) == ("Do you come by car?", "Yes")


def test_a_choice_that_is_no_longer_offered_keeps_its_label():
    asked = question(QuestionKind.CHOICES, choices=[("a", "Red"), ("b", "Blue")])
    registration = make_registration(make_open_event())
    change_answers(registration.pk, [GivenAnswer(asked, ["a"])], {}, now=NOW)
    edited = FormQuestion(key=asked.key, kind=asked.kind, label=asked.label, choices=[("b", "Blue")], language="en")
    old = registration.answers.get().value
    change_answers(registration.pk, [GivenAnswer(edited, [*old, "b"])], {}, now=NOW)
    assert [item["label"] for item in registration.answers.get().value] == ["Red", "Blue"]


def test_answers_to_questions_that_are_not_asked_any_more_stay():
    registration = make_registration(make_open_event())
    change_answers(registration.pk, [GivenAnswer(question(label="Old"), "x")], {}, now=NOW)
    change_answers(registration.pk, [GivenAnswer(question(label="New"), "y")], {}, now=NOW)
    assert {answer.label for answer in registration.answers.all()} == {"Old", "New"}


def test_sensitive_answers_need_a_standing_consent_and_leave_no_name_in_the_history():
    diet = question(label="Diet", is_sensitive=True)
    registration = make_registration(make_open_event())
    change_answers(registration.pk, [GivenAnswer(diet, "no nuts")], {}, now=NOW)
    assert not registration.sensitive_answers.exists()
    consent = GivenConsent(ConsentPurpose.SENSITIVE, is_given=True, text="May we?", language="en")
    change_answers(registration.pk, [GivenAnswer(diet, "no nuts")], {}, now=NOW, consents=[consent])
    for _time in range(2):
        change_answers(registration.pk, [GivenAnswer(diet, "no milk")], {}, now=NOW)
    assert decrypt(bytes(registration.sensitive_answers.get().encrypted_value)) == "no milk"
    sensitive = [
        entry.detail["fields"] for entry in registration.history.all() if "sensitive" in entry.detail.get("fields", [])
    ]
    assert len(sensitive) == 2
    assert str(diet.key) not in str(registration.history.values())
    withdraw_consent(registration.pk, ConsentPurpose.SENSITIVE, now=NOW)
    assert not SensitiveAnswer.objects.exists()


def test_what_a_person_may_change_of_herself():
    event = make_open_event()
    registration = make_registration(event, name="Anna", email="anna@example.org")
    with pytest.raises(errors.NotPossibleError):
        change_answers(registration.pk, [], {"email": "other@example.org"}, now=NOW)
    with pytest.raises(errors.NotPossibleError):
        change_answers(registration.pk, [], {"status": "attended"}, make_staff(), NOW)
    change_answers(registration.pk, [], {"email": "Other@Example.org"}, make_staff(), NOW)
    assert (reload(registration).email, reload(registration).email_key) == ("Other@Example.org", "other@example.org")


def test_a_note_of_the_staff_is_not_told_to_the_person():
    registration = make_registration(make_open_event())
    change_answers(registration.pk, [], {"note": "Comes later"}, make_staff(), NOW)
    assert (reload(registration).note, mails(registration), actions(registration)) == (
        "Comes later",
        [],
        ["change_answers"],
    )


def test_two_live_registrations_never_share_an_address():
    event = make_open_event()
    make_registration(event, email="anna@example.org")
    other = make_registration(event, email="bert@example.org")
    with pytest.raises(errors.AddressTakenError):
        change_answers(other.pk, [], {"email": "ANNA@example.org"}, make_staff(), NOW)
    assert reload(other).email == "bert@example.org"


def test_the_link_that_went_to_a_wrong_address_ends_with_it():
    registration = make_registration(make_open_event(), email="wrong@example.org")
    old = tokens.token_for(registration)
    change_answers(registration.pk, [], {"name": "Anna", "email": "anna@example.org"}, make_staff(), NOW)
    assert tokens.find(old) is None
    assert tokens.find(tokens.token_for(reload(registration))) == registration
    assert mails(registration) == ["changed"]
    assert OutboxMail.objects.get().registration.email == "anna@example.org"


def test_the_last_moment_to_change_binds_the_person_and_not_the_staff():
    registration = make_registration(make_open_event(change_until=NOW))
    with pytest.raises(errors.TooLateError):
        change_answers(registration.pk, [], {"name": "New"}, now=NOW)
    assert change_answers(registration.pk, [], {"name": "New"}, make_staff(), NOW).name == "New"


def test_nothing_is_changed_after_the_end_or_once_she_came():
    event = make_open_event()
    for status in (_S.WITHDRAWN, _S.ATTENDED):
        with pytest.raises(errors.NotPossibleError):
            change_answers(make_registration(event, status).pk, [], {"name": "New"}, now=NOW)
    came = make_registration(event, _S.ATTENDED)
    assert change_answers(came.pk, [], {"name": "New"}, make_staff(), NOW).name == "New"


def test_people_without_an_address_get_no_mail():
    registration = make_registration(make_open_event(), email="")
    assert change_answers(registration.pk, [], {"name": "New"}, make_staff(), NOW).name == "New"
    assert not OutboxMail.objects.exists()


# Consents, links, erasure


def test_a_consent_is_taken_back_once_and_its_record_stays():
    registration = make_registration(make_open_event())
    consent = GivenConsent(ConsentPurpose.PHOTOS, is_given=True, text="May we?", language="en")
    change_answers(registration.pk, [], {}, now=NOW, consents=[consent])
    for _time in range(2):
        withdraw_consent(registration.pk, ConsentPurpose.PHOTOS, now=NOW + HOUR)
    row = Consent.objects.get()
    assert (row.is_given, row.withdrawn_at) == (True, NOW + HOUR)
    assert actions(registration).count("withdraw_consent") == 1


@pytest.mark.parametrize(
    ("status", "leave", "are_left"),
    [
        (_S.CONFIRMED, lambda pk: withdraw(pk, now=NOW), False),
        (_S.OFFERED, lambda pk: decline_offer(pk, now=NOW), False),
        (_S.WAITING, lambda pk: reject(pk, make_staff(), now=NOW), False),
        (_S.CONFIRMED, lambda pk: cancel(pk, make_staff(), now=NOW), False),
        (_S.CONFIRMED, lambda pk: switch_mode(pk, Mode.ONLINE, now=NOW), True),
        (_S.OFFERED, lambda pk: accept_offer(pk, now=NOW), True),
    ],
)
def test_sensitive_answers_end_with_the_registration(status, leave, are_left):
    registration = make_registration(make_open_event(), status)
    asked = {"question_key": uuid.uuid4(), "kind": "text", "label": "Diet?", "language": "en"}
    SensitiveAnswer.objects.create(registration=registration, encrypted_value=encrypt("figs"), **asked)
    leave(registration.pk)
    assert SensitiveAnswer.objects.exists() == are_left


def test_a_new_link_ends_the_old_one():
    registration = make_registration(make_open_event())
    old = tokens.token_for(registration)
    renew_link(registration.pk, make_staff(), NOW)
    assert tokens.find(old) is None
    assert tokens.find(tokens.token_for(reload(registration))) == registration
    assert (mails(registration), actions(registration)) == (["personal_link"], ["renew_link"])


def test_erasing_frees_the_seat_and_leaves_nobody():
    event = make_open_event({Mode.ON_SITE: (1, True)})
    registration, waits = make_registration(event, name="Anna", language="fi"), make_registration(event, _S.WAITING)
    for _time in range(2):
        erase(registration.pk, now=NOW)
    erased = reload(registration)
    assert (erased.status, erased.name, erased.email, erased.email_key) == ("withdrawn", "", "", "")
    assert erased.anonymised_at
    assert status_of(waits) == "offered"
    mail = OutboxMail.objects.get(kind="erased")
    assert (mail.recipient, mail.language, mail.registration) == ("anna@example.org", "fi", None)


def test_whoever_took_part_is_still_counted():
    event = make_open_event()
    came, no_address = make_registration(event, _S.ATTENDED), make_registration(event, _S.WAITING, email="")
    erase(came.pk, now=event.starts_at + datetime.timedelta(minutes=1))
    erase(no_address.pk, now=event.starts_at + datetime.timedelta(minutes=1))
    assert [status_of(came), status_of(no_address)] == ["attended", "withdrawn"]
    assert OutboxMail.objects.filter(kind="erased").count() == 1


def test_nothing_can_be_done_with_somebody_anonymous():
    event = make_open_event()
    registration = make_registration(event)
    erase(registration.pk, now=NOW)
    for command in (withdraw, accept_offer, decline_offer):
        with pytest.raises(errors.NotPossibleError):
            command(registration.pk, now=NOW)


@pytest.mark.parametrize("facts", [{"status": EventStatus.CANCELLED}, {}])
@pytest.mark.parametrize(
    "deed",
    [
        lambda pk, actor, now: withdraw(pk, actor, now=now),
        lambda pk, actor, now: switch_mode(pk, Mode.ONLINE, actor, now=now),
        lambda pk, actor, now: change_answers(pk, [], {"organisation": "Elsewhere"}, actor, now=now),
    ],
)
def test_what_is_cancelled_or_over_is_the_persons_no_more(facts, deed):
    event = make_open_event({Mode.ON_SITE: (5, True), Mode.ONLINE: (5, True)}, event_fields=facts)
    registration = make_registration(event)
    with pytest.raises(errors.EventOffError):
        deed(registration.pk, PARTICIPANT, NOW if facts else event.ends_at + DAY)
    assert reload(registration).status == _S.CONFIRMED
