"""Where lines of the texts of editors may break: dates and numbers stay together, and long Finnish words are divided."""

import re

TAG = re.compile(r"(<[^>]*>)")
NO_BREAK = "\N{NO-BREAK SPACE}"
# Of at most three digits, since longer numbers are years or identifiers; with thousands ("2 955") and decimals ("1.5").
# In Finnish and Estonian, a full stop before a lower-case letter makes an ordinal number.
# Of at most five groups of digits: with any number of them, a long row of numbers would take hours.
NUMBER = r"(?<![\d.,/])\d{1,3}(?:[ \u00a0]\d{3}){0,4}(?:[.,]\d+)?"
DATE = re.compile(rf"({NUMBER}\.?) ([^\W\d_]+) (\d{{4}})(?!\d)")
UNIT = re.compile(rf"({NUMBER}) (?=[^\W\d_]|[%‰])|({NUMBER}\.) (?=[a-zäöõüšžα-ωάέήίόύώ])")
# Chromium has no rules for Finnish words. A syllable begins at the consonant before a vowel. Shorter words fit on a line. No
# line begins or ends with a part of fewer than five letters.
LONG_WORD = re.compile(r"[^\W\d_]{20,}")
SYLLABLE = re.compile(r"(?<=[^\W\d_]{5})(?=[bcdfghjklmnpqrstvwxzšž][aeiouyåäö][^\W\d_]{3})", re.IGNORECASE)
SOFT_HYPHEN = "\N{SOFT HYPHEN}"
THOUSANDS = re.compile(r"(?<![\d.,/])(\d{1,3}) (?=\d{3}(?!\d))")


def keep_together(markup: str) -> str:
    """Return text or HTML with no-break spaces in dates ("12 February 2026"), and between a number and the next word."""
    # After the last tag, each "<" would be searched for its end through the whole text.
    end = markup.rfind(">") + 1
    parts = TAG.split(markup[:end])
    return "".join(part if TAG.fullmatch(part) else _in_text(part) for part in [*parts, markup[end:]])


def _in_text(text: str) -> str:
    if not any(character.isdigit() for character in text):
        return text
    text = THOUSANDS.sub(rf"\1{NO_BREAK}", text)
    text = DATE.sub(rf"\1{NO_BREAK}\2{NO_BREAK}\3", text)
    return UNIT.sub(lambda found: f"{found[1] or found[2]}{NO_BREAK}", text)


def hyphenate(text: str, language_code: str) -> str:
    """Return a plain text in which long words of a Finnish text have soft hyphens. Other texts are returned unchanged."""
    if language_code != "fi":
        return text
    return LONG_WORD.sub(lambda word: SYLLABLE.sub(SOFT_HYPHEN, word[0]), text)
