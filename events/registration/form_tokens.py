"""The signed note in a form: of which event it is, and since when it is open. Nobody has to be remembered for it."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from events.registration.addresses import email_key

SALT = "events.registration.form"
OUTCOME_SALT = "events.registration.outcome"


@dataclass(frozen=True)
class Stamp:
    """`opened_at` counts seconds since 1970, as `time.time()` does."""

    key: uuid.UUID
    opened_at: float

    def age(self, now: float | None = None) -> float:
        """Return for how many seconds the form has been open."""
        return (time.time() if now is None else now) - self.opened_at

    def submission_key(self, address: str) -> uuid.UUID:
        """Return the key of what is sent: the same for a double click, another for a colleague's address (or name).

        Who goes back and registers somebody else with the same form must not get her own registration again.
        """
        return uuid.uuid5(self.key, email_key(address))


def new_stamp(event_id: int) -> str:
    return signing.dumps({"e": event_id, "k": uuid.uuid4().hex, "t": round(time.time(), 1)}, salt=SALT)


def read_stamp(text: str, event_id: int) -> Stamp | None:
    """Return what a form of the event was stamped with, or None for what is no such stamp.

    A stamp never runs out: a form may lie open for as long as somebody needs (WCAG 2.2.1).
    """
    try:
        found = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    if found["e"] != event_id:
        return None
    return Stamp(uuid.UUID(found["k"]), found["t"])


def sign_outcome(event_id: int, status: str, mode: str) -> str:
    """Return what proves that a form of the event ended so: the address of its end page says nothing about the person."""
    return salted_hmac(OUTCOME_SALT, f"{event_id}:{status}:{mode}", algorithm="sha256").hexdigest()[:32]


def is_outcome(event_id: int, status: str, mode: str, signature: str) -> bool:
    return constant_time_compare(signature, sign_outcome(event_id, status, mode))
