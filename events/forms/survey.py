"""The form of the survey after an event."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from events.survey.commands import GivenAnswers
from events.survey.results import SCALE, TEN, labels


class SurveyForm(forms.Form):
    """All questions are optional, but one must be answered."""

    usefulness = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        choices=[(number, str(number)) for number in SCALE],
    )
    relevance = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        choices=[(number, str(number)) for number in SCALE],
    )
    recommendation = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        choices=[(number, str(number)) for number in TEN],
    )
    improve = forms.CharField(
        required=False,
        max_length=2000,
        help_text=_("Do not write names or anything else that shows who you are."),
        widget=forms.Textarea(attrs={"class": "input", "rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in labels().items():
            self.fields[name].label = label

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and self.given.is_empty:
            raise forms.ValidationError(_("Answer at least one question."))
        return cleaned

    @property
    def given(self) -> GivenAnswers:
        return GivenAnswers(**self.cleaned_data)
