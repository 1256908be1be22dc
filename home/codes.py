"""Codes that people read aloud and type: Crockford's base32 with a check character.

The alphabet has no letters that look like digits. `read_code` ignores case, spaces and hyphens, and reads O as 0, and I and
L as 1. The check character reveals one wrong character, or two neighbouring characters in the wrong order.
"""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# The remainder by 37 has five values more than the alphabet. `new_code` makes no code with these check characters: four of
# them are signs that are hard to say, and `~` and `=` are not in the alphanumeric alphabet of QR codes.
CHECK_ALPHABET = ALPHABET + "*~$=U"
CHECK_BASE = 37
READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
GROUP = 6
# Longer texts are not codes.
MAX_INPUT = 60


def new_code(length: int) -> str:
    """Return a random code of `length` characters (five bits each), followed by a check character."""
    while True:
        text = "".join(secrets.choice(ALPHABET) for _number in range(length))
        check = _check_character(text)
        if check in ALPHABET:
            return text + check


def read_code(text: str, length: int) -> str:
    """Return the code in the form in which it is stored, or "" if the text is not a valid code of `length` characters."""
    if len(text) > MAX_INPUT:
        return ""
    code = "".join(letter for letter in text.upper() if letter.isalnum()).translate(READ_AS)
    if len(code) != length + 1 or not set(code) <= set(ALPHABET):
        return ""
    return code if _check_character(code[:-1]) == code[-1] else ""


def is_like_code(text: str, length: int) -> bool:
    """Return whether the text has the length and characters of a code, and a digit. The check character may be wrong."""
    code = "".join(letter for letter in text.upper() if letter.isalnum()).translate(READ_AS)
    return len(code) == length + 1 and set(code) <= set(ALPHABET) and any(letter.isdigit() for letter in code)


def grouped(code: str) -> str:
    """Return the code in groups of six characters, which are easier to read and to type."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def _check_character(text: str) -> str:
    value = 0
    for letter in text:
        value = value * 32 + ALPHABET.index(letter)
    return CHECK_ALPHABET[value % CHECK_BASE]
