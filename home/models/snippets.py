"""What organisations, people and categories share: drafts, versions, approval and locks, as pages have them."""

from django.db import models
from wagtail.models import DraftStateMixin, LockableMixin, RevisionMixin, TranslatableMixin, WorkflowMixin
from wagtail_localize.fields import SynchronizedField

from home.models.held_back import HeldBackMixin
from home.page_forms import ReadableChoicesForm


class ReviewedSnippet(
    HeldBackMixin, WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, TranslatableMixin, models.Model
):
    """A translatable snippet with drafts. The row is what was published last; a draft is only in a revision.

    A row that is not `live` was never published, or no longer is: visitors do not see it (`home.language_fallback`).
    """

    base_form_class = ReadableChoicesForm

    override_translatable_fields = [
        SynchronizedField(name, overridable=False) for name in ("first_published_at", "go_live_at", "expire_at")
    ]

    # A translation begins as a copy. It has versions, a schedule and a lock of its own.
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
