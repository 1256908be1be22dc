"""What organisers may enter at the desk."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Mapping, Sequence

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.enums import Mode, Profession
from events.forms.questions import answer_value, entered_value, question_field, question_name, with_stored_choices
from events.models import Event
from events.registration.commands import GivenAnswer
from events.registration.export import Column
from events.registration.form_tokens import read_form_token
from events.registration.queries import GROUPS, ORDERS, FilterChoices, Filters
from events.registration.questions import FormQuestion
from events.states import RegistrationStatus
from home.collation import sort_key
from home.countries import countries, country_choices
from home.languages import language_name
from home.site_context import project_countries

GROUP_LABELS = {"live": _("Everybody who is registered or waits"), "ended": _("Everybody who left or was let go")}


class FilterForm(forms.Form):
    """What the address of the list may ask for. A wrong value leaves nobody out."""

    q = forms.CharField(label=_("Name, address or organisation"), required=False, max_length=100)
    status = forms.ChoiceField(label=_("Status"), required=False)
    mode = forms.ChoiceField(label=_("How to take part"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    organisation = forms.ChoiceField(label=_("Organisation"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    needs = forms.BooleanField(label=_("Only with needs (diet, access)"), required=False)
    order = forms.ChoiceField(required=False, choices=[("", ""), *((key, key) for key in ORDERS)])

    def __init__(self, *args, choices: FilterChoices, sees_sensitive: bool, **kwargs):
        super().__init__(*args, **kwargs)
        everything = ("", _("All"))
        self.fields["status"].choices = [everything, *GROUP_LABELS.items(), *RegistrationStatus.choices]
        self.fields["mode"].choices = [everything, *Mode.choices]
        names = dict(countries)
        self.fields["country"].choices = [
            everything,
            *sorted(((code, names.get(code, code)) for code in choices.countries), key=lambda pair: sort_key(pair[1])),
        ]
        self.fields["organisation"].choices = [everything, *((name, name) for name in choices.organisations)]
        self.fields["language"].choices = [everything, *((code, language_name(code)) for code in choices.languages)]
        if not sees_sensitive:
            del self.fields["needs"]

    @property
    def filters(self) -> Filters:
        """Return what was asked for, without what is no such thing."""
        self.is_valid()
        chosen = {name: self.cleaned_data.get(name) or "" for name in self.fields}
        return Filters(
            search=chosen["q"],
            status=chosen["status"] if chosen["status"] in {*GROUPS, *RegistrationStatus.values} else "",
            mode=chosen["mode"],
            country=chosen["country"],
            organisation=chosen["organisation"],
            language=chosen["language"],
            has_needs=bool(chosen.get("needs")),
        )

    @property
    def chosen_order(self) -> str:
        self.is_valid()
        return self.cleaned_data.get("order") or ""


class PersonForm(forms.Form):
    """A person's data, as the organiser enters or corrects them."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=120)
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        required=False,
        help_text=_("Without one, nothing can be sent, and there is no personal link."),
    )
    organisation = forms.CharField(label=_("Organisation"), max_length=160, required=False)
    profession = forms.ChoiceField(
        label=_("Profession"), required=False, choices=[("", _("Not said")), *Profession.choices]
    )
    country = forms.ChoiceField(label=_("Country"), required=False)
    language = forms.ChoiceField(label=_("Language of the mails"))

    def __init__(
        self,
        *args,
        languages: list[str],
        questions: Sequence[FormQuestion] = (),
        stored: Mapping[uuid.UUID, object] | None = None,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", _("Not said")), *country_choices(project_countries())]
        self.fields["language"].choices = [(code, language_name(code)) for code in languages]
        stored = stored or {}
        self.questions = [with_stored_choices(question, stored.get(question.key)) for question in questions]
        for question in self.questions:
            # Somebody on the telephone may not have said everything that the public form insists on.
            field = question_field(dataclasses.replace(question, is_required=False))
            field.initial = entered_value(question, stored.get(question.key))
            if question.only_mode:
                field.label = f"{question.label} ({Mode(question.only_mode).label})"
            self.fields[question_name(question)] = field

    def answers(self, mode: str) -> list[GivenAnswer]:
        """Return the answers that differ from the stored ones, to questions that are asked of the mode."""
        return [
            GivenAnswer(question, answer_value(question, self.cleaned_data[question_name(question)]))
            for question in self.questions
            if question.applies_to(mode) and question_name(question) in self.changed_data
        ]

    def of_person(self) -> dict[str, str]:
        """Return what was entered beside the answers."""
        asked = {question_name(question) for question in self.questions}
        return {name: value for name, value in self.cleaned_data.items() if name not in asked}


class AddForm(PersonForm):
    mode = forms.ChoiceField(label=_("How to take part"), widget=forms.RadioSelect)
    force = forms.BooleanField(
        label=_("Also when no seat is left"),
        required=False,
        help_text=_("The person gets a place over the capacity, past those who wait."),
    )
    form_token = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)

    def __init__(self, *args, modes: list[Mode], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["mode"].choices = [(mode.value, mode.label) for mode in modes]
        self.fields["mode"].initial = modes[0].value if modes else None

    def submission_key(self, event_id: int) -> uuid.UUID | None:
        """Return the key of the submission, the same for a double click; None without a valid form token."""
        form_token = read_form_token(self.cleaned_data["form_token"], event_id)
        return (
            form_token.submission_key(self.cleaned_data["email"] or self.cleaned_data["name"]) if form_token else None
        )


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For organisers of this event only. The person sees it when asking for a copy of the data."),
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stands in the mail to the person, as you write it. It may stay empty."),
    )


