"""Registering with the form, and adding a registration as staff."""

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
from home.http import generations
from tests.factories import reload
from tests.factories.events import commit, make_event
from tests.factories.mail import kinds_of_mails
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


def question(kind=QuestionKind.TEXT, label="Question", **values) -> FormQuestion:
    return FormQuestion(key=uuid.uuid4(), kind=kind, label=label, language="en", **values)


def test_a_registration_stores_every_field():
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
def test_status_of_a_new_registration(needs_approval, capacity, status, kind):
    event = make_open_event({Mode.ON_SITE: (capacity, True)}, needs_approval=needs_approval)
    outcome = register_person(event)
    assert outcome.status == status_of(outcome.registration) == status
    assert kinds_of_mails() == [kind]
    assert reload(outcome.registration).queued_at == (NOW if status == "waiting" else None)


@pytest.mark.parametrize(
    ("error", "seats", "event_fields", "settings", "mode", "now"),
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
def test_registering_is_refused(error, seats, event_fields, settings, mode, now):
    event = make_open_event(seats, event_fields, **settings)
    with pytest.raises(error):
        register_person(event, mode=mode, now=now)
    assert not Registration.objects.exists()
    assert not OutboxMail.objects.exists()


def test_registering_for_an_event_without_settings_is_refused():
    with pytest.raises(errors.NotSetUpError):
        register_person(make_event())


def test_registration_opens_and_closes_at_the_exact_second():
    event = make_open_event(opens_at=NOW, closes_at=NOW + DAY)
    assert register_person(event, now=NOW).status == "confirmed"
    assert register_person(event, now=NOW + DAY - SECOND).status == "confirmed"


def test_registration_stays_open_for_an_event_without_a_start_time():
    event = make_open_event()
    type(event).objects.filter(pk=event.pk).update(starts_at=None, ends_at=None)
    assert register_person(event).status == "confirmed"


def test_registering_does_not_bypass_the_waiting_list():
    event = make_open_event({Mode.ON_SITE: (5, True)})
    make_registration(event, _S.WAITING)
    assert register_person(event).status == "waiting"


def test_the_waiting_list_follows_the_order_of_the_lock_not_of_the_times_given():
    event = make_open_event({Mode.ON_SITE: (0, True)})
    first, second = register_person(event, now=NOW).registration, register_person(event, now=NOW - SECOND).registration
    assert list(Registration.objects.order_by("queued_at")) == [first, second]


def test_an_offered_seat_counts_as_taken():
    event = make_open_event({Mode.ON_SITE: (1, True)})
    make_registration(event, _S.OFFERED)
    assert register_person(event).status == "waiting"


def test_all_languages_share_a_seat_pool():
    event = make_open_event({Mode.ON_SITE: (2, True)})
    assert [register_person(event, language=code).status for code in ("en", "fi", "et")] == [
        "confirmed",
        "confirmed",
        "waiting",
    ]


# Repeated forms and known addresses


def test_a_form_that_is_sent_twice_registers_once():
    event, key = make_open_event({Mode.ON_SITE: (1, True)}), uuid.uuid4()
    first, second = register_person(event, "Anna", key=key), register_person(event, "Anna", key=key)
    assert (first.status, first.registration) == (second.status, second.registration)
    assert (Registration.objects.count(), HistoryEntry.objects.count(), kinds_of_mails()) == (1, 1, ["confirmed"])


def test_a_form_sent_again_after_registration_closes_gets_the_same_answer():
    event, key = make_open_event(closes_at=NOW + DAY), uuid.uuid4()
    register_person(event, "Anna", key=key)
    assert register_person(event, "Anna", key=key, now=NOW + 2 * DAY).status == "confirmed"


@pytest.mark.parametrize("status", [_S.WITHDRAWN, _S.REJECTED, _S.EXPIRED, _S.CANCELLED, _S.ABSENT])
def test_a_participant_with_a_closed_registration_can_register_again_with_the_same_form(status):
    event, key = make_open_event(), uuid.uuid4()
    first = register_person(event, "Anna", key=key).registration
    Registration.objects.filter(pk=first.pk).update(status=status)
    for _time in range(2):
        outcome = register_person(event, "Anna", key=key)
        assert (outcome.status, outcome.is_known) == ("confirmed", False)
    assert (Registration.objects.count(), status_of(first), kinds_of_mails()) == (2, status, ["confirmed", "confirmed"])


@pytest.mark.parametrize(
    ("status", "expected"), [(_S.OFFERED, "waiting"), (_S.ATTENDED, "confirmed"), (_S.PENDING, "pending")]
)
def test_a_form_sent_again_later_gets_the_status_of_the_first_answer(status, expected):
    event, key = make_open_event(), uuid.uuid4()
    values = {"name": "Anna", "email": "anna@example.org", "submission_key": key}
    make_registration(event, status, **values)
    assert register_person(event, "Anna", key=key).status == expected
    assert Registration.objects.count() == 1


def test_another_person_can_register_with_the_same_form():
    event, key = make_open_event(), uuid.uuid4()
    register_person(event, "Anna", key=key)
    assert register_person(event, "Bert", key=key).registration.name == "Bert"
    assert register_person(event, "Bert", key=key).is_known
    assert sorted(Registration.objects.values_list("name", flat=True)) == ["Anna", "Bert"]


def test_a_submission_key_used_at_another_event_can_be_used_again():
    first, second, key = make_open_event(), make_open_event(), uuid.uuid4()
    register_person(first, "Anna", key=key)
    outcome = register_person(second, "Anna", key=key)
    assert (outcome.is_known, outcome.registration.event) == (False, second)


def test_a_known_address_gets_the_answer_of_an_unknown_one_and_an_email():
    event = make_open_event({Mode.ON_SITE: (2, True)})
    anna = register_person(event, "Anna", language="fi").registration
    outcome = register_person(event, "Someone", email="ANNA@example.org", language="en")
    assert (outcome.status, outcome.mode, outcome.is_known) == ("confirmed", Mode.ON_SITE, True)
    assert reload(anna).name == "Anna"
    known = OutboxMail.objects.get(kind=MailKind.PERSONAL_LINK)
    assert (known.registration, known.language) == (anna, "fi")


def test_the_answer_to_a_known_address_depends_on_the_seats_left():
    event = make_open_event({Mode.ON_SITE: (1, True)})
    register_person(event, "Anna")
    assert register_person(event, "Anna").status == "waiting"
    RegistrationSettings.objects.update(waiting_until=NOW)
    with pytest.raises(errors.FullError):
        register_person(event, "Anna")
    with pytest.raises(errors.FullError):
        register_person(event, "Bert")


def test_a_known_address_that_sends_a_form_twice_gets_one_email():
    event, key = make_open_event(), uuid.uuid4()
    register_person(event, "Anna")
    for _time in range(2):
        assert register_person(event, "Anna", key=key).is_known
    assert kinds_of_mails() == ["confirmed", "personal_link"]
    register_person(event, "Anna")
    assert kinds_of_mails() == ["confirmed", "personal_link", "personal_link"]


def test_a_withdrawn_participant_can_register_again_with_a_new_form():
    event = make_open_event()
    first = register_person(event, "Anna").registration
    withdraw(first.pk, now=NOW)
    second = register_person(event, "Anna")
    assert (second.is_known, second.status) == (False, "confirmed")
    assert second.registration != first


# Answers and consents


def test_answers_are_stored_with_keys_and_labels():
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
def test_sensitive_answers_are_encrypted_and_stored_only_with_consent(is_given):
    diet = GivenAnswer(question(label="Diet", is_sensitive=True), "no nuts")
    consent = GivenConsent(ConsentPurpose.SENSITIVE, is_given, "May we?", "en")
    registration = register_person(make_open_event(), answers=[diet], consents=[consent]).registration
    stored = [(answer.label, decrypt(bytes(answer.encrypted_value))) for answer in registration.sensitive_answers.all()]
    assert stored == ([("Diet", "no nuts")] if is_given else [])
    assert not Answer.objects.exists()
    for answer in SensitiveAnswer.objects.all():
        assert b"nuts" not in bytes(answer.encrypted_value)


def test_sensitive_answers_without_a_consent_are_not_stored():
    diet = GivenAnswer(question(label="Diet", is_sensitive=True), "no nuts")
    register_person(make_open_event(), answers=[diet])
    assert not SensitiveAnswer.objects.exists()


def test_given_and_refused_consents_are_stored_with_their_text():
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


# Notifications, page cache and queries


def test_organisers_are_notified_at_most_every_15_minutes():
    event = make_open_event(notification_emails="a@example.org\nb@example.org")
    for _number in range(3):
        register_person(event)
    notifications = OutboxMail.objects.filter(kind=MailKind.ORGANISER)
    assert sorted(notifications.values_list("recipient", flat=True)) == ["a@example.org", "b@example.org"]
    assert {mail.next_try_at for mail in notifications} == {NOW + datetime.timedelta(minutes=15)}
    notifications.update(status="sent")
    register_person(event)
    assert notifications.count() == 4


def test_seats_clear_the_page_cache_when_few_and_when_none_are_left(monkeypatch):
    purged = []
    event = make_open_event({Mode.ON_SITE: (7, True)})
    monkeypatch.setattr(generations, "start", lambda **kwargs: purged.append(True))
    for expected in (0, 1, 1, 1, 1, 1, 2, 2):
        with commit():
            register_person(event)
        assert len(purged) == expected


def test_only_the_last_of_two_seats_clears_the_page_cache(monkeypatch):
    purged = []
    event = make_open_event({Mode.ON_SITE: (2, True)})
    monkeypatch.setattr(generations, "start", lambda **kwargs: purged.append(True))
    with commit():
        register_person(event)
    assert purged == []
    with commit():
        register_person(event)
    assert purged == [True]
    with commit():
        register_person(event)
    assert purged == [True]


def test_the_number_of_queries_of_a_registration(django_assert_num_queries):
    """Others wait for the event's lock during these queries. PostgreSQL needs one more, to set the lock timeout."""
    from django.db import connection

    event, person, key = make_open_event(), applicant(), uuid.uuid4()
    # Savepoint, lock, earlier ones, pools with counts, settings, registration, history, mail, savepoint.
    expected = 9 + (connection.vendor == "postgresql")
    with django_assert_num_queries(expected):
        register(event.pk, person, [], [], key, NOW)
    answers = [GivenAnswer(question(), "Yes"), GivenAnswer(question(), "No")]
    consents = [GivenConsent(purpose, is_given=True, text="May we?", language="en") for purpose in ConsentPurpose]
    # One more for all answers, and two for all consents: those before, and the new ones.
    with django_assert_num_queries(expected + 3):
        register(event.pk, applicant(), answers, consents, uuid.uuid4(), NOW)


# Adding a registration as staff


def test_a_participant_added_by_staff_is_confirmed_and_emailed():
    event, actor = make_open_event(needs_approval=True, opens_at=None), make_staff()
    registration = add_registration(event.pk, applicant("Anna"), actor, now=NOW)
    assert (registration.status, registration.added_by, kinds_of_mails()) == ("confirmed", actor.user, ["confirmed"])
    entry = registration.history.get()
    assert (entry.action, entry.actor, entry.user) == ("add", "staff", actor.user)


def test_participants_without_an_address_can_be_added_and_get_no_email():
    event = make_open_event()
    for _number in range(2):
        add_registration(
            event.pk, applicant(email=""), make_staff(), [GivenAnswer(question(label="Role"), "x")], now=NOW
        )
    assert Registration.objects.filter(email="").count() == 2
    assert Answer.objects.count() == 2
    assert kinds_of_mails() == []


def test_a_staff_form_adds_once_and_again_after_a_withdrawal():
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
    ("error", "seats", "event_fields", "mode", "now"),
    [
        (errors.NotSetUpError, {}, {}, Mode.ON_SITE, NOW),
        (errors.EventOffError, None, {"status": EventStatus.CANCELLED}, Mode.ON_SITE, NOW),
        (errors.EventOffError, None, {}, Mode.ON_SITE, NOW + 60 * DAY),
        (errors.ModeNotOfferedError, {Mode.ONLINE: (None, True)}, {}, Mode.ON_SITE, NOW),
        (errors.FullError, {Mode.ON_SITE: (0, True)}, {}, Mode.ON_SITE, NOW),
    ],
)
def test_adding_is_refused(error, seats, event_fields, mode, now):
    event = make_open_event(seats, event_fields)
    with pytest.raises(error):
        add_registration(event.pk, applicant(mode=mode), make_staff(), now=now)
    assert not Registration.objects.exists()


def test_adding_to_an_event_without_settings_is_refused():
    with pytest.raises(errors.NotSetUpError):
        add_registration(make_event().pk, applicant(), make_staff(), now=NOW)


def test_adding_a_registered_address_is_refused():
    event = make_open_event()
    register_person(event, "Anna")
    with pytest.raises(errors.AlreadyRegisteredError):
        add_registration(event.pk, applicant("Anna"), make_staff(), now=NOW)


def test_force_ignores_the_capacity_and_the_waiting_list():
    event = make_open_event({Mode.ON_SITE: (0, True)})
    make_registration(event, _S.WAITING)
    assert add_registration(event.pk, applicant(), make_staff(), force=True, now=NOW).status == "confirmed"
