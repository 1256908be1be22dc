"""The registration form and the page after it."""

from __future__ import annotations

import datetime
import json

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction

from events.enums import ConsentPurpose, EventStatus, FieldRequirement, MailKind, Mode, QuestionKind
from events.models import (
    Answer,
    Consent,
    EventQuestion,
    OutboxMail,
    Registration,
    RegistrationSettings,
    SeatPool,
    SensitiveAnswer,
)
from events.registration import form_tokens
from events.registration.commands import withdraw
from events.registration.errors import BusyError, ClosedError, FullError
from events.registration.tokens import token_for
from events.states import RegistrationStatus
from events.views.registration import end_page_path
from tests.factories import reload
from tests.factories.events import change_event, in_language, publish, translate_all
from tests.factories.registrations import HOUR, make_open_page, make_registration, set_seats_of
from tests.html import hidden_fields, soup, text_of
from tests.visitors import Visitor, link_of, old_form_token

pytestmark = pytest.mark.slow

PERSON = {"given_name": "Anna Example", "email": "anna@example.org", "mode": "on_site"}


@pytest.fixture(scope="module")
def made_forum(module_home_page):
    return make_open_page(module_home_page)


@pytest.fixture
def forum(made_forum, db):
    return reload(made_forum)


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


@pytest.fixture
def url(forum) -> str:
    return f"{forum.url}register/"


def person(forum, **more) -> dict:
    return PERSON | {"form_token": old_form_token(forum.event_id)} | more


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ('"\x01\x02"@example.org', "quotation marks"),
        ('"anna"@example.org', "quotation marks"),
        ('"a b"@example.org', "quotation marks"),
        (f"anna@{'ä' * 60}.example", "correct format"),
        ("anna@[192.0.2.1]", "correct format"),
        ("anna@example.org\x01", "invisible characters"),
        ("an\x7fna@example.org", "invisible characters"),
    ],
)
def test_addresses_that_no_email_can_reach_are_refused_beside_the_field(forum, visitor, url, address, message):
    response = visitor.send(url, **person(forum, email=address))
    assert response.status_code == 200
    assert message in text_of(soup(response).select_one("#id_email_error"))
    assert not Registration.objects.exists()


@pytest.mark.parametrize("address", ["o'brien+forum@example.org", "anna@pärnu.ee", "a.b_c-d@sub.example.org"])
def test_unusual_addresses_that_email_reaches_are_accepted(forum, visitor, url, address):
    assert visitor.send(url, **person(forum, email=address)).status_code == 303


def add_questions(forum, *questions: EventQuestion):
    for number, question in enumerate(questions):
        question.locale, question.sort_order = forum.locale, number
    forum.questions.set(questions)
    return publish(forum, questions=list(forum.questions.all()))


def send(visitor, forum, **fields):
    return visitor.send(forum.register_path(), **person(forum, **fields))


def summary(response) -> list[str]:
    return [text_of(item) for item in soup(response).select(".error-summary li")]


def test_register_and_read_what_happens_next(visitor, forum, url):
    response = visitor.send(url, **person(forum))
    assert response.status_code == 303
    done = visitor.get(response["Location"])
    assert text_of(soup(done).h1) == "You are registered"
    registration = Registration.objects.get()
    assert (registration.name, registration.email, registration.mode, registration.language, registration.status) == (
        "Anna Example",
        "anna@example.org",
        "on_site",
        "en",
        "confirmed",
    )
    assert [mail.kind for mail in OutboxMail.objects.all()] == [MailKind.CONFIRMED]


def test_the_form_is_not_cached_or_indexed(visitor, forum, url):
    answers = [visitor.get(url), visitor.send(url), visitor.send(url, **person(forum))]
    answers.append(visitor.get(answers[-1]["Location"]))
    assert [response["Cache-Control"] for response in answers] == ["private, no-store"] * 4
    for response in answers:
        assert response["X-Robots-Tag"] == "noindex"
        assert response["Referrer-Policy"] == "no-referrer"
    # Browsers send only the origin of the page with a form.
    referrers = [element["content"] for page in map(soup, answers[:2]) for element in page.select("[name=referrer]")]
    assert referrers == ["strict-origin"] * 2
    assert soup(answers[0]).select_one("meta[name=robots]")["content"] == "noindex"
    assert soup(answers[0]).select_one("link[rel=canonical]") is None


def test_reading_the_event_sets_no_cookie(visitor, forum, url):
    visitor.get(forum.url)
    assert not visitor.cookies
    visitor.get(url)
    assert set(visitor.cookies) == {"csrftoken"}


