"""The drafts of a user: pages and snippets with changes that are not public."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.urls import reverse
from wagtail.models import DraftStateMixin, Locale, Page, WorkflowState
from wagtail.snippets.models import get_snippet_models

from home import deliverables
from home.models import ResultsPage
from home.translations.permissions import own_keys


@dataclass(frozen=True)
class Draft:
    title: str
    url: str
    locale: Locale
    saved_at: datetime.datetime | None
    saved_by: User | None
    is_public: bool
    is_waiting: bool
    needs_changes: bool


def drafts_of(user: User, limit: int) -> list[Draft]:
    """Return up to `limit` drafts, newest first: last saved by the user, of their organisation, or pages they created."""
    keys = own_keys(user)
    active = WorkflowState.objects.active().values_list("base_content_type", "object_id", "status")
    submitted = {(kind, key): status for kind, key, status in active}
    found: list[Draft] = []
    snippets = [model for model in get_snippet_models() if issubclass(model, DraftStateMixin)]
    for model in (Page, *snippets):
        mine = Q(latest_revision__user=user) | Q(translation_key__in=keys)
        rows = model._default_manager.filter(has_unpublished_changes=True)
        rows = rows.filter(mine | Q(owner=user), depth__gt=1, alias_of=None) if model is Page else rows.filter(mine)
        kind = ContentType.objects.get_for_model(model, for_concrete_model=False).pk
        rows = rows.select_related("locale", "latest_revision__user").order_by("-latest_revision__created_at", "-pk")
        found += [_draft(row, _edit_address(row, user), submitted.get((kind, str(row.pk)), "")) for row in rows[:limit]]
    newest = sorted(found, key=lambda draft: draft.saved_at.timestamp() if draft.saved_at else 0, reverse=True)
    return newest[:limit]


def _edit_address(row: DraftStateMixin, user: User) -> str:
    """Return the address of the screen where the user edits the page or snippet."""
    if not isinstance(row, Page):
        return reverse(row.snippet_viewset.get_url_name("edit"), args=[row.pk])
    # A partner edits the deliverables of the results page, but not the page itself.
    if row.specific_class is ResultsPage and not user.is_superuser and user.has_perm(deliverables.PERMISSION):
        return reverse("deliverables:index")
    return reverse("wagtailadmin_pages:edit", args=[row.pk])


def _draft(row: DraftStateMixin, url: str, status: str) -> Draft:
    """Return the row of the list for a draft. `status` is the status of its active workflow, or empty without one."""
    revision = row.latest_revision
    is_page = isinstance(row, Page)
    return Draft(
        title=row.get_admin_display_title() if is_page else (revision.object_str if revision else str(row)),
        url=url,
        locale=row.locale,
        saved_at=revision.created_at if revision else None,
        saved_by=revision.user if revision else None,
        is_public=row.live,
        is_waiting=status == WorkflowState.STATUS_IN_PROGRESS,
        needs_changes=status == WorkflowState.STATUS_NEEDS_CHANGES,
    )
