"""The needs of participants as numbers: who may read them, who is counted, and that no name is in them."""

import csv
import io
import json
import uuid

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from wagtail.users.models import UserProfile

from events.enums import Mode
from events.models import Answer, DataAccess, EventQuestion, SensitiveAnswer
from events.registration.encryption import encrypt
from events.registration.needs import NeedsSummary, needs_summary
from events.registration.questions import FormQuestion, questions_for
from tests.factories import reload
from tests.factories.registrations import NOW, make_registration
from tests.factories.users import admin_url, make_organiser
from tests.html import soup, text_of

pytestmark = pytest.mark.slow

FISH, BEANS, SOUP = (f"00000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))

NAMES = ("Zqanna", "Zqbo", "Zqcecilia", "Zqdora", "Zqeeva", "Zqfia", "Zqgreta")


def choice(key: str) -> dict[str, str]:
    return {"key": key, "label": f"as shown {key[-1]}"}


@pytest.fixture
def questions(page) -> dict[str, FormQuestion]:
    dishes = [
        {"type": "choice", "id": key, "value": name} for key, name in ((FISH, "Fish"), (BEANS, "Beans"), (SOUP, "Soup"))
    ]
    rows = [
        EventQuestion(label="Dinner", kind="choice", choices=json.dumps(dishes), only_mode="on_site", is_need=True),
        EventQuestion(label="Allergies", kind="text", is_sensitive=True),
        EventQuestion(label="Vegan", kind="yes_no", is_sensitive=True),
        EventQuestion(label="Children", kind="number", is_need=True),
        EventQuestion(label="Arrival", kind="date", is_need=True),
        EventQuestion(label="From", kind="country", is_need=True),
        EventQuestion(label="What for?", kind="text"),
        EventQuestion(label="Rules", kind="agreement", statement="I agree.", is_need=True),
    ]
    for order, row in enumerate(rows):
        row.locale, row.sort_order = page.locale, order
    page.questions.set(rows)
    page.save_revision().publish()
    return {question.label: question for question in questions_for(reload(page))}


def answer(registration, question: FormQuestion, value: object) -> None:
    fields = {
        "registration": registration,
        "question_key": question.key,
        "kind": question.kind,
        "label": question.label,
        "language": "en",
    }
    if question.is_sensitive:
        SensitiveAnswer.objects.create(encrypted_value=encrypt(value), **fields)
    else:
        Answer.objects.create(value=value, **fields)


@pytest.fixture
def people(event, questions) -> None:
    """Three admitted people on site, one online, and others who are not admitted."""
    given = [
        (
            "Zqanna",
            "confirmed",
            "on_site",
            {"Dinner": [choice(FISH)], "Allergies": "Nuts", "Vegan": True, "Children": 2},
        ),
        (
            "Zqbo",
            "attended",
            "on_site",
            {"Dinner": [choice(FISH)], "Allergies": " nuts ", "Vegan": False, "Children": 10},
        ),
        ("Zqcecilia", "absent", "on_site", {"Dinner": [choice(BEANS)], "Allergies": "Milk", "Arrival": "2030-05-15"}),
        ("Zqdora", "confirmed", "online", {"Dinner": [choice(SOUP)], "Allergies": "Captions, please", "From": "FI"}),
        ("Zqeeva", "waiting", "on_site", {"Dinner": [choice(SOUP)], "Allergies": "not counted", "Vegan": True}),
        ("Zqfia", "pending", "on_site", {"Allergies": "not counted", "Children": 100}),
        ("Zqgreta", "withdrawn", "on_site", {"Allergies": "not counted"}),
    ]
    for name, status, mode, answers in given:
        registration = make_registration(event, status, Mode(mode), name=name)
        for label, value in answers.items():
            answer(registration, questions[label], value)


def show(client, event, kind="screen", mode="on_site"):
    return client.post(admin_url(event, "registration_needs"), {"format": kind, "mode": mode})


def as_dict(summary: NeedsSummary) -> dict[str, list[tuple[str, int]]]:
    return {need.label: [*need.counts, *need.texts, ("–", need.unanswered)] for need in summary.needs}


def test_admitted_people_of_one_mode_are_counted(event, trusted, questions, people):
    summary = needs_summary(event, trusted, "en", "on_site")
    assert summary.people == 3
    assert as_dict(summary) == {
        "Dinner": [("Fish", 2), ("Beans", 1), ("Soup", 0), ("–", 0)],
        "Allergies": [("Milk", 1), ("Nuts", 2), ("–", 0)],
        "Vegan": [("Yes", 1), ("No", 1), ("–", 1)],
        # By size and not by digits.
        "Children": [("2", 1), ("10", 1), ("–", 1)],
        "Arrival": [("15\u00a0May\u00a02030", 1), ("–", 2)],
        "From": [("–", 3)],
    }
    assert {need.label: need.total for need in summary.needs if need.total} == {
        "Children": "12",
    }


def test_a_question_for_people_on_site_is_not_part_of_the_numbers_online(event, trusted, questions, people):
    online = as_dict(needs_summary(event, trusted, "en", "online"))
    assert "Dinner" not in online
    assert online["Allergies"] == [("Captions, please", 1), ("–", 0)]
    # The answer that is kept from another mode is not used.
    everyone = as_dict(needs_summary(event, trusted, "en"))
    assert everyone["Dinner"] == [("Fish", 2), ("Beans", 1), ("Soup", 0), ("–", 0)]
    assert everyone["From"] == [("Finland", 1), ("–", 3)]


def test_the_screen_shows_numbers_and_no_names_and_says_when(client, event, trusted, questions, people):
    first = client.get(admin_url(event, "registration_needs"))
    assert soup(first).select("table") == []
    assert not DataAccess.objects.exists()
    answer = show(client, event)
    text = text_of(soup(answer))
    assert "“Nuts” 2" in text
    assert "Sum: 12" in text
    assert "3 people with a confirmed place, On site. It contains no names." in text
    assert "Counted on " in text
    assert [name for name in NAMES if name in answer.content.decode()] == []
    assert "not counted" not in text


def test_the_file_has_the_same_numbers(client, event, trusted, questions, people):
    answer = show(client, event, "csv")
    assert answer["Content-Disposition"] == f'attachment; filename="needs-{event.first_day.isoformat()}.csv"'
    rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert rows[0] == ["Question", "Answer", "People"]
    assert ["Dinner", "Fish", "2"] in rows
    assert ["Allergies", "Nuts", "2"] in rows
    assert ["Vegan", "Not answered", "1"] in rows
    assert ["Children", "Sum", "12"] in rows
    assert rows[-1][0].startswith("Counted on ")
    assert [name for name in NAMES if name in str(rows)] == []


@pytest.mark.parametrize("language", ["en", "fi", "et", "el"])
def test_the_summary_is_printed_in_the_language_of_the_organiser(client, event, trusted, questions, people, language):
    profile = UserProfile.get_for_user(trusted)
    profile.preferred_language = language
    profile.save()
    answer = show(client, event, "pdf")
    assert answer["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.content)) as pdf, translation.override(language):
        assert pdf.Root.Lang == language
        assert str(pdf.docinfo["/Title"]) == translation.gettext("Needs of participants: %(title)s") % {
            "title": "Forum"
        }


def test_each_reading_is_recorded(client, event, trusted, questions, people):
    for kind in ("screen", "csv", "pdf"):
        show(client, event, kind)
    found = DataAccess.objects.filter(action="needs")
    assert [(entry.user, entry.detail) for entry in found] == [(trusted, {"mode": "on_site", "people": 3})] * 3
    assert "Viewed the needs of participants" in client.get(admin_url(event, "registration_access")).content.decode()


def test_only_who_sees_sensitive_answers_opens_it(client, event, questions, people):
    user = make_organiser(event)
    client.force_login(user)
    assert client.get(admin_url(event, "registration_needs")).status_code == 404
    assert show(client, event).status_code == 404
    assert "registrations/needs/" not in client.get(admin_url(event)).content.decode()
    with pytest.raises(PermissionDenied):
        needs_summary(event, user, "en")
    assert not DataAccess.objects.exists()


def test_without_questions_the_screen_says_how_to_get_them(client, event, trusted):
    text = text_of(soup(client.get(admin_url(event, "registration_needs"))))
    assert "The form has no questions about needs." in text


def test_without_admitted_people_it_says_so(client, event, trusted, questions):
    assert "No participants have a place yet." in text_of(soup(show(client, event)))
    assert show(client, event, "pdf").content.startswith(b"%PDF")


def test_a_wrong_mode_or_format_is_refused(client, event, trusted, questions, people):
    assert show(client, event, "exe").status_code == 422
    assert show(client, event, mode="x").status_code == 422
    assert not DataAccess.objects.exists()


def test_answers_that_no_key_decrypts_are_counted(event, trusted, questions, people):
    SensitiveAnswer.objects.filter(registration__name="Zqanna").update(encrypted_value=b"x")
    needs = {need.label: need for need in needs_summary(event, trusted, "en", "on_site").needs}
    assert (needs["Vegan"].unreadable, needs["Vegan"].counts) == (1, [("Yes", 0), ("No", 1)])


def test_answers_of_another_kind_are_listed_as_text(event, trusted, questions, people):
    Answer.objects.filter(label="Children", value=2).update(kind="text", value="two")
    needs = {need.label: need for need in needs_summary(event, trusted, "en", "on_site").needs}
    assert (needs["Children"].counts, needs["Children"].texts) == ([("10", 1)], [("two", 1)])


def test_the_number_of_queries_does_not_depend_on_the_number_of_people(event, trusted, questions, people):
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            needs_summary(event, trusted, "en", "on_site", NOW)
        return len(captured)

    count()
    few = count()
    for number in range(5):
        registration = make_registration(event, name=f"Person {uuid.uuid4()}")
        answer(registration, questions["Children"], number)
        answer(registration, questions["Allergies"], "Nuts")
    assert count() == few
