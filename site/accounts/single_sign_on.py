"""Sign-in with an OpenID Connect provider, such as a university's (docs/decisions/0190). Off unless it is configured."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from allauth.account import app_settings
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY, get_authentication_records
from allauth.account.internal.decorators import login_not_required
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.account.models import EmailAddress
from allauth.account.signals import authentication_step_completed
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
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from requests import RequestException

from accounts import records
from accounts.mail import send_account_mail
from accounts.models import Action
from home.text_normalization import one_line

logger = logging.getLogger(__name__)

# The provider's id in addresses and in the database. A site has at most one provider.
PROVIDER = "sso"
# The session key for the time until which the user may connect their account (`site/accounts/admin/single_sign_on.py`).
MAY_CONNECT = "may_connect_single_sign_on"
UID_LENGTH = SocialAccount._meta.get_field("uid").max_length
# Seconds after its start in which a connection can be completed. Otherwise another site could complete a connection that the
# user has abandoned.
CONNECT_SECONDS = 600
# Seconds for which a session at the provider is enough to sign in here.
SESSION_SECONDS = 24 * 60 * 60
# The errors that allauth raises if the provider is down or misconfigured. ValueError includes invalid JSON.
PROVIDER_ERRORS = (RequestException, OAuth2Error, ValidationError, KeyError, TypeError, ValueError)
# IntegrityError: two first sign-ins of one user at the same time try to create the same account.
ERRORS = (*PROVIDER_ERRORS, IntegrityError)


def is_configured() -> bool:
    return bool(settings.OIDC["server"])


def provider_name() -> str:
    """Return the provider's name for the sign-in page, or an empty string without single sign-on."""
    return str(settings.OIDC["name"]) if is_configured() else ""


def start_url() -> str:
    """Return the address that redirects to the provider."""
    return reverse("openid_connect_login", kwargs={"provider_id": PROVIDER})


def is_only_method(user: User) -> bool:
    """Return whether the account has no password and no second factor, so that only the provider can identify its user."""
    return not get_reauthentication_flows(user) and connection_of(user) is not None


def is_recent(request: HttpRequest) -> bool:
    """Return whether the user signed in at the provider in the last five minutes (allauth's limit for confirmations)."""
    entries = get_authentication_records(request, request.user)
    moments = [entry["at"] for entry in entries if entry.get("method") == "socialaccount"]
    return bool(moments) and _is_fresh(max(moments))


