"""Logs without personal data: what a line must not say is masked when it is written, tracebacks included.

A formatter and not a filter: only it sees the text of an error, in which PostgreSQL quotes whole rows.
"""

import logging
import re

MASK = "***"
# Secrets in paths: whoever has a personal link is that person (`events/registration/tokens.py`).
TOKEN = re.compile(r"(/registration/)[^\s/?#\"']{16,}")
# Searches of the editor's side hold names.
QUERY = re.compile(r"(/[^\s?#\"'<>]*)\?[^\s\"'<>]+")
ADDRESS = re.compile(r"[^\s@<>\"'()\[\]{},;:=]+@[^\s@<>\"'()\[\]{},;:=]+\.[^\s@<>\"'()\[\]{},;:=.]+")
# "Key (event_id, email_key)=(1, …) already exists.", "Failing row contains (…)."
ROW = re.compile(r"(DETAIL:\s).*?(?=\n(?:HINT|QUERY|CONTEXT|The above|During handling|Traceback)|\Z)", re.DOTALL)


def masked(text: str) -> str:
    """Return `text` without tokens of personal links, query strings, e-mail addresses and rows of the database."""
    text = ROW.sub(rf"\g<1>{MASK}", text)
    text = TOKEN.sub(rf"\g<1>{MASK}", text)
    text = QUERY.sub(rf"\g<1>?{MASK}", text)
    return ADDRESS.sub(MASK, text)


class MaskingFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))
