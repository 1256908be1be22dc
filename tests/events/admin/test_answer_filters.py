"""The list filtered by answers, profession, country and photo consent: exactly who is listed gets message and export."""

import csv
import datetime
import io
import json
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.enums import ConsentPurpose, Mode
from events.models import DataAccess, EventQuestion, Message, OutboxMail, PreparedDownload, Registration
from events.registration import bulk_messages, downloads
from events.registration.answer_filters import AnswerFilter
from events.registration.commands import GivenAnswer, GivenConsent
from events.registration.queries import Filters, filtered_registrations
from events.registration.questions import questions_for
from home.tasks.health import record_run
from tests.factories import reload
from tests.factories.registrations import make_registration, register_person
from tests.factories.users import admin_url
from tests.html import soup, text_of

pytestmark = pytest.mark.slow

FISH, BEANS = (f"00000000-0000-4000-8000-00000000000{number}" for number in (1, 2))
CHOICES = [{"type": "choice", "id": key, "value": value} for key, value in ((FISH, "Fish"), (BEANS, "Beans"))]


@pytest.fixture
def questions(page) -> dict[str, str]:
    """The names of the filters by the labels of the questions."""
    rows = [
        EventQuestion(label="Dinner", kind="choice", choices=json.dumps(CHOICES), only_mode=Mode.ON_SITE),
        EventQuestion(label="Workshops", kind="choices", choices=json.dumps(CHOICES)),
        EventQuestion(label="Party", kind="yes_no"),
        EventQuestion(label="Guests", kind="number"),
        EventQuestion(label="Arrival", kind="date"),
        EventQuestion(label="From where", kind="country"),
        EventQuestion(label="Rules", kind="agreement", statement="I agree."),
        EventQuestion(label="Comments", kind="long_text"),
        EventQuestion(label="Vegan", kind="yes_no", is_sensitive=True),
    ]
    for order, row in enumerate(rows):
        row.locale, row.sort_order = page.locale, order
    page.questions.set(rows)
    page.save_revision().publish()
    return {question.label: f"q_{question.key.hex}" for question in questions_for(reload(page))}


@pytest.fixture
def people(page, questions) -> None:
    found = {question.label: question for question in questions_for(reload(page))}
    answers = {
        "Anna": {"Dinner": FISH, "Workshops": [FISH, BEANS], "Party": True, "Guests": 0, "Rules": True},
        "Bo": {"Dinner": BEANS, "Party": False, "Guests": 2.5, "Arrival": "2030-05-14", "From where": "FI"},
        "Cecilia": {"Workshops": [BEANS], "Guests": 10, "Arrival": "2030-05-15", "From where": "EE", "Rules": True},
    }
    details = {"Anna": {"profession": "nurse", "country": "FI"}, "Bo": {"country": "EE"}, "Cecilia": {}}
    for name, given in answers.items():
        consent = GivenConsent(ConsentPurpose.PHOTOS, is_given=name == "Anna", text="Photos?", language="en")
        register_person(
            page.event,
            name,
            answers=[GivenAnswer(found[label], value) for label, value in given.items()],
            consents=[consent],
            **details[name],
        )
    make_registration(page.event, name="Dora", mode=Mode.ONLINE)


def cases(names: dict[str, str]) -> list[tuple[dict[str, str], str, list[str]]]:
    """Return parameters, the filter in words, and who passes."""
    return [
        ({names["Dinner"]: FISH}, "Dinner: Fish", ["Anna"]),
        # Dora attends online and is not asked.
        ({names["Dinner"]: "none"}, "Dinner: Not answered", ["Cecilia"]),
        ({names["Workshops"]: BEANS}, "Workshops: Beans", ["Anna", "Cecilia"]),
        ({names["Party"]: "yes"}, "Party: Yes", ["Anna"]),
        ({names["Party"]: "no"}, "Party: No", ["Bo"]),
        ({names["Party"]: "none"}, "Party: Not answered", ["Cecilia", "Dora"]),
        ({f"{names['Guests']}_low": "0"}, "Guests (at least): 0", ["Anna", "Bo", "Cecilia"]),
        ({f"{names['Guests']}_low": "2.5"}, "Guests (at least): 2.5", ["Bo", "Cecilia"]),
        ({f"{names['Guests']}_high": "2.5"}, "Guests (at most): 2.5", ["Anna", "Bo"]),
        (
            {f"{names['Guests']}_low": "1", f"{names['Guests']}_high": "3"},
            "Guests (at least): 1 · Guests (at most): 3",
            ["Bo"],
        ),
        ({f"{names['Arrival']}_low": "2030-05-15"}, "Arrival (from): 15 May 2030", ["Cecilia"]),
        ({f"{names['Arrival']}_high": "2030-05-14"}, "Arrival (until): 14 May 2030", ["Bo"]),
        ({names["From where"]: "FI"}, "From where: Finland", ["Bo"]),
        ({names["Rules"]: "agreed"}, "Rules: Agreed", ["Anna", "Cecilia"]),
        ({names["Rules"]: "none"}, "Rules: Not agreed", ["Bo", "Dora"]),
        ({"profession": "nurse"}, "Profession: Nurse", ["Anna"]),
        ({"country": "EE"}, "Country: Estonia", ["Bo"]),
        ({"photos": "yes"}, "Photo consent: Given", ["Anna"]),
        ({"photos": "no"}, "Photo consent: Not given, or withdrawn", ["Bo", "Cecilia", "Dora"]),
        ({names["Party"]: "yes", "q": "anna"}, "Name, email or organisation: anna · Party: Yes", ["Anna"]),
    ]


