"""Registrations and mails for tests of the mail, made without the commands that cause them."""

import datetime
import email
import email.policy
from email.message import EmailMessage

from django.core import mail as django_mail
from django.utils import timezone

from events.enums import MailKind, Mode
from events.models import Event, EventPage, OutboxMail, Registration, RegistrationSettings, SeatPool
from events.registration.mail import queue
from events.registration.mail.rendering import render
from events.registration.tokens import first_hash
from events.states import RegistrationStatus
from tests.factories import reload
from tests.factories.events import make_page, translate_all

NOW = datetime.datetime(2030, 5, 1, 9, 0, tzinfo=datetime.UTC)
TOMORROW = NOW + datetime.timedelta(days=1)
# The status in which an email of each kind is relevant; confirmed for kinds that are not listed.
STATES = {
    MailKind.CONFIRM_ADDRESS: RegistrationStatus.OFFERED,
    MailKind.RECEIVED: RegistrationStatus.PENDING,
    MailKind.WAITING: RegistrationStatus.WAITING,
    MailKind.INVITED: RegistrationStatus.OFFERED,
    MailKind.OFFERED: RegistrationStatus.OFFERED,
    MailKind.OFFER_EXPIRED: RegistrationStatus.EXPIRED,
    MailKind.NO_PLACE: RegistrationStatus.WAITING,
    MailKind.WITHDRAWN: RegistrationStatus.WITHDRAWN,
    MailKind.REJECTED: RegistrationStatus.REJECTED,
    MailKind.CANCELLED: RegistrationStatus.CANCELLED,
    MailKind.CERTIFICATE: RegistrationStatus.ATTENDED,
    MailKind.SURVEY: RegistrationStatus.ATTENDED,
}


def make_forum(home_page, *, languages=(), **fields) -> EventPage:
    """Make an event of one day with registration, in English and `languages`."""
    page = make_page(
        home_page,
        title="Forum of care",
        **{
            "start_time": datetime.time(9),
            "end_time": datetime.time(16),
            "venue_name": "Old Mill",
            "contact_name": "The office",
            "contact_email": "forum@example.org",
            "online_link": "https://meet.example.org/secret",
        }
        | fields,
    )
    RegistrationSettings.objects.create(event=page.event, opens_at=NOW)
    SeatPool.objects.create(event=page.event, mode=Mode.ON_SITE, capacity=10)
    SeatPool.objects.create(event=page.event, mode=Mode.ONLINE)
    page.confirmation_note = "Bring a warm coat."
    page.save_revision().publish()
    if languages:
        translate_all(page.get_parent().specific, page, codes=languages)
    return EventPage.objects.get(pk=page.pk)


def make_registration(event: Event, **values) -> Registration:
    status = values.setdefault("status", RegistrationStatus.CONFIRMED)
    number = Registration.objects.count() + 1
    fields = {
        "event": event,
        "mode": Mode.ON_SITE,
        "language": "en",
        "name": "Maija Meikäläinen",
        "email": f"maija{number}@example.org",
        "created_at": NOW,
        "queued_at": NOW if status == RegistrationStatus.WAITING else None,
        "offer_expires_at": TOMORROW if status == RegistrationStatus.OFFERED else None,
    } | values
    registration = Registration(email_key=fields["email"], **fields)
    registration.token_hash = first_hash(registration)
    registration.save()
    return registration


def queue_mail(registration: Registration, kind: MailKind = MailKind.CONFIRMED, **values) -> OutboxMail:
    mail = queue.enqueue(registration.event, kind, registration, **values)
    OutboxMail.objects.filter(pk=mail.pk).update(created_at=NOW, next_try_at=NOW)
    return reload(mail)


def parsed(message) -> EmailMessage:
    """Return a message as a mail program receives it: serialised and parsed again."""
    return email.message_from_bytes(message.message().as_bytes(linesep="\r\n"), policy=email.policy.default)


def rendered(mail: OutboxMail, now=NOW) -> EmailMessage:
    return parsed(render(reload(mail), now))


def part(message: EmailMessage, kind: str) -> str:
    """Return the text of the one part of a kind, such as "text/html"."""
    found = [item for item in message.walk() if item.get_content_type() == kind]
    assert len(found) == 1
    return found[0].get_content().replace("\r\n", "\n")


def sent() -> list[EmailMessage]:
    return [parsed(message) for message in django_mail.outbox]


def real_now() -> datetime.datetime:
    return timezone.now()


def kinds_of_mails(**filters) -> list[str]:
    """Return the kinds of the emails in the outbox, the earliest first."""
    return list(OutboxMail.objects.filter(**filters).order_by("pk").values_list("kind", flat=True))
