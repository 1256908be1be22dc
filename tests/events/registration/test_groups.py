"""Registration of a group: one sender, several people."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from events.enums import ConsentPurpose, MailKind, Mode, QuestionKind
from events.models import Answer, EventPage, EventQuestion, OutboxMail, Registration, SeatPool
from events.registration import commands, errors
from events.registration.addresses import email_key
from events.registration.commands import GroupMember, register_group
from events.registration.mail.delivery import deliver_due
from events.registration.privacy import erasure
from events.registration.privacy.data_export import personal_data
from events.registration.seats import seat_counts
from events.states import RegistrationStatus
from home.names import name_key
from tests.factories import reload
from tests.factories.mail import part, rendered
from tests.factories.registrations import (
    NOW,
    applicant,
    make_open_event,
    make_open_page,
    make_registration,
    make_staff,
    register_person,
    status_of,
)
from tests.html import hidden_fields, soup, text_of
from tests.visitors import Visitor, link_of, old_form_token

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
_S = RegistrationStatus
SENDER = "office@example.org"
FORM = uuid.UUID("11111111-1111-4111-8111-111111111111")


def own(name: str, **values) -> GroupMember:
    return GroupMember(applicant(name, **values))


def shared(name: str, **values) -> GroupMember:
    return GroupMember(applicant(name, email=SENDER, **values), is_shared=True)


def send(event, *members, key=FORM, accept_waiting=False):
    return register_group(event.pk, SENDER, members, key, accept_waiting=accept_waiting, now=NOW)


def names(status: str) -> list[str]:
    return list(Registration.objects.filter(status=status).order_by("pk").values_list("name", flat=True))


def mails() -> list[tuple]:
    return list(OutboxMail.objects.order_by("pk").values_list("kind", "registration__name"))


def test_each_person_is_a_registration_and_the_sender_gets_one_email():
    event = make_open_event()
    outcome = send(event, own("Anna"), shared("Bo"), shared("Cee"))
    assert outcome.statuses == [_S.CONFIRMED] * 3
    rows = list(Registration.objects.order_by("pk").values_list("name", "email", "address_name", "group_key"))
    assert rows == [
        ("Anna", "anna@example.org", "", FORM),
        ("Bo", SENDER, "bo", FORM),
        ("Cee", SENDER, "cee", FORM),
    ]
    assert len(set(Registration.objects.values_list("token_hash", flat=True))) == 3
    assert mails() == [("confirmed", "Anna"), ("group", None)]
    assert [entry.action for entry in Registration.objects.first().history.all()] == ["register_group"]
    assert seat_counts(event)[Mode.ON_SITE].held == 3


def test_the_same_group_sent_twice_is_registered_once():
    event = make_open_event()
    people = (own("Anna"), shared("Bo"))
    first, second = send(event, *people), send(event, *people)
    assert first == second
    assert Registration.objects.count() == 2
    assert OutboxMail.objects.count() == 2
    # With another form, the same people are known: nothing changes, and the outcome looks the same.
    assert send(event, *people, key=uuid.uuid4()) == first
    assert Registration.objects.count() == 2
    assert mails()[2:] == [("personal_link", "Anna"), ("group", None)]
    # The same form with one person more.
    assert send(event, *people, shared("Cee")).statuses == [_S.CONFIRMED] * 3
    assert names(_S.CONFIRMED) == ["Anna", "Bo", "Cee"]


def test_all_or_nobody():
    event = make_open_event({Mode.ON_SITE: (2, True)})
    with pytest.raises(errors.FullError):
        send(event, own("Anna"), own("Bo"), own("Cee"))
    assert not Registration.objects.exists()
    assert not OutboxMail.objects.exists()
    assert send(event, own("Anna"), own("Bo")).with_place == 2


def test_those_who_fit_and_the_others_on_the_waiting_list():
    event = make_open_event({Mode.ON_SITE: (2, True)})
    people = [own(name) for name in ("Anna", "Bo", "Cee", "Dan")]
    outcome = send(event, *people, accept_waiting=True)
    assert (outcome.with_place, outcome.waiting) == (2, 2)
    assert names(_S.CONFIRMED) == ["Anna", "Bo"]
    assert list(
        Registration.objects.order_by("queued_at").filter(status=_S.WAITING).values_list("name", flat=True)
    ) == [
        "Cee",
        "Dan",
    ]
    assert send(make_open_event({Mode.ON_SITE: (1, True)}), own("Anna"), own("Bo"), accept_waiting=True).waiting == 1
    with pytest.raises(errors.FullError):
        send(make_open_event({Mode.ON_SITE: (1, False)}), own("Anna"), own("Bo"), accept_waiting=True)


def test_the_outcome_does_not_reveal_who_is_registered():
    event = make_open_event({Mode.ON_SITE: (3, True)})
    register_person(event, "Known", email="known@example.org")
    outcome = send(event, own("Known", email="known@example.org"), own("Bo"), own("Cee"), accept_waiting=True)
    # As if each of them needed a place; the one that stays free is offered to the person who waits.
    assert outcome.statuses == [_S.CONFIRMED, _S.CONFIRMED, _S.WAITING]
    assert status_of(Registration.objects.get(name="Cee")) == _S.OFFERED


def test_one_address_registers_each_person_once():
    event = make_open_event()
    send(event, shared("Bo Example"), shared("Cee"))
    # The owner of the address registers themselves, and nobody twice.
    assert register_person(event, "Office", email=SENDER).is_known is False
    assert register_person(event, "Example Bo", email=SENDER).is_known is True
    assert send(event, shared("Office"), shared("Dan"), key=uuid.uuid4()).with_place == 2
    assert Registration.objects.count() == 4
    with pytest.raises(errors.AlreadyRegisteredError):
        commands.add_registration(event.pk, applicant("bo example", email=SENDER), make_staff(), now=NOW)


def test_the_database_refuses_a_person_twice():
    event = make_open_event()
    values = {"email": SENDER, "address_name": name_key("Bo")}
    make_registration(event, name="Bo", **values)
    make_registration(event, name="Office", email=SENDER)
    make_registration(event, _S.WITHDRAWN, name="Bo", **values)
    for name, address_name in (("Bo", "bo"), ("Other", "")):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_registration(event, name=name, email=SENDER, address_name=address_name)


@pytest.fixture
def pair():
    """Two people with the address of the sender, and the owner of the address."""
    event = make_open_event()
    owner = register_person(event, "Office", email=SENDER).registration
    send(event, shared("Bo"), shared("Cee"))
    return owner, Registration.objects.get(name="Bo"), Registration.objects.get(name="Cee")


def test_what_one_person_does_leaves_the_others_alone(pair):
    owner, bo, cee = pair
    data = personal_data(bo, NOW)
    assert data["registration"]["name"] == "Bo"
    assert data["earlier_registrations"] == []
    commands.withdraw(bo.pk, now=NOW)
    commands.change_answers(cee.pk, [], {"name": "Cee Example"}, now=NOW)
    assert (status_of(owner), status_of(cee)) == (_S.CONFIRMED, _S.CONFIRMED)
    assert reload(cee).address_name == "cee example"
    erasure.erase(cee.pk, now=NOW)
    assert (reload(cee).address_name, reload(cee).group_key, reload(cee).name) == ("", None, "")
    assert (reload(owner).email, reload(bo).name) == (SENDER, "Bo")
    commands.withdraw_consent(owner.pk, ConsentPurpose.PHOTOS, now=NOW)
    erasure.erase(owner.pk, now=NOW)
    assert reload(bo).email == SENDER


def test_a_person_takes_an_address_of_their_own(pair):
    owner, bo, cee = pair
    change = commands.request_address(bo.pk, "bo@example.org", now=NOW)
    commands.confirm_new_address(change.pk, NOW)
    assert (reload(bo).email_key, reload(bo).address_name) == ("bo@example.org", "")
    assert (reload(owner).email, reload(cee).email) == (SENDER, SENDER)
    with pytest.raises(errors.AddressTakenError):
        commands.change_answers(cee.pk, [], {"email": "bo@example.org"}, make_staff(), NOW)


def test_the_email_that_waits_has_no_link_of_someone_who_took_an_address_of_their_own(forum):
    send(forum.event, shared("Bo"), shared("Cee"))
    mail = OutboxMail.objects.get(kind=MailKind.GROUP)
    bo, cee = (Registration.objects.get(name=name) for name in ("Bo", "Cee"))
    change = commands.request_address(bo.pk, "bo@example.org", now=NOW)
    commands.confirm_new_address(change.pk, NOW)
    text = part(rendered(reload(mail)), "text/plain")
    assert link_of(cee) in text
    assert "- Bo: has a place" in text
    assert text.count("/registration/") == 1


def test_the_email_that_waits_does_not_name_who_was_erased(forum):
    send(forum.event, own("Anna"), shared("Bo"))
    mail = OutboxMail.objects.get(kind=MailKind.GROUP)
    erasure.erase(Registration.objects.get(name="Anna").pk, now=NOW)
    assert [entry["name"] for entry in reload(mail).payload["people"]] == ["Bo"]
    text = part(rendered(reload(mail)), "text/plain")
    assert ("Anna" in text, "- Bo: has a place" in text) == (False, True)
    erasure.erase(Registration.objects.get(name="Bo").pk, now=NOW)
    assert (reload(mail).payload, reload(mail).recipient) == ({}, "")
    deliver_due(NOW)
    assert reload(mail).status == "withheld"


def test_one_link_confirms_the_address_for_everyone_with_it():
    event = make_open_event(confirms_address=True)
    assert send(event, own("Anna"), shared("Bo"), shared("Cee")).statuses == [_S.OFFERED] * 3
    commands.accept_offer(Registration.objects.get(name="Bo").pk, now=NOW)
    assert names(_S.CONFIRMED) == ["Bo", "Cee"]
    assert names(_S.OFFERED) == ["Anna"]
    assert mails()[2:] == [("confirmed", "Bo"), ("confirmed", "Cee")]


@pytest.fixture(scope="module")
def made_forum(module_home_page) -> EventPage:
    page = make_open_page(module_home_page, largest_group=3, seats={Mode.ON_SITE: (2, True), Mode.ONLINE: (None, True)})
    rows = [
        EventQuestion(label="What for?", kind=QuestionKind.TEXT, is_required=True, locale=page.locale, sort_order=0),
        EventQuestion(label="Diet", is_sensitive=True, locale=page.locale, sort_order=1),
    ]
    page.questions.set(rows)
    page.save_revision().publish()
    return EventPage.objects.get(pk=page.pk)


@pytest.fixture
def forum(made_forum, db) -> EventPage:
    return reload(made_forum)


@pytest.fixture
def url(forum) -> str:
    return f"{forum.register_path()}group/"


def fields_of(visitor, url, forum, *people, **others) -> dict:
    """Return the values that a browser sends for these people: name, address, answer."""
    question = f"q_{EventQuestion.objects.get(label='What for?').translation_key.hex}"
    found = hidden_fields(soup(visitor.get(url))) | {"form_token": old_form_token(forum.event_id)}
    found |= {"sender": SENDER, "when_full": "nobody", "informed": "on"}
    found["person"] = [str(number) for number in range(1, len(people) + 1)]
    for number, (name, email, answer) in enumerate(people, 1):
        found |= {f"p{number}-given_name": name, f"p{number}-email": email, f"p{number}-{question}": answer}
        found[f"p{number}-mode"] = "on_site"
    return found | others


def test_a_group_is_registered_by_the_form(forum, url):
    visitor = Visitor()
    page = soup(visitor.get(url))
    assert len(page.select("input[name=person]")) == 2
    assert "Diet" not in text_of(page.form)
    assert soup(visitor.get(forum.register_path())).select(f"a[href='{url}']")
    fields = fields_of(visitor, url, forum, ("Anna", "anna@example.org", "To learn"), ("Bo", "", "To teach"))
    response = visitor.post(url, fields)
    assert response.status_code == 303
    end = soup(visitor.get(response.url))
    assert "2 places" in text_of(end.main)
    assert "anna" not in response.url
    assert [(person.name, person.email) for person in Registration.objects.order_by("pk")] == [
        ("Anna", "anna@example.org"),
        ("Bo", SENDER),
    ]
    assert list(Answer.objects.order_by("pk").values_list("value", flat=True)) == ["To learn", "To teach"]
    assert visitor.post(url, fields).url == response.url
    assert Registration.objects.count() == 2
    assert visitor.get(response.url.replace("/2/0/", "/3/0/")).status_code == 404


def test_errors_are_beside_the_person_and_everything_stays(forum, url):
    visitor = Visitor()
    fields = fields_of(visitor, url, forum, ("Anna", "x@", "To learn"), ("", "", ""), sender="", informed="")
    page = soup(visitor.post(url, {name: value for name, value in fields.items() if value}))
    question = f"q_{EventQuestion.objects.get(label='What for?').translation_key.hex}"
    anchors = [item["href"] for item in page.select(".error-summary a")]
    assert anchors == ["#id_sender", "#id_informed", "#id_p1-email", "#id_p2-given_name", f"#id_p2-{question}"]
    assert page.select_one("[name=p1-given_name]")["value"] == "Anna"
    assert page.select_one("[name=p1-email]")["value"] == "x@"
    assert page.select_one(f"[name=p1-{question}]")["value"] == "To learn"
    assert page.select_one("#person-1 .field--error #id_p1-email")
    assert not Registration.objects.exists()
    double = fields_of(visitor, url, forum, ("Anna", "a@example.org", "x"), ("Bo", "A@example.org", "x"))
    assert [item["href"] for item in soup(visitor.post(url, double)).select(".error-summary a")] == ["#id_p2-email"]
    same = fields_of(visitor, url, forum, ("Anna", "", "x"), ("anna", SENDER, "x"))
    assert [item["href"] for item in soup(visitor.post(url, same)).select(".error-summary a")] == ["#id_p2-given_name"]


def test_people_are_added_and_removed_without_a_script(forum, url):
    visitor = Visitor()
    fields = fields_of(visitor, url, forum, ("Anna", "", "x"), ("Bo", "", "x"))
    more = soup(visitor.post(url, fields | {"add": "1"}))
    assert [item["value"] for item in more.select("input[name=person]")] == ["1", "2", "3"]
    assert more.select_one("[name=p2-given_name]")["value"] == "Bo"
    assert more.select_one("fieldset[autofocus]")["id"] == "person-3"
    assert "The form now has 3 people." in text_of(more.select_one("fieldset[autofocus] [role=status]"))
    assert "A group has from 2 to 3 people." in text_of(more.main)
    assert not more.select(".error-summary, button[name=add]")
    fewer = soup(visitor.post(url, fields | {"person": ["1", "2", "3"], "remove": "1"}))
    assert [item["value"] for item in fewer.select("input[name=person]")] == ["2", "3"]
    assert fewer.select_one("[name=p2-given_name]")["value"] == "Bo"
    assert not fewer.select("button[name=remove]")
    assert fewer.select_one("fieldset[autofocus]")["id"] == "person-2"
    assert "The form now has 2 people." in text_of(fewer.select_one("fieldset[autofocus] [role=status]"))
    last = soup(visitor.post(url, fields | {"person": ["1", "2", "3"], "remove": "3"}))
    assert last.select_one("fieldset[autofocus]")["id"] == "person-2"
    # Hostile numbers of people.
    assert visitor.post(url, fields | {"person": ["1"]}).status_code == 200
    assert visitor.post(url, fields | {"person": ["x", "9" * 50], "add": "1"}).status_code == 200
    assert not Registration.objects.exists()


def test_a_group_without_enough_places_is_told(forum, url):
    visitor = Visitor()
    fields = fields_of(visitor, url, forum, *((name, "", "x") for name in ("Anna", "Bo", "Cee")))
    refused = visitor.post(url, fields)
    assert refused.status_code == 409
    page = soup(refused)
    assert "Nobody is registered." in text_of(page.select_one(".error-summary"))
    assert page.select_one("[name=p3-given_name]")["value"] == "Cee"
    assert not Registration.objects.exists()
    response = visitor.post(url, fields | {"when_full": "some"})
    assert "1 person on the waiting list" in text_of(soup(visitor.get(response.url)).main)


def test_the_form_is_there_only_if_the_event_allows_groups(forum, url):
    settings = forum.event.registration_settings
    settings.largest_group = 1
    settings.save()
    visitor = Visitor()
    assert visitor.get(url).status_code == 404
    assert not soup(visitor.get(forum.register_path())).select(f"a[href='{url}']")
    assert visitor.get(f"{url}sent/").status_code == 404


def test_the_email_to_the_sender_has_the_links_of_their_address_and_keeps_no_names(forum):
    send(forum.event, own("Anna"), shared("Bo"))
    mail = OutboxMail.objects.get(kind=MailKind.GROUP)
    text = part(rendered(mail), "text/plain")
    bo, anna = (Registration.objects.get(name=name) for name in ("Bo", "Anna"))
    assert "- Anna: has a place" in text
    assert "- Bo: has a place" in text
    assert link_of(bo) in text
    assert link_of(anna) not in text
    deliver_due(NOW)
    sent = reload(mail)
    assert (sent.status, sent.recipient, sent.payload) == ("sent", "", {})
    other = OutboxMail.objects.get(kind=MailKind.CONFIRMED)
    assert "Someone has registered you together with others." in part(rendered(other), "text/plain")
    assert email_key(other.registration.email) == "anna@example.org"


def test_each_person_of_a_group_chooses_how_they_attend(forum, url):
    row = EventQuestion.objects.get(label="What for?")
    lunch = EventQuestion(
        page=forum, label="Lunch?", only_mode="on_site", is_required=True, locale=forum.locale, sort_order=2
    )
    lunch.save()
    visitor = Visitor()
    page = soup(visitor.get(url))
    choices = page.select("#person-1[data-person] [name=p1-mode]")
    assert [(item["value"], item.has_attr("checked")) for item in choices] == [("on_site", False), ("online", False)]
    assert not page.select("[name=mode]")
    # The question about lunch is asked of those who come, and answered by those who come only.
    name = f"q_{lunch.translation_key.hex}"
    fields = fields_of(visitor, url, forum, ("Anna", "anna@example.org", "x"), ("Bo", "", "x"))
    fields |= {"p2-mode": "online", f"p1-{name}": "Fish", f"p2-{name}": "Beans"}
    wrong = soup(visitor.post(url, fields | {"p1-mode": "", f"p1-{name}": ""}))
    assert [item["href"] for item in wrong.select(".error-summary a")] == ["#id_p1-mode_0"]
    assert wrong.select_one("[name=p2-mode][value=online]").has_attr("checked")
    missing = soup(visitor.post(url, fields | {f"p1-{name}": ""}))
    assert [item["href"] for item in missing.select(".error-summary a")] == [f"#id_p1-{name}"]
    assert visitor.post(url, fields).status_code == 303
    assert list(Registration.objects.order_by("pk").values_list("name", "mode")) == [
        ("Anna", "on_site"),
        ("Bo", "online"),
    ]
    assert list(Answer.objects.filter(question_key=lunch.translation_key).values_list("value", flat=True)) == ["Fish"]
    assert Answer.objects.filter(question_key=row.translation_key).count() == 2
    text = part(rendered(OutboxMail.objects.get(kind=MailKind.GROUP)), "text/plain")
    assert "- Anna (On site): has a place" in text
    assert "- Bo (Online): has a place" in text


def test_a_group_has_no_choice_where_only_one_way_to_attend_is_open(forum, url):
    SeatPool.objects.filter(mode="online").delete()
    visitor = Visitor()
    page = soup(visitor.get(url))
    assert not page.select("[name$='-mode']")
    assert "On site (Few places left)" in text_of(page.form)
    fields = fields_of(visitor, url, forum, ("Anna", "", "x"), ("Bo", "", "x"))
    assert visitor.post(url, fields | {"p1-mode": "online"}).status_code == 303
    assert set(Registration.objects.values_list("mode", flat=True)) == {"on_site"}
