"""The screen of a page's preview links: making, showing and revoking them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.widgets import Button
from wagtail.models import Page

from home.previews import links


def days_choices() -> list[tuple[int, str]]:
    return [(days, ngettext("%(days)d day", "%(days)d days", days) % {"days": days}) for days in links.DAYS]


class PreviewLinkForm(forms.Form):
    # The form is created for each request, so the labels are in the language of the account.
    days = forms.TypedChoiceField(
        label=gettext_lazy("The link works for"), choices=days_choices, coerce=int, initial=links.DAYS[1]
    )


class PreviewLinksView(WagtailAdminTemplateMixin, TemplateView):
    template_name = "wagtailadmin/pages/preview_links.html"
    page_title = gettext_lazy("Preview links")
    header_icon = "view"
    http_method_names = ["get", "head", "options", "post"]

    @cached_property
    def page(self) -> Page:
        """The page of the links. Raises an error for users who may not change it."""
        page: Page = get_object_or_404(
            Page.objects.select_related("locale"), pk=self.kwargs["page_id"], depth__gt=1
        ).specific
        if not page.permissions_for_user(self.request.user).can_edit():
            raise PermissionDenied
        return page

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        address = self.request.path
        user = cast("User", request.user)  # the admin is for accounts alone
        if "revoke" in request.POST:
            link = next((item for item in links.valid_links(self.page) if item.key.hex == request.POST["revoke"]), None)
            if link is not None:
                links.revoke(link, user)
            messages.success(request, _("The link no longer works."))
            return redirect(address)
        form = PreviewLinkForm(request.POST)
        if form.is_valid():
            try:
                links.make(self.page, form.cleaned_data["days"], user)
            except links.TooManyLinksError:
                form.add_error("days", _("This page has too many links. Revoke one that is no longer needed."))
            else:
                messages.success(
                    request, _("The link is ready. Copy it and send it to those who should see the draft.")
                )
                return redirect(address)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "page": self.page,
            "form": kwargs.get("form") or PreviewLinkForm(),
            "links": self._rows(),
            "is_private": bool(self.page.get_view_restrictions()),
        }

    def _rows(self) -> list[dict[str, Any]]:
        found = list(links.valid_links(self.page).select_related("page__locale", "made_by"))
        makers = {link.made_by_id: link.made_by for link in found}
        ended = {pk: links.why_ended(self.page, maker) for pk, maker in makers.items()}
        return [{"link": link, "url": links.url_of(link), "ended": ended[link.made_by_id]} for link in found]

    def get_page_subtitle(self) -> str:
        return str(self.page.get_admin_display_title())

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        edit = {"url": reverse("wagtailadmin_pages:edit", args=[self.page.pk]), "label": self.get_page_subtitle()}
        own = {"url": "", "label": self.page_title, "sublabel": self.get_page_subtitle()}
        return [*self.breadcrumbs_items, edit, own]


urlpatterns = [path("pages/<int:page_id>/preview-links/", PreviewLinksView.as_view(), name="preview_links")]


def link_in_header(
    page: Page, user: User, next_url: str | None = None, view_name: str | None = None
) -> Iterator[Button]:
    """Add a button for this screen to the header of the page editor, if the user may change the page (a hook of Wagtail)."""
    if page.pk and page.depth > 1 and page.permissions_for_user(user).can_edit():
        yield Button(_("Preview links"), reverse("preview_links", args=[page.pk]), icon_name="view", priority=45)


def register_log_actions(actions: Any) -> None:
    actions.register_action(links.MADE, gettext_lazy("Make a preview link"), gettext_lazy("Preview link made"))
    actions.register_action(links.REVOKED, gettext_lazy("Revoke a preview link"), gettext_lazy("Preview link revoked"))
