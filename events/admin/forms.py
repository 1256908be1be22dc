"""Forms of the registration screens."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from events.attendance.doors import latest_end
from events.enums import Mode, Profession
from events.forms.fields import LONGEST_NAME, NamePartField, NamePartInput, changed_name, check_name
from events.forms.questions import answer_value, entered_value, question_field, question_name, with_stored_choices
from events.models import Event
from events.registration.addresses import email_key
from events.registration.commands import GivenAnswer
from events.registration.export import Column
from events.registration.form_tokens import read_form_token
from events.registration.questions import FormQuestion
from home.accepted_dates import validate_year
from home.admin.date_fields import MomentInput
from home.countries import country_groups
from home.languages import language_name
from home.public_forms import EmailAddressField
from home.site_context import project_countries


def _set_choices(form: forms.Form, name: str, choices: Iterable[tuple[str, Any]]) -> None:
    field = cast("forms.ChoiceField", form.fields[name])
    field.choices = list(choices)


class PersonForm(forms.Form):
    """A participant's data and answers, as an organiser enters or corrects them."""

    given_name = NamePartField(label=_("Given name"), max_length=LONGEST_NAME, widget=NamePartInput)
    family_name = NamePartField(label=_("Family name"), max_length=LONGEST_NAME, widget=NamePartInput)
    email = EmailAddressField(
        label=_("Email address"),
        required=False,
        help_text=_("Optional. Without it the participant gets no emails and no personal link."),
    )
    organisation = forms.CharField(label=_("Organisation"), max_length=160, required=False)
    profession = forms.ChoiceField(
        label=_("Profession"), required=False, choices=[("", _("Not answered")), *Profession.choices]
    )
    country = forms.ChoiceField(label=_("Country"), required=False)
    language = forms.ChoiceField(label=_("Language of emails"))

    def __init__(
        self,
        *args,
        languages: list[str],
        questions: Sequence[FormQuestion] = (),
        stored: Mapping[uuid.UUID, object] | None = None,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        _set_choices(self, "country", [("", _("Not answered")), *country_groups(project_countries())])
        _set_choices(self, "language", [(code, language_name(code)) for code in languages])
        stored = stored or {}
        self.questions = [with_stored_choices(question, stored.get(question.key)) for question in questions]
        for question in self.questions:
            # Organisers may not know every answer that the public form requires, so no answer is required here.
            field = question_field(dataclasses.replace(question, is_required=False))
            field.initial = entered_value(question, stored.get(question.key))
            if question.only_mode:
                field.label = f"{question.label} ({Mode(question.only_mode).label})"
            self.fields[question_name(question)] = field

    def clean(self) -> dict[str, Any]:
        super().clean()
        check_name(self)
        return self.cleaned_data

    def answers(self, mode: str) -> list[GivenAnswer]:
        """Return the changed answers to the questions that apply to the attendance mode."""
        return [
            GivenAnswer(question, answer_value(question, self.cleaned_data[question_name(question)]))
            for question in self.questions
            if question.applies_to(mode) and question_name(question) in self.changed_data
        ]

    def participant_data(self) -> dict[str, Any]:
        """Return the entered values without the answers to questions."""
        others = {question_name(question) for question in self.questions} | {"name", "given_name", "family_name"}
        return changed_name(self) | {name: value for name, value in self.cleaned_data.items() if name not in others}


class AddForm(PersonForm):
    mode = forms.ChoiceField(label=_("How they attend"), widget=forms.RadioSelect)
    force = forms.BooleanField(
        label=_("Add even if no places are left"),
        required=False,
        help_text=_("The participant gets a place even if none is left, ahead of others on the waiting list."),
    )
    form_token = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)

    def __init__(self, *args, modes: list[Mode], **kwargs):
        super().__init__(*args, **kwargs)
        _set_choices(self, "mode", [(mode.value, mode.label) for mode in modes])
        self.fields["mode"].initial = modes[0].value if modes else None

    def submission_key(self, event_id: int) -> uuid.UUID | None:
        """Return the submission key of the participant; None if the form has no valid token.

        The key is the same if the form is sent twice for one participant. It differs between two participants, so that
        the same form can be sent again for the next one.
        """
        form_token = read_form_token(self.cleaned_data["form_token"], event_id)
        sender = email_key(self.cleaned_data["email"] or self.cleaned_data["name"])
        return form_token.submission_key(sender) if form_token else None


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Only the organisers of this event see it, and the participant if they ask for a copy of their data."
        ),
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Optional. The participant reads it in the email, exactly as you write it."),
    )


