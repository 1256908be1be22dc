"""The pages of a personal link: what participants see and do, and what others cannot."""

from __future__ import annotations

import datetime
import itertools
import json
from types import ModuleType

import icalendar
import pytest
from django.urls import reverse
from django.utils import timezone

from events.enums import ConsentPurpose, EventStatus, MailKind, Mode, QuestionKind
from events.models import (
    Answer,
    CalendarEntry,
    Consent,
    EventPage,
    EventQuestion,
    OutboxMail,
    Registration,
    RegistrationSettings,
    SensitiveAnswer,
)
from events.registration import commands, errors, tokens
from events.registration.actor import PARTICIPANT
from events.registration.commands import GivenAnswer, GivenConsent
from events.registration.detail import JOIN_BEFORE, participant_detail
from events.registration.privacy import erasure
from events.registration.questions import questions_for
from events.states import RegistrationStatus
from tests.factories import reload
from tests.factories.events import change_event, in_language, publish, translate_all
from tests.factories.registrations import (
    DAY,
    HOUR,
    NOW,
    make_open_page,
    make_registration,
    make_staff,
    register_person,
    set_seats_of,
    status_of,
)
from tests.html import hidden_fields, soup, text_of
from tests.visitors import Visitor, link_of, old_form_token

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

_S = RegistrationStatus
LONG_AGO = datetime.date(2020, 5, 1)
SECRET = "https://meet.example.org/secret-room"
# URL names of the pages and files below a personal link.
URL_NAMES = [
    "registration",
    "registration_change",
    "registration_mode",
    "registration_sessions",
    "registration_withdraw",
    "registration_accept",
    "registration_complete",
    "registration_decline",
    "registration_consent",
    "registration_join",
    "registration_calendar",
    "registration_data",
    "registration_data_file",
    "registration_erase",
]


@pytest.fixture(scope="module")
def made_forum(module_home_page):
    page = make_open_page(module_home_page, event_fields={"online_link": SECRET, "online_platform": "Example Meet"})
    questions = [
        EventQuestion(label="What for?", kind=QuestionKind.TEXT),
        EventQuestion(label="Dinner?", kind=QuestionKind.YES_NO, only_mode=Mode.ON_SITE),
        EventQuestion(
            label="Which half?",
            kind=QuestionKind.CHOICE,
            choices=json.dumps(
                [
                    {"type": "choice", "id": "a1b2c3d4-0000-4000-8000-000000000001", "value": "Morning"},
                    {"type": "choice", "id": "a1b2c3d4-0000-4000-8000-000000000002", "value": "Afternoon"},
                ]
            ),
        ),
        EventQuestion(
            label="Which workshops?",
            kind=QuestionKind.CHOICES,
            choices=json.dumps(
                [
                    {"type": "choice", "id": "a1b2c3d4-0000-4000-8000-000000000003", "value": "One"},
                    {"type": "choice", "id": "a1b2c3d4-0000-4000-8000-000000000004", "value": "Two"},
                ]
            ),
        ),
        EventQuestion(label="Diet", kind=QuestionKind.TEXT, is_sensitive=True),
    ]
    for number, question in enumerate(questions):
        question.locale, question.sort_order = page.locale, number
    page.questions.set(questions)
    return publish(page, questions=list(page.questions.all()))


@pytest.fixture
def forum(made_forum, db):
    return reload(made_forum)


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


@pytest.fixture
def anna(forum) -> Registration:
    """A participant who answered every question and gave every consent."""
    questions = {question.label: question for question in questions_for(forum)}
    values = {
        "What for?": "To learn",
        "Dinner?": True,
        "Which half?": "a1b2c3d4-0000-4000-8000-000000000001",
        "Which workshops?": ["a1b2c3d4-0000-4000-8000-000000000004"],
        "Diet": "No nuts",
    }
    answers = [GivenAnswer(questions[label], value) for label, value in values.items()]
    consents = [GivenConsent(purpose, True, f"I agree to {purpose}.", "en") for purpose in ConsentPurpose]
    outcome = register_person(forum.event, "Anna Example", answers=answers, consents=consents, now=timezone.now())
    return outcome.registration


def read(visitor, registration, name: str = "registration", status: int = 200):
    response = visitor.get(link_of(registration, name))
    assert response.status_code == status
    return soup(response)


def submit(visitor, registration, screen: str, **fields):
    """Open a page and send its form."""
    url = link_of(registration, f"registration_{screen}")
    return visitor.send(url, **fields)


def status_message(visitor, response) -> str:
    assert response.status_code == 303
    return text_of(soup(visitor.get(response["Location"])).select_one("[role=status]"))


# Access


def test_the_overview_shows_status_and_details(visitor, anna):
    page = read(visitor, anna)
    assert text_of(page.h1) == "Your registration"
    assert text_of(page.select_one("#status")) == "You have a place"
    details = {text_of(item.dt): text_of(item.dd) for item in page.select(".details-list > div")}
    assert details["Name"] == "Anna Example"
    assert details["What for?"] == "To learn"
    assert details["Which half?"] == "Morning"
    assert details["Access needs and diet"] == "1 answer, shown only when you change your details"
    assert "No nuts" not in text_of(page)


