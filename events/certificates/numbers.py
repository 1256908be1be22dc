"""Numbers of certificates: random, so that nobody can list the certificates by trying numbers."""

from __future__ import annotations

from home.codes import new_code, read_code

# Random characters, of five bits each. The check character comes after them.
LENGTH = 11


def new_number() -> str:
    return new_code(LENGTH)


def read_number(text: str) -> str:
    """Return the number in a scanned or typed text; an empty text if it contains no valid number."""
    return read_code(text, LENGTH)
