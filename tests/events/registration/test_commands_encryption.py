"""A question that is marked as sensitive protects what was answered before, and is never unmarked for those who answered."""

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

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(home_page):
    page = make_open_page(home_page)
    page.questions.set(
        [EventQuestion(label=label, locale=page.locale, sort_order=n) for n, label in enumerate(["Needs", "Role"])]
    )
    page.save_revision().publish()
    return reload(page)


def mark(page, *, is_sensitive: bool = True):
    """Change the question about needs on the editor's way: a draft, then its publication."""
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


def sealed_of(registration) -> list[object]:
    return [decrypt(row.encrypted_value) for row in registration.sensitive_answers.order_by("pk")]


def plain_of(registration) -> list[object]:
    return [row.value for row in registration.answers.order_by("pk")]


def test_earlier_answers_are_sealed_when_the_question_is_marked(page, monkeypatch):
    monkeypatch.setattr(encryption, "BATCH", 2)
    people = [answer_all(page, name) for name in ("Anna", "Bo", "Caro")]
    page = mark(page)
    for person in people:
        assert sealed_of(person) == [f"{person.name}: Needs"]
        assert plain_of(person) == [f"{person.name}: Role"]
    row = people[0].sensitive_answers.get()
    assert (row.label, row.kind, row.language) == ("Needs", "text", "en")
    assert (encrypt_answers(page.event), encrypt_due_answers()) == (0, 0)


def test_a_draft_moves_nothing(page):
    anna = answer_all(page, "Anna")
    draft_with(page, is_sensitive=True)
    assert (len(plain_of(anna)), encrypt_due_answers()) == (2, 0)


def test_it_costs_as_much_for_one_as_for_three(page, django_assert_num_queries):
    for names in (["Anna"], ["Bo", "Caro", "Dora"]):
        for name in names:
            answer_all(page, name)
        EventQuestion.objects.filter(label="Needs").update(is_sensitive=True)
        # Page, keys, a savepoint and its end; a batch is read, encrypted_value and deleted; the next one is empty.
        with django_assert_num_queries(9):
            assert encrypt_answers(page.event) == len(names)
        EventQuestion.objects.filter(label="Needs").update(is_sensitive=False)


def test_what_was_sent_while_the_question_was_changed_is_moved_by_the_clock(page):
    asked = questions_for(page)
    page = mark(page)
    anna = register_person(page.event, "Anna", answers=[GivenAnswer(asked[0], "figs")]).registration
    assert plain_of(anna) == ["figs"]
    assert encrypt_due_answers(NOW) == 1
    assert (plain_of(anna), sealed_of(anna)) == ([], ["figs"])


def test_who_has_left_has_no_answer_to_be_sealed(page):
    gone = answer_all(page, "Anna")
    type(gone).objects.update(status="withdrawn")
    mark(page)
    assert (sealed_of(gone), plain_of(gone)) == ([], ["Anna: Role"])


def test_other_events_and_those_without_a_page_keep_their_answers(page):
    other = make_registration(make_event())
    needs = questions_for(page)[0]
    Answer.objects.create(
        registration=other, question_key=needs.key, kind="text", label="Needs", language="en", value="x"
    )
    mark(page)
    assert (plain_of(other), encrypt_answers(other.event), encrypt_due_answers()) == (["x"], 0, 0)


def test_the_newest_answer_counts_where_both_are_there(page):
    anna = answer_all(page, "Anna")
    mark(page)
    needs = questions_for(page)[0]
    Answer.objects.create(
        registration=anna, question_key=needs.key, kind="text", label="Needs?", language="en", value="newest"
    )
    assert encrypt_due_answers() == 1
    assert (sealed_of(anna), anna.sensitive_answers.get().label) == (["newest"], "Needs?")


def test_a_question_that_was_answered_as_sensitive_stays_so(page):
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


def test_nothing_is_opened_when_the_mark_goes_all_the_same(page):
    anna = answer_all(page, "Anna")
    page = mark(page)
    assert stored_answers(anna, questions_for(page)) == {
        question.key: f"Anna: {question.label}" for question in questions_for(page)
    }
    page = mark(page, is_sensitive=False)
    needs, role = questions_for(page)
    assert not needs.is_sensitive
    assert stored_answers(anna, [needs, role]) == {role.key: "Anna: Role"}
    assert sealed_of(anna) == ["Anna: Needs"]
    # What stood in no form is not taken for emptied; what she says anew, she says in the open.
    change_answers(anna.pk, [GivenAnswer(needs, "")], {}, now=NOW)
    assert sealed_of(anna) == ["Anna: Needs"]
    change_answers(anna.pk, [GivenAnswer(needs, "none")], {}, now=NOW)
    assert (sealed_of(anna), set(plain_of(anna))) == ([], {"Anna: Role", "none"})


def test_who_changes_a_protected_answer_is_asked_to_agree(page):
    anna = answer_all(page, "Anna")
    needs = questions_for(mark(page))[0]
    assert sealed_of(anna) == ["Anna: Needs"]
    consent = GivenConsent(ConsentPurpose.SENSITIVE, is_given=True, text="May we?", language="en")
    change_answers(anna.pk, [GivenAnswer(needs, "figs")], {}, now=NOW, consents=[consent])
    assert sealed_of(anna) == ["figs"]