def test_personal_pages_are_not_cached_linked_or_indexed(visitor, anna):
    token = tokens.token_for(anna)
    for name in URL_NAMES:
        response = visitor.get(link_of(anna, name))
        assert response["Cache-Control"] == "private, no-store", name
        # Stricter than browsers need for forms: the pages that hold one soften it by a meta element (decision 0046).
        assert response["Referrer-Policy"] == "no-referrer", name
        page = soup(response)
        softened = [element["content"] for element in page.select("meta[name=referrer]")]
        assert set(softened) <= {"strict-origin"}, name
        assert softened or not page.select("main form"), name
        assert response["X-Robots-Tag"] == "noindex", name
    page = read(visitor, anna)
    assert page.select_one("meta[name=robots]")["content"] == "noindex"
    assert token not in " ".join(str(tag) for tag in page.head.find_all(["link", "meta"]))
    assert token not in str(page.header) + str(page.footer)


def test_get_requests_change_nothing(visitor, forum, anna):
    offered = make_registration(forum.event, _S.OFFERED, offer_expires_at=timezone.now() + DAY)
    mails = OutboxMail.objects.count()
    for registration in (anna, offered):
        before = reload(registration).__dict__
        for name in URL_NAMES:
            visitor.get(link_of(registration, name))
            visitor.head(link_of(registration, name))
        after = reload(registration).__dict__
        assert {k: v for k, v in after.items() if k != "_state"} == {k: v for k, v in before.items() if k != "_state"}
    assert OutboxMail.objects.count() == mails


def test_a_forged_post_is_refused(anna):
    for name in ("change", "mode", "withdraw", "accept", "decline", "consent", "erase"):
        assert Visitor().post(link_of(anna, f"registration_{name}"), {"mode": "online"}).status_code == 403
    assert status_of(anna) == _S.CONFIRMED


@pytest.mark.parametrize("token", ["wrong", "x" * 43, "erase", "%00", "ä"])
def test_an_unknown_link_shows_a_helpful_404(visitor, anna, token):
    response = visitor.get(f"/en/registration/{token}/")
    assert response.status_code == 404
    assert text_of(soup(response).h1) == "This link does not work"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "Forum" not in text_of(soup(response).main)
    assert not visitor.cookies


def test_a_replaced_link_gets_the_answer_of_an_unknown_one(visitor, anna):
    old = link_of(anna)
    commands.renew_link(anna.pk, PARTICIPANT)
    contents = [text_of(soup(visitor.get(url)).main) for url in (old, "/en/registration/wrong/")]
    assert contents[0] == contents[1]


def test_pages_are_in_the_participants_language(visitor, forum):
    translate_all(forum)
    greek = make_registration(forum.event, language="el")
    for name in URL_NAMES:
        response = visitor.get(link_of(greek, name, language="en"))
        assert (response.status_code, response["Location"]) == (302, link_of(greek, name)), name
    page = read(visitor, greek)
    assert page.html["lang"] == "el"
    assert text_of(page.select_one(".page-head__lead")) == in_language(forum, "el").title


def test_texts_in_another_language_have_a_lang_attribute(visitor, forum):
    finnish = make_registration(forum.event, language="fi")
    page = read(visitor, finnish)
    assert page.html["lang"] == "fi"
    assert page.select_one(".page-head__lead")["lang"] == "en"


def test_participants_can_withdraw_when_the_event_page_is_deleted(visitor, forum, anna):
    forum.unpublish()
    page = read(visitor, anna)
    assert page.select_one("a[href$='/events/forum/']") is None
    assert submit(visitor, anna, "withdraw").status_code == 303


# States


def status_text(visitor, registration) -> str:
    return text_of(read(visitor, registration).select_one(".status-box"))


@pytest.mark.parametrize(
    ("status", "heading"),
    [
        (_S.CONFIRMED, "You have a place"),
        (_S.PENDING, "The organisers are reviewing your registration"),
        (_S.WAITING, "You are on the waiting list"),
        (_S.WITHDRAWN, "You have withdrawn"),
        (_S.REJECTED, "The organisers could not give you a place"),
        (_S.EXPIRED, "Your offer has expired"),
        (_S.CANCELLED, "The organisers cancelled your registration"),
        (_S.ATTENDED, "You attended the event"),
        (_S.ABSENT, "You were registered"),
    ],
)
def test_every_status_has_a_heading(visitor, forum, status, heading):
    assert status_text(visitor, make_registration(forum.event, status)).startswith(heading)


def test_the_position_on_the_waiting_list_is_shown(visitor, forum):
    first, second, third = (make_registration(forum.event, _S.WAITING) for _ in range(3))
    assert "You are first on the list." in status_text(visitor, first)
    assert "1 person is ahead of you." in status_text(visitor, second)
    assert "2 people are ahead of you." in status_text(visitor, third)


