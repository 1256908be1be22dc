"""What the site tells search engines in JSON-LD (schema.org): one graph for each page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from home.layout import Layout

# A closing script tag in somebody's title must not end the element.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def script(layout: Layout) -> SafeString:
    """Return the page's graph as text that is safe inside a script element; empty for views that are not indexed."""
    if layout.page is None or layout.noindex:
        return mark_safe("")
    nodes = [*_project(layout), _website(layout), _webpage(layout), *layout.page.json_ld(layout)]
    if layout.breadcrumbs:
        nodes.append(_breadcrumbs(layout))
    graph = {"@context": "https://schema.org", "@graph": [_without_empty(node) for node in nodes]}
    return mark_safe(json.dumps(graph, cls=DjangoJSONEncoder, ensure_ascii=False).translate(ESCAPES))


def _without_empty(node: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in node.items() if value not in (None, "", [], {})}


def _project(layout: Layout) -> list[dict[str, object]]:
    facts, texts = layout.settings, layout.texts
    if not facts:
        return []
    grant = {
        "@type": "Grant",
        "identifier": facts.grant_number,
        "name": facts.programme_name,
        "funder": {"@type": "Organization", "name": texts.authority_name} if texts and texts.authority_name else None,
    }
    return [
        {
            "@type": "ResearchProject",
            "@id": layout.project_id,
            "name": facts.acronym,
            "alternateName": texts.project_title if texts else None,
            "url": layout.root_url + layout.home_url,
            "email": facts.contact_email,
            "foundingDate": facts.starts_on,
            "dissolutionDate": facts.ends_on,
            "sameAs": [account.url for account in layout.social_accounts]
            + ([facts.results_platform_url] if facts.results_platform_url else []),
            "funding": _without_empty(grant) if facts.grant_number else None,
        }
    ]


def _website(layout: Layout) -> dict[str, object]:
    return {
        "@type": "WebSite",
        "@id": f"{layout.root_url}/#website",
        "url": f"{layout.root_url}/",
        "name": layout.site_name,
        "publisher": {"@id": layout.project_id} if layout.settings else None,
    }


def _webpage(layout: Layout) -> dict[str, object]:
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


def _breadcrumbs(layout: Layout) -> dict[str, object]:
    trail = [*layout.breadcrumbs]
    items = [
        {"@type": "ListItem", "position": place, "name": crumb.title, "item": layout.root_url + crumb.url}
        for place, crumb in enumerate(trail, start=1)
    ]
    items.append({"@type": "ListItem", "position": len(items) + 1, "name": layout.heading})
    return {"@type": "BreadcrumbList", "itemListElement": items}
