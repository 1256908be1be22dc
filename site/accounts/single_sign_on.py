"""Signing in with an OpenID Connect provider, such as that of a university (docs/decisions/0190). Off unless configured."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.decorators import login_not_required
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect import views
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from requests import RequestException

from accounts import records
from accounts.mail import send_account_mail
from accounts.models import Action

logger = logging.getLogger(__name__)

# The provider's ID in addresses and in the database: a site has at most one.
PROVIDER = "sso"
# The time, in a session, until which its user may connect their account (`site/accounts/admin/single_sign_on.py`).
MAY_CONNECT = "may_connect_single_sign_on"
UID_LENGTH = SocialAccount._meta.get_field("uid").max_length
# Seconds after its start within which a connection can be finished. Otherwise a foreign page could finish one that the user
# has abandoned.
CONNECT_SECONDS = 600
# What a provider that is down or misconfigured makes allauth raise; ValueError includes invalid JSON.
PROVIDER_ERRORS = (RequestException, OAuth2Error, ValidationError, KeyError, TypeError, ValueError)
# Two first sign-ins of one user at the same time make one account.
ERRORS = (*PROVIDER_ERRORS, IntegrityError)


def is_configured() -> bool:
    return bool(settings.OIDC["server"])


def provider_name() -> str:
    """Return the name that the sign-in page shows, or an empty string without single sign-on."""
    return str(settings.OIDC["name"]) if is_configured() else ""


def start_url() -> str:
    """Return the address that leads to the provider."""
    return reverse("openid_connect_login", kwargs={"provider_id": PROVIDER})


def is_only_method(user: User) -> bool:
    """Return whether the account has neither a password nor a second factor, so that only the provider knows its user."""
    return not get_reauthentication_flows(user) and connection_of(user) is not None


def is_recent(request: HttpRequest) -> bool:
    """Return whether the user came back from the provider within allauth's time for such checks (five minutes)."""
    entries = get_authentication_records(request, request.user)
    moments = [entry["at"] for entry in entries if entry.get("method") == "socialaccount"]
    return bool(moments) and time.time() - max(moments) < app_settings.REAUTHENTICATION_TIMEOUT


def connection_of(user: User) -> SocialAccount | None:
    """Return the connection of the user's account with the provider."""
    return SocialAccount.objects.filter(user=user, provider=PROVIDER).first()


def end_connection(request: HttpRequest, user: User) -> bool:
    """End the connection of the user's account with the provider. Returns False if it is their only way to sign in."""
    connection = connection_of(user)
    if connection is None or not user.has_usable_password():
        return False
    connection.delete()
    _note(Action.SINGLE_SIGN_ON_REMOVED, request, user)
    return True


class Provider(OpenIDConnectProvider):
    """allauth's provider, which keeps only the values of the claim for groups of what it learns about a user."""

    def extract_extra_data(self, data: Mapping[str, Any]) -> dict[str, Any]:
        return {"groups": _claimed(data)}

    def extract_uid(self, data: Mapping[str, Any]) -> str:
        """Return the key of the user at the provider. Raises ValueError if it is none, or two different ones.

        OpenID Connect Core 5.3.2: user information of another `sub` than that of the ID token must not be used.
        """
        found = {part["sub"] for part in (data.get("userinfo"), data.get("id_token")) if part}
        if len(found) != 1:
            raise ValueError("the user information and the ID token are about different users")
        uid = found.pop()
        if not isinstance(uid, str) or not 0 < len(uid) <= UID_LENGTH:
            raise ValueError("not the key of a user")
        return uid

    def extract_common_fields(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the name and address of the user, without an address of which the provider says that it is unconfirmed.

        Emails of the account go to it, and whoever gives roles takes the account for that of the person with this address.
        """
        fields: dict[str, Any] = super().extract_common_fields(data)
        return {name: value for name, value in fields.items() if name != "email" or _is_confirmed(data)}

    def extract_email_addresses(self, data: Mapping[str, Any]) -> list[EmailAddress]:
        return super().extract_email_addresses(data) if _is_confirmed(data) else []

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        """Return what the provider is asked besides: allauth would let a link replace the address to come back to.

        Whoever is signed in confirms who they are. Otherwise a session at the provider would do it for them.
        """
        return {"prompt": "login"} if request.user.is_authenticated else {}

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """Return the scopes of the site: allauth would let a link to the sign-in ask the user for others, too."""
        return self.get_scope()


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """Decides who of the provider's users may sign in, and with which groups."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        if not is_configured() or provider not in {None, PROVIDER, Provider.id}:
            return []
        oidc = settings.OIDC
        app = SocialApp(provider=Provider.id, provider_id=PROVIDER, name=oidc["name"], client_id=oidc["client_id"])
        app.secret, app.settings = oidc["client_secret"], {"server_url": oidc["server"], "oauth_pkce_enabled": True}
        return [app]

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Provider:
        return Provider(request, app=self.get_app(request, provider=provider, client_id=client_id))

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            raise ImmediateHttpResponse(_connect(request, sociallogin))
        groups = _groups_of(sociallogin)
        if sociallogin.is_existing:
            _sign_in_existing(request, sociallogin.user, groups)
        else:
            _check_new(request, sociallogin, groups)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        # `_check_new` has refused others.
        return True

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return True

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        user = super().populate_user(request, sociallogin, data)
        # As the forms do: other letters that look the same are no other name.
        user.username = User.normalize_username(user.username)
        return user

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: object = None) -> User:
        with transaction.atomic():
            user = super().save_user(request, sociallogin, form)
            set_groups(user, _groups_of(sociallogin))
        return user

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Provider,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, object] | None = None,
    ) -> None:
        if error == AuthError.CANCELLED:
            raise ImmediateHttpResponse(_refuse(request, _("You did not sign in with %(name)s.")))
        raise ImmediateHttpResponse(_failed(request, exception))