def test_a_cancelled_event_is_shown_first(visitor, forum, anna):
    change_event(forum.event, status=EventStatus.CANCELLED)
    publish(forum, status_reason="The hall is flooded.")
    page = read(visitor, anna)
    assert text_of(page.select_one(".notice--error")) == "Cancelled The hall is flooded."
    assert status_text(visitor, anna) == "You were registered"
    assert page.select_one("#actions") is None
    offered = make_registration(forum.event, _S.OFFERED)
    assert read(visitor, offered).select_one("a[href$='/accept/']") is None
    change_event(forum.event, status=EventStatus.SCHEDULED, first_day=datetime.date(2020, 1, 10), last_day=None)
    assert text_of(read(visitor, anna).select_one(".notice--error h2")) == "The event is over"


def test_a_postponed_event_keeps_registrations_and_shows_no_date(visitor, forum, anna):
    change_event(forum.event, status=EventStatus.POSTPONED)
    page = read(visitor, anna)
    assert status_text(visitor, anna).startswith("You stay registered")
    assert text_of(page.select_one(".registration-head__when")) == "New date to be announced"
    actions = [text_of(item) for item in page.select("#actions + .action-list li")]
    assert actions == ["Change your details", "Withdraw"]


def test_withdrawn_participants_can_register_again(visitor, forum):
    withdrawn = make_registration(forum.event, _S.WITHDRAWN)
    assert read(visitor, withdrawn).select_one(f"a[href='{forum.register_path()}']") is not None
    forum.event.registration_settings.delete()
    assert read(visitor, withdrawn).select_one(f"a[href='{forum.register_path()}']") is None


def test_the_dates_of_deletion_are_shown(visitor, anna):
    text = text_of(read(visitor, anna).main)
    assert "We delete your answers about diet or access needs on" in text
    assert "We delete your name, your email address and all your answers" in text


# Changing


def names_of(forum) -> dict[str, str]:
    return {row.label: f"q_{row.translation_key.hex}" for row in forum.questions.all()}


def test_change_details_and_answers(visitor, forum, anna):
    page = read(visitor, anna, "registration_change")
    names = names_of(forum)
    assert page.select_one("#id_given_name")["value"] == "Anna Example"
    assert page.select_one(f"[name={names['What for?']}]")["value"] == "To learn"
    assert page.select_one(f"[name={names['Diet']}]")["value"] == "No nuts"
    assert page.select_one(f"[name={names['Dinner?']}][value=yes]").has_attr("checked")
    assert page.select_one(f"[name={names['Which half?']}][value$='1']").has_attr("checked")
    assert page.select_one(f"[name={names['Which workshops?']}][value$='4']").has_attr("checked")
    assert page.select_one("#id_email")["value"] == anna.email
    response = submit(
        visitor,
        anna,
        "change",
        given_name="Anna Changed",
        email=anna.email,
        organisation="Hospital",
        **{names["What for?"]: "To teach", names["Dinner?"]: "no", names["Diet"]: "Vegan", "agree_sensitive": "on"},
    )
    assert status_message(visitor, response) == "Your changes are saved."
    changed = reload(anna)
    assert (changed.name, changed.organisation) == ("Anna Changed", "Hospital")
    assert {row.label: row.value for row in Answer.objects.all()} == {"What for?": "To teach", "Dinner?": False}
    assert OutboxMail.objects.filter(kind=MailKind.CHANGED).count() == 1


def entered(page, **fields) -> dict[str, object]:
    """Return what a browser would send, with these values changed."""
    form = page.select_one("main form.form--registration")
    found: dict[str, object] = {}
    for field in form.select("input[name], select[name], textarea[name]"):
        if field.name == "select":
            chosen = field.select_one("option[selected]")
            found[field["name"]] = chosen["value"] if chosen else ""
        elif field.name == "textarea":
            found[field["name"]] = field.get_text()
        elif field.get("type") not in {"radio", "checkbox"} or field.has_attr("checked"):
            found[field["name"]] = field.get("value", "on" if field.get("type") == "checkbox" else "")
    return found | fields


def test_a_removed_choice_stays_stored(visitor, forum, anna):
    names = names_of(forum)
    left = [
        {"type": "choice", "id": f"a1b2c3d4-0000-4000-8000-00000000000{number}", "value": str(number)}
        for number in (5, 6)
    ]
    rows = forum.questions.filter(label__in=["Which half?", "Which workshops?"])
    rows.update(choices=json.dumps(left))
    page = read(visitor, anna, "registration_change")
    assert page.select_one(f"[name={names['Which half?']}][value$='1']").has_attr("checked")
    visitor.post(link_of(anna, "registration_change"), entered(page, given_name="Anna Changed"))
    assert reload(anna).name == "Anna Changed"
    stored = {
        row.label: [item["label"] for item in row.value] for row in Answer.objects.filter(label__startswith="Which")
    }
    assert stored == {"Which half?": ["Morning"], "Which workshops?": ["Two"]}