def test_a_form_from_another_site_is_refused(forum, url):
    assert Visitor().post(url, person(forum)).status_code == 403
    assert not Registration.objects.exists()


def test_only_the_form_takes_a_post(visitor, forum, url):
    done = end_page_path(forum, "confirmed", "on_site")
    token = hidden_fields(soup(visitor.get(url)))
    assert visitor.post(forum.url, token).status_code == 405
    assert Client().put(url).status_code == 405
    assert visitor.get(done).status_code == 200
    assert visitor.post(done, token).status_code == 404
    assert visitor.get(f"{url}done/").status_code == 404
    assert visitor.get(f"{url}done/confirmed/on_site/forged/").status_code == 404
    assert visitor.get(f"{url}elsewhere/").status_code == 404
    assert visitor.get(f"{forum.url}other/").status_code == 404


def test_the_end_page_belongs_to_its_event(visitor, forum, home_page):
    other = make_open_page(home_page, title="Other", slug="other")
    path = end_page_path(forum, "confirmed", "on_site")
    assert visitor.get(path).status_code == 200
    assert visitor.get(path.replace(forum.url, other.url)).status_code == 404


# Repeated forms


def test_a_double_click_registers_once(visitor, forum):
    fields = person(forum)
    read = soup(visitor.get(forum.register_path()))
    answers = [visitor.send(forum.register_path(), read=read, **fields) for _ in range(2)]
    assert [response.status_code for response in answers] == [303, 303]
    assert Registration.objects.count() == 1
    assert OutboxMail.objects.count() == 1


def test_the_same_form_registers_a_colleague_with_another_address(visitor, forum):
    fields = person(forum)
    read = soup(visitor.get(forum.register_path()))
    for address in ("anna@example.org", "berta@example.org"):
        visitor.send(forum.register_path(), read=read, **(fields | {"email": address}))
    assert sorted(Registration.objects.values_list("email", flat=True)) == ["anna@example.org", "berta@example.org"]


def test_a_withdrawn_participant_registers_again_with_the_same_form(visitor, forum):
    fields = person(forum)
    read = soup(visitor.get(forum.register_path()))
    visitor.send(forum.register_path(), read=read, **fields)
    withdraw(Registration.objects.get().pk)
    response = visitor.send(forum.register_path(), read=read, **fields)
    assert text_of(soup(visitor.get(response["Location"])).h1) == "You are registered"
    assert sorted(Registration.objects.values_list("status", flat=True)) == ["confirmed", "withdrawn"]


def test_a_registered_address_gets_the_same_response_and_an_email(visitor, forum):
    first = send(visitor, forum)
    second = send(Visitor(), forum, given_name="Someone Else", email="ANNA@Example.org")
    assert (first.status_code, second.status_code) == (303, 303)
    pages = [soup(visitor.get(response["Location"])).main for response in (first, second)]
    assert text_of(pages[0]) == text_of(pages[1])
    assert Registration.objects.get().name == "Anna Example"
    assert [mail.kind for mail in OutboxMail.objects.order_by("pk")] == [MailKind.CONFIRMED, MailKind.PERSONAL_LINK]


def test_the_end_page_has_no_personal_token(visitor, forum):
    response = visitor.get(send(visitor, forum)["Location"])
    assert token_for(Registration.objects.get()) not in response.content.decode()


# Errors


def test_errors_are_shown_with_the_fields_and_in_a_summary(visitor, forum, url):
    response = visitor.send(
        url, form_token=old_form_token(forum.event_id), given_name=" ", email="anna@", organisation="Kept Hospital"
    )
    read = soup(response)
    assert response.status_code == 200
    assert summary(response) == [
        "Choose how you will attend.",
        "Enter your name.",
        "Enter an email address in the correct format, like name@example.org.",
    ]
    for link in read.select(".error-summary a"):
        assert read.select_one(link["href"]) is not None
    field = read.select_one("#id_email")
    assert field["aria-invalid"] == "true"
    described = field["aria-describedby"].split()
    assert (
        text_of(read.find(id=described[-1])) == "Enter an email address in the correct format, like name@example.org."
    )
    assert read.select_one("#id_organisation")["value"] == "Kept Hospital"
    assert read.title.string.startswith("Error: ")
    assert not Registration.objects.exists()


