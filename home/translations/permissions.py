"""The languages that a user may edit.

Page permissions apply to page trees, and each language has its own tree. Snippets have no tree: users may edit them
only in the languages in which they may edit pages.
"""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.models import AnonymousUser, User
from wagtail.models import GroupPagePermission, Locale, Page, TranslatableMixin

WRITING = ("add", "change", "publish")
TRANSLATING = ("change", "publish")


def languages_of(user: User | AnonymousUser, actions: Collection[str] = WRITING) -> set[int]:
    """Return the primary keys of the locales in which the user has one of these page permissions."""
    if not user.is_active:
        return set()
    page_permissions = GroupPagePermission.objects.filter(
        group__user=user, permission__codename__in=[f"{action}_page" for action in actions]
    )
    # Permissions on the root page apply to every language.
    if user.is_superuser or page_permissions.filter(page__depth=1).exists():
        return set(Locale.objects.values_list("pk", flat=True))
    return set(page_permissions.values_list("page__locale_id", flat=True))


def may_edit(user: User | AnonymousUser, instance: TranslatableMixin) -> bool:
    """Return whether the user may edit this page or snippet in its language."""
    if isinstance(instance, Page):
        return instance.permissions_for_user(user).can_edit()
    return _may_change_model(user, instance) and instance.locale_id in languages_of(user)


def may_publish(user: User | AnonymousUser, instance: TranslatableMixin) -> bool:
    if isinstance(instance, Page):
        return instance.permissions_for_user(user).can_publish()
    return may_edit(user, instance)


def may_start(user: User | AnonymousUser, source: TranslatableMixin, locale: Locale) -> bool:
    """Return whether the user may create a translation of a page or snippet into `locale`.

    Editors may translate into every language, translators into their own, even if they cannot edit the source.
    """
    if user.has_perm("wagtail_localize.submit_translation"):
        return True
    if not isinstance(source, Page) and not _may_change_model(user, source):
        return False
    return locale.pk in languages_of(user, TRANSLATING)


def _may_change_model(user: User | AnonymousUser, instance: TranslatableMixin) -> bool:
    model = instance._meta
    return user.has_perm(f"{model.app_label}.change_{model.model_name}")