@pytest.mark.parametrize("kind", QuestionKind)
def test_answers_to_a_question_of_another_kind_stay_until_answered_again(visitor, forum, anna, kind):
    """The form opens for every new kind of a question, and saving it keeps the answer."""
    before = dict(Answer.objects.values_list("label", "value"))
    forum.questions.filter(is_sensitive=False).update(kind=kind)
    page = read(visitor, anna, "registration_change")
    # An agreement must be ticked.
    ticked = dict.fromkeys(names_of(forum).values(), "on") if kind == QuestionKind.AGREEMENT else {}
    response = visitor.post(link_of(anna, "registration_change"), entered(page, given_name="Anna Changed", **ticked))
    assert response.status_code == 303
    assert reload(anna).name == "Anna Changed"
    assert dict(Answer.objects.values_list("label", "value")) == before


def test_errors_in_a_change_keep_the_input(visitor, forum, anna):
    response = submit(visitor, anna, "change", given_name="", organisation="Kept Hospital")
    page = soup(response)
    assert response.status_code == 200
    assert text_of(page.select_one(".error-summary li")) == "Enter your name."
    assert page.title.string.startswith("Error: ")
    assert page.select_one("#id_organisation")["value"] == "Kept Hospital"


def fail(monkeypatch, command: str, error: type[Exception], module: ModuleType = commands) -> None:
    def refuse(*args, **kwargs):
        raise error

    monkeypatch.setattr(module, command, refuse)


def test_a_change_after_the_deadline_is_refused(visitor, forum, anna, monkeypatch):
    fail(monkeypatch, "change_answers", errors.TooLateError)
    assert submit(visitor, anna, "change", given_name="Anna", email=anna.email).status_code == 409
    settings = forum.event.registration_settings
    settings.change_until = timezone.now() - HOUR
    settings.save()
    response = visitor.get(link_of(anna, "registration_change"))
    assert response.status_code == 409
    assert "because the deadline has passed. Contact the organisers." in text_of(soup(response).main)
    assert read(visitor, anna).select_one("a[href$='/change/']") is None
    settings.delete()
    assert visitor.get(link_of(anna, "registration_change")).status_code == 409


def test_a_busy_database_keeps_the_changed_input(visitor, anna, monkeypatch):
    fail(monkeypatch, "change_answers", errors.BusyError)
    response = submit(visitor, anna, "change", given_name="Kept Name", email=anna.email)
    assert (response.status_code, response["Retry-After"]) == (429, "5")
    assert soup(response).select_one("#id_given_name")["value"] == "Kept Name"


# Attendance mode


def test_switch_to_a_mode_with_places(visitor, forum, anna):
    page = read(visitor, anna, "registration_mode")
    assert text_of(page.select_one("main form button")) == "Attend online"
    assert status_message(visitor, submit(visitor, anna, "mode")) == "You have changed how you attend."
    assert reload(anna).mode == Mode.ONLINE
    assert text_of(read(visitor, anna, "registration_mode").select_one("main form button")) == "Attend on site"


def test_switching_to_a_full_mode_gives_up_the_place(visitor, forum):
    set_seats_of(forum.event, Mode.ON_SITE, 0)
    online = make_registration(forum.event, mode=Mode.ONLINE)
    page = read(visitor, online, "registration_mode")
    assert "You give up your place" in text_of(page.main)
    asked = soup(submit(visitor, online, "mode"))
    assert "You give up your place" in text_of(asked.main)
    assert (status_of(online), reload(online).mode) == (_S.CONFIRMED, Mode.ONLINE)
    response = visitor.send(link_of(online, "registration_mode"), read=asked)
    assert status_message(visitor, response) == "You are on the waiting list."
    assert (status_of(online), reload(online).mode) == (_S.WAITING, Mode.ON_SITE)


def test_waiting_participants_can_change_the_waiting_list(visitor, forum):
    for mode in Mode:
        set_seats_of(forum.event, mode, 0)
    waiting = make_registration(forum.event, _S.WAITING)
    found = text_of(read(visitor, waiting, "registration_mode").main)
    assert "You join the end of this waiting list." in found
    assert "You leave the waiting list (On site) and lose your position there, number 1." in found
    assert "give up" not in found


def test_waiting_participants_are_asked_before_they_lose_their_position(visitor, forum):
    set_seats_of(forum.event, Mode.ON_SITE, 0)
    waiting = make_registration(forum.event, _S.WAITING)
    asked = soup(submit(visitor, waiting, "mode"))
    assert (status_of(waiting), reload(waiting).mode) == (_S.WAITING, Mode.ON_SITE)
    found = text_of(asked.main)
    assert "You get this place immediately." in found
    assert "lose your position there, number 1" in found
    assert "give up" not in found
    response = visitor.send(link_of(waiting, "registration_mode"), read=asked)
    assert status_message(visitor, response) == "You have changed how you attend."


