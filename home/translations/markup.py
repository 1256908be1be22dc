"""The texts and values that translators enter: cleaned before they are stored, whatever way they come in."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from bs4.element import PreformattedString
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext as _
from wagtail.blocks import BaseStreamBlock, BaseStructBlock, Block, ListBlock, URLBlock
from wagtail.fields import StreamField
from wagtail_localize.models import SegmentOverride, StringTranslation, TranslationContext, TranslationSource
from wagtail_localize.strings import StringValue

from home.html_sanitizer import clean_segment, is_safe_address
from home.slugs import transliterate
from home.view_permissions import may_choose


def clean_translation(translation: StringTranslation) -> None:
    """Remove markup that the text may not contain, and mark the translation so that translators see that it changed."""
    text = translation.data
    translation.data = clean_segment(text)
    if translation.context and translation.context.path == "slug":
        translation.data = transliterate(translation.data)
    problem = (
        _("Markup that is not allowed was removed from this text. Check it and save it again.")
        if _has_other_markup(text)
        else tag_problem(translation.translation_of.data, text)
    )
    if problem:
        translation.has_error = True
        translation.field_error = problem


# The tags of the elements that a segment may contain, except `br`, which has no end.
TAG = re.compile(r"<(?P<end>/?)(?P<name>[abi])(?=[\s>])[^>]*>")


def tag_problem(source: str, text: str) -> str:
    """Return what is wrong with the tags of a translated segment, or an empty string.

    An element that is not closed would go on to the end of the text, and a link without its element would be lost.
    """
    opened: list[str] = []
    for tag in TAG.finditer(text):
        name = tag["name"]
        if not tag["end"]:
            opened.append(name)
        elif opened and opened[-1] == name:
            opened.pop()
        else:
            return _("Remove the tag </%(name)s>, or put <%(name)s> before it.") % {"name": name}
    if opened:
        return _("The tag <%(name)s> is not closed. Put </%(name)s> after the text that it belongs to.") % {
            "name": opened[-1]
        }
    present = {link.get("id") for link in BeautifulSoup(text, "html.parser").find_all("a")}
    for link in BeautifulSoup(source, "html.parser").find_all("a", id=True):
        if link["id"] not in present:
            return _('The link “%(text)s” is missing. Put <a id="%(id)s"> before its text and </a> after it.') % {
                "text": link.get_text(),
                "id": link["id"],
            }
    return ""


def _has_other_markup(text: str) -> bool:
    try:
        StringValue.from_translated_html(text)
    except ValueError:
        return True
    # Comments, CDATA sections and declarations.
    nodes = BeautifulSoup(text, "html.parser").descendants
    return any(isinstance(node, PreformattedString) for node in nodes)


# What finding the kind of a value raises if its path is not one of the model.
NO_KIND = (AttributeError, FieldDoesNotExist, IndexError, KeyError)


def check_override(override: SegmentOverride) -> None:
    """Mark an override with an error, so that it is not used.

    Errors are an address that no link may have, and a page or file that the translator may neither read nor edit.
    """
    value = override.data
    override.field_error = ""
    if isinstance(value, str) and not is_safe_address(value) and _is_address(override.context):
        override.field_error = _("Enter an address that starts with https://, http://, mailto: or tel:.")
    elif (model := _chosen_model(override.context)) and not _is_choosable(override, model):
        override.field_error = _("Choose something else: this does not exist, or you have no permission to use it.")
    override.has_error = bool(override.field_error)


def _chosen_model(context: TranslationContext | None) -> type[models.Model] | None:
    """Return the model of which the value of a context is a key, or None for other values."""
    try:
        kind = _kind_of_context(context)
    except NO_KIND:
        return None
    model = kind.related_model if isinstance(kind, models.ForeignKey) else getattr(kind, "target_model", None)
    return model if isinstance(model, type) else None


def _is_choosable(override: SegmentOverride, model: type[models.Model]) -> bool:
    if override.data in {None, ""}:
        return True
    try:
        target = model._default_manager.filter(pk=override.data).first()
    except (TypeError, ValueError, OverflowError):
        return False
    return target is not None and may_choose(override.last_translated_by, target)


def _is_address(context: TranslationContext | None) -> bool:
    """Return whether the value of a context is an address. A value of an unknown kind counts as one."""
    # The address of a link in rich text is the last part of the path, in quotes.
    if context is None or context.path.endswith("'"):
        return True
    try:
        kind = _kind_of_context(context)
    except NO_KIND:
        return True
    return isinstance(kind, models.URLField | URLBlock)


def _kind_of_context(context: TranslationContext | None) -> models.Field | Block | None:
    if context is None:
        return None
    # The content type of the object is the one that its table begins with, such as that of all pages.
    source = TranslationSource.objects.filter(object=context.object).select_related("specific_content_type").first()
    model = source.specific_content_type.model_class() if source else context.object.content_type.model_class()
    return _kind_of(model, context.field_path.split("."))


def _kind_of(model: type[models.Model], names: list[str]) -> models.Field | Block:
    field = model._meta.get_field(names[0])
    if isinstance(field, models.ManyToOneRel):
        return _kind_of(field.related_model, names[1:])
    if not isinstance(field, StreamField):
        return field
    block: Block = field.stream_block
    for name in names[1:]:
        if isinstance(block, ListBlock):
            block = block.child_block
        elif isinstance(block, BaseStreamBlock | BaseStructBlock):
            block = block.child_blocks[name]
    return block
