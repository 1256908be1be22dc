"""System checks for mistakes in models that would otherwise appear only when a page is translated or edited."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.files.storage import default_storage
from django.db import models
from modelcluster.models import get_all_child_relations
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.models import COMMENTS_RELATION_NAME, Page, TranslatableMixin

# The translation editor ignores these blocks.
UNTRANSLATED_BLOCKS = (TableBlock, TypedTableBlock, blocks.RawHTMLBlock, blocks.RegexBlock)
OUR_APPS = {"home", "accounts", "news", "events", "factsheets"}


def _page_models() -> list[type[Page]]:
    return [model for model in apps.get_models() if issubclass(model, Page) and model._meta.app_label in OUR_APPS]


@checks.register(checks.Tags.models)
def check_children_are_translatable(app_configs, **kwargs) -> list[checks.CheckMessage]:
    """Report child models of a page that contain text but lack TranslatableMixin: their rows are copied untranslated."""
    return [
        checks.Error(
            f"{relation.related_model.__name__} has text fields ({', '.join(names)}) but cannot be translated.",
            hint="Add TranslatableMixin to the model, and its Meta to the model's Meta.",
            obj=relation.related_model,
            id="home.E001",
        )
        for model in _page_models()
        for relation in get_all_child_relations(model)
        if relation.name != COMMENTS_RELATION_NAME
        and relation.related_model._meta.app_label in OUR_APPS
        and not issubclass(relation.related_model, TranslatableMixin)
        and (names := _text_fields(relation.related_model))
    ]


def _text_fields(model: type[models.Model]) -> list[str]:
    kinds = (models.CharField, models.TextField, RichTextField, StreamField)
    other = (models.URLField, models.EmailField, models.SlugField)
    fields = [field for field in model._meta.get_fields() if isinstance(field, kinds) and not isinstance(field, other)]
    return [field.name for field in fields if field.editable and not field.choices]


@checks.register(checks.Tags.models)
def check_blocks_are_translatable(app_configs, **kwargs) -> list[checks.CheckMessage]:
    return [
        checks.Error(
            f"{model.__name__}.{field.name} offers {type(block).__name__}, whose text cannot be translated.",
            hint="Build the block from CharBlock, TextBlock and RichTextBlock.",
            obj=model,
            id="home.E002",
        )
        for model in _page_models()
        for field in model._meta.get_fields()
        if isinstance(field, StreamField) and field.model is model
        for block in _blocks(field.stream_block)
        if isinstance(block, UNTRANSLATED_BLOCKS)
    ]


def _blocks(block: blocks.Block) -> Iterator[blocks.Block]:
    yield block
    children = getattr(block, "child_blocks", None)
    for child in children.values() if children else []:
        yield from _blocks(child)
    if isinstance(block, blocks.ListBlock):
        yield from _blocks(block.child_block)


@checks.register(checks.Tags.models)
def check_pages_are_described(app_configs, **kwargs) -> list[checks.CheckMessage]:
    """Report page types without a description. Editors choose the type of a new page by its description."""
    return [
        checks.Warning(f"{model.__name__} has no page_description.", obj=model, id="home.W001")
        for model in _page_models()
        if model.is_creatable and not model.get_page_description()
    ]


@checks.register(checks.Tags.security)
def check_admin_calls_no_other_host(app_configs, **kwargs) -> list[checks.CheckMessage]:
    """Report settings that make the admin load something from other hosts."""
    settings_in_use = {
        "WAGTAIL_GRAVATAR_PROVIDER_URL": getattr(settings, "WAGTAIL_GRAVATAR_PROVIDER_URL", "") is not None,
        "WAGTAIL_ENABLE_UPDATE_CHECK": getattr(settings, "WAGTAIL_ENABLE_UPDATE_CHECK", True),
    }
    return [
        checks.Warning(f"{name} makes editors' browsers contact another host.", id="home.W002")
        for name, calls_host in settings_in_use.items()
        if calls_host
    ]


@checks.register(checks.Tags.security)
def check_no_uploads_in_the_media_folder(app_configs, **kwargs) -> list[checks.CheckMessage]:
    """Report folders of documents and original images from version 0.9.0 in the media folder, which is public."""
    earlier = [folder for folder in ("documents", "original_images") if (Path(settings.MEDIA_ROOT) / folder).is_dir()]
    return [
        checks.Warning(
            f"{settings.MEDIA_ROOT}/{folder} can be read by everyone, and the site does not find its files.",
            hint=f"Move the folder to {_new_place(folder)}.",
            id="home.W004",
        )
        for folder in earlier
    ]


def _new_place(folder: str) -> str:
    try:
        return default_storage.path(folder)
    except NotImplementedError:
        return f"uploads/{folder} in the private bucket"