def test_fields_have_autocomplete_attributes(visitor, url):
    read = soup(visitor.get(url))
    tokens = {field["name"]: field.get("autocomplete") for field in read.select("main form [name]")}
    assert (tokens["given_name"], tokens["family_name"]) == ("given-name", "family-name")
    assert tokens["email"] == "email"
    assert tokens["organisation"] == "organization"
    assert tokens["country"] == "country"
    assert read.select_one("#id_email")["type"] == "email"
    assert not read.select("main form input[type=checkbox][checked]")


def test_the_settings_decide_which_fields_are_shown(visitor, home_page):
    forum = make_open_page(
        home_page,
        asks_organisation=FieldRequirement.NO,
        asks_profession=FieldRequirement.REQUIRED,
        asks_country=FieldRequirement.REQUIRED,
        slug="asks",
    )
    read = soup(visitor.get(forum.register_path()))
    assert read.select_one("#id_organisation") is None
    assert summary(send(visitor, forum)) == [
        "Choose your profession, or “Other”.",
        "Choose the country you work or live in.",
    ]
    assert send(visitor, forum, profession="nurse", country="FI").status_code == 303
    registration = Registration.objects.get()
    assert (registration.profession, registration.country.code, registration.organisation) == ("nurse", "FI", "")


def test_a_name_is_one_line(visitor, forum):
    send(visitor, forum, given_name="  Anna\r\nBcc: all@example.org\t Example ")
    assert Registration.objects.get().name == "Anna Bcc: all@example.org Example"


def test_the_event_and_the_steps_are_beside_the_form(visitor, forum):
    page = soup(visitor.get(forum.register_path()))
    card = {text_of(row.dt): text_of(row.dd) for row in page.select(".registration-card dl > div")}
    assert card["When"].startswith("16 May 2030")
    assert (card["On site"], card["Online"]) == ("Places available", "No limit on places")
    assert card["Registration closes"].startswith("16 May 2030")
    assert [text_of(step) for step in page.select(".progress [aria-current=step]")] == ["Fill in the form"]


# Seats


def numbers(visitor, forum) -> list[str]:
    return [text_of(item) for item in soup(visitor.get(forum.register_path())).select(".choice__note")]


def test_the_places_left_are_shown(visitor, forum):
    assert numbers(visitor, forum) == ["Places available", "No limit on places"]
    for _ in range(9):
        make_registration(forum.event)
    assert numbers(visitor, forum) == ["Few places left", "No limit on places"]
    make_registration(forum.event)
    assert numbers(visitor, forum)[0] == "Full. You can join the waiting list."
    make_registration(forum.event, RegistrationStatus.WAITING)
    assert numbers(visitor, forum)[0] == "Full. You can join the waiting list."
    set_seats_of(forum.event, Mode.ON_SITE, 5, has_waiting_list=False)
    assert numbers(visitor, forum)[0] == "Full"


def test_a_full_mode_offers_the_waiting_list_or_the_other_mode(visitor, forum):
    set_seats_of(forum.event, Mode.ON_SITE, 0)
    read = soup(visitor.get(forum.register_path()))
    assert "“On site” is full. You can still attend this way: Online." in text_of(read.main)
    response = visitor.get(send(visitor, forum)["Location"])
    assert text_of(soup(response).h1) == "You are on the waiting list"
    assert "Places are available: Online." in text_of(soup(response).main)
    assert Registration.objects.get().status == RegistrationStatus.WAITING


def test_the_calendar_entry_of_a_participant_comes_with_the_email(visitor, forum):
    """The public file of the event has another UID: who added both would have two entries, of which one never changes."""
    attached = "The event for your calendar is attached to the email."
    for status, expected in [("confirmed", True), ("waiting", False)]:
        read = soup(visitor.get(end_page_path(forum, status, "on_site")))
        assert (attached in text_of(read.main)) == expected
        assert read.main.select("a[href$='.ics']") == []


def test_the_form_says_when_only_the_waiting_list_is_open(visitor, forum):
    button = "form[data-registration] button[type=submit]"
    assert text_of(soup(visitor.get(forum.register_path())).select_one(button)) == "Register"
    for mode in Mode:
        set_seats_of(forum.event, mode, 0)
    read = soup(visitor.get(forum.register_path()))
    assert "All places are taken. You can join the waiting list" in text_of(read.main)
    assert text_of(read.select_one(button)) == "Join the waiting list"


def test_a_full_mode_without_a_list_cannot_be_chosen(visitor, forum):
    set_seats_of(forum.event, Mode.ON_SITE, 0, has_waiting_list=False)
    read = soup(visitor.get(forum.register_path()))
    assert read.select_one("input[value=on_site]").has_attr("disabled")
    assert summary(send(visitor, forum)) == ["“On site” is full. You can still attend this way: Online."]
    set_seats_of(forum.event, Mode.ONLINE, 0)
    assert summary(send(visitor, forum)) == ["“On site” is full, and there is no waiting list."]


