"""Structured data for search engines (JSON-LD, schema.org), as one graph for each page."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe

from home.http import page_cache

if TYPE_CHECKING:
    from home.layout import Layout
    from home.models import BasePage

# Escaped, so that a closing script tag in a title does not end the element.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}
EMPTY: tuple[object, ...] = (None, "", [], {})

LOGO = "img/icon-512.png"

# Any value that the JSON encoder supports.
Json = Any


def script(layout: Layout) -> SafeString:
    """Return the page's graph as JSON that is safe in a script element; empty for views and pages that are not indexed."""
    if layout.page is None or layout.noindex:
        return mark_safe("")
    # A preview shows unsaved data, which must not be cached.
    if getattr(layout.request, "is_preview", False):
        return _graph(layout, layout.page)
    name = f"json-ld-{layout.page.pk}-{layout.root_url}"
    return page_cache.cached(name, partial(_graph, layout, layout.page), is_immutable=True)


def _graph(layout: Layout, page: BasePage) -> SafeString:
    nodes = [*_project(layout), _website(layout), _webpage(layout), *page.json_ld(layout)]
    if layout.breadcrumbs:
        nodes.append(_breadcrumbs(layout))
    graph = {"@context": "https://schema.org", "@graph": [_without_empty(node) for node in nodes]}
    return mark_safe(json.dumps(graph, cls=DjangoJSONEncoder, ensure_ascii=False).translate(ESCAPES))


def _without_empty(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: filled for key, part in value.items() if (filled := _without_empty(part)) not in EMPTY}
    if isinstance(value, list | tuple):
        return [filled for part in value if (filled := _without_empty(part)) not in EMPTY]
    return value


def _project(layout: Layout) -> list[dict[str, Json]]:
    """Return the node of the project, with the data of the footer; title and period only on pages that show them."""
    settings, texts = layout.settings, layout.texts
    if not settings:
        return []
    shows_details = bool(layout.page and layout.page.shows_project_details)
    grant = {
        "@type": "Grant",
        "@id": layout.grant_id,
        "identifier": settings.grant_number,
        "name": settings.programme_name,
        "funder": {"@type": "Organization", "name": texts.authority_name} if texts and texts.authority_name else None,
    }
    return [
        {
            "@type": "ResearchProject",
            "@id": layout.project_id,
            "name": settings.acronym,
            "alternateName": texts.project_title if texts and shows_details else None,
            "url": layout.absolute(layout.home_url),
            "logo": {"@type": "ImageObject", "url": layout.absolute(static(LOGO)), "width": 512, "height": 512},
            "email": settings.contact_email,
            "foundingDate": settings.starts_on if shows_details else None,
            "dissolutionDate": settings.ends_on if shows_details else None,
            "sameAs": [*(account.url for account in layout.social_accounts), settings.results_platform_url],
            "funding": grant if layout.grant_id else None,
        }
    ]


def _website(layout: Layout) -> dict[str, Json]:
    return {
        "@type": "WebSite",
        "@id": f"{layout.root_url}/#website",
        "url": f"{layout.root_url}/",
        "name": layout.site_name,
        "publisher": {"@id": layout.project_id} if layout.settings else None,
    }


def _webpage(layout: Layout) -> dict[str, Json]:
    return {
        "@type": "WebPage",
        "@id": layout.canonical_url,
        "url": layout.canonical_url,
        "name": layout.heading,
        "description": layout.description,
        "inLanguage": layout.language_code,
        "dateModified": layout.last_updated,
        "isPartOf": {"@id": f"{layout.root_url}/#website"},
    }


def _breadcrumbs(layout: Layout) -> dict[str, Json]:
    trail = [{"name": link.title, "item": layout.absolute(link.url)} for link in layout.breadcrumbs]
    items = [
        {"@type": "ListItem", "position": place, **step}
        for place, step in enumerate([*trail, {"name": layout.heading}], start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}
