"""The languages that a user may edit.

Page permissions apply to page trees, and each language has its own tree. Snippets have no tree: users may edit them
in the languages in which they may publish pages. Accounts that belong to an organisation may edit its entry, people,
news and fact sheets in all languages in which they may write.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from django.contrib.auth.models import AnonymousUser, Group, User
from django.db.models import Model, Q, QuerySet
from wagtail.models import DraftStateMixin, GroupPagePermission, Locale, Page, TranslatableMixin, WorkflowMixin
from wagtail.permission_policies.pages import PagePermissionPolicy

from home.models import Organisation, Person
from home.page_permissions import own_pages

WRITING = ("add", "change", "publish")
TRANSLATING = ("change", "publish")
PUBLISHING = ("publish",)
SECTIONS_CACHE_NAME = "_sections_of_pages"


def languages_of(user: User | AnonymousUser, actions: Collection[str] = WRITING, permission: str = "") -> set[int]:
    """Return the primary keys of the locales in which the user has one of these page permissions.

    With the name of another `permission` (`app.codename`), only the groups that have it, too, count: the languages of one
    role do not widen the rights of another.
    """
    if not user.is_active:
        return set()
    page_permissions = GroupPagePermission.objects.filter(
        group__user=user, permission__codename__in=[f"{action}_page" for action in actions]
    )
    if permission:
        app, codename = permission.split(".")
        groups = Group.objects.filter(permissions__content_type__app_label=app, permissions__codename=codename)
        page_permissions = page_permissions.filter(group__in=groups)
    # Permissions on the root page apply to every language.
    if user.is_superuser or page_permissions.filter(page__depth=1).exists():
        return set(Locale.objects.values_list("pk", flat=True))
    return set(page_permissions.values_list("page__locale_id", flat=True))


def writes_pages(user: User | AnonymousUser) -> bool:
    """Return whether the user may write pages anywhere. It needs no query besides those of Wagtail's own menu."""
    wanted = {f"{action}_page" for action in WRITING}
    granted = PagePermissionPolicy().get_cached_permissions_for_user(user)
    return user.is_superuser or any(row.permission.codename in wanted for row in granted)


def writers() -> QuerySet[User]:
    """Return the active users who may write or translate pages in any language."""
    codenames = [f"{action}_page" for action in WRITING]
    granted = Group.objects.filter(page_permissions__permission__codename__in=codenames)
    return User.objects.filter(Q(is_superuser=True) | Q(groups__in=granted), is_active=True).distinct()


def may_edit(user: User | AnonymousUser, instance: TranslatableMixin) -> bool:
    """Return whether the user may edit this page or snippet in its language, or approve what waits for approval."""
    if isinstance(instance, Page):
        return instance.permissions_for_user(user).can_edit()
    if editable(user, type(instance))(instance):
        return True
    task = instance.current_workflow_task if isinstance(instance, WorkflowMixin) else None
    return task is not None and task.user_can_access_editor(instance, user)


def editable(user: User | AnonymousUser, model: type[TranslatableMixin]) -> Callable[[TranslatableMixin], bool]:
    """Return a function that says whether the user may edit a snippet of this model. It runs no queries."""
    permission = permission_for(model, "change")
    if not user.has_perm(permission):
        return lambda instance: False
    writing, publishing = languages_of(user), languages_of(user, PUBLISHING, permission)
    own = set(own_organisations(user).values_list("pk", flat=True)) if model in (Organisation, Person) else set()

    def may_edit_row(instance: TranslatableMixin) -> bool:
        organisation = instance.organisation_id if isinstance(instance, Person) else instance.pk
        return instance.locale_id in writing and (instance.locale_id in publishing or organisation in own)

    return may_edit_row


def may_add(user: User | AnonymousUser, model: type[TranslatableMixin], locale: Locale) -> bool:
    """Return whether the user may add a snippet; for people, perhaps only to an organisation of theirs."""
    if locale.pk in languages_of(user, PUBLISHING, permission_for(model, "add")):
        return True
    return model is Person and locale.pk in languages_of(user) and own_organisations(user).exists()


def may_assign(user: User | AnonymousUser, organisation: Organisation | None, locale: Locale) -> bool:
    """Return whether the user may put a person into the organisation."""
    if locale.pk in languages_of(user, PUBLISHING, permission_for(Person, "change")):
        return True
    return organisation is not None and own_organisations(user).filter(pk=organisation.pk).exists()


def own_organisations(user: User | AnonymousUser) -> QuerySet[Organisation]:
    """Return the organisations that the account belongs to, in every language."""
    named = Organisation.objects.filter(editors=user.pk) if user.is_active else Organisation.objects.none()
    return Organisation.objects.filter(translation_key__in=named.values("translation_key"))


def may_publish(user: User | AnonymousUser, instance: TranslatableMixin) -> bool:
    """Return whether the user may make a page or snippet public, or no longer public, in its language."""
    if isinstance(instance, Page):
        return instance.permissions_for_user(user).can_publish()
    return may_publish_in(user, type(instance), instance.locale_id)


def may_publish_in(user: User | AnonymousUser, model: type[TranslatableMixin], locale_id: int) -> bool:
    """Return whether the user may publish snippets of this model in a language.

    Wagtail's permission applies to all languages: a translator of one may write in another for their organisation.
    """
    permission = permission_for(model, "publish" if issubclass(model, DraftStateMixin) else "change")
    return user.has_perm(permission) and locale_id in languages_of(user, PUBLISHING, permission)


