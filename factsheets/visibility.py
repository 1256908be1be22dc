"""Whether anybody may read a publication now: the embargo of its files.

Every view, list and feed that shows a publication uses these functions: downloads, earlier versions, pictures of the
first page and citations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from home.expiry import unexpired
from home.site_context import public

if TYPE_CHECKING:
    from wagtail.models import PageQuerySet

    from factsheets.models import FactSheetPage


def public_pages(pages: PageQuerySet) -> PageQuerySet:
    """Return those of `pages` that anybody may read now: live, without view restriction and not expired.

    A page stays live after its expiry time until the command that unpublishes it has run, so the time is compared here.
    """
    return public(pages.live())


def is_page_public(page: FactSheetPage) -> bool:
    # The restrictions are read now and not from the cache: this decides whether somebody gets a file.
    pages = type(page).objects.filter(unexpired(), pk=page.pk)
    return bool(page.pk) and pages.live().exists() and not page.get_view_restrictions().exists()
