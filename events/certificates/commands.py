"""Issuing and revoking certificates: each command is one transaction under the event's lock and may be called twice."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from events import timezones
from events.certificates.content import ContentMaker
from events.certificates.eligibility import Candidate, attended, candidates, groups, next_candidates
from events.certificates.numbers import new_number
from events.enums import EventPhase, MailKind, RevocationReason
from events.models import Certificate, CertificateRule, Event
from events.registration import access, locking, transitions
from events.registration.actor import Actor, staff
from events.registration.errors import BusyError, NotPossibleError
from events.registration.mail import queue

# Certificates that are issued in one transaction. Other transactions wait for the event's lock meanwhile.
BATCH = 200
BATCHES_IN_A_ROW = 10


def issue(event_pk: int, actor: Actor, now: datetime.datetime | None = None) -> int:
    """Issue a certificate to all participants who meet the rule and have none. Returns how many were issued.

    They get an email. Each batch is one transaction: if a process is killed, the rest have no certificate yet, and the
    next call continues. Raises NotPossibleError while the event is not over or its rule is off, and BusyError.
    """
    now = now or timezone.now()
    count = 0
    while True:
        done = issue_batch(event_pk, actor, now)
        count += done
        if done < BATCH:
            return count


def issue_batch(event_pk: int, actor: Actor, now: datetime.datetime) -> int:
    """Issue at most `BATCH` certificates and return how many were issued. Raises as `issue`."""
    with locking.locked(event_pk) as event:
        rule = _rule_of(event, now)
        found = next_candidates(event, rule, BATCH)
        _issue(rule, found, now)
        transitions.record_all([item.registration.pk for item in found], actor, "issue_certificate", now)
        addressed = [item.registration for item in found if item.registration.email]
        queue.enqueue_all(event, MailKind.CERTIFICATE, addressed)
        return len(found)


def request_issue(event_pk: int, actor: Actor, now: datetime.datetime | None = None) -> int | None:
    """Issue certificates for an organiser.

    A small number is issued at once and returned. A large number is issued in the background, and None is returned.
    Raises as `issue`.
    """
    now = now or timezone.now()
    done = issue_batch(event_pk, actor, now)
    if done < BATCH:
        return done
    rule = CertificateRule.objects.select_related("event").get(event=event_pk)
    rule.issuing_since, rule.issuing_by = now, actor.user
    rule.issuing_total = done + groups(rule.event, rule).getting.count()
    rule.save(update_fields=["issuing_since", "issuing_by", "issuing_total"])
    transaction.on_commit(lambda: continue_issuing.enqueue(event_pk), robust=True)
    return None


@task()
def continue_issuing(event_pk: int) -> None:
    """Issue the certificates that an organiser has requested.

    Other tasks run between two calls. Two processes may run it at the same time.
    """
    rules = CertificateRule.objects.filter(event=event_pk, issuing_since__isnull=False)
    for _number in range(BATCHES_IN_A_ROW):
        rule = rules.select_related("issuing_by", "event").first()
        if rule is None:
            return
        organiser = rule.issuing_by
        try:
            # The organiser's access may have been revoked since the last batch.
            if organiser is None or not access.may_see(organiser, rule.event):
                raise NotPossibleError
            done = issue_batch(event_pk, staff(organiser), timezone.now())
        except BusyError:
            # Another transaction holds the event's lock. `tick` continues later.
            return
        except NotPossibleError:
            # The rule was switched off, the event was moved, or the organiser has lost their access.
            done = 0
        if done < BATCH:
            rules.update(issuing_since=None, issuing_by=None, issuing_total=0)
            return
    continue_issuing.enqueue(event_pk)


def continue_all(now: datetime.datetime) -> int:
    """Enqueue the requested certificates that are not issued yet, for example because a process was killed.

    Returns the number of events.
    """
    events = list(CertificateRule.objects.filter(issuing_since__isnull=False).values_list("event", flat=True))
    for event_pk in events:
        continue_issuing.enqueue(event_pk)
    return len(events)


def correct(certificate_pk: int, actor: Actor, now: datetime.datetime | None = None) -> Certificate:
    """Issue a certificate with the present name and revoke the one with the earlier name. Returns the valid certificate.

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
        found = candidates(certificate.event, rule, attended(certificate.event).filter(pk=registration.pk))
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
    """Lock the event of a certificate. Yields the certificate, read after that, with its event and registration."""
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
    """Return the date of a moment in the time zone of the event."""
    return now.astimezone(timezones.zone_info(event.zone)).date()
