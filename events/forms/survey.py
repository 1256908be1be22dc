"""The form of the survey after an event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from events.enums import SurveyQuestionKind
from events.forms.fields import NO_CHOICE
from events.survey.commands import GivenAnswers
from events.survey.questions import AskedQuestion

LONGEST_TEXT = 2000
ANONYMITY = gettext_lazy("Do not write names or anything else that shows who you are.")


class SurveyForm(forms.Form):
    """All questions are optional, but one must be answered."""

    def __init__(self, *args: Any, questions: Sequence[AskedQuestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            self.fields[field_name(question)] = _field(question)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and self.given.is_empty:
            raise forms.ValidationError(gettext("Answer at least one question."))
        return cleaned

    @property
    def given(self) -> GivenAnswers:
        entered = [(question, self.cleaned_data[field_name(question)]) for question in self.questions]
        common = {question.key: value for question, value in entered if not question.is_own}
        own = {question.key: _stored(question, value) for question, value in entered if question.is_own and value}
        return GivenAnswers(**common, own=own)

    def question_fields(self) -> list[tuple[forms.BoundField, str]]:
        """Return each field with the language of its question; an empty text if it is the language of the page."""
        return [(self[field_name(question)], question.language) for question in self.questions]


def field_name(question: AskedQuestion) -> str:
    return f"q_{question.key}" if question.is_own else question.key


def _stored(question: AskedQuestion, value: Any) -> Any:
    return [value] if question.kind == SurveyQuestionKind.CHOICE else value


def _field(question: AskedQuestion) -> forms.Field:
    common: dict[str, Any] = {"label": question.label, "required": False}
    # Without this choice, a selected radio button cannot be cleared.
    none = (NO_CHOICE, gettext("No answer"))
    if question.kind == SurveyQuestionKind.TEXT:
        widget = forms.Textarea(attrs={"class": "input", "rows": 4})
        return forms.CharField(max_length=LONGEST_TEXT, help_text=ANONYMITY, widget=widget, **common)
    if question.kind == SurveyQuestionKind.CHOICES:
        return forms.MultipleChoiceField(choices=question.choices, widget=forms.CheckboxSelectMultiple, **common)
    if question.kind == SurveyQuestionKind.CHOICE:
        return forms.ChoiceField(choices=[*question.choices, none], widget=forms.RadioSelect, **common)
    return forms.TypedChoiceField(
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        choices=[*((number, str(number)) for number in question.scale), none],
        **common,
    )
