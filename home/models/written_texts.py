"""Stores which texts each version of a translation contains, so that a synchronisation publishes no other texts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision
from wagtail_localize.models import (
    OverridableSegment,
    StringSegment,
    Translation,
    TranslationSource,
)
from wagtail_localize.segments.types import OverridableSegmentValue, StringSegmentValue
from wagtail_localize.strings import StringValue

if TYPE_CHECKING:
    from wagtail.models import Locale
    from wagtail_localize.segments.types import BaseValue


def text_key(context: int, string: int) -> str:
    return f"{context}:{string}"


class WrittenTexts(models.Model):
    """The texts in one version of a translation, by the keys of their contexts and strings.

    Translators save texts one by one. These become public when someone publishes the page. The public texts are those of
    the live version.
    """

    revision = models.OneToOneField(Revision, on_delete=models.CASCADE, related_name="written_texts")
    translation = models.ForeignKey(Translation, on_delete=models.CASCADE, related_name="written_texts")
    texts = models.JSONField(default=dict)
    # Old translations of changed texts: see `ProjectSettings.changed_texts`.
    carried = models.JSONField(default=dict)
    # Values with which the translation overrides those of its source, by the keys of their contexts.
    overrides = models.JSONField(default=dict)
    # True if this version leaves out texts that were saved but not published.
    withholds = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("texts of a version")
        verbose_name_plural = _("texts of versions")
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self):
        return str(self.translation)

    def text(self, context: int, string: int) -> str | None:
        key = text_key(context, string)
        found: str | None = self.texts.get(key, self.carried.get(key))
        return found


class PublishedSource(TranslationSource):
    """A source that builds a translation from given texts: the public ones, without those that were saved later.

    With `keeps_public`, it writes a version only, and a public translation stays as it is: the library would also save
    the new texts in the row that visitors see, and take a public snippet offline.
    """

    public: WrittenTexts
    keeps_public = False

    class Meta:
        proxy = True
        default_permissions = ()

    def get_translated_instance(self, locale: Locale) -> Any:
        instance = super().get_translated_instance(locale)
        if self.keeps_public and getattr(instance, "live", False):
            save = instance.save

            def save_named_fields(*args: Any, update_fields: Any = None, **kwargs: Any) -> None:
                if update_fields is not None:
                    save(*args, update_fields=update_fields, **kwargs)

            instance.save = save_named_fields
        return instance

    def _get_segments_for_translation(
        self,
        locale: Locale,
        fallback: bool = False,  # noqa: FBT001, FBT002  (the library's signature)
    ) -> list[BaseValue]:
        rows = StringSegment.objects.filter(source=self).select_related("context", "string")
        strings = {(row.context.path, row.order): row for row in rows}
        segments: list[BaseValue] = []
        for value in super()._get_segments_for_translation(locale, fallback=True):
            if isinstance(value, StringSegmentValue):
                row = strings[value.path, value.order]
                text = self.public.text(row.context_id, row.string_id)
                string = StringValue(row.string.data if text is None else text)
                segments.append(StringSegmentValue(value.path, string, attrs=value.attrs, order=value.order))
            elif not isinstance(value, OverridableSegmentValue):
                segments.append(value)
        for row in OverridableSegment.objects.filter(source=self).select_related("context"):
            data = self.public.overrides.get(str(row.context_id))
            if data is not None:
                segments.append(OverridableSegmentValue(row.context.path, json.loads(data), order=row.order))
        return segments