def test_a_closed_waiting_list_is_not_offered(visitor, home_page):
    forum = make_open_page(home_page, slug="closed", waiting_until=timezone.now() - HOUR)
    set_seats_of(forum.event, Mode.ON_SITE, 0)
    assert numbers(visitor, forum)[0] == "Full"
    set_seats_of(forum.event, Mode.ONLINE, 0)
    assert "All places are taken" in text_of(soup(visitor.get(forum.register_path())).main)


def test_the_last_place_is_taken_while_the_form_is_open(visitor, forum, monkeypatch):
    def full(*args, **kwargs):
        set_seats_of(forum.event, Mode.ON_SITE, 0, has_waiting_list=False)
        raise FullError

    monkeypatch.setattr("events.registration.commands.register", full)
    response = send(visitor, forum)
    assert response.status_code == 409
    assert summary(response) == ["“On site” is full. You can still attend this way: Online."]
    assert soup(response).select_one("#id_given_name")["value"] == "Anna Example"


def test_a_refusal_with_places_left_is_shown(visitor, forum, monkeypatch):
    def full(*args, **kwargs):
        raise FullError

    monkeypatch.setattr("events.registration.commands.register", full)
    assert summary(send(visitor, forum)) == [
        "The last place was taken while you filled in the form. Choose another option or contact us."
    ]


def test_a_single_mode_is_shown_without_a_choice(visitor, home_page):
    forum = make_open_page(home_page, seats={Mode.ONLINE: (None, True)}, slug="online")
    read = soup(visitor.get(forum.register_path()))
    assert read.select_one("input[type=radio][name=mode]") is None
    assert text_of(read.select_one("#id_mode_0")) == "How you attend Online No limit on places"
    fields = person(forum)
    del fields["mode"]
    assert visitor.send(forum.register_path(), **fields).status_code == 303
    assert Registration.objects.get().mode == Mode.ONLINE
    assert (
        visitor.post(
            forum.register_path(), hidden_fields(read) | person(forum, email="b@example.org", mode="")
        ).status_code
        == 303
    )


def test_approval_is_announced_on_the_end_page(visitor, home_page):
    forum = make_open_page(home_page, slug="approval", needs_approval=True)
    response = visitor.get(send(visitor, forum)["Location"])
    assert text_of(soup(response).h1) == "We have received your registration"


# Busy, closed and cancelled


def test_a_busy_database_keeps_the_input(visitor, forum, monkeypatch):
    def busy(*args, **kwargs):
        raise BusyError

    monkeypatch.setattr("events.registration.commands.register", busy)
    response = send(visitor, forum, organisation="Kept Hospital")
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert summary(response) == ["Many people are registering right now. Send the form again in a few seconds."]
    assert soup(response).select_one("#id_organisation")["value"] == "Kept Hospital"
    assert soup(response).select_one("input[value=on_site]").has_attr("checked")


def test_registration_closes_while_the_form_is_open(visitor, forum, monkeypatch):
    def closed(*args, **kwargs):
        raise ClosedError

    monkeypatch.setattr("events.registration.commands.register", closed)
    response = send(visitor, forum)
    assert response.status_code == 409
    assert "Registration is closed" in text_of(soup(response).main)

    def off(*args, **kwargs):
        change_event(forum.event, status=EventStatus.CANCELLED)
        raise ClosedError

    monkeypatch.setattr("events.registration.commands.register", off)
    assert "Cancelled" in text_of(soup(send(visitor, forum)).main)


def notice_text(visitor, forum) -> str:
    return text_of(soup(visitor.get(forum.register_path())).select_one(".notice"))


def test_an_unavailable_form_shows_the_reason(visitor, home_page):
    forum = make_open_page(home_page, slug="later", opens_at=datetime.datetime(2029, 5, 1, 6, tzinfo=datetime.UTC))
    assert notice_text(visitor, forum).startswith(
        "Registration is not open yet Registration opens: 1 May 2029, 09:00 (UTC+3)"
    ), notice_text(visitor, forum)
    settings = forum.event.registration_settings
    settings.opens_at = None
    settings.save()
    assert "We will announce the date on the event page." in notice_text(visitor, forum)
    settings.opens_at, settings.closes_at = timezone.now() - 2 * HOUR, timezone.now() - HOUR
    settings.save()
    assert notice_text(visitor, forum).startswith("Registration is closed")
    change_event(forum.event, status=EventStatus.CANCELLED)
    assert notice_text(visitor, forum).startswith("You can no longer register Cancelled")
    change_event(forum.event, status=EventStatus.SCHEDULED, first_day=datetime.date(2020, 1, 10), last_day=None)
    assert notice_text(visitor, forum).startswith("You can no longer register The event is over")


