"""Switching the survey on and off, and answering it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone

from events.enums import EventPhase
from events.models import Event, Registration, Survey, SurveyAnswer, SurveyParticipation
from events.registration.errors import ClosedError, NotPossibleError
from events.registration.locking import lock_registration
from events.states import RegistrationStatus

# After the end of the event.
OPEN_FOR = datetime.timedelta(days=30)


@dataclass(frozen=True)
class GivenAnswers:
    """What a participant has answered; None and "" where they left a question out."""

    usefulness: int | None = None
    relevance: int | None = None
    recommendation: int | None = None
    improve: str = ""

    @property
    def is_empty(self) -> bool:
        return self == GivenAnswers()


def switch(event: Event, *, is_on: bool) -> Survey:
    """Switch the survey of an event on or off. Answers that were given stay."""
    survey, _is_new = Survey.objects.update_or_create(event=event, defaults={"is_on": is_on})
    return survey


def closes_at(event: Event) -> datetime.datetime | None:
    return event.ends_at + OPEN_FOR if event.ends_at else None


def open_survey(event: Event, now: datetime.datetime) -> Survey | None:
    """Return the survey of an event if it can be answered now: from the end of the event for `OPEN_FOR`."""
    end = closes_at(event)
    if event.phase(now) != EventPhase.PAST or end is None or now >= end:
        return None
    return Survey.objects.filter(event=event, is_on=True).first()


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
        )
