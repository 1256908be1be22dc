"""Signed tokens in public forms. A token contains the event or page of the form, and when the form was opened.

Tokens are not stored.
"""

from __future__ import annotations

import math
import time
import uuid
from dataclasses import dataclass

from django.core import signing


@dataclass(frozen=True)
class FormToken:
    """A decoded form token: its key, and the time when the form was opened (seconds since 1970, as `time.time()`)."""

    key: uuid.UUID
    opened_at: float

    def age(self, now: float | None = None) -> float:
        """Return how many seconds ago the form was opened."""
        return (time.time() if now is None else now) - self.opened_at

    def submission_key(self, sender: str) -> uuid.UUID:
        """Return the key of a submission. It is the same after a double click, and differs for another `sender`.

        `sender` is a normalised email address or a name. If a person goes back in the browser and sends the same form for a
        colleague, that is a second submission.
        """
        return uuid.uuid5(self.key, sender)


def new_form_token(salt: str, subject: int) -> str:
    """Return a token for a form about `subject`, such as the key of an event. Each kind of form has its own `salt`."""
    # Rounded down, because a form that was opened in the future would count as sent by a machine whose clock is ahead.
    opened_at = math.floor(time.time() * 10) / 10
    return signing.dumps({"e": subject, "k": uuid.uuid4().hex, "t": opened_at}, salt=salt)


def read_form_token(text: str, salt: str, subject: int) -> FormToken | None:
    """Return the token, or None if the text is not a valid token for the subject.

    A token never expires, because people may take as much time as they need for a form (WCAG 2.2.1).
    """
    try:
        found = signing.loads(text, salt=salt)
    except signing.BadSignature:
        return None
    if found["e"] != subject:
        return None
    return FormToken(uuid.UUID(found["k"]), found["t"])
