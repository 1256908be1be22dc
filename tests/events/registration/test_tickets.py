"""Ticket codes: in emails, on the personal page and as a PDF; replaced and deleted with the data that they belong to."""

import io

import pikepdf
import pytest
from django.urls import reverse

from events.enums import EventStatus, MailKind, Mode
from events.models import Event, Ticket
from events.registration import commands, tickets, tokens
from events.registration.commands import address_changes
from events.registration.privacy import erasure
from events.registration.privacy.data_export import personal_data
from events.registration.privacy.data_to_read import readable
from events.states import RegistrationStatus
from tests.factories import reload
from tests.factories.mail import make_forum, make_registration, part, queue_mail, rendered
from tests.factories.registrations import NOW, make_staff

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


@pytest.fixture(scope="module")
def made_page(module_home_page):
    return make_forum(module_home_page)


@pytest.fixture
def page(made_page, db):
    return reload(made_page)


@pytest.fixture
def person(page):
    return make_registration(page.event)


def url(person, name="registration"):
    return reverse(name, kwargs={"token": tokens.token_for(person)})


def test_a_participant_has_one_code_that_is_no_link(person):
    ticket = tickets.ticket_of(person)
    assert tickets.ticket_of(person) == ticket
    assert tickets.find(tickets.shown(ticket).lower()) == ticket
    assert tokens.find(ticket.code) is None
    assert ticket.code not in tokens.token_for(person)


@pytest.mark.parametrize("change", ["renew", "address", "own address"])
def test_a_new_personal_link_replaces_the_code(person, change):
    before = tickets.ticket_of(person)
    if change == "renew":
        commands.renew_link(person.pk, make_staff(), NOW)
    elif change == "own address":
        request = address_changes.request_address(person.pk, "new@example.org", now=NOW)
        address_changes.confirm_new_address(request.pk, NOW)
    else:
        commands.change_answers(person.pk, [], {"email": "new@example.org"}, make_staff(), NOW)
    after = tickets.ticket_of(reload(person))
    assert after.code != before.code
    assert reload(before).replaced_at == NOW


def test_another_change_keeps_the_code(person):
    before = tickets.ticket_of(person)
    commands.change_answers(person.pk, [], {"name": "Maija Virtanen"}, make_staff(), NOW)
    assert tickets.ticket_of(reload(person)) == before


@pytest.mark.parametrize("kind", [MailKind.CONFIRMED, MailKind.REMINDER, MailKind.PERSONAL_LINK])
def test_emails_to_participants_on_site_contain_the_ticket(person, kind):
    message = rendered(queue_mail(person, kind))
    code = tickets.shown(tickets.ticket_of(person))
    html = part(message, "text/html")
    # The letters are in both parts, so that the ticket works without pictures.
    assert f"Your ticket: {code}\n" in part(message, "text/plain")
    assert f'alt="QR code with the letters {code}"' in html
    assert f'<p class="code">{code}</p>' in html
    pictures = [item for item in message.walk() if item.get_content_type() == "image/png"]
    assert [item["Content-ID"] for item in pictures] == ["<ticket>"]
    assert 'src="cid:ticket"' in html
    assert pictures[0].get_content().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (MailKind.CONFIRMED, {"mode": Mode.ONLINE}),
        (MailKind.WAITING, {"status": RegistrationStatus.WAITING}),
        (MailKind.PERSONAL_LINK, {"status": RegistrationStatus.PENDING}),
        (MailKind.MESSAGE, {}),
    ],
)
def test_other_emails_contain_no_ticket(page, kind, values):
    person = make_registration(page.event, **values)
    assert "Your ticket" not in part(rendered(queue_mail(person, kind)), "text/plain")
    assert not Ticket.objects.exists()


def test_the_personal_page_and_the_pdf_show_the_ticket(client, person):
    shown = client.get(url(person)).content.decode()
    code = tickets.shown(tickets.ticket_of(person))
    assert f'<p class="ticket__code">{code}</p>' in shown
    assert f'aria-label="QR code with the letters {code}"' in shown
    assert url(person, "registration_ticket") in shown
    response = client.get(url(person, "registration_ticket"))
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "private, no-store"
    with pikepdf.open(io.BytesIO(response.content)) as pdf:
        assert len(pdf.pages) == 1
        assert str(pdf.Root.Lang) == "en"
        assert str(pdf.docinfo["/Title"]) == "Ticket: Forum of care"


@pytest.mark.parametrize(
    "values",
    [{"mode": Mode.ONLINE}, {"status": RegistrationStatus.WAITING}, {"status": RegistrationStatus.WITHDRAWN}],
)
def test_people_without_a_place_on_site_have_no_ticket(client, page, values):
    person = make_registration(page.event, **values)
    assert "Your ticket" not in client.get(url(person)).content.decode()
    assert client.get(url(person, "registration_ticket")).status_code == 409


def test_an_event_that_moved_online_shows_no_ticket(client, person):
    event = Event.objects.get(pk=person.event_id)
    event.status = EventStatus.MOVED_ONLINE
    event.save()
    assert "Your ticket" not in client.get(url(person)).content.decode()


def test_the_copy_of_the_data_contains_the_codes(person):
    code = tickets.ticket_of(person).code
    commands.renew_link(person.pk, make_staff(), NOW)
    newer = tickets.ticket_of(person).code
    assert [row["code"] for row in personal_data(person, NOW)["tickets"]] == [code, newer]
    lines = next(section.lines for section in readable(person) if section.heading == "Tickets")
    assert lines == [("Replaced", tickets.grouped(code)), ("Valid", tickets.grouped(newer))]


def test_erasure_deletes_the_codes(person):
    tickets.ticket_of(person)
    erasure.erase(person.pk, now=NOW)
    assert not Ticket.objects.exists()
