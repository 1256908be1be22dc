"""The answer to users who open the editor of a page that they may not change: why, and where they can read the page."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import auth, messages
from wagtail.models import Locale, Page
from wagtail.permission_policies.pages import PagePermissionPolicy

from home.language_fallback import in_language
from home.models import Organisation

EDITOR = "wagtailadmin_pages:edit"

refuse_in_general = auth.permission_denied


def refuse(request: HttpRequest) -> HttpResponseBase:
    """Replace Wagtail's message, which is the same for all screens, if the user sees this page in lists."""
    match = request.resolver_match
    is_form = request.headers.get("x-requested-with") == "XMLHttpRequest"
    if is_form or match is None or match.view_name != EDITOR:
        return refuse_in_general(request)
    page = _shown_page(request.user, match.args, match.kwargs)
    if page is None:
        return refuse_in_general(request)
    partners = _partners_of(page)
    text = (
        _("“%(title)s” belongs to %(partners)s. Only its own people, editors and translators may change it.")
        if partners
        else _("You may see “%(title)s” in lists, but not change it.")
    )
    buttons = [messages.button(reverse("permission_table"), _("Who may do what"))]
    if page.live and page.url:
        buttons.insert(0, messages.button(page.url, _("View live")))
    values = {"title": page.get_admin_display_title(), "partners": ", ".join(partners)}
    messages.error(request, text % values, buttons=buttons)
    return redirect("wagtailadmin_explore", page.get_parent().pk)


def _shown_page(user: User | AnonymousUser, args: tuple[object, ...], kwargs: dict[str, object]) -> Page | None:
    """Return the page of the address if the user finds it in the page tree, else None."""
    pk = kwargs.get("page_id") or (args[0] if args else None)
    found = PagePermissionPolicy().explorable_instances(user).filter(pk=pk, depth__gt=1).first()
    return found.specific if found else None


def _partners_of(page: Page) -> list[str]:
    """Return the names of the organisations that the page names, in the active language."""
    paths = getattr(page, "organisation_paths", ())
    keys = {
        key
        for path in paths
        for key in type(page).objects.filter(pk=page.pk).values_list(f"{path}__translation_key", flat=True)
        if key
    }
    rows = Organisation.objects.filter(translation_key__in=keys).select_related("locale").order_by("name")
    return [row.name for row in in_language(rows, Locale.get_active(), with_drafts=True)]


# Wagtail has no hook for it.
auth.permission_denied = refuse
