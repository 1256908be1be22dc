"""What people agree to: recorded with the words they read, taken back as easily as given (GDPR Art. 7)."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from events.enums import ConsentPurpose
from events.models import Consent, Registration, SensitiveAnswer
from events.registration.privacy import erasure_log

if TYPE_CHECKING:
    from events.registration.schemas import GivenConsent


def version_of(wording: str) -> str:
    """Return the version of a wording: the first half of its SHA-256, so that each change of a letter is another."""
    return hashlib.sha256(wording.encode()).hexdigest()[:32]


def current_consents(registration: Registration) -> dict[ConsentPurpose, Consent]:
    """Return the latest record for each purpose that was asked about, with one query."""
    return {
        ConsentPurpose(consent.purpose): consent
        for consent in Consent.objects.filter(registration=registration).order_by("at", "pk")
    }


def is_standing(registration: Registration, purpose: ConsentPurpose) -> bool:
    """Tell whether the person agrees at present."""
    return _stands(current_consents(registration).get(purpose))


def record(registration: Registration, given: Sequence[GivenConsent], now: datetime.datetime) -> list[ConsentPurpose]:
    """Write down what was answered, and return the purposes for which it is new or differs from before.

    The same answer to the same words is not written twice. A no after a yes takes the consent back. Inside the
    transaction of the form.
    """
    before = current_consents(registration) if given else {}
    changed, rows = [], []
    for answer in given:
        latest = before.get(answer.purpose)
        if latest is not None and _stands(latest) == answer.is_given and _is_same_question(latest, answer):
            continue
        if _stands(latest) and not answer.is_given:
            withdraw(registration, answer.purpose, now)
        else:
            rows.append(_row(registration, answer, now))
        changed.append(answer.purpose)
    Consent.objects.bulk_create(rows)
    return changed


def withdraw(registration: Registration, purpose: ConsentPurpose, now: datetime.datetime) -> bool:
    """Take a consent back, and tell whether there was one. Inside a transaction.

    Sensitive answers may only be kept while the consent to them stands: they go with it.
    """
    given = Consent.objects.filter(registration=registration, purpose=purpose, is_given=True, withdrawn_at=None)
    taken_back = bool(given.update(withdrawn_at=now))
    if taken_back:
        erasure_log.remember(registration.key, now, purpose)
    if purpose == ConsentPurpose.SENSITIVE:
        SensitiveAnswer.objects.filter(registration=registration).delete()
    return taken_back


def _stands(latest: Consent | None) -> bool:
    return latest is not None and latest.is_given and latest.withdrawn_at is None


def _is_same_question(latest: Consent, answer: GivenConsent) -> bool:
    """A no needs no other record when only the words have changed; a yes is one to the words that were read."""
    return not answer.is_given or latest.wording == answer.wording


def _row(registration: Registration, answer: GivenConsent, now: datetime.datetime) -> Consent:
    return Consent(
        registration=registration,
        purpose=answer.purpose,
        is_given=answer.is_given,
        wording=answer.wording,
        wording_version=version_of(answer.wording),
        language=answer.language,
        at=now,
    )
