"""Finds dates with a year, and the weekdays beside them, in texts in the languages of the site."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from functools import cache

from django.utils import dates
from django.utils.formats import date_format
from django.utils.translation import override

from home.text_normalization import fold

# The endings of months and weekdays change by grammatical case, so words are compared by at least this many first letters.
MIN_STEM = 3
NUMERIC = re.compile(r"\b(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[./](\d{1,2})[./](\d{4}))\b")


@dataclass(frozen=True)
class Mention:
    """A date that a text mentions.

    `text` is the date as written, and `weekday` the weekday beside it (Monday is 0), or None.
    """

    text: str
    day: datetime.date
    weekday: int | None = None


def mentions(text: str, language_code: str) -> list[Mention]:
    """Return the dates with a year in `text`. Impossible dates, such as 31 June, are left out."""
    found = [*_written(text, language_code), *_numeric(text, language_code)]
    return list(dict.fromkeys(found))


def _written(text: str, language_code: str) -> list[Mention]:
    months, _weekdays = _names(language_code)
    result = []
    alternatives = "|".join(sorted(months, key=len, reverse=True))
    # "12 May 2026", "12. toukokuuta 2026", "May 12, 2026"
    pattern = re.compile(
        rf"(?:(?P<day>\d{{1,2}})(?:\.|ης|η)?\s+(?P<month>{alternatives})\w*\.?,?"
        rf"|(?<!\w)(?P<month2>{alternatives})\w*\s+(?P<day2>\d{{1,2}}),?)\s+(?P<year>\d{{4}})\b",
        re.IGNORECASE,
    )
    folded = fold_keeping_length(text)
    for match in pattern.finditer(folded):
        day, month = match["day"] or match["day2"], match["month"] or match["month2"]
        date = date_of(int(match["year"]), months[month.lower()], int(day))
        if date:
            result.append(
                Mention(text[match.start() : match.end()], date, _weekday_before(folded, match.start(), language_code))
            )
    return result


def _numeric(text: str, language_code: str) -> list[Mention]:
    result = []
    folded = fold_keeping_length(text)
    for match in NUMERIC.finditer(text):
        year, month, day = (match[1], match[2], match[3]) if match[1] else (match[6], match[5], match[4])
        date = date_of(int(year), int(month), int(day))
        if date:
            result.append(Mention(match[0], date, _weekday_before(folded, match.start(), language_code)))
    return result


def _weekday_before(folded: str, start: int, language_code: str) -> int | None:
    """Return the weekday (Monday is 0) if the word before the date is one, as in "on Tuesday, 12 May", else None."""
    words = re.findall(r"\w+", folded[max(0, start - 30) : start])
    if not words:
        return None
    _months, weekdays = _names(language_code)
    return next((number for stem, number in weekdays.items() if words[-1].lower().startswith(stem)), None)


def fold_keeping_length(text: str) -> str:
    """Return the text without accents. It has the same length, so that positions in it are still right."""
    return "".join((fold(char) or char)[:1] or char for char in text)


@cache
def _names(language_code: str) -> tuple[dict[str, int], dict[str, int]]:
    """Return two dictionaries from word beginning to number: months (January is 1) and weekdays (Monday is 0)."""
    with override(language_code):
        months = {str(names[number]): number for names in (dates.MONTHS, dates.MONTHS_ALT) for number in range(1, 13)}
        weekdays = {str(dates.WEEKDAYS[number]): number for number in range(7)}
        months |= {date_format(datetime.date(2026, number, 1), "F"): number for number in range(1, 13)}
    return _stems(months), {name[: max(MIN_STEM, len(name) - 2)]: number for name, number in _folded(weekdays).items()}


def _stems(names: dict[str, int]) -> dict[str, int]:
    """Return, for each name, its first letters that tell it apart from names with other numbers: at least `MIN_STEM`."""
    folded = _folded(names)
    result: dict[str, int] = {}
    for name, number in folded.items():
        for length in range(MIN_STEM, len(name) + 1):
            stem = name[:length]
            if all(other == number for known, other in folded.items() if known.startswith(stem)):
                result[stem] = number
                break
        else:
            result[name] = number
    return result


def _folded(names: dict[str, int]) -> dict[str, int]:
    return {fold_keeping_length(name).lower(): number for name, number in names.items()}


def date_of(year: int, month: int, day: int) -> datetime.date | None:
    """Return the date, or None if there is no such day."""
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None
