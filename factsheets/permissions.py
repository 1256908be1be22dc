"""Decides who may view, edit and upload to a publication.

Users who may edit one of its pages may view the publication. If one of its pages is live, changes are public at once,
so editing and uploading then need the permission to publish.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from home.languages import CODES

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    from factsheets.models import FactSheetPage, Publication


def can_view(user: AbstractBaseUser | AnonymousUser, publication: Publication) -> bool:
    """Return whether the user may see the publication's files with the issues in them, and its drafts."""
    return any(page.permissions_for_user(user).can_edit() for page in _pages(publication))


def can_edit_details(user: AbstractBaseUser | AnonymousUser, publication: Publication) -> bool:
    pages = _pages(publication)
    return _can_change(user, _source_pages(pages), pages)


def can_upload(user: AbstractBaseUser | AnonymousUser, publication: Publication, language: str) -> bool:
    return language in upload_languages(user, publication)


def upload_languages(user: AbstractBaseUser | AnonymousUser, publication: Publication) -> set[str]:
    """Return the languages in which the user may upload files. Translators may upload in their own language."""
    pages = _pages(publication)
    if _can_change(user, _source_pages(pages), pages):
        return set(CODES)
    return {page.locale.language_code for page in pages if _can_change(user, [page], pages)}


def _pages(publication: Publication) -> list[FactSheetPage]:
    return list(publication.pages.select_related("locale"))


def _source_pages(pages: list[FactSheetPage]) -> list[FactSheetPage]:
    """Return the pages in the site's source language; all pages if there are none in it."""
    return [page for page in pages if page.locale.language_code == settings.LANGUAGE_CODE] or pages


def _can_change(
    user: AbstractBaseUser | AnonymousUser, candidates: list[FactSheetPage], pages: list[FactSheetPage]
) -> bool:
    is_live = any(page.live for page in pages)
    for page in candidates:
        permissions = page.permissions_for_user(user)
        if permissions.can_edit() and (permissions.can_publish() or not is_live):
            return True
    return False
