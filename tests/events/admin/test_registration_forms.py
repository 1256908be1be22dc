"""Adding and editing registrations."""

import pytest
from django.utils import timezone

from events.enums import Mode
from events.models import (
    Answer,
    Consent,
    DataAccess,
    EventQuestion,
    Registration,
    SensitiveAnswer,
)
from events.registration.encryption import decrypt
from tests.events.admin.responses import error_fields
from tests.factories.registrations import make_registration, set_seats_of
from tests.factories.users import admin_url
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


def test_organiser_adds_a_participant(client, organiser, event):
    url = admin_url(event, "registration_add")
    assert client.get(url).status_code == 200
    values = {"given_name": "Anna Example", "email": "anna@example.org", "language": "fi", "mode": "on_site"}
    response = client.post(url, values)
    person = Registration.objects.get()
    assert response.url == admin_url(event, "registration_detail", person.pk)
    assert (person.status, person.language, person.added_by) == ("confirmed", "fi", organiser)
    assert error_fields(client.post(url, values)) == {"email"}
    set_seats_of(event, Mode.ON_SITE, 1)
    other = values | {"email": "b@example.org"}
    full = client.post(url, other)
    assert error_fields(full) == {"force"}
    assert soup(full).select_one("[name=given_name]")["value"] == "Anna Example"
    assert client.post(url, other | {"force": "on"}).status_code == 302
    assert client.post(url, other | {"email": "x"}).status_code == 422


def test_a_form_sent_twice_adds_one_registration_and_can_add_another_participant(client, organiser, event):
    url = admin_url(event, "registration_add")
    form_token = soup(client.get(url)).select_one("input[type=hidden][name=form_token]")["value"]
    values = {"given_name": "Anna Example", "language": "en", "mode": "on_site", "form_token": form_token}
    first, second = (client.post(url, values) for _time in range(2))
    anna = Registration.objects.get()
    assert first.url == second.url == admin_url(event, "registration_detail", anna.pk)
    assert client.post(url, values | {"email": "anna@example.org"}).status_code == 302
    assert client.post(url, values | {"given_name": "Bo Example"}).status_code == 302
    assert Registration.objects.count() == 3
    # Another form, or an unknown one, adds another participant with the same name.
    for other in (soup(client.get(url)).select_one("[name=form_token]")["value"], "no token"):
        client.post(url, values | {"form_token": other})
    assert Registration.objects.filter(name="Anna Example", email="").count() == 3


@pytest.fixture
def questions(page):
    """A question for everyone, one with choices for participants on site, and a sensitive one."""
    rows = [
        EventQuestion(label="What for?", is_required=True),
        EventQuestion(
            label="Dinner?",
            kind="choice",
            only_mode=Mode.ON_SITE,
            choices=[{"type": "choice", "value": "Soup", "id": SOUP}],
        ),
        EventQuestion(label="Diet", is_sensitive=True),
    ]
    for number, row in enumerate(rows):
        row.locale, row.sort_order = page.locale, number
    page.questions.set(rows)
    page.save_revision().publish()
    return [f"q_{row.translation_key.hex}" for row in EventQuestion.objects.order_by("sort_order")]


SOUP = "9c0fa9ae-5c8e-4e4c-b7d0-111111111111"


def test_organiser_answers_the_questions_when_adding_a_participant(client, trusted, event, questions):
    what, dinner, diet = questions
    url = admin_url(event, "registration_add")
    form = soup(client.get(url))
    assert form.select(f"[name={what}]")
    assert not form.select(f"[name={diet}]")
    values = {"given_name": "Anna", "email": "", "language": "en", what: "To learn", dinner: SOUP, diet: "No nuts"}
    assert client.post(url, values | {"mode": "on_site"}).status_code == 302
    answers = dict(Answer.objects.values_list("label", "value"))
    assert answers == {"What for?": "To learn", "Dinner?": [{"key": SOUP, "label": "Soup"}]}
    assert not SensitiveAnswer.objects.exists()
    # Questions for online participants are not asked of participants on site.
    EventQuestion.objects.filter(label="Dinner?").update(only_mode=Mode.ONLINE)
    assert client.post(url, values | {"mode": "on_site", what: ""}).status_code == 302
    assert Answer.objects.count() == 2


def test_answers_are_changed(client, organiser, event, questions):
    what, dinner, diet = questions
    person = make_registration(event, name="Anna")
    gone = [{"key": "gone", "label": "Fish"}]
    key = EventQuestion.objects.get(label="Dinner?").translation_key
    row = Answer.objects.create(
        registration=person, question_key=key, kind="choice", label="Dinner?", language="en", value=gone
    )
    url = admin_url(event, "registration_edit", person.pk)
    form = soup(client.get(url + "?sensitive=1"))
    assert form.select_one(f"[name={dinner}][checked]")["value"] == "gone"
    assert not form.select(f"[name={diet}]")
    values = {"given_name": "Anna", "email": person.email, "language": "en", dinner: "gone", what: "To learn"}
    assert client.post(url, values).status_code == 302
    row.refresh_from_db()
    assert row.value == gone
    assert Answer.objects.get(label="What for?").value == "To learn"
    assert client.post(url, values | {what: "", dinner: "moon"}).status_code == 422
    assert client.post(url, values | {what: ""}).status_code == 302
    assert [answer.label for answer in Answer.objects.all()] == ["Dinner?"]


def test_sensitive_answers_are_changed_on_request(client, trusted, event, questions):
    diet = questions[2]
    person = make_registration(event, name="Anna")
    url = admin_url(event, "registration_edit", person.pk)
    assert not soup(client.get(url + "?sensitive=1")).select(f"[name={diet}]")
    Consent.objects.create(
        registration=person, purpose="sensitive", is_given=True, text="Yes", language="en", at=timezone.now()
    )
    assert "?sensitive=1" in client.get(url).content.decode()
    assert not DataAccess.objects.exists()
    assert soup(client.get(url + "?sensitive=1")).select(f"[name={diet}]")
    assert DataAccess.objects.get().action == "sensitive"
    values = {"given_name": "Anna", "email": person.email, "language": "en", diet: "No nuts"}
    assert client.post(url, values).status_code == 302
    assert not SensitiveAnswer.objects.exists()
    assert client.post(url + "?sensitive=1", values).status_code == 302
    assert decrypt(bytes(SensitiveAnswer.objects.get().encrypted_value)) == "No nuts"


def test_each_form_with_sensitive_answers_is_logged(client, trusted, event, questions):
    diet = questions[2]
    person = make_registration(event, name="Anna")
    Consent.objects.create(
        registration=person, purpose="sensitive", is_given=True, text="Yes", language="en", at=timezone.now()
    )
    url = admin_url(event, "registration_edit", person.pk) + "?sensitive=1"
    wrong = {"given_name": "", "email": person.email, "language": "en", diet: "No nuts"}
    assert client.post(url, wrong).status_code == 422
    assert [row.action for row in DataAccess.objects.all()] == ["sensitive"]
