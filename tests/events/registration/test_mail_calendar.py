"""The calendar part of emails adds, updates and removes a calendar entry. A second parser reads it."""

import datetime

import pytest

from events.calendar.entries import event_entry
from events.enums import EventStatus, MailKind, Mode
from events.models import CalendarEntry, EventPage, OutboxMail, Registration
from events.registration.actor import PARTICIPANT
from events.registration.commands import reinstate, withdraw
from events.registration.mail import delivery
from events.registration.mail.calendar_invitation import entry_of
from events.registration.privacy.erasure import erase
from events.states import RegistrationStatus
from tests.events import vobject_parser
from tests.factories import reload
from tests.factories.events import change_event
from tests.factories.mail import NOW, make_forum, make_registration, part, queue_mail, rendered
from tests.factories.registrations import make_staff, register_person

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


@pytest.fixture(scope="module")
def made_page(module_home_page) -> EventPage:
    return make_forum(module_home_page)


@pytest.fixture
def page(made_page, db) -> EventPage:
    return reload(made_page)


def calendar_of(message):
    """Return the calendar of a mail, as the second parser reads it, and the method of its header; or None."""
    parts = [item for item in message.walk() if item.get_content_type() == "text/calendar"]
    if not parts:
        return None
    assert parts[0].get_content_charset() == "utf-8"
    text = parts[0].get_content()
    attached = [item for item in message.walk() if item.get_filename() == "event.ics"]
    assert [item.get_content_type() for item in attached] == ["application/ics"]
    assert attached[0].get_content().decode().splitlines() == text.splitlines()
    calendar = vobject_parser.read(text)
    assert calendar.method.value == parts[0].get_param("method")
    return calendar


def mark_attempted(mail: OutboxMail) -> OutboxMail:
    OutboxMail.objects.filter(pk=mail.pk).update(attempts=1)
    return mail


def test_a_confirmation_adds_the_calendar_entry(page):
    registration = make_registration(page.event, calendar_sequence=3)
    message = rendered(queue_mail(registration))
    alternative = message.get_payload(0)
    assert alternative.get_content_type() == "multipart/alternative"
    assert [item.get_content_type() for item in alternative.iter_parts()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    calendar = calendar_of(message)
    entry = calendar.vevent
    assert calendar.method.value == "REQUEST"
    assert entry.uid.value == str(registration.calendar_key)
    assert entry.sequence.value == "3"
    assert entry.status.value == "CONFIRMED"
    assert entry.summary.value == "Forum of care"
    assert entry.location.value == "Old Mill, Turku, Finland"
    assert entry.dtstart.value == datetime.datetime(2030, 5, 16, 6, tzinfo=datetime.UTC)
    assert entry.dtend.value == datetime.datetime(2030, 5, 16, 13, tzinfo=datetime.UTC)
    assert entry.dtstart.params["X-VOBJ-ORIGINAL-TZID"] == ["Europe/Helsinki"]
    assert calendar.vtimezone.tzid.value == "Europe/Helsinki"
    assert entry.dtstamp.value == NOW
    assert entry.organizer.value == "mailto:webmaster@localhost"
    assert entry.organizer.params["CN"] == ["Beacon"]
    assert entry.attendee.value == f"mailto:{registration.email}"
    assert entry.attendee.params["RSVP"] == ["FALSE"]
    assert entry.attendee.params["PARTSTAT"] == ["ACCEPTED"]


def test_the_calendar_entry_contains_no_secrets(page):
    registration = make_registration(page.event, mode=Mode.ONLINE)
    message = rendered(queue_mail(registration))
    text = part(message, "text/calendar")
    assert "secret" not in text
    assert "registration/" not in text
    assert calendar_of(message).vevent.location.value == "Online"
    assert "open your personal page" in calendar_of(message).vevent.description.value
    # The public feed has another entry, so that neither overwrites the other.
    assert str(page.event.key) not in text


def test_the_sequence_is_that_of_the_time_of_queueing(page):
    registration = make_registration(page.event, calendar_sequence=1)
    first = queue_mail(registration)
    Registration.objects.update(calendar_sequence=2)
    second = queue_mail(Registration.objects.get(), MailKind.EVENT_CHANGED)
    assert [calendar_of(rendered(mail)).vevent.sequence.value for mail in (first, second)] == ["1", "2"]


def test_a_change_of_date_updates_the_calendar_entry(page):
    registration = make_registration(page.event)
    before = calendar_of(rendered(queue_mail(registration))).vevent
    change_event(page.event, first_day=datetime.date(2030, 6, 6), last_day=datetime.date(2030, 6, 6))
    after = calendar_of(rendered(queue_mail(Registration.objects.get(), MailKind.EVENT_CHANGED))).vevent
    assert before.uid.value == after.uid.value
    assert after.dtstart.value.date() == datetime.date(2030, 6, 6)
    assert int(after.sequence.value) > int(before.sequence.value)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (MailKind.WITHDRAWN, RegistrationStatus.WITHDRAWN),
        (MailKind.CANCELLED, RegistrationStatus.CANCELLED),
        (MailKind.WAITING, RegistrationStatus.WAITING),
    ],
)
def test_losing_the_place_removes_the_calendar_entry(page, kind, status):
    registration = make_registration(page.event)
    mark_attempted(queue_mail(registration))
    Registration.objects.update(status=status, queued_at=NOW, calendar_sequence=1)
    calendar = calendar_of(rendered(queue_mail(Registration.objects.get(), kind)))
    assert calendar.method.value == "CANCEL"
    entry = calendar.vevent
    assert (entry.uid.value, entry.sequence.value, entry.status.value) == (
        str(registration.calendar_key),
        "1",
        "CANCELLED",
    )
    assert entry.attendee.value == f"mailto:{registration.email}"


