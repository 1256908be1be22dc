"""What people agree to: recorded with the words they read, taken back as easily as given (GDPR Art. 7)."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from events.enums import ConsentPurpose
from events.models import Consent, Registration

if TYPE_CHECKING:
    from events.registration.commands.given import GivenConsent


def version_of(wording: str) -> str:
    """Return the version of a wording: the first half of its SHA-256, so that each change of a letter is another."""
    return hashlib.sha256(wording.encode()).hexdigest()[:32]


def standing(registration: Registration) -> dict[ConsentPurpose, Consent]:
    """Return the latest record for each purpose that was asked about, with one query."""
    return {ConsentPurpose(consent.purpose): consent for consent in registration.consents.order_by("at", "pk")}


def is_standing(registration: Registration, purpose: ConsentPurpose) -> bool:
    """Tell whether the person agrees at present."""
    latest = standing(registration).get(purpose)
    return latest is not None and latest.is_given and latest.withdrawn_at is None


def record(registration: Registration, given: Iterable[GivenConsent], now: datetime.datetime) -> list[ConsentPurpose]:
    """Write down what was answered, and return the purposes for which it differs from before.

    The same answer to the same words is not written twice. A no after a yes takes the consent back. Inside the
    transaction of the form.
    """
    changed = []
    for answer in given:
        latest = standing(registration).get(answer.purpose)
        stood = latest is not None and latest.is_given and latest.withdrawn_at is None
        if stood and not answer.is_given:
            withdraw(registration, answer.purpose, now)
        elif latest is None or stood != answer.is_given or (stood and latest.wording != answer.wording):
            Consent.objects.create(
                registration=registration,
                purpose=answer.purpose,
                is_given=answer.is_given,
                wording=answer.wording,
                wording_version=version_of(answer.wording),
                language=answer.language,
                at=now,
            )
        else:
            continue
        changed.append(answer.purpose)
    return changed


def withdraw(registration: Registration, purpose: ConsentPurpose, now: datetime.datetime) -> bool:
    """Take a consent back, and tell whether there was one. Inside a transaction.

    Sensitive answers may only be kept while the consent to them stands: they go with it.
    """
    standing_ones = registration.consents.filter(purpose=purpose, is_given=True, withdrawn_at=None)
    taken_back = bool(standing_ones.update(withdrawn_at=now))
    if purpose == ConsentPurpose.SENSITIVE:
        registration.sensitive_answers.all().delete()
    return taken_back
