"""People register by the form, or are added by hand."""

import datetime
import uuid

import pytest

from events.enums import ConsentPurpose, EventStatus, MailKind, Mode, QuestionKind
from events.models import Answer, Consent, HistoryEntry, OutboxMail, Registration, RegistrationSettings, SensitiveAnswer
from events.registration import errors, tokens
from events.registration.commands import GivenAnswer, GivenConsent, add_registration, register, withdraw
from events.registration.consents import text_version
from events.registration.encryption import decrypt
from events.registration.questions import FormQuestion
from events.states import RegistrationStatus
from home.http import page_cache
from tests.factories import reload
from tests.factories.events import commit, make_event
from tests.factories.registrations import (
    DAY,
    NOW,
    applicant,
    make_open_event,
    make_registration,
    make_staff,
    register_person,
    status_of,
)

_S = RegistrationStatus
SECOND = datetime.timedelta(seconds=1)
pytestmark = pytest.mark.django_db


def mails(**filters):
    return list(OutboxMail.objects.filter(**filters).order_by("pk").values_list("kind", flat=True))


def question(kind=QuestionKind.TEXT, label="Question", **values) -> FormQuestion:
    return FormQuestion(key=uuid.uuid4(), kind=kind, label=label, language="en", **values)


def test_a_registration_holds_everything_that_was_said():
    event = make_open_event()
    outcome = register_person(
        event, "Anna", organisation="House", profession="nurse", country="FI", language="fi", email="Anna@Example.org"
    )
    registration = reload(outcome.registration)
    assert (outcome.status, outcome.mode, outcome.is_known) == (_S.CONFIRMED, Mode.ON_SITE, False)
    assert (registration.name, registration.email, registration.email_key) == (
        "Anna",
        "Anna@Example.org",
        "anna@example.org",
    )
    assert (registration.organisation, registration.profession, registration.country.code) == ("House", "nurse", "FI")
    assert (registration.language, registration.created_at, registration.status_since) == ("fi", NOW, NOW)
    assert tokens.find(tokens.token_for(registration)) == registration
    assert [(entry.action, entry.actor, entry.after) for entry in registration.history.all()] == [
        ("register", "participant", "confirmed")
    ]
    mail = OutboxMail.objects.get()
    assert (mail.kind, mail.registration, mail.language) == ("confirmed", registration, "fi")


@pytest.mark.parametrize(
    ("needs_approval", "capacity", "status", "kind"),
    [
        (False, 1, "confirmed", MailKind.CONFIRMED),
        (True, 1, "pending", MailKind.RECEIVED),
        (False, 0, "waiting", MailKind.WAITING),
        (True, 0, "waiting", MailKind.WAITING),
    ],
)
def test_how_a_newcomer_begins(needs_approval, capacity, status, kind):
    event = make_open_event({Mode.ON_SITE: (capacity, True)}, needs_approval=needs_approval)
    outcome = register_person(event)
    assert outcome.status == status_of(outcome.registration) == status
    assert mails() == [kind]
    assert reload(outcome.registration).queued_at == (NOW if status == "waiting" else None)


@pytest.mark.parametrize(
    ("error", "seats", "facts", "settings", "mode", "now"),
    [
        (errors.NotSetUpError, {}, {}, {}, Mode.ON_SITE, NOW),
        (errors.EventOffError, None, {"status": EventStatus.CANCELLED}, {}, Mode.ON_SITE, NOW),
        (errors.EventOffError, None, {"status": EventStatus.POSTPONED}, {}, Mode.ON_SITE, NOW),
        (errors.EventOffError, None, {}, {}, Mode.ON_SITE, NOW + 60 * DAY),
        (errors.NotOpenYetError, None, {}, {"opens_at": None}, Mode.ON_SITE, NOW),
        (errors.NotOpenYetError, None, {}, {"opens_at": NOW + SECOND}, Mode.ON_SITE, NOW),
        (errors.ClosedError, None, {}, {"closes_at": NOW}, Mode.ON_SITE, NOW),
        (errors.ModeNotOfferedError, {Mode.ONLINE: (5, True)}, {}, {}, Mode.ON_SITE, NOW),
        (errors.ModeNotOfferedError, None, {"status": EventStatus.MOVED_ONLINE}, {}, Mode.ON_SITE, NOW),
        (errors.FullError, {Mode.ON_SITE: (0, False)}, {}, {}, Mode.ON_SITE, NOW),
        (errors.FullError, {Mode.ON_SITE: (0, True)}, {}, {"waiting_until": NOW}, Mode.ON_SITE, NOW),
    ],
)
def test_what_keeps_people_out(error, seats, facts, settings, mode, now):
    event = make_open_event(seats, facts, **settings)
    with pytest.raises(error):
        register_person(event, mode=mode, now=now)
    assert not Registration.objects.exists()
    assert not OutboxMail.objects.exists()


