"""Questions for numbers and dates, and required agreements: from the editor's form to the file of an export."""

import datetime
import io
import json
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils import timezone, translation
from wagtail.documents import get_document_model

from events.admin.copying import Part, copy_event
from events.enums import ConsentPurpose, Mode, QuestionKind
from events.forms.measures import DayField, NumberField
from events.forms.questions import entered_value, question_field
from events.models import Agreement, Answer, EventQuestion, Registration
from events.registration import commands
from events.registration.commands import GivenAnswer, GivenConsent
from events.registration.privacy import retention
from events.registration.privacy.data_export import personal_data
from events.registration.privacy.data_to_read import readable
from events.registration.questions import FormQuestion, questions_for
from events.registration.sensitive_answers import read_for_participant
from tests.factories import reload
from tests.factories.events import commit, in_language, make_index, publish, translate_all
from tests.factories.registrations import make_open_page, make_registration, make_staff, register_person
from tests.factories.users import admin_url, make_organiser
from tests.html import soup, text_of
from tests.visitors import Visitor, link_of, old_form_token

pytestmark = pytest.mark.slow

KEY = "00000000-0000-4000-8000-000000000001"
LANGUAGES = ("en", "fi", "et", "el")
RULES = "I have read the rules and agree to them."


def number(minimum=None, maximum=None, *, has_decimals=False) -> NumberField:
    low, high = (None if limit is None else Decimal(limit) for limit in (minimum, maximum))
    question = FormQuestion(KEY, QuestionKind.NUMBER, "How far (km)", minimum=low, maximum=high)
    found = question_field(
        question if not has_decimals else FormQuestion(**(vars(question) | {"has_decimals": has_decimals}))
    )
    assert isinstance(found, NumberField)
    return found


@pytest.mark.parametrize(
    ("entered", "expected"),
    [
        ("12", 12),
        (" 1 000 ", 1000),
        ("1\u00a0000", 1000),
        ("-3", -3),
        ("−3", -3),
        ("+3", 3),
        ("7.0", 7),
        ("007", 7),
        ("0", 0),
        ("", None),
        ("  ", None),
    ],
)
def test_whole_numbers_are_read_as_people_write_them(entered, expected):
    assert number().clean(entered) == expected


@pytest.mark.parametrize("entered", ["1,000", "1.5", "x", "1e3", "0x1", "1 km", "--1", "1.2.3", "nan", "٣", "9" * 21])
def test_what_is_no_whole_number_is_refused(entered):
    with pytest.raises(ValidationError, match=r"^\['Enter a whole number, such as 12: How far \(km\)'\]$"):
        number().clean(entered)


@pytest.mark.parametrize(
    ("entered", "expected"), [("2,5", 2.5), ("2.5", 2.5), ("2,50", 2.5), ("3,", 3), ("-0,25", -0.25)]
)
def test_decimals_have_a_comma_or_a_point(entered, expected):
    found = number(has_decimals=True).clean(entered)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize("entered", ["1,000", "1.234", "1,234.5"])
def test_a_separator_that_may_stand_for_thousands_is_refused(entered):
    with pytest.raises(ValidationError, match="Enter a number with at most two decimals, such as "):
        number(has_decimals=True).clean(entered)


@pytest.mark.parametrize(
    ("limits", "entered", "message", "hint"),
    [
        ((1, 5), "6", "Enter a number from 1 to 5: How far (km)", "From 1 to 5."),
        ((1, 5), "0", "Enter a number from 1 to 5: How far (km)", "From 1 to 5."),
        ((1, None), "0", "Enter 1 or a higher number: How far (km)", "At least 1."),
        ((1, None), "9999999999", "Enter 999999999 or a lower number: How far (km)", "At least 1."),
        ((None, 5), "6", "Enter 5 or a lower number: How far (km)", "At most 5."),
    ],
)
def test_the_limits_of_a_number_are_said_before_and_after(limits, entered, message, hint):
    field = number(*limits)
    assert field.help_text == hint
    with pytest.raises(ValidationError) as error:
        field.clean(entered)
    assert error.value.messages == [message]


