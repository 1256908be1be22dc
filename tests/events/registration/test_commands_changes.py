"""Commands of participants on their own registration."""

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
from events.registration.consents import has_consent, record
from events.registration.detail import staff_detail
from events.registration.encryption import decrypt, encrypt
from events.registration.export import Column, recorded_rows
from events.registration.privacy.erasure import erase
from events.registration.queries import Filters, filtered_registrations
from events.registration.questions import FormQuestion
from events.registration.switching import effects_of
from events.states import RegistrationStatus
from home.http import generations
from tests.factories import reload
from tests.factories.events import change_event, commit
from tests.factories.mail import kinds_of_mails
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
from tests.factories.users import make_user

_S = RegistrationStatus
pytestmark = pytest.mark.django_db


def actions(registration) -> list[str]:
    return list(registration.history.values_list("action", flat=True))


def question(kind=QuestionKind.TEXT, label="Question", **values) -> FormQuestion:
    return FormQuestion(key=uuid.uuid4(), kind=kind, label=label, language="en", **values)


def give_consent(registration, purpose) -> None:
    record(registration, [GivenConsent(purpose, True, "I agree.", "en")], NOW)


# Withdrawing


@pytest.mark.parametrize("status", [_S.PENDING, _S.CONFIRMED, _S.OFFERED, _S.WAITING])
def test_withdrawing_offers_the_seat_to_the_next_participant_once(status):
    event = make_open_event({Mode.ON_SITE: (1, True)})
    leaving = make_registration(event, status)
    waiting = make_registration(event, _S.WAITING)
    for _time in range(2):
        assert withdraw(leaving.pk, now=NOW).status == "withdrawn"
    assert status_of(waiting) == "offered"
    assert (kinds_of_mails(registration=leaving), actions(leaving)) == (["withdrawn"], ["withdraw"])
    assert kinds_of_mails(registration=waiting) == ["offered"]


@pytest.mark.parametrize("status", [_S.REJECTED, _S.EXPIRED, _S.CANCELLED, _S.ATTENDED, _S.ABSENT])
def test_a_closed_or_attended_registration_cannot_be_withdrawn(status):
    registration = make_registration(make_open_event(), status)
    with pytest.raises(errors.NotPossibleError):
        withdraw(registration.pk, now=NOW)
    assert (status_of(registration), kinds_of_mails(registration=registration), actions(registration)) == (
        status,
        [],
        [],
    )


def test_the_withdrawal_deadline_applies_to_confirmed_participants_but_not_to_staff():
    event = make_open_event(withdraw_until=NOW)
    registration = make_registration(event)
    with pytest.raises(errors.TooLateError):
        withdraw(registration.pk, now=NOW)
    waiting, offered = make_registration(event, _S.WAITING), make_registration(event, _S.OFFERED)
    assert {withdraw(person.pk, now=NOW).status for person in (waiting, offered)} == {"withdrawn"}
    assert withdraw(registration.pk, make_staff(), NOW).status == "withdrawn"


def test_organisers_are_notified_of_a_withdrawal():
    event = make_open_event(notification_emails="a@example.org")
    withdraw(make_registration(event).pk, now=NOW)
    assert OutboxMail.objects.filter(kind="organiser", recipient="a@example.org").count() == 1


def test_participants_can_withdraw_and_change_after_the_settings_are_deleted():
    event = make_open_event()
    first, second = make_registration(event), make_registration(event)
    RegistrationSettings.objects.all().delete()
    assert withdraw(first.pk, now=NOW).status == "withdrawn"
    assert change_answers(second.pk, [], {"name": "New"}, PARTICIPANT, NOW).name == "New"


def test_a_freed_seat_clears_the_page_cache(monkeypatch):
    event = make_open_event({Mode.ON_SITE: (1, True)})
    registration = make_registration(event)
    purged = []
    monkeypatch.setattr(generations, "start", lambda **kwargs: purged.append(True))
    with commit():
        withdraw(registration.pk, now=NOW)
    assert purged == [True]
    make_registration(event, _S.OFFERED)
    with commit():
        withdraw(make_registration(event, _S.WAITING).pk, now=NOW)
    assert purged == [True]


