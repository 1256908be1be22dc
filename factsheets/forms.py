from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from home.models.keywords import Keyword

# Pairs of value and label.
Choices = list[tuple[str, str]]


class KeywordField(forms.ChoiceField):
    """A choice of a keyword by its `key`. The cleaned value is the keyword object."""

    def __init__(self, keywords: Iterable[Keyword], **kwargs: Any) -> None:
        self.keywords = {keyword.key: keyword for keyword in keywords}
        choices = [("", _("All")), *((key, keyword.name) for key, keyword in self.keywords.items())]
        super().__init__(choices=choices, required=False, **kwargs)

    def clean(self, value):
        return self.keywords.get(super().clean(value))


class FactSheetFilterForm(forms.Form):
    """The query string of the list. An unknown value makes the form invalid."""

    # The names of all fields.
    parameters = frozenset({"topic", "for", "language", "year", "page"})

    page = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        topics: Iterable[Keyword],
        groups: Iterable[Keyword],
        languages: Choices,
        years: Choices,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"] = KeywordField(topics, label=_("Topic"))
        self.fields["for"] = KeywordField(groups, label=_("Target group"))
        self.fields["language"] = self._choice(_("Language of the file"), languages)
        self.fields["year"] = self._choice(_("Year"), years)
        for field in self.visible_fields():
            field.field.widget.attrs["class"] = "input"

    def _choice(self, label: StrOrPromise, choices: Choices) -> forms.ChoiceField:
        return forms.ChoiceField(label=label, choices=[("", _("All")), *choices], required=False)

    @property
    def chosen(self) -> dict[str, str]:
        """The active filters as names and values of the query string. Call it only if the form is valid."""
        raw = {name: self.cleaned_data[name] for name in ("topic", "for", "language", "year")}
        return {name: getattr(value, "key", value) for name, value in raw.items() if value}