# The message and the export are made for these: one of each kind of filter.
SENT = frozenset(
    {
        "Dinner: Fish",
        "Workshops: Beans",
        "Guests (at least): 1 · Guests (at most): 3",
        "Arrival (until): 14 May 2030",
        "Rules: Not agreed",
        "Photo consent: Not given, or withdrawn",
        "Name, email or organisation: anna · Party: Yes",
    }
)


def listed(response) -> list[str]:
    return [person.name for person in response.context["object_list"]]


def test_exactly_who_is_listed_gets_the_message_and_is_exported(client, trusted, event, questions, people):
    texts = {"subject_en": "Rooms", "body_en": "Door 2"}
    for parameters, words, expected in cases(questions):
        answer = client.get(admin_url(event), parameters | {"ordering": "name"})
        assert listed(answer) == expected, words
        assert words in text_of(soup(answer).select_one(".registrations-found")).replace("\u00a0", " ")

        if words not in SENT:
            continue
        url = admin_url(event, "registration_message")
        form = soup(client.get(url, parameters)).select_one("form[method=post]")
        chosen = {name: form.select_one(f"[name={name}]") for name in parameters}
        assert all(control is not None for control in chosen.values()), words
        preview = client.post(url, texts | parameters | {"preview": "1"})
        assert f"Filtered by: {words}" in text_of(soup(preview)).replace("\u00a0", " ")
        hidden = {field["name"]: field.get("value", "") for field in soup(preview).select("main input[type=hidden]")}
        assert client.post(url, hidden | {"send": "1"}).status_code == 302, words
        message = Message.objects.latest("pk")
        got_it = OutboxMail.objects.filter(message=message).values_list("registration__name", flat=True)
        assert sorted(got_it) == expected, words

        file = client.post(admin_url(event, "registration_export"), parameters | {"columns": ["name"], "format": "csv"})
        lines = list(csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"))))
        assert sorted(line[0] for line in lines[1:]) == expected, words


def test_a_filter_whose_question_is_removed_before_sending_sends_nothing(client, organiser, page, questions, people):
    event = page.event
    url, texts = admin_url(event, "registration_message"), {"subject_en": "Rooms", "body_en": "Door 2"}
    preview = client.post(url, texts | {questions["Party"]: "yes", "preview": "1"})
    hidden = {field["name"]: field.get("value", "") for field in soup(preview).select("main input[type=hidden]")}
    page = reload(page)
    page.questions.set([row for row in page.questions.all() if row.label != "Party"])
    page.save_revision().publish()
    answer = client.post(url, hidden | {"send": "1"})
    assert "has changed in the meantime" in answer.content.decode()
    assert "Not filtered: all participants of the event." in text_of(soup(answer))
    assert not OutboxMail.objects.filter(kind="message").exists()


def test_the_kept_answers_of_another_mode_do_not_count(client, organiser, event, questions, people):
    Registration.objects.filter(name="Anna").update(mode=Mode.ONLINE)
    assert listed(client.get(admin_url(event), {questions["Dinner"]: FISH})) == []


def test_texts_and_sensitive_answers_have_no_filter(client, trusted, event, questions, people):
    names = {field["name"] for field in soup(client.get(admin_url(event))).select("[name^=q_]")}
    shown = {name.removesuffix("_low").removesuffix("_high") for name in names}
    assert shown == {name for label, name in questions.items() if label not in ("Comments", "Vegan")}
    # It is ignored, as other parameters that are no filters.
    assert len(listed(client.get(admin_url(event), {questions["Vegan"]: "yes"}))) == 4


def test_hostile_values_are_ignored(client, organiser, event, questions, people):
    for parameters in (
        {questions["Dinner"]: "x"},
        {f"{questions['Guests']}_low": "x"},
        {f"{questions['Guests']}_low": "NaN"},
        {f"{questions['Guests']}_high": "9" * 400},
        {f"{questions['Arrival']}_low": "2030-13-99"},
        {"photos": "maybe"},
        {"profession": "\0"},
    ):
        assert len(listed(client.get(admin_url(event), parameters))) == 4, parameters


def test_the_record_of_an_export_names_the_questions_and_no_answers(client, organiser, event, questions, people):
    data = {questions["Dinner"]: FISH, "columns": ["name"], "format": "csv"}
    client.post(admin_url(event, "registration_export"), data).getvalue()
    detail = DataAccess.objects.get(action="export").detail
    assert [key.replace("-", "") for key in detail["filters"]["answers"]] == [questions["Dinner"].removeprefix("q_")]
    assert FISH not in json.dumps(detail)


def test_the_photo_filter_is_offered_if_anyone_was_asked(client, organiser, event):
    make_registration(event)
    assert soup(client.get(admin_url(event))).select("[name=photos]") == []


def test_queries_of_a_filtered_list_do_not_depend_on_the_number_of_registrations(
    client, organiser, event, questions, people
):
    record_run(timezone.now())
    url, parameters = admin_url(event), {questions["Party"]: "yes", f"{questions['Guests']}_low": "0"}

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(url, parameters)
        return len(captured)

    count()
    few = count()
    now = timezone.now()
    Registration.objects.bulk_create(
        Registration(event=event, status="confirmed", mode="online", language="en", name=f"P{n}", created_at=now)
        for n in range(20)
    )
    assert count() == few


def test_people_without_a_date_are_in_no_range(event, questions, people, page):
    arrival = next(item for item in questions_for(reload(page)) if item.label == "Arrival")
    wanted = AnswerFilter(arrival.key, "date", low=datetime.date(1, 1, 1))
    assert {person.name for person in filtered_registrations(event, Filters(answers=(wanted,)))} == {"Bo", "Cecilia"}


def test_filters_are_stored_for_an_export_that_is_prepared_in_the_background(event):
    key = uuid.uuid4()
    answers = (
        AnswerFilter(key, "choice", "on_site", FISH),
        AnswerFilter(key, "number", low=Decimal(0), high=Decimal("2.5")),
        AnswerFilter(key, "date", low=datetime.date(2030, 5, 14)),
    )
    filters = Filters(search="Anna", status="active", profession="nurse", photos="no", answers=answers)
    assert Filters.from_json(json.loads(json.dumps(filters.as_json()))) == filters
    # Stored by an earlier version.
    assert Filters.from_json({"search": "Anna"}) == Filters(search="Anna")


def test_a_prepared_export_has_exactly_who_is_listed(client, organiser, event, questions, people, monkeypatch):
    monkeypatch.setattr(downloads, "ROWS_AT_ONCE", 1)
    data = {f"{questions['Guests']}_low": "2.5", "columns": ["name"], "format": "csv"}
    assert client.post(admin_url(event, "registration_export"), data).status_code == 302
    download = PreparedDownload.objects.get()
    downloads.prepare(download.pk)
    download.refresh_from_db()
    with download.file.open("rb") as file:
        lines = list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"))))
    assert sorted(line[0] for line in lines[1:]) == ["Bo", "Cecilia"]


def test_the_batches_of_a_message_keep_the_filter(client, organiser, event, questions, people, monkeypatch):
    monkeypatch.setattr(bulk_messages, "BATCH", 1)
    data = {f"{questions['Guests']}_low": "1", f"{questions['Arrival']}_low": "2030-05-14"}
    data |= {"subject_en": "Rooms", "body_en": "Door 2"}
    url = admin_url(event, "registration_message")
    preview = client.post(url, data | {"preview": "1"})
    hidden = {field["name"]: field.get("value", "") for field in soup(preview).select("main input[type=hidden]")}
    assert client.post(url, hidden | {"send": "1"}).status_code == 302
    message = Message.objects.get()
    assert message.is_open
    bulk_messages.continue_message.call(message.pk)
    got_it = OutboxMail.objects.filter(message=message).values_list("registration__name", flat=True)
    assert sorted(got_it) == ["Bo", "Cecilia"]
    message.refresh_from_db()
    assert not message.is_open
