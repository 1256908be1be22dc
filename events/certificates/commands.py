"""Issuing and revoking certificates: each command is one transaction under the event's lock and may be called twice."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.utils import timezone

from events import timezones
from events.certificates.content import ContentMaker
from events.certificates.eligibility import Candidate, candidates
from events.certificates.numbers import new_number
from events.enums import EventPhase, MailKind, RevocationReason
from events.models import Certificate, CertificateRule, Event
from events.registration import locking, transitions
from events.registration.actor import Actor
from events.registration.errors import NotPossibleError
from events.registration.mail import queue

BATCH = 500


def issue(
    event_pk: int, actor: Actor, now: datetime.datetime | None = None, *, only: Collection[int] | None = None
) -> int:
    """Issue a certificate to everybody whom the rule gives one and who has none, or to those of `only` (primary keys).

    Returns how many. They are told by email. Raises NotPossibleError while the event is not over or its rule is off, and
    BusyError.
    """
    now = now or timezone.now()
    with locking.locked(event_pk) as event:
        rule = _rule_of(event, now)
        found = [
            item
            for item in candidates(event, rule)
            if not item.misses and item.certificate is None and (only is None or item.registration.pk in only)
        ]
        _issue(rule, found, now)
        transitions.record_all([item.registration.pk for item in found], actor, "issue_certificate", now)
        addressed = [item.registration for item in found if item.registration.email]
        queue.enqueue_all(event, MailKind.CERTIFICATE, addressed)
        return len(found)


def correct(certificate_pk: int, actor: Actor, now: datetime.datetime | None = None) -> Certificate:
    """Issue a certificate with the present name and revoke the one with the earlier name. Returns the valid one.

    Raises NotPossibleError (revoked, anonymised, or the rule is off) and BusyError. Calling it twice has no further
    effect.
    """
    now = now or timezone.now()
    with _locked(certificate_pk) as certificate:
        registration = certificate.registration
        if not certificate.is_valid or registration is None:
            raise NotPossibleError
        if certificate.name == registration.name:
            return certificate
        rule = _rule_of(certificate.event, now)
        found = [item for item in candidates(certificate.event, rule) if item.registration.pk == registration.pk]
        if not found:
            raise NotPossibleError
        _revoke(certificate, RevocationReason.CORRECTED, now)
        _issue(rule, found, now)
        transitions.record(registration, actor, "reissue_certificate", now)
        if registration.email:
            queue.enqueue(certificate.event, MailKind.CERTIFICATE, registration, payload={"corrected": True})
        return Certificate.objects.get(registration=registration, revoked_on=None)


def revoke(
    certificate_pk: int, reason: RevocationReason, actor: Actor, now: datetime.datetime | None = None
) -> Certificate:
    """Revoke a certificate, also one whose participant is anonymised. Calling it twice has no further effect."""
    now = now or timezone.now()
    with _locked(certificate_pk) as certificate:
        if certificate.is_valid:
            _revoke(certificate, reason, now)
            if certificate.registration is not None:
                transitions.record(certificate.registration, actor, "revoke_certificate", now)
        return certificate


@contextmanager
def _locked(certificate_pk: int) -> Iterator[Certificate]:
    """Lock the event of a certificate. Yields the certificate as read after that, with event and registration."""
    event_pk = Certificate.objects.values_list("event_id", flat=True).get(pk=certificate_pk)
    with locking.locked(event_pk) as event:
        certificate = Certificate.objects.select_related("registration").get(pk=certificate_pk)
        certificate.event = event
        if certificate.registration is not None:
            certificate.registration.event = event
        yield certificate


def _rule_of(event: Event, now: datetime.datetime) -> CertificateRule:
    rule = CertificateRule.objects.filter(event=event).first()
    if rule is None or not rule.is_on or event.phase(now) != EventPhase.PAST:
        raise NotPossibleError
    rule.event = event
    return rule


def _issue(rule: CertificateRule, found: list[Candidate], now: datetime.datetime) -> None:
    today = day_of(rule.event, now)
    maker = ContentMaker(rule, today)
    Certificate.objects.bulk_create(
        [
            Certificate(
                number=new_number(),
                event=rule.event,
                registration=item.registration,
                issued_on=today,
                name=item.registration.name,
                content=maker.content_for(item),
            )
            for item in found
        ],
        batch_size=BATCH,
    )


def _revoke(certificate: Certificate, reason: RevocationReason, now: datetime.datetime) -> None:
    certificate.revoked_on, certificate.revocation_reason = day_of(certificate.event, now), reason
    certificate.save(update_fields=["revoked_on", "revocation_reason"])


def day_of(event: Event, now: datetime.datetime) -> datetime.date:
    """Return the day of a moment where the event takes place."""
    return now.astimezone(timezones.zone_info(event.zone)).date()
