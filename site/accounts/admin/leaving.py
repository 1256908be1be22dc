"""The screen for a user who leaves: their account is deactivated, and their pages and tasks go to another user."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.utils import get_user_display_name

from accounts import hand_over
from accounts.admin.base import AccountView, may_change_account
from accounts.forms import HandOverForm
from accounts.organisations import names_of


class LeavingView(AccountView):
    template_name = "accounts/leaving.html"
    page_title = gettext_lazy("Someone leaves")
    header_icon = "user"

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.has_perm("auth.change_user"):
            raise PermissionDenied
        self.leaver = get_object_or_404(User, pk=kwargs["pk"])
        if self.leaver == request.user or not may_change_account(request.user, self.leaver):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=HandOverForm(leaver=self.leaver)))

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        form = HandOverForm(request.POST, leaver=self.leaver)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        hand_over.leave(self.leaver, form.cleaned_data["successor"], ends_links=form.cleaned_data["ends_links"])
        text = _("%(name)s can no longer sign in. Their pages were handed over.")
        messages.success(request, text % {"name": get_user_display_name(self.leaver)})
        return redirect("wagtailusers_users:index")

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(
            leaver=self.leaver,
            leaver_name=get_user_display_name(self.leaver),
            organisations=names_of(self.leaver),
            transferables=hand_over.transferables_of(self.leaver),
            revocable_access=hand_over.revocable_access_of(self.leaver),
            **kwargs,
        )