def set_groups(user: User, groups: set[str]) -> None:
    """Give the user those of the mapped groups that `groups` names and take the other mapped ones; keep all others."""
    mapped = Group.objects.filter(name__in=settings.OIDC["groups"].values())
    before = set(user.groups.filter(pk__in=mapped))
    now = set(mapped.filter(name__in=groups))
    for name in sorted(groups - {group.name for group in now}):
        logger.warning("OIDC_GROUPS names a group that does not exist: %s", name)
    # Each change is recorded, so nothing is set anew.
    if gone := before - now:
        user.groups.remove(*gone)
    if added := now - before:
        user.groups.add(*added)


@require_safe
@login_not_required
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Lead to the provider. Answers 404 without single sign-on."""
    return _guarded(request, provider_id, views.login)


@require_safe
@login_not_required
def finish(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Sign the user in who comes back from the provider, after all stages, among them the second factor."""
    return _guarded(request, provider_id, views.callback)


def _guarded(request: HttpRequest, provider_id: str, view: Any) -> HttpResponse:
    try:
        return view(request, provider_id)
    except ERRORS as error:
        return _failed(request, error)


def _is_confirmed(data: Mapping[str, Any]) -> bool:
    """Return whether the address is confirmed, or the provider does not say so of any."""
    part = data.get("userinfo") or data.get("id_token") or {}
    return part.get("email_verified", True) in {True, "true"}


def _claimed(data: Mapping[str, Any]) -> list[str]:
    """Return the values of the claim for groups, of the user information and the ID token, that the mapping names."""
    values: list[object] = []
    for part in (data.get("userinfo"), data.get("id_token")):
        found = part.get(settings.OIDC["groups_claim"]) if isinstance(part, Mapping) else None
        values += found if isinstance(found, list) else [found]
    return sorted({str(value) for value in values} & settings.OIDC["groups"].keys())


def _groups_of(sociallogin: SocialLogin) -> set[str]:
    mapping = settings.OIDC["groups"]
    return {mapping[value] for value in sociallogin.account.extra_data.get("groups", []) if value in mapping}


def _sign_in_existing(request: HttpRequest, user: User, groups: set[str]) -> None:
    if not user.is_active:
        raise ImmediateHttpResponse(_refuse(request, _("This account is deactivated. Ask an administrator."), user))
    set_groups(user, groups)
    if not user.is_superuser and not user.groups.exists():
        raise ImmediateHttpResponse(_refuse_without_group(request, user))


def _check_new(request: HttpRequest, sociallogin: SocialLogin, groups: set[str]) -> None:
    """Refuse a user who may not get an account: without a group, or with the address of another account.

    Existing accounts are connected by their owners only, so a provider cannot take an account over by an address.
    """
    if not groups:
        raise ImmediateHttpResponse(_refuse_without_group(request))
    address = sociallogin.user.email
    if not address:
        raise ImmediateHttpResponse(
            _refuse(
                request,
                _("%(name)s sent no confirmed email address. Ask an administrator of this site for an account."),
            )
        )
    if User.objects.filter(email__iexact=address).exists():
        text = _(
            "There is an account with your email address already. Sign in with its password, then connect it with "
            "%(name)s under Account."
        )
        raise ImmediateHttpResponse(_refuse(request, text))


def _connect(request: HttpRequest, sociallogin: SocialLogin) -> HttpResponse:
    """Connect the account of the signed-in user with the user of the provider."""
    user = request.user
    if not isinstance(user, User) or request.session.pop(MAY_CONNECT, 0) < time.time():
        return _failed(request)
    uid = sociallogin.account.uid
    taken = SocialAccount.objects.filter(provider=PROVIDER, uid=uid).exclude(user=user).exists()
    if taken or connection_of(user):
        messages.error(request, _("This user of %(name)s is connected with another account.") % _names())
    else:
        SocialAccount.objects.create(user=user, provider=PROVIDER, uid=uid, extra_data=sociallogin.account.extra_data)
        _note(Action.SINGLE_SIGN_ON_ADDED, request, user)
        messages.success(request, _("You can now sign in with %(name)s.") % _names())
    return redirect("accounts:single_sign_on")


def _note(action: Action, request: HttpRequest, user: User) -> None:
    records.add(action, request=request, user=user)
    transaction.on_commit(partial(send_account_mail.enqueue, "single_sign_on", user.pk, {}))


def _refuse_without_group(request: HttpRequest, user: User | None = None) -> HttpResponse:
    text = _("%(name)s knows you, but you have no role on this site. Ask an administrator.")
    return _refuse(request, text, user)


def _failed(request: HttpRequest, error: Exception | None = None) -> HttpResponse:
    if error is not None:
        # The text of the error may hold tokens.
        logger.warning("Single sign-on failed: %s", type(error).__name__)
    return _refuse(request, _("Signing in with %(name)s did not work. Try again, or sign in with a password."))


def _refuse(request: HttpRequest, text: str, user: User | None = None) -> HttpResponse:
    subject = user.get_username() if user else ""
    records.add(Action.SINGLE_SIGN_ON_REFUSED, request=request, subject=subject)
    messages.error(request, text % _names())
    return redirect("wagtailadmin_login")


def _names() -> dict[str, str]:
    return {"name": provider_name()}
