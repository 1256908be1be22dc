"""Events that people can register for, and registrations in any state."""

from __future__ import annotations

import datetime
import itertools
import uuid

from django.utils import timezone

from events.enums import Mode
from events.models import Event, EventPage, Registration, RegistrationSettings, SeatPool
from events.registration import tokens
from events.registration.actor import Actor, staff
from events.registration.addresses import email_key
from events.registration.commands import Applicant, Outcome, register
from events.states import RegistrationStatus
from tests.factories import reload
from tests.factories.events import make_event, make_page

NOW = datetime.datetime(2030, 5, 1, 12, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
# Ten seats on site and any number online, both with a waiting list.
SEATS = {Mode.ON_SITE: (10, True), Mode.ONLINE: (None, True)}

_numbers = itertools.count(1)


def set_up_registration(event: Event, seats=None, **settings) -> Event:
    """Open the event for registration, from a week before `NOW` (and before today) to its beginning."""
    opens_at = min(NOW, timezone.now()) - 7 * DAY
    RegistrationSettings.objects.create(event=event, **({"opens_at": opens_at} | settings))
    for mode, (capacity, has_waiting_list) in (SEATS if seats is None else seats).items():
        SeatPool.objects.create(event=event, mode=mode, capacity=capacity, has_waiting_list=has_waiting_list)
    return Event.objects.get(pk=event.pk)


def make_open_event(seats=None, event_fields=None, **settings) -> Event:
    """Make an event without a page that is open for registration; it begins on 16 May 2030."""
    return set_up_registration(make_event(**(event_fields or {})), seats, **settings)


def make_open_page(
    home_page, *rows, seats=None, event_fields=None, title="Forum", slug="forum", **settings
) -> EventPage:
    """Make an event with a live page in the source language that is open for registration."""
    page = make_page(home_page, *rows, title=title, slug=slug, **(event_fields or {}))
    set_up_registration(page.event, seats, **settings)
    return EventPage.objects.get(pk=page.pk)


def set_seats_of(event: Event, mode: Mode, capacity: int | None, *, has_waiting_list: bool = True) -> None:
    """Change seats without the command for it, so that nobody moves up from the waiting list."""
    SeatPool.objects.update_or_create(
        event=event, mode=mode, defaults={"capacity": capacity, "has_waiting_list": has_waiting_list}
    )


def applicant(name: str = "", mode: Mode = Mode.ON_SITE, **values) -> Applicant:
    """Return an applicant whose email address is made from their name."""
    name = name or f"Person {next(_numbers)}"
    email = values.pop("email", f"{name.lower().replace(' ', '.')}@example.org")
    return Applicant(name=name, email=email, mode=mode, **values)


def register_person(event: Event, name: str = "", mode: Mode = Mode.ON_SITE, now=NOW, key=None, **values) -> Outcome:
    """Register a person with the command that the form uses."""
    answers, consents = values.pop("answers", []), values.pop("consents", [])
    sessions, key = values.pop("sessions", ()), key or uuid.uuid4()
    return register(event.pk, applicant(name, mode, **values), answers, consents, key, now, sessions=sessions)


def make_registration(
    event: Event, status: str = RegistrationStatus.CONFIRMED, mode: Mode = Mode.ON_SITE, name: str = "", **values
) -> Registration:
    """Put a registration in a state into the database, without mail, history or seats being counted."""
    person = applicant(name, mode, **{key: values.pop(key) for key in ("email", "language") if key in values})
    fields = {
        "event": event,
        "status": status,
        "mode": mode,
        "language": person.language,
        "name": person.name,
        "email": person.email,
        "email_key": email_key(person.email),
        "created_at": NOW - DAY,
        "status_since": NOW - DAY,
        "queued_at": NOW - DAY if status in (RegistrationStatus.WAITING, RegistrationStatus.OFFERED) else None,
        "offer_expires_at": NOW + DAY if status == RegistrationStatus.OFFERED else None,
    }
    registration = Registration(**(fields | values))
    registration.token_hash = tokens.first_hash(registration)
    registration.save()
    return registration


def status_of(registration: Registration) -> str:
    return reload(registration).status


def make_staff(username: str = "organiser") -> Actor:
    from django.contrib.auth import get_user_model

    user, _is_new = get_user_model().objects.get_or_create(username=username)
    return staff(user)
