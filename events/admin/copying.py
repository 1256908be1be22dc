"""Gives a copied event page an event of its own."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import User
from django.db import transaction

from events.enums import EventStatus
from events.models import Event, EventOrganiser, EventPage, RegistrationSettings, SeatPool
from events.registration.access import grant_to_creator

# Dates of the original that mean nothing for the copy.
RESET_FIELDS = [
    "opens_at",
    "closes_at",
    "waiting_until",
    "change_until",
    "withdraw_until",
    "reminded_at",
    "sensitive_erased_at",
    "anonymised_at",
]


@transaction.atomic
def create_event_for_copied_page(page: EventPage, user: User) -> None:
    """Point a copied page and its revisions to a copy of the original's event, with the status "scheduled"."""
    original = page.event
    event = Event.objects.get(pk=original.pk)
    event.pk, event.key = None, uuid.uuid4()
    event._state.adding = True
    event.status, event.previous_first_day = EventStatus.SCHEDULED, None
    event.changed_by, event._logged = user, None
    event.save()
    for row in original.organisers.all():
        EventOrganiser.objects.create(event=event, organisation=row.organisation, sort_order=row.sort_order)
    EventPage.objects.filter(pk=page.pk).update(event=event)
    for revision in page.revisions.all():
        revision.content["event"] = event.pk
        revision.save(update_fields=["content"])
    page.event = event
    event.save()
    _copy_registration_settings(original, event)
    grant_to_creator(event, user)


def _copy_registration_settings(original: Event, event: Event) -> None:
    """Copy settings and places, but no registrations and no access. The copy's registration has no opening date yet."""
    settings = RegistrationSettings.objects.filter(event=original).first()
    if settings is None:
        return
    settings.pk, settings.event = None, event
    settings._state.adding = True
    for name in RESET_FIELDS:
        setattr(settings, name, None)
    settings.save()
    for pool in SeatPool.objects.filter(event=original):
        SeatPool.objects.create(
            event=event, mode=pool.mode, capacity=pool.capacity, has_waiting_list=pool.has_waiting_list
        )
