"""Resets the second factor of another account, for administrators: a user may have lost both phone and recovery codes."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from accounts import records, second_factor, sessions
from accounts.admin.base import AccountView
from accounts.mail import send_account_mail
from accounts.models import Action


class ResetSecondFactorView(AccountView):
    template_name = "accounts/reset_second_factor.html"
    page_title = gettext_lazy("Reset second factor")
    header_icon = "key"

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        # Administrators cannot reset their own: a person who finds an open session must not be able to remove the factor.
        if not request.user.is_superuser or request.user.pk == kwargs["pk"]:
            raise PermissionDenied
        self.account = get_object_or_404(User, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if second_factor.remove_all(self.account):
            sessions.end_all(self.account)
            records.add(Action.SECOND_FACTOR_RESET, request=request, subject=self.account.get_username())
            send_account_mail.enqueue("second_factor", self.account.pk, {})
        text = _("%(username)s can now sign in with the password alone, and then sets up a new second factor.")
        messages.success(request, text % {"username": self.account.get_username()})
        return redirect("wagtailusers_users:index")

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(**kwargs) | {"account": self.account}
