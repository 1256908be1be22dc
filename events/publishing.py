"""The steps that follow when an event, its pages or its registration settings change, in their order.

`events/signals.py` calls these functions and does nothing else.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import partial

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from events.models import Event, EventPage, EventQuestion, TimetableChange, TimetableRow
from events.registration.commands import (
    encrypt_answers,
    notify_event_changed,
    notify_session_changes,
    retract_change_notice,
)
from events.timetable.announce import EventNews, record_public_state, record_titles, work_out_span
from home.http import page_cache
from home.models import WebhookKind
from home.webhooks import queue as webhook_queue


def event_saved(event: Event) -> None:
    """Publish the saved data of an event. They are public wherever a page of the event is live."""
    work_out_span(event)
    # Called after the commit, because rows that change with the event are written in the same transaction.
    transaction.on_commit(partial(announce, event.pk))
    page_cache.purge()


def page_published(page: EventPage) -> None:
    """Announce the timetable of a published source page. For a translation, only store the titles of its sessions.

    Publishing a source page also publishes its translations, so one announcement covers all languages.
    """
    transaction.on_commit(partial(announce if _is_source(page) else record_titles, page.event_id))


def page_unpublished(page: EventPage) -> None:
    """Announce the timetable again after a source page was unpublished, as `page_published` does."""
    page_published(page)


@transaction.atomic
def publish_timetable(page: EventPage, rows: Sequence[TimetableRow], user: AbstractBaseUser) -> None:
    """Publish the public version of the page with these sessions. Other changes in its draft stay in the draft."""
    draft = page.get_latest_revision_as_object() if page.has_unpublished_changes else None
    public = EventPage.objects.get(pk=page.pk)
    public.timetable_rows.set(rows)
    public.save_revision(user=user, log_action=False).publish(user=user)
    if draft is not None:
        # The sessions are read again, because they have primary keys now.
        draft.timetable_rows.set(EventPage.objects.get(pk=page.pk).timetable_rows.all())
        draft.save_revision(user=user, log_action=False)


def question_saved(question: EventQuestion) -> None:
    """Encrypt the stored answers to a question that is now marked as sensitive.

    Runs in the transaction that saves the question, so that none of these answers stays readable.
    """
    if question.is_sensitive:
        encrypt_answers(question.page.event)


def public_data_changed() -> None:
    """Clear the page cache, so that pages show the changed organisers, places or registration settings."""
    page_cache.purge()


@transaction.atomic
def announce(event_id: int, now: datetime.datetime | None = None) -> None:
    """Update calendars and the public list of changes, and email participants, after public data changed.

    The data are compared with what was announced last, so calling it twice has no further effect.
    """
    # This updates begin and end of the event, the sequence numbers of calendar entries and the list of changes.
    now = now or timezone.now()
    news = record_public_state(event_id, now)
    # Changes of sessions are frequent and shown on the page. Time, place and status of the event concern every
    # participant, and a change of a session concerns those who chose it.
    if news == EventNews.CHANGED:
        notify_event_changed(event_id)
    elif news == EventNews.UNDONE:
        retract_change_notice(event_id)
    notify_session_changes(event_id, now)
    if news != EventNews.NONE or TimetableChange.objects.filter(event=event_id, changed_at=now).exists():
        for page in EventPage.objects.live().filter(event=event_id).select_related("locale"):
            webhook_queue.page_changed(WebhookKind.EVENT_CHANGED, page)
    page_cache.purge()


def _is_source(page: EventPage) -> bool:
    source = page.event.find_source_page()
    return source is None or source.pk == page.pk