def test_zero_is_an_answer_and_is_shown_again():
    question = FormQuestion(KEY, QuestionKind.NUMBER, "How many", is_required=True)
    assert entered_value(question, 0) == 0
    assert number().prepare_value(0) == "0"
    with translation.override("fi"):
        assert number().prepare_value(2.5) == "2,5"
    # Stored while the question was of another kind.
    assert [entered_value(question, value) for value in ("a", True, [])] == [None, None, None]


@pytest.mark.parametrize(
    ("entered", "expected"),
    [("2030-05-31", (2030, 5, 31)), ("31.5.2030", (2030, 5, 31)), ("31/05/2030", (2030, 5, 31))],
)
def test_dates_are_read_as_browsers_and_people_write_them(entered, expected):
    field = question_field(FormQuestion(KEY, QuestionKind.DATE, "Arrival"))
    assert isinstance(field, DayField)
    assert field.clean(entered) == datetime.date(*expected)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_of_a_date_is_one_that_is_accepted(language):
    day = datetime.date(2030, 5, 31)
    with translation.override(language):
        field = question_field(FormQuestion(KEY, QuestionKind.DATE, "Arrival", earliest=day))
        with pytest.raises(ValidationError) as error:
            field.clean("soon")
        assert str(day.year) in error.value.messages[0]
        assert field.widget.attrs["min"] == "2030-05-31"
        assert field.clean(field.example) == day


def test_the_limits_of_a_date_are_said_before_and_after():
    first, last = datetime.date(2030, 5, 1), datetime.date(2030, 5, 3)
    for limits, entered, message, hint in [
        ({"earliest": first, "latest": last}, "2030-05-04", "Enter a date from 1 May 2030 to 3 May 2030", "From 1 May"),
        ({"earliest": first}, "2030-04-30", "Enter 1 May 2030 or a later date", "1 May 2030 or later."),
        ({"latest": last}, "2030-05-04", "Enter 3 May 2030 or an earlier date", "3 May 2030 or earlier."),
    ]:
        field = question_field(FormQuestion(KEY, QuestionKind.DATE, "Arrival", **limits))
        assert hint in field.help_text.replace("\u00a0", " ")
        with pytest.raises(ValidationError) as error:
            field.clean(entered)
        assert error.value.messages[0].replace("\u00a0", " ") == f"{message}: Arrival"


# The editor's form


def problems(**values) -> dict:
    question = EventQuestion(label="Q", **values)
    try:
        question.clean()
    except ValidationError as error:
        return error.message_dict
    return {}


@pytest.mark.django_db
def test_the_limits_of_a_question_are_checked_beside_their_fields():
    one, two, half = Decimal(1), Decimal(2), Decimal("0.5")
    day = datetime.date(2030, 5, 1)
    for values, field in [
        ({"kind": "number", "minimum": two, "maximum": one}, "maximum"),
        ({"kind": "number", "minimum": half}, "minimum"),
        ({"kind": "date", "earliest": day, "latest": day - datetime.timedelta(days=1)}, "latest"),
        ({"kind": "agreement"}, "statement"),
        ({"kind": "agreement", "statement": " "}, "statement"),
        ({"kind": "agreement", "statement": "I agree.", "is_sensitive": True}, "is_sensitive"),
    ]:
        assert list(problems(**values)) == [field], values
    assert problems(kind="number", minimum=half, has_decimals=True) == {}
    assert problems(kind="number", minimum=one, maximum=one) == {}
    assert problems(kind="agreement", statement="I agree.") == {}


@pytest.mark.django_db
def test_fields_of_another_kind_are_emptied(document):
    question = EventQuestion(
        label="Q", kind="text", minimum=3, unit="km", latest=datetime.date(2030, 1, 1), linked_document=document
    )
    question.clean()
    assert (question.minimum, question.unit, question.latest, question.linked_document) == (None, "", None, None)


