"""Dates in the comments of the translation editor: wagtail-localize writes them in English."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.utils import timezone
from django.utils.formats import date_format
from wagtail_localize.compat import DATE_FORMAT
from wagtail_localize.models import StringTranslation

Comment = Callable[[StringTranslation], str | None]


def translate_dates() -> None:
    """Let the comments have dates in the language of the reader. Called once, when the site starts."""
    StringTranslation.get_comment = _with_date(StringTranslation.get_comment)


def _with_date(comment: Comment) -> Comment:
    @wraps(comment)
    def get_comment(text: StringTranslation) -> str | None:
        found = comment(text)
        if not found:
            return found
        moment = timezone.localtime(text.updated_at)
        return found.replace(text.updated_at.strftime(DATE_FORMAT), date_format(moment, "DATE_FORMAT"))

    return get_comment
