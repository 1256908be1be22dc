"""Functions of higher layers that the page models and the files panel call.

`FactSheetsConfig.ready` registers them (`factsheets/apps.py`), so that models need not import presentation and views.
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
    # Return the context of the list. Raises Http404 for an unknown filter value or page number.
    index_context: Callable[[FactSheetIndexPage, HttpRequest], dict[str, object]]
    # Return the fact sheets for the home page. Arguments: list, request, number of fact sheets.
    home_page_teasers: Callable[[FactSheetIndexPage, HttpRequest | None, int], list[Teaser]]
    # Return the context of a fact sheet, without the values that all pages share.
    page_context: Callable[[FactSheetPage, HttpRequest, Layout], dict[str, object]]
    # Return the schema.org nodes of a fact sheet.
    json_ld: Callable[[FactSheetPage, Layout], list[dict[str, object]]]
    # Return the name of the first page's picture in the private storage; empty if there is none.
    share_cover: Callable[[FactSheetPage], str]
    # The addresses below a fact sheet. Each view takes the page, the request and the values of the address.
    subpage_urls: Sequence[URLPattern] = ()
    # Return the files of a publication for the editor.
    file_listing: Callable[[Publication, AbstractBaseUser | AnonymousUser], FileListing]


page_builders = PageBuilders()
