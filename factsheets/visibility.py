"""Decides whether everyone may read a publication now, because its files must not be published early.

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
    """Return the pages that everyone may read now: live, without view restriction and not expired.

    A page stays live after its expiry time until a command unpublishes it, so the time is compared here.
    """
    return public(pages.live())


def is_page_public(page: FactSheetPage) -> bool:
    # The restrictions are read from the database and not from the cache, because files depend on the result.
    pages = type(page).objects.filter(unexpired(), pk=page.pk)
    return bool(page.pk) and pages.live().exists() and not page.get_view_restrictions().exists()
