"""Who may change a publication: those who may edit its pages. What shows at once needs the right to publish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from home.languages import CODES

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

    from factsheets.models import FactSheetPage, Publication


def may_see(user: AbstractBaseUser, publication: Publication) -> bool:
    """Tell whether the user may see files, checks and drafts: whoever may edit a page of it, in any language."""
    return any(page.permissions_for_user(user).can_edit() for page in _pages(publication))


def may_change_facts(user: AbstractBaseUser, publication: Publication) -> bool:
    pages = _pages(publication)
    return _may_change(user, _main_pages(pages), pages)


def may_upload(user: AbstractBaseUser, publication: Publication, language: str) -> bool:
    return language in languages_to_upload(user, publication)


def languages_to_upload(user: AbstractBaseUser, publication: Publication) -> set[str]:
    """Return the languages whose files the user may add or replace: translators may in their own."""
    pages = _pages(publication)
    if _may_change(user, _main_pages(pages), pages):
        return set(CODES)
    return {page.locale.language_code for page in pages if _may_change(user, [page], pages)}


def _pages(publication: Publication) -> list[FactSheetPage]:
    return list(publication.pages.select_related("locale"))


def _main_pages(pages: list[FactSheetPage]) -> list[FactSheetPage]:
    """Return the page in the source language, from which the others are translated; without one, all of them."""
    return [page for page in pages if page.locale.language_code == settings.LANGUAGE_CODE] or pages


def _may_change(user: AbstractBaseUser, candidates: list[FactSheetPage], pages: list[FactSheetPage]) -> bool:
    is_live = any(page.live for page in pages)
    for page in candidates:
        permissions = page.permissions_for_user(user)
        if permissions.can_edit() and (permissions.can_publish() or not is_live):
            return True
    return False
