"""What happens to translations when their source is unpublished, deleted or moved: they follow it.

Only the source takes its translations along. Whoever lacks the right to do the same to the translations is stopped
before anything happens, for Wagtail itself asks about the page in hand alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.contrib.admin.utils import NestedObjects
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db import router
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.views.bulk_action import BulkAction
from wagtail.models import Page, TranslatableMixin
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail_localize.models import Translation

from home.translations import permissions


def followers(instance: TranslatableMixin) -> list[Any]:
    """Return the enabled translations of a source page or row; none for one that is a translation itself."""
    targets = Translation.objects.filter(
        source__object_id=instance.translation_key, source__locale_id=instance.locale_id, enabled=True
    ).values("target_locale_id")
    rows = instance.get_translations().filter(locale_id__in=targets)
    return list(rows.filter(alias_of=None).specific() if isinstance(instance, Page) else rows.select_related("locale"))


# Pages


def refuse(request: HttpRequest, page: Page, action: str) -> HttpResponse | None:
    """Stop `unpublish` or `delete` where translations would follow that the user may not touch."""
    if request.method != "POST":
        return None
    return _stop(request, _objection(request.user, [page], action), "wagtailadmin_pages:edit", page.pk)


def refuse_move(request: HttpRequest, page: Page, destination: Page) -> HttpResponse | None:
    """Stop a move that a translation could not follow."""
    if request.method != "POST":
        return None
    return _stop(request, _objection_to_move(request.user, [page], destination), "wagtailadmin_pages:move", page.pk)


def follow_many(request: HttpRequest, pages: list[Page], action: BulkAction) -> HttpResponse | None:
    """Take the translations along where several pages are acted on, or stop before anything happens.

    Wagtail calls this inside the transaction of the action, with the very list of pages that it acts on afterwards.
    """
    user = request.user
    if action.action_type in ("unpublish", "delete"):
        if objection := _objection(user, pages, action.action_type):
            return _stop(request, objection, action.next_url)
        known = {page.pk for page in pages}
        pages += [follower for page in list(pages) for follower in followers(page) if follower.pk not in known]
    elif action.action_type == "move":
        destination = action.cleaned_form.cleaned_data["chooser"]
        if objection := _objection_to_move(user, pages, destination):
            return _stop(request, objection, action.next_url)
        for follower in _beside(pages):
            follower.move(destination.get_translation(follower.locale), pos="last-child", user=user)
    return None


def may_remove(user: User | AnonymousUser, page: Page) -> bool:
    """Tell whether the user may delete a page: whoever may add one there. Wagtail lets everybody who may change it."""
    return PagePermissionPolicy().user_has_permission_for_instance(user, "add", page)


def _objection(user: User | AnonymousUser, pages: Collection[Page], action: str) -> str:
    if action == "delete" and not all(may_remove(user, page) for page in pages):
        return _("You translate pages. Ask an editor to delete one.")
    return _closed(follower for page in pages for follower in followers(page) if not _may(user, follower, action))


def _objection_to_move(user: User | AnonymousUser, pages: Iterable[Page], destination: Page) -> str:
    stuck = [
        follower
        for follower in _beside(pages)
        if not (parent := destination.get_translation_or_none(follower.locale))
        or not follower.permissions_for_user(user).can_move_to(parent)
        or not Page._slug_is_available(follower.slug, parent, page=follower)
    ]
    if not stuck:
        return ""
    return _(
        "The translations would follow, and cannot in: %(languages)s. "
        "There the new parent page is missing or closed to you, or has a page at the same address."
    ) % {"languages": _languages(stuck)}


def _beside(pages: Iterable[Page]) -> Iterator[Page]:
    """Yield the translations that stand below the translation of the page's own parent: Wagtail moves no other."""
    for page in pages:
        parents = set(page.get_parent().get_translations().values_list("path", flat=True))
        yield from (row for row in followers(page) if row.path[: -row.steplen] in parents)


def _may(user: User | AnonymousUser, page: Page, action: str) -> bool:
    permissions = page.permissions_for_user(user)
    if action == "delete":
        return permissions.can_delete() and may_remove(user, page)
    return not page.live or permissions.can_unpublish()


# What is not a page


def refuse_deletion(request: HttpRequest, rows: Collection[Model]) -> HttpResponse | None:
    """Stop deleting rows whose translations the user may not touch, or that something needs; else tell what follows.

    The translations themselves are deleted with the row (`signals.py`), in the same transaction.
    """
    sources = [row for row in rows if isinstance(row, TranslatableMixin)]
    if not sources:
        return None
    languages = permissions.languages_of(request.user)
    if any(row.locale_id not in languages for row in sources):
        raise PermissionDenied
    following = [follower for row in sources for follower in followers(row) if follower not in sources]
    objection = _closed(row for row in following if row.locale_id not in languages) or _needed([*sources, *following])
    if following and not objection and request.method == "GET":
        text = _("The translations are deleted too: %(languages)s.")
        messages.warning(request, text % {"languages": _languages(following)})
    return _stop(request, objection, sources[0].snippet_viewset.get_url_name("list"))


def _needed(rows: list[TranslatableMixin]) -> str:
    collector = NestedObjects(using=router.db_for_write(type(rows[0])))
    collector.collect(rows)
    if not collector.protected:
        return ""
    names = sorted(
        f"{item} ({item.locale})" if isinstance(item, TranslatableMixin) else str(item) for item in collector.protected
    )
    return _("Still in use by: %(names)s. Change or delete these first.") % {"names": ", ".join(names)}


# Words


def _stop(request: HttpRequest, objection: str, name: str, *arguments: object) -> HttpResponse | None:
    if not objection:
        return None
    messages.error(request, objection)
    return redirect(name, *arguments)


def _closed(rows: Iterable[TranslatableMixin]) -> str:
    languages = _languages(rows)
    if not languages:
        return ""
    return _("The translations would follow, and you may not change them in: %(languages)s. Ask an editor.") % {
        "languages": languages
    }


def _languages(rows: Iterable[TranslatableMixin]) -> str:
    return ", ".join(sorted({str(row.locale) for row in rows}))
