"""Slugs in Latin letters: other letters are transliterated, as Wagtail does when it makes a slug from a title."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import slugify
from wagtail.admin.widgets import SlugInput
from wagtail.coreutils import string_to_ascii


def transliterate(text: str) -> str:
    """Return a slug of a text with letters outside ASCII, and any other text unchanged."""
    return text if text.isascii() else slugify(string_to_ascii(text))


class TransliteratedSlugInput(SlugInput):
    """Wagtail's slug field, which also transliterates typed text. Wagtail itself drops letters outside ASCII."""

    def __init__(self, attrs: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(attrs, **kwargs)
        self.attrs["data-action"] = self.attrs["data-action"].replace("blur->w-slug#slugify", "blur->w-slug#urlify")


class TransliteratedSlugField(forms.SlugField):
    def to_python(self, value: Any) -> str:
        return transliterate(super().to_python(value) or "")
