"""A block for a link to a page of this site, to a document or to another site."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock

from home.links import addresses

TARGETS = ("page", "document", "url")


class LinkValue(blocks.StructValue):
    @cached_property
    def href(self) -> str:
        """The address of the link. A link to a page leads to its translation in the reader's language, if there is one."""
        if page := self.get("page"):
            return addresses([page.pk]).get(page.pk, "")
        if document := self.get("document"):
            return document.url
        return self.get("url") or ""


def resolve(links: Iterable[LinkValue]) -> None:
    """Set the addresses of all `links` that lead to pages. Runs one query."""
    to_pages = [(link, page.pk) for link in links if (page := link.get("page"))]
    urls = addresses(key for _link, key in to_pages)
    for link, key in to_pages:
        link.href = urls.get(key, "")


class LinkBlock(blocks.StructBlock):
    """A label and exactly one target."""

    label = blocks.CharBlock(
        label=_("Label"),
        max_length=60,
        help_text=_("Say where the link leads, for example “Read about the training”, not “Click here”."),
    )
    page = blocks.PageChooserBlock(label=_("Page of this site"), required=False)
    document = DocumentChooserBlock(label=_("Document"), required=False)
    url = blocks.URLBlock(label=_("Address on another site"), required=False)

    class Meta:
        label = _("Link")
        icon = "link"
        value_class = LinkValue
        template = "home/blocks/link.html"
        description = _("A button that links to a page, a document or another site.")
        preview_value = {"label": _("Read about the training"), "url": "https://example.org/"}

    def clean(self, value):
        cleaned = super().clean(value)
        chosen = [name for name in TARGETS if cleaned.get(name)]
        if len(chosen) != 1:
            message = (
                _("Choose a page or a document, or enter a web address.")
                if not chosen
                else _("Use only one of page, document and address.")
            )
            raise StructBlockValidationError(
                block_errors={name: ValidationError(message) for name in (chosen or TARGETS[:1])}
            )
        return cleaned


class LinksBlock(blocks.StreamBlock):
    link = LinkBlock()

    class Meta:
        max_num = 2
        required = False
