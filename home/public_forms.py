"""The parts that all forms of the public site share: fields, the list of errors, and the protection from bots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from home.email_addresses import validate_email_address
from home.form_tokens import FormToken


class EmailAddressField(forms.EmailField):
    """A field for an email address to which the site can send email."""

    default_validators = [validate_email_address]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": 254} | kwargs))


class PlainTextField(forms.CharField):
    """A field for one line: line breaks and repeated spaces in pasted text become single spaces."""

    def to_python(self, value: Any) -> str:
        return " ".join(str(super().to_python(value) or "").split())


def text_input(**attributes: str) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "input", **attributes})


@dataclass(frozen=True)
class Problem:
    """An entry of the error summary: the message, and the id of the control (empty for errors of the whole form)."""

    anchor: str
    text: str


class PublicForm(forms.Form):
    """A form whose errors are listed above it, each with a link to its field."""

    use_required_attribute = True

    def problems(self) -> list[Problem]:
        """Return all errors in the order of the fields on the page, each with the id of its control."""
        found = [Problem("", str(message)) for message in self.non_field_errors()]
        for name in self.page_order():
            bound = self[name]
            anchor = f"{bound.auto_id}_0" if bound.use_fieldset else bound.auto_id
            found += [Problem(anchor, str(message)) for message in bound.errors]
        return found

    def page_order(self) -> list[str]:
        """Return the names of the visible fields in the order in which the template shows them."""
        raise NotImplementedError


class ProtectedForm(PublicForm):
    """A form that anyone may send. It has a form token, and a field that only bots fill in."""

    form_token = forms.CharField(max_length=300, widget=forms.HiddenInput, required=False)
    # A honeypot: people do not see this field, but bots fill it in.
    website = forms.CharField(max_length=500, required=False, widget=text_input(autocomplete="off", tabindex="-1"))

    # The decoded form token, set by `clean`.
    decoded_token: FormToken | None = None
    is_suspicious = False

    def read_token(self, text: str) -> FormToken | None:
        """Return the decoded token, or None if the text is not a valid token for this form."""
        raise NotImplementedError

    def clean_website(self) -> str:
        value: str = self.cleaned_data["website"]
        if value:
            self.is_suspicious = True
            raise ValidationError(gettext("Leave this field empty. It helps us detect spam."))
        return value

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        self.decoded_token = self.read_token(self.cleaned_data.get("form_token", ""))
        if self.decoded_token is None:
            self.is_suspicious = True
            message = gettext("This page has expired. Send the form again.")
            raise ValidationError(message, code="form_token")
        # The age is negative if another machine with a fast clock made the token. Nobody else can make one.
        if 0 <= self.decoded_token.age() < settings.REGISTRATION_MINIMUM_SECONDS:
            self.is_suspicious = True
            message = gettext("The form was sent too quickly. Send it again.")
            raise ValidationError(message, code="too_fast")
        return found

    def token_key(self) -> str:
        """Return the key of the form token, which identifies the opened form. Raises ValueError if the form is invalid."""
        return str(self.valid_token().key)

    def forget_token(self) -> None:
        """Forget the decoded token, so that the form is shown with a new one."""
        self.decoded_token = None

    def valid_token(self) -> FormToken:
        """Return the decoded token. Raises ValueError if the form is invalid."""
        if self.decoded_token is None:
            raise ValueError("a form without a valid token has no key")
        return self.decoded_token

    @property
    def honeypot_in_order(self) -> list[str]:
        """The name of the honeypot field, if it is shown: only after it was filled in."""
        return ["website"] if "website" in self.errors else []
