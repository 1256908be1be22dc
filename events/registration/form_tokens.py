"""Form tokens of registration forms, and signatures for the pages that follow the forms."""

from __future__ import annotations

from django.utils.crypto import constant_time_compare, salted_hmac

from home import form_tokens
from home.form_tokens import FormToken

SALT = "events.registration.form"
OUTCOME_SALT = "events.registration.outcome"


def new_form_token(event_id: int) -> str:
    return form_tokens.new_form_token(SALT, event_id)


def read_form_token(text: str, event_id: int) -> FormToken | None:
    """Return the form token in the text; None if it is not valid for the event."""
    return form_tokens.read_form_token(text, SALT, event_id)


def sign_outcome(event_id: int, status: str, mode: str) -> str:
    """Return the signature of status and mode for the URL of the page after the form. It identifies no person."""
    return salted_hmac(OUTCOME_SALT, f"{event_id}:{status}:{mode}", algorithm="sha256").hexdigest()[:32]


def is_outcome(event_id: int, status: str, mode: str, signature: str) -> bool:
    return constant_time_compare(signature, sign_outcome(event_id, status, mode))