def test_answers_of_the_other_mode_stay_and_come_back(visitor, forum, anna):
    assert "We keep your answers for “On site”" in text_of(read(visitor, anna, "registration_mode").main)
    submit(visitor, anna, "mode")
    details = {text_of(item.dt): text_of(item.dd) for item in read(visitor, anna).select(".details-list > div")}
    assert details["Dinner? (only if you attend on site)"] == "yes"
    names = names_of(forum)
    assert read(visitor, anna, "registration_change").select_one(f"[name={names['Dinner?']}]") is None
    submit(visitor, anna, "mode")
    changed = read(visitor, anna, "registration_change")
    assert changed.select_one(f"[name={names['Dinner?']}][value=yes]").has_attr("checked")


def test_the_consent_to_sensitive_answers_can_be_withdrawn_with_the_change(visitor, forum, anna):
    question = forum.questions.get(label="Diet")
    question.only_mode = Mode.ON_SITE
    publish(forum, questions=[*forum.questions.exclude(label="Diet"), question])
    asked = soup(submit(visitor, anna, "mode"))
    assert reload(anna).mode == Mode.ON_SITE
    assert "cannot be undone" in text_of(asked.select_one("label[for=id_withdraws_sensitive]"))
    url = link_of(anna, "registration_mode")
    visitor.send(url, read=asked)
    assert SensitiveAnswer.objects.filter(registration=anna).count() == 1
    assert "The organisers cannot see it now." in text_of(read(visitor, anna).main)
    submit(visitor, anna, "mode")
    visitor.send(url, read=asked, withdraws_sensitive="on")
    assert SensitiveAnswer.objects.filter(registration=anna).count() == 0
    given = Consent.objects.filter(registration=anna, withdrawn_at=None, is_given=True)
    assert list(given.values_list("purpose", flat=True)) == ["photos"]


def test_participants_learn_of_questions_for_the_new_mode(visitor, forum):
    online = make_registration(forum.event, mode=Mode.ONLINE)
    assert "more questions for you" in text_of(read(visitor, online, "registration_mode").main)
    assert "select “Change your details”" in status_message(visitor, submit(visitor, online, "mode"))


def test_a_place_that_became_free_meanwhile_is_given_at_once(visitor, forum, anna):
    set_seats_of(forum.event, Mode.ONLINE, 0)
    page = read(visitor, anna, "registration_mode")
    set_seats_of(forum.event, Mode.ONLINE, 1)
    response = visitor.send(link_of(anna, "registration_mode"), read=page)
    assert status_message(visitor, response) == "You have changed how you attend."


def test_a_place_taken_meanwhile_changes_nothing(visitor, forum, anna):
    page = read(visitor, anna, "registration_mode")
    set_seats_of(forum.event, Mode.ONLINE, 0)
    url = link_of(anna, "registration_mode")
    response = visitor.send(url, read=page)
    assert response.status_code == 409
    assert "No places are left." in text_of(soup(response).main)
    assert reload(anna).mode == Mode.ON_SITE
    response = visitor.send(url, read=page, mode="elsewhere")
    assert response.status_code == 409


def test_no_other_mode_is_reported(visitor, forum, anna):
    forum.event.seat_pools.filter(mode=Mode.ONLINE).delete()
    assert read(visitor, anna).select_one("a[href$='/mode/']") is None
    assert "no longer possible" in text_of(read(visitor, anna, "registration_mode", 409).main)


def test_busy_while_switching(visitor, anna, monkeypatch):
    fail(monkeypatch, "switch_mode", errors.BusyError)
    assert submit(visitor, anna, "mode").status_code == 429


# Withdrawing, accepting and declining


def test_withdraw_after_confirmation(visitor, forum, anna):
    assert "Your place becomes free for others." in text_of(read(visitor, anna, "registration_withdraw").main)
    waiting = make_registration(forum.event, _S.WAITING)
    assert "Your place goes to the next person" in text_of(read(visitor, anna, "registration_withdraw").main)
    waiting.delete()
    assert status_message(visitor, submit(visitor, anna, "withdraw")) == "You have withdrawn your registration."
    assert status_of(anna) == _S.WITHDRAWN
    # Sending the form twice has no further effect.
    assert submit(visitor, anna, "withdraw").status_code == 303


def test_a_closed_waiting_list_is_shown(visitor, forum):
    waiting = make_registration(forum.event, _S.WAITING)
    assert "You are first on the list." in text_of(read(visitor, waiting).main)
    RegistrationSettings.objects.update(waiting_until=timezone.now())
    found = text_of(read(visitor, waiting).main)
    assert "We could not offer you a place" in found
    assert "first in line" not in found


def test_leave_the_waiting_list(visitor, forum):
    waiting = make_registration(forum.event, _S.WAITING)
    assert "You leave the waiting list." in text_of(read(visitor, waiting, "registration_withdraw").main)


def test_too_late_to_withdraw(visitor, forum, anna):
    settings = forum.event.registration_settings
    settings.withdraw_until = timezone.now() - HOUR
    settings.save()
    assert read(visitor, anna).select_one("a[href$='/withdraw/']") is None
    assert visitor.get(link_of(anna, "registration_withdraw")).status_code == 409
    waiting = make_registration(forum.event, _S.WAITING)
    assert visitor.get(link_of(waiting, "registration_withdraw")).status_code == 200


