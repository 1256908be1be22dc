"""Settings > Invitations: listing, sending, repeating and withdrawing them; and the page that their email links to."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from accounts import invitations
from accounts.forms import AcceptInvitationForm, InvitationForm
from accounts.invitation_links import find
from accounts.models import Invitation
from accounts.organisations import name_of, organisations_by_key
from accounts.sign_in import sign_in
from home.roles import role_labels


class InvitingMixin:
    """Refuses users who may not add accounts."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.has_perm(invitations.PERMISSION):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # of the view that it is mixed into


class InvitationsView(InvitingMixin, WagtailAdminTemplateMixin, TemplateView):
    template_name = "accounts/invitations.html"
    page_title = gettext_lazy("Invitations")
    header_icon = "mail"
    breadcrumbs_items = [*WagtailAdminTemplateMixin.breadcrumbs_items, {"url": "", "label": page_title}]

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        found = Invitation.objects.select_related("organisation", "invited_by").prefetch_related("groups")
        organisations = organisations_by_key()
        rows = [
            (item, name_of(item.organisation, organisations), role_labels(group.name for group in item.groups.all()))
            for item in found
        ]
        return super().get_context_data(rows=rows, **kwargs)


class InviteView(InvitingMixin, WagtailAdminTemplateMixin, TemplateView):
    template_name = "accounts/invite.html"
    page_title = gettext_lazy("Invite someone")
    header_icon = "mail"

    def get_breadcrumbs_items(self) -> list[dict[str, object]]:
        parent = {"url": reverse("accounts:invitations"), "label": _("Invitations")}
        return [*super().get_breadcrumbs_items(), parent, {"url": "", "label": self.page_title}]

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=InvitationForm()))

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        form = InvitationForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        invitation = invitations.invite(**form.cleaned_data, invited_by=cast("User", request.user))
        messages.success(request, _("An invitation was sent to %(address)s.") % {"address": invitation.email})
        return redirect("accounts:invitations")


class ChangeInvitationView(InvitingMixin, View):
    """Repeats or withdraws an invitation."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        invitation = get_object_or_404(Invitation, pk=pk)
        is_repeated = "repeat" in request.POST
        try:
            if is_repeated:
                invitations.repeat(pk, cast("User", request.user))
            else:
                invitations.withdraw(pk)
        except invitations.InvitationError:
            messages.error(request, _("The invitation of %(address)s has ended.") % {"address": invitation.email})
            return redirect("accounts:invitations")
        text = (
            _("The invitation was sent to %(address)s again.")
            if is_repeated
            else _("The invitation of %(address)s was withdrawn.")
        )
        messages.success(request, text % {"address": invitation.email})
        return redirect("accounts:invitations")


class AcceptView(TemplateView):
    """The page that the email links to: choosing a password there creates the account and signs the person in."""

    template_name = "accounts/accept_invitation.html"

    @classmethod
    def as_view(cls, **kwargs: object):
        return never_cache(sensitive_post_parameters()(super().as_view(**kwargs)))

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        found = find(self.kwargs["token"])
        if found is None:
            return self._refuse("wrong")
        self.invitation = found
        with override(found.language):
            if found.status != "open":
                return self._refuse(found.status)
            if not invitations.is_backed(found):
                return self._refuse("withdrawn")
            response = super().dispatch(request, *args, **kwargs)
            # Rendered here, while the language of the invitation is active.
            return response.render() if isinstance(response, TemplateResponse) else response

    def _refuse(self, status: str) -> HttpResponseBase:
        response = self.render_to_response({"status": status}, status=404 if status == "wrong" else 410)
        response["Referrer-Policy"] = "no-referrer"
        return cast("TemplateResponse", response).render()

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return self._show(AcceptInvitationForm(invitation=self.invitation))

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        form = AcceptInvitationForm(request.POST, invitation=self.invitation)
        if not form.is_valid():
            return self._show(form, status=422)
        try:
            with transaction.atomic():
                user = invitations.accept(
                    self.invitation.pk,
                    username=form.cleaned_data["username"],
                    password=form.cleaned_data["password1"],
                )
        except invitations.InvitationError as error:
            return self.render_to_response({"status": error.status}, status=410)
        except (invitations.UsernameTakenError, IntegrityError):
            # Another person took the username after the form was checked.
            form.add_error("username", _("This username is taken. Choose another one."))
            return self._show(form, status=422)
        return sign_in(request, user, reverse("accounts:welcome"))

    def _show(self, form: AcceptInvitationForm, status: int = 200) -> HttpResponse:
        invitation = self.invitation
        context = {
            "status": "open",
            "form": form,
            "invitation": invitation,
            "inviter": get_user_display_name(invitation.invited_by) if invitation.invited_by else "",
            "partner": name_of(invitation.organisation),
            "roles": role_labels(invitation.groups.values_list("name", flat=True)),
        }
        response = self.render_to_response(context, status=status)
        # With "no-referrer", browsers send the form without an origin, which CSRF protection refuses. With this policy they
        # send the origin, but never the path, which contains the token.
        response["Referrer-Policy"] = "strict-origin"
        return response
