"""What somebody may enter who registers for an event, or changes her registration later."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from events.enums import Asked, ConsentPurpose, Mode, Profession, QuestionKind
from events.models import RegistrationSettings
from events.registration.addresses import email_key
from events.registration.commands import Applicant, GivenAnswer, GivenConsent
from events.registration.questions import FormQuestion
from events.registration.seats import SeatCount
from events.registration.stamps import Stamp, read_stamp
from events.registration.wordings import seats_in_words

LONGEST_NAME = 120
LONGEST_TEXT = 200
LONGEST_LONG_TEXT = 2000
# What a kitchen or a host must know fits into this; more would be more than they need (standards.md G4).
LONGEST_SENSITIVE_TEXT = 300
# More choices than this are a list to open, not a column to scroll past.
MOST_RADIOS = 7
NOT_SAID = ""


@dataclass(frozen=True)
class Problem:
    """An entry of the error summary: where to go, and what is wrong there."""

    anchor: str
    text: str


@dataclass(frozen=True)
class AskedQuestion:
    """A question beside the field that answers it."""

    question: FormQuestion
    field: BoundField


@dataclass(frozen=True)
class ModeChoice:
    """A way of taking part as the form offers it."""

    seat: SeatCount
    id: str
    words: str
    is_chosen: bool

    @property
    def is_open(self) -> bool:
        return not self.seat.is_full or self.seat.has_waiting_list


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


class PersonForm(forms.Form):
    """Name, and what else the organiser asks of everybody; then the questions of the event."""

    use_required_attribute = True

    name = PlainTextField(
        label=pgettext_lazy("person", "Name"),
        max_length=LONGEST_NAME,
        widget=text_input(autocomplete="name", spellcheck="false"),
        error_messages={"required": _("Write your name.")},
    )
    organisation = PlainTextField(
        label=_("Organisation"),
        max_length=160,
        widget=text_input(autocomplete="organization"),
        error_messages={"required": _("Write the name of your organisation.")},
    )
    profession = forms.ChoiceField(
        label=_("Profession"),
        choices=[(NOT_SAID, _("Choose a profession")), *Profession.choices],
        widget=forms.Select(attrs={"class": "input"}),
        error_messages={"required": _("Choose your profession; there is “Other” as well.")},
    )
    country = forms.ChoiceField(
        label=_("Country"),
        choices=country_choices,
        widget=LongSelect(attrs={"class": "input", "autocomplete": "country"}),
        error_messages={"required": _("Choose the country you work or live in.")},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        asked: RegistrationSettings,
        questions: Sequence[FormQuestion],
        consent_wordings: Mapping[ConsentPurpose, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.questions = list(questions)
        self.consent_wordings = dict(consent_wordings)
        for name, wish in (
            ("organisation", asked.asks_organisation),
            ("profession", asked.asks_profession),
            ("country", asked.asks_country),
        ):
            if wish == Asked.NO:
                del self.fields[name]
            else:
                self.fields[name].required = wish == Asked.REQUIRED
        for question in self.questions:
            self.fields[question_name(question)] = question_field(question)
        if any(question.is_sensitive for question in self.questions):
            self.fields["agree_sensitive"] = consent_field(self.consent_wordings[ConsentPurpose.SENSITIVE])

    # How the person takes part decides which questions are hers.

    @property
    def chosen_mode(self) -> str:
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        for question in self.questions:
            name = question_name(question)
            is_hers = question.is_asked_of(self.chosen_mode)
            if not is_hers:
                # What was typed before the mode was changed is of no use to anybody.
                found[name] = None
                self.errors.pop(name, None)
            elif question.is_required and name not in self.errors and is_empty(found.get(name)):
                self.add_error(name, ValidationError(required_message(question), code="required"))
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
            message = gettext("Tick this box so that the organisers may use your answers, or leave the answers empty.")
            self.add_error("agree_sensitive", ValidationError(message, code="no_consent"))

    # For the commands

    def answers(self) -> list[GivenAnswer]:
        """Return the answers to the questions that are asked in the chosen mode, empty ones too."""
        return [
            GivenAnswer(question=question, value=answer_value(question, self.cleaned_data[question_name(question)]))
            for question in self.questions
            if question.is_asked_of(self.chosen_mode)
        ]

    def consents(self) -> list[GivenConsent]:
        """Return what was agreed to, and what was not, in the words that were shown."""
        return [
            GivenConsent(
                purpose=purpose,
                is_given=bool(self.cleaned_data[name]),
                wording=self.consent_wordings[purpose],
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
        """Yield what is asked of everybody, in order."""
        return (
            self[name] for name in ("name", "email", "organisation", "profession", "country") if name in self.fields
        )

    def plain_questions(self) -> list[AskedQuestion]:
        return [AskedQuestion(item, self[question_name(item)]) for item in self.questions if not item.is_sensitive]

    def sensitive_questions(self) -> list[AskedQuestion]:
        return [AskedQuestion(item, self[question_name(item)]) for item in self.questions if item.is_sensitive]

    def problems(self) -> list[Problem]:
        """Return every error in the order of the page, each with the control that mends it."""
        found = [Problem("", str(message)) for message in self.non_field_errors()]
        for name in self.page_order():
            bound = self[name]
            anchor = f"{bound.auto_id}_0" if bound.use_fieldset else bound.auto_id
            found += [Problem(anchor, str(message)) for message in bound.errors]
        return found

    def page_order(self) -> list[str]:
        """Return the names of the visible fields as the template shows them."""
        names = [bound.html_name for bound in self.about()]
        names += [item.field.html_name for item in [*self.plain_questions(), *self.sensitive_questions()]]
        return [*names, *(name for name in ("agree_sensitive", "agree_photos") if name in self.fields)]


class RegistrationForm(PersonForm):
    """The form of an event, as its page asks it in one language."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The confirmation and your personal link go there."),
        widget=forms.EmailInput(
            attrs={"class": "input", "autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"}
        ),
        error_messages={
            "required": _("Write your e-mail address."),
            "invalid": _("Write an e-mail address such as name@example.org."),
        },
    )
    mode = forms.ChoiceField(
        label=_("How will you take part?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how you will take part."),
            "invalid_choice": _("Choose one of these ways to take part."),
        },
    )
    stamp = forms.CharField(max_length=300, widget=forms.HiddenInput, required=False)
    # People do not see this field. Whoever fills it in reads the page's source and not the page.
    website = forms.CharField(max_length=500, required=False, widget=text_input(autocomplete="off", tabindex="-1"))

    def __init__(
        self,
        data: Any = None,
        *,
        event_id: int,
        language: str,
        seats: Mapping[Mode, SeatCount],
        asked: RegistrationSettings,
        seat_words: Callable[[SeatCount], str] = seats_in_words,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, asked=asked, **kwargs)
        self.event_id = event_id
        self.language = language
        self.seats = seats
        self.seat_words = seat_words
        # The read stamp, once the form was checked.
        self.read_stamp: Stamp | None = None
        self.is_suspicious = False
        choices = [(mode.value, str(mode.label)) for mode in seats]
        self.fields["mode"].choices = choices  # type: ignore[attr-defined]  # a field of choices
        if len(choices) == 1:
            self.fields["mode"].initial = choices[0][0]
            self.fields["mode"].required = False
        if asked.asks_photo_consent:
            self.fields["agree_photos"] = consent_field(self.consent_wordings[ConsentPurpose.PHOTOS])

    @property
    def only_mode(self) -> SeatCount | None:
        """The one way of taking part, where there is nothing to choose."""
        return next(iter(self.seats.values())) if len(self.seats) == 1 else None

    @property
    def mode_choices(self) -> list[ModeChoice]:
        """The ways of taking part with what is left of each."""
        chosen = self["mode"].value()
        return [
            ModeChoice(seat, f"{self['mode'].auto_id}_{number}", self.seat_words(seat), seat.mode == chosen)
            for number, seat in enumerate(self.seats.values())
        ]

    @property
    def full_and_free(self) -> tuple[list[SeatCount], list[SeatCount]]:
        """The ways of taking part that are full, and those that are not: what is full is said beside what is left."""
        full = [seat for seat in self.seats.values() if seat.is_full]
        return full, [seat for seat in self.seats.values() if not seat.is_full]

    @property
    def chosen_mode(self) -> str:
        chosen: str = self.cleaned_data.get("mode", "")
        return chosen

    def clean_mode(self) -> str:
        mode: str = self.cleaned_data["mode"]
        if not mode and self.only_mode:
            mode = self.only_mode.mode.value
        seat = self.seats[Mode(mode)]
        if seat.is_full and not seat.has_waiting_list:
            raise ValidationError(full_message(seat, self.seats), code="full")
        return mode

    def clean_website(self) -> str:
        value: str = self.cleaned_data["website"]
        if value:
            self.is_suspicious = True
            raise ValidationError(
                gettext("Leave this field empty: it is there to catch programs that fill in everything.")
            )
        return value

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        self.read_stamp = read_stamp(self.cleaned_data.get("stamp", ""), self.event_id)
        if self.read_stamp is None:
            self.is_suspicious = True
            message = gettext("The page was open for very long or came from elsewhere. Please send the form once more.")
            raise ValidationError(message, code="stamp")
        if self.read_stamp.age() < settings.REGISTRATION_MINIMUM_SECONDS:
            self.is_suspicious = True
            message = gettext("That was faster than we can tell from a program. Please send the form once more.")
            raise ValidationError(message, code="too_fast")
        return found

    def applicant(self) -> Applicant:
        return Applicant(
            name=self.cleaned_data["name"],
            email=self.cleaned_data["email"],
            organisation=self.cleaned_data.get("organisation", ""),
            profession=self.cleaned_data.get("profession", ""),
            country=self.cleaned_data.get("country", ""),
            mode=Mode(self.chosen_mode),
            language=self.language,
        )

    def submission_address(self) -> str:
        """Return the address as it is counted and compared."""
        return email_key(self.cleaned_data["email"])

    def submission_key(self) -> uuid.UUID:
        """Return the key of this submission. Only of a form that is valid."""
        if self.read_stamp is None:
            raise ValueError("a form without a stamp has no key")
        return self.read_stamp.submission_key(self.cleaned_data["email"])

    def page_order(self) -> list[str]:
        trap = ["website"] if "website" in self.errors else []
        return ["mode", *super().page_order(), *trap]