def test_a_declined_offer_is_not_called_a_withdrawal(visitor, forum):
    offered = offered_to(forum)
    assert "next person" not in status_text(visitor, offered)
    assert "next person" not in text_of(read(visitor, offered, "registration_decline").main)
    make_registration(forum.event, _S.WAITING)
    assert "Then we offer it to the next person." in status_text(visitor, offered)
    assert "goes to the next person" in text_of(read(visitor, offered, "registration_decline").main)
    assert status_message(visitor, submit(visitor, offered, "decline")) == "You have declined the place."
    assert status_text(visitor, offered).startswith("You have declined the place")
    assert OutboxMail.objects.get(registration=offered).payload["declined"] is True


def offered_to(forum, **values) -> Registration:
    return make_registration(forum.event, _S.OFFERED, **({"offer_expires_at": timezone.now() + DAY} | values))


def test_accept_an_offer(visitor, forum):
    offered = offered_to(forum)
    page = read(visitor, offered)
    assert text_of(page.select_one("#status")) == "A place is available for you"
    assert [text_of(link) for link in page.select(".status-box .button")] == ["Accept the place", "Decline the place"]
    assert "The place is reserved for you until" in text_of(read(visitor, offered, "registration_accept").main)
    assert status_message(visitor, submit(visitor, offered, "accept")) == "You have accepted the place."
    assert status_of(offered) == _S.CONFIRMED
    assert submit(visitor, offered, "accept").status_code == 303


def test_decline_an_offer(visitor, forum):
    offered = offered_to(forum)
    assert "have declined" in status_message(visitor, submit(visitor, offered, "decline"))
    assert status_of(offered) == _S.WITHDRAWN


def test_an_expired_offer_is_shown_as_expired_before_the_scheduled_task(visitor, forum):
    offered = offered_to(forum, offer_expires_at=timezone.now() - HOUR)
    assert status_text(visitor, offered).startswith("Your offer has expired")
    assert visitor.get(link_of(offered, "registration_accept")).status_code == 409


def test_an_offer_expires_while_the_page_is_open(visitor, forum, monkeypatch):
    offered = offered_to(forum)
    fail(monkeypatch, "accept_offer", errors.OfferExpiredError)
    response = submit(visitor, offered, "accept")
    assert response.status_code == 409
    assert "The offer has expired." in text_of(soup(response).main)


# Consents


def test_withdraw_a_consent(visitor, anna):
    page = read(visitor, anna, "registration_consent")
    assert [text_of(item) for item in page.select("blockquote")] == ["I agree to photos.", "I agree to sensitive."]
    url = link_of(anna, "registration_consent")
    response = visitor.send(url, read=page, purpose="sensitive")
    assert status_message(visitor, response) == "You have withdrawn your consent."
    assert not SensitiveAnswer.objects.exists()
    assert Consent.objects.get(purpose=ConsentPurpose.SENSITIVE).withdrawn_at is not None
    assert visitor.send(url, purpose="nothing").status_code == 200
    visitor.send(url, purpose="photos")
    assert "not given any consent" in text_of(read(visitor, anna, "registration_consent").main)
    assert read(visitor, anna).select_one("a[href$='/consent/']") is None


def test_busy_while_withdrawing_a_consent(visitor, anna, monkeypatch):
    fail(monkeypatch, "withdraw_consent", errors.BusyError)
    assert submit(visitor, anna, "consent", purpose="photos").status_code == 429


# Joining, calendar, data


def start_in(forum, delta: datetime.timedelta) -> None:
    """Let the event start `delta` from now."""
    begins = (timezone.now() + delta).astimezone(datetime.UTC)
    change_event(
        forum.event,
        zone="UTC",
        first_day=begins.date(),
        last_day=begins.date() + DAY,
        start_time=begins.time().replace(microsecond=0),
    )


def test_the_joining_link_is_shown_shortly_before_the_event_to_online_participants(visitor, forum):
    online = make_registration(forum.event, mode=Mode.ONLINE)
    page = read(visitor, online, "registration_join")
    assert SECRET not in str(page)
    assert "The joining link appears here on" in text_of(page.main)
    start_in(forum, HOUR)
    page = read(visitor, online, "registration_join")
    assert page.select_one(f"main a[href='{SECRET}']")["rel"] == ["noreferrer"]
    assert "Example Meet" in text_of(page.main)
    assert SECRET not in str(read(visitor, online))
    for status, mode in ((_S.WAITING, Mode.ONLINE), (_S.PENDING, Mode.ONLINE), (_S.CONFIRMED, Mode.ON_SITE)):
        other = make_registration(forum.event, status, mode)
        assert SECRET not in str(read(visitor, other, "registration_join", 409))
    attended = make_registration(forum.event, _S.ATTENDED, Mode.ONLINE)
    assert SECRET in str(read(visitor, attended, "registration_join"))
    change_event(forum.event, online_link="")
    assert "have not added the joining link yet" in text_of(read(visitor, online, "registration_join").main)
    change_event(forum.event, online_link=SECRET, status=EventStatus.CANCELLED)
    assert SECRET not in str(read(visitor, online, "registration_join", 409))


