"""Signed tokens in public forms. They say which event or page a form is about, and when it was opened.

Nothing is stored for them.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass

from django.core import signing


@dataclass(frozen=True)
class FormToken:
    """A decoded form token: its key, and when the form was opened (in seconds since 1970, as `time.time()`)."""

    key: uuid.UUID
    opened_at: float

    def age(self, now: float | None = None) -> float:
        """Return for how many seconds the form has been open."""
        return (time.time() if now is None else now) - self.opened_at

    def submission_key(self, sender: str) -> uuid.UUID:
        """Return the key of a submission: the same for a double click, another for another `sender`.

        `sender` is a normalised email address or a name. A person who goes back in the browser and sends the same form for a
        colleague makes a second submission.
        """
        return uuid.uuid5(self.key, sender)


def new_form_token(salt: str, subject: int) -> str:
    """Return a token for a form about `subject`, such as the number of an event. Each kind of form has its `salt`."""
    return signing.dumps({"e": subject, "k": uuid.uuid4().hex, "t": round(time.time(), 1)}, salt=salt)


def read_form_token(text: str, salt: str, subject: int) -> FormToken | None:
    """Return the token, or None when it is not a valid token for the subject.

    A token never expires, because people may take as much time as they need for a form (WCAG 2.2.1).
    """
    try:
        found = signing.loads(text, salt=salt)
    except signing.BadSignature:
        return None
    if found["e"] != subject:
        return None
    return FormToken(uuid.UUID(found["k"]), found["t"])
