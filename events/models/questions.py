"""The organisers' own questions in a registration form. Labels are translated; answers are stored under keys."""

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

    Kind, order and rules are those of the source page, as with the sessions of a timetable. A choice is identified by
    the id of its block, which is the same in all translations.
    """

    page = ParentalKey("events.EventPage", on_delete=models.CASCADE, related_name="questions")
    label = models.CharField(_("question"), max_length=200)
    help_text = models.CharField(_("help text"), max_length=300, blank=True)
    kind = models.CharField(_("type of answer"), max_length=10, choices=QuestionKind, default=QuestionKind.TEXT)
    choices = StreamField(
        [("choice", CharBlock(max_length=120, label=_("Choice")))],
        verbose_name=_("choices"),
        blank=True,
        help_text=_("For questions with choices only."),
    )
    is_required = models.BooleanField(_("required"), default=False)
    only_mode = models.CharField(
        _("who is asked"), max_length=8, choices=[("", _("Everyone")), *Mode.choices], default="", blank=True
    )
    is_sensitive = models.BooleanField(
        _("sensitive"),
        default=False,
        help_text=_(
            "For questions about diet, access needs, health or belief. Answers are optional, need separate consent, are "
            "encrypted, visible to fewer people and deleted sooner. If you select this later, earlier answers are "
            "encrypted too. You cannot undo it once people have answered."
        ),
    )

    panels = [
        "label",
        "help_text",
        FieldRowPanel(["kind", "only_mode"]),
        # Hidden for other types of answer (`events/admin.css`).
        FieldPanel("choices", classname="question-choices"),
        FieldRowPanel(["is_required", "is_sensitive"]),
    ]
    SYNCHRONIZED = ["kind", "is_required", "only_mode", "is_sensitive"]
    override_translatable_fields = [SynchronizedField(name, overridable=False) for name in SYNCHRONIZED]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self):
        return self.label

    def clean(self):
        super().clean()
        needs_choices = self.kind in {QuestionKind.CHOICE, QuestionKind.CHOICES}
        if needs_choices and len(self.choices) < 2:
            raise ValidationError({"choices": _("Enter at least two choices.")})
        if not needs_choices and len(self.choices):
            raise ValidationError({"choices": _("Remove the choices, or select a type of answer with choices.")})
        if self.is_sensitive and self.is_required:
            raise ValidationError({"is_required": _("A sensitive question must be optional (GDPR Art. 9).")})
        if not self.is_sensitive and SensitiveAnswer.objects.filter(question_key=self.translation_key).exists():
            message = _(
                "People have answered this as a sensitive question, so it must stay sensitive. Add a new question instead."
            )
            raise ValidationError({"is_sensitive": message})