def test_an_event_without_settings_takes_nobody():
    with pytest.raises(errors.NotSetUpError):
        register_person(make_event())


def test_it_opens_and_closes_to_the_second():
    event = make_open_event(opens_at=NOW, closes_at=NOW + DAY)
    assert register_person(event, now=NOW).status == "confirmed"
    assert register_person(event, now=NOW + DAY - SECOND).status == "confirmed"


def test_without_a_known_beginning_it_stays_open():
    event = make_open_event()
    type(event).objects.filter(pk=event.pk).update(starts_at=None, ends_at=None)
    assert register_person(event).status == "confirmed"


def test_a_newcomer_never_passes_those_who_wait():
    event = make_open_event({Mode.ON_SITE: (5, True)})
    make_registration(event, _S.WAITING)
    assert register_person(event).status == "waiting"


def test_who_had_the_lock_first_came_first_whatever_the_clocks_say():
    event = make_open_event({Mode.ON_SITE: (0, True)})
    first, second = register_person(event, now=NOW).registration, register_person(event, now=NOW - SECOND).registration
    assert list(Registration.objects.order_by("queued_at")) == [first, second]


def test_an_offered_seat_is_taken():
    event = make_open_event({Mode.ON_SITE: (1, True)})
    make_registration(event, _S.OFFERED)
    assert register_person(event).status == "waiting"


def test_one_seat_pool_for_every_language():
    event = make_open_event({Mode.ON_SITE: (2, True)})
    assert [register_person(event, language=code).status for code in ("en", "fi", "et")] == [
        "confirmed",
        "confirmed",
        "waiting",
    ]


# The same form, the same address


def test_a_form_that_is_sent_twice_registers_once():
    event, key = make_open_event({Mode.ON_SITE: (1, True)}), uuid.uuid4()
    first, second = register_person(event, "Anna", key=key), register_person(event, "Anna", key=key)
    assert (first.status, first.registration) == (second.status, second.registration)
    assert (Registration.objects.count(), HistoryEntry.objects.count(), mails()) == (1, 1, ["confirmed"])


def test_a_form_that_is_sent_again_after_the_end_still_gets_its_answer():
    event, key = make_open_event(closes_at=NOW + DAY), uuid.uuid4()
    register_person(event, "Anna", key=key)
    assert register_person(event, "Anna", key=key, now=NOW + 2 * DAY).status == "confirmed"


@pytest.mark.parametrize("status", [_S.WITHDRAWN, _S.REJECTED, _S.EXPIRED, _S.CANCELLED, _S.ABSENT])
def test_whoever_left_comes_back_with_the_form_that_is_open_still(status):
    event, key = make_open_event(), uuid.uuid4()
    first = register_person(event, "Anna", key=key).registration
    Registration.objects.filter(pk=first.pk).update(status=status)
    for _time in range(2):
        outcome = register_person(event, "Anna", key=key)
        assert (outcome.status, outcome.is_known) == ("confirmed", False)
    assert (Registration.objects.count(), status_of(first), mails()) == (2, status, ["confirmed", "confirmed"])


@pytest.mark.parametrize(
    ("status", "told"), [(_S.OFFERED, "waiting"), (_S.ATTENDED, "confirmed"), (_S.PENDING, "pending")]
)
def test_a_form_that_is_sent_again_much_later_tells_what_it_told_then(status, told):
    event, key = make_open_event(), uuid.uuid4()
    values = {"name": "Anna", "email": "anna@example.org", "submission_key": key}
    make_registration(event, status, **values)
    assert register_person(event, "Anna", key=key).status == told
    assert Registration.objects.count() == 1


def test_another_person_with_the_same_form_is_registered_too():
    event, key = make_open_event(), uuid.uuid4()
    register_person(event, "Anna", key=key)
    assert register_person(event, "Bert", key=key).registration.name == "Bert"
    assert register_person(event, "Bert", key=key).is_known
    assert sorted(Registration.objects.values_list("name", flat=True)) == ["Anna", "Bert"]


def test_the_form_of_another_event_registers_here():
    first, second, key = make_open_event(), make_open_event(), uuid.uuid4()
    register_person(first, "Anna", key=key)
    outcome = register_person(second, "Anna", key=key)
    assert (outcome.is_known, outcome.registration.event) == (False, second)


def test_a_known_address_gets_the_answer_of_a_stranger_and_a_mail():
    event = make_open_event({Mode.ON_SITE: (2, True)})
    anna = register_person(event, "Anna", language="fi").registration
    outcome = register_person(event, "Somebody", email="ANNA@example.org", language="en")
    assert (outcome.status, outcome.mode, outcome.is_known) == ("confirmed", Mode.ON_SITE, True)
    assert reload(anna).name == "Anna"
    known = OutboxMail.objects.get(kind=MailKind.PERSONAL_LINK)
    assert (known.registration, known.language) == (anna, "fi")


