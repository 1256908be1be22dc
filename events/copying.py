"""A copy of an event's page tells of an event of its own."""

from __future__ import annotations

import uuid

from django.db import transaction

from events.enums import Status
from events.models import Event, EventOrganiser, EventPage


@transaction.atomic
def give_copy_its_own_event(page: EventPage, user) -> None:
    """Point a copied page, published and draft, to a copy of its event's facts that takes place as planned."""
    original = page.event
    event = Event.objects.get(pk=original.pk)
    event.pk, event.key = None, uuid.uuid4()
    event._state.adding = True
    event.status, event.previous_first_day = Status.SCHEDULED, None
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
