"""Makes user input safe for emails, so that it cannot become a link, a line break or a header."""

from __future__ import annotations

import re
import unicodedata

# Mail programs turn text that looks like an address into a link, even in plain text: letters around a dot, "://",
# "www." or "@". "J. Doe" and "St. Mary" do not match.
LOOKS_LIKE_AN_ADDRESS = re.compile(r"://|@|\bwww\.|[^\W_]\.[^\W\d_]{2,}", re.IGNORECASE)
LINKING = re.compile(r"(?<=\S)([.:/@])(?=\S)")
# An invisible character. Mail programs do not recognise an address that contains it.
BREAK = "\N{ZERO WIDTH NON-JOINER}"
# Unicode categories of characters that control how text is shown: line ends, tabs, direction marks.
CONTROL_CATEGORIES = {"Cc", "Cf", "Zl", "Zp"}
MAX_NAME_LENGTH = 80
# Characters with a special meaning in an address (RFC 5322). Some servers fail on them even in quotes.
SPECIAL = re.compile(r'[@:,"<>()\[\];\\]+')
MAX_SENDER_LENGTH = 75
MAX_SUBJECT_LENGTH = 78


def one_line(text: str) -> str:
    """Return `text` on one line, without direction marks and other control characters."""
    spaced = "".join(" " if unicodedata.category(letter) in CONTROL_CATEGORIES else letter for letter in text)
    return " ".join(spaced.split())


def plain_name(text: str) -> str:
    """Return a person's name for an email: one line of limited length in which mail programs find no link."""
    name = shortened(one_line(text), MAX_NAME_LENGTH)
    return LINKING.sub(rf"\1{BREAK}", name) if LOOKS_LIKE_AN_ADDRESS.search(name) else name


def sender_name(text: str) -> str:
    """Return a name for the From header that needs no quotes."""
    return shortened(one_line(SPECIAL.sub(" ", text)), MAX_SENDER_LENGTH)


def subject_line(template: str, title: str) -> str:
    """Insert a title into a subject such as "Confirmed: %(title)s".

    The title is cut, so that the whole subject is visible.
    """
    rest = len(template % {"title": ""})
    return one_line(template % {"title": shortened(one_line(title), max(MAX_SUBJECT_LENGTH - rest, 20))})


def shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