def test_a_person_has_one_entry_whatever_they_do(page):
    """Register, withdraw, register again, and the file of the personal page: one UID, with rising sequences."""
    first = register_person(page.event, "Anna").registration
    calendars = [calendar_of(rendered(mark_attempted(OutboxMail.objects.get())))]
    withdraw(first.pk, now=NOW)
    calendars.append(calendar_of(rendered(OutboxMail.objects.get(kind=MailKind.WITHDRAWN))))
    second = register_person(page.event, "Anna").registration
    assert second.pk != first.pk
    calendars.append(calendar_of(rendered(OutboxMail.objects.latest("pk"))))
    assert [calendar.method.value for calendar in calendars] == ["REQUEST", "CANCEL", "REQUEST"]
    assert len({calendar.vevent.uid.value for calendar in calendars}) == 1
    assert [calendar.vevent.sequence.value for calendar in calendars] == ["0", "1", "2"]
    entry = entry_of(second, page, second.calendar_sequence, NOW)
    assert entry.uid == calendars[0].vevent.uid.value
    # Whoever reinstates the earlier one goes on with the same entry.
    withdraw(second.pk, now=NOW)
    reinstate(first.pk, make_staff(), now=NOW)
    assert Registration.objects.get(pk=first.pk).calendar_sequence == 4


def test_the_public_entry_is_another_one_and_says_so(page):
    public = event_entry(page, CalendarEntry.objects.get(is_row=False))
    own = entry_of(make_registration(page.event), page, 0, NOW)
    assert public.uid != own.uid
    assert "This is the public entry. If you register, you get an entry of your own by email" in public.description
    assert "public entry" not in own.description
    page.event.registration_settings.delete()
    without = event_entry(EventPage.objects.get(pk=page.pk), CalendarEntry.objects.get(is_row=False))
    assert "public entry" not in without.description


def erased(registration, now=NOW) -> OutboxMail:
    erase(registration.pk, PARTICIPANT, now)
    return OutboxMail.objects.get(kind=MailKind.ERASED)


