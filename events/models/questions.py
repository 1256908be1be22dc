"""What a registration form asks beside the usual. The words are translated, the answers are stored under keys."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.blocks import CharBlock
from wagtail.fields import StreamField
from wagtail.models import Orderable, TranslatableMixin
from wagtail_localize.fields import SynchronizedField

from events.enums import Mode, QuestionKind
from events.models.registration import SensitiveAnswer


class EventQuestion(TranslatableMixin, Orderable):
    """A question of the form. Its `translation_key` is its identity: the same in every language and revision.

    Facts (kind, required, mode, sensitive, order) are those of the event's source page, as with rows of the timetable.
    A choice is known by the id of its block, which translations keep.
    """

    page = ParentalKey("events.EventPage", on_delete=models.CASCADE, related_name="questions")
    label = models.CharField(_("question"), max_length=200)
    help_text = models.CharField(_("explanation"), max_length=300, blank=True)
    kind = models.CharField(_("kind of answer"), max_length=10, choices=QuestionKind, default=QuestionKind.TEXT)
    choices = StreamField(
        [("choice", CharBlock(max_length=120, label=_("Choice")))],
        verbose_name=_("choices"),
        blank=True,
        help_text=_("For the kinds with choices."),
    )
    is_required = models.BooleanField(_("must be answered"), default=False)
    only_mode = models.CharField(
        _("asked of"), max_length=8, choices=[("", _("everybody")), *Mode.choices], default="", blank=True
    )
    is_sensitive = models.BooleanField(
        _("sensitive"),
        default=False,
        help_text=_(
            "Diet, access needs and whatever else tells of health or belief: kept apart and encrypted, deleted sooner, "
            "seen by fewer people, asked with a consent of its own, never required. Marked later, it protects earlier "
            "answers as well, and it stays marked once people have answered."
        ),
    )

    panels = [
        "label",
        "help_text",
        FieldRowPanel(["kind", "only_mode"]),
        # Out of sight where the kind has none (`events/admin.css`).
        FieldPanel("choices", classname="question-choices"),
        FieldRowPanel(["is_required", "is_sensitive"]),
    ]
    FACTS = ["kind", "is_required", "only_mode", "is_sensitive"]
    override_translatable_fields = [SynchronizedField(name, overridable=False) for name in FACTS]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self):
        return self.label

    def clean(self):
        super().clean()
        needs_choices = self.kind in {QuestionKind.CHOICE, QuestionKind.CHOICES}
        if needs_choices and len(self.choices) < 2:
            raise ValidationError({"choices": _("Give at least two choices.")})
        if not needs_choices and len(self.choices):
            raise ValidationError({"choices": _("Only the kinds with choices have any.")})
        if self.is_sensitive and self.is_required:
            raise ValidationError({"is_required": _("A sensitive question cannot be required (GDPR Art. 9).")})
        if not self.is_sensitive and SensitiveAnswer.objects.filter(question_key=self.translation_key).exists():
            message = _("People were promised that their answers are sensitive. Ask a new question instead.")
            raise ValidationError({"is_sensitive": message})
