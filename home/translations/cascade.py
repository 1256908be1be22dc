"""What happens to translations when their source is unpublished, deleted or moved: they follow it.

Only the source takes its translations along. Whoever lacks the right to do the same to the translations is stopped
before anything happens, for Wagtail itself asks about the page in hand alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail_localize.models import Translation


def followers(page: Page) -> list[Page]:
    """Return the enabled translations of a source page; none for a page that is a translation itself."""
    targets = Translation.objects.filter(
        source__object_id=page.translation_key, source__locale_id=page.locale_id, enabled=True
    ).values("target_locale_id")
    return list(Page.objects.translation_of(page).filter(locale_id__in=targets, alias_of=None).specific())


def refuse(request: HttpRequest, page: Page, action: str) -> HttpResponse | None:
    """Stop `unpublish` or `delete` where translations would follow that the user may not touch."""
    if request.method != "POST":
        return None
    if action == "delete" and not may_remove(request.user, page):
        messages.error(request, _("You translate pages. Ask an editor to delete one."))
        return redirect("wagtailadmin_pages:edit", page.pk)
    closed = [follower for follower in followers(page) if not _may(request.user, follower, action)]
    if not closed:
        return None
    messages.error(
        request,
        _("Its translations would follow, and you may not change them in: %(languages)s. Ask an editor.")
        % {"languages": _languages(closed)},
    )
    return redirect("wagtailadmin_pages:edit", page.pk)


def refuse_move(request: HttpRequest, page: Page, destination: Page) -> HttpResponse | None:
    """Stop a move that a translation could not follow: its new parent is missing there, or closed to the user."""
    if request.method != "POST":
        return None
    stuck = [
        follower
        for follower in followers(page)
        if not (parent := destination.get_translation_or_none(follower.locale))
        or not follower.permissions_for_user(request.user).can_move_to(parent)
    ]
    if not stuck:
        return None
    messages.error(
        request,
        _("Its translations would follow, and cannot in: %(languages)s. Translate the new parent page first.")
        % {"languages": _languages(stuck)},
    )
    return redirect("wagtailadmin_pages:move", page.pk)


def may_remove(user: User | AnonymousUser, page: Page) -> bool:
    """Tell whether the user may delete a page: whoever may add one there. Wagtail lets everybody who may change it."""
    return PagePermissionPolicy().user_has_permission_for_instance(user, "add", page)


def _may(user: User | AnonymousUser, page: Page, action: str) -> bool:
    permissions = page.permissions_for_user(user)
    if action == "delete":
        return permissions.can_delete()
    return not page.live or permissions.can_unpublish()


def _languages(pages: Iterable[Page]) -> str:
    return ", ".join(sorted(str(page.locale) for page in pages))
