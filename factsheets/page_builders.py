"""Functions of higher layers that the page models and the files panel call.

`FactSheetsConfig.ready` registers them (`factsheets/apps.py`), so that the models import neither presentation nor views.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
    from django.http import HttpRequest
    from django.urls import URLPattern

    from factsheets.admin.file_listing import FileListing
    from factsheets.models import FactSheetIndexPage, FactSheetPage, Publication
    from home.layout import Layout
    from home.models import Teaser


class PageBuilders:
    # The template context of the list; raises Http404 for a filter or page number with an unknown value.
    index_context: Callable[[FactSheetIndexPage, HttpRequest], dict[str, object]]
    # The fact sheets that the home page shows: list, request, number of fact sheets.
    home_page_teasers: Callable[[FactSheetIndexPage, HttpRequest | None, int], list[Teaser]]
    # The template context of a fact sheet, without what every page shows.
    page_context: Callable[[FactSheetPage, HttpRequest, Layout], dict[str, object]]
    # The schema.org nodes of a fact sheet.
    json_ld: Callable[[FactSheetPage, Layout], list[dict[str, object]]]
    # The name of the picture of the first page in the private storage; empty if there is none.
    share_cover: Callable[[FactSheetPage], str]
    # The addresses below a fact sheet. Each view takes the page, the request and the values of the address.
    subpage_urls: Sequence[URLPattern] = ()
    # The files of a publication as the editor sees them.
    file_listing: Callable[[Publication, AbstractBaseUser | AnonymousUser], FileListing]


page_builders = PageBuilders()
