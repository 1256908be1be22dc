"""Switching the survey on and off, and answering it."""

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

# After the end of the event.
OPEN_FOR = datetime.timedelta(days=30)


@dataclass(frozen=True)
class GivenAnswers:
    """What a participant has answered; None and "" where they left a question out.

    `own` has answers to the organiser's questions, without those that were left out.
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
    """Switch the survey of an event on or off. Answers that were given stay.

    Raises NotPossibleError when it has closed with answers, and BusyError.
    """
    with locked(event.pk):
        survey, _is_new = Survey.objects.get_or_create(event=event)
        if survey.closed_at and survey.answers.exists():
            raise NotPossibleError
        survey.is_on = is_on
        # A survey that nobody has answered has shown nothing, so it may open again, as after an event that has moved.
        survey.closed_at = None
        survey.save(update_fields=["is_on", "closed_at"])
    return survey


def close(event: Event, now: datetime.datetime | None = None) -> None:
    """Close the survey permanently, which shows its results. Calling it twice has no further effect.

    Raises NotPossibleError without a survey or without answers, and BusyError.
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
    """Return the survey of an event if it can be answered now: from the end of the event for `OPEN_FOR`."""
    end = closes_at(event)
    if event.phase(now) != EventPhase.PAST or end is None or now >= end:
        return None
    return Survey.objects.filter(event=event, is_on=True, closed_at=None).first()


def may_answer(registration: Registration, now: datetime.datetime) -> bool:
    """Return whether a participant can answer the survey now: those who attended, once."""
    if registration.status != RegistrationStatus.ATTENDED or open_survey(registration.event, now) is None:
        return False
    return not SurveyParticipation.objects.filter(registration=registration).exists()


def answer(registration_pk: int, given: GivenAnswers, language: str, now: datetime.datetime | None = None) -> None:
    """Store the answers of a participant, and apart from them that they have answered.

    Raises ClosedError (not open), NotPossibleError (did not attend, has answered, or left everything out) and BusyError.
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
