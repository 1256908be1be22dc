"""Masks personal data in log records, including tracebacks.

This is a formatter and not a filter because only a formatter sees the traceback, in which PostgreSQL quotes rows.
"""

import logging
import re

MASK = "***"
# Tokens of personal links, which give access to a registration (`events/registration/tokens.py`).
TOKEN = re.compile(r"(/registration/)[^\s/?#\"']{16,}")
# Query strings: searches in the admin contain names.
QUERY = re.compile(r"(/[^\s?#\"'<>]*)\?[^\s\"'<>]+")
ADDRESS = re.compile(r"[^\s@<>\"'()\[\]{},;:=]+@[^\s@<>\"'()\[\]{},;:=]+\.[^\s@<>\"'()\[\]{},;:=.]+")
# "Key (event_id, email_key)=(1, …) already exists.", "Failing row contains (…)."
ROW = re.compile(r"(DETAIL:\s).*?(?=\n(?:HINT|QUERY|CONTEXT|The above|During handling|Traceback)|\Z)", re.DOTALL)


def masked(text: str) -> str:
    """Return `text` without tokens of personal links, query strings, email addresses and database rows."""
    text = ROW.sub(rf"\g<1>{MASK}", text)
    text = TOKEN.sub(rf"\g<1>{MASK}", text)
    text = QUERY.sub(rf"\g<1>?{MASK}", text)
    return ADDRESS.sub(MASK, text)


class MaskingFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))