def test_an_unknown_registration_raises_does_not_exist():
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
    assert (kinds_of_mails(registration=registration), actions(registration)) == ([kind], ["accept_offer"])


def test_an_expired_offer_cannot_be_accepted_before_the_scheduled_task_runs():
    event = make_open_event()
    registration = make_registration(event, _S.OFFERED, offer_expires_at=NOW)
    with pytest.raises(errors.OfferExpiredError):
        accept_offer(registration.pk, now=NOW)
    assert accept_offer(registration.pk, now=NOW - HOUR / 60).status == "confirmed"


def test_an_offer_cannot_be_accepted_after_the_event_starts():
    event = make_open_event()
    registration = make_registration(event, _S.OFFERED, offer_expires_at=NOW + 90 * DAY)
    with pytest.raises(errors.OfferExpiredError):
        accept_offer(registration.pk, now=event.starts_at)


def test_an_offer_can_be_accepted_for_an_event_without_a_start_time():
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
def test_accepting_or_declining_requires_an_open_offer(command, status, error):
    registration = make_registration(make_open_event(), status)
    with pytest.raises(error):
        command(registration.pk, now=NOW)
    assert actions(registration) == []


def test_an_offer_of_a_cancelled_event_cannot_be_accepted():
    event = make_open_event()
    registration = make_registration(event, _S.OFFERED)
    change_event(event, status=EventStatus.CANCELLED)
    with pytest.raises(errors.EventOffError):
        accept_offer(registration.pk, now=NOW)


def test_declining_offers_the_place_to_the_next_participant():
    event = make_open_event({Mode.ON_SITE: (1, True)})
    registration, waiting = make_registration(event, _S.OFFERED), make_registration(event, _S.WAITING)
    for _time in range(2):
        assert decline_offer(registration.pk, now=NOW).status == "withdrawn"
    assert (status_of(waiting), kinds_of_mails(registration=registration), actions(registration)) == (
        "offered",
        ["withdrawn"],
        ["decline_offer"],
    )


# Attendance mode


def test_switching_frees_the_old_seat_and_takes_a_new_one():
    event = make_open_event({Mode.ON_SITE: (1, True), Mode.ONLINE: (1, True)})
    registration, waiting = make_registration(event), make_registration(event, _S.WAITING)
    for _time in range(2):
        switched = switch_mode(registration.pk, Mode.ONLINE, now=NOW)
        assert (switched.status, switched.mode) == ("confirmed", "online")
    assert status_of(waiting) == "offered"
    assert reload(registration).calendar_sequence == 1
    assert (kinds_of_mails(registration=registration), actions(registration)) == (["changed"], ["switch_mode"])
    assert HistoryEntry.objects.get(action="switch_mode").detail == {"from": "on_site", "to": "online"}


def test_switching_to_a_full_mode_changes_nothing():
    event = make_open_event({Mode.ON_SITE: (1, True), Mode.ONLINE: (0, True)})
    registration = make_registration(event)
    with pytest.raises(errors.FullError):
        switch_mode(registration.pk, Mode.ONLINE, now=NOW)
    assert (status_of(registration), reload(registration).mode, kinds_of_mails(registration=registration)) == (
        "confirmed",
        "on_site",
        [],
    )


def test_switching_with_accept_waiting_frees_the_seat_and_joins_the_waiting_list():
    event = make_open_event({Mode.ON_SITE: (1, True), Mode.ONLINE: (0, True)})
    registration, waiting = make_registration(event), make_registration(event, _S.WAITING)
    switched = switch_mode(registration.pk, Mode.ONLINE, now=NOW, accept_waiting=True)
    assert (switched.status, reload(registration).queued_at, reload(registration).calendar_sequence) == (
        "waiting",
        NOW,
        1,
    )
    assert (status_of(waiting), kinds_of_mails(registration=registration)) == ("offered", ["waiting"])


@pytest.mark.parametrize("settings", [{"waiting_until": NOW}, {}])
def test_switching_to_a_full_mode_requires_an_open_waiting_list(settings):
    event = make_open_event({Mode.ON_SITE: (1, True), Mode.ONLINE: (0, bool(settings))}, **settings)
    registration = make_registration(event)
    with pytest.raises(errors.FullError):
        switch_mode(registration.pk, Mode.ONLINE, now=NOW, accept_waiting=True)
    assert status_of(registration) == "confirmed"


