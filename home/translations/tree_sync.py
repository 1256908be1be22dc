"""Unpublishes, deletes and moves translations together with their source.

Before anything changes, it checks that the user has the same permission for the translations: Wagtail itself checks
only the page that the user acts on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.views.bulk_action import BulkAction
from wagtail.models import Locale, Page, TranslatableMixin
from wagtail_localize.models import Translation

from home.translations import permissions


def linked_translations(instance: TranslatableMixin) -> list[Any]:
    """Return the translations that are updated from a source page or row; none for a translation."""
    targets = Translation.objects.filter(
        source__object_id=instance.translation_key, source__locale_id=instance.locale_id, enabled=True
    ).values("target_locale_id")
    rows = instance.get_translations().filter(locale_id__in=targets)
    return list(rows.filter(alias_of=None).specific() if isinstance(instance, Page) else rows.select_related("locale"))


def _public_translations(pages: Collection[Page]) -> list[Page]:
    """Return the public translations that are updated from several pages, with a fixed number of queries."""
    sources = {(page.translation_key, page.locale_id) for page in pages}
    keys = {page.translation_key for page in pages}
    linked = Translation.objects.filter(source__object_id__in=keys, enabled=True).values_list(
        "source__object_id", "source__locale_id", "target_locale_id"
    )
    wanted = {(key, target) for key, locale, target in linked if (key, locale) in sources}
    rows = Page.objects.live().filter(translation_key__in=keys, alias_of=None).specific(defer=True)
    return [row for row in rows if (row.translation_key, row.locale_id) in wanted]


# Pages


def check_page_action(request: HttpRequest, page: Page, action: str) -> HttpResponse | None:
    """Stop `unpublish` or `delete` if the user may not do the same to the translations."""
    if request.method != "POST":
        return None
    error = _permission_error(request.user, [page], action, below="include_descendants" in request.POST)
    return _stop(request, error, "wagtailadmin_pages:edit", page.pk)


def check_move(request: HttpRequest, page: Page, destination: Page) -> HttpResponse | None:
    """Stop a move that is not permitted, or if a translation cannot be moved with the page."""
    if not page.permissions_for_user(request.user).can_move_to(destination):
        # Wagtail asks for the permission only after the page that asks for a confirmation and has both titles.
        raise PermissionDenied
    if request.method != "POST":
        return None
    return _stop(request, _move_error(request.user, [page], destination), "wagtailadmin_pages:move", page.pk)


def include_in_bulk_action(request: HttpRequest, pages: list[Page], action: BulkAction) -> HttpResponse | None:
    """Add the translations to a bulk action, or stop it.

    Wagtail calls this inside the transaction of the action and then uses the same list of pages, so it is extended here.
    """
    user = request.user
    if action.action_type in ("unpublish", "delete"):
        below = bool(action.cleaned_form.cleaned_data.get("include_descendants"))
        if error := _permission_error(user, pages, action.action_type, below=below):
            return _stop(request, error, action.next_url)
        if action.action_type == "unpublish":
            return None  # The signal of each source does it.
        known = {page.pk for page in pages}
        pages += [
            translation
            for page in list(pages)
            for translation in linked_translations(page)
            if translation.pk not in known
        ]
    elif action.action_type == "move":
        destination = action.cleaned_form.cleaned_data["chooser"]
        if error := _move_error(user, pages, destination):
            return _stop(request, error, action.next_url)
        for translation in _translations_to_move(pages):
            translation.move(destination.get_translation(translation.locale), pos="last-child", user=user)
    return None


def _permission_error(user: User | AnonymousUser, pages: Collection[Page], action: str, *, below: bool) -> str:
    if action == "delete" and not all(page.permissions_for_user(user).can_delete() for page in pages):
        return _("You cannot delete pages. Ask an editor to delete this page.")
    following = [translation for page in pages for translation in linked_translations(page)]
    if action == "unpublish" and below:
        following += _public_translations(_pages_below(user, pages))
    return _languages_error(translation for translation in following if not _may(user, translation, action))


def _pages_below(user: User | AnonymousUser, pages: Iterable[Page]) -> list[Page]:
    """Return the public pages below `pages` that the user may unpublish. Wagtail leaves the others public."""
    positions = [Q(path__startswith=page.path, depth__gt=page.depth) for page in pages]
    if not positions:
        return []
    # What locks a page is asked once for all of them.
    below = Page.objects.live().filter(reduce(or_, positions)).specific(defer=True)
    below = below.prefetch_workflow_states().annotate_approved_schedule()
    return [page for page in below if page.permissions_for_user(user).can_unpublish()]


def unpublished_below(user: User | AnonymousUser, pages: Collection[Page]) -> list[tuple[str, list[Page]]]:
    """Return the pages that are unpublished, for each language, if the user includes those below `pages`."""
    below = _pages_below(user, pages)
    gone = {page.pk for page in pages}
    found = {page.pk: page for page in [*below, *_public_translations(below)] if page.pk not in gone}
    names = {locale.pk: str(locale) for locale in Locale.objects.all()}
    languages: dict[str, list[Page]] = {}
    for page in found.values():
        languages.setdefault(names[page.locale_id], []).append(page)
    return sorted(languages.items())


def _move_error(user: User | AnonymousUser, pages: Iterable[Page], destination: Page) -> str:
    stuck = [
        translation
        for translation in _translations_to_move(pages)
        if not (parent := destination.get_translation_or_none(translation.locale))
        or not translation.permissions_for_user(user).can_move_to(parent)
        or not Page._slug_is_available(translation.slug, parent, page=translation)
    ]
    if not stuck:
        return ""
    return _(
        "The translations in these languages cannot be moved with the page: %(languages)s. "
        "In these languages, the new parent page is missing, you cannot edit it, or it already has a page with the same "
        "address."
    ) % {"languages": _languages(stuck)}


def _translations_to_move(pages: Iterable[Page]) -> Iterator[Page]:
    """Yield the translations below a translation of the page's parent. Wagtail moves only these."""
    for page in pages:
        if page.is_root():
            continue
        parents = set(page.get_parent().get_translations().values_list("path", flat=True))
        yield from (row for row in linked_translations(page) if row.path[: -row.steplen] in parents)


