"""Recognises lines that begin a day of a timetable: a number, a date in figures or words, or a weekday."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from babel import Locale
from django.conf import settings

from home.dates_in_text import date_of
from home.text_normalization import fold

_NUMBER = re.compile(
    r"^(?:(?:day|päivä|päev|ημέρα|μέρα)\s*(?P<after>\d{1,2}|[ivx]{1,4})\b"
    r"|(?P<before>\d{1,2}|[ivx]{1,4})[.:η]*\s*(?:day|päivä|päev|ημέρα|μέρα)\b)",
    re.IGNORECASE,
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}
_FIGURES = re.compile(
    r"^(?:(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?!\d)"
    r"|(?P<d2>\d{1,2})\s?[./]\s?(?P<m2>\d{1,2})(?:\s?[./]\s?(?P<y2>\d{4}|\d{2}(?![\d.:])))?(?P<dot>\.)?(?![\d:]))"
)
_DAY_MONTH = re.compile(
    r"^(?:the\s+)?(?P<d>\d{1,2})(?:\.|st|nd|rd|th|η|ης)?\s*(?:of\s+)?(?P<month>[^\W\d_]+)\.?", re.IGNORECASE
)
_MONTH_DAY = re.compile(r"^(?P<month>[^\W\d_]+)\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?(?![\d.:])", re.IGNORECASE)
_YEAR = re.compile(r"^[\s,.]*(?P<y>(?:19|20)\d\d)\b\.?")
_WORD = re.compile(r"^[^\W\d_]+")
_SEPARATORS = " \t\n,.;:|/()[]–—-•·*▪"
_END = " \t\n,;:|/–—-•·*▪"
# Words that may stand before the time in the line of a day.
_BEFORE_TIME = re.compile(r"^(?:klo|kell|kl|at|ώρα)\b\.?\s*", re.IGNORECASE)
MAX_HEADING_WORDS = 8


@dataclass
class NamedDay:
    """The day that a line names, and the rest of the line."""

    number: int | None = None
    date: datetime.date | None = None
    # The year is not in the text.
    is_yearless: bool = False
    # True for a text such as "12.10." without a weekday, which may also be a time or a number.
    is_weak: bool = False
    weekday: int | None = None
    rest: str = ""

    @property
    def has_wrong_weekday(self) -> bool:
        return bool(
            self.date and not self.is_yearless and self.weekday is not None and self.date.weekday() != self.weekday
        )


def read_day(line: str, year: int) -> NamedDay | None:
    """Return the day that a line begins, or None. A date without a year is in the year `year`."""
    text = line.lstrip(_SEPARATORS)
    found = NamedDay()
    if match := _NUMBER.match(text):
        value = (match["after"] or match["before"]).lower()
        if not value.isdigit() and value not in _ROMAN:
            return None
        found.number = _ROMAN.get(value) or int(value)
        text = text[match.end() :].lstrip(_SEPARATORS)
    text = text_of_date = _take_weekday(found, text)
    text = _take_date(found, text, year)
    text = _take_weekday(found, text)
    if found.number is None and found.date is None and (found.weekday is None or text.strip(_SEPARATORS)):
        return None
    found.is_weak = (
        found.is_yearless and found.weekday is None and found.number is None and bool(_FIGURES.match(text_of_date))
    )
    found.rest = _BEFORE_TIME.sub("", text).strip(_END)
    # "4 July 2024 was a …" is a sentence, and does not begin a day.
    is_sentence = found.rest[:1].islower() or len(found.rest.split()) > MAX_HEADING_WORDS
    return None if is_sentence and not found.rest[:1].isdigit() else found


def _take_weekday(found: NamedDay, text: str) -> str:
    match = _WORD.match(text)
    if not match or found.weekday is not None:
        return text
    weekday = _lookup(_names("days"), match[0])
    if weekday is None:
        return text
    after = text[match.end() :]
    # A short form such as "to" or "pe" counts only beside a date.
    if len(match[0]) < 4 and found.date is None and not re.match(r"^[\s.,]*\d", after):
        return text
    found.weekday = weekday
    return after.lstrip(_SEPARATORS)


def _take_date(found: NamedDay, text: str, year: int) -> str:
    for day, month, written_year, end in _dates(text):
        value = int(written_year) if written_year else year
        date = date_of(value + 2000 if value < 100 else value, month, day)
        if date:
            found.date, found.is_yearless = date, not written_year
            return text[end:].lstrip(_SEPARATORS)
    return text


def _dates(text: str) -> Iterator[tuple[int, int, str | None, int]]:
    """Yield the possible readings of a date at the start: day, month, year, and the position of the rest."""
    if match := _FIGURES.match(text):
        if match["y"]:
            yield int(match["d"]), int(match["m"]), match["y"], match.end()
        elif match["y2"] or match["dot"] or ("/" in match[0] and not text[match.end() :].strip(_SEPARATORS)):
            yield int(match["d2"]), int(match["m2"]), match["y2"], match.end()
            if "/" in match[0]:
                yield int(match["m2"]), int(match["d2"]), match["y2"], match.end()
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        match = pattern.match(text)
        month = _lookup(_names("months"), match["month"]) if match else None
        if match and month:
            year = _YEAR.match(text[match.end() :])
            yield int(match["d"]), month, year["y"] if year else None, match.end() + (year.end() if year else 0)


def _lookup(names: dict[str, int], word: str) -> int | None:
    """Return the number of a name. Long names may have a case ending, such as "septembril"."""
    folded = fold(word)
    if folded in names:
        return names[folded]
    for name, number in names.items():
        if len(name) >= 5 and folded.startswith(name) and len(folded) - len(name) <= 3:
            return number
    return None


@cache
def _names(kind: str) -> dict[str, int]:
    """Return CLDR's names of months or weekdays in the languages of the site, folded, with their numbers."""
    found: dict[str, int] = {}
    for code, _name in [("en", ""), *settings.LANGUAGES]:
        locale = Locale.parse(code, sep="-")
        for forms in getattr(locale, kind).values():
            for width in ("wide", "abbreviated"):
                for number, name in forms.get(width, {}).items():
                    folded = fold(name).rstrip(".")
                    # A single letter is not a name.
                    if len(folded) > 1 and not folded.isdigit():
                        found.setdefault(folded, number)
    return found
