"""What the checks of a file can find, in the words of the editor. The database keeps codes: words have languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from home.languages import CODES, language_name


@dataclass(frozen=True)
class Kind:
    """`is_error`: the file cannot be published. `text` may name values of the finding: "%(pages)s pages"."""

    is_error: bool
    title: str | Promise
    text: str | Promise


@dataclass(frozen=True)
class Finding:
    code: str
    is_error: bool
    title: str
    text: str


def error(title: str | Promise, text: str | Promise) -> Kind:
    return Kind(is_error=True, title=title, text=text)


def warning(title: str | Promise, text: str | Promise) -> Kind:
    return Kind(is_error=False, title=title, text=text)


KINDS = {
    # Errors
    "not_pdf": error(
        _("This is not a PDF"),
        _("The file is named PDF but holds something else. Export it from your program as PDF and upload it again."),
    ),
    "not_format": error(
        _("The file is not what its name says"),
        _("The name ends in .%(extension)s, but the content is of another kind. Save it in that format, or rename it."),
    ),
    "encrypted": error(
        _("The file is encrypted"),
        _(
            "It asks for a password or forbids copying, which also locks out screen readers. "
            "Save it without protection."
        ),
    ),
    "too_large": error(
        _("The file is too large"),
        _("It has %(size)s, and %(limit)s are allowed. Reduce the pictures: most programs offer a smaller PDF."),
    ),
    "too_many_pages": error(
        _("The file has too many pages"),
        _("It says that it has %(pages)s pages; at most %(limit)s are allowed here."),
    ),
    "damaged": error(
        _("The file is damaged"),
        _("It cannot be read to its end. Open it on your computer: if it looks right there, export it as PDF again."),
    ),
    "too_costly": error(
        _("The file takes too much to open"),
        _(
            "Reading it took more than %(seconds)s seconds or %(memory)s MB of memory, so it was stopped. "
            "Readers would wait too."
        ),
    ),
    "active": error(
        _("The file contains programs"),
        _("It holds scripts, macros or attached programs, which can harm readers. Save it without them."),
    ),
    "not_checked": error(
        _("The check could not run"),
        _("That is no fault of the file. Press “Check again”; if it stays like this, tell whoever runs the site."),
    ),
    # Warnings
    "no_title": warning(
        _("No title in the PDF"),
        _(
            "Screen readers and browser tabs show the file's name instead. "
            "Fill in the title in the document's properties."
        ),
    ),
    "title_not_shown": warning(
        _("The title is not shown"),
        _(
            "The PDF has a title but tells programs to show the file's name. "
            "Choose “show document title” when exporting."
        ),
    ),
    "no_language": warning(
        _("No language in the PDF"),
        _("Screen readers do not know how to pronounce it. Set the language of the document before you export it."),
    ),
    "other_language": warning(
        _("Another language in the PDF"),
        _("You uploaded it as %(wanted)s, but the PDF says that it is in %(found)s. One of the two is wrong."),
    ),
    "not_tagged": warning(
        _("Not accessible: the PDF has no tags"),
        _("Screen readers cannot tell headings, lists and reading order. Export it again as tagged (accessible) PDF."),
    ),
    "no_alt": warning(
        _("Pictures without description"),
        _(
            "%(count)s of its pictures have no alternative text. "
            "Describe them in the document, or mark them as decoration."
        ),
    ),
    "no_text": warning(
        _("No text can be read"),
        _(
            "The PDF seems to be a scan: nobody can search it or have it read out. "
            "Whether it names the funding is unknown."
        ),
    ),
    "no_statement": warning(
        _("The EU funding statement is missing"),
        _("Its text does not contain “%(statement)s”. The grant demands it in every publication, beside the emblem."),
    ),
    "other_statement": warning(
        _("The EU funding statement is in another language"),
        _("The text should contain “%(statement)s”."),
    ),
}


def explain(findings: Iterable[dict[str, object]]) -> list[Finding]:
    """Return the findings in the active language, errors first. A code that is no longer known is passed over."""
    known = [(KINDS[str(item["code"])], item) for item in findings if item["code"] in KINDS]
    explained = [
        Finding(str(item["code"]), kind.is_error, str(kind.title), str(kind.text) % _in_words(item))
        for kind, item in known
    ]
    return sorted(explained, key=lambda finding: not finding.is_error)


def _in_words(item: dict[str, object]) -> dict[str, object]:
    """Name languages instead of their codes."""
    values = dict(item)
    for name in ("wanted", "found"):
        code = str(values.get(name, "")).split("-")[0].lower()
        if code in CODES:
            values[name] = language_name(code)
    return values


def has_error(findings: Iterable[dict[str, object]]) -> bool:
    return any(KINDS[str(item["code"])].is_error for item in findings if item["code"] in KINDS)
