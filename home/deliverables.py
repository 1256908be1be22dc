"""The rules by which accounts of a partner change deliverables of the results page. They can change nothing else on it.

On the page, an editor sets which organisation edits the deliverables of which work package. A change is saved as a new
version of the page in its source language, in which only that deliverable differs. An editor approves it like any other
page.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from modelcluster.models import model_from_serializable_data
from wagtail.log_actions import log
from wagtail.models import Page, PageLogEntry, WorkflowState
from wagtail_localize.models import Translation

from home.models import Deliverable, DeliverableEditor, ResultsPage
from home.translations.permissions import own_organisations

PERMISSION = "home.change_deliverable"
# The names of actions in the history of the page.
CHANGED = "home.deliverable.changed"
NEWEST_CHANGES = 10


class NotGivenError(Exception):
    """Raised when the deliverable does not exist, or when the user may not edit it."""


class LockedError(Exception):
    """Raised when the page is locked for the user: by another person, or while it waits for approval."""


class UnfinishedPageError(Exception):
    """Raised when the page cannot be submitted because another part of its draft is incomplete."""


def source_pages() -> QuerySet[ResultsPage]:
    """Return the results pages in their source language."""
    translations = Translation.objects.filter(
        source__object_id=OuterRef("translation_key"), target_locale=OuterRef("locale")
    )
    pages = ResultsPage.objects.filter(~Exists(translations)).order_by("path")
    return pages.select_related("locale", "latest_revision")


@dataclass(frozen=True)
class Given:
    """The work packages whose deliverables a user may edit: their numbers by primary key of the page."""

    numbers: Mapping[int, frozenset[int]]
    is_administrator: bool = False

    def include(self, page: ResultsPage, deliverable: Deliverable) -> bool:
        return self.is_administrator or deliverable.work_package_number in self.numbers.get(page.pk, ())


def given_to(user: User | AnonymousUser) -> Given:
    """Return the work packages that published pages assign to the user's organisations."""
    if not user.has_perm(PERMISSION):
        return Given({})
    rows = DeliverableEditor.objects.filter(organisation__in=own_organisations(user), page__in=source_pages())
    numbers: dict[int, set[int]] = {}
    for page, number in rows.values_list("page", "work_package_number"):
        numbers.setdefault(page, set()).add(number)
    return Given({page: frozenset(found) for page, found in numbers.items()}, user.is_superuser)


def draft_of(page: ResultsPage) -> ResultsPage:
    """Return the page with the content of its latest revision, whether published or not."""
    draft: ResultsPage = page.get_latest_revision_as_object()
    return draft


@dataclass(frozen=True)
class Draft:
    """The deliverables in the latest revision of a page, and the titles of its work packages by number."""

    deliverables: list[Deliverable]
    work_packages: Mapping[int, str]


def read_draft(page: ResultsPage) -> Draft:
    """Read the draft without the related objects of its rows. `draft_of` runs a query for each of them."""
    if page.latest_revision is None:
        packages = page.work_packages.values_list("number", "title")
        return Draft(list(page.deliverables.all()), dict(packages))
    content = page.latest_revision.content
    rows = [model_from_serializable_data(Deliverable, row, check_fks=False) for row in content["deliverables"]]
    return Draft(rows, {row["number"]: row["title"] for row in content["work_packages"]})


def find(deliverables: Iterable[Deliverable], key: uuid.UUID) -> Deliverable | None:
    """Return a deliverable by its translation key, or None. Deliverables that exist only in a draft have no primary key."""
    return next((item for item in deliverables if item.translation_key == key), None)


@transaction.atomic
def save(page: ResultsPage, key: uuid.UUID, values: Mapping[str, Any], user: User) -> None:
    """Save new values of a deliverable as a draft of the page. Raises NotGivenError and LockedError."""
    locked = _locked(page, user)
    draft = draft_of(locked)
    rows = list(draft.deliverables.all())
    row = find(rows, key)
    if row is None or not given_to(user).include(locked, row):
        raise NotGivenError
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(row, name, values[name])
    draft.deliverables.set(rows)
    revision = draft.save_revision(user=user, clean=False)
    data = {"deliverable": str(row.number), "key": str(key), "fields": changed}
    log(locked, CHANGED, user=user, revision=revision, content_changed=True, data=data)


@transaction.atomic
def submit(page: ResultsPage, user: User) -> None:
    """Submit the draft of the page for approval. Raises LockedError and UnfinishedPageError."""
    draft = draft_of(_locked(page, user))
    try:
        draft.full_clean()
    except ValidationError as error:
        raise UnfinishedPageError from error
    state = draft.current_workflow_state
    if state is not None and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        state.resume(user)
    elif state is None and (workflow := draft.get_workflow()):
        workflow.start(draft, user)


def _locked(page: ResultsPage, user: User) -> ResultsPage:
    """Lock the row of the page and read it again. Otherwise, of two changes at the same time, one would be lost."""
    Page.objects.select_for_update().get(pk=page.pk)
    found = ResultsPage.objects.get(pk=page.pk)
    if (lock := found.get_lock()) and lock.for_user(user):
        raise LockedError
    return found


def changes_of(page: ResultsPage, key: uuid.UUID) -> list[PageLogEntry]:
    """Return the latest changes of a deliverable, newest first."""
    entries = PageLogEntry.objects.filter(page=page.pk, action=CHANGED, data__key=str(key))
    return list(entries.select_related("user").order_by("-timestamp", "-pk")[:NEWEST_CHANGES])
