"""Required agreements: each is recorded with the wording that was shown, what it linked to, and the time."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable

from events.models import Agreement, Registration
from events.registration.schemas import GivenAnswer


def current_agreements(registration: Registration) -> dict[uuid.UUID, Agreement]:
    """Return the latest agreement to each question, by the key of the question. One query."""
    found = Agreement.objects.filter(registration=registration).order_by("at", "pk")
    return {agreement.question_key: agreement for agreement in found}


def record(registration: Registration, answers: Iterable[GivenAnswer], now: datetime.datetime) -> list[str]:
    """Record the agreements among the answers, and return the keys of those that are new.

    The same agreement is not recorded twice, but one with a changed wording is. An agreement cannot be withdrawn: a
    participant who no longer agrees withdraws the registration. Call it inside the transaction that saves the form.
    """
    given = [answer for answer in answers if answer.question.statement is not None and answer.value is True]
    before = current_agreements(registration) if given else {}
    rows = [_row(registration, answer, now) for answer in given]
    new = [row for row in rows if not _is_same(before.get(row.question_key), row)]
    Agreement.objects.bulk_create(new)
    return [str(row.question_key) for row in new]


def _is_same(before: Agreement | None, after: Agreement) -> bool:
    return before is not None and before.text_version == after.text_version


def _row(registration: Registration, answer: GivenAnswer, now: datetime.datetime) -> Agreement:
    question, statement = answer.question, answer.question.statement
    if statement is None:
        raise ValueError("the question is no agreement")
    return Agreement(
        registration=registration,
        question_key=question.key,
        label=question.label,
        text=statement.text,
        link_title=statement.link_title,
        link_url=statement.link_url,
        link_version=statement.link_version,
        text_version=statement.version,
        language=question.language or registration.language,
        at=now,
    )