def test_switching_does_not_bypass_the_waiting_list():
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
def test_status_after_switching_to_a_mode_with_a_free_seat(status, needs_approval, after, kind):
    registration = make_registration(make_open_event(needs_approval=needs_approval), status)
    assert switch_mode(registration.pk, Mode.ONLINE, now=NOW).status == after
    assert kinds_of_mails(registration=registration) == [kind]


def test_a_waiting_participant_can_switch_to_another_waiting_list():
    event = make_open_event({Mode.ON_SITE: (0, True), Mode.ONLINE: (0, True)})
    registration = make_registration(event, _S.WAITING)
    switched = switch_mode(registration.pk, Mode.ONLINE, now=NOW, accept_waiting=True)
    assert (switched.status, switched.mode, reload(registration).queued_at) == ("waiting", "online", NOW)


@pytest.mark.parametrize("status", [_S.WITHDRAWN, _S.ATTENDED, _S.ABSENT, _S.EXPIRED])
def test_a_closed_or_past_registration_cannot_be_switched(status):
    with pytest.raises(errors.NotPossibleError):
        switch_mode(make_registration(make_open_event(), status).pk, Mode.ONLINE, now=NOW)


def test_switching_requires_an_offered_mode_an_open_deadline_and_a_scheduled_event():
    event = make_open_event({Mode.ON_SITE: (5, True)}, change_until=NOW)
    registration = make_registration(event)
    with pytest.raises(errors.TooLateError):
        switch_mode(registration.pk, Mode.ONLINE, now=NOW)
    with pytest.raises(errors.ModeNotOfferedError):
        switch_mode(registration.pk, Mode.ONLINE, make_staff(), NOW)
    change_event(event, status=EventStatus.CANCELLED)
    with pytest.raises(errors.EventOffError):
        switch_mode(registration.pk, Mode.ONLINE, now=NOW)


def test_staff_can_switch_a_registration_over_the_capacity_and_participants_cannot():
    event = make_open_event({Mode.ON_SITE: (5, True), Mode.ONLINE: (0, True)})
    registration = make_registration(event)
    with pytest.raises(errors.FullError):
        switch_mode(registration.pk, Mode.ONLINE, PARTICIPANT, NOW, force=True)
    assert switch_mode(registration.pk, Mode.ONLINE, make_staff(), NOW, force=True).mode == "online"


def test_switching_keeps_answers_to_questions_of_the_old_mode_but_staff_do_not_use_them(home_page):
    page = make_open_page(home_page)
    questions = {}
    for mode in ("on_site", ""):
        questions[mode] = EventQuestion.objects.create(
            page=page, label=f"Question {mode}", only_mode=mode, locale=page.locale, sort_order=1
        )
    needs = EventQuestion.objects.create(
        page=page, label="Diet", only_mode="on_site", is_sensitive=True, locale=page.locale, sort_order=2
    )
    registration = make_registration(page.event)
    SensitiveAnswer.objects.create(
        registration=registration, question_key=needs.translation_key, kind="text", encrypted_value=encrypt("No nuts")
    )
    give_consent(registration, ConsentPurpose.SENSITIVE)
    user = make_user("boss", is_superuser=True)
    for row in questions.values():
        Answer.objects.create(
            registration=registration, question_key=row.translation_key, kind="text", label=row.label, value="x"
        )
    columns = [
        Column(f"answer-{row.translation_key}", row.label, row.is_sensitive) for row in (*questions.values(), needs)
    ]

    def exported():
        return list(recorded_rows(page.event, user, Filters(), columns, "en"))

    assert exported() == [["x", "x", "No nuts"]]
    assert filtered_registrations(page.event, Filters(has_needs=True)).exists()
    switch_mode(registration.pk, Mode.ONLINE, now=NOW)
    assert (registration.answers.count(), registration.sensitive_answers.count()) == (2, 1)
    assert has_consent(registration, ConsentPurpose.SENSITIVE)
    assert exported() == [["", "x", ""]]
    assert not filtered_registrations(page.event, Filters(has_needs=True)).exists()
    detail = staff_detail(page.event, registration.pk, sensitive_for=user)
    assert [(item.label, item.kept_for) for item in detail.answers] == [
        ("Question ", None),
        ("Question on_site", Mode.ON_SITE),
    ]
    assert (detail.sensitive_answers, detail.sensitive_count, detail.kept_sensitive_count) == ([], 0, 1)
    switch_mode(registration.pk, Mode.ON_SITE, now=NOW)
    assert exported() == [["x", "x", "No nuts"]]


