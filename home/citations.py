"""Citations of a publication or of the project: as text, and as BibTeX and RIS for reference managers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from anyascii import anyascii
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Author:
    """The author of a cited work. `family` and `given` are empty for an organisation, whose name is not split."""

    name: str
    family: str = ""
    given: str = ""

    @classmethod
    def person(cls, name: str) -> Author:
        *given, family = name.split()
        return cls(name, family, " ".join(given))

    @property
    def inverted(self) -> str:
        return f"{self.family}, {self.given}" if self.given else self.name


@dataclass(frozen=True)
class Citation:
    """The data of a citation. `year` and `version` are None if they are unknown."""

    authors: list[Author]
    year: int | None
    title: str
    publisher: str
    url: str
    language: str
    version: int | None = None
    doi: str = ""
    licence: str = ""
    abstract: str = ""
    # The kind of report, in English. If it is empty, the work is not cited as a report, and has a publisher instead of an
    # institution.
    kind: str = ""
    note: str = ""

    @property
    def text(self) -> str:
        """Return the citation in the active language."""
        authors = "; ".join(author.inverted for author in self.authors) or self.publisher
        return _("%(authors)s (%(year)s). %(title)s. %(publisher)s. %(address)s") % {
            "authors": authors,
            "year": self.year or _("no date"),
            "title": self.title.rstrip("."),
            "publisher": self.publisher,
            "address": f"https://doi.org/{self.doi}" if self.doi else self.url,
        }

    @property
    def key(self) -> str:
        """Return the BibTeX key: family name of the first author, year, first title word of over three letters."""
        first = self.authors[0] if self.authors else Author(self.publisher)
        long_words = [word for word in _plain(self.title).split() if len(word) > 3] or ["sheet"]
        name = (_plain(first.family or first.name).split() or ["anonymous"])[0]
        return f"{name}{self.year or ''}{long_words[0]}".lower()

    def bibtex(self) -> str:
        fields = {
            "title": f"{{{_escaped(self.title)}}}",
            "author": " and ".join(
                _escaped(author.inverted) if author.family else f"{{{_escaped(author.name)}}}"
                for author in self.authors
            ),
            "year": str(self.year or ""),
            "institution" if self.kind else "publisher": f"{{{_escaped(self.publisher)}}}",
            "type": self.kind,
            "version": str(self.version or ""),
            "doi": self.doi,
            "url": self.url,
            "language": self.language,
            "copyright": self.licence,
            "note": _escaped(self.note),
        }
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
        return "\n".join([f"@{'techreport' if self.kind else 'misc'}{{{self.key},", *lines, "}", ""])

    def ris(self) -> str:
        """Return the RIS record. The format requires CR LF line ends and one line for each tag."""
        fields = [
            ("TY", "RPRT" if self.kind else "GEN"),
            *[("AU", author.inverted if author.family else author.name) for author in self.authors],
            ("TI", self.title),
            ("PY", str(self.year or "")),
            ("PB", self.publisher),
            ("ET", str(self.version or "")),
            ("AB", self.abstract),
            ("DO", self.doi),
            ("UR", self.url),
            ("LA", self.language),
            ("N1", self.note),
        ]
        lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in fields if value]
        return "\r\n".join([*lines, "ER  - ", ""])


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9 ]", "", anyascii(text.replace("-", " ")))


# Characters that TeX would interpret.
TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
TEX |= {sign: f"\\{sign}" for sign in "{}$&#%_"}


def _escaped(text: str) -> str:
    return "".join(TEX.get(character, character) for character in text)
