"""Commands that switch the survey on and off, and that store answers."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils import timezone

from events.enums import EventPhase
from events.models import Event, Registration, Survey, SurveyAnswer, SurveyParticipation
from events.registration.errors import ClosedError, NotPossibleError
from events.registration.locking import lock_registration, locked
from events.states import RegistrationStatus

# How long the survey can be answered after the end of the event.
OPEN_FOR = datetime.timedelta(days=30)


@dataclass(frozen=True)
class GivenAnswers:
    """The answers of a participant; None and "" for questions without an answer.

    `own` has the answers to the organiser's questions, without questions that were left out.
    """

    usefulness: int | None = None
    relevance: int | None = None
    recommendation: int | None = None
    improve: str = ""
    own: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return self == GivenAnswers()


def switch(event: Event, *, is_on: bool) -> Survey:
    """Switch the survey of an event on or off. Existing answers are kept.

    Raises NotPossibleError when the survey has closed and has answers, and BusyError.
    """
    with locked(event.pk):
        survey, _is_new = Survey.objects.get_or_create(event=event)
        if survey.closed_at and survey.answers.exists():
            raise NotPossibleError
        survey.is_on = is_on
        # A closed survey without answers has shown no results. It may open again, for example after an event that was
        # moved.
        survey.closed_at = None
        survey.save(update_fields=["is_on", "closed_at"])
    return survey


def close(event: Event, now: datetime.datetime | None = None) -> None:
    """Close the survey permanently, so that its results are shown. Calling it twice has no further effect.

    Raises NotPossibleError if there is no survey or it has no answers, and BusyError.
    """
    with locked(event.pk):
        survey = Survey.objects.filter(event=event).first()
        if survey is None or not survey.answers.exists():
            raise NotPossibleError
        if survey.closed_at is None:
            survey.closed_at = now or timezone.now()
            survey.save(update_fields=["closed_at"])


def closes_at(event: Event) -> datetime.datetime | None:
    return event.ends_at + OPEN_FOR if event.ends_at else None


def open_survey(event: Event, now: datetime.datetime) -> Survey | None:
    """Return the survey of an event if it can be answered now, or None.

    It can be answered from the end of the event for `OPEN_FOR`.
    """
    end = closes_at(event)
    if event.phase(now) != EventPhase.PAST or end is None or now >= end:
        return None
    return Survey.objects.filter(event=event, is_on=True, closed_at=None).first()


def may_answer(registration: Registration, now: datetime.datetime) -> bool:
    """Return whether a participant can answer the survey now. Only those who attended can, and only once."""
    if registration.status != RegistrationStatus.ATTENDED or open_survey(registration.event, now) is None:
        return False
    return not has_answered(registration)


def has_answered(registration: Registration) -> bool:
    return SurveyParticipation.objects.filter(registration=registration).exists()


def answer(registration_pk: int, given: GivenAnswers, language: str, now: datetime.datetime | None = None) -> None:
    """Store the answers of a participant, and separately the fact that they have answered.

    Raises ClosedError (not open), NotPossibleError (did not attend, has answered already, or all answers are empty) and
    BusyError.
    """
    now = now or timezone.now()
    with lock_registration(registration_pk) as registration:
        survey = open_survey(registration.event, now)
        if survey is None:
            raise ClosedError
        if given.is_empty or not may_answer(registration, now):
            raise NotPossibleError
        SurveyParticipation.objects.create(registration=registration)
        SurveyAnswer.objects.create(
            survey=survey,
            language=language,
            usefulness=given.usefulness,
            relevance=given.relevance,
            recommendation=given.recommendation,
            improve=given.improve,
            own=dict(given.own),
        )
