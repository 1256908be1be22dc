"""Forms for a member of staff's own account."""

from __future__ import annotations

from typing import Any, cast

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.db import models
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.auth import PasswordChangeForm, PasswordResetForm
from wagtail.admin.utils import get_user_display_name

from accounts import limits, records, totp_codes
from accounts.mail import send_password_reset
from accounts.models import Action, Invitation
from accounts.organisations import organisation_choices, organisation_with
from home.http.current_request import current_request
from home.models import Organisation
from home.roles import role_labels, summaries


def _check_limit(user: User) -> None:
    if request := current_request():
        limits.begin_attempt(request, Action.SECOND_FACTOR_FAILED, limits.account_key(user.get_username()))
    if limits.is_factor_locked(user.get_username()):
        raise forms.ValidationError(_("Too many wrong codes. Try again in 15 minutes."))


class LimitedCodeMixin(BaseAuthenticateForm):
    """Refuses codes of the second factor after too many wrong ones, and codes of an app that were used before."""

    def clean_code(self) -> str:
        _check_limit(self.user)
        code: str = self.cleaned_data["code"]
        result, app = totp_codes.use(self.user, code)
        if result is totp_codes.Result.WRONG:
            # It may be a recovery code.
            return str(super().clean_code())
        if result is totp_codes.Result.USED:
            self._emit_authentication_failed(app)
            raise get_adapter().validation_error("incorrect_code")
        self.authenticator = app
        return code


class LimitedAuthenticateForm(LimitedCodeMixin, AuthenticateForm):
    """allauth's form for the second factor at sign-in."""


class LimitedReauthenticateForm(LimitedCodeMixin, ReauthenticateForm):
    """allauth's form for the second factor before a change of the account."""


class LimitedPasswordResetForm(PasswordResetForm):
    """Wagtail's form with a limit of emails per address and per network. The response is always the same."""

    def save(self, *args: Any, **kwargs: Any) -> None:
        request = current_request()
        email = self.cleaned_data["email"]
        if request is None or not limits.may_send_reset(request, email):
            return
        key = records.key_of("email", email.casefold())
        records.add(Action.PASSWORD_RESET_REQUESTED, request=request, subject_key=key)
        # Also enqueued for an unknown address: the response time must not reveal which addresses have an account.
        send_password_reset.enqueue(email, get_language() or settings.LANGUAGE_CODE)


def _is_own_password(request: HttpRequest, password: str) -> bool:
    """Return whether this is the user's password. It counts as an attempt to sign in, only once for each request."""
    kept = vars(request)
    if "is_own_password" not in kept:
        user = authenticate(request, username=request.user.get_username(), password=password)
        kept["is_own_password"] = user == request.user
    return bool(kept["is_own_password"])


class LimitedPasswordChangeForm(PasswordChangeForm):
    """Wagtail's form on the account page, with a limit. Wagtail creates it several times for one request.

    Without a limit, a person who finds an open session could guess the password there.
    """

    def clean_old_password(self) -> str:
        password: str = self.cleaned_data["old_password"]
        request = current_request()
        if request is None or not _is_own_password(request, password):
            raise forms.ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return password


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
        password: str = self.cleaned_data["password"]
        if not _is_own_password(self.request, password):
            raise forms.ValidationError(_("This is not your password."))
        return password


class RolesField(forms.ModelMultipleChoiceField):
    """Checkboxes for groups, with their names in the active language and what each is for."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Group) -> str:
        label = role_labels([obj.name])[0]
        summary = summaries().get(obj.name)
        return f"{label} – {summary}" if summary else label


class InvitationForm(forms.Form):
    first_name = forms.CharField(label=_("First name"), max_length=150)
    last_name = forms.CharField(label=_("Last name"), max_length=150)
    email = forms.EmailField(label=_("Email address"), max_length=254)
    organisation = forms.ChoiceField(
        label=_("Partner"),
        choices=organisation_choices,
        required=False,
        help_text=_("They write for this organisation. Leave it empty for people of no partner."),
    )
    groups = RolesField(
        Group.objects.order_by("name"),
        label=_("Roles and languages"),
        help_text=_(
            "At least one. A translator has one role for each language. What they may do: Help > Who may do what."
        ),
    )
    language = forms.ChoiceField(
        label=_("Language of the email and of these screens"), choices=lambda: settings.WAGTAILADMIN_PERMITTED_LANGUAGES
    )

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(
                _("There is already an account with this address. Change its roles under Users.")
            )
        if any(item.status in {"open", "expired"} for item in Invitation.objects.filter(email__iexact=email)):
            raise forms.ValidationError(
                _("This address has already been invited. Repeat that invitation, or withdraw it.")
            )
        return email

    def clean_organisation(self) -> Organisation | None:
        return organisation_with(self.cleaned_data["organisation"])


class AcceptInvitationForm(BaseUserCreationForm[User]):
    """The username and password of a new account."""

    class Meta:
        model = User
        fields = ("username",)

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Password validators compare the password with these names.
        self.instance.first_name = invitation.first_name
        self.instance.last_name = invitation.last_name
        self.instance.email = invitation.email
        self.initial.setdefault("username", invitation.email[:150])
        self.fields["username"].label = _("Username")
        self.fields["username"].help_text = _("You sign in with it. Your email address is easy to remember.")
        self.fields["username"].widget.attrs |= {"autocomplete": "username"}
        self.fields["password1"].help_text = password_validators_help_text_html()

    def clean_username(self) -> str:
        username = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(_("This username is taken. Choose another one."))
        return username


class HandOverForm(forms.Form):
    """A form to choose the user who takes over the pages and tasks of an account that is closed."""

    successor = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Who takes over their pages"),
        required=False,
        empty_label=_("Nobody: the pages stay without an owner"),
        help_text=_("Drafts, pages and translation tasks. Colleagues of the same organisation come first."),
    )

    ends_links = forms.BooleanField(
        label=_("End the links that they could see"),
        required=False,
        initial=True,
        help_text=_("Links that work without an account. Make new ones for those who still need them."),
    )

    def __init__(self, *args: Any, leaver: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = User.objects.filter(organisations__in=leaver.organisations.all())
        others = User.objects.filter(is_active=True).exclude(pk=leaver.pk)
        is_colleague = models.Exists(colleagues.filter(pk=models.OuterRef("pk")))
        successor = cast("forms.ModelChoiceField", self.fields["successor"])
        successor.queryset = others.annotate(is_colleague=is_colleague).order_by(
            "-is_colleague", "last_name", "first_name", "username"
        )
        successor.label_from_instance = get_user_display_name  # type: ignore[method-assign]  # as Django documents it