def test_switching_can_withdraw_the_consent_that_has_no_use_in_the_new_mode():
    registration = make_registration(make_open_event())
    give_consent(registration, ConsentPurpose.SENSITIVE)
    give_consent(registration, ConsentPurpose.PHOTOS)
    switch_mode(registration.pk, Mode.ONLINE, now=NOW, withdraws_sensitive=True)
    assert not has_consent(registration, ConsentPurpose.SENSITIVE)
    assert has_consent(registration, ConsentPurpose.PHOTOS)
    assert actions(registration) == ["switch_mode", "withdraw_consent"]


# What switching loses


def effects(registration, mode=Mode.ONLINE):
    return effects_of(reload(registration), mode, [], NOW)


def test_a_free_place_that_can_be_had_back_loses_nothing():
    found = effects(make_registration(make_open_event()))
    assert (found.is_full, found.frees_place, found.may_lose_place, found.queue_position) == (False, True, False, 0)
    assert not found.cannot_be_undone
    assert not found.needs_confirmation


def test_a_place_that_others_wait_for_may_be_lost():
    event = make_open_event({Mode.ON_SITE: (1, True), Mode.ONLINE: (None, True)})
    registration = make_registration(event)
    assert effects(registration).may_lose_place
    make_registration(event, _S.WAITING)
    assert effects(registration).cannot_be_undone


def test_a_position_on_the_waiting_list_is_lost():
    event = make_open_event({Mode.ON_SITE: (0, True), Mode.ONLINE: (None, True)})
    make_registration(event, _S.WAITING)
    found = effects(make_registration(event, _S.WAITING))
    assert (found.queue_position, found.frees_place, found.cannot_be_undone) == (2, False, True)


def test_joining_another_waiting_list_gives_the_place_up():
    event = make_open_event({Mode.ON_SITE: (5, True), Mode.ONLINE: (0, True)})
    found = effects(make_registration(event))
    assert (found.is_full, found.can_wait, found.frees_place, found.cannot_be_undone) == (True, True, True, True)


# Answers


def test_only_changed_values_are_saved_logged_and_emailed():
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
    assert (kinds_of_mails(registration=registration), actions(registration)) == (["changed"], ["change_answers"])
    assert HistoryEntry.objects.get().detail == {"fields": ["organisation", str(role.key), str(colour.key)]}
    change_answers(registration.pk, [GivenAnswer(role, ""), GivenAnswer(colour, "b")], {}, now=NOW)
    assert [answer.value for answer in registration.answers.all()] == [[{"key": "b", "label": "Blue"}]]


def test_an_unchanged_answer_keeps_the_label_of_its_question():
    original = question(label="How do you come?")
    registration = make_registration(make_open_event())
    change_answers(registration.pk, [GivenAnswer(original, "By train")], {}, now=NOW)
    edited = FormQuestion(key=original.key, kind=original.kind, label="Do you come by car?", language="en")
    change_answers(registration.pk, [GivenAnswer(edited, "By train")], {}, now=NOW)
    assert registration.answers.get().label == "How do you come?"
    change_answers(registration.pk, [GivenAnswer(edited, "Yes")], {}, now=NOW)
    assert (registration.answers.get().label, registration.answers.get().value) == ("Do you come by car?", "Yes")


def test_a_removed_choice_keeps_its_label():
    original = question(QuestionKind.CHOICES, choices=[("a", "Red"), ("b", "Blue")])
    registration = make_registration(make_open_event())
    change_answers(registration.pk, [GivenAnswer(original, ["a"])], {}, now=NOW)
    edited = FormQuestion(
        key=original.key, kind=original.kind, label=original.label, choices=[("b", "Blue")], language="en"
    )
    old = registration.answers.get().value
    change_answers(registration.pk, [GivenAnswer(edited, [*old, "b"])], {}, now=NOW)
    assert [item["label"] for item in registration.answers.get().value] == ["Red", "Blue"]


