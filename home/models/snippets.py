"""The base class of organisations, people and categories: with drafts, versions, approval and locks, as pages have."""

from django.db import models
from wagtail.models import DraftStateMixin, LockableMixin, RevisionMixin, TranslatableMixin, WorkflowMixin
from wagtail_localize.fields import SynchronizedField

from home.models.held_back import HeldBackMixin
from home.page_forms import ReadableChoicesForm


class ReviewedSnippet(
    HeldBackMixin, WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, TranslatableMixin, models.Model
):
    """A translatable snippet with drafts. The row has the published values; a draft exists only in a revision.

    Visitors do not see a row that is not `live`: it was never published, or was unpublished (`home.language_fallback`).
    """

    base_form_class = ReadableChoicesForm

    override_translatable_fields = [
        SynchronizedField(name, overridable=False) for name in ("first_published_at", "go_live_at", "expire_at")
    ]

    # A translation is created as a copy. It gets its own versions, schedule and lock.
    exclude_fields_in_copy = [
        "live_revision",
        "last_published_at",
        "has_unpublished_changes",
        "go_live_at",
        "expired",
        "locked",
        "locked_at",
        "locked_by",
    ]

    class Meta(TranslatableMixin.Meta):
        abstract = True
