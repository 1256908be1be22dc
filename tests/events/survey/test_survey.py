"""The survey after an event: anonymous answers, one invitation and one reminder, results without small groups."""

import csv
import io
from collections import Counter

import pytest
from django.urls import reverse

from events.certificates.eligibility import Miss, candidates
from events.enums import MailKind
from events.models import (
    CertificateRule,
    CheckIn,
    OutboxMail,
    Survey,
    SurveyAnswer,
    SurveyParticipation,
)
from events.registration import tokens
from events.registration.errors import ClosedError, NotPossibleError
from events.registration.privacy import erasure
from events.states import RegistrationStatus
from events.survey import commands, results, scheduled
from events.survey.commands import GivenAnswers
from tests.factories.mail import make_forum, make_registration, part, rendered
from tests.factories.registrations import DAY, HOUR
from tests.factories.users import admin_url, make_organiser

GIVEN = GivenAnswers(usefulness=5, relevance=4, recommendation=9, improve="More breaks")


@pytest.fixture
def event(home_page):
    event = make_forum(home_page).event
    commands.switch(event, is_on=True)
    return event


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
    assert fields == {"id", "survey", "language", "usefulness", "relevance", "recommendation", "improve"}
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
    assert client.get(url).status_code == 409
    assert SurveyAnswer.objects.get().usefulness == 4


def test_results_hide_small_groups(event, after, django_assert_num_queries):
    for number in range(4):
        answer(event, after, email=f"a{number}@example.org")
    assert results.results_of(event).is_hidden
    assert list(results.rows(event)) == []
    answer(event, after, GivenAnswers(recommendation=3), email="b@example.org")
    answer(event, after, language="fi", email="c@example.org")
    with django_assert_num_queries(2):
        found = results.results_of(event)
    assert (found.answered, found.invited, found.is_hidden) == (6, 6, False)
    assert [question.average for question in found.questions] == [5.0, 4.0, 8.0]
    # Five of six gave 9, one 3.
    assert found.score == 67
    # The answer in Finnish would be all answers minus those in English.
    assert (found.languages, found.hidden_languages) == ([], 2)
    assert {row[-1] for row in results.rows(event)} == {""}


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
    text = client.get(url).content.decode()
    assert "5 of 5 participants have answered." in text
    content = b"".join(client.post(url, {"export": "csv"})).decode("utf-8-sig")
    assert [row[3] for row in csv.reader(io.StringIO(content))][1:] == ["'=1+1"] * 5
    spreadsheet = client.post(url, {"export": "xlsx"})
    assert spreadsheet.status_code == 200
    spreadsheet.close()
    client.post(url, {"off": "1"})
    assert not Survey.objects.get().is_on


def test_a_certificate_can_wait_for_the_survey(event, after):
    with_answer, without = answer(event, after), attended(event)
    for person in (with_answer, without):
        CheckIn.objects.create(registration=person, day=event.first_day)
    rule = CertificateRule(event=event, needs_survey=True)
    found = {item.registration.pk: item.misses for item in candidates(event, rule)}
    assert found == {with_answer.pk: [], without.pk: [Miss.NO_SURVEY]}


def test_erasure_keeps_the_answer_and_forgets_who_has_answered(event, after):
    person = answer(event, after)
    erasure.erase(person.pk, now=after)
    assert SurveyAnswer.objects.count() == 1
    assert not SurveyParticipation.objects.exists()
