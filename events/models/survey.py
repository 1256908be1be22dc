"""The survey after an event. Answers are anonymous by design: no answer refers to a participant.

Only `events/survey/` writes these tables.
"""

from __future__ import annotations

import uuid

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel
from wagtail.blocks import CharBlock
from wagtail.fields import StreamField
from wagtail.models import Orderable, TranslatableMixin
from wagtail_localize.fields import SynchronizedField

from events.enums import SurveyQuestionKind
from events.models.event import Event

SCALE = [MinValueValidator(1), MaxValueValidator(5)]
RECOMMENDATION = [MinValueValidator(0), MaxValueValidator(10)]


class Survey(models.Model):
    """The survey of an event, with a fixed set of questions. It opens when the event is over."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="survey")
    is_on = models.BooleanField(default=True)
    # The times at which the scheduled tasks did this work. The tasks may run late, or twice at the same time.
    invited_at = models.DateTimeField(null=True, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)
    # After this time nobody can answer, and the results are shown.
    closed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")

    def __str__(self):
        return str(self.event)


class SurveyQuestion(TranslatableMixin, Orderable):
    """An organiser's own question. Its `translation_key` identifies it, as for the questions of the registration form."""

    page = ParentalKey("events.EventPage", on_delete=models.CASCADE, related_name="survey_questions")
    label = models.CharField(
        _("question"),
        max_length=200,
        help_text=_("Do not ask for anything that shows who someone is: the answers are anonymous."),
    )
    kind = models.CharField(
        _("type of answer"), max_length=10, choices=SurveyQuestionKind, default=SurveyQuestionKind.SCALE
    )
    choices = StreamField(
        [("choice", CharBlock(max_length=120, label=_("Choice")))],
        verbose_name=_("choices"),
        blank=True,
        help_text=_("For questions with choices only."),
    )

    panels = ["label", "kind", FieldPanel("choices", classname="question-choices")]
    override_translatable_fields = [SynchronizedField("kind", overridable=False)]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("question of the survey")
        verbose_name_plural = _("questions of the survey")

    def __str__(self):
        return self.label

    def clean(self):
        super().clean()
        needs_choices = self.kind in {SurveyQuestionKind.CHOICE, SurveyQuestionKind.CHOICES}
        if needs_choices and len(self.choices) < 2:
            raise ValidationError({"choices": _("Enter at least two choices.")})
        if not needs_choices and len(self.choices):
            raise ValidationError({"choices": _("Remove the choices, or select a type of answer with choices.")})


class SurveyAnswer(models.Model):
    """The answers of one participant, without participant and time. The primary key is random, so the order reveals nothing.

    `own` has the answers to the organiser's questions under the hexadecimal keys of the questions: a number, a text, or
    the keys of choices.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="answers")
    language = models.CharField(max_length=10)
    usefulness = models.PositiveSmallIntegerField(null=True, validators=SCALE)
    relevance = models.PositiveSmallIntegerField(null=True, validators=SCALE)
    recommendation = models.PositiveSmallIntegerField(null=True, validators=RECOMMENDATION)
    improve = models.TextField(max_length=2000, blank=True)
    own = models.JSONField(default=dict)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("answer to a survey")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(usefulness=None) | models.Q(usefulness__range=(1, 5)), name="usefulness_in_scale"
            ),
            models.CheckConstraint(
                condition=models.Q(relevance=None) | models.Q(relevance__range=(1, 5)), name="relevance_in_scale"
            ),
            models.CheckConstraint(
                condition=models.Q(recommendation=None) | models.Q(recommendation__range=(0, 10)),
                name="recommendation_in_scale",
            ),
        ]

    def __str__(self):
        return str(self.pk)


class SurveyParticipation(models.Model):
    """Records that a participant has answered, but neither their answers nor the time."""

    registration = models.OneToOneField(
        "events.Registration", primary_key=True, on_delete=models.CASCADE, related_name="survey_participation"
    )

    class Meta:
        verbose_name = _("participation in a survey")

    def __str__(self):
        return str(self.pk)
