"""Forms of a member of staff's own account."""

from __future__ import annotations

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.auth import PasswordResetForm

from accounts import limits, records
from accounts.current_request import current_request
from accounts.models import Action


def _check_limit(user: User) -> None:
    if request := current_request():
        limits.begin_attempt(request, Action.SECOND_FACTOR_FAILED, limits.account_key(user.get_username()))
    if limits.is_factor_locked(user.get_username()):
        raise forms.ValidationError(_("Too many wrong codes. Try again in 15 minutes."))


class LimitedAuthenticateForm(AuthenticateForm):
    """allauth's form, which refuses codes of the second factor when too many were wrong."""

    def clean_code(self) -> str:
        _check_limit(self.user)
        return super().clean_code()


class LimitedReauthenticateForm(ReauthenticateForm):
    """allauth's form, with the same limit as `LimitedAuthenticateForm`."""

    def clean_code(self) -> str:
        _check_limit(self.user)
        return super().clean_code()


class LimitedPasswordResetForm(PasswordResetForm):
    """Wagtail's form, with a limit of emails to one address and for one network. The answer is always the same."""

    def save(self, *args: Any, **kwargs: Any) -> None:
        request = current_request()
        email = self.cleaned_data["email"]
        if request is None or not limits.may_send_reset(request, email):
            return
        key = records.key_of("email", email.casefold())
        records.add(Action.PASSWORD_RESET_REQUESTED, request=request, subject_key=key)
        super().save(*args, **kwargs)


class ChangeEmailForm(forms.Form):
    email = forms.EmailField(label=_("New email address"), max_length=254)
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        # Counted and recorded as an attempt to sign in.
        user = authenticate(self.request, username=self.request.user.get_username(), password=password)
        if user != self.request.user:
            raise forms.ValidationError(_("This is not your password."))
        return password
