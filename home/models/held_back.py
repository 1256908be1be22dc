"""Holds back translations: no translation is public while its source is not public."""

from django.utils import timezone
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.actions.publish_revision import PublishRevisionAction
from wagtail.models import Page
from wagtail_localize.models import Translation


class HeldBackMixin:
    """A mixin for pages and snippets with drafts. It must come before Wagtail's classes."""

    @property
    def is_held_back(self) -> bool:
        """Whether this is a translation that must not be public, because its source is not public.

        An expired source holds its translations back, a deleted one does not. The rule also applies after the
        synchronisation of the translation was stopped.
        """
        translations = Translation.objects.filter(
            source__object_id=self.translation_key, target_locale_id=self.locale_id
        )
        model = Page if isinstance(self, Page) else type(self)
        sources = model.objects.filter(
            translation_key=self.translation_key, locale_id__in=translations.values("source__locale_id")
        )
        states = list(sources.values_list("live", "expire_at"))
        return bool(states) and not any(live and not (end and end <= timezone.now()) for live, end in states)

    def publish_keeping_request(self, revision, user=None):
        """Publish a revision without asking for a permission, and keep the request for approval of a draft.

        Wagtail would cancel it, as it does where someone publishes what waits.
        """
        if self.is_held_back:
            self.publish(revision, user, skip_permission_checks=True)
            return
        action = self._publish_action(revision, user=user)
        action.object._current_workflow_states = []
        action.execute(skip_permission_checks=True)

    @property
    def _publish_action(self):
        return PublishPageRevisionAction if isinstance(self, Page) else PublishRevisionAction

    def publish(self, revision, user=None, *args, skip_permission_checks=False, **kwargs):
        """Publish a revision or, while this translation is held back, schedule it to be published later.

        All ways to publish call this method: the button, the approval of a workflow, the scheduled tasks, other code.
        Scheduling requires the same permission as publishing.
        """
        if not self.is_held_back:
            return super().publish(revision, user, *args, skip_permission_checks=skip_permission_checks, **kwargs)
        self._publish_action(revision, user=user).check(skip_permission_checks=skip_permission_checks)
        if revision.approved_go_live_at is None:
            self.revisions.update(approved_go_live_at=None)
            revision.approved_go_live_at = timezone.now()
            revision.save(update_fields=["approved_go_live_at"])
        return None
