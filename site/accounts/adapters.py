"""Adapters that configure allauth for this site: it creates no accounts, and the secrets of second factors are encrypted."""

from __future__ import annotations

import base64

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse

from accounts import single_sign_on
from accounts.mail import site_label
from home.http.client_address import client_address

PURPOSE = b"accounts.second-factor"
PASSWORD_BACKEND = "django.contrib.auth.backends.ModelBackend"  # noqa: S105  (a class)


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        login(request, user, backend=PASSWORD_BACKEND)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("wagtailadmin_home")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return reverse("wagtailadmin_home")

    def get_reauthentication_methods(self, user: User) -> list[dict[str, str]]:
        methods = super().get_reauthentication_methods(user)
        if not methods and single_sign_on.connection_of(user):
            return [{"id": "single_sign_on", "url": single_sign_on.start_url()}]
        return methods

    def is_reauthentication_required(self, *, app: str, **kwargs: object) -> bool:
        """Return whether the user must confirm who they are before a change of the account.

        It is not required if the user has just done so. For accounts with only single sign-on, a recent sign-in counts.
        """
        if single_sign_on.is_only_method(context.request.user):
            return not single_sign_on.is_recent(context.request)
        return super().is_reauthentication_required(app=app, **kwargs)

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or ""

    def add_message(self, *args: object, **kwargs: object) -> None:
        """Add no message, because the screens of this site say what changed."""

    def send_notification_mail(self, *args: object, **kwargs: object) -> None:
        """Send no email, because `site/accounts/receivers.py` records the change and notifies the user."""


class SecondFactorAdapter(DefaultMFAAdapter):
    def get_totp_issuer(self) -> str:
        return site_label()

    def get_totp_label(self, user: User) -> str:
        return user.get_username()

    def encrypt(self, text: str) -> str:
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _keys().decrypt(encrypted_text.encode()).decode()


def _keys() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(str(secret))) for secret in secrets])


def _derived(secret: str) -> bytes:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return base64.urlsafe_b64encode(key)
