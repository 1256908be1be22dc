"""Consents: recorded with the text that was shown, and as easy to withdraw as to give (GDPR Art. 7)."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence

from events.enums import ConsentPurpose
from events.models import Consent, Registration, SensitiveAnswer
from events.registration import erasure_log
from events.registration.schemas import GivenConsent


def text_version(text: str) -> str:
    """Return the version of a consent text: the first half of its SHA-256. Any change of the text makes a new version."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def current_consents(registration: Registration) -> dict[ConsentPurpose, Consent]:
    """Return the latest record for each purpose that the participant was asked about. One query."""
    return {
        ConsentPurpose(consent.purpose): consent
        for consent in Consent.objects.filter(registration=registration).order_by("at", "pk")
    }


def has_consent(registration: Registration, purpose: ConsentPurpose) -> bool:
    """Return whether the participant has given this consent and not withdrawn it."""
    return _is_given(current_consents(registration).get(purpose))


def record(registration: Registration, given: Sequence[GivenConsent], now: datetime.datetime) -> list[ConsentPurpose]:
    """Record the answers, and return the purposes for which the answer is new or differs from the earlier one.

    The same answer to the same text is not recorded twice. A "no" after a "yes" withdraws the consent. Call it inside
    the transaction that saves the form.
    """
    before = current_consents(registration) if given else {}
    changed, rows = [], []
    for answer in given:
        latest = before.get(answer.purpose)
        if latest is not None and _is_given(latest) == answer.is_given and _has_same_meaning(latest, answer):
            continue
        if _is_given(latest) and not answer.is_given:
            withdraw(registration, answer.purpose, now)
        else:
            rows.append(_row(registration, answer, now))
        changed.append(answer.purpose)
    Consent.objects.bulk_create(rows)
    return changed


def withdraw(registration: Registration, purpose: ConsentPurpose, now: datetime.datetime) -> bool:
    """Withdraw a consent, and return whether there was one. Call it inside a transaction.

    Sensitive answers may only be stored while the consent to them is given, so they are deleted with it.
    """
    given = Consent.objects.filter(registration=registration, purpose=purpose, is_given=True, withdrawn_at=None)
    was_given = bool(given.update(withdrawn_at=now))
    if was_given:
        erasure_log.record(registration.key, now, purpose)
    if purpose == ConsentPurpose.SENSITIVE:
        SensitiveAnswer.objects.filter(registration=registration).delete()
    return was_given


def _is_given(latest: Consent | None) -> bool:
    return latest is not None and latest.is_given and latest.withdrawn_at is None


def _has_same_meaning(latest: Consent, answer: GivenConsent) -> bool:
    """Return whether the answer needs no new record.

    A "yes" applies only to the text that was shown, a "no" to any text.
    """
    return not answer.is_given or latest.text == answer.text


def _row(registration: Registration, answer: GivenConsent, now: datetime.datetime) -> Consent:
    return Consent(
        registration=registration,
        purpose=answer.purpose,
        is_given=answer.is_given,
        text=answer.text,
        text_version=text_version(answer.text),
        language=answer.language,
        at=now,
    )