def test_answers_to_removed_questions_stay():
    registration = make_registration(make_open_event())
    change_answers(registration.pk, [GivenAnswer(question(label="Old"), "x")], {}, now=NOW)
    change_answers(registration.pk, [GivenAnswer(question(label="New"), "y")], {}, now=NOW)
    assert {answer.label for answer in registration.answers.all()} == {"Old", "New"}


def test_sensitive_answers_require_a_consent_and_are_not_named_in_the_history():
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


def test_staff_can_change_the_email_address_and_participants_cannot():
    event = make_open_event()
    registration = make_registration(event, name="Anna", email="anna@example.org")
    with pytest.raises(errors.NotPossibleError):
        change_answers(registration.pk, [], {"email": "other@example.org"}, now=NOW)
    with pytest.raises(errors.NotPossibleError):
        change_answers(registration.pk, [], {"status": "attended"}, make_staff(), NOW)
    change_answers(registration.pk, [], {"email": "Other@Example.org"}, make_staff(), NOW)
    assert (reload(registration).email, reload(registration).email_key) == ("Other@Example.org", "other@example.org")


def test_a_staff_note_sends_no_email():
    registration = make_registration(make_open_event())
    change_answers(registration.pk, [], {"note": "Comes later"}, make_staff(), NOW)
    assert (reload(registration).note, kinds_of_mails(registration=registration), actions(registration)) == (
        "Comes later",
        [],
        ["change_answers"],
    )


def test_the_address_of_another_active_registration_is_refused():
    event = make_open_event()
    make_registration(event, email="anna@example.org")
    other = make_registration(event, email="bert@example.org")
    with pytest.raises(errors.AddressTakenError):
        change_answers(other.pk, [], {"email": "ANNA@example.org"}, make_staff(), NOW)
    assert reload(other).email == "bert@example.org"


def test_changing_the_email_address_invalidates_the_old_link():
    registration = make_registration(make_open_event(), email="wrong@example.org")
    old = tokens.token_for(registration)
    change_answers(registration.pk, [], {"name": "Anna", "email": "anna@example.org"}, make_staff(), NOW)
    assert tokens.find(old) is None
    assert tokens.find(tokens.token_for(reload(registration))) == registration
    assert kinds_of_mails(registration=registration) == ["changed"]
    assert OutboxMail.objects.get().registration.email == "anna@example.org"


def test_the_change_deadline_applies_to_participants_but_not_to_staff():
    registration = make_registration(make_open_event(change_until=NOW))
    with pytest.raises(errors.TooLateError):
        change_answers(registration.pk, [], {"name": "New"}, now=NOW)
    assert change_answers(registration.pk, [], {"name": "New"}, make_staff(), NOW).name == "New"


def test_participants_cannot_change_a_withdrawn_or_attended_registration():
    event = make_open_event()
    for status in (_S.WITHDRAWN, _S.ATTENDED):
        with pytest.raises(errors.NotPossibleError):
            change_answers(make_registration(event, status).pk, [], {"name": "New"}, now=NOW)
    attended = make_registration(event, _S.ATTENDED)
    assert change_answers(attended.pk, [], {"name": "New"}, make_staff(), NOW).name == "New"


def test_changing_a_registration_without_an_address_sends_no_email():
    registration = make_registration(make_open_event(), email="")
    assert change_answers(registration.pk, [], {"name": "New"}, make_staff(), NOW).name == "New"
    assert not OutboxMail.objects.exists()


# Consents, links, erasure


def test_a_consent_is_withdrawn_once_and_its_record_stays():
    registration = make_registration(make_open_event())
    consent = GivenConsent(ConsentPurpose.PHOTOS, is_given=True, text="May we?", language="en")
    change_answers(registration.pk, [], {}, now=NOW, consents=[consent])
    for _time in range(2):
        withdraw_consent(registration.pk, ConsentPurpose.PHOTOS, now=NOW + HOUR)
    row = Consent.objects.get()
    assert (row.is_given, row.withdrawn_at) == (True, NOW + HOUR)
    assert actions(registration).count("withdraw_consent") == 1


