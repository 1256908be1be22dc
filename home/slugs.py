"""Address parts in Latin letters: other letters are transliterated, as in the address that Wagtail makes from a title."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import slugify
from wagtail.admin.widgets import SlugInput
from wagtail.coreutils import string_to_ascii


def transliterate(text: str) -> str:
    """Return a text with letters outside ASCII as a slug, and any other text as it is."""
    return text if text.isascii() else slugify(string_to_ascii(text))


class TransliteratedSlugInput(SlugInput):
    """Wagtail's field for slugs, which transliterates what was typed. Wagtail itself drops other letters."""

    def __init__(self, attrs: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(attrs, **kwargs)
        self.attrs["data-action"] = self.attrs["data-action"].replace("blur->w-slug#slugify", "blur->w-slug#urlify")


class TransliteratedSlugField(forms.SlugField):
    def to_python(self, value: Any) -> str:
        return transliterate(super().to_python(value) or "")
