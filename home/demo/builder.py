"""Creates the demo's pages and snippets in the source language, and their translations from the catalogues.

The demo can be loaded again: existing snippets and pages are found by their translation key (pages also by their
address) and not changed. A page with a revision has been filled or edited before.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from wagtail.fields import StreamField
from wagtail.models import Locale, Page, Site, TranslatableMixin
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource
from wagtail_localize.strings import StringValue, validate_translation_links

from home.demo.blocks import identifier
from home.demo.catalogues import Catalogue

Content = Callable[["Demo"], dict[str, Any]]


class Demo:
    """Creates the content of the demo. The `build(demo)` functions of the apps get it as their argument.

    `pages` and `snippets` map keys to the pages and snippets in the source language. All pages are created before the first
    one is filled, so that pages can link to one another.
    """

    def __init__(self, site: Site, report: Callable[[str], None]) -> None:
        self.site = site
        self.report = report
        self.locales = {locale.language_code: locale for locale in Locale.objects.all()}
        self.source = self.locales[settings.LANGUAGE_CODE]
        others = [locale for locale in self.locales.values() if locale != self.source]
        self.catalogues = {locale.pk: Catalogue.read(locale.language_code) for locale in others}
        # Create no pages in a language with an empty catalogue: their texts would be in the source language.
        self.targets = [locale for locale in others if self.catalogues[locale.pk].entries]
        self.untranslated = [locale for locale in others if locale not in self.targets]
        self.pages: dict[str, Page] = {}
        self.snippets: dict[str, Any] = {}
        self.missing: dict[str, int] = {}
        self.made: list[TranslatableMixin] = []
        self._fillings: list[tuple[str, Content]] = []

    # Methods that the apps call

    def adopt(self, key: str, page: Page) -> None:
        """Use an existing page, such as the home page. It is filled unless it has been edited."""
        self.pages[key] = page.specific

    def page(
        self, key: str, model: type[Page], title: str, *, parent: str = "home", slug: str = "", **fields: Any
    ) -> None:
        """Create an empty draft below `parent` unless the page exists. `fields` are the values that a draft requires."""
        translation_key, slug = identifier("page", key), slug or key
        above = self.pages[parent]
        page = (
            model.objects.filter(translation_key=translation_key, locale=self.source).first()
            or model.objects.child_of(above).filter(slug=slug).first()
        )
        if page is None:
            page = model(
                title=title, slug=slug, locale=self.source, translation_key=translation_key, live=False, **fields
            )
            # Read the parent again: its tree fields may be outdated.
            Page.objects.get(pk=above.pk).add_child(instance=page)
        self.pages[key] = page

    def snippet(self, key: str, model: type[TranslatableMixin], /, **fields: Any) -> None:
        """Create a snippet with its translations unless it exists."""
        name = f"{model._meta.model_name}/{key}"
        translation_key = identifier("snippet", name)
        snippet = model._default_manager.filter(translation_key=translation_key, locale=self.source).first()
        if snippet is None:
            with transaction.atomic():
                snippet = model(translation_key=translation_key, locale=self.source, **fields)
                snippet.full_clean()
                snippet.save()
                snippet.save_revision(log_action=True).publish()
                self._translate(snippet)
            self.made.append(snippet)
            self.report(f"{model._meta.verbose_name} {snippet}")
        self.snippets[key] = snippet

    def fill(self, key: str, content: Content) -> None:
        """Register the content of a page. `finish()` fills and publishes it after all pages are created."""
        self._fillings.append((key, content))

    def link(self, key: str, text: str) -> str:
        """Return the rich text markup of a link to a page of the demo."""
        return f'<a linktype="page" id="{self.pages[key].pk}">{text}</a>'

    # Methods that the command calls

    def finish(self) -> None:
        """Fill and publish the pages that have not been filled or edited."""
        for key, content in self._fillings:
            # Read the page again: publishing writes all columns, and child pages were added since it was loaded.
            page = self.pages[key].specific_class.objects.get(pk=self.pages[key].pk)
            if page.latest_revision_id is None:
                with transaction.atomic():
                    self._publish(page, content(self))
                    self.pages[key] = page = page.specific_class.objects.get(pk=page.pk)
                    self._translate(page)
                self.made.append(page)
                self.report(f"page {page}")

    def sources(self) -> list[tuple[str, TranslatableMixin]]:
        """Return (key, object) for all translatable snippets and pages in the source language."""
        return [*self.snippets.items(), *self.pages.items()]

    def _publish(self, page: Page, content: dict[str, Any]) -> None:
        for name, value in content.items():
            is_stream = isinstance(page._meta.get_field(name), StreamField)
            setattr(page, name, json.dumps(value) if is_stream else value)
        page.full_clean()
        page.save_revision(log_action=True).publish()

    def _translate(self, instance: TranslatableMixin) -> None:
        source, _changed = TranslationSource.update_or_create_from_instance(instance)
        segments = list(StringSegment.objects.filter(source=source).select_related("string", "context"))
        for locale in self.targets:
            translation, _created = Translation.objects.get_or_create(source=source, target_locale=locale)
            found = [(segment, self.catalogues[locale.pk].translation(segment)) for segment in segments]
            rows = [self._string_translation(segment, locale, text) for segment, text in found if text]
            # Translations that an editor has entered are kept.
            StringTranslation.objects.bulk_create(rows, ignore_conflicts=True)
            if missing := len(segments) - len(rows):
                self.missing[locale.language_code] = self.missing.get(locale.language_code, 0) + missing
            self._save(translation)

    def _save(self, translation: Translation) -> None:
        # With publish=True, wagtail-localize publishes after the commit, from an outdated copy of the page. The demo
        # publishes source and translations in one transaction.
        translation.save_target(publish=False)
        translation.get_target_instance().get_latest_revision().publish()

    def _string_translation(self, segment: StringSegment, locale: Locale, text: str) -> StringTranslation:
        """Return an unsaved translation of the segment. Raises ValueError if its markup differs from that of the source."""
        StringValue.from_translated_html(text)
        validate_translation_links(segment.string.data, text)
        return StringTranslation(
            translation_of=segment.string,
            locale=locale,
            context=segment.context,
            data=text,
            translation_type=StringTranslation.TRANSLATION_TYPE_MANUAL,
        )