@pytest.mark.parametrize(
    ("status", "command", "are_left"),
    [
        (_S.CONFIRMED, lambda pk: withdraw(pk, now=NOW), False),
        (_S.OFFERED, lambda pk: decline_offer(pk, now=NOW), False),
        (_S.WAITING, lambda pk: reject(pk, make_staff(), now=NOW), False),
        (_S.CONFIRMED, lambda pk: cancel(pk, make_staff(), now=NOW), False),
        (_S.CONFIRMED, lambda pk: switch_mode(pk, Mode.ONLINE, now=NOW), True),
        (_S.OFFERED, lambda pk: accept_offer(pk, now=NOW), True),
    ],
)
def test_sensitive_answers_are_deleted_when_the_registration_is_closed(status, command, are_left):
    registration = make_registration(make_open_event(), status)
    fields = {"question_key": uuid.uuid4(), "kind": "text", "label": "Diet?", "language": "en"}
    SensitiveAnswer.objects.create(registration=registration, encrypted_value=encrypt("figs"), **fields)
    command(registration.pk)
    assert SensitiveAnswer.objects.exists() == are_left


def test_a_new_link_invalidates_the_old_one():
    registration = make_registration(make_open_event())
    old = tokens.token_for(registration)
    renew_link(registration.pk, make_staff(), NOW)
    assert tokens.find(old) is None
    assert tokens.find(tokens.token_for(reload(registration))) == registration
    assert (kinds_of_mails(registration=registration), actions(registration)) == (["personal_link"], ["renew_link"])


def test_erasing_frees_the_seat_and_deletes_personal_data():
    event = make_open_event({Mode.ON_SITE: (1, True)})
    registration, waiting = make_registration(event, name="Anna", language="fi"), make_registration(event, _S.WAITING)
    for _time in range(2):
        erase(registration.pk, now=NOW)
    erased = reload(registration)
    assert (erased.status, erased.name, erased.email, erased.email_key) == ("withdrawn", "", "", "")
    assert erased.anonymised_at
    assert status_of(waiting) == "offered"
    mail = OutboxMail.objects.get(kind="erased")
    assert (mail.recipient, mail.language, mail.registration) == ("anna@example.org", "fi", None)


def test_erasing_an_attended_registration_keeps_its_status():
    event = make_open_event()
    attended, no_address = make_registration(event, _S.ATTENDED), make_registration(event, _S.WAITING, email="")
    erase(attended.pk, now=event.starts_at + datetime.timedelta(minutes=1))
    erase(no_address.pk, now=event.starts_at + datetime.timedelta(minutes=1))
    assert [status_of(attended), status_of(no_address)] == ["attended", "withdrawn"]
    assert OutboxMail.objects.filter(kind="erased").count() == 1


def test_commands_refuse_an_erased_registration():
    event = make_open_event()
    registration = make_registration(event)
    erase(registration.pk, now=NOW)
    for command in (withdraw, accept_offer, decline_offer):
        with pytest.raises(errors.NotPossibleError):
            command(registration.pk, now=NOW)


@pytest.mark.parametrize("event_fields", [{"status": EventStatus.CANCELLED}, {}])
@pytest.mark.parametrize(
    "command",
    [
        lambda pk, actor, now: withdraw(pk, actor, now=now),
        lambda pk, actor, now: switch_mode(pk, Mode.ONLINE, actor, now=now),
        lambda pk, actor, now: change_answers(pk, [], {"organisation": "Elsewhere"}, actor, now=now),
    ],
)
def test_participants_cannot_change_anything_once_the_event_is_cancelled_or_over(event_fields, command):
    event = make_open_event({Mode.ON_SITE: (5, True), Mode.ONLINE: (5, True)}, event_fields=event_fields)
    registration = make_registration(event)
    with pytest.raises(errors.EventOffError):
        command(registration.pk, PARTICIPANT, NOW if event_fields else event.ends_at + DAY)
    assert reload(registration).status == _S.CONFIRMED
