"""The form field for an organiser's question, its initial value, and the answer it returns."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext

from events.enums import QuestionKind
from events.forms.fields import NO_CHOICE, LongSelect, country_field_choices
from events.forms.measures import DayField, NumberField
from events.registration.labels import stored_date
from events.registration.questions import FormQuestion
from home.countries import countries
from home.public_forms import PlainTextField

MAX_TEXT = 200
MAX_LONG_TEXT = 2000
# Enough for diet and access needs; longer answers would collect more than is needed.
MAX_SENSITIVE_TEXT = 300
# The largest number of choices shown as radio buttons. With more choices, the field is a select.
MAX_RADIOS = 7


def question_name(question: FormQuestion) -> str:
    return f"q_{question.key.hex}"


def question_field(question: FormQuestion) -> forms.Field:
    """Return the form field for a question.

    Django's check for required fields is off: whether an answer is required depends on the mode, which the form checks.
    """
    common: dict[str, Any] = {"label": question.label, "help_text": question.help_text, "required": False}
    required = {"required": True} if question.is_required and not question.only_mode else {}
    if question.kind == QuestionKind.TEXT:
        return PlainTextField(max_length=MAX_TEXT, widget=forms.TextInput({"class": "input", **required}), **common)
    if question.kind == QuestionKind.LONG_TEXT:
        longest = MAX_SENSITIVE_TEXT if question.is_sensitive else MAX_LONG_TEXT
        widget = forms.Textarea({"class": "input", "rows": 4, **required})
        return forms.CharField(max_length=longest, widget=widget, **common)
    if question.kind == QuestionKind.CHOICES:
        return forms.MultipleChoiceField(choices=question.choices, widget=forms.CheckboxSelectMultiple, **common)
    if question.kind in {QuestionKind.NUMBER, QuestionKind.DATE}:
        return (NumberField if question.kind == QuestionKind.NUMBER else DayField)(question, common, required)
    if question.statement is not None:
        return forms.BooleanField(**(common | {"label": question.statement.text}), widget=forms.CheckboxInput(required))
    if question.kind == QuestionKind.COUNTRY:
        select: forms.Select = LongSelect({"class": "input", **required})
        return forms.ChoiceField(choices=country_field_choices, widget=select, **common)
    return _choice_field(question, common, required)


def _choice_field(question: FormQuestion, common: dict[str, Any], required: dict[str, Any]) -> forms.Field:
    choices = question.choices
    if question.kind == QuestionKind.YES_NO:
        choices = [("yes", gettext("Yes")), ("no", gettext("No"))]
    if len(choices) > MAX_RADIOS:
        select = forms.Select({"class": "input", **required})
        return forms.ChoiceField(choices=[(NO_CHOICE, gettext("Choose")), *choices], widget=select, **common)
    if not question.is_required:
        # Without this choice, a selected radio button cannot be cleared.
        choices = [*choices, (NO_CHOICE, gettext("No answer"))]
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect(required), **common)


def answer_value(question: FormQuestion, entered: Any) -> object:
    """Return the answer in the form that the commands take.

    It is None for no answer, a boolean, a number, a text, or the key or keys of choices.
    """
    if is_empty(entered):
        return None
    if isinstance(entered, datetime.date):
        return entered.isoformat()
    return entered == "yes" if question.kind == QuestionKind.YES_NO else entered


def entered_value(question: FormQuestion, value: Any) -> Any:
    """Return the initial value of the field for a stored answer, as `events.registration.detail.stored_answers` returns it.

    It is empty if the kind of the question has changed since it was answered.
    """
    if question.kind == QuestionKind.YES_NO:
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else NO_CHOICE
    if question.kind in {QuestionKind.CHOICE, QuestionKind.CHOICES}:
        keys = [choice["key"] for choice in value] if isinstance(value, list) else []
        return keys if question.kind == QuestionKind.CHOICES else next(iter(keys), NO_CHOICE)
    if question.kind == QuestionKind.NUMBER:
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None
    if question.kind == QuestionKind.DATE:
        return stored_date(value)
    if question.kind == QuestionKind.AGREEMENT:
        # The box is ticked only if the participant has agreed to exactly this wording.
        return question.statement is not None and value == question.statement.version
    fits = isinstance(value, str) and (question.kind != QuestionKind.COUNTRY or countries.name(value))
    return value if fits else NO_CHOICE


def with_stored_choices(question: FormQuestion, value: object) -> FormQuestion:
    """Return the question with the stored choices that it no longer offers, so that saving the form keeps them."""
    known = {key for key, _label in question.choices}
    items = value if isinstance(value, list) else []
    gone = [(str(item["key"]), str(item["label"])) for item in items if str(item["key"]) not in known]
    return replace(question, choices=[*question.choices, *gone]) if gone else question


def required_message(question: FormQuestion) -> str:
    if question.kind == QuestionKind.AGREEMENT:
        return gettext("Tick the box to agree: %(question)s") % {"question": question.label}
    kinds = {QuestionKind.CHOICE, QuestionKind.CHOICES, QuestionKind.COUNTRY, QuestionKind.YES_NO}
    template = gettext("Choose an answer: %(question)s") if question.kind in kinds else gettext("Answer: %(question)s")
    return template % {"question": question.label}


def is_empty(value: Any) -> bool:
    # `value in (False, ...)` would be wrong: 0 is a valid answer, and it is equal to False.
    return value is False or value in (None, "", [])
