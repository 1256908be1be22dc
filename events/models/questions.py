"""The organisers' own questions in a registration form. Labels are translated; answers are stored under keys."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.blocks import CharBlock
from wagtail.documents import get_document_model_string
from wagtail.fields import StreamField
from wagtail.models import Orderable, TranslatableMixin
from wagtail_localize.fields import SynchronizedField

from events.enums import Mode, QuestionKind
from events.models.registration import SensitiveAnswer

# Fields that only one kind of question uses, with the values that they have for all other kinds.
FIELDS_OF_KIND: dict[QuestionKind, dict[str, Any]] = {
    QuestionKind.NUMBER: {"minimum": None, "maximum": None, "has_decimals": False, "unit": ""},
    QuestionKind.DATE: {"earliest": None, "latest": None},
    QuestionKind.AGREEMENT: {"statement": "", "linked_page": None, "linked_document": None},
}


class EventQuestion(TranslatableMixin, Orderable):
    """A question of the form. Its `translation_key` identifies it: it is the same in every language and revision.

    Kind, order and rules are taken from the source page, as for the sessions of a timetable. A choice is identified by
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
    minimum = models.DecimalField(_("lowest number"), max_digits=11, decimal_places=2, null=True, blank=True)
    maximum = models.DecimalField(_("highest number"), max_digits=11, decimal_places=2, null=True, blank=True)
    has_decimals = models.BooleanField(
        _("decimals allowed"), default=False, help_text=_("If not selected, participants enter whole numbers.")
    )
    unit = models.CharField(
        _("unit"), max_length=20, blank=True, help_text=_("Shown in brackets after the question, for example km.")
    )
    earliest = models.DateField(_("earliest date"), null=True, blank=True)
    latest = models.DateField(_("latest date"), null=True, blank=True)
    statement = models.TextField(
        _("statement"),
        max_length=1000,
        blank=True,
        help_text=_(
            "The sentence beside the checkbox, for example “I have read the code of conduct and agree to it”. Nobody can "
            "register without ticking it. Its wording is stored with the time. The question above is its heading."
        ),
    )
    linked_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("page to read"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    linked_document = models.ForeignKey(
        get_document_model_string(),
        verbose_name=_("document to read"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
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

    is_need = models.BooleanField(
        _("needs of participants"),
        default=False,
        help_text=_(
            "Counted, without names, in the summary for the caterer and the venue. Sensitive questions always are."
        ),
    )

    panels = [
        "label",
        "help_text",
        FieldRowPanel(["kind", "only_mode"]),
        # `events/admin.css` hides each of these fields for other kinds of answer.
        FieldPanel("choices", classname="question-choices"),
        FieldRowPanel(["minimum", "maximum", "unit", "has_decimals"], classname="question-number"),
        FieldRowPanel(["earliest", "latest"], classname="question-date"),
        MultiFieldPanel(["statement", "linked_page", "linked_document"], classname="question-agreement"),
        FieldRowPanel(["is_required", "is_need"]),
        "is_sensitive",
    ]
    SYNCHRONIZED = [
        "kind",
        "minimum",
        "maximum",
        "has_decimals",
        "earliest",
        "latest",
        "linked_page",
        "is_required",
        "only_mode",
        "is_sensitive",
        "is_need",
    ]
    override_translatable_fields = [
        *(SynchronizedField(name, overridable=False) for name in SYNCHRONIZED),
        # A translation may link to a document in its own language.
        SynchronizedField("linked_document"),
    ]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self):
        return self.label

    @property
    def must_be_answered(self) -> bool:
        return self.is_required or self.kind == QuestionKind.AGREEMENT

    def clean(self):
        super().clean()
        self._forget_other_kinds()
        if self.kind == QuestionKind.NUMBER:
            self._clean_number()
        elif self.kind == QuestionKind.DATE:
            if self.earliest and self.latest and self.earliest > self.latest:
                raise ValidationError({"latest": _("The latest date must not be before the earliest one.")})
        elif self.kind == QuestionKind.AGREEMENT:
            self._clean_agreement()
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

    def _forget_other_kinds(self) -> None:
        """Set the fields that the form hides for this kind of question to their default values."""
        for kind, fields in FIELDS_OF_KIND.items():
            if kind != self.kind:
                for name, value in fields.items():
                    setattr(self, name, value)

    def _clean_number(self) -> None:
        limits = {"minimum": self.minimum, "maximum": self.maximum}
        for name, limit in limits.items():
            if limit is not None and not self.has_decimals and limit != limit.to_integral_value():
                raise ValidationError({name: _("Enter a whole number, or allow decimals.")})
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValidationError({"maximum": _("The highest number must not be below the lowest one.")})

    def _clean_agreement(self) -> None:
        if not self.statement.strip():
            raise ValidationError({"statement": _("Enter the statement that participants agree to.")})
        if self.linked_page and self.linked_document:
            raise ValidationError({"linked_document": _("Choose a page or a document, not both.")})
        if self.is_sensitive:
            raise ValidationError({"is_sensitive": _("An agreement cannot be sensitive.")})
