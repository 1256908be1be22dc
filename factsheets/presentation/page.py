"""The template context of a fact sheet, and its citation."""

from __future__ import annotations

import datetime
from functools import partial
from typing import TYPE_CHECKING

from factsheets.presentation.files import Download, cover, downloads
from home.citations import Author, Citation
from home.validity import memoized_parts

if TYPE_CHECKING:
    from django.http import HttpRequest

    from factsheets.models import FactSheetPage, Publication
    from home.layout import Layout


# The names that the template uses besides the fields of the page and its publication.
SHOWN = (
    "downloads",
    "has_editable_files",
    "history",
    "cover",
    "authors",
    "topics",
    "target_groups",
    "citation",
    "last_revised_on",
    "bibtex_url",
    "ris_url",
)


def page_context(page: FactSheetPage, request: HttpRequest, layout: Layout) -> dict[str, object]:
    return {"publication": page.publication, **memoized_parts(SHOWN, partial(_shown, page, request, layout))}


def _shown(page: FactSheetPage, request: HttpRequest, layout: Layout) -> dict[str, object]:
    url = page.get_url(request) or ""
    files = downloads(page, url, history=True)
    return {
        "downloads": files,
        "has_editable_files": any(file.is_editable for file in files),
        # A file with one version and no note has no history to show.
        "history": [file for file in files if len(file.history) > 1 or any(item.note for item in file.history)],
        "cover": cover(page, url),
        "authors": page.authors,
        "topics": page.topics,
        "target_groups": page.target_groups,
        "citation": citation_of(page, layout),
        "last_revised_on": last_revised_on(page.publication, files),
        "bibtex_url": url + page.reverse_subpage("citation", kwargs={"style": "bibtex"}),
        "ris_url": url + page.reverse_subpage("citation", kwargs={"style": "ris"}),
    }


def last_revised_on(publication: Publication, files: list[Download]) -> datetime.date | None:
    """Return the date of the newest version if it is later than the first publication."""
    days = [file.dated_on for file in files]
    first = publication.first_published_on
    return max(days) if days and first and max(days) > first else None


def citation_of(page: FactSheetPage, layout: Layout) -> Citation:
    publication = page.publication
    authors = [
        Author.person(author.name) if author.name else Author(author.organisation.name if author.organisation else "")
        for author in page.authors
    ]
    own = next((file for file in downloads(page, "") if file.is_own_language), None)
    return Citation(
        authors=authors,
        year=publication.first_published_on.year if publication.first_published_on else None,
        title=page.title,
        publisher=layout.site_name,
        url=layout.canonical_url,
        language=layout.language_code,
        version=own.number if own else None,
        doi=publication.doi,
        licence=publication.licence if publication.licence_url else "",
        abstract=page.teaser_text,
        kind="Fact sheet",
    )
