"""The terms of the site in each language, as the tables in `docs/glossary.md` give them, and the words to avoid.

A row of terms contains an English term, its translations, and for each language the variants that a translation of a
text with that term must not use:

    | English | Finnish | Estonian | Greek | avoid (fi) | avoid (et) | avoid (el) |

The columns say which languages the glossary has: a language is added with its column of translations and one of words to
avoid, in the same order, in each table.

Several terms or variants are separated by commas. Text in parentheses is a note for readers. An asterisk at the end of a
word stands for any ending: `sündmus*` is also *sündmused*. Case is ignored, except in a variant that differs from the
translation only in case.

Another table (`| language | never | instead |`) lists phrases that no text of a language may contain, separated by
semicolons.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

SOURCE = "English"
AVOID = re.compile(r"avoid \(([a-z]+)\)")
NEVER = ["language", "never", "instead"]


@dataclass(frozen=True)
class Term:
    """An English term in the other languages."""

    english: str
    translations: dict[str, str]
    avoided: dict[str, list[str]]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """A pattern that finds the term in an English text, in the singular or plural."""
        forms = "|".join(re.escape(form) for form in split(self.english))
        return re.compile(rf"\b(?:{forms})(?:s|es)?\b", re.IGNORECASE)

    def misused(self, language: str, translation: str) -> list[str]:
        """Return the words to avoid that the translation contains."""
        own = without_notes(self.translations[language])
        flags = {word: 0 if word.lower() == own.lower() else re.IGNORECASE for word in self.avoided[language]}
        return [found[0] for word, flag in flags.items() if (found := _find(word, translation, flag))]


@dataclass(frozen=True)
class Glossary:
    # Names of languages by code.
    languages: dict[str, str]
    terms: list[Term]
    never: dict[str, list[str]]

    def misused(self, language: str, english: str, translation: str) -> Iterator[tuple[str, str]]:
        """Yield (forbidden word, word to use instead) for each forbidden word in the translation."""
        for term in self.terms:
            if term.avoided[language] and term.pattern.search(english):
                right = f"{term.english!r} is {term.translations[language]!r}"
                yield from ((word, right) for word in term.misused(language, translation))
        for phrase in self.never.get(language, []):
            if found := _find(phrase, translation, re.IGNORECASE):
                yield found[0], "never say it"

    def contradictions(self) -> Iterator[str]:
        """Yield a sentence for each term that has two rows, or whose own translation contains a word to avoid."""
        seen = set()
        for term in self.terms:
            if term.english in seen:
                yield f"the term {term.english!r} has two rows"
            seen.add(term.english)
            for language, translation in term.translations.items():
                for word in term.misused(language, without_notes(translation)):
                    yield f"{language}: {term.english!r} forbids its own translation: {word!r}"


def read(text: str) -> Glossary:
    """Parse the tables of the glossary. Raises ValueError if they are missing or a row is incomplete."""
    tables = list(_tables(text))
    languages = next(filter(None, (_languages(header) for header, _rows in tables)), {})
    codes = {name: code for code, name in languages.items()}
    terms: list[Term] = []
    never: dict[str, list[str]] = {}
    for header, rows in tables:
        if found := _languages(header):
            if found != languages:
                raise ValueError(f"two tables of terms have other languages: {header}")
            terms += [_term(row, languages) for row in rows]
        elif header == NEVER:
            never |= {codes[row[0]]: split(row[1], r"[;,]") for row in rows if row[0] in codes}
    if not terms:
        raise ValueError(f"no table of terms: its first column is {SOURCE!r}, its last are like 'avoid (fi)'")
    return Glossary(languages, terms, never)


def _languages(header: list[str]) -> dict[str, str]:
    """Return language names by code from the header of a table of terms; an empty dictionary for another table."""
    codes = [match[1] for cell in header if (match := AVOID.fullmatch(cell))]
    names = header[1 : 1 + len(codes)]
    is_complete = header == [SOURCE, *names, *(f"avoid ({code})" for code in codes)]
    return dict(zip(codes, names, strict=True)) if codes and is_complete else {}


def _tables(text: str) -> Iterator[tuple[list[str], list[list[str]]]]:
    """Yield (header, rows) for each Markdown table."""
    for block in re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE):
        rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in block.splitlines()]
        yield rows[0], rows[2:]


def _term(row: list[str], languages: dict[str, str]) -> Term:
    count = len(languages)
    if len(row) != 1 + 2 * count or not all(row[: 1 + count]):
        raise ValueError(f"not a complete row of terms: {row}")
    translations = dict(zip(languages, row[1 : 1 + count], strict=True))
    avoided = dict(zip(languages, map(split, row[1 + count :]), strict=True))
    return Term(row[0], translations, avoided)


def without_notes(cell: str) -> str:
    return re.sub(r"\s*\([^)]*\)", "", cell)


def split(cell: str, separator: str = ",") -> list[str]:
    return [part.strip() for part in re.split(separator, without_notes(cell)) if part.strip()]


def _find(phrase: str, text: str, flags: int) -> re.Match[str] | None:
    return _pattern(phrase, flags).search(text)


@cache
def _pattern(phrase: str, flags: int) -> re.Pattern[str]:
    # Asterisks count only at the end of a word: a pattern with several endings in one word would take minutes to match.
    words = re.sub(r"(?:\\\*)+(?!\w)", r"[^\\W_]*", re.escape(phrase))
    return re.compile(rf"\b{words}\b", flags)
