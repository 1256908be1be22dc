"""Fields and widgets of the registration forms."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from home.countries import country_groups
from home.email_addresses import validate_email_address
from home.site_context import project_countries

NO_CHOICE = ""


class EmailAddressField(forms.EmailField):
    """An email address to which email can be sent."""

    default_validators = [validate_email_address]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": 254} | kwargs))


class PlainTextField(forms.CharField):
    """A field of one line: line breaks and repeated spaces of pasted text become single spaces."""

    def to_python(self, value: Any) -> str:
        return " ".join(str(super().to_python(value) or "").split())


def text_input(**attributes: str) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "input", **attributes})


class LongSelect(forms.Select):
    """A select element for very many choices. It keeps the rendered options and uses them again.

    Django renders a template for each option; for the countries, that took longer than the rest of the page.
    """

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        options = str(_rendered(_frozen(self.choices)))
        for chosen in self.format_value(value):
            option = format_html('<option value="{}">', chosen)
            options = options.replace(option, f"{option[:-1]} selected>")
        attributes = flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})}))
        return format_html("<select{}>{}</select>", attributes, mark_safe(options))


def _frozen(choices: Iterable[tuple[str, Any]]) -> tuple[Any, ...]:
    return tuple((value, _frozen(label) if isinstance(label, list | tuple) else str(label)) for value, label in choices)


@lru_cache(maxsize=16)
def _rendered(choices: tuple[Any, ...]) -> SafeString:
    return _options(choices)


def _options(choices: Iterable[tuple[str, Any]]) -> SafeString:
    """Return the options; a choice whose label is a list of choices is a group."""
    return format_html_join("", "{}", ((_option(value, label),) for value, label in choices))


def _option(value: str, label: Any) -> SafeString:
    if isinstance(label, list | tuple):
        return format_html('<optgroup label="{}">{}</optgroup>', value, _options(label))
    return format_html('<option value="{}">{}</option>', value, label)


def country_field_choices() -> list[tuple[str, Any]]:
    """Return the countries in groups, with the project's own first, after an empty choice."""
    return [(NO_CHOICE, gettext("Choose a country")), *country_groups(project_countries())]


def consent_field(text: str) -> forms.BooleanField:
    return forms.BooleanField(label=text, required=False)
