"""The preview of organisations and people: the partners page with the draft in its place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from wagtail.models import PreviewableMixin

from home.expiry import unexpired


class PreviewedOnPartnersPage(PreviewableMixin):
    """A mixin for snippets of the partners page. Without a public one in their language, they have no preview."""

    @cached_property
    def _partners_page(self) -> Any:
        pages = apps.get_model("home.PartnersPage").objects.live().filter(unexpired(), locale=self.locale_id)
        return next((page for page in pages if not page.get_view_restrictions().exists()), None)

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        return super().preview_modes if self._partners_page else []

    @property
    def full_url(self) -> str | None:
        """The address that the preview pretends to have, which decides its language."""
        return self._partners_page.full_url if self._partners_page else None

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        page = self._partners_page
        page.previewed = self
        # The version is one of the snippet. Wagtail's bar would look for one of the page.
        request.revision_id = None  # type: ignore[attr-defined]
        return page.serve_preview(request, "")


def with_draft(rows: Iterable[Any], draft: Any, *, is_shown: bool) -> list[Any]:
    """Return rows of a model with a draft in the place of its row, as if it were public."""
    draft.live = draft.is_previewed = True
    others = [row for row in rows if row.translation_key != draft.translation_key]
    return [*others, draft] if is_shown else others
