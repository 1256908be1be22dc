"""Masks personal data in log lines, including tracebacks.

It is a formatter, because a filter does not get the text of an exception, in which PostgreSQL quotes whole rows.
"""

import logging
import re

MASK = "***"
# Tokens in paths: of personal links, door links, preview links and invitations, and of links that set a password or an email
# address. Everyone who has such a token gets access.
TOKEN = re.compile(
    r"(/(?:registration|door|preview|admin/invitation|admin/account/email|admin/account/single-sign-on/connect)/"
    r"|/admin/password_reset/confirm/[^\s/?#\"']+/)[^\s/?#\"']{16,}"
)
# Query strings: searches in the admin contain names.
# These begin where a word does: from each letter of a long path, they would take seconds for a single request.
QUERY = re.compile(r"(?<![^\s?#\"'<>])(?=[^\s?#\"'<>/]*/)([^\s?#\"'<>]++)\?[^\s\"'<>]+")
EMAIL = re.compile(
    r"(?<![^\s@<>\"'()\[\]{},;:=])[^\s@<>\"'()\[\]{},;:=]+@[^\s@<>\"'()\[\]{},;:=]+\.[^\s@<>\"'()\[\]{},;:=.]+"
)
# Rows that PostgreSQL quotes: "Key (event_id, email_key)=(1, …) already exists.", "Failing row contains (…)."
ROW = re.compile(r"(DETAIL:\s).*?(?=\n(?:HINT|QUERY|CONTEXT|The above|During handling|Traceback)|\Z)", re.DOTALL)


def mask(text: str) -> str:
    """Return `text` with `***` in place of tokens of links, query strings, email addresses and database rows."""
    text = ROW.sub(rf"\g<1>{MASK}", text)
    text = TOKEN.sub(rf"\g<1>{MASK}", text)
    text = QUERY.sub(rf"\g<1>?{MASK}", text)
    return EMAIL.sub(MASK, text)


class MaskingFormatter(logging.Formatter):
    """Formats a record, including its traceback, and masks the result."""

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))
