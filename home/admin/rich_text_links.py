"""What the rich-text editor knows of the pages and documents that a text links to.

Wagtail adds the address of any page and the file name of any document to which a text links, also if the user may not
read it, and if they have only sent its number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Model
from wagtail.admin.rich_text.converters.html_to_contentstate import LinkElementHandler, PageLinkElementHandler
from wagtail.documents import get_document_model
from wagtail.documents.rich_text.contentstate import DocumentLinkElementHandler
from wagtail.models import Page
from wagtail.rich_text.feature_registry import FeatureRegistry

from home.http.current_request import current_request
from home.view_permissions import may_choose

# The data of links to pages and documents that do not exist.
UNKNOWN_PAGE = {"url": None, "parentId": None}


class ReadablePageLink(PageLinkElementHandler):
    def get_attribute_data(self, attrs: Mapping[str, str]) -> dict[str, Any]:
        return _hidden(Page, attrs, UNKNOWN_PAGE) or super().get_attribute_data(attrs)


class ReadableDocumentLink(DocumentLinkElementHandler):
    def get_attribute_data(self, attrs: Mapping[str, str]) -> dict[str, Any]:
        return _hidden(get_document_model(), attrs, {}) or super().get_attribute_data(attrs)


def _hidden(model: type[Model], attrs: Mapping[str, str], data: dict[str, Any]) -> dict[str, Any] | None:
    """Return the data of a link to something that the user may not read: its key alone. None if they may read it."""
    request = current_request()
    key = attrs.get("id", "")
    if request is None or not key.isdecimal():
        return None
    target = model._default_manager.filter(pk=key).first()
    if target is None or may_choose(getattr(request, "user", None), target):
        return None
    return {"id": target.pk, **data}


def register(features: FeatureRegistry) -> None:
    """Replace Wagtail's rules, which its own hooks registered before."""
    handlers: dict[str, tuple[str, LinkElementHandler]] = {
        "link": ('a[linktype="page"]', ReadablePageLink("LINK")),
        "document-link": ('a[linktype="document"]', ReadableDocumentLink("DOCUMENT")),
    }
    for feature, (selector, handler) in handlers.items():
        rule = features.converter_rules_by_converter["contentstate"][feature]
        from_database = {**rule["from_database_format"], selector: handler}
        features.register_converter_rule("contentstate", feature, {**rule, "from_database_format": from_database})
