"""The controls that the forms of a registration are made of."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from django import forms
from django.conf import settings
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from django_countries import countries

NOT_SAID = ""


class PlainTextField(forms.CharField):
    """One line, whatever was pasted into it: no line ends, and no spaces around or between."""

    def to_python(self, value: Any) -> str:
        return " ".join(str(super().to_python(value) or "").split())


def text_input(**attributes: str) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "input", **attributes})


class LongSelect(forms.Select):
    """A list of very many choices. Django's own makes each of them with a template: that of the countries took longer
    than all else on the page."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        options = _options(tuple(self.choices))
        for chosen in self.format_value(value):
            option = format_html('<option value="{}">', chosen)
            options = options.replace(option, f"{option[:-1]} selected>")
        attributes = flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})}))
        return format_html("<select{}>{}</select>", attributes, mark_safe(options))


@lru_cache(maxsize=16)
def _options(choices: tuple[tuple[str, str], ...]) -> str:
    return format_html_join("", '<option value="{}">{}</option>', choices)


def country_choices() -> list[tuple[str, str]]:
    return _country_choices_in(get_language() or settings.LANGUAGE_CODE)


@cache
def _country_choices_in(language: str) -> list[tuple[str, str]]:
    """Return the countries in the order of the active language, which is `language`."""
    return [(NOT_SAID, gettext("Choose a country")), *((country.code, str(country.name)) for country in countries)]


def consent_field(text: str) -> forms.BooleanField:
    return forms.BooleanField(label=text, required=False)
