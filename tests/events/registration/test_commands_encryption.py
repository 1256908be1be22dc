"""Marking a question as sensitive encrypts its answers. A question with sensitive answers cannot be unmarked."""

import pytest
from django.core.exceptions import ValidationError

from events.enums import ConsentPurpose
from events.models import Answer, EventQuestion, SensitiveAnswer
from events.registration.commands import (
    GivenAnswer,
    GivenConsent,
    change_answers,
    encrypt_answers,
    encrypt_due_answers,
    encryption,
)
from events.registration.detail import stored_answers
from events.registration.encryption import decrypt
from events.registration.questions import questions_for
from tests.factories import reload
from tests.factories.events import make_event
from tests.factories.registrations import NOW, make_open_page, make_registration, register_person

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def page(home_page):
    page = make_open_page(home_page)
    page.questions.set(
        [EventQuestion(label=label, locale=page.locale, sort_order=n) for n, label in enumerate(["Needs", "Role"])]
    )
    page.save_revision().publish()
    return reload(page)


def mark(page, *, is_sensitive: bool = True):
    """Mark or unmark the question "Needs" as sensitive, as an editor does: save a draft and publish it."""
    draft_with(page, is_sensitive=is_sensitive).publish()
    return reload(page)


def draft_with(page, *, is_sensitive: bool):
    draft = page.get_latest_revision_as_object()
    questions = list(draft.questions.all())
    questions[0].is_sensitive = is_sensitive
    draft.questions.set(questions)
    return draft.save_revision()


def answer_all(page, name: str, **values):
    answers = [GivenAnswer(question, f"{name}: {question.label}") for question in questions_for(page)]
    return register_person(page.event, name, answers=answers, **values).registration


def encrypted_answers_of(registration) -> list[object]:
    return [decrypt(row.encrypted_value) for row in registration.sensitive_answers.order_by("pk")]


def unencrypted_answers_of(registration) -> list[object]:
    return [row.value for row in registration.answers.order_by("pk")]


def test_marking_a_question_as_sensitive_encrypts_earlier_answers(page, monkeypatch):
    monkeypatch.setattr(encryption, "BATCH", 2)
    people = [answer_all(page, name) for name in ("Anna", "Bo", "Caro")]
    page = mark(page)
    for person in people:
        assert encrypted_answers_of(person) == [f"{person.name}: Needs"]
        assert unencrypted_answers_of(person) == [f"{person.name}: Role"]
    row = people[0].sensitive_answers.get()
    assert (row.label, row.kind, row.language) == ("Needs", "text", "en")
    assert (encrypt_answers(page.event), encrypt_due_answers()) == (0, 0)


def test_a_draft_encrypts_nothing(page):
    anna = answer_all(page, "Anna")
    draft_with(page, is_sensitive=True)
    assert (len(unencrypted_answers_of(anna)), encrypt_due_answers()) == (2, 0)


def test_the_number_of_queries_does_not_depend_on_the_number_of_answers(page, django_assert_num_queries):
    for names in (["Anna"], ["Bo", "Caro", "Dora"]):
        for name in names:
            answer_all(page, name)
        EventQuestion.objects.filter(label="Needs").update(is_sensitive=True)
        # Page, keys, a savepoint and its release; a batch is read, encrypted and deleted; the next batch is empty.
        with django_assert_num_queries(9):
            assert encrypt_answers(page.event) == len(names)
        EventQuestion.objects.filter(label="Needs").update(is_sensitive=False)


def test_the_scheduled_task_encrypts_answers_sent_while_the_question_was_changed(page):
    questions = questions_for(page)
    page = mark(page)
    anna = register_person(page.event, "Anna", answers=[GivenAnswer(questions[0], "figs")]).registration
    assert unencrypted_answers_of(anna) == ["figs"]
    assert encrypt_due_answers(NOW) == 1
    assert (unencrypted_answers_of(anna), encrypted_answers_of(anna)) == ([], ["figs"])


def test_marking_a_question_deletes_answers_of_withdrawn_participants(page):
    withdrawn = answer_all(page, "Anna")
    type(withdrawn).objects.update(status="withdrawn")
    mark(page)
    assert (encrypted_answers_of(withdrawn), unencrypted_answers_of(withdrawn)) == ([], ["Anna: Role"])


def test_answers_of_other_events_and_of_events_without_a_page_stay(page):
    other = make_registration(make_event())
    needs = questions_for(page)[0]
    Answer.objects.create(
        registration=other, question_key=needs.key, kind="text", label="Needs", language="en", value="x"
    )
    mark(page)
    assert (unencrypted_answers_of(other), encrypt_answers(other.event), encrypt_due_answers()) == (["x"], 0, 0)


def test_a_newer_unencrypted_answer_replaces_the_encrypted_one(page):
    anna = answer_all(page, "Anna")
    mark(page)
    needs = questions_for(page)[0]
    Answer.objects.create(
        registration=anna, question_key=needs.key, kind="text", label="Needs?", language="en", value="newest"
    )
    assert encrypt_due_answers() == 1
    assert (encrypted_answers_of(anna), anna.sensitive_answers.get().label) == (["newest"], "Needs?")


def test_a_question_with_sensitive_answers_cannot_be_unmarked(page):
    needs = EventQuestion.objects.get(label="Needs")
    needs.full_clean()
    answer_all(page, "Anna")
    needs.full_clean()
    mark(page)
    needs.is_sensitive = False
    with pytest.raises(ValidationError) as caught:
        needs.full_clean()
    assert list(caught.value.message_dict) == ["is_sensitive"]
    SensitiveAnswer.objects.all().delete()
    needs.full_clean()


def test_answers_stay_encrypted_when_a_question_is_unmarked(page):
    anna = answer_all(page, "Anna")
    page = mark(page)
    assert stored_answers(anna, questions_for(page)) == {
        question.key: f"Anna: {question.label}" for question in questions_for(page)
    }
    page = mark(page, is_sensitive=False)
    needs, role = questions_for(page)
    assert not needs.is_sensitive
    assert stored_answers(anna, [needs, role]) == {role.key: "Anna: Role"}
    assert encrypted_answers_of(anna) == ["Anna: Needs"]
    # An empty answer keeps the encrypted one, which the form did not show. A new answer is stored unencrypted.
    change_answers(anna.pk, [GivenAnswer(needs, "")], {}, now=NOW)
    assert encrypted_answers_of(anna) == ["Anna: Needs"]
    change_answers(anna.pk, [GivenAnswer(needs, "none")], {}, now=NOW)
    assert (encrypted_answers_of(anna), set(unencrypted_answers_of(anna))) == ([], {"Anna: Role", "none"})


def test_a_sensitive_answer_can_be_changed_with_a_consent(page):
    anna = answer_all(page, "Anna")
    needs = questions_for(mark(page))[0]
    assert encrypted_answers_of(anna) == ["Anna: Needs"]
    consent = GivenConsent(ConsentPurpose.SENSITIVE, is_given=True, text="May we?", language="en")
    change_answers(anna.pk, [GivenAnswer(needs, "figs")], {}, now=NOW, consents=[consent])
    assert encrypted_answers_of(anna) == ["figs"]
