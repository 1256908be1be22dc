"""The form of the contact page."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from home import form_tokens
from home.form_tokens import FormToken
from home.models.contact import LONGEST_MESSAGE, Subject
from home.public_forms import EmailAddressField, PlainTextField, ProtectedForm, text_input

SALT = "home.enquiries.form"


class EnquiryForm(ProtectedForm):
    name = PlainTextField(
        label=pgettext_lazy("person", "Name"),
        max_length=120,
        widget=text_input(autocomplete="name", spellcheck="false"),
        error_messages={"required": _("Enter your name.")},
    )
    email = EmailAddressField(
        label=_("Email address"),
        help_text=_("We reply to this address."),
        widget=forms.EmailInput(
            attrs={"class": "input", "autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"}
        ),
        error_messages={"required": _("Enter your email address.")},
    )
    subject = forms.ChoiceField(
        label=_("What is it about?"),
        choices=[("", _("Choose a subject")), *Subject.choices],
        widget=forms.Select(attrs={"class": "input"}),
        error_messages={"required": _("Choose a subject."), "invalid_choice": _("Choose a subject.")},
    )
    message = forms.CharField(
        label=_("Message"),
        help_text=_("Do not write anything about your health or that of another person."),
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"class": "input", "rows": 8}),
        error_messages={"required": _("Write a message.")},
    )

    def __init__(self, data: Any = None, *, page_id: int, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.page_id = page_id

    def read_token(self, text: str) -> FormToken | None:
        return form_tokens.read_form_token(text, SALT, self.page_id)

    def clean_message(self) -> str:
        """Return the message without control characters, which an email cannot contain."""
        kept = (sign for sign in self.cleaned_data["message"] if sign in "\n\t" or unicodedata.category(sign) != "Cc")
        message = "".join(kept).strip()
        if not message:
            raise ValidationError(gettext("Write a message."), code="required")
        return message

    def page_order(self) -> list[str]:
        return ["name", "email", "subject", "message", *self.honeypot_in_order]

    def visible(self) -> list[forms.BoundField]:
        """Return the fields in the order in which the template shows them."""
        return [self[name] for name in ("name", "email", "subject", "message")]


def new_form_token(page_id: int) -> str:
    return form_tokens.new_form_token(SALT, page_id)
