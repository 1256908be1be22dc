"""Connects one's own account with the provider of single sign-on."""

from __future__ import annotations

import time

from allauth.account.decorators import reauthentication_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from wagtail.admin import messages

from accounts import single_sign_on
from accounts.admin.base import AccountView

SALT = "accounts.single-sign-on"
# Seconds for which the link that starts the connection is valid.
MAX_AGE = 3600


@method_decorator(reauthentication_required(enabled=lambda _request: single_sign_on.is_configured()), name="dispatch")
class SingleSignOnView(AccountView):
    """Shows whether the account is connected, with a link to connect it and a button to end the connection."""

    template_name = "accounts/single_sign_on.html"
    header_icon = "key"

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not single_sign_on.is_configured():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return _("Sign in with %(name)s") % {"name": single_sign_on.provider_name()}

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if single_sign_on.end_connection(request, self.user):
            messages.success(request, _("Your account is no longer connected."))
        return redirect("accounts:single_sign_on")

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        token = signing.dumps(self.user.pk, salt=SALT)
        return super().get_context_data(**kwargs) | {
            "provider_name": single_sign_on.provider_name(),
            "connection": single_sign_on.connection_of(self.user),
            "has_password": self.user.has_usable_password(),
            "connect_url": reverse("accounts:connect_single_sign_on", args=[token]),
        }


class ConnectView(AccountView):
    """Redirects to the provider to connect the account.

    The token in the link prevents other sites from starting the connection in a user's browser. It is a link and not a form,
    because the policy of the site (`form-action`) stops forms that redirect to another host.
    """

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            is_own = signing.loads(self.kwargs["token"], salt=SALT, max_age=MAX_AGE) == self.user.pk
        except signing.BadSignature:
            is_own = False
        if not is_own or not single_sign_on.is_configured():
            raise Http404
        request.session[single_sign_on.MAY_CONNECT] = int(time.time()) + single_sign_on.CONNECT_SECONDS
        return redirect(f"{single_sign_on.start_url()}?process=connect")
