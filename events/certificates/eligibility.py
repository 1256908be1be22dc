"""Decides who gets a certificate by the rule of an event, and states why others get none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy

from events.enums import Mode
from events.models import Certificate, CertificateRule, CheckIn, Event, Registration, SurveyParticipation
from events.registration.sessions import SessionDetail, counted_sessions, minutes_of, records_leaving, total_minutes
from events.states import RegistrationStatus

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class IneligibilityReason(StrEnum):
    """Why a participant who attended gets no certificate."""

    TOO_FEW_DAYS = "too_few_days"
    TOO_FEW_HOURS = "too_few_hours"
    TOO_FEW_SESSIONS = "too_few_sessions"
    OTHER_MODE = "other_mode"
    NO_SURVEY = "no_survey"


INELIGIBILITY_LABELS: dict[IneligibilityReason, StrPromise] = {
    IneligibilityReason.TOO_FEW_DAYS: gettext_lazy("attended too few days"),
    IneligibilityReason.TOO_FEW_HOURS: gettext_lazy("attended too few hours of sessions"),
    IneligibilityReason.TOO_FEW_SESSIONS: gettext_lazy("attended too few sessions"),
    IneligibilityReason.NO_SURVEY: gettext_lazy("has not answered the survey"),
    IneligibilityReason.OTHER_MODE: gettext_lazy("attended in another way"),
}


@dataclass(frozen=True)
class Candidate:
    """A participant who attended.

    `reasons` state why the rule gives them no certificate; it is empty if the rule gives them one.
    """

    registration: Registration
    days: int
    hours: Decimal | None
    reasons: list[IneligibilityReason] = field(default_factory=list)
    # The valid certificate, if one was issued.
    certificate: Certificate | None = None
    # The number of sessions attended; None where the rule does not use sessions.
    sessions: int | None = None

    @property
    def has_other_name(self) -> bool:
        """Whether the name was corrected after the certificate was issued."""
        return self.certificate is not None and self.certificate.name != self.registration.name

    @property
    def reason_labels(self) -> list[str]:
        return [str(INELIGIBILITY_LABELS[reason]) for reason in self.reasons]


@dataclass(frozen=True)
class Groups:
    """Everyone who attended, in three groups that depend on the rule. Each is sorted by name."""

    # Participants who meet the rule and have no certificate yet.
    getting: QuerySet[Registration]
    # Participants who do not meet the rule and have no certificate.
    missing: QuerySet[Registration]
    # Participants who have a valid certificate, whether or not they meet the rule now.
    issued: QuerySet[Registration]


def attended(event: Event) -> QuerySet[Registration]:
    """Return everyone who attended and is not anonymised, sorted by name."""
    found = Registration.objects.filter(event=event, status=RegistrationStatus.ATTENDED, anonymised_at=None)
    return found.order_by("searchable_name", "pk")


def groups(event: Event, rule: CertificateRule) -> Groups:
    """Return the participants in groups by the rule.

    If the rule depends on sessions, everyone without a certificate is read; otherwise the groups are conditions of
    queries.
    """
    rest = attended(event).filter(~_is_issued())
    meets = _meets(event, rule)
    if _decides_by_sessions(rule):
        found = candidates(event, rule, rest.filter(meets))
        meets = Q(pk__in=[item.registration.pk for item in found if not item.reasons])
    return Groups(rest.filter(meets), rest.filter(~meets), attended(event).filter(_is_issued()))


def next_candidates(event: Event, rule: CertificateRule, limit: int) -> list[Candidate]:
    """Return the next candidates for a certificate, at most `limit`."""
    rest = attended(event).filter(~_is_issued(), _meets(event, rule))
    found: list[Candidate] = []
    start = 0
    while len(found) < limit and (read := candidates(event, rule, rest[start : start + limit])):
        found += [item for item in read if not item.reasons]
        start += limit
    return found[:limit]


def _is_issued() -> Exists:
    return Exists(Certificate.objects.filter(registration=OuterRef("pk"), revoked_on=None))


def _has_answered() -> Exists:
    return Exists(SurveyParticipation.objects.filter(registration=OuterRef("pk")))


def _decides_by_sessions(rule: CertificateRule) -> bool:
    return bool(rule.min_hours or rule.min_sessions)


def _meets(event: Event, rule: CertificateRule) -> Q:
    """Return the rule as a condition of a query, without its conditions on sessions. `_candidate` checks the whole rule."""
    days = CheckIn.objects.filter(registration=OuterRef("pk")).order_by()
    if rule.min_days <= 1:
        condition = Q(Exists(days))
    else:
        counted = days.values("registration").annotate(number=Count("pk"))
        condition = Q(Exists(counted.filter(number__gte=rule.min_days)))
    if rule.mode and event.is_on_site:
        condition &= Q(mode=rule.mode)
    elif rule.mode and rule.mode != Mode.ONLINE:
        # The event has moved online, so nobody attended on site.
        condition &= Q(pk__in=[])
    return condition & Q(_has_answered()) if rule.needs_survey else condition


def candidates(event: Event, rule: CertificateRule, people: QuerySet[Registration] | None = None) -> list[Candidate]:
    """Return everyone who attended, or those of `people`, in the same order.

    Three queries, and four more if the rule uses sessions.
    """
    rows = attended(event) if people is None else people
    related = ["check_ins"]
    sessions: dict[int, SessionDetail] = {}
    if rule.uses_sessions:
        related.append("session_attendances")
        sessions = {session.pk: session for session in counted_sessions(event, "")}
    found = list(rows.annotate(has_answered=_has_answered()).prefetch_related(*related))
    certificates = Certificate.objects.filter(revoked_on=None, registration__in=found)
    by_registration = {row.registration_id: row for row in certificates}
    return [_candidate(event, rule, person, by_registration.get(person.pk), sessions) for person in found]


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
    reasons = [IneligibilityReason.TOO_FEW_DAYS] if days < rule.min_days else []
    if rule.mode and person.effective_mode != rule.mode:
        reasons.append(IneligibilityReason.OTHER_MODE)
    if rule.needs_survey and not getattr(person, "has_answered", False):
        reasons.append(IneligibilityReason.NO_SURVEY)
    hours = (
        sum((_hours(rule.hours_per_day, row.minutes) for row in check_ins), Decimal()) if rule.hours_per_day else None
    )
    if not rule.uses_sessions:
        return Candidate(person, days, hours, reasons, certificate)
    in_sessions = _attended(rule, person, sessions)
    if rule.min_hours and in_sessions.hours < rule.min_hours:
        reasons.append(IneligibilityReason.TOO_FEW_HOURS)
    if rule.min_sessions and in_sessions.number < rule.min_sessions:
        reasons.append(IneligibilityReason.TOO_FEW_SESSIONS)
    stated = in_sessions.hours if rule.counts_sessions else hours
    return Candidate(person, days, stated, reasons, certificate, in_sessions.number)


@dataclass(frozen=True)
class _Attended:
    number: int
    hours: Decimal


def _attended(rule: CertificateRule, person: Registration, sessions: Mapping[int, SessionDetail]) -> _Attended:
    """Return how many sessions a participant attended, and the hours of all counted sessions.

    The sum of the hours is rounded down to quarters of an hour.
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
    """Return the hours of a day in quarters of an hour: `per_day`, or the counted minutes if they are fewer."""
    if minutes is None:
        return per_day
    return min(per_day, Decimal(round(minutes / 15)) / 4)
