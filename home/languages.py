"""Names and locales of languages, and a model field for a list of languages, such as those of a course."""

from babel.core import get_global
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from home.collation import sort_key

# The official languages of the EU, Norwegian and Ukrainian (ISO 639-1).
OFTEN_USED = (
    "bg",
    "cs",
    "da",
    "de",
    "el",
    "en",
    "es",
    "et",
    "fi",
    "fr",
    "ga",
    "hr",
    "hu",
    "it",
    "lt",
    "lv",
    "mt",
    "nb",
    "nl",
    "pl",
    "pt",
    "ro",
    "sk",
    "sl",
    "sv",
    "uk",
)
# Including the languages of the site.
CODES = tuple(dict.fromkeys([*OFTEN_USED, *(code for code, _name in settings.LANGUAGES)]))

# Open Graph requires a country for each language. It is the most likely one by CLDR, except for these.
OPEN_GRAPH_LOCALES = {"en": "en_GB"}


def language_name(code: str) -> str:
    """Return the language's name in the active language. Raises KeyError for a code that Django does not know."""
    if code == "mt":  # Django does not know Maltese
        return str(_("Maltese"))
    return str(get_language_info(code)["name_translated"])


def own_language_name(code: str) -> str:
    """Return the language's name in that language, with a capital. Raises KeyError as `language_name` does."""
    if code == "mt":
        return "Malti"
    name = get_language_info(code)["name_local"]
    return name[:1].upper() + name[1:]


def open_graph_locale(code: str) -> str:
    """Return language and country, such as `sv_SE`, or only the language if CLDR has no country for it."""
    language, _script, country = f"{get_global('likely_subtags').get(code, '')}__".split("_")[:3]
    return OPEN_GRAPH_LOCALES.get(code) or (f"{language}_{country}" if country else code)


def language_choices() -> list[tuple[str, str]]:
    return sorted(((code, language_name(code)) for code in CODES), key=lambda item: sort_key(item[1]))


class LanguageCodesField(models.JSONField):
    """A field for a list of ISO 639-1 codes. Its form field is a group of checkboxes."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def validate(self, value, model_instance):
        super().validate(value, model_instance)
        if not isinstance(value, list) or set(value) - set(CODES):
            raise ValidationError(_("Choose languages from the list."))

    def formfield(self, **kwargs):
        return forms.MultipleChoiceField(
            choices=language_choices,
            widget=forms.CheckboxSelectMultiple,
            required=not self.blank,
            label=capfirst(self.verbose_name),
            help_text=self.help_text,
        )