def test_an_event_without_registration_has_no_form(visitor, forum):
    forum.event.seat_pools.all().delete()
    assert visitor.get(forum.register_path()).status_code == 404
    change_event(forum.event, registration_url="https://example.org/elsewhere")
    response = visitor.get(forum.register_path())
    assert (response.status_code, response["Location"]) == (302, forum.url)


def test_a_draft_has_no_form(visitor, forum, url):
    forum.unpublish()
    assert visitor.get(url).status_code == 404


# Questions and consents


@pytest.fixture
def forum_with_questions(forum):
    choices = [
        {"type": "choice", "id": "a1b2c3d4-0000-4000-8000-000000000001", "value": "Morning"},
        {"type": "choice", "id": "a1b2c3d4-0000-4000-8000-000000000002", "value": "Afternoon"},
    ]
    return add_questions(
        forum,
        EventQuestion(label="What do you hope for?", kind=QuestionKind.LONG_TEXT, help_text="One sentence will do."),
        EventQuestion(label="Which half?", kind=QuestionKind.CHOICE, choices=json.dumps(choices), is_required=True),
        EventQuestion(label="Which workshops?", kind=QuestionKind.CHOICES, choices=json.dumps(choices)),
        EventQuestion(label="Dinner?", kind=QuestionKind.YES_NO, only_mode=Mode.ON_SITE, is_required=True),
        EventQuestion(label="From where?", kind=QuestionKind.COUNTRY, only_mode=Mode.ONLINE),
        EventQuestion(label="Badge", kind=QuestionKind.TEXT),
        EventQuestion(label="Diet", kind=QuestionKind.LONG_TEXT, is_sensitive=True, only_mode=Mode.ON_SITE),
    )


def names_of(forum) -> dict[str, str]:
    return {row.label: f"q_{row.translation_key.hex}" for row in forum.questions.all()}


def test_answers_are_stored_under_their_keys(visitor, forum_with_questions):
    names = names_of(forum_with_questions)
    first, second = (choice.id for choice in forum_with_questions.questions.all()[1].choices)
    response = send(
        visitor,
        forum_with_questions,
        **{
            names["Which half?"]: first,
            names["Which workshops?"]: [first, second],
            names["Dinner?"]: "no",
            names["From where?"]: "EE",
            names["Diet"]: "No nuts",
            "agree_sensitive": "on",
        },
    )
    assert response.status_code == 303, summary(response)
    assert {row.label: row.value for row in Answer.objects.all()} == {
        "Which half?": [{"key": first, "label": "Morning"}],
        "Which workshops?": [{"key": first, "label": "Morning"}, {"key": second, "label": "Afternoon"}],
        "Dinner?": False,
    }
    assert SensitiveAnswer.objects.get().label == "Diet"
    consent = Consent.objects.get()
    assert (consent.purpose, consent.is_given, consent.language) == (ConsentPurpose.SENSITIVE, True, "en")
    assert consent.text.startswith("I agree that the organisers use these answers")


def test_required_questions_apply_only_to_their_mode(visitor, forum_with_questions):
    assert summary(send(visitor, forum_with_questions)) == [
        "Choose an answer: Which half?",
        "Choose an answer: Dinner?",
    ]
    assert summary(send(visitor, forum_with_questions, mode="online")) == ["Choose an answer: Which half?"]


def test_answers_to_questions_of_another_mode_are_ignored(visitor, forum_with_questions):
    names = names_of(forum_with_questions)
    first = forum_with_questions.questions.all()[1].choices[0].id
    response = send(
        visitor, forum_with_questions, mode="online", **{names["Which half?"]: first, names["Dinner?"]: "perhaps"}
    )
    assert response.status_code == 303
    assert [answer.label for answer in Answer.objects.all()] == ["Which half?"]


