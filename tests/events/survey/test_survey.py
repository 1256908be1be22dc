"""The survey after an event: anonymous answers, one invitation and one reminder, results without small groups."""

import csv
import io
import json
from collections import Counter

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from events.certificates.eligibility import IneligibilityReason, candidates
from events.enums import MailKind
from events.models import (
    CertificateRule,
    CheckIn,
    OutboxMail,
    Survey,
    SurveyAnswer,
    SurveyParticipation,
    SurveyQuestion,
)
from events.registration import tokens
from events.registration.errors import ClosedError, NotPossibleError
from events.registration.privacy import erasure
from events.states import RegistrationStatus
from events.survey import commands, results, scheduled
from events.survey.commands import GivenAnswers
from events.survey.questions import own_questions, questions_of
from tests.factories import reload
from tests.factories.events import commit, in_language, translate_all
from tests.factories.mail import make_forum, make_registration, part, rendered
from tests.factories.registrations import DAY, HOUR
from tests.factories.users import admin_url, make_organiser

pytestmark = pytest.mark.slow

GIVEN = GivenAnswers(usefulness=5, relevance=4, recommendation=9, improve="More breaks")


@pytest.fixture(scope="module")
def made_event(module_home_page):
    event = make_forum(module_home_page).event
    commands.switch(event, is_on=True)
    return event


@pytest.fixture
def event(made_event, db):
    return reload(made_event)


@pytest.fixture
def after(event):
    return event.ends_at + 3 * HOUR


def attended(event, **values):
    return make_registration(event, status=RegistrationStatus.ATTENDED, **values)


def answer(event, now, given=GIVEN, **values):
    person = attended(event, **values)
    commands.answer(person.pk, given, person.language, now)
    return person


def test_an_answer_does_not_lead_to_its_participant(event, after):
    person = answer(event, after)
    stored = SurveyAnswer.objects.get()
    assert (stored.usefulness, stored.improve) == (5, "More breaks")
    assert SurveyParticipation.objects.get().registration == person
    fields = {field.name for field in SurveyAnswer._meta.get_fields()}
    assert fields == {"id", "survey", "language", "usefulness", "relevance", "recommendation", "improve", "own"}
    assert {field.name for field in SurveyParticipation._meta.get_fields()} == {"registration"}
    assert not person.history.exists()


@pytest.mark.parametrize("case", ["before the end", "too late", "off", "confirmed only", "twice", "empty"])
def test_who_cannot_answer(event, after, case):
    person = attended(event)
    now, given, error = after, GIVEN, ClosedError
    if case == "before the end":
        now = event.ends_at - HOUR
    elif case == "too late":
        now = event.ends_at + 31 * DAY
    elif case == "off":
        commands.switch(event, is_on=False)
    elif case == "confirmed only":
        person, error = make_registration(event), NotPossibleError
    elif case == "twice":
        commands.answer(person.pk, GIVEN, "en", now)
        error = NotPossibleError
    else:
        given, error = GivenAnswers(), NotPossibleError
    count = SurveyAnswer.objects.count()
    with pytest.raises(error):
        commands.answer(person.pk, given, "en", now)
    assert SurveyAnswer.objects.count() == count


def test_one_invitation_and_one_reminder(event, after):
    first, second = attended(event), attended(event)
    make_registration(event)
    assert scheduled.send_survey_mails(event.ends_at + HOUR) == 0
    assert scheduled.send_survey_mails(after) == 2
    assert scheduled.send_survey_mails(after) == 0
    commands.answer(first.pk, GIVEN, "en", after)
    assert scheduled.send_survey_mails(after + 8 * DAY) == 1
    assert scheduled.send_survey_mails(after + 16 * DAY) == 0
    reminder = OutboxMail.objects.get(payload__reminder=True)
    assert (reminder.kind, reminder.registration) == (MailKind.SURVEY, second)
    text = part(rendered(reminder, after), "text/plain")
    assert f"/en/registration/{tokens.token_for(second)}/survey/" in text
    assert "This is the only reminder." in text


def test_the_page_stores_answers_once(client, event, after, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: after)
    person = attended(event)
    url = reverse("registration_survey", kwargs={"token": tokens.token_for(person)})
    assert url in client.get(url.replace("survey/", "")).content.decode()
    assert "Your answers are anonymous." in client.get(url).content.decode()
    assert client.post(url, {}).status_code == 422
    assert client.post(url, {"usefulness": "6"}).status_code == 422
    response = client.post(url, {"usefulness": "4", "improve": "Nothing"})
    assert response.status_code == 303
    assert "Thank you for your answers." in client.get(response["Location"]).content.decode()
    # The link of the email again, and a double click.
    for again in (client.get(url), client.post(url, {"usefulness": "1"})):
        assert again.status_code == 303
        assert "Thank you for your answers." in client.get(again["Location"]).content.decode()
    assert SurveyAnswer.objects.get().usefulness == 4


def test_the_page_of_a_survey_that_is_not_open_says_so(client, event):
    url = reverse("registration_survey", kwargs={"token": tokens.token_for(attended(event))})
    assert client.get(url).status_code == 409