def test_what_a_stranger_would_get_depends_on_the_seats_left():
    event = make_open_event({Mode.ON_SITE: (1, True)})
    register_person(event, "Anna")
    assert register_person(event, "Anna").status == "waiting"
    RegistrationSettings.objects.update(waiting_until=NOW)
    with pytest.raises(errors.FullError):
        register_person(event, "Anna")
    with pytest.raises(errors.FullError):
        register_person(event, "Bert")


def test_a_known_address_that_sends_its_form_twice_gets_one_mail():
    event, key = make_open_event(), uuid.uuid4()
    register_person(event, "Anna")
    for _time in range(2):
        assert register_person(event, "Anna", key=key).is_known
    assert mails() == ["confirmed", "personal_link"]
    register_person(event, "Anna")
    assert mails() == ["confirmed", "personal_link", "personal_link"]


def test_whoever_withdrew_may_come_back_with_a_new_form():
    event = make_open_event()
    first = register_person(event, "Anna").registration
    withdraw(first.pk, now=NOW)
    second = register_person(event, "Anna")
    assert (second.is_known, second.status) == (False, "confirmed")
    assert second.registration != first


# Answers and consents


def test_answers_are_kept_under_keys_with_the_words_that_were_asked():
    colour = question(QuestionKind.CHOICE, "Colour", choices=[("a1", "Red"), ("b2", "Blue")])
    days = question(QuestionKind.CHOICES, "Days", choices=[("c3", "Monday"), ("d4", "Tuesday")])
    answers = [
        GivenAnswer(question(label="Role"), "Nurse"),
        GivenAnswer(colour, "b2"),
        GivenAnswer(days, ["c3", "d4"]),
        GivenAnswer(question(QuestionKind.YES_NO, "Dinner"), value=False),
        GivenAnswer(question(QuestionKind.COUNTRY, "From"), "EE"),
        GivenAnswer(question(label="Nothing"), ""),
        GivenAnswer(question(QuestionKind.CHOICES, "None", choices=[("x", "X")]), []),
        GivenAnswer(question(QuestionKind.YES_NO, "Unsaid"), None),
    ]
    registration = register_person(make_open_event(), answers=answers).registration
    stored = {answer.label: answer.value for answer in registration.answers.all()}
    assert stored == {
        "Role": "Nurse",
        "Colour": [{"key": "b2", "label": "Blue"}],
        "Days": [{"key": "c3", "label": "Monday"}, {"key": "d4", "label": "Tuesday"}],
        "Dinner": False,
        "From": "EE",
    }
    row = registration.answers.get(label="Colour")
    assert (row.question_key, row.kind, row.language) == (colour.key, "choice", "en")


@pytest.mark.parametrize("is_given", [True, False])
def test_sensitive_answers_are_kept_apart_and_only_with_consent(is_given):
    diet = GivenAnswer(question(label="Diet", is_sensitive=True), "no nuts")
    consent = GivenConsent(ConsentPurpose.SENSITIVE, is_given, "May we?", "en")
    registration = register_person(make_open_event(), answers=[diet], consents=[consent]).registration
    kept = [(answer.label, decrypt(bytes(answer.encrypted_value))) for answer in registration.sensitive_answers.all()]
    assert kept == ([("Diet", "no nuts")] if is_given else [])
    assert not Answer.objects.exists()
    for answer in SensitiveAnswer.objects.all():
        assert b"nuts" not in bytes(answer.encrypted_value)


def test_sensitive_answers_without_any_consent_are_not_kept():
    diet = GivenAnswer(question(label="Diet", is_sensitive=True), "no nuts")
    register_person(make_open_event(), answers=[diet])
    assert not SensitiveAnswer.objects.exists()


def test_a_consent_is_kept_with_its_words_and_a_refusal_too():
    given = GivenConsent(ConsentPurpose.PHOTOS, is_given=True, text="May we take pictures?", language="en")
    refused = GivenConsent(ConsentPurpose.SENSITIVE, is_given=False, text="May we keep it?", language="en")
    registration = register_person(make_open_event(), consents=[given, refused]).registration
    rows = {row.purpose: row for row in Consent.objects.filter(registration=registration)}
    assert rows["photos"].is_given
    assert not rows["sensitive"].is_given
    photos = rows["photos"]
    assert (photos.text, photos.language, photos.at) == ("May we take pictures?", "en", NOW)
    assert photos.text_version == text_version(given.text) != text_version(refused.text)
    assert len(photos.text_version) == 32


# What else follows