class AccessForm(forms.Form):
    account = forms.CharField(
        label=_("User name or e-mail address of the account"),
        max_length=254,
        help_text=_("An administrator makes accounts (Settings > Users)."),
    )
    role = forms.ChoiceField(
        label=_("Rights"),
        widget=forms.RadioSelect,
        initial="desk",
        choices=[
            ("desk", _("work at this desk: see and change registrations, without sensitive answers")),
            ("sensitive", _("the same, and see sensitive answers (diet, access needs). Each look is logged")),
            ("door", _("only check people in: sees names at the door, and nothing else")),
        ],
    )


class ExportForm(forms.Form):
    columns = forms.MultipleChoiceField(label=_("Columns"), widget=forms.CheckboxSelectMultiple)
    format = forms.ChoiceField(
        label=_("Format"),
        choices=[("xlsx", _("XLSX, for Excel and LibreOffice")), ("csv", _("CSV, for everything else"))],
        widget=forms.RadioSelect,
        initial="xlsx",
    )
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, columns: list[Column], **kwargs):
        super().__init__(*args, **kwargs)
        self.known = columns
        self.fields["columns"].choices = [(column.key, column.label) for column in columns]

    @property
    def chosen(self) -> list[Column]:
        keys = set(self.cleaned_data["columns"])
        return [column for column in self.known if column.key in keys]

    @property
    def asks_sensitive(self) -> bool:
        return any(column.is_sensitive for column in self.chosen)


class MessageForm(forms.Form):
    """A subject and a text in each language that somebody of the audience reads. The first one must be written."""

    def __init__(self, *args, languages: list[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.languages = languages
        for code in languages:
            is_first = code == languages[0]
            self.fields[f"subject_{code}"] = forms.CharField(
                label=_("Subject"), max_length=120, required=is_first, strip=True
            )
            self.fields[f"body_{code}"] = forms.CharField(
                label=_("Text"),
                max_length=10_000,
                required=is_first,
                widget=forms.Textarea(attrs={"rows": 8, "lang": code}),
                help_text=_(
                    "Each mail greets the person by name in the language of the mail: begin with what comes after that."
                ),
            )

    def clean(self):
        cleaned = super().clean()
        for code in self.languages[1:]:
            subject, body = cleaned.get(f"subject_{code}"), cleaned.get(f"body_{code}")
            if bool(subject) != bool(body):
                missing = "body" if subject else "subject"
                self.add_error(f"{missing}_{code}", _("Write both, subject and text, or neither."))
        for name, value in list(cleaned.items()):
            if name.startswith("subject_") and ("\n" in value or "\r" in value):
                self.add_error(name, ValidationError(_("A subject is one line.")))
        return cleaned

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        chosen = self.cleaned_data
        return {
            code: {"subject": chosen[f"subject_{code}"], "body": chosen[f"body_{code}"]}
            for code in self.languages
            if chosen[f"body_{code}"]
        }

    @property
    def parts(self) -> list[dict[str, object]]:
        return [
            {"code": code, "label": language_name(code), "fields": [self[f"subject_{code}"], self[f"body_{code}"]]}
            for code in self.languages
        ]


class DoorForm(forms.Form):
    q = forms.CharField(label=pgettext_lazy("person", "Name"), required=False, max_length=100)
    day = forms.DateField(required=False, input_formats=["%Y-%m-%d"])

    def chosen_day(self, event: Event) -> datetime.date:
        """Return the day that was asked for, else today, else the first day of the event."""
        self.is_valid()
        wanted = [self.cleaned_data.get("day"), timezone.localdate()]
        return next((day for day in wanted if day in event.days), event.first_day)
