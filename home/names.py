"""Names of people as they are searched and compared.

A search finds them by Latin letters, whatever alphabet, accents and apostrophes they have.
"""

from __future__ import annotations

import unicodedata

from home.text_normalization import fold

# Letters that have no accent to remove, but that people without such a keyboard write in this way.
LATIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th"}
    | dict.fromkeys("'`´’‘ʼʹ′\u2032\u201b", "")
)
ACUTE, DIAERESIS = "\u0301", "\u0308"
# Greek letters in Latin ones (ELOT 743). Pairs come before single letters.
PAIRS = {
    "αι": "ai", "ει": "ei", "οι": "oi", "υι": "yi", "ου": "ou",
    "γγ": "ng", "γξ": "nx", "γχ": "nch", "γκ": "gk", "ντ": "nt",
}  # fmt: skip
SINGLE = {
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l", "μ": "m",
    "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps",
    "ω": "o",
}  # fmt: skip
VOICED = frozenset("αεηιουωβγδζλμνρ")


def fold_name(text: str) -> str:
    """Return a name without case, accents and apostrophes: `O’Neill` and `o'neill`, `Łukasz` and `lukasz` give the same."""
    return fold(text).translate(LATIN)


def searchable(text: str) -> str:
    """Return the text in which the words of a search are found: in its own letters, and Greek ones in Latin letters too."""
    own = fold_name(text)
    latin = fold_name(romanised(text))
    return own if latin == own else f"{own} {latin}"


def romanised(text: str) -> str:
    """Return the text with Greek letters written in Latin ones, in small letters (ELOT 743)."""
    letters = _letters(text)
    found, position = [], 0
    while position < len(letters):
        base, marks = letters[position]
        following = letters[position + 1] if position + 1 < len(letters) else ("", "")
        pair = base + following[0]
        # An accent on the first vowel, or two dots on the second, keep them apart.
        are_apart = ACUTE in marks or DIAERESIS in following[1]
        if pair in {"αυ", "ευ", "ηυ"} and not are_apart:
            after = letters[position + 2][0] if position + 2 < len(letters) else ""
            found.append(SINGLE[base] + ("v" if after in VOICED and after else "f"))
        elif pair == "μπ":
            is_inside = position > 0 and letters[position - 1][0].isalpha()
            found.append("mp" if is_inside and _is_letter(letters, position + 2) else "b")
        elif pair in PAIRS and not (are_apart and pair[1] in "ιυ"):
            found.append(PAIRS[pair])
        else:
            found.append(SINGLE.get(base, base) + ("" if base in SINGLE else marks))
            position += 1
            continue
        position += 2
    return unicodedata.normalize("NFC", "".join(found))


def _letters(text: str) -> list[tuple[str, str]]:
    """Return the characters, each with its accents."""
    found: list[tuple[str, str]] = []
    for char in unicodedata.normalize("NFD", text.lower()):
        if unicodedata.combining(char) and found:
            found[-1] = (found[-1][0], found[-1][1] + char)
        else:
            found.append((char, ""))
    return found


def _is_letter(letters: list[tuple[str, str]], position: int) -> bool:
    return position < len(letters) and letters[position][0].isalpha()


def name_key(name: str) -> str:
    """Return the text to compare instead of a name. The order of the words, hyphens, case and accents do not count."""
    return " ".join(sorted(fold(name).replace("-", " ").split()))