# From the form to the file


@pytest.fixture(scope="module")
def made_document(module_home_page):
    found = get_document_model()(title="Rules of the house")
    found.file.save("rules.txt", ContentFile(b"Be kind."), save=True)
    found.file_hash = "a" * 40
    found.save()
    return found


@pytest.fixture
def document(made_document, db):
    return reload(made_document)


@pytest.fixture(scope="module")
def made_forum(module_home_page, made_document):
    page = make_open_page(module_home_page, title="Forum", retention_days=60)
    questions = [
        EventQuestion(label="Guests", kind="number", minimum=0, maximum=5),
        EventQuestion(label="Distance", kind="number", has_decimals=True, unit="km"),
        EventQuestion(label="Arrival", kind="date", earliest=datetime.date(2030, 5, 14), only_mode=Mode.ON_SITE),
        EventQuestion(label="House rules", kind="agreement", statement=RULES, linked_document=made_document),
    ]
    for order, question in enumerate(questions):
        question.locale, question.sort_order = page.locale, order
    page.questions.set(questions)
    with commit():
        page.save_revision().publish()
    return reload(page)


@pytest.fixture
def forum(made_forum, db):
    return reload(made_forum)


def names(forum) -> dict[str, str]:
    return {question.label.split(" (")[0]: f"q_{question.key.hex}" for question in questions_for(forum)}


def send(forum, page=None, **answers):
    """Send the form with these answers by label."""
    fields = names(forum)
    data = {"given_name": "Anna", "email": "anna@example.org", "mode": "on_site"}
    data |= {"form_token": old_form_token(forum.event_id)} | {fields[name]: value for name, value in answers.items()}
    return Visitor().send((page or forum).register_path(), **data)


GOOD = {"Guests": "0", "Distance": "2,5", "Arrival": "2030-05-15", "House rules": "on"}


@pytest.fixture
def anna(forum) -> Registration:
    assert send(forum, **GOOD).status_code == 303
    return Registration.objects.get()


def test_answers_are_stored_with_their_type_and_agreements_with_their_wording(anna, document):
    assert list(Answer.objects.order_by("pk").values_list("kind", "label", "value")) == [
        ("number", "Guests", 0),
        ("number", "Distance (km)", 2.5),
        ("date", "Arrival", "2030-05-15"),
    ]
    agreement = Agreement.objects.get()
    assert (agreement.label, agreement.text, agreement.language) == ("House rules", RULES, "en")
    assert (agreement.link_title, agreement.link_url) == ("Rules of the house", document.url)
    assert agreement.link_version == "a" * 40
    assert len(agreement.text_version) == 32
    assert agreement.at == anna.created_at


def test_the_form_says_what_is_wrong_beside_each_field(forum):
    response = send(forum, Guests="9", Distance="far", Arrival="2030-05-01")
    page, fields = soup(response), names(forum)
    assert not Registration.objects.exists()
    errors = {label: text_of(page.select_one(f"#id_{name}_error")) for label, name in fields.items()}
    assert errors == {
        "Guests": "Enter a number from 0 to 5: Guests",
        "Distance": "Enter a number with at most two decimals, such as 2.5: Distance (km)",
        "Arrival": "Enter 14 May 2030 or a later date: Arrival",
        "House rules": "Tick the box to agree: House rules",
    }
    assert [item["href"] for item in page.select(".error-summary li a")] == [f"#id_{name}" for name in fields.values()]
    for name in fields.values():
        control = page.select_one(f"#id_{name}")
        assert f"id_{name}_error" in control["aria-describedby"].split()
        assert control["aria-invalid"] == "true"
    # What was entered stays.
    assert page.select_one(f"#id_{fields['Distance']}")["value"] == "far"