def test_sensitive_answers_need_a_separate_consent(visitor, forum_with_questions):
    names = names_of(forum_with_questions)
    first = forum_with_questions.questions.all()[1].choices[0].id
    fields = {names["Which half?"]: first, names["Dinner?"]: "yes", names["Diet"]: "No nuts"}
    assert summary(send(visitor, forum_with_questions, **fields)) == [
        "Tick this box to let the organisers use these answers, or leave the answers empty."
    ]
    fields[names["Diet"]] = ""
    assert send(visitor, forum_with_questions, **fields).status_code == 303
    assert not SensitiveAnswer.objects.exists()
    assert Consent.objects.get().is_given is False


def test_questions_show_the_mode_they_are_for(visitor, forum_with_questions):
    read = soup(visitor.get(forum_with_questions.register_path()))
    parts = {part.get("data-only-mode"): text_of(part) for part in read.select("[data-only-mode]")}
    assert set(parts) == {"on_site", "online"}
    assert "(only if you attend online) (optional)" in parts["online"]
    labels = [text_of(item) for item in read.select("legend, label.field__label")]
    assert "Dinner? (only if you attend on site)" in labels


def test_long_lists_of_choices_are_selects(visitor, forum):
    many = [{"type": "choice", "id": f"a1b2c3d4-0000-4000-8000-00000000000{n}", "value": f"No. {n}"} for n in range(8)]
    forum_with_questions = add_questions(
        forum, EventQuestion(label="Which?", kind=QuestionKind.CHOICE, choices=json.dumps(many))
    )
    read = soup(visitor.get(forum_with_questions.register_path()))
    assert len(read.select(f"select[name={names_of(forum_with_questions)['Which?']}] option")) == 9


def test_photo_consent_is_separate_and_uses_the_text_of_the_page(visitor, home_page):
    forum = make_open_page(home_page, slug="photographs", asks_photo_consent=True)
    assert "I agree that photos and recordings" in text_of(soup(visitor.get(forum.register_path())).main)
    forum = publish(forum, photo_consent="You may draw me.")
    assert (
        text_of(soup(visitor.get(forum.register_path())).select_one("label[for=id_agree_photos]")) == "You may draw me."
    )
    send(visitor, forum, agree_photos="on")
    consent = Consent.objects.get()
    assert (consent.purpose, consent.is_given, consent.text) == (ConsentPurpose.PHOTOS, True, "You may draw me.")


def test_the_privacy_notice_is_complete(visitor, forum_with_questions):
    notice = text_of(soup(visitor.get(forum_with_questions.register_path())).select_one(".privacy"))
    for part in (
        "Who is responsible",
        "basis",
        "Who receives your data",
        "How long",
        "rights",
        "Complaints",
        "required",
    ):
        assert part in notice
    assert "180 days after the event" in notice
    assert "14 days after the event" in notice
    assert "12 November 2030" in notice or "13 November 2030" in notice


# Languages


def test_the_form_and_the_response_are_in_the_language_of_the_page(visitor, forum_with_questions):
    translate_all(forum_with_questions)
    finnish = in_language(forum_with_questions, "fi")
    read = soup(visitor.get(finnish.register_path()))
    assert read.html["lang"] == "fi"
    assert "fi Dinner?" in text_of(read.main)
    switcher = {link["hreflang"]: link["href"] for link in read.select("header .languages a")}
    assert switcher["en"] == forum_with_questions.register_path()
    first = forum_with_questions.questions.all()[1].choices[0].id
    names = names_of(forum_with_questions)
    response = send(visitor, finnish, **{names["Which half?"]: first, names["Dinner?"]: "yes"})
    assert response.status_code == 303, summary(response)
    assert response["Location"].startswith(finnish.register_path())
    registration = Registration.objects.get()
    assert registration.language == "fi"
    assert Answer.objects.get(kind=QuestionKind.CHOICE).value[0]["label"].startswith("fi ")


def test_a_language_without_the_event_has_no_link_to_the_form(visitor, forum, url):
    switcher = {link["hreflang"]: link["href"] for link in soup(visitor.get(url)).select("header .languages a")}
    assert not switcher["fi"].endswith("/register/")


# Spam protection


def test_a_form_sent_too_quickly_shows_an_error_and_keeps_the_input(visitor, forum, url):
    with override_settings(REGISTRATION_MINIMUM_SECONDS=600):
        response = visitor.send(url, **PERSON)
    assert summary(response) == ["The form was sent too quickly. Send it again."]
    assert soup(response).select_one("#id_given_name")["value"] == "Anna Example"
    assert not Registration.objects.exists()


