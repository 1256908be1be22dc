"""Finds where a row, such as an image or an organisation, is used: in published content, in drafts, by relations."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.utils import NestedObjects
from django.contrib.contenttypes.models import ContentType
from django.db import router
from django.db.models import Model
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel, get_all_child_relations
from wagtail import blocks
from wagtail.blocks.field_block import ChooserBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.log_actions import log
from wagtail.models import DraftStateMixin, Page, ReferenceIndex, TranslatableMixin
from wagtail.snippets.models import get_snippet_models
from wagtail_localize.models import SegmentOverride, Translation

# The action in the history of a page or row whose reference was replaced.
REPLACED = "home.replace_reference"


@dataclass(frozen=True)
class Use:
    """A page or row that refers to another row. `is_public`: visitors see the reference; otherwise only the draft has it."""

    source: Any
    is_public: bool

    @property
    def title(self) -> str:
        name = self.source.get_admin_display_title() if isinstance(self.source, Page) else str(self.source)
        return f"{name} ({self.source.locale})" if isinstance(self.source, TranslatableMixin) else name


def uses_of(row: Model) -> list[Use]:
    """Return the pages and rows that refer to `row`, public uses first. A row that also has a draft is returned once."""
    public = list(_references(row))
    known = {_key(use.source) for use in public}
    drafts = [use for use in _drafts(row) if _key(use.source) not in known]
    return sorted([*public, *drafts], key=lambda use: (not use.is_public, use.title))


def protected_uses(rows: Collection[Model]) -> list[Use]:
    """Return the uses that prevent `rows` from being deleted (`PROTECT`), including those outside the reference index."""
    first, *_others = rows
    collector = NestedObjects(using=router.db_for_write(type(first)))
    collector.collect(list(rows))
    return [Use(_owner(source), is_public=True) for source in collector.protected]


def _owner(row: Any) -> Any:
    """Return the page or row that a child row belongs to, or the row itself if it is no child."""
    parents = [field for field in row._meta.concrete_fields if isinstance(field, ParentalKey)]
    return getattr(row, parents[0].name) if parents else row


def public_uses(row: Model, *, except_for: Collection[Model] = ()) -> list[Use]:
    """Return the uses of `row` that visitors see, except those by `except_for`: rows that are deleted with it."""
    ignored = {_key(other) for other in except_for}
    return [use for use in uses_of(row) if use.is_public and _key(use.source) not in ignored]


def _key(row: Model) -> tuple[type[Model], Any]:
    # Pages are identified by the base class Page.
    return (Page if isinstance(row, Page) else type(row)._meta.concrete_model or type(row), row.pk)


def _references(row: Model) -> Iterator[Use]:
    keys = defaultdict(set)
    for type_id, key in ReferenceIndex.get_references_to(row).values_list("base_content_type", "object_id"):
        keys[type_id].add(key)
    for type_id, found in keys.items():
        model = ContentType.objects.get_for_id(type_id).model_class()
        # A model may have been removed from the index while its old entries are still there.
        if model is None or not ReferenceIndex.model_is_indexable(model):
            continue
        sources: Any = model._default_manager.filter(pk__in=found)
        for source in sources.specific() if issubclass(model, Page) else sources:
            yield Use(source, not isinstance(source, DraftStateMixin) or source.live)
    # The index does not contain many-to-many relations.
    relations: list[Any] = row._meta.get_fields(include_hidden=True)
    for relation in relations:
        if relation.many_to_many and relation.auto_created:
            for source in relation.related_model._default_manager.filter(**{relation.field.name: row.pk}):
                yield Use(source, is_public=True)


def _drafts(row: Model) -> Iterator[Use]:
    """Yield the pages and snippets whose draft refers to the row. The index contains only published versions."""
    pattern = re.compile(rf"\b{re.escape(str(row.pk))}\b")
    target = ReferenceIndex._get_base_content_type(row).pk, str(row.pk)
    for model in (Page, *(model for model in get_snippet_models() if issubclass(model, DraftStateMixin))):
        drafts = model._default_manager.filter(has_unpublished_changes=True).exclude(latest_revision=None)
        for source in drafts.select_related("latest_revision"):
            # Search the JSON first, because building the draft takes many queries.
            if pattern.search(json.dumps(source.latest_revision.content)):
                draft = source.latest_revision.as_object()
                if any(found[:2] == target for found in ReferenceIndex._extract_references_from_object(draft)):
                    yield Use(source.specific if isinstance(source, Page) else source, is_public=False)


# Replacing


def replace(old: Model, new: Model, uses: Collection[Use], user: Any) -> None:
    """Replace references to `old` by references to `new`, an image, document or snippet, in everything in `uses`.

    Published pages are published again; drafts stay drafts. The history of each page and row gets an entry. A list that
    would contain `new` twice contains it once. Call it in a transaction.
    """
    sources = [use.source for use in uses]
    # Sources are published before their translations, which are updated from them.
    for source in sorted(sources, key=lambda item: isinstance(item, Page) and _is_translation(item)):
        source.refresh_from_db()
        _replace_overrides(source, old, new)
        if isinstance(source, DraftStateMixin):
            _replace_in_published(source, old, new, user)
        elif _replace_in_row(source, old, new):
            if hasattr(source, "changed_by"):  # rows with a history of their own
                source.changed_by = user
            source.save()
        log(source, REPLACED, user=user, data={"old": str(old), "new": str(new)})


def _is_translation(page: Page) -> bool:
    return Translation.objects.filter(source__object_id=page.translation_key, target_locale=page.locale_id).exists()


def _replace_in_published(source: Any, old: Model, new: Model, user: Any) -> None:
    has_draft = source.has_unpublished_changes
    draft = source.get_latest_revision_as_object()
    if source.live and has_draft and _replace_in_row(source, old, new):
        source.save()
    if not _replace_in_row(draft, old, new):
        return
    revision = draft.save_revision(user=user, log_action=True, clean=False)
    if source.live and not has_draft:
        revision.publish(user=user, skip_permission_checks=True)


def _replace_in_row(row: Any, old: Model, new: Model) -> bool:
    """Replace the references in the fields and child rows of `row` in memory, and in its many-to-many relations.

    The relations are changed in the database. Returns whether anything changed.
    """
    # A list and not a generator, so that all fields are processed.
    changed = [_replace_in_field(row, field, old, new) for field in row._meta.get_fields() if field.concrete]
    relations = get_all_child_relations(row) if isinstance(row, ClusterableModel) else []
    changed += [_replace_in_children(getattr(row, relation.get_accessor_name()), old, new) for relation in relations]
    return any(changed)


def _replace_in_field(row: Any, field: Any, old: Model, new: Model) -> bool:
    if field.is_relation and _is_model(field.related_model, old):
        return _replace_in_relation(row, field, old, new)
    if isinstance(field, StreamField):
        value = getattr(row, field.name)
        raw = value.stream_block.get_prep_value(value)
        replaced = _replace_in_block(value.stream_block, raw, old, new)
        if replaced == raw:
            return False
        setattr(row, field.name, value.stream_block.to_python(replaced))
        return True
    if isinstance(field, RichTextField):
        text = getattr(row, field.name)
        replaced = _replace_in_rich_text(text, old, new)
        setattr(row, field.name, replaced)
        return replaced != text
    return False


def _replace_in_relation(row: Any, field: Any, old: Model, new: Model) -> bool:
    if field.many_to_many:
        rows = getattr(row, field.name)
        if not rows.filter(pk=old.pk).exists():
            return False
        rows.remove(old)
        rows.add(new)
        return True
    if not field.many_to_one or getattr(row, field.attname) != old.pk:
        return False
    setattr(row, field.name, new)
    return True


def _replace_in_children(children: Any, old: Model, new: Model) -> bool:
    rows = list(children.all())
    replaced = [child for child in rows if _replace_in_row(child, old, new)]
    if replaced:
        kept = {_content(child) for child in rows if child not in replaced}
        # Of child rows that are equal now, such as two authors, keep one.
        children.set([child for child in rows if child not in replaced or not _seen(child, kept)])
    return bool(replaced)


def _seen(child: Model, kept: set[tuple[object, ...]]) -> bool:
    """Return whether `kept` contains the content of a child row, and add this content."""
    content = _content(child)
    is_known = content in kept
    kept.add(content)
    return is_known


def _content(child: Model) -> tuple[object, ...]:
    """Return the values of a child row without its keys and position, to compare it with other child rows."""
    names = {"sort_order", "translation_key"}
    fields = [field for field in child._meta.concrete_fields if not field.primary_key and field.name not in names]
    return tuple(str(field.value_from_object(child)) for field in fields)


def _is_model(model: Any, row: Model) -> bool:
    return isinstance(model, type) and model._meta.concrete_model is row._meta.concrete_model  # type: ignore[attr-defined]  # any class has passed


def _replace_in_block(block: Any, raw: Any, old: Model, new: Model) -> Any:
    if isinstance(block, blocks.RichTextBlock):
        return _replace_in_rich_text(raw, old, new)
    if isinstance(block, ChooserBlock):
        return new.pk if raw == old.pk and _is_model(block.model_class, old) else raw
    if isinstance(block, blocks.StructBlock) and isinstance(raw, dict):
        return {
            name: _replace_in_block(block.child_blocks[name], value, old, new) if name in block.child_blocks else value
            for name, value in raw.items()
        }
    if isinstance(block, blocks.ListBlock):
        items = [{**item, "value": _replace_in_block(block.child_block, item["value"], old, new)} for item in raw]
        known = [item["value"] for item in raw]
        # A list that contained both objects must contain the new one once.
        return [
            item
            for number, item in enumerate(items)
            if item["value"] == known[number]
            or (item["value"] not in known and item["value"] not in [other["value"] for other in items[:number]])
        ]
    if isinstance(block, blocks.StreamBlock):
        return [
            {**item, "value": _replace_in_block(block.child_blocks[item["type"]], item["value"], old, new)}
            for item in raw
        ]
    return raw


def _replace_in_rich_text(text: str, old: Model, new: Model) -> str:
    """Replace the id in links to a document and in embedded images."""
    kind = old._meta.model_name.removeprefix("site") if old._meta.model_name else ""
    tag = re.compile(rf'<(?:a|embed)\b[^>]*\b(?:linktype|embedtype)="{kind}"[^>]*>')
    return tag.sub(lambda found: re.sub(rf'\bid="{old.pk}"', f'id="{new.pk}"', found[0]), text or "")


def _replace_overrides(source: Any, old: Model, new: Model) -> None:
    """Replace the image or document with which a translation overrides that of its source."""
    if not isinstance(source, TranslatableMixin):
        return
    overrides = SegmentOverride.objects.filter(
        locale=source.locale_id, context__object_id=source.translation_key, data_json=json.dumps(old.pk)
    ).select_related("context")
    references = ReferenceIndex.get_references_for_object(source).filter(
        to_content_type=ReferenceIndex._get_base_content_type(old), to_object_id=str(old.pk)
    )
    paths = list(references.values_list("content_path", flat=True))
    for override in overrides:
        path = override.context.path
        if any(found == path or found.startswith(f"{path}.") for found in paths):
            override.data_json = json.dumps(new.pk)
            override.save(update_fields=["data_json"])