def test_all_participants_attend_online_when_the_event_moves_online(visitor, forum):
    on_site = make_registration(forum.event)
    waiting = make_registration(forum.event, _S.WAITING)
    start_in(forum, HOUR)
    change_event(forum.event, status=EventStatus.MOVED_ONLINE)
    page = read(visitor, on_site)
    assert "You attend online." in text_of(page.main)
    # There is no other mode for a confirmed participant. A waiting one is offered a place online.
    assert page.select_one("a[href$='/mode/']") is None
    assert page.select_one("a[href$='/join/']")
    assert SECRET in str(read(visitor, on_site, "registration_join"))
    assert SECRET not in str(read(visitor, waiting, "registration_join", 409))
    assert (status_of(waiting), reload(waiting).mode) == (_S.OFFERED, Mode.ONLINE)


def test_an_event_without_dates_has_no_joining_link(forum):
    online = make_registration(forum.event, mode=Mode.ONLINE)
    online.event.starts_at = None
    view = participant_detail(online, NOW)
    assert (view.join_from, view.may_join) == (None, False)


@pytest.mark.parametrize(
    "event_fields", [{"status": EventStatus.CANCELLED}, {"first_day": LONG_AGO, "last_day": LONG_AGO}]
)
@pytest.mark.parametrize("status", [_S.CONFIRMED, _S.WAITING, _S.OFFERED, _S.WITHDRAWN])
def test_cancelled_or_past_events_accept_no_changes(visitor, forum, anna, event_fields, status):
    offer = timezone.now() + HOUR if status == _S.OFFERED else None
    Registration.objects.filter(pk=anna.pk).update(status=status, queued_at=NOW, offer_expires_at=offer)
    before, count = reload(anna), OutboxMail.objects.count()
    change_event(forum.event, **event_fields)
    fields = hidden_fields(read(visitor, anna, "registration_erase"))
    count = OutboxMail.objects.count()
    for name in ("change", "mode", "withdraw", "accept", "decline"):
        url = link_of(anna, f"registration_{name}")
        for response in (
            visitor.get(url),
            visitor.post(url, fields | {"mode": "online", "given_name": "Other", "wait": "on"}),
        ):
            assert response.status_code == 409
            assert "The event does not take place as planned, or it is over." in text_of(soup(response).main)
    after = reload(anna)
    assert (after.status, after.mode, after.name) == (before.status, before.mode, before.name)
    assert OutboxMail.objects.count() == count
    # Participants still have control of their consents and data.
    assert (
        status_message(visitor, submit(visitor, anna, "consent", purpose="photos"))
        == "You have withdrawn your consent."
    )
    assert visitor.get(link_of(anna, "registration_data_file")).status_code == 200
    assert submit(visitor, anna, "erase", agree="on").status_code == 303
    assert reload(anna).name == ""


def test_participants_of_a_postponed_event_can_change_or_withdraw(visitor, forum, anna):
    change_event(forum.event, status=EventStatus.POSTPONED)
    assert visitor.get(link_of(anna, "registration_change")).status_code == 200
    assert status_message(visitor, submit(visitor, anna, "withdraw")) == "You have withdrawn your registration."


def entry_in_file(visitor, registration):
    response = visitor.get(link_of(registration, "registration_calendar"))
    return icalendar.Calendar.from_ical(response.content).walk("VEVENT")[0]


def test_the_personal_calendar_entry_has_the_time_of_its_last_change(visitor, forum, anna):
    """Each change raises LAST-MODIFIED; those of time, place and status SEQUENCE too (RFC 5546, 2.1.4)."""
    hours = itertools.count(1)

    def later():
        return timezone.now() + next(hours) * HOUR

    found = [entry_in_file(visitor, anna)]
    commands.switch_mode(anna.pk, Mode.ONLINE, now=later())
    found.append(entry_in_file(visitor, anna))
    change_event(forum.event, venue_name="New Mill")
    CalendarEntry.objects.filter(is_row=False).update(modified_at=later())
    found.append(entry_in_file(visitor, anna))
    change_event(forum.event, venue_name="")
    CalendarEntry.objects.filter(is_row=False).update(modified_at=later())
    found.append(entry_in_file(visitor, anna))
    staff = make_staff()
    commands.cancel(anna.pk, staff, now=later())
    commands.reinstate(anna.pk, staff, now=later())
    found.append(entry_in_file(visitor, anna))
    moments = [entry["LAST-MODIFIED"].dt for entry in found]
    numbers = [entry["SEQUENCE"] for entry in found]
    for values in (moments, numbers):
        assert values == sorted(set(values))
    EventPage.objects.filter(pk=forum.pk).update(title="New title", last_published_at=later())
    renamed = entry_in_file(visitor, anna)
    assert renamed["LAST-MODIFIED"].dt > moments[-1]
    assert renamed["SEQUENCE"] == numbers[-1]
    assert entry_in_file(visitor, anna) == renamed