def test_a_form_was_never_opened_in_the_future(monkeypatch):
    """A program that sends a form within the tenth of a second to which its time is rounded is not accepted."""
    monkeypatch.setattr("time.time", lambda: 1_000_000_000.06)
    token = form_tokens.read_form_token(form_tokens.new_form_token(1), 1)
    assert 0 <= token.age() < 0.1


def test_form_of_a_machine_whose_clock_is_ahead_is_accepted(visitor, forum, url, monkeypatch):
    sent = PERSON | {"form_token": old_form_token(forum.event_id, seconds=-600)}
    with override_settings(REGISTRATION_MINIMUM_SECONDS=3):
        visitor.send(url, **sent)
    assert Registration.objects.count() == 1


def test_an_invalid_form_token_is_refused_and_replaced(visitor, forum, url):
    for token in ("", "forged", old_form_token(forum.event_id + 1)):
        response = visitor.send(url, **(PERSON | {"form_token": token}))
        assert summary(response) == ["This page has expired. Send the form again."]
        assert form_tokens.read_form_token(hidden_fields(soup(response))["form_token"], forum.event_id) is not None


def test_a_filled_honeypot_shows_an_error(visitor, forum):
    response = send(visitor, forum, website="https://spam.example")
    assert summary(response) == ["Leave this field empty. It helps us detect spam."]
    assert not Registration.objects.exists()


def test_the_number_of_queries_does_not_grow(visitor, forum_with_questions, django_assert_num_queries):
    url = forum_with_questions.register_path()
    visitor.get(url)
    with django_assert_num_queries(FORM_QUERIES):
        visitor.get(url)
    make_many(forum_with_questions.event, 1000)
    with django_assert_num_queries(FORM_QUERIES):
        visitor.get(url)


FORM_QUERIES = 13


def make_many(event, count: int) -> None:
    Registration.objects.bulk_create(
        Registration(
            event=event, status="confirmed", mode=Mode.ONLINE, language="en", name=f"P {n}", email_key=f"p{n}@x"
        )
        for n in range(count)
    )


def test_the_empty_form_is_cached_with_tokens_for_each_visitor(
    forum, url, settings, django_assert_num_queries, monkeypatch
):
    settings.PAGE_CACHE_SECONDS = 60
    first, second = Visitor(), Visitor()
    pages = [soup(first.get(url))]
    monkeypatch.setattr("events.views.registration.questions_for", None)  # raises if the form is rendered again
    with django_assert_num_queries(CACHED_FORM_QUERIES):
        response = second.get(url)
    monkeypatch.undo()
    pages.append(soup(response))
    assert response["Cache-Control"] == "private, no-store"
    for name in ("form_token", "csrfmiddlewaretoken"):
        values = [page.select_one(f"main [name={name}]")["value"] for page in pages]
        assert values[0] != values[1]
        assert not any("mark" in value or value.startswith(("csrf-token-", "form-token-")) for value in values)
    # Both visitors can send their form, and the text about places is updated.
    settings.REGISTRATION_MINIMUM_SECONDS = 0
    for visitor, page, name in zip((first, second), pages, ("Anna", "Bert"), strict=True):
        fields = {"given_name": name, "email": f"{name}@example.org", "mode": "on_site"}
        assert visitor.send(url, read=page, **fields).status_code == 303
    for _number in range(3):
        make_registration(forum.event)
    monkeypatch.setattr("events.views.registration.questions_for", None)
    later = soup(Visitor().get(url))
    assert "places-" not in str(later.main)
    texts = [text_of(page.select_one("#id_mode_0_seats")) for page in (pages[0], later)]
    assert texts == ["Places available", "Few places left"]


def test_the_end_page_is_cached_by_the_site_only(forum, settings, django_assert_num_queries):
    settings.PAGE_CACHE_SECONDS = 60
    path = end_page_path(forum, "confirmed", "on_site")
    first = Client().get(path)
    with django_assert_num_queries(0):
        second = Client().get(path)
    assert first.content == second.content
    assert first["Cache-Control"] == second["Cache-Control"] == "private, no-store"


def test_a_request_with_a_query_or_a_session_is_not_cached(forum, url, settings, admin_client):
    settings.PAGE_CACHE_SECONDS = 60
    Visitor().get(url)
    for client, address in ((Visitor(), f"{url}?x=1"), (admin_client, url)):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        assert len(queries) > CACHED_FORM_QUERIES


# The number of seats taken.
CACHED_FORM_QUERIES = 1


