"""Who gets a certificate by the rule of an event, and who does not and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy

from events.models import Certificate, CertificateRule, Event, Registration, SurveyParticipation
from events.registration.sessions import SessionDetail, counted_sessions, minutes_of, records_leaving, total_minutes
from events.states import RegistrationStatus
from home.text_normalization import fold

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class Miss(StrEnum):
    """Why a participant who attended gets no certificate."""

    TOO_FEW_DAYS = "too_few_days"
    TOO_FEW_HOURS = "too_few_hours"
    TOO_FEW_SESSIONS = "too_few_sessions"
    OTHER_MODE = "other_mode"
    NO_SURVEY = "no_survey"


MISS_LABELS: dict[Miss, StrPromise] = {
    Miss.TOO_FEW_DAYS: gettext_lazy("attended too few days"),
    Miss.TOO_FEW_HOURS: gettext_lazy("attended too few hours of sessions"),
    Miss.TOO_FEW_SESSIONS: gettext_lazy("attended too few sessions"),
    Miss.NO_SURVEY: gettext_lazy("has not answered the survey"),
    Miss.OTHER_MODE: gettext_lazy("attended in another way"),
}


@dataclass(frozen=True)
class Candidate:
    """A participant who attended. `misses` is empty if the rule gives them a certificate."""

    registration: Registration
    days: int
    hours: Decimal | None
    misses: list[Miss] = field(default_factory=list)
    # The valid certificate, if one was issued.
    certificate: Certificate | None = None
    # The number of sessions attended; None where the rule does not use sessions.
    sessions: int | None = None

    @property
    def has_other_name(self) -> bool:
        """Whether the name was corrected after the certificate was issued."""
        return self.certificate is not None and self.certificate.name != self.registration.name

    @property
    def miss_labels(self) -> list[str]:
        return [str(MISS_LABELS[miss]) for miss in self.misses]


def candidates(event: Event, rule: CertificateRule) -> list[Candidate]:
    """Return everybody who attended and is not anonymised, sorted by name.

    Three queries, and four more if the rule uses sessions.
    """
    attended = Registration.objects.filter(event=event, status=RegistrationStatus.ATTENDED, anonymised_at=None)
    has_answered = Exists(SurveyParticipation.objects.filter(registration=OuterRef("pk")))
    people = attended.annotate(has_answered=has_answered).prefetch_related("check_ins").order_by("pk")
    certificates = Certificate.objects.filter(event=event, revoked_on=None, registration__isnull=False)
    issued = {row.registration_id: row for row in certificates}
    sessions: dict[int, SessionDetail] = {}
    if rule.uses_sessions:
        people = people.prefetch_related("session_attendances")
        sessions = {session.pk: session for session in counted_sessions(event, "")}
    found = [_candidate(event, rule, person, issued.get(person.pk), sessions) for person in people]
    return sorted(found, key=lambda item: (fold(item.registration.name), item.registration.pk))


def _candidate(
    event: Event,
    rule: CertificateRule,
    person: Registration,
    certificate: Certificate | None,
    sessions: Mapping[int, SessionDetail],
) -> Candidate:
    person.event = event
    check_ins = list(person.check_ins.all())
    days = len(check_ins)
    misses = [Miss.TOO_FEW_DAYS] if days < rule.min_days else []
    if rule.mode and person.effective_mode != rule.mode:
        misses.append(Miss.OTHER_MODE)
    if rule.needs_survey and not getattr(person, "has_answered", False):
        misses.append(Miss.NO_SURVEY)
    hours = (
        sum((_hours(rule.hours_per_day, row.minutes) for row in check_ins), Decimal()) if rule.hours_per_day else None
    )
    if not rule.uses_sessions:
        return Candidate(person, days, hours, misses, certificate)
    attended = _attended(rule, person, sessions)
    if rule.min_hours and attended.hours < rule.min_hours:
        misses.append(Miss.TOO_FEW_HOURS)
    if rule.min_sessions and attended.number < rule.min_sessions:
        misses.append(Miss.TOO_FEW_SESSIONS)
    stated = attended.hours if rule.counts_sessions else hours
    return Candidate(person, days, stated, misses, certificate, attended.number)


@dataclass(frozen=True)
class _Attended:
    number: int
    hours: Decimal


def _attended(rule: CertificateRule, person: Registration, sessions: Mapping[int, SessionDetail]) -> _Attended:
    """Return how many sessions a participant attended, and how many hours of all counted sessions.

    Hours are rounded down to quarters once, as a sum.
    """
    leaving = records_leaving(person.event)
    number, found = 0, []
    for row in person.session_attendances.all():
        session = sessions.get(row.session_id)
        if session is None:
            continue
        minutes = minutes_of(row, session, records_leaving=leaving)
        found.append((session, minutes))
        length = session.announced.minutes
        number += length is None or minutes * 100 >= length * rule.session_percent
    return _Attended(number, Decimal(total_minutes(found) // 15) / 4)


def _hours(per_day: Decimal, minutes: int | None) -> Decimal:
    """Return the hours of a day. Who was counted online for a shorter time gets that, in quarters of an hour."""
    if minutes is None:
        return per_day
    return min(per_day, Decimal(round(minutes / 15)) / 4)
