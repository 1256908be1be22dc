"""Who gets a certificate by the rule of an event, and who does not and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy

from events.enums import Mode
from events.models import Certificate, CertificateRule, CheckIn, Event, Registration, SurveyParticipation
from events.states import RegistrationStatus

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class Miss(StrEnum):
    """Why a participant who attended gets no certificate."""

    TOO_FEW_DAYS = "too_few_days"
    OTHER_MODE = "other_mode"
    NO_SURVEY = "no_survey"


MISS_LABELS: dict[Miss, StrPromise] = {
    Miss.TOO_FEW_DAYS: gettext_lazy("attended too few days"),
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

    @property
    def has_other_name(self) -> bool:
        """Whether the name was corrected after the certificate was issued."""
        return self.certificate is not None and self.certificate.name != self.registration.name

    @property
    def miss_labels(self) -> list[str]:
        return [str(MISS_LABELS[miss]) for miss in self.misses]


def attended(event: Event) -> QuerySet[Registration]:
    """Return everybody who attended and is not anonymised, sorted by name."""
    found = Registration.objects.filter(event=event, status=RegistrationStatus.ATTENDED, anonymised_at=None)
    return found.order_by("searchable_name", "pk")


def getting(event: Event, rule: CertificateRule) -> QuerySet[Registration]:
    """Return those whom the rule gives a certificate and who have none."""
    return attended(event).filter(~_is_issued(), _meets(event, rule))


def missing(event: Event, rule: CertificateRule) -> QuerySet[Registration]:
    """Return those whom the rule gives no certificate, and who have none from before."""
    return attended(event).filter(~_is_issued(), ~_meets(event, rule))


def issued(event: Event) -> QuerySet[Registration]:
    """Return those who have a valid certificate."""
    return attended(event).filter(_is_issued())


def _is_issued() -> Exists:
    return Exists(Certificate.objects.filter(registration=OuterRef("pk"), revoked_on=None))


def _has_answered() -> Exists:
    return Exists(SurveyParticipation.objects.filter(registration=OuterRef("pk")))


def _meets(event: Event, rule: CertificateRule) -> Q:
    """Return the condition that the rule gives a registration a certificate, as `_candidate` finds it for one."""
    days = CheckIn.objects.filter(registration=OuterRef("pk")).order_by()
    if rule.min_days <= 1:
        condition = Q(Exists(days))
    else:
        counted = days.values("registration").annotate(number=Count("pk"))
        condition = Q(Exists(counted.filter(number__gte=rule.min_days)))
    if rule.mode and event.is_on_site:
        condition &= Q(mode=rule.mode)
    elif rule.mode and rule.mode != Mode.ONLINE:
        # The event has moved online.
        condition &= Q(pk__in=[])
    return condition & Q(_has_answered()) if rule.needs_survey else condition


def candidates(event: Event, rule: CertificateRule, people: QuerySet[Registration] | None = None) -> list[Candidate]:
    """Return everybody who attended, or these of them, in the same order. Three queries."""
    rows = attended(event) if people is None else people
    found = list(rows.annotate(has_answered=_has_answered()).prefetch_related("check_ins"))
    certificates = Certificate.objects.filter(revoked_on=None, registration__in=found)
    by_registration = {row.registration_id: row for row in certificates}
    return [_candidate(event, rule, person, by_registration.get(person.pk)) for person in found]


def _candidate(event: Event, rule: CertificateRule, person: Registration, certificate: Certificate | None) -> Candidate:
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
    return Candidate(person, days, hours, misses, certificate)


def _hours(per_day: Decimal, minutes: int | None) -> Decimal:
    """Return the hours of a day. Who was counted online for a shorter time gets that, in quarters of an hour."""
    if minutes is None:
        return per_day
    return min(per_day, Decimal(round(minutes / 15)) / 4)
