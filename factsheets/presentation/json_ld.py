"""The description of a fact sheet for search engines (https://schema.org/Report)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from factsheets.presentation.files import Download, cover, downloads
from factsheets.presentation.page import last_revised_on

if TYPE_CHECKING:
    from factsheets.models import FactSheetPage
    from factsheets.models.pages import PageAuthor
    from home.layout import Layout


def fact_sheet_nodes(page: FactSheetPage, layout: Layout) -> list[dict[str, object]]:
    publication = page.publication
    files = downloads(page, layout.canonical_url)
    first = publication.first_published_on
    revised = last_revised_on(publication, files)
    picture = cover(page, layout.canonical_url)
    report: dict[str, Any] = {
        "@type": "Report",
        "@id": f"{layout.canonical_url}#publication",
        "name": page.title,
        "headline": page.title,
        "description": page.teaser_text,
        "inLanguage": layout.language_code,
        "mainEntityOfPage": layout.canonical_url,
        "url": layout.canonical_url,
        "author": [_author(item) for item in page.authors],
        "publisher": {"@id": layout.project_id},
        "funding": {"@id": layout.grant_id} if layout.grant_id else None,
        "datePublished": first.isoformat() if first else None,
        "dateModified": (revised or first or timezone.localdate()).isoformat() if first else None,
        "license": publication.licence_url,
        "isAccessibleForFree": True,
        "keywords": [keyword.name for keyword in page.topics],
        "audience": [{"@type": "Audience", "audienceType": group.name} for group in page.target_groups],
        "reportNumber": publication.deliverable,
        "thumbnailUrl": picture.url if picture else None,
        "encoding": [_media_object(file) for file in files],
    }
    if publication.doi:
        report["identifier"] = {"@type": "PropertyValue", "propertyID": "DOI", "value": publication.doi}
        report["sameAs"] = publication.doi_url
    if layout.root_url:
        report["isPartOf"] = {"@id": f"{layout.root_url}/#website"}
    return [report]


def _author(author: PageAuthor) -> dict[str, object]:
    organisation: dict[str, object] | None = (
        {"@type": "Organization", "name": author.organisation.name} if author.organisation else None
    )
    if not author.name:
        return organisation or {}
    person: dict[str, Any] = {"@type": "Person", "name": author.name, "affiliation": organisation}
    if author.orcid:
        person["@id"] = f"https://orcid.org/{author.orcid}"
    return {key: value for key, value in person.items() if value}


def _media_object(file: Download) -> dict[str, object]:
    return {
        "@type": "MediaObject",
        "contentUrl": file.url,
        "encodingFormat": file.media_type,
        "inLanguage": file.language,
        "contentSize": str(file.size),
        "sha256": file.sha256,
        "version": str(file.number),
        "dateModified": file.dated_on.isoformat(),
    }
