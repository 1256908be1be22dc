"""Creates what every site needs: locales, a home page for each language, groups. It can be run again."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from wagtail.models import DraftStateMixin, Locale, Page, Site
from wagtail.snippets.models import get_snippet_models
from wagtail_localize.models import Translation, TranslationSource

from home.models import HomePage, ProjectSettings
from home.permissions import set_up_groups
from home.translations.glossary import fill as fill_glossary


@transaction.atomic
def set_up_site(
    acronym: str = "",
    hostname: str = "",
    port: int | None = None,
    report: Callable[[str], None] = lambda line: None,
) -> Site:
    """Create what is missing and return the default site.

    `acronym` names a new project; an existing project keeps its name. `hostname` and `port` are also set on an existing
    site, because links in emails and for search engines begin with them. `report` is called with a line for each change.
    """
    locales = {code: Locale.objects.get_or_create(language_code=code)[0] for code, _name in settings.LANGUAGES}
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    home = HomePage.objects.filter(pk=site.root_page_id).first() if site else None
    if home is None:
        home = _make_home_page(locales[settings.LANGUAGE_CODE], acronym or settings.WAGTAIL_SITE_NAME)
        report(f"home page in {settings.LANGUAGE_CODE}")
        site = _point_site_at(site, home, acronym, hostname or "localhost", port or 80)
    elif site is not None:
        _correct_address(site, hostname, port, report)
    for code, locale in locales.items():
        if not home.has_translation(locale) and locale.pk != home.locale_id:
            # If pages exist, publishing this home page would show readers texts in the source language.
            is_public = not home.get_children().live().exists()
            _translate(home, locale, publish=is_public)
            report(f"home page in {code}{'' if is_public else ', a draft'}")
    ProjectSettings.objects.get_or_create(
        site=site, defaults={"acronym": acronym or site.site_name or settings.WAGTAIL_SITE_NAME}
    )
    set_up_groups(report)
    _record_first_versions(report)
    fill_glossary(report)
    return site


def _record_first_versions(report: Callable[[str], None]) -> None:
    """Create a first version of public snippets that have none, so that editors can return to it."""
    for model in get_snippet_models():
        if not issubclass(model, DraftStateMixin):
            continue
        rows = list(model.objects.filter(live=True, latest_revision=None))
        for row in rows:
            revision = row.save_revision(changed=False, clean=False)
            model.objects.filter(pk=row.pk).update(live_revision=revision)
        if rows:
            report(f"first versions of {len(rows)} {model._meta.verbose_name_raw}")


def _make_home_page(locale: Locale, title: str) -> HomePage:
    root = Page.get_first_root_node()
    if root is None:
        root = Page.add_root(instance=Page(title="Root", slug="root", locale=locale))
    # Wagtail's migrations create a welcome page.
    for page in root.get_children().filter(slug="home").exclude(content_type__model="homepage"):
        page.get_children().delete()
        page.delete()
        root.refresh_from_db()
    return root.add_child(instance=HomePage(title=title, slug="home", headline=title, locale=locale, live=True))


def _point_site_at(site: Site | None, home: HomePage, acronym: str, hostname: str, port: int) -> Site:
    # Deleting Wagtail's welcome page deletes the site that pointed to it.
    if site is None or not Site.objects.filter(pk=site.pk).exists():
        return Site.objects.create(
            hostname=hostname, port=port, root_page=home, is_default_site=True, site_name=acronym
        )
    site.root_page = home
    site.site_name = acronym or site.site_name
    site.save()
    return site


def _correct_address(site: Site, hostname: str, port: int | None, report: Callable[[str], None]) -> None:
    wanted = hostname or site.hostname, port or site.port
    if (site.hostname, site.port) != wanted:
        site.hostname, site.port = wanted
        site.full_clean()
        site.save()
        report(f"address {site.root_url}")


def _translate(home: HomePage, locale: Locale, *, publish: bool) -> None:
    """Create a translation of the home page for the translation editor. Its texts are still in the source language."""
    source, _created = TranslationSource.get_or_create_from_instance(home)
    translation, _created = Translation.objects.get_or_create(source=source, target_locale=locale)
    translation.save_target(publish=publish)