def connection_of(user: User) -> SocialAccount | None:
    """Return the connection of the user's account with the provider, or None."""
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
    """allauth's provider, which stores nothing from the provider's data except the mapped values of the groups claim."""

    def extract_extra_data(self, data: Mapping[str, Any]) -> dict[str, Any]:
        return {"groups": _claimed(data)}

    def extract_uid(self, data: Mapping[str, Any]) -> str:
        """Return the user's id at the provider. Raises ValueError if there is none, or if there are two different ones.

        OpenID Connect Core 5.3.2: user information with another `sub` than that of the ID token must not be used.
        """
        _check_id_token(data.get("id_token") or {})
        found = {part["sub"] for part in (data.get("userinfo"), data.get("id_token")) if part}
        if len(found) != 1:
            raise ValueError("the user information and the ID token are about different users")
        uid = found.pop()
        if not isinstance(uid, str) or not 0 < len(uid) <= UID_LENGTH:
            raise ValueError("not the key of a user")
        return uid

    def extract_common_fields(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the name and address of the user as texts, without the address if the provider marks it as unconfirmed.

        Emails about the account go to this address, and administrators who assign roles take the account for that of the
        person with this address.
        """
        fields: dict[str, Any] = super().extract_common_fields(data)
        texts = {name: value for name, value in fields.items() if isinstance(value, str)}
        email = texts.pop("email", "")
        names = {name: one_line(value) for name, value in texts.items()}
        return names | {"email": email} if _is_confirmed(data) else names

    def extract_email_addresses(self, data: Mapping[str, Any]) -> list[EmailAddress]:
        return super().extract_email_addresses(data) if _is_confirmed(data) else []

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        """Return extra parameters for the request to the provider. allauth would also accept some from the link.

        A user who is signed in must confirm who they are; otherwise an open session at the provider would be enough.
        With `max_age`, the provider must also state when the user signed in there (OpenID Connect Core 3.1.2.1).
        """
        if request.user.is_authenticated:
            return {"prompt": "login", "max_age": "0"}
        return {"max_age": str(SESSION_SECONDS)}

    def redirect(self, request: HttpRequest, process: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Redirect to the provider, with a nonce that its ID token must contain (OpenID Connect Core 3.1.2.1).

        PKCE protects the code only if the provider checks it. This site checks the nonce.
        """
        nonce = secrets.token_urlsafe()
        kwargs["auth_params"] = {**(kwargs.get("auth_params") or self.get_auth_params()), "nonce": nonce}
        return super().redirect(request, process, *args, nonce=nonce, **kwargs)

    def sociallogin_from_response(self, request: HttpRequest, response: dict[str, Any]) -> SocialLogin:
        request.provider_nonce = (response.get("id_token") or {}).get("nonce")  # type: ignore[attr-defined]  # our own
        request.provider_signed_in_at = _signed_in_at(response)  # type: ignore[attr-defined]  # our own
        return super().sociallogin_from_response(request, response)

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """Return the configured scopes. allauth would also accept scopes from a link to the sign-in."""
        return self.get_scope()


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """Decides which of the provider's users may sign in, and which groups they get."""

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
        nonce = sociallogin.state.get("nonce")
        if not nonce or nonce != getattr(request, "provider_nonce", None):
            raise ImmediateHttpResponse(_failed(request))
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            raise ImmediateHttpResponse(_connect(request, sociallogin))
        # `prompt` and `max_age` are part of an address that the user can change.
        if request.user.is_authenticated and not _is_fresh(_noted_sign_in(request)):
            raise ImmediateHttpResponse(_refuse_old_session(request))
        groups = _groups_of(sociallogin)
        if sociallogin.is_existing:
            _sign_in_existing(request, sociallogin.user, groups)
        else:
            _check_new(request, sociallogin, groups)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        # `_check_new` has already refused the others.
        return True

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return True

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        user = super().populate_user(request, sociallogin, data)
        # As in Django's forms: letters that only look different must not make a different name.
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


@receiver(authentication_step_completed)
def date_sign_in(request: HttpRequest, method: str, **kwargs: object) -> None:
    """Let a sign-in count from when the user signed in at the provider, because the session there may be old."""
    if method == "socialaccount":
        *earlier, last = request.session[AUTHENTICATION_METHODS_SESSION_KEY]
        at = min(last["at"], _noted_sign_in(request))
        request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [*earlier, last | {"at": at}]


def set_groups(user: User, groups: set[str]) -> None:
    """Add the user to the mapped groups in `groups`, and remove them from other mapped groups. Other groups are kept."""
    mapped = Group.objects.filter(name__in=settings.OIDC["groups"].values())
    before = set(user.groups.filter(pk__in=mapped))
    now = set(mapped.filter(name__in=groups))
    for name in sorted(groups - {group.name for group in now}):
        logger.warning("OIDC_GROUPS names a group that does not exist: %s", name)
    # Change only what differs, because each change is recorded.
    if gone := before - now:
        user.groups.remove(*gone)
    if added := now - before:
        user.groups.add(*added)


@require_safe
@login_not_required
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Redirect to the provider. Raises Http404 without single sign-on."""
    return _guarded(request, provider_id, views.login)


@require_safe
@login_not_required
def finish(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Sign the user in who returns from the provider, after all stages, such as the second factor."""
    return _guarded(request, provider_id, views.callback)


def _guarded(request: HttpRequest, provider_id: str, view: Any) -> HttpResponse:
    try:
        return view(request, provider_id)
    except ERRORS as error:
        return _failed(request, error)


def _check_id_token(claims: Mapping[str, Any]) -> None:
    """Raise ValueError if the ID token never expires, or if it was issued to another client of the provider.

    allauth checks the audience, and the end of a token that states one (OpenID Connect Core 2 and 3.1.3.7).
    """
    if claims and "exp" not in claims:
        raise ValueError("the ID token never expires")
    if claims.get("azp", settings.OIDC["client_id"]) != settings.OIDC["client_id"]:
        raise ValueError("the ID token was issued to another client")


def _signed_in_at(data: Mapping[str, Any]) -> float:
    """Return when the user signed in at the provider (seconds since 1970); 0 if the ID token does not state it."""
    found = (data.get("id_token") or {}).get("auth_time")
    return float(found) if isinstance(found, int | float) and found >= 0 else 0.0


def _noted_sign_in(request: HttpRequest) -> float:
    return getattr(request, "provider_signed_in_at", 0.0)


def _is_fresh(moment: float) -> bool:
    return time.time() - moment < app_settings.REAUTHENTICATION_TIMEOUT


def _is_confirmed(data: Mapping[str, Any]) -> bool:
    """Return whether the address counts as confirmed: the provider says so, or says nothing about it."""
    parts = (data.get("userinfo") or {}, data.get("id_token") or {})
    return all(part.get("email_verified", True) in (True, "true") for part in parts)


def _claimed(data: Mapping[str, Any]) -> list[str]:
    """Return the values of the groups claim, in the user information and the ID token, that the mapping contains."""
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
    """Refuse a user who may not get an account: without a mapped group, or with the address of another account.

    Existing accounts are connected only by their owners, so a provider cannot take over an account through its address.
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
    """Connect the account of the signed-in user with their user at the provider."""
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


def _refuse_old_session(request: HttpRequest) -> HttpResponse:
    text = _(
        "%(name)s did not confirm that you have just signed in there. Try again. If this happens again, tell an "
        "administrator."
    )
    return _refuse(request, text)


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
