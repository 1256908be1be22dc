"""The status of translations, in addition to the models of wagtail-localize."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale
from wagtail_localize.models import String, Translation, TranslationContext, TranslationSource


class StaleString(models.Model):
    """A segment whose source changed after it was translated.

    Until someone checks its translation, pages show the old translation or the text of the source, depending on
    `ProjectSettings.changed_texts`.
    """

    # The value of `StringTranslation.tool_name` for an old translation that stays public until it is checked.
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
    """A source whose translations must be updated. The row exists from its publication until all are updated.

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


class TranslationAssignment(models.Model):
    """A page or snippet that a user is asked to translate into a language by a given day."""

    # The translation key and the model (`app.name`; `wagtailcore.page` for all pages), as in the list of translations.
    key = models.UUIDField(editable=False)
    model = models.CharField(max_length=100, editable=False)
    # The title at the time of the assignment.
    title = models.CharField(_("title"), max_length=255)
    locale = models.ForeignKey(Locale, verbose_name=_("language"), on_delete=models.CASCADE, related_name="+")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="translation_assignments"
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    assigned_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("assigned translation")
        verbose_name_plural = _("assigned translations")
        ordering = [models.F("due_on").asc(nulls_last=True), "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["key", "locale"],
                condition=models.Q(done_at=None),
                name="one_open_assignment_per_translation",
            )
        ]

    def __str__(self):
        return f"{self.title} ({self.locale})"

    @property
    def is_overdue(self) -> bool:
        return self.done_at is None and self.due_on is not None and self.due_on < timezone.localdate()


class AssignmentMails(models.Model):
    """How often a user gets emails about translations that are assigned to them, and when the last one was sent."""

    class Rhythm(models.TextChoices):
        AT_ONCE = "at_once", _("At once, and each week what is open")
        DAILY = "daily", _("Each day")
        WEEKLY = "weekly", _("Each week")
        NEVER = "never", _("Never")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="assignment_mails")
    rhythm = models.CharField(max_length=10, choices=Rhythm, default=Rhythm.AT_ONCE)
    sent_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("choice of emails about translations")
        verbose_name_plural = _("choices of emails about translations")
        default_permissions = ()

    def __str__(self):
        return str(self.user)
