"""Finds what a language of the site still lacks, and creates its empty catalogue (`manage.py add_language`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polib
from babel import Locale as CldrLocale
from babel.messages.plurals import get_plural
from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import formats, timezone
from django.utils.translation import override
from wagtail.models import Site

from home.collation import ALPHABETS
from home.countries import countries
from home.languages import language_name
from home.models import GlossaryTerm, LanguageTexts
from home.models.settings import COFUNDED_WORDS
from home.roles import translators
from home.translations.overview import Row, all_rows

PAGE = "wagtailcore.page"
ROOT = Path(settings.BASE_DIR)
FORMATS = ROOT / "site" / "config" / "formats"
ERROR_PAGES = ROOT / "deploy" / "nginx" / "errors"


def catalogue(code: str) -> Path:
    """Return the path of the language's catalogue of interface texts. The file may not exist."""
    return Path(settings.LOCALE_PATHS[0]) / code / "LC_MESSAGES" / "django.po"


def make_catalogue(code: str) -> bool:
    """Create a catalogue with all texts of the interface and no translations. Returns False if there is one already.

    Raises OSError if the folder is not writable.
    """
    target = catalogue(code)
    if target.exists():
        return False
    source = polib.pofile(str(catalogue(settings.LANGUAGE_CODE)), wrapwidth=0)
    name = _english_name(code)
    new = polib.POFile(wrapwidth=0)
    new.header = f" The interface in {name}."
    new.metadata = source.metadata | {
        "Language-Team": name,
        "Language": code,
        "Plural-Forms": get_plural(code).plural_forms,
    }
    count = get_plural(code).num_plurals
    for entry in source:
        if not entry.obsolete:
            entry.msgstr = ""
            entry.msgstr_plural = dict.fromkeys(range(count), "") if entry.msgid_plural else {}
            new.append(entry)
    target.parent.mkdir(parents=True, exist_ok=True)
    new.save(str(target))
    return True


def missing(code: str) -> list[str]:
    """Return a sentence for each thing that the language lacks, with its effect for readers and where to add it."""
    return [*_content(code), *_official_texts(code), *_work_of_translators(code), *_interface(code), *_files(code)]


def _content(code: str) -> Iterator[str]:
    cells = [(row, next(cell for cell in row.cells if cell.locale.language_code == code)) for row in all_rows()]
    pages = [(row, cell) for row, cell in cells if row.model == PAGE and row.is_public]
    if any(row.depth == 0 and cell.state not in {"published", "independent", "source"} for row, cell in pages):
        yield "The home page is a draft. The language is shown to readers when it is published: Translations in the menu."
    absent = [row for row, cell in pages if cell.state in {"missing", "draft"} and row.depth > 0]
    if absent:
        yield f"{len(absent)} public pages are not published in it: {_titles(absent)}."
    if left := sum(cell.untranslated for _row, cell in pages if cell.state == "published"):
        yield f"{left} texts of published pages are still in the source language: Translations in the menu."
    if rows := [row for row, cell in cells if row.model != PAGE and cell.state == "missing"]:
        yield (
            f"{len(rows)} organisations, people, categories and others have no translation: {_titles(rows)}. "
            "Pages show them in the source language."
        )


def _titles(rows: list[Row]) -> str:
    shown = [row.title for row in rows[:5]]
    return ", ".join(shown) + (" and others" if len(rows) > len(shown) else "")


def _official_texts(code: str) -> Iterator[str]:
    site = Site.objects.filter(is_default_site=True).first()
    if not LanguageTexts.objects.filter(project__site=site, locale__language_code=code).exists():
        yield (
            "Title of the project, funding statement and disclaimer are not entered (Settings > Project). Pages show those "
            "in the source language."
        )
    if code not in COFUNDED_WORDS:
        yield (
            "The form of these texts cannot tell the statements of funding and co-funding apart in this language: compare "
            "them yourself. (COFUNDED_WORDS in home/models/settings.py)"
        )


def _work_of_translators(code: str) -> Iterator[str]:
    if code == settings.LANGUAGE_CODE:
        return
    if not get_user_model().objects.filter(groups__name=translators(code)).exists():
        yield f"Nobody is in the group “{translators(code)}” (Settings > Invitations)."
    if not GlossaryTerm.objects.filter(language=code).exists():
        yield "The glossary has no terms in it (Glossary in the menu)."


def _interface(code: str) -> Iterator[str]:
    if code == settings.LANGUAGE_CODE:
        return
    path = catalogue(code)
    if not path.exists():
        yield f"There is no {_relative(path)}: buttons, forms and emails are in the source language."
        return
    entries = [entry for entry in polib.pofile(str(path)) if not entry.obsolete]
    if left := sum(not entry.translated() for entry in entries):
        yield (
            f"{left} of {len(entries)} texts of buttons, forms and emails are not translated, and are in the source "
            f"language: {_relative(path)}."
        )


def _files(code: str) -> Iterator[str]:
    if not (FORMATS / code).is_dir():
        with override(code):
            example = formats.date_format(timezone.now(), "DATETIME_FORMAT")
        yield f"Dates and times are in Django’s form, such as “{example}”. Others: {_relative(FORMATS)}/{code}/formats.py."
    if not (ERROR_PAGES / f"503.{code}.html").exists():
        yield f"The pages that nginx shows by itself are in English: {_relative(ERROR_PAGES)}/503.{code}.html and 413."
    territories = CldrLocale.parse(code).territories
    if absent := [name for key, name in countries.countries.items() if key not in territories]:
        yield f"CLDR has no names for these countries, which are in English: {', '.join(map(str, absent))}."
    if code not in ALPHABETS:
        yield (
            "Letters with accents sort beside those without, except in lists that PostgreSQL sorts. If the alphabet has "
            "letters with places of their own, add them to ALPHABETS in home/collation.py."
        )


def _relative(path: Path) -> str:
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


def _english_name(code: str) -> str:
    with override(settings.LANGUAGE_CODE):
        return language_name(code)
