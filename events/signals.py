"""Announces what becomes public: facts when they are saved, timetables when they are published."""

from functools import partial

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.signals import page_published, page_unpublished

from events.models import (
    Event,
    EventOrganiser,
    EventPage,
    EventQuestion,
    RegistrationSettings,
    SeatPool,
    TimetableChange,
)
from events.registration.commands import encrypt_answers, retract_change_notice, notify_event_changed
from events.timetable.announce import announce, work_out_span
from home.http import page_cache


@receiver(post_save, sender=Event, dispatch_uid="announce-facts")
def announce_facts(instance, raw=False, **kwargs):  # noqa: FBT002  (the signal's arguments)
    if raw:
        return
    work_out_span(instance)
    # After the commit, when the rows that move along with the facts are written as well.
    transaction.on_commit(partial(announce, instance.pk))
    page_cache.purge()


@receiver([page_published, page_unpublished], sender=EventPage, dispatch_uid="announce-timetable")
def announce_timetable(instance, **kwargs):
    # Translations matter as well: they bring the titles of rows in their language.
    transaction.on_commit(partial(announce, instance.event_id))


@receiver(post_save, sender=TimetableChange, dispatch_uid="people-are-told")
def tell_people(instance, raw=False, **kwargs):  # noqa: FBT002  (the signal's arguments)
    # Rows of the timetable change often and are on the page; the event's own time and place concern everybody.
    if instance.row_key is None and not raw:
        notify_event_changed(instance.event_id)


@receiver(post_delete, sender=TimetableChange, dispatch_uid="people-are-not-told")
def tell_nobody(instance, **kwargs):
    if instance.row_key is None:
        retract_change_notice(instance.event_id)


@receiver(post_save, sender=EventQuestion, dispatch_uid="answers-are-protected")
def protect_earlier_answers(instance, raw=False, **kwargs):  # noqa: FBT002  (the signal's arguments)
    # In the transaction of the page that is saved: no answer to a sensitive question is left open.
    if instance.is_sensitive and not raw:
        encrypt_answers(instance.page.event)


@receiver([post_save, post_delete], sender=EventOrganiser, dispatch_uid="organisers-are-public")
@receiver([post_save, post_delete], sender=TimetableChange, dispatch_uid="changes-are-public")
@receiver([post_save, post_delete], sender=RegistrationSettings, dispatch_uid="registration-is-public")
@receiver([post_save, post_delete], sender=SeatPool, dispatch_uid="seats-are-public")
def forget_answers(**kwargs):
    page_cache.purge()
