"""The survey after an event. Answers are anonymous by design: nothing leads from an answer to a participant.

Only `events/survey/` writes these tables.
"""

from __future__ import annotations

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models.event import Event

SCALE = [MinValueValidator(1), MaxValueValidator(5)]
RECOMMENDATION = [MinValueValidator(0), MaxValueValidator(10)]


class Survey(models.Model):
    """The survey of an event, with the ready set of questions. It opens when the event is over."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="survey")
    is_on = models.BooleanField(default=True)
    # When the scheduled tasks did this: they may run twice at once, or late.
    invited_at = models.DateTimeField(null=True, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")

    def __str__(self):
        return str(self.event)


class SurveyAnswer(models.Model):
    """The answers of one participant, without participant and time. The key is random, so its order says nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="answers")
    language = models.CharField(max_length=10)
    usefulness = models.PositiveSmallIntegerField(null=True, validators=SCALE)
    relevance = models.PositiveSmallIntegerField(null=True, validators=SCALE)
    recommendation = models.PositiveSmallIntegerField(null=True, validators=RECOMMENDATION)
    improve = models.TextField(max_length=2000, blank=True)

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
    """That a participant has answered, and nothing else: neither what nor when."""

    registration = models.OneToOneField(
        "events.Registration", primary_key=True, on_delete=models.CASCADE, related_name="survey_participation"
    )

    class Meta:
        verbose_name = _("participation in a survey")

    def __str__(self):
        return str(self.pk)
