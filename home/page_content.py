"""Extracts the headings, links, images, files and plain text of a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from django.db import models
from django.utils.html import strip_tags
from modelcluster.models import ClusterableModel, get_all_child_relations
from wagtail import blocks
from wagtail.fields import RichTextField, StreamField
from wagtail.images.blocks import ImageBlock
from wagtail.models import Page


@dataclass
class Content:
    """The content of a page, for checks and reports. Primary keys of pages may be those of deleted pages."""

    headings: list[tuple[int, str]] = field(default_factory=list)
    page_keys: list[int] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    # (image, alternative text, is decorative) for the images in blocks.
    images: list[tuple[Any, str, bool]] = field(default_factory=list)
    # The values of file blocks.
    files: list[Any] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    # Addresses that no browser can open, and links to deleted pages or documents.
    broken: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.texts)


def content_of(page: Page) -> Content:
    """Return the content of a specific page: of its stream fields, rich texts, plain texts and child rows."""
    content = Content()
    _read_row(page, content)
    return content


def _read_row(row: models.Model, content: Content) -> None:
    for column in row._meta.get_fields():
        if isinstance(column, models.Field) and column.concrete and not column.auto_created:
            _read_field(column, getattr(row, column.attname, None), content)
    if not isinstance(row, ClusterableModel):
        return
    for relation in get_all_child_relations(row):
        # Leave out the comments of editors.
        if not relation.related_model._meta.label.startswith("wagtail"):
            for child in getattr(row, relation.get_accessor_name()).all():
                _read_row(child, content)


def _read_field(column: Any, value: Any, content: Content) -> None:
    if not value:
        return
    if isinstance(column, StreamField):
        _read_children(value.stream_block, value, content)
    elif isinstance(column, RichTextField):
        _read_rich_text(value, content)
    elif isinstance(column, models.TextField):
        content.texts.append(str(value))
    elif isinstance(column, models.URLField):
        _add_address(value, content)


def _read_block(block: Any, value: Any, content: Content) -> None:
    if not value:
        return
    for kind, read in READERS:
        if isinstance(block, kind):
            read(block, value, content)
            return


def _read_image(block: Any, value: Any, content: Content) -> None:
    content.images.append((value, value.contextual_alt_text or "", bool(value.decorative)))


def _read_struct(block: Any, value: Any, content: Content) -> None:
    names = set(block.child_blocks)
    if {"level", "text"} <= names:
        content.headings.append((int(str(value.get("level") or "h2")[1:]), value["text"]))
    if {"document", "language"} <= names:
        content.files.append(value)
    for name, child in block.child_blocks.items():
        _read_block(child, value.get(name), content)


def _read_children(block: Any, value: Any, content: Content) -> None:
    for child, inner in _children(block, value):
        _read_block(child, inner, content)


def _children(block: Any, value: Any) -> Iterator[tuple[Any, Any]]:
    for child in value or ():
        yield (child.block, child.value) if isinstance(block, blocks.StreamBlock) else (block.child_block, child)


def _add_address(value: Any, content: Content) -> None:
    try:
        parts = urlsplit(str(value or ""))
    except ValueError:
        # No browser can open it, such as "http://[".
        content.broken.append(str(value))
        return
    if parts.scheme in {"http", "https"}:
        content.addresses.append(str(value))


class _Links(HTMLParser):
    def __init__(self, content: Content) -> None:
        super().__init__()
        self.content = content

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag != "a":
            return
        key = values.get("id") or ""
        if values.get("linktype") == "page" and key.isdecimal():
            self.content.page_keys.append(int(key))
        elif values.get("href"):
            _add_address(values["href"], self.content)
        elif not values.get("linktype"):
            self.content.broken.append(self.get_starttag_text() or "")


def _read_rich_text(text: str, content: Content) -> None:
    _Links(content).feed(text)
    content.texts.append(strip_tags(text.replace("<", " <")))


# The first entry whose class matches a block is used. `ImageBlock` is also a `StructBlock`, so it comes first.
READERS: list[tuple[Any, Callable[[Any, Any, Content], object]]] = [
    (ImageBlock, _read_image),
    (
        blocks.RichTextBlock,
        lambda block, value, content: _read_rich_text(getattr(value, "source", str(value)), content),
    ),
    (blocks.StructBlock, _read_struct),
    (blocks.StreamBlock, _read_children),
    (blocks.ListBlock, _read_children),
    (blocks.PageChooserBlock, lambda block, value, content: content.page_keys.append(value.pk)),
    (blocks.URLBlock, lambda block, value, content: _add_address(value, content)),
    ((blocks.CharBlock, blocks.TextBlock), lambda block, value, content: content.texts.append(str(value))),
]
