"""The status of translations, in addition to the models of wagtail-localize."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail_localize.models import String, Translation, TranslationContext, TranslationSource


class StaleString(models.Model):
    """A segment that was translated before it changed in the source.

    Until its translation is checked, pages show the old translation or the text of the source: see
    `ProjectSettings.changed_texts`.
    """

    # `StringTranslation.tool_name` of an old translation that stays public until it is checked.
    CARRIED_OVER = "carried over"

    translation = models.ForeignKey(Translation, on_delete=models.CASCADE, related_name="stale_strings")
    context = models.ForeignKey(TranslationContext, on_delete=models.CASCADE, related_name="+")
    string = models.ForeignKey(String, on_delete=models.CASCADE, related_name="+")
    old_source = models.TextField()
    old_translation = models.TextField()
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("changed text")
        verbose_name_plural = _("changed texts")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["translation", "context", "string"], name="home_stale_string_once_per_translation"
            )
        ]

    def __str__(self):
        return self.string.data


class SyncFailure(models.Model):
    """The reason why a translation could not be updated from its source.

    The row is deleted when an update succeeds.
    """

    translation = models.OneToOneField(Translation, on_delete=models.CASCADE, related_name="sync_failure")
    reason = models.TextField()
    attempts = models.PositiveSmallIntegerField(default=1)
    failed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("failed update of a translation")
        verbose_name_plural = _("failed updates of translations")
        ordering = ["pk"]

    def __str__(self):
        return self.reason


class SyncRequest(models.Model):
    """A source whose translations have to be brought up to date, from the transaction that published it until that is done.

    `manage.py tick` finds the rows whose task was lost.
    """

    source = models.OneToOneField(TranslationSource, on_delete=models.CASCADE, related_name="sync_request")
    requested_at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("pending update of translations")
        verbose_name_plural = _("pending updates of translations")
        ordering = ["pk"]

    def __str__(self):
        return str(self.source)