class ChangeForm(PersonForm):
    """What a registered person may change; her address is where her link went, so it stays."""

    def __init__(self, data: Any = None, *, mode: str, **kwargs: Any) -> None:
        self.mode = mode
        super().__init__(data, **kwargs)

    @property
    def chosen_mode(self) -> str:
        return self.mode

    def answers(self) -> list[GivenAnswer]:
        """Return the answers that differ from what stood in the form. Those that it could not show stay as they are."""
        return [answer for answer in super().answers() if question_name(answer.question) in self.changed_data]

    def applicant_changes(self) -> dict[str, str]:
        return {
            name: self.cleaned_data[name]
            for name in ("name", "organisation", "profession", "country")
            if name in self.fields
        }


# Questions


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


# Consents


def consent_field(wording: str) -> forms.BooleanField:
    return forms.BooleanField(label=wording, required=False)


# Seats


def full_message(seat: SeatCount, seats: Mapping[Mode, SeatCount]) -> str:
    """Say that a mode is full, and what is left instead."""
    others = [other for other in seats.values() if other.mode != seat.mode and not other.is_full]
    values = {"mode": seat.mode.label, "other": others[0].mode.label if others else ""}
    if others:
        return gettext("“%(mode)s” is full. You can still take part this way: %(other)s.") % values
    return gettext("“%(mode)s” is full, and there is no waiting list.") % values