def test_organisers_are_told_at_most_every_quarter_of_an_hour():
    event = make_open_event(notification_emails="a@example.org\nb@example.org")
    for _number in range(3):
        register_person(event)
    told = OutboxMail.objects.filter(kind=MailKind.ORGANISER)
    assert sorted(told.values_list("recipient", flat=True)) == ["a@example.org", "b@example.org"]
    assert {mail.next_try_at for mail in told} == {NOW + datetime.timedelta(minutes=15)}
    told.update(status="sent")
    register_person(event)
    assert told.count() == 4


def test_the_last_seat_changes_public_pages_and_others_do_not(monkeypatch):
    purged = []
    event = make_open_event({Mode.ON_SITE: (2, True)})
    monkeypatch.setattr(page_cache, "_start_generation", lambda: purged.append(True))
    with commit():
        register_person(event)
    assert purged == []
    with commit():
        register_person(event)
    assert purged == [True]
    with commit():
        register_person(event)
    assert purged == [True]


def test_a_registration_takes_this_many_queries(django_assert_num_queries):
    """Everybody else waits for the event's lock meanwhile. PostgreSQL has one more, for the time limit of the lock."""
    from django.db import connection

    event, person, key = make_open_event(), applicant(), uuid.uuid4()
    # Savepoint, lock, earlier ones, pools, counts, settings, registration, history, mail, savepoint.
    expected = 10 + (connection.vendor == "postgresql")
    with django_assert_num_queries(expected):
        register(event.pk, person, [], [], key, NOW)
    answers = [GivenAnswer(question(), "Yes"), GivenAnswer(question(), "No")]
    consents = [GivenConsent(purpose, is_given=True, text="May we?", language="en") for purpose in ConsentPurpose]
    # One more for all answers, and two for all consents: those before, and the new ones.
    with django_assert_num_queries(expected + 3):
        register(event.pk, applicant(), answers, consents, uuid.uuid4(), NOW)


# By hand


def test_somebody_added_by_hand_is_in_and_told():
    event, actor = make_open_event(needs_approval=True, opens_at=None), make_staff()
    registration = add_registration(event.pk, applicant("Anna"), actor, now=NOW)
    assert (registration.status, registration.added_by, mails()) == ("confirmed", actor.user, ["confirmed"])
    entry = registration.history.get()
    assert (entry.action, entry.actor, entry.user) == ("add", "staff", actor.user)


def test_people_without_an_address_can_be_added_and_get_no_mail():
    event = make_open_event()
    for _number in range(2):
        add_registration(
            event.pk, applicant(email=""), make_staff(), [GivenAnswer(question(label="Role"), "x")], now=NOW
        )
    assert Registration.objects.filter(email="").count() == 2
    assert Answer.objects.count() == 2
    assert mails() == []


def test_the_same_form_adds_by_hand_once_and_again_after_she_left():
    event, key = make_open_event(), uuid.uuid4()
    first, second = (
        add_registration(event.pk, applicant("Anna", email=""), make_staff(), submission_key=key, now=NOW)
        for _time in range(2)
    )
    assert first == second
    withdraw(first.pk, make_staff(), NOW)
    third = add_registration(event.pk, applicant("Anna", email=""), make_staff(), submission_key=key, now=NOW)
    assert [third.submission_key, reload(first).submission_key, third.status] == [key, None, "confirmed"]


@pytest.mark.parametrize(
    ("error", "seats", "facts", "mode", "now"),
    [
        (errors.NotSetUpError, {}, {}, Mode.ON_SITE, NOW),
        (errors.EventOffError, None, {"status": EventStatus.CANCELLED}, Mode.ON_SITE, NOW),
        (errors.EventOffError, None, {}, Mode.ON_SITE, NOW + 60 * DAY),
        (errors.ModeNotOfferedError, {Mode.ONLINE: (None, True)}, {}, Mode.ON_SITE, NOW),
        (errors.FullError, {Mode.ON_SITE: (0, True)}, {}, Mode.ON_SITE, NOW),
    ],
)
def test_what_keeps_the_staff_from_adding(error, seats, facts, mode, now):
    event = make_open_event(seats, facts)
    with pytest.raises(error):
        add_registration(event.pk, applicant(mode=mode), make_staff(), now=now)
    assert not Registration.objects.exists()


def test_the_staff_cannot_add_to_an_event_without_settings():
    with pytest.raises(errors.NotSetUpError):
        add_registration(make_event().pk, applicant(), make_staff(), now=NOW)


def test_the_staff_is_told_that_somebody_is_registered():
    event = make_open_event()
    register_person(event, "Anna")
    with pytest.raises(errors.AlreadyRegisteredError):
        add_registration(event.pk, applicant("Anna"), make_staff(), now=NOW)


def test_force_goes_over_the_capacity_and_past_those_who_wait():
    event = make_open_event({Mode.ON_SITE: (0, True)})
    make_registration(event, _S.WAITING)
    assert add_registration(event.pk, applicant(), make_staff(), force=True, now=NOW).status == "confirmed"