class AccessForm(forms.Form):
    account = forms.CharField(
        label=_("Username of the account"),
        max_length=254,
        help_text=_(
            "The name that your colleague signs in with. Administrators create accounts under Settings > Users."
        ),
    )
    role = forms.ChoiceField(
        label=_("Access"),
        widget=forms.RadioSelect,
        initial="manage",
        choices=[
            ("manage", _("Manage registrations, without sensitive answers")),
            (
                "sensitive",
                _("Manage registrations and see sensitive answers (access needs and diet). Each viewing is logged"),
            ),
            ("check_in", _("Check in only: see names, and nothing else")),
        ],
    )
    ends_links = forms.BooleanField(
        label=_("End the door links that they could see, if they lose access to the registrations"),
        required=False,
        initial=True,
        help_text=_("People who have seen a door link can use it without an account."),
    )


class DoorLinkForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the door"),
        max_length=60,
        help_text=_("Such as “North entrance”. What is done with the link is recorded under this name."),
    )
    ends_at = forms.DateTimeField(
        label=_("Valid until"),
        widget=MomentInput(),
        validators=[validate_year],
        help_text=_("In the time zone of the event. The link stops working then, at most seven days after the event."),
    )

    def __init__(self, *args, event: Event, **kwargs):
        super().__init__(*args, **kwargs)
        self.event = event

    def clean_ends_at(self):
        ends_at = self.cleaned_data["ends_at"]
        latest = latest_end(self.event, timezone.now())
        if ends_at > latest:
            moment = date_format(timezone.localtime(latest), "DATETIME_FORMAT")
            raise ValidationError(
                _("Enter a time that is not after %(moment)s, seven days after the event.") % {"moment": moment}
            )
        if ends_at <= timezone.now():
            raise ValidationError(_("Enter a time in the future."))
        return ends_at


class ExportForm(forms.Form):
    columns = forms.MultipleChoiceField(label=_("Columns"), widget=forms.CheckboxSelectMultiple)
    format = forms.ChoiceField(
        label=_("Format"),
        choices=[("xlsx", _("XLSX, for Excel and LibreOffice")), ("csv", _("CSV, for other programs"))],
        widget=forms.RadioSelect,
        initial="xlsx",
    )
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, columns: list[Column], **kwargs):
        super().__init__(*args, **kwargs)
        self.known = columns
        _set_choices(self, "columns", [(column.key, column.label) for column in columns])

    @property
    def chosen(self) -> list[Column]:
        keys = set(self.cleaned_data["columns"])
        return [column for column in self.known if column.key in keys]

    @property
    def asks_sensitive(self) -> bool:
        return any(column.is_sensitive for column in self.chosen)


class MessageForm(forms.Form):
    """A subject and a text for each language of the recipients. The first language is required."""

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
                help_text=_("Each email starts with a greeting and the participant’s name. Do not add a greeting."),
            )

    def clean(self):
        cleaned = super().clean()
        for code in self.languages[1:]:
            subject, body = cleaned.get(f"subject_{code}"), cleaned.get(f"body_{code}")
            if bool(subject) != bool(body):
                missing = "body" if subject else "subject"
                self.add_error(f"{missing}_{code}", _("Enter both the subject and the text, or leave both empty."))
        for name, value in list(cleaned.items()):
            if name.startswith("subject_") and ("\n" in value or "\r" in value):
                self.add_error(name, ValidationError(_("Enter the subject on one line.")))
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
