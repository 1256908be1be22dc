"""The buttons of translations in lists of pages, which read all pages of a list at once.

wagtail-localize reads translations and source of each page by itself: two more queries for each line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button, ButtonWithDropdownFromHook
from wagtail.models import Locale, Page
from wagtail_localize.models import TranslationSource
from wagtail_localize.wagtail_hooks import page_listing_more_buttons

MORE_BUTTONS = "register_page_listing_more_buttons"

# Wagtail has no public function for that. The buttons above the editor stay.
hooks._hooks[MORE_BUTTONS] = [
    entry for entry in hooks._hooks[MORE_BUTTONS] if entry[0] is not page_listing_more_buttons
]


@dataclass(frozen=True)
class Translations:
    """The translations of the pages in a list, from which the buttons of each page are chosen."""

    locales: int
    # The locales in which there is a page that is no copy of its source.
    translated: dict[UUID, set[int]]
    # The sources from which translations are kept up to date, by translation key and locale.
    sources: dict[tuple[UUID, int], int]

    def has_untranslated(self, page: Page) -> bool:
        return len(self.translated.get(page.translation_key, set())) < self.locales


def read_translations(pages: Iterable[Page]) -> Translations:
    """Read the translations of these pages with three queries."""
    keys = {page.translation_key for page in pages}
    translated: dict[UUID, set[int]] = {}
    own = Page.objects.filter(translation_key__in=keys, alias_of__isnull=True)
    for key, locale in own.values_list("translation_key", "locale_id"):
        translated.setdefault(key, set()).add(locale)
    kind = ContentType.objects.get_for_model(Page)
    synchronised = TranslationSource.objects.filter(
        object_id__in=keys, object__content_type=kind, translations__enabled=True
    ).distinct()
    sources = {(key, locale): pk for key, locale, pk in synchronised.values_list("object_id", "locale_id", "pk")}
    return Translations(Locale.objects.count(), translated, sources)


@hooks.register("construct_page_listing_buttons")
def add_translation_buttons(buttons: list[Button], page: Page, user: User, context: dict[str, Any]) -> None:
    """Add the buttons of wagtail-localize to the menu of a page in a list."""
    if page.is_root() or not user.has_perm("wagtail_localize.submit_translation"):
        return
    more = next((button for button in buttons if isinstance(button, ButtonWithDropdownFromHook)), None)
    if more is not None:
        more.dropdown_buttons += translation_buttons(page, _translations(page, context), more.next_url)


def _translations(page: Page, context: dict[str, Any]) -> Translations:
    """Return what was read for the table that is shown, or read it for this page where there is none."""
    table = context.get("table")
    if table is None:
        return read_translations([page])
    if not hasattr(table, "translations"):
        table.translations = read_translations(table.data)
    return table.translations


def translation_buttons(page: Page, translations: Translations, next_url: str | None) -> Iterator[Button]:
    if translations.has_untranslated(page):
        # Of a copy, its source is translated.
        url = reverse("wagtail_localize:submit_page_translation", args=[page.alias_of_id or page.pk])
        yield Button(_("Translate this page"), url, priority=60, icon_name="wagtail-localize-language")
    source = translations.sources.get((page.translation_key, page.locale_id))
    if source is not None:
        url = reverse("wagtail_localize:update_translations", args=[source])
        if next_url is not None:
            url += "?" + urlencode({"next": next_url})
        yield Button(_("Sync translated pages"), url, priority=60, icon_name="resubmit")
