"""The form with which one sender registers several people."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.enums import Mode
from events.forms.person import PersonForm
from events.models import RegistrationSettings
from events.registration.addresses import email_key, mailbox_key
from events.registration.commands import Applicant, GroupMember
from events.registration.form_tokens import read_form_token
from events.registration.labels import seats_label
from events.registration.questions import FormQuestion
from events.registration.seats import SeatCount
from home.form_tokens import FormToken
from home.names import name_key
from home.public_forms import EmailAddressField, Problem, ProtectedForm

ADDRESS_ATTRIBUTES = {"class": "input", "autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
FEWEST = 2


class GroupPersonForm(PersonForm):
    """One person of a group, without the sensitive questions, agreements and consents that only the person may answer."""

    email = EmailAddressField(
        label=_("Email address"),
        required=False,
        help_text=_("If you leave it empty, we send this person’s emails to your address."),
        widget=forms.EmailInput(attrs=ADDRESS_ATTRIBUTES),
    )
    mode = forms.ChoiceField(
        label=_("How will this person attend?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how this person will attend."),
            "invalid_choice": _("Choose how this person will attend."),
        },
    )

    def __init__(self, data: Any, *, number: int, key: str, modes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(data, prefix=f"p{key}", consent_texts={}, **kwargs)
        self.number = number
        self.key = key
        # The only mode of the group, or an empty text if each person has a choice.
        self.only_mode = modes[0][0] if len(modes) == 1 else ""
        if self.only_mode:
            del self.fields["mode"]
        else:
            self.fields["mode"].choices = modes  # type: ignore[attr-defined]  # a field of choices
        for field in self.fields.values():
            # Otherwise the browser fills in the sender's own details for each person.
            field.widget.attrs["autocomplete"] = "off"

    @property
    def chosen_mode(self) -> str:
        return self.only_mode or self.cleaned_data.get("mode", "")

    def page_order(self) -> list[str]:
        about = [bound.name for bound in self.about()]
        modes = [name for name in ("mode",) if name in self.fields]
        return about + modes + [item.field.name for item in self.plain_questions()]


class GroupForm(ProtectedForm):
    """The sender, and a form for each person (`people`) that also asks how this person attends."""

    sender = EmailAddressField(
        label=_("Your email address"),
        help_text=_(
            "We send you one email about everyone. If you attend too, enter yourself as one of the people below."
        ),
        widget=forms.EmailInput(attrs=ADDRESS_ATTRIBUTES | {"autocomplete": "email"}),
        error_messages={"required": _("Enter your email address.")},
    )
    when_full = forms.ChoiceField(
        label=_("If there are not enough places"),
        widget=forms.RadioSelect,
        initial="nobody",
        choices=[
            ("nobody", _("Register nobody: we come together or not at all")),
            ("some", _("Register as many as possible in this order, and put the others on the waiting list")),
        ],
        error_messages={"required": _("Choose what happens if there are not enough places.")},
    )
    informed = forms.BooleanField(
        label=_("These people know that I register them and that you get their data."),
        error_messages={"required": _("Tell the people first, then tick this box.")},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        event_id: int,
        language: str,
        seats: Mapping[Mode, SeatCount],
        registration_settings: RegistrationSettings,
        questions: Sequence[FormQuestion],
        keys: Sequence[str] = ("1", "2"),
    ) -> None:
        super().__init__(data)
        self.event_id = event_id
        self.language = language
        self.seats = seats
        self.largest = registration_settings.largest_group
        self.modes = [
            (mode.value, f"{mode.label} ({seats_label(seat)})") for mode, seat in seats.items() if seat.can_join
        ]
        if not any(seat.has_waiting_list for seat in seats.values()):
            del self.fields["when_full"]
        # Without the questions that only the person may answer: sensitive ones and agreements.
        shown = [item for item in questions if not item.is_sensitive and item.statement is None]
        self.people = [
            GroupPersonForm(
                data, number=number, key=key, modes=self.modes, settings=registration_settings, questions=shown
            )
            for number, key in enumerate(keys, 1)
        ]

    def read_token(self, text: str) -> FormToken | None:
        return read_form_token(text, self.event_id)

    @property
    def size(self) -> str:
        """The permitted number of people, as a sentence."""
        text = gettext("A group has from %(fewest)d to %(largest)d people.")
        return text % {"fewest": FEWEST, "largest": self.largest}

    def is_valid(self) -> bool:
        """Return whether the form and the forms of all people are valid. Each error is shown beside its field."""
        are_valid = [person.is_valid() for person in self.people]
        is_valid = super().is_valid() and all(are_valid)
        self._check_doubles()
        if not FEWEST <= len(self.people) <= self.largest:
            self.add_error(None, self.size)
        return is_valid and not self.errors and not any(person.errors for person in self.people)

    def show_without_errors(self) -> None:
        """Show what was entered without checking it."""
        for form in (self, *self.people):
            form.errors.clear()

    def _check_doubles(self) -> None:
        sender = email_key(self.cleaned_data.get("sender", ""))
        addresses: set[str] = set()
        names: set[str] = set()
        for person in self.people:
            address = email_key(person.cleaned_data.get("email", "")) if hasattr(person, "cleaned_data") else ""
            if address and address != sender:
                if address in addresses:
                    person.add_error(
                        "email", gettext("Another person above has this address. Enter another one, or leave it empty.")
                    )
                addresses.add(address)
                continue
            name = name_key(person.cleaned_data.get("name", ""))
            if name and name in names:
                person.add_error(
                    "given_name",
                    gettext("Another person above has this name and no address of their own. Add an address."),
                )
            names.add(name)

    def members(self) -> list[GroupMember]:
        """Return the people of a valid form."""
        sender = self.cleaned_data["sender"]
        return [self._member(person, sender) for person in self.people]

    def _member(self, person: GroupPersonForm, sender: str) -> GroupMember:
        values = person.cleaned_data
        is_shared = email_key(values["email"]) in ("", email_key(sender))
        applicant = Applicant(
            name=values["name"],
            given_name=values["given_name"],
            family_name=values["family_name"],
            email=sender if is_shared else values["email"],
            organisation=values.get("organisation", ""),
            profession=values.get("profession", ""),
            country=values.get("country", ""),
            mode=Mode(person.chosen_mode),
            language=self.language,
        )
        return GroupMember(applicant, person.answers(), is_shared)

    @property
    def accepts_waiting(self) -> bool:
        return bool(self.cleaned_data.get("when_full") == "some")

    def form_key(self) -> uuid.UUID:
        """Return the key of the form that was opened. Raises ValueError if the form is not valid."""
        return self.valid_token().key

    def addresses(self) -> dict[str, str]:
        """Return all addresses that get an email: the `mailbox_key` of each by its `email_key`."""
        own = [person.cleaned_data["email"] for person in self.people]
        return {email_key(email): mailbox_key(email) for email in [self.cleaned_data["sender"], *own] if email}

    def page_order(self) -> list[str]:
        first = [name for name in ("sender", "when_full") if name in self.fields]
        return [*first, "informed", *self.honeypot_in_order]

    def all_problems(self) -> list[Problem]:
        """Return the errors of the form, then those of each person.

        The latter begin with "Person" and the person's number.
        """
        found = self.problems()
        for person in self.people:
            label = gettext("Person %(number)d") % {"number": person.number}
            found += [Problem(item.anchor, f"{label}: {item.text}") for item in person.problems()]
        return found