def _may(user: User | AnonymousUser, page: Page, action: str) -> bool:
    permissions = page.permissions_for_user(user)
    if action == "delete":
        return permissions.can_delete()
    return not page.live or permissions.can_unpublish()


# Snippets


def check_snippet_deletion(request: HttpRequest, rows: Collection[Model]) -> HttpResponse | None:
    """Stop deleting rows if the user may not delete their translations; else show a warning.

    The translations are deleted in the same transaction as the row (`signals.py`). Rows that are in use are kept by
    `home/admin/deletion.py`.
    """
    sources = [row for row in rows if isinstance(row, TranslatableMixin)]
    if not sources:
        return None
    languages = permissions.languages_of(request.user)
    if any(row.locale_id not in languages for row in sources):
        raise PermissionDenied
    following = [
        translation for row in sources for translation in linked_translations(row) if translation not in sources
    ]
    error = _languages_error(row for row in following if row.locale_id not in languages)
    if following and not error and request.method == "GET":
        text = _("These translations will also be deleted: %(languages)s.")
        messages.warning(request, text % {"languages": _languages(following)})
    return _stop(request, error, sources[0].snippet_viewset.get_url_name("list"))


def check_snippet_unpublishing(request: HttpRequest, row: Any) -> HttpResponse | None:
    """Stop a user who may not unpublish the public translations, which follow the row (`signals.py`)."""
    error = _languages_error(
        translation
        for translation in linked_translations(row)
        if translation.live and not permissions.may_publish(request.user, translation)
    )
    return _stop(request, error, row.snippet_viewset.get_url_name("list"))


# Messages


def _stop(request: HttpRequest, error: str, name: str, *arguments: object) -> HttpResponse | None:
    if not error:
        return None
    messages.error(request, error)
    return redirect(name, *arguments)


def _languages_error(rows: Iterable[TranslatableMixin]) -> str:
    languages = _languages(rows)
    if not languages:
        return ""
    return _(
        "This would also change the translations in these languages, which you cannot edit: %(languages)s. Ask an editor."
    ) % {"languages": languages}


def languages_unpublished_with(sources: Iterable[TranslatableMixin]) -> str:
    """Return the languages of the public translations that are unpublished together with sources."""
    return _languages(
        translation
        for row in sources
        for translation in linked_translations(row)
        if getattr(translation, "live", False)
    )


def _languages(rows: Iterable[TranslatableMixin]) -> str:
    return ", ".join(sorted({str(row.locale) for row in rows}))
