"""Converts references whose primary keys differ between sites: languages, the site, content types and groups.

In the file, a language is its code, the site is `"default"`, a content type is `"app.model"`, and a group is its name. All
other references are primary keys. The import keeps these keys, because rich text, stream fields and segments of translations
contain them.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import models
from modelcluster.models import get_all_child_relations
from wagtail.models import COMMENTS_RELATION_NAME, Locale, Site

from home.content_export.selection import Exported, refers_to_account

DEFAULT_SITE = "default"
Names = Mapping[type[models.Model], Mapping[Hashable, Any]]


class References:
    """Converts the references in rows. The constructor reads the languages, content types and groups of this site once."""

    def __init__(self) -> None:
        default = Site.objects.get(is_default_site=True)
        keys: dict[type[models.Model], dict[Hashable, Any]] = {
            ContentType: {f"{row.app_label}.{row.model}": row.pk for row in ContentType.objects.all()},
            Group: {row.name: row.pk for row in Group.objects.all()},
            Locale: {row.language_code: row.pk for row in Locale.objects.all()},
            Site: {DEFAULT_SITE: default.pk},
        }
        self._keys: Names = keys
        self._names: Names = {model: {pk: name for name, pk in found.items()} for model, found in keys.items()}

    def to_names(self, entry: Exported, fields: dict[str, Any]) -> None:
        """Replace primary keys by names in `fields`, the fields of an exported row."""
        _replace(entry.model, fields, self._names)
        _convert_copies(entry, fields, self._names)

    def to_keys(self, entry: Exported, fields: dict[str, Any]) -> None:
        """Replace names by the primary keys of this site in `fields`, the fields of an imported row."""
        _replace(entry.model, fields, self._keys)
        _convert_copies(entry, fields, self._keys)


def _convert_copies(entry: Exported, fields: dict[str, Any], names: Names) -> None:
    """Convert the references in the copy of an object that a row of Revision or TranslationSource contains."""
    if entry.label == "wagtailcore.Revision":
        _convert_copy(fields["content"], fields["content_type"], names)
    elif entry.label == "wagtail_localize.TranslationSource":
        copy = json.loads(fields["content_json"])
        _convert_copy(copy, fields["specific_content_type"], names)
        fields["content_json"] = json.dumps(copy, ensure_ascii=False)


def _convert_copy(copy: dict[str, Any], content_type: str | int, names: Names) -> None:
    found = ContentType.objects
    kind = (
        found.get_for_id(content_type)
        if isinstance(content_type, int)
        else found.get_by_natural_key(*content_type.split("."))
    )
    model = kind.model_class()
    if model is None:
        raise LookupError(f"no model {content_type}")
    # Leave out comments: they name their authors, and are only for editing.
    copy.pop(COMMENTS_RELATION_NAME, None)
    _replace(model, copy, names)


def _replace(model: type[models.Model], data: dict[str, Any], names: Names) -> None:
    """Replace the references in the data of an object and of its child objects."""
    for field in [*model._meta.fields, *model._meta.many_to_many]:
        value = data.get(field.name)
        if value is None or field.remote_field is None:
            continue
        if refers_to_account(field):
            data[field.name] = [] if isinstance(value, list) else None
        elif field.related_model is not None and field.related_model in names:
            data[field.name] = _replaced(value, names[field.related_model])
    for relation in get_all_child_relations(model):
        for child in data.get(relation.get_accessor_name(), ()):
            _replace(relation.related_model, child, names)


def _replaced(value: Any, names: Mapping[Hashable, Any]) -> Any:
    # Leave out groups that this site does not have. That gives nobody more access.
    return [names[item] for item in value if item in names] if isinstance(value, list) else names[value]
