"""Announces what becomes public: facts when they are saved, timetables when they are published."""

from functools import partial

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from wagtail.signals import page_published, page_unpublished

from events.models import Event, EventPage
from events.timetable.announce import announce


@receiver(post_save, sender=Event, dispatch_uid="announce-facts")
def announce_facts(instance, raw=False, **kwargs):  # noqa: FBT002  (the signal's arguments)
    if not raw:
        announce(instance.pk)
        instance.refresh_from_db(fields=["starts_at", "ends_at", "has_hours", "known_until"])


@receiver([page_published, page_unpublished], sender=EventPage, dispatch_uid="announce-timetable")
def announce_timetable(instance, **kwargs):
    # Translations matter as well: they bring the titles of rows in their language.
    transaction.on_commit(partial(announce, instance.event_id))
