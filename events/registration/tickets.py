"""Ticket codes of participants with a place.

A code is made when it is first shown, and replaced together with the personal link. It is random and gives no access.
It is stored unencrypted, because every email and the list at the door show it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from events.enums import Mode
from events.models import Event, Registration, Ticket
from events.states import ADMITTED, ATTENDING
from home.codes import grouped, is_like_code, new_code, read_code

# Number of characters: 85 bits and the check character.
LENGTH = 17


def ticket_of(registration: Registration) -> Ticket:
    """Return the valid ticket of a registration. A ticket is made if there is none."""
    found = Ticket.objects.filter(registration=registration, replaced_at=None).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return Ticket.objects.create(registration=registration, code=new_code(LENGTH))
    except IntegrityError:
        # Another request has made the ticket at the same time.
        return Ticket.objects.get(registration=registration, replaced_at=None)


def shows_ticket(registration: Registration) -> bool:
    """Return whether the participant gets a ticket. Participants with a place on site do."""
    return (
        registration.status in ATTENDING
        and registration.anonymised_at is None
        and registration.effective_mode == Mode.ON_SITE
    )


def make_missing(event: Event) -> dict[int, str]:
    """Return the ticket codes of all participants with a place, by registration key. Missing codes are made."""
    people = Registration.objects.filter(event=event, status__in=ADMITTED, anonymised_at=None)
    missing = people.exclude(Exists(Ticket.objects.filter(registration=OuterRef("pk"), replaced_at=None)))
    new = [Ticket(registration_id=pk, code=new_code(LENGTH)) for pk in missing.values_list("pk", flat=True)]
    # Another request may make some of them at the same time.
    Ticket.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)
    rows = Ticket.objects.filter(registration__in=people, replaced_at=None)
    return dict(rows.values_list("registration_id", "code"))


def replace(registration: Registration, now: datetime.datetime) -> None:
    """Make the ticket code invalid. A new code is made when it is shown next."""
    Ticket.objects.filter(registration=registration, replaced_at=None).update(replaced_at=now)


def find(text: str) -> Ticket | None:
    """Return the ticket whose code the text contains, with its registration and event, or None."""
    code = read_code(text, LENGTH)
    if not code:
        return None
    return Ticket.objects.filter(code=code).select_related("registration__event").first()


def is_ticket(text: str) -> bool:
    """Return whether the text is a code with a correct check character, whether or not such a ticket exists."""
    return bool(read_code(text, LENGTH))


def looks_like_ticket(text: str) -> bool:
    """Return whether the text was meant as a code and not as a name. The code may be wrong."""
    return is_like_code(text, LENGTH)


def shown(ticket: Ticket) -> str:
    """Return the code in groups of characters, for people to read and type."""
    return grouped(ticket.code)


def delete_tickets(registrations: Iterable[int]) -> None:
    """Delete the tickets of registrations (primary keys) that become anonymous."""
    Ticket.objects.filter(registration__in=list(registrations)).delete()
