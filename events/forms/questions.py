"""A question of the organiser as a form asks it: its field, what stands in it, and the answer it gives."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext

from events.enums import QuestionKind
from events.forms.fields import NOT_SAID, LongSelect, PlainTextField, country_choices
from events.registration.questions import FormQuestion
from home.countries import countries

LONGEST_TEXT = 200
LONGEST_LONG_TEXT = 2000
# What a kitchen or a host must know fits into this; more would be more than they need.
LONGEST_SENSITIVE_TEXT = 300
# More choices than this are a list to open, not a column to scroll past.
MOST_RADIOS = 7


def question_name(question: FormQuestion) -> str:
    return f"q_{question.key.hex}"


def question_field(question: FormQuestion) -> forms.Field:
    """Return the field for a question. Whether it must be answered depends on the mode, so the form checks that."""
    common: dict[str, Any] = {"label": question.label, "help_text": question.help_text, "required": False}
    must = {"required": True} if question.is_required and not question.only_mode else {}
    if question.kind == QuestionKind.TEXT:
        return PlainTextField(max_length=LONGEST_TEXT, widget=forms.TextInput({"class": "input", **must}), **common)
    if question.kind == QuestionKind.LONG_TEXT:
        longest = LONGEST_SENSITIVE_TEXT if question.is_sensitive else LONGEST_LONG_TEXT
        widget = forms.Textarea({"class": "input", "rows": 4, **must})
        return forms.CharField(max_length=longest, widget=widget, **common)
    if question.kind == QuestionKind.CHOICES:
        return forms.MultipleChoiceField(choices=question.choices, widget=forms.CheckboxSelectMultiple, **common)
    if question.kind == QuestionKind.COUNTRY:
        select: forms.Select = LongSelect({"class": "input", **must})
        return forms.ChoiceField(choices=country_choices, widget=select, **common)
    choices = question.choices
    if question.kind == QuestionKind.YES_NO:
        choices = [("yes", gettext("Yes")), ("no", gettext("No"))]
    if len(choices) > MOST_RADIOS:
        select = forms.Select({"class": "input", **must})
        return forms.ChoiceField(choices=[(NOT_SAID, gettext("Choose")), *choices], widget=select, **common)
    if not question.is_required:
        # A radio button that was chosen cannot be given back without this.
        choices = [*choices, (NOT_SAID, gettext("No answer"))]
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect(must), **common)


def answer_value(question: FormQuestion, entered: Any) -> object:
    """Return what the commands take for an answer: None for none, a yes or no, a text, or keys of choices."""
    if is_empty(entered):
        return None
    return entered == "yes" if question.kind == QuestionKind.YES_NO else entered


def entered_value(question: FormQuestion, value: Any) -> Any:
    """Return what stands in the form for an answer as it is stored (`events.models.Answer`).

    Nothing stands there for the answer to a question that was of another kind then.
    """
    if question.kind == QuestionKind.YES_NO:
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else NOT_SAID
    if question.kind in {QuestionKind.CHOICE, QuestionKind.CHOICES}:
        keys = [choice["key"] for choice in value] if isinstance(value, list) else []
        return keys if question.kind == QuestionKind.CHOICES else next(iter(keys), NOT_SAID)
    fits = isinstance(value, str) and (question.kind != QuestionKind.COUNTRY or countries.name(value))
    return value if fits else NOT_SAID


def with_stored_choices(question: FormQuestion, value: object) -> FormQuestion:
    """Return the question with those stored choices that it no longer offers, so that saving does not drop them."""
    known = {key for key, _label in question.choices}
    items = value if isinstance(value, list) else []
    gone = [(str(item["key"]), str(item["label"])) for item in items if str(item["key"]) not in known]
    return replace(question, choices=[*question.choices, *gone]) if gone else question


def required_message(question: FormQuestion) -> str:
    kinds = {QuestionKind.CHOICE, QuestionKind.CHOICES, QuestionKind.COUNTRY, QuestionKind.YES_NO}
    template = gettext("Choose an answer: %(question)s") if question.kind in kinds else gettext("Answer: %(question)s")
    return template % {"question": question.label}


def is_empty(value: Any) -> bool:
    return value in (None, "", [])