def test_the_form_works_without_a_script_and_links_to_what_is_agreed(forum, document):
    page, fields = soup(Visitor().get(forum.register_path())), names(forum)
    arrival = page.select_one(f"#id_{fields['Arrival']}")
    assert (arrival["type"], arrival["min"]) == ("date", "2030-05-14")
    guests = page.select_one(f"#id_{fields['Guests']}")
    assert (guests["type"], guests["inputmode"]) == ("text", "numeric")
    assert text_of(page.select_one(f"label[for=id_{fields['Distance']}]")).startswith("Distance (km)")
    rules = page.select_one(f"#id_{fields['House rules']}").find_parent("fieldset")
    assert text_of(rules.legend) == "House rules"
    assert rules.a["href"] == document.url
    assert rules.input.has_attr("required")
    assert text_of(rules.label) == RULES


def test_an_agreement_for_one_mode_is_not_asked_of_others(forum):
    forum.questions.filter(kind="agreement").update(only_mode=Mode.ONLINE)
    forum.save_revision().publish()
    assert send(forum, Guests="1").status_code == 303
    assert not Agreement.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_translations_have_their_texts_and_the_rules_of_the_source(forum, language):
    translate_all(make_index(forum.get_parent().specific), forum)
    page = in_language(forum, language)
    found, source = questions_for(page), questions_for(forum)
    assert [question.label for question in found] == [
        f"{language} Guests",
        f"{language} Distance ({language} km)",
        f"{language} Arrival",
        f"{language} House rules",
    ]
    assert [(q.minimum, q.maximum, q.has_decimals, q.earliest, q.is_required) for q in found] == [
        (q.minimum, q.maximum, q.has_decimals, q.earliest, q.is_required) for q in source
    ]
    assert found[3].statement.text == f"{language} {RULES}"
    assert found[3].statement.link_url == source[3].statement.link_url
    response = send(forum, page, Guests="9")
    messages = [text_of(item) for item in soup(response).select(".error-summary li")]
    assert any(f"{language} Guests" in message and "Enter" not in message for message in messages)
    assert any(f"{language} House rules" in message and "Tick" not in message for message in messages)
    assert send(forum, page, **GOOD).status_code == 303
    assert Agreement.objects.get().language == language


def test_the_personal_page_shows_answers_and_agreement(anna):
    page = text_of(soup(Visitor().get(link_of(anna))))
    assert "Distance (km) 2.5" in page
    assert "Arrival 15 May 2030" in page
    assert f"House rules You agreed on {timezone.localtime(anna.created_at).day} " in page.replace("\u00a0", " ")
    assert RULES in page


def change(anna, **fields):
    return Visitor().send(link_of(anna, "registration_change"), **fields)


def test_the_change_page_keeps_the_agreement_and_cannot_take_it_back(forum, anna):
    fields = names(forum)
    page = soup(Visitor().get(link_of(anna, "registration_change")))
    assert page.select_one(f"#id_{fields['House rules']}").has_attr("checked")
    assert page.select_one(f"#id_{fields['Guests']}")["value"] == "0"
    assert page.select_one(f"#id_{fields['Arrival']}")["value"] == "2030-05-15"
    data = {"given_name": "Anna", "email": "anna@example.org"} | {fields[label]: value for label, value in GOOD.items()}
    assert change(anna, **(data | {fields["Guests"]: "2"})).status_code in (302, 303)
    assert (Answer.objects.get(label="Guests").value, Agreement.objects.count()) == (2, 1)
    del data[fields["House rules"]]
    assert "Tick the box to agree: House rules" in change(anna, **data).content.decode()


def test_a_changed_wording_is_agreed_again_and_the_earlier_one_is_kept(forum, anna):
    forum.questions.filter(kind="agreement").update(statement="I follow the new rules.")
    forum = publish(reload(forum))
    page = soup(Visitor().get(link_of(anna, "registration_change")))
    fields = names(forum)
    assert not page.select_one(f"#id_{fields['House rules']}").has_attr("checked")
    data = {"given_name": "Anna", "email": "anna@example.org"} | {fields[label]: value for label, value in GOOD.items()}
    assert change(anna, **data).status_code in (302, 303)
    assert [row.text for row in Agreement.objects.all()] == [RULES, "I follow the new rules."]


