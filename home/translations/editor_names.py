"""The names in the data of the translation editor: only those of what the user may read.

wagtail-localize gives the editor the title of everything that a text refers to, and of the page in each language.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Model
from django.utils.translation import gettext as _
from wagtail.models import TranslatableMixin
from wagtail_localize.models import RelatedObjectSegment, Translation

from home.models.snippets import ReviewedSnippet
from home.translations import permissions
from home.view_permissions import may_choose


def is_readable(user: User | AnonymousUser | None, instance: Model) -> bool:
    """Return whether the user may read a page, file or snippet, or edit it."""
    if may_choose(user, instance):
        return True
    return user is not None and isinstance(instance, ReviewedSnippet) and permissions.may_edit(user, instance)


def hide_names(props: dict[str, Any], translation: Translation, user: User | AnonymousUser) -> None:
    """Take the names that the user may not read out of the data of the editor."""
    _hide_references(props["segments"], translation, user)
    target = translation.get_target_instance()
    rows = {row.locale.language_code: row for row in target.get_translations().select_related("locale")}
    for entry in props["translations"]:
        if not is_readable(user, rows[entry["locale"]["code"]]):
            entry["title"] = ""


def _hide_references(segments: list[dict[str, Any]], translation: Translation, user: User | AnonymousUser) -> None:
    shown = {segment["id"]: segment for segment in segments if segment["type"] == "related_object"}
    if not shown:
        return
    for row in RelatedObjectSegment.objects.filter(pk__in=shown).select_related("object"):
        targets: dict[str, TranslatableMixin | None] = {
            "source": row.object.get_instance_or_none(translation.source.locale),
            "dest": row.object.get_instance_or_none(translation.target_locale),
        }
        for side, instance in targets.items():
            if shown[row.pk][side] and instance is not None and not is_readable(user, instance):
                shown[row.pk][side]["title"] = _("You have no permission to see this.")
