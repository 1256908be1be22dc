"""Mails about registrations: `render` makes one of a row of the outbox, in the language of the person."""

from events.registration.mail.rendering import render

__all__ = ["render"]