def test_results_hide_small_groups(event, after, django_assert_num_queries):
    page = event.page
    for number in range(4):
        answer(event, after, email=f"a{number}@example.org")
    answer(event, after, GivenAnswers(recommendation=3), email="b@example.org")
    answer(event, after, language="fi", email="c@example.org")
    commands.close(event)
    with django_assert_num_queries(5):
        found = results.results_of(event, page)
    assert (found.answered, found.invited, found.is_hidden) == (6, 6, False)
    assert [question.average for question in found.questions] == [5.0, 4.0, 8.0, None]
    # Five of six gave 9, one 3.
    assert found.score == 67
    # The answer in Finnish would be all answers minus those in English.
    assert (found.languages, found.hidden_languages) == ([], 2)
    assert {row[-1] for row in results.scale_rows(event, page)} == {""}


def test_between_two_answers_nothing_is_shown(client, event, after):
    """An organiser who looks before and after an answer would otherwise see what this participant answered."""
    client.force_login(make_organiser(event))
    url = admin_url(event, "survey")
    for number in range(6):
        answer(event, after, email=f"a{number}@example.org")
        text = client.get(url).content.decode()
        assert f"{number + 1} of {number + 1} participants have answered." in text
        assert "Net promoter score" not in text
        assert "More breaks" not in text
        assert list(results.scale_rows(event, event.page)) == []
        assert "More breaks" not in b"".join(client.post(url, {"export": "csv"})).decode()
    client.post(url, {"off": "1"})
    assert "More breaks" not in client.get(url).content.decode()
    client.post(url, {"close": "1"})
    assert "More breaks" in client.get(url).content.decode()
    # Nobody answers any more, and nothing opens it again, so the results stay what they are.
    with pytest.raises(ClosedError):
        answer(event, after, email="late@example.org")
    assert "This is not possible" in client.post(url, {"on": "1"}, follow=True).content.decode()
    event.last_day = event.last_day + 40 * DAY
    event.save()
    assert not commands.may_answer(event.registrations.first(), after + 41 * DAY)


def test_too_few_answers_stay_hidden_after_the_survey_has_closed(event, after):
    for number in range(4):
        answer(event, after, email=f"a{number}@example.org")
    commands.close(event)
    assert results.results_of(event, event.page).is_hidden
    assert list(results.scale_rows(event, event.page)) == []


def test_the_scheduled_tasks_close_a_survey_with_answers(event, after):
    assert scheduled.close_due(event.ends_at + 31 * DAY) == 0
    answer(event, after)
    assert scheduled.close_due(event.ends_at + 29 * DAY) == 0
    assert scheduled.close_due(event.ends_at + 31 * DAY) == 1
    assert scheduled.close_due(event.ends_at + 32 * DAY) == 0
    assert Survey.objects.get().closed_at == event.ends_at + 31 * DAY


def test_a_survey_without_answers_can_be_opened_again(event):
    with pytest.raises(NotPossibleError):
        commands.close(event)
    Survey.objects.update(closed_at=event.ends_at)
    commands.switch(event, is_on=True)
    assert Survey.objects.get().closed_at is None


@pytest.fixture
def own(home_page):
    """A page with a question of each kind, in English and Finnish."""
    page = make_forum(home_page, slug="own")
    kinds = [("scale", "Pace?"), ("choice", "Which part?"), ("choices", "Which formats?"), ("text", "What was new?")]
    blocks = [{"type": "choice", "id": f"00000000-0000-0000-0000-00000000000{n}", "value": f"C{n}"} for n in (1, 2, 3)]
    page.survey_questions.set(
        [
            SurveyQuestion(
                label=label, kind=kind, sort_order=number, locale=page.locale,
                choices=json.dumps(blocks) if kind.startswith("choice") else "",
            )
            for number, (kind, label) in enumerate(kinds)
        ]
    )  # fmt: skip
    with commit():
        page.save_revision().publish()
    page = reload(page)
    translate_all(page.get_parent().specific, page, codes=("fi",))
    commands.switch(page.event, is_on=True)
    return reload(page)


