"""The permissions of users on a page. Menus use them as well, so they offer only what is permitted.

News and fact sheets belong to the organisations that they name, otherwise to those of their author. Users who may add pages
but may not change all pages may change each page of their own organisations, whoever wrote it. They may not change a page
that names only other organisations, even if they wrote it. The page in the source language decides for its translations:
translators of a language may change what a translation names.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.apps import apps
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Exists, OuterRef, Q, QuerySet
from wagtail.models import PagePermissionTester, get_page_models

CACHE_NAME = "_pages_of_organisations"


@dataclass(frozen=True)
class OwnPages:
    """Translation keys of pages.

    `keys` are those of the user's organisations, and `foreign` those that the user wrote but that name only other
    organisations.
    """

    keys: frozenset[uuid.UUID] = frozenset()
    foreign: frozenset[uuid.UUID] = frozenset()


def own_pages(user: User | AnonymousUser) -> OwnPages:
    """Return the user's own pages in all languages. The result is stored on the user object."""
    if not hasattr(user, CACHE_NAME):
        setattr(user, CACHE_NAME, _own_pages(user))
    return getattr(user, CACHE_NAME)


def _own_pages(user: User | AnonymousUser) -> OwnPages:
    # By name: the models import the permissions of pages, so this module imports no models.
    organisations = apps.get_model("home.Organisation").objects
    named = organisations.filter(editors=user.pk) if user.is_active else organisations.none()
    own = set(organisations.filter(translation_key__in=named.values("translation_key")).values_list("pk", flat=True))
    if not own:
        return OwnPages()
    colleagues = User.objects.filter(pk__in=organisations.filter(pk__in=own).values("editors"))
    keys: set[uuid.UUID] = set()
    foreign: set[uuid.UUID] = set()
    for model in get_page_models():
        paths = getattr(model, "organisation_paths", ())
        if not paths:
            continue
        names_any, names_own = Q(), Q()
        for path in paths:
            names_any |= Q(**{f"{path}__isnull": False})
            names_own |= Q(**{f"{path}__in": own})
        pages = model.objects.select_related(None).order_by()
        sources = pages.exclude(_is_translation(pages))
        with_name = sources.filter(names_any).values("translation_key")
        theirs = set(sources.filter(names_own).values_list("translation_key", flat=True))
        theirs |= set(
            # Not with `exclude(translation_key__in=…)`: PostgreSQL reads the list of `NOT IN` anew for each page.
            sources.filter(
                ~Exists(with_name.filter(translation_key=OuterRef("translation_key"))), owner__in=colleagues
            ).values_list("translation_key", flat=True)
        )
        written = pages.filter(owner=user.pk, translation_key__in=with_name)
        foreign |= set(written.values_list("translation_key", flat=True)) - theirs
        keys |= theirs
    return OwnPages(frozenset(keys), frozenset(foreign))


def _is_translation(pages: QuerySet) -> Exists:
    """Return the condition for translations of one of `pages`, even if they are no longer updated from it."""
    source = pages.filter(translation_key=OuterRef("source__object_id"), locale=OuterRef("source__locale"))
    translations = apps.get_model("wagtail_localize.Translation").objects.filter(
        Exists(source), source__object_id=OuterRef("translation_key"), target_locale=OuterRef("locale")
    )
    return Exists(translations)


class PagePermissions(PagePermissionTester):
    """Wagtail's rules, but only users who may add pages may delete, move and copy pages.

    Wagtail lets users who may only change a page, such as translators, also delete and move it. It offers them to copy it,
    although they cannot add the copy anywhere.
    """

    def can_edit(self) -> bool:
        if not self._follows_organisation:
            return super().can_edit()
        pages = own_pages(self.user)
        if self.page.translation_key in pages.keys:
            return True
        return self.page.translation_key not in pages.foreign and super().can_edit()

    @property
    def _follows_organisation(self) -> bool:
        """Whether the page's organisation decides, because the user has no permission to change all pages of the tree."""
        if not self.user.is_active or self.user.is_superuser or "add" not in self.permissions:
            return False
        return "change" not in self.permissions and bool(getattr(self.page.specific_class, "organisation_paths", ()))

    def can_delete(self, ignore_bulk: bool = False) -> bool:  # noqa: FBT001, FBT002  (the library's signature)
        if not super().can_delete(ignore_bulk):
            return False
        return self.user.is_superuser or ("add" in self.permissions and self.can_edit())

    def can_copy(self) -> bool:
        return super().can_copy() and self.permission_policy.user_has_permission(self.user, "add")

    def can_view_revisions(self) -> bool:
        return super().can_view_revisions() and (self.can_edit() or self.can_publish())
