"""In which languages somebody may work.

Page rights are given by tree, and so by language. Organisations, people and categories have no tree: whoever may work
in some languages only may change these in the same languages only.
"""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.models import AnonymousUser, User
from wagtail.models import GroupPagePermission, Locale, Page, TranslatableMixin

WRITING = ("add", "change", "publish")
TRANSLATING = ("change", "publish")


def languages_of(user: User | AnonymousUser, actions: Collection[str] = WRITING) -> set[int]:
    """Return the keys of the locales in which the user has one of these rights on pages."""
    if not user.is_active:
        return set()
    rights = GroupPagePermission.objects.filter(
        group__user=user, permission__codename__in=[f"{action}_page" for action in actions]
    )
    # Rights on the root of the tree are rights in every language.
    if user.is_superuser or rights.filter(page__depth=1).exists():
        return set(Locale.objects.values_list("pk", flat=True))
    return set(rights.values_list("page__locale_id", flat=True))


def may_edit(user: User | AnonymousUser, instance: TranslatableMixin) -> bool:
    """Tell whether the user may change this page or row, in its language."""
    if isinstance(instance, Page):
        return instance.permissions_for_user(user).can_edit()
    return _may_change_model(user, instance) and instance.locale_id in languages_of(user)


def may_publish(user: User | AnonymousUser, instance: TranslatableMixin) -> bool:
    if isinstance(instance, Page):
        return instance.permissions_for_user(user).can_publish()
    return may_edit(user, instance)


def may_start(user: User | AnonymousUser, source: TranslatableMixin, locale: Locale) -> bool:
    """Tell whether the user may make the first translation of a page or row into `locale`.

    Editors may into every language, translators into their own, though the source's tree is closed to them.
    """
    if user.has_perm("wagtail_localize.submit_translation"):
        return True
    if not isinstance(source, Page) and not _may_change_model(user, source):
        return False
    return locale.pk in languages_of(user, TRANSLATING)


def _may_change_model(user: User | AnonymousUser, instance: TranslatableMixin) -> bool:
    model = instance._meta
    return user.has_perm(f"{model.app_label}.change_{model.model_name}")