@pytest.mark.parametrize("status", [RegistrationStatus.CONFIRMED, RegistrationStatus.WITHDRAWN])
def test_erasing_removes_the_calendar_entry(page, status):
    registration = make_registration(page.event, mode=Mode.ONLINE)
    mark_attempted(queue_mail(registration))
    Registration.objects.update(status=status, calendar_sequence=4)
    mail = erased(registration)
    message = rendered(mail)
    calendar = calendar_of(message)
    assert calendar.method.value == "CANCEL"
    entry = calendar.vevent
    # The email about the withdrawal has already used its sequence.
    sequence = "5" if status == RegistrationStatus.CONFIRMED else "4"
    assert (entry.uid.value, entry.sequence.value, entry.status.value) == (
        str(registration.calendar_key),
        sequence,
        "CANCELLED",
    )
    assert (entry.attendee.value, entry.location.value) == (f"mailto:{registration.email}", "Online")
    assert "removes the event from your calendar" in part(message, "text/plain")
    OutboxMail.objects.exclude(pk=mail.pk).delete()
    delivery.deliver_due()
    # The payload is deleted: the key in it identifies the participant's calendar entry.
    mail.refresh_from_db()
    assert (mail.status, mail.recipient, mail.payload) == ("sent", "", {})


def test_erasing_without_a_current_calendar_entry_sends_no_calendar_part(page):
    waiting = make_registration(page.event, status=RegistrationStatus.WAITING)
    mail = erased(waiting)
    assert calendar_of(rendered(mail)) is None
    assert mail.payload == {}
    mail.delete()
    # Once the event has started, the entry stays in the calendar.
    confirmed = make_registration(page.event)
    mark_attempted(queue_mail(confirmed))
    message = rendered(erased(confirmed, page.event.starts_at))
    assert calendar_of(message) is None
    assert "delete it there yourself" in part(message, "text/plain")


def test_the_entry_of_an_event_that_moved_online_has_the_location_online(page):
    registration = make_registration(page.event)
    change_event(page.event, status=EventStatus.MOVED_ONLINE)
    message = rendered(queue_mail(Registration.objects.get(), MailKind.EVENT_CHANGED))
    assert calendar_of(message).vevent.location.value == "Online"
    text = part(message, "text/plain")
    assert "How you attend: Online" in text
    assert "You attend online." in text
    assert registration.mode == Mode.ON_SITE


def test_participants_without_a_place_get_no_calendar_entry(page):
    waiting = make_registration(page.event, status=RegistrationStatus.WAITING)
    mark_attempted(queue_mail(waiting, MailKind.WAITING))
    assert calendar_of(rendered(queue_mail(waiting, MailKind.WAITING))) is None
    Registration.objects.update(status=RegistrationStatus.WITHDRAWN)
    assert calendar_of(rendered(queue_mail(Registration.objects.get(), MailKind.WITHDRAWN))) is None


@pytest.mark.parametrize("status", [EventStatus.CANCELLED, EventStatus.POSTPONED])
def test_a_cancelled_or_postponed_event_removes_the_calendar_entry(page, status):
    registration = make_registration(page.event)
    mark_attempted(queue_mail(registration))
    EventPage.objects.update(status_reason="The mill burns.")
    change_event(page.event, status=status)
    calendar = calendar_of(rendered(queue_mail(Registration.objects.get(), MailKind.EVENT_OFF)))
    assert calendar.method.value == "CANCEL"
    assert calendar.vevent.status.value == "CANCELLED"
    assert "The mill burns." in calendar.vevent.description.value


@pytest.mark.parametrize("kind", [MailKind.REMINDER, MailKind.PERSONAL_LINK, MailKind.MESSAGE])
def test_emails_without_a_change_have_no_calendar_part(page, kind):
    assert calendar_of(rendered(queue_mail(make_registration(page.event), kind))) is None


def test_emails_after_the_event_have_no_calendar_part(page):
    mail = queue_mail(make_registration(page.event), MailKind.CHANGED)
    assert calendar_of(rendered(mail, NOW + datetime.timedelta(days=60))) is None


def test_the_calendar_entry_of_an_event_without_times_has_whole_days(page):
    registration = make_registration(page.event)
    change_event(page.event, start_time=None, end_time=None)
    page.event.calendar_entries.all().delete()
    entry = calendar_of(rendered(queue_mail(Registration.objects.get(pk=registration.pk)))).vevent
    assert entry.dtstart.value == datetime.date(2030, 5, 16)
    assert entry.dtend.value == datetime.date(2030, 5, 17)
