"""Forwards signals of Django and Wagtail to `events/publishing.py`, which contains the steps that follow."""

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.signals import page_published, page_unpublished

from events import publishing
from events.models import Event, EventOrganiser, EventPage, EventQuestion, RegistrationSettings, SeatPool


@receiver(post_save, sender=Event, dispatch_uid="event-saved")
def on_event_saved(instance, raw=False, **kwargs):  # noqa: FBT002  (the signal's arguments)
    if not raw:
        publishing.event_saved(instance)


@receiver(page_published, sender=EventPage, dispatch_uid="event-page-published")
def on_page_published(instance, **kwargs):
    publishing.page_published(instance)


@receiver(page_unpublished, sender=EventPage, dispatch_uid="event-page-unpublished")
def on_page_unpublished(instance, **kwargs):
    publishing.page_unpublished(instance)


@receiver(post_save, sender=EventQuestion, dispatch_uid="question-saved")
def on_question_saved(instance, raw=False, **kwargs):  # noqa: FBT002  (the signal's arguments)
    if not raw:
        publishing.question_saved(instance)


@receiver([post_save, post_delete], sender=EventOrganiser, dispatch_uid="organisers-changed")
@receiver([post_save, post_delete], sender=RegistrationSettings, dispatch_uid="registration-settings-changed")
@receiver([post_save, post_delete], sender=SeatPool, dispatch_uid="places-changed")
def on_public_data_changed(**kwargs):
    publishing.public_data_changed()
