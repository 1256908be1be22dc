"""The issues that validation can find in a file, as texts for editors.

The database holds codes and values; the texts are translated when they are shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from home.file_check.errors import ERRORS
from home.languages import CODES, language_name


@dataclass(frozen=True)
class IssueType:
    """A type of issue. If `is_error` is true, the file cannot be published.

    `text` may contain values of the issue, such as "%(pages)s pages".
    """

    is_error: bool
    title: str | Promise
    text: str | Promise


@dataclass(frozen=True)
class Issue:
    code: str
    is_error: bool
    title: str
    text: str


def error(title: str | Promise, text: str | Promise) -> IssueType:
    return IssueType(is_error=True, title=title, text=text)


def warning(title: str | Promise, text: str | Promise) -> IssueType:
    return IssueType(is_error=False, title=title, text=text)


ISSUE_TYPES = {
    # Errors
    **{code: error(*texts) for code, texts in ERRORS.items()},
    "too_large": error(
        _("The file is too large"),
        _("The file is %(size)s. The limit is %(limit)s. Reduce the size of its pictures and upload it again."),
    ),
    "too_many_pages": error(
        _("The file has too many pages"),
        _("The file has %(pages)s pages. The limit is %(limit)s."),
    ),
    "not_checked": error(
        _("The check failed"),
        _(
            "The file may be fine: the check itself did not work. Select “Check again”. "
            "If it fails again, contact the administrator of this site."
        ),
    ),
    # Warnings
    "no_title": warning(
        _("The PDF has no title"),
        _("Screen readers and browser tabs show the file name instead. Enter a title in the document properties."),
    ),
    "title_not_shown": warning(
        _("The PDF title is not displayed"),
        _("The PDF has a title, but is set to display the file name. Choose “show document title” when you export it."),
    ),
    "no_language": warning(
        _("The PDF has no language"),
        _("Screen readers need the language to pronounce the text. Set the document language before you export it."),
    ),
    "other_language": warning(
        _("The PDF has a different language"),
        _("You uploaded it as %(wanted)s, but its document language is %(found)s. Correct the one that is wrong."),
    ),
    "not_tagged": warning(
        _("The PDF has no tags and is not accessible"),
        _("Screen readers need tags to find headings, lists and the reading order. Export it as a tagged PDF."),
    ),
    "no_alt": warning(
        _("Pictures have no alternative text"),
        _("Pictures without alternative text: %(count)s. Describe them in the document or mark them as decorative."),
    ),
    "no_text": warning(
        _("The PDF has no readable text"),
        _(
            "It seems to be a scan, so readers cannot search it and screen readers cannot read it. "
            "The EU funding statement could not be checked."
        ),
    ),
    "no_statement": warning(
        _("The EU funding statement is missing"),
        _("The text does not contain “%(statement)s”. The grant requires it in every publication, next to the emblem."),
    ),
    "other_statement": warning(
        _("The EU funding statement is in another language"),
        _("The text should contain “%(statement)s”."),
    ),
}


def explain(issues: Iterable[dict[str, object]]) -> list[Issue]:
    """Return the issues with texts in the active language, errors first. Unknown codes are left out."""
    known = [(ISSUE_TYPES[str(item["code"])], item) for item in issues if item["code"] in ISSUE_TYPES]
    explained = [
        Issue(str(item["code"]), kind.is_error, str(kind.title), str(kind.text) % _with_language_names(item))
        for kind, item in known
    ]
    return sorted(explained, key=lambda issue: not issue.is_error)


def _with_language_names(item: dict[str, object]) -> dict[str, object]:
    """Return the values of an issue, with the names of languages instead of their codes."""
    values = dict(item)
    for name in ("wanted", "found"):
        code = str(values.get(name, "")).split("-")[0].lower()
        if code in CODES:
            values[name] = language_name(code)
    return values


def has_error(issues: Iterable[dict[str, object]]) -> bool:
    return any(ISSUE_TYPES[str(item["code"])].is_error for item in issues if item["code"] in ISSUE_TYPES)
