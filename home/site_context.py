"""The project's settings and the private pages of a site. They are cached because every page needs them.

The cache is cleared when one of the rows is saved or deleted (`signals.py`). Cache keys contain a *generation*, which is
read before the rows are. A process that began to read before a change stores the old values under the old generation, where
no later request finds them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import uuid4

from django.conf import settings as django_settings
from django.core.cache import cache
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.query import PageQuerySet
from wagtail_localize.models import Translation

from home.expiry import is_expired, unexpired
from home.models.partners import Organisation
from home.models.settings import LanguageTexts, ProjectSettings, SocialAccount
from home.read_once import forget, read_once

GENERATION_KEY = "site-context-generation"
# The longest time in seconds that old values stay if a process is killed after it saved a row and before it cleared the
# cache.
CACHE_SECONDS = 600


def _key(*names: object) -> str:
    generation = read_once(GENERATION_KEY, lambda: cache.get_or_set(GENERATION_KEY, lambda: uuid4().hex, None))
    return "-".join(["site-context", str(generation), *map(str, names)])


def private_paths() -> tuple[str, ...]:
    """Return the tree paths of pages with a view restriction, and of the aliases of these pages."""
    key = _key("private-paths")
    paths: tuple[str, ...] | None = cache.get(key)
    if paths is None:
        rows = PageViewRestriction.objects.values_list("page__path", "page__aliases__path")
        paths = tuple(sorted({path for row in rows for path in row if path}))
        cache.set(key, paths, CACHE_SECONDS)
    return paths


def translated_languages() -> frozenset[str]:
    """Return the codes of the languages that have translations."""
    key = _key("translated-languages")
    codes: frozenset[str] | None = cache.get(key)
    if codes is None:
        codes = frozenset(Translation.objects.values_list("target_locale__language_code", flat=True))
        cache.set(key, codes, CACHE_SECONDS)
    return codes


def project_countries() -> tuple[str, ...]:
    """Return the codes of the countries of the organisations in the consortium."""
    key = _key("project-countries")
    codes: tuple[str, ...] | None = cache.get(key)
    if codes is None:
        listed = Organisation.objects.filter(live=True).exclude(role="other")
        codes = tuple(sorted(set(listed.values_list("country", flat=True))))
        cache.set(key, codes, CACHE_SECONDS)
    return codes


def public(pages: PageQuerySet) -> PageQuerySet:
    """Exclude private and expired pages. Unlike Wagtail's own `public()`, it reads the restrictions from the cache.

    Use it only for lists: when a page is served, Wagtail itself decides who may read it.
    """
    for path in private_paths():
        pages = pages.exclude(path__startswith=path)
    return pages.filter(unexpired())


@dataclass(frozen=True)
class SiteContext:
    settings: ProjectSettings | None = None
    texts: dict[str, LanguageTexts] = field(default_factory=dict)
    social_accounts: tuple[SocialAccount, ...] = ()
    private_paths: tuple[str, ...] = ()
    # The coordinator by language code.
    coordinators: dict[str, Organisation] = field(default_factory=dict)

    @classmethod
    def of(cls, site: Site | None) -> SiteContext:
        """Return the context of `site`. For None, it is empty."""
        if site is None:
            return cls()
        # The names of the fields are part of the key, so that values from an earlier version of the code are not read.
        key = _key(site.pk, *cls.__dataclass_fields__)
        context = cache.get(key)
        if context is None:
            context = cls._load(site)
            cache.set(key, context, CACHE_SECONDS)
        return context

    @classmethod
    def _load(cls, site: Site) -> SiteContext:
        settings = ProjectSettings.objects.select_related("coordinator").filter(site=site).first()
        texts = LanguageTexts.objects.filter(project=settings).select_related("locale") if settings else []
        accounts = SocialAccount.objects.filter(project=settings) if settings else []
        coordinator = settings.coordinator if settings else None
        names = (
            coordinator.get_translations(inclusive=True).filter(live=True).select_related("locale")
            if coordinator
            else []
        )
        return cls(
            settings=settings,
            texts={text.locale.language_code: text for text in texts},
            social_accounts=tuple(accounts),
            private_paths=private_paths(),
            coordinators={name.locale.language_code: name for name in names},
        )

    @staticmethod
    def clear_cache() -> None:
        """Start a new generation for all sites."""
        cache.set(GENERATION_KEY, uuid4().hex, None)
        forget(GENERATION_KEY)

    def coordinator(self, language_code: str) -> Organisation | None:
        """Return the coordinator in a language, else in the source language, else in any language.

        `foreign_language` is set as in `home.language_fallback`.
        """
        found = self.coordinators.get(language_code)
        in_source = self.coordinators.get(django_settings.LANGUAGE_CODE)
        chosen = found or in_source or next(iter(self.coordinators.values()), None)
        if chosen:
            chosen.foreign_language = "" if found else chosen.locale.language_code
        return chosen

    def is_public(self, page: Page) -> bool:
        """Return whether the page is not expired and neither it nor an ancestor has a view restriction.

        An expired page stays live until the command that unpublishes it runs.
        """
        return not is_expired(page) and not page.path.startswith(self.private_paths)
