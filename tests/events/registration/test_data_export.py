"""The personal data export: complete, in the participant's language, and without data of other people."""

import datetime
import json

import pytest

from events.enums import MailKind, QuestionKind
from events.models import Answer, Consent, HistoryEntry, Message, OutboxMail, RegistrationSettings
from events.registration import tickets
from events.registration.privacy.data_export import personal_data
from events.registration.privacy.data_to_read import as_of, readable
from events.states import RegistrationStatus
from tests.factories.personal_data import make_full_registration
from tests.factories.registrations import DAY, NOW, make_open_event, make_open_page, make_registration, make_staff


def as_text(registration) -> str:
    return "\n".join(f"{label}: {value}" for chapter in readable(registration) for label, value in chapter.lines)


@pytest.fixture
def event(db):
    return make_open_event(retention_days=60, sensitive_retention_days=10, legal_basis="public_task")


@pytest.fixture
def anna(event):
    found = make_full_registration(event, "Anna")
    found.event = event
    return found


def test_the_file_is_json_with_all_personal_data(anna):
    make_full_registration(anna.event, "Eeva")
    found = json.loads(json.dumps(personal_data(anna, NOW)))
    assert list(found) == [
        "format",
        "made_at",
        "event",
        "registration",
        "answers",
        "sensitive_answers",
        "consents",
        "agreements",
        "tickets",
        "attendance",
        "chosen_sessions",
        "sessions",
        "certificates",
        "has_answered_survey",
        "history",
        "mails",
        "earlier_registrations",
        "retention",
        "legal_basis",
    ]
    exported = found["registration"]
    assert (exported["name"], exported["email"], exported["organisation"], exported["note"]) == (
        "Anna",
        "anna@example.org",
        "Anna Ltd",
        "Anna was called",
    )
    assert exported["country"] == {"code": "FI", "label": "Finland"}
    assert exported["profession"] == {"code": "nurse", "label": "Nurse"}
    assert exported["status"] == {"code": "confirmed", "label": "Confirmed"}
    assert exported["language"] == {"code": "en", "label": "English"}
    assert [(row["question"], row["value"]) for row in found["answers"]] == [("Why?", "Anna wants to")]
    assert [(row["question"], row["value"]) for row in found["sensitive_answers"]] == [("Diet?", "Anna eats figs")]
    assert [row["text"] for row in found["consents"]] == ["I agree.", "I agree."]
    assert [row["day"] for row in found["attendance"]] == ["2030-05-16"]
    assert [row["action"]["code"] for row in found["history"]] == ["switch_mode"]
    assert [(row["kind"]["code"], row["reason"]) for row in found["mails"]] == [
        ("confirmed", "Anna asked"),
        ("message", "Anna asked"),
    ]
    assert found["mails"][1]["message"] == {"subject": "For Anna", "body": "Dear Anna"}
    assert found["legal_basis"]["registration"]["code"] == "public_task"
    assert "Eeva" not in json.dumps(found)


@pytest.mark.parametrize(
    ("status", "is_valid", "label"),
    [
        (RegistrationStatus.CONFIRMED, True, "Valid"),
        (RegistrationStatus.ABSENT, True, "Valid"),
        (RegistrationStatus.WITHDRAWN, False, "Not valid"),
        (RegistrationStatus.CANCELLED, False, "Not valid"),
    ],
)
def test_the_ticket_of_a_closed_registration_is_not_valid(event, status, is_valid, label):
    person = make_registration(event, RegistrationStatus.CONFIRMED)
    code = tickets.shown(tickets.ticket_of(person))
    person.status = status
    assert [row["is_valid"] for row in personal_data(person)["tickets"]] == [is_valid]
    assert f"{label}: {code}" in as_text(person).splitlines()
    tickets.replace(person, NOW)
    assert [row["is_valid"] for row in personal_data(person)["tickets"]] == [False]
    assert f"Replaced: {code}" in as_text(person).splitlines()


