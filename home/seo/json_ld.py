"""What the site tells search engines in JSON-LD (schema.org): one graph for each page."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from home.layout import Layout

# A closing script tag in somebody's title must not end the element.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}
LIST_ITEM = re.compile(r"<li[^>]*>(.*?)</li>", re.DOTALL)
EMPTY: tuple[object, ...] = (None, "", [], {})

# Any value that the encoder can write.
Json = Any


def script(layout: Layout) -> SafeString:
    """Return the page's graph as text that is safe inside a script element; empty for views that are not indexed."""
    if layout.page is None or layout.noindex:
        return mark_safe("")
    nodes = [*_project(layout), _website(layout), _webpage(layout), *layout.page.json_ld(layout)]
    if layout.breadcrumbs:
        nodes.append(_breadcrumbs(layout))
    graph = {"@context": "https://schema.org", "@graph": [_without_empty(node) for node in nodes]}
    return mark_safe(json.dumps(graph, cls=DjangoJSONEncoder, ensure_ascii=False).translate(ESCAPES))


def plain_text(markup: object) -> str:
    """Return rich text as it reads: without tags, in one line."""
    return " ".join(unescape(strip_tags(str(markup).replace("<", " <"))).split())


def list_items(markup: object) -> list[str]:
    """Return the points of the lists in a rich text."""
    return [plain_text(item) for item in LIST_ITEM.findall(str(markup))]


def _without_empty(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: kept for key, part in value.items() if (kept := _without_empty(part)) not in EMPTY}
    if isinstance(value, list | tuple):
        return [kept for part in value if (kept := _without_empty(part)) not in EMPTY]
    return value


def _project(layout: Layout) -> list[dict[str, Json]]:
    """Describe the project: what the foot of every page says of it and, on pages that show it, title and period."""
    facts, texts = layout.settings, layout.texts
    if not facts:
        return []
    shows_facts = bool(layout.page and layout.page.shows_project_facts)
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
            "alternateName": texts.project_title if texts and shows_facts else None,
            "url": layout.absolute(layout.home_url),
            "email": facts.contact_email,
            "foundingDate": facts.starts_on if shows_facts else None,
            "dissolutionDate": facts.ends_on if shows_facts else None,
            "sameAs": [*(account.url for account in layout.social_accounts), facts.results_platform_url],
            "funding": grant if facts.grant_number else None,
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
