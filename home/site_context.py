"""What is true of the whole site and changes a few times a year: the project's settings, and which pages are private.

Every page needs it, so it is read once and kept in the cache until one of its rows is saved or deleted (`signals.py`).
What is kept is named after a *generation* that is read before the rows are: a reader who began before a change and ends
after it keeps the old facts under a name that nobody asks for any more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings as django_settings
from django.core.cache import cache
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.query import PageQuerySet

from home.models.settings import LanguageTexts, ProjectSettings, SocialAccount

if TYPE_CHECKING:
    from home.models import Organisation

GENERATION_KEY = "site-facts-generation"
# A process that was killed between writing a row and emptying the cache leaves the old facts for this long at most.
CACHE_SECONDS = 600


def _key(*names: object) -> str:
    generation = cache.get_or_set(GENERATION_KEY, lambda: uuid4().hex, None)
    return "-".join(["site-facts", str(generation), *map(str, names)])


def private_paths() -> tuple[str, ...]:
    """Return the tree paths below which not everybody may read: of pages with a restriction, and of their aliases."""
    key = _key("private-paths")
    paths: tuple[str, ...] | None = cache.get(key)
    if paths is None:
        rows = PageViewRestriction.objects.values_list("page__path", "page__aliases__path")
        paths = tuple(sorted({path for row in rows for path in row if path}))
        cache.set(key, paths, CACHE_SECONDS)
    return paths


def public(pages: PageQuerySet) -> PageQuerySet:
    """Leave out private pages. Wagtail's own `public()` asks the database for the restrictions each time.

    For lists alone: whether somebody may read a page is decided by Wagtail, when it is served.
    """
    for path in private_paths():
        pages = pages.exclude(path__startswith=path)
    return pages


@dataclass(frozen=True)
class SiteContext:
    settings: ProjectSettings | None = None
    texts: dict[str, LanguageTexts] = field(default_factory=dict)
    social_accounts: tuple[SocialAccount, ...] = ()
    private_paths: tuple[str, ...] = ()
    # The coordinator in each language that it has been translated to.
    coordinators: dict[str, Organisation] = field(default_factory=dict)

    @classmethod
    def of(cls, site: Site | None) -> SiteContext:
        """Return the facts of `site`; those of no site are empty."""
        if site is None:
            return cls()
        # The fields are part of the name: after an update, what an older version of the site kept is not read.
        key = _key(site.pk, *cls.__dataclass_fields__)
        facts = cache.get(key)
        if facts is None:
            facts = cls._load(site)
            cache.set(key, facts, CACHE_SECONDS)
        return facts

    @classmethod
    def _load(cls, site: Site) -> SiteContext:
        settings = ProjectSettings.objects.select_related("coordinator").filter(site=site).first()
        texts = LanguageTexts.objects.filter(project=settings).select_related("locale") if settings else []
        accounts = SocialAccount.objects.filter(project=settings) if settings else []
        coordinator = settings.coordinator if settings else None
        names = coordinator.get_translations(inclusive=True).select_related("locale") if coordinator else []
        return cls(
            settings=settings,
            texts={text.locale.language_code: text for text in texts},
            social_accounts=tuple(accounts),
            private_paths=private_paths(),
            coordinators={name.locale.language_code: name for name in names},
        )

    @staticmethod
    def forget() -> None:
        """Begin a new generation, for every site."""
        cache.set(GENERATION_KEY, uuid4().hex, None)

    def coordinator(self, language_code: str) -> Organisation | None:
        """Return the coordinator in a language, or in the source language, or in any; see `home.translations.fallback`."""
        found = self.coordinators.get(language_code)
        in_source = self.coordinators.get(django_settings.LANGUAGE_CODE)
        chosen = found or in_source or next(iter(self.coordinators.values()), None)
        if chosen:
            chosen.foreign_language = "" if found else chosen.locale.language_code
        return chosen

    def is_public(self, page: Page) -> bool:
        """Tell whether no view restriction stands on the page or one of its ancestors, and its end has not come.

        A page stays live after its end until the command that unpublishes it runs.
        """
        is_over = page.expire_at is not None and page.expire_at <= timezone.now()
        return not is_over and not page.path.startswith(self.private_paths)
