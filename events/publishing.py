"""What follows when an event, its pages or its registration settings change, each step in order.

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
    """Publish the saved data of an event: it is public wherever a page of the event is live."""
    work_out_span(event)
    # After the commit: rows that move along with the event are written in the same transaction.
    transaction.on_commit(partial(announce, event.pk))
    page_cache.purge()


def page_published(page: EventPage) -> None:
    """Announce the timetable of a published source page. A published translation only brings titles of sessions.

    Publishing a source page publishes its translations as well, so this announces once for all languages.
    """
    transaction.on_commit(partial(announce if _is_source(page) else record_titles, page.event_id))


def page_unpublished(page: EventPage) -> None:
    """Announce the timetable after a source page was unpublished, as `page_published` does."""
    page_published(page)


@transaction.atomic
def publish_timetable(page: EventPage, rows: Sequence[TimetableRow], user: AbstractBaseUser) -> None:
    """Publish the page as it is public, but with these sessions. Other changes in its draft stay in the draft."""
    draft = page.get_latest_revision_as_object() if page.has_unpublished_changes else None
    public = EventPage.objects.get(pk=page.pk)
    public.timetable_rows.set(rows)
    public.save_revision(user=user, log_action=False).publish(user=user)
    if draft is not None:
        # Read again: the new sessions have their keys now.
        draft.timetable_rows.set(EventPage.objects.get(pk=page.pk).timetable_rows.all())
        draft.save_revision(user=user, log_action=False)


def question_saved(question: EventQuestion) -> None:
    """Encrypt the answers that are stored for a question which is now marked as sensitive.

    Runs in the transaction that saves the question, so that no such answer stays readable.
    """
    if question.is_sensitive:
        encrypt_answers(question.page.event)


def public_data_changed() -> None:
    """Show changed organisers, places or registration settings on the pages."""
    page_cache.purge()


@transaction.atomic
def announce(event_id: int, now: datetime.datetime | None = None) -> None:
    """Update calendars and the public list of changes, and email participants, after public data changed.

    It compares with what was announced last: calling it twice has no further effect.
    """
    # Begin and end of the event, the sequence of its calendar entries, and the list of changes.
    now = now or timezone.now()
    news = record_public_state(event_id, now)
    # Sessions change often and are on the page. The event's own time, place and status concern every participant, and a
    # session those who chose it.
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