def test_retention_dates_are_those_of_the_scheduled_deletion(anna):
    ends_at = anna.event.ends_at
    found = personal_data(anna)["retention"]
    moments = [datetime.datetime.fromisoformat(text) for text in found.values()]
    assert moments == [ends_at + 10 * DAY, ends_at + 60 * DAY]


def test_the_export_has_no_tokens_and_no_staff_names(anna):
    staff = make_staff("boss-of-all")
    HistoryEntry.objects.create(registration=anna, actor="staff", user=staff.user, action="approve")
    for text in (json.dumps(personal_data(anna)), as_text(anna)):
        assert anna.token_hash not in text
        assert str(anna.submission_key) not in text
        assert "boss-of-all" not in text
        assert "rganiser" in text


def test_an_answer_that_cannot_be_decrypted_does_not_prevent_the_export(anna, settings):
    settings.SECRET_KEY = "another"
    found = personal_data(anna)
    assert [row["value"] for row in found["sensitive_answers"]] == [None]
    assert found["registration"]["name"] == "Anna"


def test_labels_are_in_the_participants_language_and_questions_as_answered(home_page):
    page = make_open_page(home_page, title="Care forum")
    registration = make_full_registration(page.event, "Anna", language="fi")
    found = personal_data(registration)
    assert found["event"]["title"] == "Care forum"
    assert found["registration"]["country"]["label"] == "Suomi"
    assert found["answers"][0]["question"] == "Why?"
    assert ("Maa", "Suomi") in readable(registration)[0].lines


def test_export_of_a_registration_with_empty_fields(db):
    event = make_open_event()
    registration = make_registration(event, RegistrationStatus.WAITING)
    RegistrationSettings.objects.all().delete()
    registration.event = type(event).objects.get(pk=event.pk)
    message = Message.objects.create(event=event, texts={})
    OutboxMail.objects.create(
        event=event, registration=registration, message=message, kind=MailKind.MESSAGE, language="en"
    )
    found = personal_data(registration)
    assert found["registration"]["profession"] == {"code": "", "label": ""}
    assert found["registration"]["country"] == {"code": "", "label": ""}
    assert found["registration"]["language"] == {"code": "en", "label": "English"}
    assert found["registration"]["queued_at"] == registration.queued_at.isoformat()
    assert found["answers"] == found["consents"] == []
    assert found["mails"][0]["message"] is None
    assert found["legal_basis"]["registration"]["code"] == "contract"


def test_the_readable_export_has_the_same_data(anna):
    Answer.objects.create(
        registration=anna, question_key=anna.key, kind=QuestionKind.YES_NO, label="Dinner?", language="en", value=True
    )
    Consent.objects.filter(purpose="photos").update(withdrawn_at=NOW)
    other = Consent.objects.get(purpose="sensitive")
    Consent.objects.create(
        registration=anna,
        purpose="photos",
        is_given=False,
        text="Pictures?",
        text_version="",
        language="en",
        at=NOW,
    )
    text = as_text(anna)
    for line in (
        "Name: Anna",
        "Country: Finland",
        "Why?: Anna wants to",
        "Diet?: Anna eats figs",
        "Dinner?: yes",
        "I agree.: withdrawn on",
        "I agree.: yes, on",
        "Pictures?: no, on",
        "Registration confirmed",
        "you: attendance changed",
        "Legal basis: a task in the public interest",
    ):
        assert line in text
    assert other.text_version not in text
    assert len(readable(anna)) == 12
    assert as_of(anna, NOW).endswith(f"time zone {anna.event.zone}")


def test_a_section_without_data_has_no_lines(event):
    registration = make_registration(event)
    registration.event = event
    assert [chapter.lines for chapter in readable(registration) if chapter.heading == "Your answers"] == [[]]


def test_the_number_of_queries_of_the_export(anna, django_assert_max_num_queries):
    with django_assert_max_num_queries(18):
        personal_data(anna)