def test_a_new_version_of_the_document_is_agreed_again(forum, anna, document):
    before = questions_for(forum)[3].statement.version
    get_document_model().objects.update(file_hash="b" * 40)
    assert questions_for(forum)[3].statement.version != before


def test_staff_cannot_agree_for_a_participant(client, forum):
    rules = questions_for(forum)[3]
    registration = make_registration(forum.event)
    commands.change_answers(registration.pk, [GivenAnswer(rules, True)], {}, make_staff("colleague"), timezone.now())
    assert not Agreement.objects.exists()
    client.force_login(make_organiser(forum.event))
    screen = client.get(admin_url(forum.event, "registration_add")).content.decode()
    assert RULES not in screen
    assert "only the participant can agree" in screen
    assert RULES not in client.get(admin_url(forum.event, "registration_edit", registration.pk)).content.decode()


def test_organisers_correct_numbers_and_dates(client, forum, anna):
    client.force_login(make_organiser(forum.event))
    url, fields = admin_url(forum.event, "registration_edit", anna.pk), names(forum)
    page = soup(client.get(url))
    assert page.select_one(f"[name={fields['Distance']}]")["value"] == "2.5"
    data = {"given_name": "Anna", "email": "anna@example.org", "language": "en", fields["Guests"]: "9"}
    assert "Enter a number from 0 to 5" in client.post(url, data).content.decode()
    data |= {fields["Guests"]: "", fields["Distance"]: "3", fields["Arrival"]: "2030-05-16"}
    assert client.post(url, data).status_code == 302
    assert dict(Answer.objects.values_list("label", "value")) == {"Distance (km)": 3, "Arrival": "2030-05-16"}


def test_the_detail_screen_shows_values_in_the_language_of_the_organiser(client, forum):
    translate_all(make_index(forum.get_parent().specific), forum)
    assert send(forum, in_language(forum, "el"), **GOOD).status_code == 303
    registration = Registration.objects.get()
    client.force_login(make_organiser(forum.event))
    page = text_of(soup(client.get(admin_url(forum.event, "registration_detail", registration.pk))))
    assert "Distance (km) el Distance (el km)" in page
    assert "2.5" in page
    assert "15 May 2030" in page.replace("\u00a0", " ")
    assert f"“el {RULES}”" in page


def test_the_export_has_numbers_and_dates_as_such(client, forum, anna):
    client.force_login(make_organiser(forum.event))
    url = admin_url(forum.event, "registration_export")
    columns = [f"answer-{question.key}" for question in questions_for(forum)]
    answer = client.post(url, {"columns": columns, "format": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.getvalue())).active
    head, row = ([cell.value for cell in line] for line in sheet.iter_rows())
    assert head == ["Guests", "Distance (km)", "Arrival", "House rules"]
    assert row[:2] == [0, 2.5]
    assert row[2].date() == datetime.date(2030, 5, 15)
    assert sheet.cell(2, 3).number_format == "yyyy-mm-dd"
    assert isinstance(row[3], datetime.datetime)
    lines = client.post(url, {"columns": columns, "format": "csv"}).getvalue().decode("utf-8-sig").splitlines()
    assert lines[1].startswith("0,2.5,2030-05-15,20")


def test_a_removed_agreement_stays_in_the_export(client, forum, anna):
    key = questions_for(forum)[3].key
    page = publish(reload(forum), questions=[row for row in forum.questions.all() if row.kind != "agreement"])
    assert len(questions_for(page)) == 3
    client.force_login(make_organiser(forum.event))
    answer = client.post(admin_url(forum.event, "registration_export"), {"columns": [f"answer-{key}"], "format": "csv"})
    assert answer.getvalue().decode("utf-8-sig").splitlines()[0] == "House rules"


