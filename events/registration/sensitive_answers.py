"""Reads sensitive answers.

No other module decrypts them, so every reading by staff is recorded (GDPR Art. 5(2)).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from django.core.exceptions import PermissionDenied

from events.models import Event, SensitiveAnswer
from events.registration import access
from events.registration.encryption import decrypt_or_none

# Pairs of an answer and its value. The value is None if no key decrypts the answer.
ReadAnswer = tuple[SensitiveAnswer, object | None]


def read_for_staff(
    event: Event, user: access.Visitor, answers: Iterable[SensitiveAnswer], action: str, detail: Mapping[str, object]
) -> Iterator[ReadAnswer]:
    """Record that the user reads answers of the event's participants, then return the answers with their values.

    The call itself writes the record, before the iterator is used. `action` and `detail` are arguments of `access.log`.
    If the user may not see sensitive answers of the event, it raises PermissionDenied and records nothing.
    """
    if not access.may_see_sensitive(user, event):
        raise PermissionDenied
    access.log(event, user, action, detail)
    return _read(answers)


def read_for_participant(answers: Iterable[SensitiveAnswer]) -> Iterator[ReadAnswer]:
    """Return a participant's own answers with their values, for their personal page. This is not recorded."""
    return _read(answers)


def has_same_value(first: SensitiveAnswer, second: SensitiveAnswer) -> bool:
    """Return whether two answers have the same value. Commands use this to find changes."""
    return decrypt_or_none(first.encrypted_value) == decrypt_or_none(second.encrypted_value)


def _read(answers: Iterable[SensitiveAnswer]) -> Iterator[ReadAnswer]:
    return ((answer, decrypt_or_none(answer.encrypted_value)) for answer in answers)