def permission_for(model: type[Model], action: str) -> str:
    return f"{model._meta.app_label}.{action}_{model._meta.model_name}"


class Translatable(Protocol):
    """A page or snippet in its source language: its model (`app.name`) and, for a page, where it is in the tree."""

    @property
    def key(self) -> uuid.UUID: ...

    @property
    def model(self) -> str: ...

    @property
    def path(self) -> str: ...


@dataclass(frozen=True)
class Sections:
    """The sections of the page tree in which a user has permissions, to check many pages without a query for each."""

    # Actions by language (None for every language) and by the path that the section has in each language.
    granted: Mapping[tuple[int | None, str], Collection[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, user: User | AnonymousUser) -> Sections:
        """Return the sections of a user, which are read once for each user object, with two queries."""
        if not hasattr(user, SECTIONS_CACHE_NAME):
            setattr(user, SECTIONS_CACHE_NAME, cls._read(user))
        return getattr(user, SECTIONS_CACHE_NAME)

    @classmethod
    def _read(cls, user: User | AnonymousUser) -> Sections:
        rows = GroupPagePermission.objects.filter(group__user=user.pk).values_list(
            "page__depth", "page__locale", "page__translation_key", "page__path", "permission__codename"
        )
        found = [(depth, locale, key, path, code.removesuffix("_page")) for depth, locale, key, path, code in rows]
        paths: dict[uuid.UUID, list[str]] = {}
        for key, path in Page.objects.filter(translation_key__in={row[2] for row in found}).values_list(
            "translation_key", "path"
        ):
            paths.setdefault(key, []).append(path)
        granted: dict[tuple[int | None, str], set[str]] = {}
        for depth, locale, key, path, action in found:
            # Permissions on the root page apply to every language.
            places = [(None, path)] if depth == 1 else [(locale, each) for each in paths[key]]
            for place in places:
                granted.setdefault(place, set()).add(action)
        return cls(granted)

    def contain(self, path: str, locale: int, actions: Collection[str]) -> bool:
        """Return whether the user has one of the actions where a translation of the page at `path` will be.

        The trees of all languages have the same shape, so the section of the source is that of the translation.
        """
        above = [path[:end] for end in range(Page.steplen, len(path), Page.steplen)]
        return any(
            not set(actions).isdisjoint(self.granted.get((language, section), ()))
            for language in (locale, None)
            for section in above
        )


@dataclass(frozen=True)
class TranslatedLanguages:
    """In which languages a user translates: what belongs to their organisations in `writing`, the rest in `translating`."""

    user: User | AnonymousUser
    translating: set[int]
    writing: set[int]
    own_keys: frozenset[uuid.UUID]
    sections: Sections

    def of(self, key: uuid.UUID) -> set[int]:
        """Return the languages in which the user translates the page or snippet with this translation key."""
        return self.writing | self.translating if key in self.own_keys else self.translating

    def startable(self, row: Translatable) -> set[int]:
        """Return the languages into which the user may start a translation, by the rules of `may_start`.

        It says nothing about whether the user may read the source.
        """
        languages = self.of(row.key)
        if not row.path:
            app, name = row.model.split(".")
            return languages if self.user.has_perm(f"{app}.change_{name}") else set()
        if self.user.is_superuser:
            return languages
        actions = WRITING if row.key in self.own_keys else TRANSLATING
        return {locale for locale in languages if self.sections.contain(row.path, locale, actions)}

    def __bool__(self) -> bool:
        return bool(self.translating or self.own_keys)


def translated_languages(user: User | AnonymousUser) -> TranslatedLanguages:
    writing = languages_of(user)
    keys = own_keys(user) if writing else frozenset()
    sections = Sections.of(user) if writing else Sections()
    return TranslatedLanguages(user, languages_of(user, TRANSLATING), writing, keys, sections)


def own_keys(user: User | AnonymousUser) -> frozenset[uuid.UUID]:
    """Return the translation keys of what belongs to the organisations of the account: entries, people and pages."""
    organisations = own_organisations(user)
    people = Person.objects.filter(organisation__in=organisations)
    keys = [*organisations.values_list("translation_key", flat=True), *people.values_list("translation_key", flat=True)]
    return own_pages(user).keys | frozenset(keys)


def may_start(user: User | AnonymousUser, source: TranslatableMixin, locale: Locale) -> bool:
    """Return whether the user may create a translation of a page or snippet into `locale`.

    They must be permitted to translate into the language and, for a page, in the section where the translation will be; or
    to write there, if it belongs to their organisation. What is not public they must be permitted to edit: the translation
    shows its content.
    """
    is_own = locale.pk in languages_of(user) and source.translation_key in own_keys(user)
    actions = WRITING if is_own else TRANSLATING
    if not is_own and locale.pk not in languages_of(user, TRANSLATING):
        return False
    if not isinstance(source, Page):
        return _may_change_model(user, source) and may_read(user, source)
    is_allowed = user.is_superuser or Sections.of(user).contain(source.path, locale.pk, actions)
    return is_allowed and may_read(user, source)


def may_read(user: User | AnonymousUser, source: TranslatableMixin) -> bool:
    """Return whether a page or snippet is public, or the user may edit it."""
    is_private = isinstance(source, Page) and source.get_view_restrictions().exists()
    return (getattr(source, "live", True) and not is_private) or may_edit(user, source)


def _may_change_model(user: User | AnonymousUser, instance: TranslatableMixin) -> bool:
    return user.has_perm(permission_for(type(instance), "change"))
