"""Fields and widgets of the registration forms."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from events.models import Registration
from home.countries import country_groups
from home.public_forms import PlainTextField
from home.site_context import project_countries

NO_CHOICE = ""


class NamePartInput(forms.TextInput):
    """A text input without the attribute `required`, because one of the two parts of a name is enough."""

    def use_required_attribute(self, initial: Any) -> bool:
        return False


class NamePartField(PlainTextField):
    """A part of a name. The form checks that at least one part is filled in (`check_name`)."""

    widget = NamePartInput

    def validate(self, value: Any) -> None:
        """Accept an empty text."""


LONGEST_NAME = 120


def check_name(form: forms.Form) -> None:
    """Set `name` in the cleaned data, made from its parts, or add an error. Call it in `clean`."""
    parts = [form.cleaned_data.get(name, "") for name in ("given_name", "family_name")]
    name = " ".join(filter(None, parts))
    form.cleaned_data["name"] = name
    if form.errors.keys() & {"given_name", "family_name"}:
        return
    if not name:
        form.add_error("given_name", ValidationError(gettext("Enter your name."), code="required"))
    elif len(name) > LONGEST_NAME:
        text = gettext("Shorten the name to %(count)d characters.") % {"count": LONGEST_NAME}
        form.add_error("family_name", ValidationError(text, code="max_length"))


def changed_name(form: forms.Form) -> dict[str, str]:
    """Return the name and its parts if a part was changed, otherwise an empty dictionary.

    A name that was entered as a whole does not change.
    """
    if not {"given_name", "family_name"} & set(form.changed_data):
        return {}
    return {name: form.cleaned_data[name] for name in ("name", "given_name", "family_name")}


def initial_name(registration: Registration) -> dict[str, str]:
    """Return the initial values of the parts. A name that was entered as a whole is in the first field."""
    has_parts = bool(registration.given_name or registration.family_name)
    return {
        "given_name": registration.given_name if has_parts else registration.name,
        "family_name": registration.family_name,
    }


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
