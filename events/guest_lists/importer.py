"""Stores a guest list and imports it row by row. Each row is one transaction under the lock of the event."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from events.enums import Mode
from events.guest_lists.answers import QuestionColumn, question_columns
from events.guest_lists.columns import recognise, used_fields
from events.guest_lists.guests import Guest
from events.guest_lists.preview import guest_of
from events.models import Event, GuestList, GuestListRow, HistoryEntry, Registration
from events.registration import access, commands, locking
from events.registration.actor import Actor
from events.registration.addresses import email_key
from events.registration.errors import AlreadyRegisteredError, BusyError, FullError, RegistrationError
from events.registration.mail.queue import source_language
from events.registration.seats import seat_counts, settings_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User

_O = GuestListRow.Outcome

MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 1000
# How long a list is kept after it was uploaded, or after its last row was imported.
LIFETIME = datetime.timedelta(days=1)
# If an import makes no progress for this long, its process was killed.
LOST_AFTER = datetime.timedelta(minutes=2)
# How long an invited person can answer, unless the organiser chooses another time.
TIME_TO_ANSWER = datetime.timedelta(days=14)
# The fields, besides the rows, on which the import of a list depends.
SETTINGS = ("columns", "action", "mode", "language", "force", "answer_until")


class ListChangedError(Exception):
    """The settings of the list differ from those that were shown, or its import has already started."""


def store(event: Event, user: User, rows: Sequence[tuple[int, Sequence[str]]]) -> GuestList:
    """Store the rows of a table for a preview. The first row has the headings.

    A row is a pair of row number and cells.
    """
    (_number, headings), *people = rows
    modes = list(seat_counts(event))
    settings = settings_of(event)
    used = set(used_fields(settings, modes)) if settings else set()
    questions = {name: column.headings for name, column in question_columns(event).items()}
    used |= set(questions)
    with transaction.atomic():
        guest_list = GuestList.objects.create(
            event=event,
            user=user,
            headings=list(headings),
            columns=[key if key in used else "" for key in recognise(headings, questions)],
            mode=modes[0] if modes else Mode.ON_SITE,
            language=source_language(event),
            answer_until=timezone.now().replace(second=0, microsecond=0) + TIME_TO_ANSWER,
        )
        GuestListRow.objects.bulk_create(
            [GuestListRow(guest_list=guest_list, number=number, cells=list(cells)) for number, cells in people],
            batch_size=500,
        )
    return guest_list


def change(guest_list: GuestList, **values: object) -> bool:
    """Change the settings of a list whose import has not started. Returns whether a value has changed."""
    changed = [name for name in SETTINGS if name in values and getattr(guest_list, name) != values[name]]
    for name in changed:
        setattr(guest_list, name, values[name])
    if changed:
        guest_list.version += 1
        waiting = GuestList.objects.filter(pk=guest_list.pk, status=GuestList.Status.UPLOADED)
        waiting.update(version=guest_list.version, **{name: getattr(guest_list, name) for name in changed})
    return bool(changed)


def start(guest_list: GuestList, version: int, user: User, now: datetime.datetime | None = None) -> None:
    """Confirm the import with the settings that were shown. `user` registers or invites the people of the list.

    Raises ListChangedError if the settings have changed since, or if the import has already started.
    """
    waiting = GuestList.objects.filter(pk=guest_list.pk, status=GuestList.Status.UPLOADED, version=version)
    if not waiting.update(status=GuestList.Status.RUNNING, user=user, progress_at=now or timezone.now()):
        raise ListChangedError


def import_rows(guest_list_pk: int, limit: int, now: datetime.datetime | None = None) -> bool:
    """Import at most `limit` rows of a list whose import has started, and return whether any rows are left.

    Several processes may do this at once, and a process may be killed at any time: each row is imported only once. The
    import stops if the user who confirmed the list has lost access to the event.
    """
    running = GuestList.objects.filter(pk=guest_list_pk, status=GuestList.Status.RUNNING)
    guest_list = running.select_related("user").first()
    if guest_list is None:
        return False
    questions = question_columns(guest_list.event)
    left = guest_list.rows.filter(outcome="").values_list("pk", flat=True)
    pks = list(left[: limit + 1])
    for pk in pks[:limit]:
        try:
            _import_row(guest_list, pk, questions, now or timezone.now())
        except BusyError:
            return True
    if len(pks) > limit:
        return True
    running.update(status=GuestList.Status.DONE)
    return False


def _import_row(
    guest_list: GuestList, row_pk: int, questions: Mapping[str, QuestionColumn], now: datetime.datetime
) -> None:
    with locking.locked(guest_list.event_id) as event:
        row = GuestListRow.objects.get(pk=row_pk)
        if row.outcome:
            return
        if guest_list.user is None or not access.may_see(guest_list.user, event):
            guest_list.rows.filter(outcome="").update(outcome=_O.NO_ACCESS)
            return
        guest_list.event = event
        guest = guest_of(guest_list, row, seat_counts(event), questions)
        row.outcome, row.registration = _register_or_invite(guest_list, row, guest, now)
        if row.registration is not None:
            # The cells are emptied, because the registration has the data now.
            row.cells = []
        row.save(update_fields=["outcome", "registration", "cells"])
        GuestList.objects.filter(pk=guest_list.pk).update(progress_at=now)


def _register_or_invite(
    guest_list: GuestList, row: GuestListRow, guest: Guest, now: datetime.datetime
) -> tuple[str, Registration | None]:
    """Register or invite the person of a row. Returns the outcome, and the registration if there is a new one."""
    applicant = guest.applicant
    if applicant is None:
        return _O.WRONG, None
    actor = Actor(HistoryEntry.Actor.STAFF, guest_list.user)
    event_id, force = guest_list.event_id, guest_list.force
    try:
        if guest_list.action == GuestList.Action.INVITE:
            until = guest_list.answer_until or now + TIME_TO_ANSWER
            invited = commands.invite(
                event_id, applicant, actor, until, guest.answers, submission_key=row.key, force=force, now=now
            )
            return _O.INVITED, invited
        added = commands.add_registration(
            event_id, applicant, actor, guest.answers, submission_key=row.key, force=force, is_imported=True, now=now
        )
    except AlreadyRegisteredError:
        return (_O.DOUBLE if _is_in_list(guest_list, guest.email) else _O.KNOWN), None
    except FullError:
        return _O.FULL, None
    except BusyError:
        raise
    except RegistrationError:
        return _O.REFUSED, None
    return _O.REGISTERED, added


def _is_in_list(guest_list: GuestList, email: str) -> bool:
    """Return whether the person was registered or invited by an earlier row of the list."""
    return guest_list.rows.filter(registration__email_key=email_key(email)).exists()


def lost_imports(now: datetime.datetime) -> list[int]:
    """Return the primary keys of lists whose import was interrupted."""
    lost = GuestList.objects.filter(status=GuestList.Status.RUNNING, progress_at__lte=now - LOST_AFTER)
    return list(lost.order_by("pk").values_list("pk", flat=True))


def delete_all() -> int:
    """Delete all lists and return how many.

    A restored backup may have lists with people who were registered and erased after the backup.
    """
    count = GuestList.objects.count()
    GuestList.objects.all().delete()
    return count


def prune(now: datetime.datetime | None = None) -> int:
    """Delete lists a day after they were uploaded or imported. Returns how many."""
    before = (now or timezone.now()) - LIFETIME
    old = GuestList.objects.filter(uploaded_at__lte=before).exclude(progress_at__gt=before)
    count = old.count()
    old.delete()
    return count