def test_the_copy_of_the_data_has_answers_and_agreements(anna):
    found = json.loads(json.dumps(personal_data(anna)))
    assert [(row["value"], row["text"]) for row in found["answers"]][:2] == [(0, "0"), (2.5, "2.5")]
    (agreement,) = found["agreements"]
    assert (agreement["question"], agreement["text"]) == ("House rules", RULES)
    assert agreement["link"]["version"] == "a" * 40
    sections = {section.heading: section.lines for section in readable(anna)}
    ((text, when),) = sections["What you agreed to"]
    assert text == f"{RULES} Rules of the house"
    assert when.startswith("agreed on ")
    assert ("Guests", "0") in sections["Your answers"]


def test_anonymisation_removes_answers_and_agreements(forum, anna):
    retention.anonymise_due(forum.event.ends_at + datetime.timedelta(days=60))
    assert Registration.objects.get().anonymised_at is not None
    assert not Answer.objects.exists()
    assert not Agreement.objects.exists()


def test_a_copy_of_the_event_has_the_questions_with_their_limits(forum, django_user_model, document):
    user = django_user_model.objects.create_superuser("root", password="x")
    copy = copy_event(forum.event, "Again", datetime.date(2031, 5, 1), [Part.REGISTRATION], user)
    fields = ("label", "kind", "minimum", "maximum", "has_decimals", "unit", "earliest", "statement", "linked_document")
    original, copied = (list(page.questions.values_list(*fields)) for page in (forum, copy.page))
    assert copied == original
    assert copied[3][-1] == document.pk


def test_sensitive_numbers_and_dates_are_encrypted_and_read_with_their_type(forum):
    page = reload(forum)
    rows = list(page.questions.all())
    for row in rows[:2]:
        row.is_sensitive = True
    page = publish(page, questions=rows)
    guests = questions_for(page)[0]
    consent = GivenConsent(ConsentPurpose.SENSITIVE, is_given=True, text="Yes.", language="en")
    outcome = register_person(page.event, answers=[GivenAnswer(guests, 3)], consents=[consent])
    assert not Answer.objects.exists()
    ((_row, value),) = read_for_participant(outcome.registration.sensitive_answers.all())
    assert value == 3


# Statistics


def register_with(forum, *values, label="Guests") -> None:
    question = next(item for item in questions_for(forum) if item.label.startswith(label))
    for value in values:
        register_person(forum.event, answers=[GivenAnswer(question, value)], mode=Mode.ONLINE)


def figures(client, forum) -> dict[str, str]:
    page = soup(client.get(admin_url(forum.event, "registration_statistics")))
    return {text_of(part.h3): text_of(part) for part in page.select("section") if part.h3}


def test_statistics_of_numbers_are_shown_from_five_answers_on(client, forum):
    client.force_login(make_organiser(forum.event))
    register_with(forum, 1, 2, 2, 5)
    assert figures(client, forum)["Guests"] == (
        "Guests 4 people answered. With fewer than five answers, no values are shown."
    )
    register_with(forum, 4)
    assert figures(client, forum)["Guests"] == "Guests 5 people answered. Median 2 Lowest 1 Highest 5"
    register_with(forum, *[f"2030-05-{day}" for day in range(15, 20)], label="Arrival")
    # People who attend online are not asked when they arrive.
    assert "Arrival" not in figures(client, forum)
    Registration.objects.update(mode=Mode.ON_SITE)
    assert figures(client, forum)["Arrival"].replace("\u00a0", " ") == (
        "Arrival 5 people answered. Median 17 May 2030 Earliest 15 May 2030 Latest 19 May 2030"
    )


def test_statistics_count_who_agreed_once(client, forum, anna):
    client.force_login(make_organiser(forum.event))
    first = Agreement.objects.get()
    first.pk = None
    first.save()
    assert figures(client, forum)["House rules"].startswith("House rules 1 person answered.")
