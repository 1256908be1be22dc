"""The registration form, and the form for changing a registration."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.enums import ConsentPurpose, Mode
from events.forms.fields import changed_name, consent_field
from events.forms.person import PersonForm
from events.forms.questions import question_name
from events.forms.sessions import NO_SESSIONS, SessionChoices, SessionsMixin
from events.models import RegistrationSettings
from events.registration.addresses import email_key, mailbox_key
from events.registration.commands import Applicant, GivenAnswer
from events.registration.form_tokens import read_form_token
from events.registration.labels import seats_label
from events.registration.seats import SeatCount
from home.form_tokens import FormToken
from home.public_forms import EmailAddressField, ProtectedForm


@dataclass(frozen=True)
class ModeChoice:
    """An attendance mode as the form offers it."""

    seat: SeatCount
    id: str
    text: str
    is_chosen: bool

    @property
    def is_open(self) -> bool:
        return self.seat.can_join


class RegistrationForm(SessionsMixin, ProtectedForm, PersonForm):
    """The registration form of an event in one language."""

    email = EmailAddressField(
        label=_("Email address"),
        help_text=_(
            "We send the confirmation and your personal link to this address. One address registers one person."
        ),
        widget=forms.EmailInput(
            attrs={"class": "input", "autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"}
        ),
        error_messages={"required": _("Enter your email address.")},
    )
    mode = forms.ChoiceField(
        label=_("How will you attend?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how you will attend."),
            "invalid_choice": _("Choose how you will attend."),
        },
    )

    def __init__(
        self,
        data: Any = None,
        *,
        event_id: int,
        language: str,
        seats: Mapping[Mode, SeatCount],
        settings: RegistrationSettings,
        seat_text: Callable[[SeatCount], str] = seats_label,
        sessions: SessionChoices = NO_SESSIONS,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, settings=settings, **kwargs)
        self.event_id = event_id
        self.language = language
        self.seats = seats
        self.seat_text = seat_text
        choices = [(mode.value, str(mode.label)) for mode in seats]
        self.fields["mode"].choices = choices  # type: ignore[attr-defined]  # a field of choices
        if len(choices) == 1:
            self.fields["mode"].initial = choices[0][0]
            self.fields["mode"].required = False
        if settings.asks_photo_consent:
            self.fields["agree_photos"] = consent_field(self.consent_texts[ConsentPurpose.PHOTOS])
        self.add_sessions(sessions, asks_mode=len(choices) > 1)

    @property
    def only_mode(self) -> SeatCount | None:
        """The only mode of the event, or None if there is a choice."""
        return next(iter(self.seats.values())) if len(self.seats) == 1 else None

    @property
    def mode_choices(self) -> list[ModeChoice]:
        """The modes with the places left in each."""
        chosen = self["mode"].value()
        return [
            ModeChoice(seat, f"{self['mode'].auto_id}_{number}", self.seat_text(seat), seat.mode == chosen)
            for number, seat in enumerate(self.seats.values())
        ]

    @property
    def full_and_free(self) -> tuple[list[SeatCount], list[SeatCount]]:
        """The modes that are full, and the modes that have free places."""
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
        if not seat.can_join:
            raise ValidationError(full_message(seat, self.seats), code="full")
        return mode

    def read_token(self, text: str) -> FormToken | None:
        return read_form_token(text, self.event_id)

    def applicant(self) -> Applicant:
        return Applicant(
            name=self.cleaned_data["name"],
            given_name=self.cleaned_data["given_name"],
            family_name=self.cleaned_data["family_name"],
            email=self.cleaned_data["email"],
            organisation=self.cleaned_data.get("organisation", ""),
            profession=self.cleaned_data.get("profession", ""),
            country=self.cleaned_data.get("country", ""),
            mode=Mode(self.chosen_mode),
            language=self.language,
        )

    def submission_address(self) -> str:
        """Return the normalised email address, by which rate limits count and duplicates are found."""
        return email_key(self.cleaned_data["email"])

    def mailbox(self) -> str:
        """Return the key of the mailbox of the email address, by which a rate limit counts."""
        return mailbox_key(self.cleaned_data["email"])

    def submission_key(self) -> uuid.UUID:
        """Return the key of this submission. Raises ValueError if the form is not valid."""
        return self.valid_token().submission_key(self.submission_address())

    def page_order(self) -> list[str]:
        return ["mode", *self.session_order(), *super().page_order(), *self.honeypot_in_order]


class ChangeForm(SessionsMixin, PersonForm):
    """The details that participants may change. A new email address is used only after they have confirmed it.

    Invited people complete this form, which then also has the choice of sessions. Other participants choose sessions on
    a separate page.
    """

    email = EmailAddressField(
        label=_("Email address"),
        help_text=_("We send a link to a new address. It is used when you have opened the link."),
        widget=forms.EmailInput(
            attrs={"class": "input", "autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"}
        ),
        error_messages={"required": _("Enter your email address.")},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        mode: str,
        settings: RegistrationSettings,
        has_address: bool,
        sessions: SessionChoices = NO_SESSIONS,
        **kwargs: Any,
    ) -> None:
        self.mode = mode
        super().__init__(data, settings=settings, **kwargs)
        if not has_address:
            del self.fields["email"]
        if settings.asks_photo_consent:
            self.fields["agree_photos"] = consent_field(self.consent_texts[ConsentPurpose.PHOTOS])
        self.add_sessions(sessions)

    def page_order(self) -> list[str]:
        return [*self.session_order(), *super().page_order()]

    @property
    def chosen_mode(self) -> str:
        return self.mode

    def answers(self) -> list[GivenAnswer]:
        """Return the answers that were changed. Answers that the form could not show do not change."""
        return [answer for answer in super().answers() if question_name(answer.question) in self.changed_data]

    def new_address(self) -> str:
        """Return the email address if it differs from the present one, otherwise an empty text."""
        entered = self.cleaned_data.get("email", "")
        return entered if entered and email_key(entered) != email_key(self.initial["email"]) else ""

    def applicant_changes(self) -> dict[str, str]:
        others = ("organisation", "profession", "country")
        return changed_name(self) | {name: self.cleaned_data[name] for name in others if name in self.fields}


def full_message(seat: SeatCount, seats: Mapping[Mode, SeatCount]) -> str:
    """Return the message for a mode that is full. It names the other mode if that has free places."""
    others = [other for other in seats.values() if other.mode != seat.mode and not other.is_full]
    values = {"mode": seat.mode.label, "other": others[0].mode.label if others else ""}
    if others:
        return gettext("“%(mode)s” is full. You can still attend this way: %(other)s.") % values
    return gettext("“%(mode)s” is full, and there is no waiting list.") % values
