"""Names of people in the forms in which they are searched and compared.

A search with Latin letters finds names in other alphabets, and with accents or apostrophes.
"""

from __future__ import annotations

import unicodedata

from home.text_normalization import fold

# Letters without a removable accent, and how people without such a keyboard write them.
LATIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th"}
    | dict.fromkeys("'`´’‘ʼʹ′\u2032\u201b", "")
)
ACUTE, DIAERESIS = "\u0301", "\u0308"
# Greek letters and their Latin transcription (ELOT 743). Pairs are tried before single letters.
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
    """Return a name without case, accents and apostrophes: `O’Neill` and `o'neill`, `Łukasz` and `lukasz` are the same."""
    return fold(text).translate(LATIN)


def searchable(text: str) -> str:
    """Return the text that a search compares with its words: the folded name, and a Latin transcription if it is Greek."""
    own = fold_name(text)
    latin = fold_name(romanised(text))
    return own if latin == own else f"{own} {latin}"


def romanised(text: str) -> str:
    """Return the text in lower case, with Greek letters transcribed to Latin ones (ELOT 743)."""
    letters = _letters(text)
    found, position = [], 0
    while position < len(letters):
        base, marks = letters[position]
        following = letters[position + 1] if position + 1 < len(letters) else ("", "")
        pair = base + following[0]
        # An accent on the first vowel, or a diaeresis on the second, separates the vowels.
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
    """Return (character, accents) for each character of the text, in lower case."""
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
    """Return a key to compare names with. It ignores the order of the words, hyphens, case and accents."""
    return " ".join(sorted(fold(name).replace("-", " ").split()))
