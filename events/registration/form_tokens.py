"""Signed tokens in registration forms: for which event a form is, and when it was opened. Nothing is stored for them."""

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
class FormToken:
    """`opened_at` is in seconds since 1970, as `time.time()` returns them."""

    key: uuid.UUID
    opened_at: float

    def age(self, now: float | None = None) -> float:
        """Return for how many seconds the form has been open."""
        return (time.time() if now is None else now) - self.opened_at

    def submission_key(self, address: str) -> uuid.UUID:
        """Return the key of a submission: the same for a double click, another for another address (or name).

        A person who goes back in the browser and registers a colleague with the same form makes a second registration.
        """
        return uuid.uuid5(self.key, email_key(address))


def new_form_token(event_id: int) -> str:
    return signing.dumps({"e": event_id, "k": uuid.uuid4().hex, "t": round(time.time(), 1)}, salt=SALT)


def read_form_token(text: str, event_id: int) -> FormToken | None:
    """Return the token, or None when it is not a valid token for the event.

    A token never expires, because people may take as much time as they need for a form (WCAG 2.2.1).
    """
    try:
        found = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    if found["e"] != event_id:
        return None
    return FormToken(uuid.UUID(found["k"]), found["t"])


def sign_outcome(event_id: int, status: str, mode: str) -> str:
    """Return the signature in the URL of the page after the form, which names a status and a mode but no person."""
    return salted_hmac(OUTCOME_SALT, f"{event_id}:{status}:{mode}", algorithm="sha256").hexdigest()[:32]


def is_outcome(event_id: int, status: str, mode: str, signature: str) -> bool:
    return constant_time_compare(signature, sign_outcome(event_id, status, mode))
