"""One way to link: a page of this site, a document, or an address elsewhere."""

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
        """Where the link leads: for a page, to its translation in the reader's language where there is one."""
        if page := self.get("page"):
            return addresses([page.pk]).get(page.pk, "")
        if document := self.get("document"):
            return document.url
        return self.get("url") or ""


def resolve(links: Iterable[LinkValue]) -> None:
    """Find the addresses of all `links` to pages in one query, before a template asks each of them."""
    to_pages = [(link, page.pk) for link in links if (page := link.get("page"))]
    urls = addresses(key for _link, key in to_pages)
    for link, key in to_pages:
        link.href = urls.get(key, "")


class LinkBlock(blocks.StructBlock):
    """A label and exactly one target."""

    label = blocks.CharBlock(
        label=_("Label"),
        max_length=60,
        help_text=_("Says where the link leads: “Read about the training”, not “Click here”."),
    )
    page = blocks.PageChooserBlock(label=_("Page of this site"), required=False)
    document = DocumentChooserBlock(label=_("Document"), required=False)
    url = blocks.URLBlock(label=_("Address elsewhere"), required=False)

    class Meta:
        label = _("Link")
        icon = "link"
        value_class = LinkValue
        template = "home/blocks/link.html"
        description = _("A button that leads to a page, a document or another site.")
        preview_value = {"label": _("Read about the training"), "url": "https://example.org/"}

    def clean(self, value):
        cleaned = super().clean(value)
        chosen = [name for name in TARGETS if cleaned.get(name)]
        if len(chosen) != 1:
            message = _("Choose one target.") if not chosen else _("Choose only one of page, document and address.")
            raise StructBlockValidationError(
                block_errors={name: ValidationError(message) for name in (chosen or TARGETS[:1])}
            )
        return cleaned


class LinksBlock(blocks.StreamBlock):
    link = LinkBlock()

    class Meta:
        max_num = 2
        required = False
