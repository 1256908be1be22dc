"""The part that the form for registering and the form for changes share: the details of the person and the questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from events.enums import ConsentPurpose, FieldRequirement, Profession
from events.forms.fields import (
    LONGEST_NAME,
    NO_CHOICE,
    LongSelect,
    NamePartField,
    NamePartInput,
    check_name,
    consent_field,
    country_field_choices,
)
from events.forms.questions import answer_value, is_empty, question_field, question_name, required_message
from events.models import RegistrationSettings
from events.registration.commands import GivenAnswer, GivenConsent
from events.registration.questions import FormQuestion
from home.public_forms import PlainTextField, PublicForm, text_input


@dataclass(frozen=True)
class QuestionField:
    """A question and the field for its answer."""

    question: FormQuestion
    field: BoundField


class PersonForm(PublicForm):
    """The participant's details that the settings ask for, and the questions of the event."""

    given_name = NamePartField(
        label=_("Given name"),
        max_length=LONGEST_NAME,
        widget=NamePartInput(attrs={"class": "input", "autocomplete": "given-name", "spellcheck": "false"}),
        help_text=_("If you have only one name, enter it in one of the two fields."),
    )
    family_name = NamePartField(
        label=_("Family name"),
        max_length=LONGEST_NAME,
        widget=NamePartInput(attrs={"class": "input", "autocomplete": "family-name", "spellcheck": "false"}),
    )
    organisation = PlainTextField(
        label=_("Organisation"),
        max_length=160,
        widget=text_input(autocomplete="organization"),
        error_messages={"required": _("Enter your organisation.")},
    )
    profession = forms.ChoiceField(
        label=_("Profession"),
        choices=[(NO_CHOICE, _("Choose a profession")), *Profession.choices],
        widget=forms.Select(attrs={"class": "input"}),
        error_messages={"required": _("Choose your profession, or “Other”.")},
    )
    country = forms.ChoiceField(
        label=_("Country"),
        choices=country_field_choices,
        widget=LongSelect(attrs={"class": "input", "autocomplete": "country"}),
        error_messages={"required": _("Choose the country you work or live in.")},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        settings: RegistrationSettings,
        questions: Sequence[FormQuestion],
        consent_texts: Mapping[ConsentPurpose, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.questions = list(questions)
        self.consent_texts = dict(consent_texts)
        for name, requirement in (
            ("organisation", settings.asks_organisation),
            ("profession", settings.asks_profession),
            ("country", settings.asks_country),
        ):
            if requirement == FieldRequirement.NO:
                del self.fields[name]
            else:
                self.fields[name].required = requirement == FieldRequirement.REQUIRED
        for question in self.questions:
            self.fields[question_name(question)] = question_field(question)
        if any(question.is_sensitive for question in self.questions):
            self.fields["agree_sensitive"] = consent_field(self.consent_texts[ConsentPurpose.SENSITIVE])

    @property
    def chosen_mode(self) -> str:
        """The attendance mode: entered when registering, already known when changing.

        Which questions apply depends on it.
        """
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        for question in self.questions:
            name = question_name(question)
            if not question.applies_to(self.chosen_mode):
                # Entered before the participant chose another mode, so it is not stored.
                found[name] = None
                self.errors.pop(name, None)
            elif question.is_required and name not in self.errors and is_empty(found.get(name)):
                self.add_error(name, ValidationError(required_message(question), code="required"))
        check_name(self)
        self._check_sensitive()
        return found

    def _check_sensitive(self) -> None:
        if "agree_sensitive" not in self.fields or self.cleaned_data.get("agree_sensitive"):
            return
        if any(
            not is_empty(self.cleaned_data.get(question_name(question)))
            for question in self.questions
            if question.is_sensitive
        ):
            message = gettext("Tick this box to let the organisers use these answers, or leave the answers empty.")
            self.add_error("agree_sensitive", ValidationError(message, code="no_consent"))

    # For the commands

    def answers(self) -> list[GivenAnswer]:
        """Return the answers to the questions of the chosen mode. Empty answers are included."""
        return [
            GivenAnswer(question=question, value=answer_value(question, self.cleaned_data[question_name(question)]))
            for question in self.questions
            if question.applies_to(self.chosen_mode)
        ]

    def consents(self) -> list[GivenConsent]:
        """Return every consent that the form asked for, whether given or not, with the text that was shown."""
        return [
            GivenConsent(
                purpose=purpose,
                is_given=bool(self.cleaned_data[name]),
                text=self.consent_texts[purpose],
                language=get_language() or "",
            )
            for purpose, name in (
                (ConsentPurpose.PHOTOS, "agree_photos"),
                (ConsentPurpose.SENSITIVE, "agree_sensitive"),
            )
            if name in self.fields
        ]

    # For the templates

    def about(self) -> Iterator[BoundField]:
        """Yield the fields about the person in their order."""
        return (
            self[name]
            for name in ("given_name", "family_name", "email", "organisation", "profession", "country")
            if name in self.fields
        )

    def plain_questions(self) -> list[QuestionField]:
        return [QuestionField(item, self[question_name(item)]) for item in self.questions if not item.is_sensitive]

    def sensitive_questions(self) -> list[QuestionField]:
        return [QuestionField(item, self[question_name(item)]) for item in self.questions if item.is_sensitive]

    def page_order(self) -> list[str]:
        names = [bound.html_name for bound in self.about()]
        names += [item.field.html_name for item in [*self.plain_questions(), *self.sensitive_questions()]]
        return [*names, *(name for name in ("agree_sensitive", "agree_photos") if name in self.fields)]