def test_a_cached_form_is_rendered_again_when_a_mode_is_full(forum, url, settings):
    settings.PAGE_CACHE_SECONDS = 60
    SeatPool.objects.filter(event=forum.event, mode=Mode.ON_SITE).update(capacity=1)
    assert text_of(soup(Visitor().get(url)).select_one("#id_mode_0_seats")) == "Few places left"
    make_registration(forum.event)
    assert text_of(soup(Visitor().get(url)).select_one("#id_mode_0_seats")).startswith("Full.")


def test_a_cached_form_is_not_shown_after_registration_closes(forum, url, settings, monkeypatch):
    settings.PAGE_CACHE_SECONDS = 60
    end = timezone.now() + datetime.timedelta(seconds=30)
    RegistrationSettings.objects.filter(event=forum.event).update(closes_at=end)
    assert soup(Visitor().get(url)).select_one("form[data-registration]")
    monkeypatch.setattr(timezone, "now", lambda: end)
    assert not soup(Visitor().get(url)).select_one("form[data-registration]")


def test_the_route_of_a_sent_form_is_cached(forum, url, settings, django_assert_max_num_queries):
    settings.PAGE_CACHE_SECONDS = 60
    visitor = Visitor()
    assert visitor.send(url, **person(forum)).status_code == 303
    sent = hidden_fields(soup(visitor.get(url))) | person(forum, email="bert@example.org")
    with django_assert_max_num_queries(CACHED_SEND_QUERIES):
        assert visitor.post(url, sent).status_code == 303
    assert Registration.objects.count() == 2
    assert visitor.post(f"{url}elsewhere/", sent).status_code == 404


# View restrictions, rate limits, and the queries under the lock.
CACHED_SEND_QUERIES = 14


def close(event) -> None:
    rules = event.registration_settings
    rules.closes_at = timezone.now()
    rules.save()


def protect(page) -> None:
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.PASSWORD, password="open")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        pytest.param(lambda page: page.unpublish(), 404, id="taken offline"),
        pytest.param(lambda page: close(page.event), 200, id="closed"),
        pytest.param(
            lambda page: SeatPool.objects.get(event=page.event, mode=Mode.ON_SITE).delete(), 200, id="mode removed"
        ),
        pytest.param(lambda page: change_event(page.event, status=EventStatus.CANCELLED), 200, id="cancelled"),
        pytest.param(protect, 200, id="password protected"),
    ],
)
def test_cached_data_is_cleared_with_each_change(
    forum, url, settings, change, status, django_capture_on_commit_callbacks
):
    settings.PAGE_CACHE_SECONDS = 60
    visitor = Visitor()
    hidden = hidden_fields(soup(visitor.get(url)))
    assert visitor.post(url, hidden | person(forum)).status_code == 303
    with django_capture_on_commit_callbacks(execute=True):
        change(forum)
    assert visitor.post(url, hidden | person(forum, email="bert@example.org")).status_code == status
    assert Registration.objects.count() == 1


# Given name and family name


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        ({"given_name": "Anna", "family_name": "Example"}, "Anna Example"),
        ({"given_name": "", "family_name": "Sukarno"}, "Sukarno"),
        ({"given_name": "Suharto", "family_name": ""}, "Suharto"),
    ],
)
def test_a_name_has_one_or_two_parts(visitor, forum, parts, name):
    send(visitor, forum, **parts)
    found = Registration.objects.get()
    assert (found.name, found.given_name, found.family_name) == (name, parts["given_name"], parts["family_name"])


def test_one_part_of_the_name_is_required(visitor, forum):
    response = send(visitor, forum, given_name=" ", family_name="")
    assert summary(response) == ["Enter your name."]
    labels = [text_of(label) for label in soup(response).select("label[for=id_given_name], label[for=id_family_name]")]
    assert labels == ["Given name", "Family name"]
    assert "Shorten the name" in summary(send(visitor, forum, given_name="a" * 100, family_name="b" * 100))[0]


def test_a_name_that_was_entered_as_a_whole_stays_whole(visitor, forum):
    person = make_registration(forum.event, name="Maria del Carmen Example")
    url = link_of(person, "registration_change")
    read = soup(visitor.get(url))
    assert read.select_one("#id_given_name")["value"] == "Maria del Carmen Example"
    visitor.send(url, given_name="Maria del Carmen Example", email=person.email, organisation="House")
    person.refresh_from_db()
    assert (person.name, person.given_name, person.organisation) == ("Maria del Carmen Example", "", "House")
    visitor.send(url, given_name="Maria del Carmen", family_name="Example", email=person.email)
    person.refresh_from_db()
    assert (person.name, person.family_name) == ("Maria del Carmen Example", "Example")
