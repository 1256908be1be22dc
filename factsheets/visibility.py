"""Whether the public may have a publication at all: the embargo of its files, in one place.

Every address that gives out anything of a publication asks here: downloads, old versions, pictures of the first page,
citations, lists and feeds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:
    from factsheets.models import FactSheetPage, Publication


def public_pages():
    """Return the pages that anybody may read now: live, under no view restriction, and not past their end.

    The end is asked for here because a page stays live until the command that unpublishes it runs.
    """
    from factsheets.models import FactSheetPage  # noqa: PLC0415  (the page's own routes ask this module)

    not_over = Q(expire_at=None) | Q(expire_at__gt=timezone.now())
    return FactSheetPage.objects.live().public().filter(not_over)


def is_page_public(page: FactSheetPage) -> bool:
    return bool(page.pk) and public_pages().filter(pk=page.pk).exists()


def is_public(publication: Publication) -> bool:
    """Tell whether a page of the publication, in any language, is open to everybody."""
    return public_pages().filter(publication=publication).exists()