def test_the_personal_calendar_entry(visitor, anna):
    response = visitor.get(link_of(anna, "registration_calendar"))
    calendar = icalendar.Calendar.from_ical(response.content)
    entry = calendar.walk("VEVENT")[0]
    assert (str(entry["UID"]), entry["SEQUENCE"]) == (str(anna.calendar_key), 0)
    assert tokens.token_for(anna) not in response.content.decode()
    assert SECRET not in response.content.decode()
    assert response["Content-Type"] == "text/calendar; charset=utf-8"


def test_participants_without_a_place_have_no_calendar_entry(visitor, forum):
    waiting = make_registration(forum.event, _S.WAITING)
    assert visitor.get(link_of(waiting, "registration_calendar")).status_code == 409


def test_see_and_download_all_data(visitor, anna):
    assert "No nuts" in text_of(read(visitor, anna, "registration_data").main)
    response = visitor.get(link_of(anna, "registration_data_file"))
    assert response["Content-Disposition"] == 'attachment; filename="registration.json"'
    assert json.loads(response.content)["registration"]["name"] == "Anna Example"


def test_erase_own_data(visitor, anna):
    old = link_of(anna)
    response = submit(visitor, anna, "erase")
    assert "Tick the box to confirm." in text_of(soup(response).select_one(".error-summary"))
    assert reload(anna).name == "Anna Example"
    response = submit(visitor, anna, "erase", agree="on")
    assert (response.status_code, response["Location"]) == (303, reverse("registration_erased"))
    erased = soup(visitor.get(response["Location"]))
    assert text_of(erased.h1) == "Your data is erased"
    # What is left elsewhere.
    assert "If you registered for other events, use the personal link of each of them" in text_of(erased.main)
    assert reload(anna).name == ""
    assert visitor.get(old).status_code == 404


def test_busy_while_erasing(visitor, anna, monkeypatch):
    fail(monkeypatch, "erase", errors.BusyError, erasure)
    assert submit(visitor, anna, "erase", agree="on").status_code == 429


def test_no_joining_link_is_promised_for_a_moment_where_there_is_none(visitor, forum):
    online = make_registration(forum.event, mode=Mode.ONLINE)
    assert "The joining link appears here on" in status_text(visitor, online)
    change_event(forum.event, online_link="")
    text = status_text(visitor, online)
    assert "The organisers have not added the joining link yet." in text
    assert "The joining link appears here on" not in text


def test_the_joining_link_appears_some_hours_before(forum):
    online = make_registration(forum.event, mode=Mode.ONLINE)
    starts_at = online.event.starts_at
    assert not participant_detail(online, starts_at - JOIN_BEFORE - HOUR).may_join
    assert participant_detail(online, starts_at - JOIN_BEFORE).may_join


def test_possible_actions_of_a_registration(forum):
    view = participant_detail(make_registration(forum.event, _S.WITHDRAWN), NOW)
    assert [view.may_change, view.may_withdraw, view.other_modes, view.has_calendar] == [False, False, [], False]
    forum.event.registration_settings.delete()
    registration = Registration.objects.select_related("event").get(pk=make_registration(forum.event).pk)
    view = participant_detail(registration, NOW)
    assert (view.change_until, view.withdraw_until) == (None, None)


# Number of queries


PERSONAL_QUERIES = 18


def test_ten_thousand_registrations_need_no_more_queries(visitor, anna, django_assert_num_queries):
    url = link_of(anna)
    visitor.get(url)
    with django_assert_num_queries(PERSONAL_QUERIES):
        visitor.get(url)
    Registration.objects.bulk_create(
        (
            Registration(event=anna.event, status="confirmed", mode="online", language="en", email_key=f"p{number}@x")
            for number in range(10_000)
        ),
        batch_size=2000,
    )
    with django_assert_num_queries(PERSONAL_QUERIES):
        visitor.get(url)


# From registration to an accepted offer


def test_a_place_passes_from_one_participant_to_the_next(home_page):
    page = make_open_page(home_page, seats={Mode.ON_SITE: (1, True)}, slug="small")
    people = [Visitor(), Visitor()]
    headings = []
    for number, visitor in enumerate(people):
        fields = {
            "given_name": f"Person {number}",
            "email": f"p{number}@example.org",
            "form_token": old_form_token(page.event_id),
        }
        response = visitor.send(page.register_path(), **fields)
        headings.append(text_of(soup(visitor.get(response["Location"])).h1))
    assert headings == ["You are registered", "You are on the waiting list"]
    first, second = Registration.objects.order_by("pk")
    assert submit(people[0], first, "withdraw").status_code == 303
    assert status_text(people[1], second).startswith("A place is available for you")
    assert submit(people[1], second, "accept").status_code == 303
    assert (status_of(first), status_of(second)) == (_S.WITHDRAWN, _S.CONFIRMED)
    kinds = OutboxMail.objects.filter(registration=second).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == [MailKind.WAITING, MailKind.OFFERED, MailKind.CONFIRMED]
