"""Codes that people read aloud and type: Crockford's base32 with a check character.

Letters that look like digits are not used. Reading ignores case, spaces and hyphens, and takes O for 0, and I and L for 1.
A single wrong character, and two neighbours that are swapped, are found by the check character.
"""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# The remainder by 37 has five values more than the alphabet. Of these only U is a letter, and codes with the others are
# not given out: they are hard to say and not in the alphabet of compact QR codes.
CHECK_ALPHABET = ALPHABET + "*~$=U"
CHECK_BASE = 37
READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
GROUP = 6
# Longer input is not read.
MAX_INPUT = 60


def new_code(length: int) -> str:
    """Return a random code of `length` characters and a check character: five bits for each of them."""
    while True:
        text = "".join(secrets.choice(ALPHABET) for _number in range(length))
        check = _check_character(text)
        if check in ALPHABET:
            return text + check


def read_code(text: str, length: int) -> str:
    """Return the code as it is stored, or "" if the text is no code of `length` and a check character."""
    if len(text) > MAX_INPUT:
        return ""
    code = "".join(letter for letter in text.upper() if letter.isalnum()).translate(READ_AS)
    if len(code) != length + 1 or not set(code) <= set(ALPHABET):
        return ""
    return code if _check_character(code[:-1]) == code[-1] else ""


def is_like_code(text: str, length: int) -> bool:
    """Return whether the text has the length and the characters of a code, whatever its check character."""
    code = "".join(letter for letter in text.upper() if letter.isalnum()).translate(READ_AS)
    return len(code) == length + 1 and set(code) <= set(ALPHABET) and any(letter.isdigit() for letter in code)


def grouped(code: str) -> str:
    """Return the code in groups of six characters, to read and to type."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def _check_character(text: str) -> str:
    value = 0
    for letter in text:
        value = value * 32 + ALPHABET.index(letter)
    return CHECK_ALPHABET[value % CHECK_BASE]
