"""The scheduled tasks for surveys: an email when the survey opens, one reminder, and closing the survey.

Two runs may happen at the same time.
"""

from __future__ import annotations

import datetime

from django.utils import timezone

from events.enums import MailKind
from events.models import Event, Registration, Survey
from events.registration import locking
from events.registration.errors import BusyError, NotPossibleError
from events.registration.mail import queue
from events.states import RegistrationStatus
from events.survey.commands import OPEN_FOR, close, open_survey

# Time between the end of an event and the invitation, since people are still on their way home.
INVITE_AFTER = datetime.timedelta(hours=2)
REMIND_AFTER = datetime.timedelta(days=7)


def send_survey_mails(now: datetime.datetime | None = None) -> int:
    """Queue the invitations and reminders that are due. Returns how many emails."""
    now = now or timezone.now()
    surveys = Survey.objects.filter(
        is_on=True,
        reminded_at=None,
        closed_at=None,
        event__ends_at__lte=now - INVITE_AFTER,
        event__ends_at__gt=now - OPEN_FOR,
    )
    events = [survey.event_id for survey in surveys.order_by("event_id") if _is_due(survey, now)]
    return sum(_send(event_pk, now) for event_pk in events)


def close_due(now: datetime.datetime | None = None) -> int:
    """Close surveys that have answers and whose time is over. Returns how many were closed."""
    now = now or timezone.now()
    due = Survey.objects.filter(closed_at=None, event__ends_at__lte=now - OPEN_FOR, answers__isnull=False)
    number = 0
    for survey in due.select_related("event").order_by("event_id").distinct():
        try:
            close(survey.event, now)
        except (BusyError, NotPossibleError):
            continue
        number += 1
    return number


def _is_due(survey: Survey, now: datetime.datetime) -> bool:
    return survey.invited_at is None or survey.invited_at + REMIND_AFTER <= now


def _send(event_pk: int, now: datetime.datetime) -> int:
    try:
        with locking.locked(event_pk) as event:
            survey = open_survey(event, now)
            if survey is None or not _is_due(survey, now) or survey.reminded_at is not None:
                return 0
            if survey.invited_at is None:
                survey.invited_at = now
                survey.save(update_fields=["invited_at"])
                return queue.enqueue_all(event, MailKind.SURVEY, _recipients(event))
            survey.reminded_at = now
            survey.save(update_fields=["reminded_at"])
            return queue.enqueue_all(event, MailKind.SURVEY, _recipients(event), payload={"reminder": True})
    except BusyError:
        return 0


def _recipients(event: Event) -> list[Registration]:
    attended = Registration.objects.filter(event=event, status=RegistrationStatus.ATTENDED, anonymised_at=None)
    return list(attended.filter(survey_participation=None).exclude(email="").order_by("pk"))