def test_own_questions_are_asked_in_the_language_of_the_participant_and_counted_together(client, own, monkeypatch):
    event = own.event
    after = event.ends_at + 3 * HOUR
    monkeypatch.setattr("django.utils.timezone.now", lambda: after)
    finnish = in_language(own, "fi")
    assert [question.label for question in own_questions(finnish)] == [
        "fi Pace?", "fi Which part?", "fi Which formats?", "fi What was new?",
    ]  # fmt: skip
    scale, one, several, text = [f"q_{question.key}" for question in own_questions(own)]
    [first, second, _third] = [key for key, _label in own_questions(own)[1].choices]
    for number, language in enumerate(("en", "en", "fi", "fi", "fi")):
        person = attended(event, language=language, email=f"p{number}@example.org")
        with translation.override(language):
            url = reverse("registration_survey", kwargs={"token": tokens.token_for(person)})
        content = client.get(url).content.decode()
        assert ("fi Which part?" in content, "Which part?" in content) == (language == "fi", True)
        assert client.post(url, {scale: "9"}).status_code == 422
        assert client.post(url, {one: "another"}).status_code == 422
        entered = {scale: "4", one: second, several: [first, second], text: f"Text {number}"}
        assert client.post(url, entered).status_code == 303
    commands.close(event)
    found = results.results_of(event, own)
    assert [(question.label, question.total, question.counts, question.texts) for question in found.questions[4:]] == [
        ("Pace?", 5, [("1", 0), ("2", 0), ("3", 0), ("4", 5), ("5", 0)], []),
        ("Which part?", 5, [("C1", 0), ("C2", 5), ("C3", 0)], []),
        ("Which formats?", 5, [("C1", 5), ("C2", 5), ("C3", 0)], []),
        ("What was new?", 5, [], [f"Text {number}" for number in range(5)]),
    ]
    # Choices and texts may show who answered, so they are not beside the scales of the same participant.
    assert list(results.scale_rows(event, own)) == [[None, None, None, 4, ""]] * 5


def test_a_changed_question_leaves_out_answers_that_no_longer_fit(own):
    event = own.event
    after = event.ends_at + 3 * HOUR
    scale, one, _several, text = own_questions(own)
    given = GivenAnswers(own={scale.key: 3, one.key: ["gone"], text.key: "Text"})
    for number in range(5):
        answer(event, after, given, email=f"p{number}@example.org")
    commands.close(event)
    SurveyQuestion.objects.filter(translation_key=scale.key).update(kind="text")
    found = {question.label: question for question in results.results_of(event, reload(own)).questions}
    assert found["Pace?"].total == 0
    assert found["Which part?"].counts[-1] == ("Choices that no longer exist", 5)


def test_questions_of_a_choice_need_choices(own):
    question = SurveyQuestion(page=own, label="Which?", kind="choice", locale=own.locale)
    with pytest.raises(ValidationError, match="at least two"):
        question.clean()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_questions_need_the_same_queries_for_any_number(own, rows, django_assert_num_queries):
    own.survey_questions.set(own.survey_questions.all()[:rows])
    own.save()
    page = in_language(own, "fi")
    with django_assert_num_queries(4):
        questions_of(page)


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"en": 5}, ["en"]),
        ({"en": 4}, []),
        ({"en": 9, "fi": 1}, []),
        ({"en": 9, "fi": 6, "et": 4}, ["en"]),
        ({"en": 9, "fi": 6, "et": 3, "el": 2}, ["en", "fi"]),
        ({"en": 9, "fi": 6}, ["en", "fi"]),
    ],
)
def test_the_languages_that_are_not_shown_have_enough_answers_together(counts, shown):
    assert results._shown_languages(Counter(counts)) == shown


def test_organisers_switch_it_on_and_export(client, event, after):
    client.force_login(make_organiser(event))
    url = admin_url(event, "survey")
    Survey.objects.all().delete()
    assert "The survey is off" in client.get(url).content.decode()
    client.post(url, {"on": "1"})
    assert "The survey is on" in client.get(url).content.decode()
    for number in range(5):
        answer(event, after, GivenAnswers(usefulness=3, improve="=1+1"), email=f"a{number}@example.org")
    client.post(url, {"close": "1"})
    text = client.get(url).content.decode()
    assert "5 of 5 participants have answered." in text
    assert text.count('class="bar-chart"') == 3
    content = b"".join(client.post(url, {"export": "csv"})).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))
    assert [row[1] for row in rows if row[0] == "What should we improve?"] == ["'=1+1"] * 5
    assert [row[1:] for row in rows if row[0].startswith("How useful")] == [
        ["1", "0"], ["2", "0"], ["3", "5"], ["4", "0"], ["5", "0"],
    ]  # fmt: skip
    spreadsheet = client.post(url, {"export": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(spreadsheet)))
    assert [[cell.value for cell in row] for row in book["Scales"].iter_rows(min_row=2)] == [
        [3, None, None, "English"]
    ] * 5


def test_organisers_switch_it_off(client, event):
    client.force_login(make_organiser(event))
    client.post(admin_url(event, "survey"), {"off": "1"})
    assert not Survey.objects.get().is_on


def test_a_certificate_can_wait_for_the_survey(event, after):
    with_answer, without = answer(event, after), attended(event)
    for person in (with_answer, without):
        CheckIn.objects.create(registration=person, day=event.first_day)
    rule = CertificateRule(event=event, needs_survey=True)
    found = {item.registration.pk: item.reasons for item in candidates(event, rule)}
    assert found == {with_answer.pk: [], without.pk: [IneligibilityReason.NO_SURVEY]}


def test_erasure_keeps_the_answer_and_forgets_who_has_answered(event, after):
    person = answer(event, after)
    erasure.erase(person.pk, now=after)
    assert SurveyAnswer.objects.count() == 1
    assert not SurveyParticipation.objects.exists()
