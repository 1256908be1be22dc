"""What people typed, made fit to stand in a mail as text and as nothing else."""

from __future__ import annotations

import re
import unicodedata

# Mail programs turn what looks like an address into a link, in plain text too: letters with a dot between, a scheme,
# an at sign. "J. Doe" and "St. Mary" are none.
LOOKS_LIKE_AN_ADDRESS = re.compile(r"://|@|\bwww\.|[^\W_]\.[^\W\d_]{2,}", re.IGNORECASE)
LINKING = re.compile(r"(?<=\S)([.:/@])(?=\S)")
# Shown as nothing, but no program reads an address across it.
BREAK = "\N{ZERO WIDTH NON-JOINER}"
# What is no letter but steers how text is shown: line ends, tabs, marks of direction.
STEERING = {"Cc", "Cf", "Zl", "Zp"}
LONGEST_NAME = 80
# RFC 5322 gives these a meaning in an address; servers have stumbled over quoted ones.
SPECIAL = re.compile(r'[@:,"<>()\[\];\\]+')
LONGEST_SENDER = 75
LONGEST_SUBJECT = 78


def one_line(text: str) -> str:
    """Return `text` without line ends, marks of direction and other steering characters."""
    spaced = "".join(" " if unicodedata.category(letter) in STEERING else letter for letter in text)
    return " ".join(spaced.split())


def plain_name(text: str) -> str:
    """Return the name of a person as it stands in a mail: one line, of readable length, never a link."""
    name = shortened(one_line(text), LONGEST_NAME)
    return LINKING.sub(rf"\1{BREAK}", name) if LOOKS_LIKE_AN_ADDRESS.search(name) else name


def sender_name(text: str) -> str:
    """Return a name for the From line that needs no quotes."""
    return shortened(one_line(SPECIAL.sub(" ", text)), LONGEST_SENDER)


def subject_line(template: str, title: str) -> str:
    """Put a title into a subject such as "Confirmed: %(title)s" so that the whole is seen."""
    rest = len(template % {"title": ""})
    return one_line(template % {"title": shortened(one_line(title), max(LONGEST_SUBJECT - rest, 20))})


def shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
