"""Making user input safe in emails: nothing in it becomes a link, a line break or a header."""

from __future__ import annotations

import re
import unicodedata

# Mail programs turn text that looks like an address into a link, also in plain text: letters around a dot, a scheme, an
# at sign. "J. Doe" and "St. Mary" do not match.
LOOKS_LIKE_AN_ADDRESS = re.compile(r"://|@|\bwww\.|[^\W_]\.[^\W\d_]{2,}", re.IGNORECASE)
LINKING = re.compile(r"(?<=\S)([.:/@])(?=\S)")
# Invisible, but programs do not recognise an address that contains it.
BREAK = "\N{ZERO WIDTH NON-JOINER}"
# Characters that control how text is shown: line ends, tabs, marks of direction.
CONTROL_CATEGORIES = {"Cc", "Cf", "Zl", "Zp"}
MAX_NAME_LENGTH = 80
# Characters with a meaning in an address (RFC 5322). Some servers fail on them even in quotes.
SPECIAL = re.compile(r'[@:,"<>()\[\];\\]+')
MAX_SENDER_LENGTH = 75
MAX_SUBJECT_LENGTH = 78


def one_line(text: str) -> str:
    """Return `text` on one line, without marks of direction and other control characters."""
    spaced = "".join(" " if unicodedata.category(letter) in CONTROL_CATEGORIES else letter for letter in text)
    return " ".join(spaced.split())


def plain_name(text: str) -> str:
    """Return a person's name for an email: one line of limited length that programs do not turn into a link."""
    name = shortened(one_line(text), MAX_NAME_LENGTH)
    return LINKING.sub(rf"\1{BREAK}", name) if LOOKS_LIKE_AN_ADDRESS.search(name) else name


def sender_name(text: str) -> str:
    """Return a name for the From header that needs no quotes."""
    return shortened(one_line(SPECIAL.sub(" ", text)), MAX_SENDER_LENGTH)


def subject_line(template: str, title: str) -> str:
    """Insert a title into a subject such as "Confirmed: %(title)s", shortened so that the whole subject is visible."""
    rest = len(template % {"title": ""})
    return one_line(template % {"title": shortened(one_line(title), max(MAX_SUBJECT_LENGTH - rest, 20))})


def shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
