from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, TranslatableMixin
from wagtail_localize.fields import SynchronizedField

from home.blocks import AudienceBlock, BodyBlock, GoalBlock, PointsBlock
from home.models.base import BasePage

TEXT_FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link"]


class ProjectPage(BasePage):
    """A structured description of the project."""

    background = RichTextField(
        _("background"), features=TEXT_FEATURES, blank=True, help_text=_("Why the project was needed.")
    )
    aim = RichTextField(
        _("aim"),
        features=TEXT_FEATURES,
        blank=True,
        help_text=_("What the project aims to achieve, in one or two paragraphs."),
    )
    goals = StreamField(PointsBlock(GoalBlock()), verbose_name=_("goals"), blank=True)
    target_groups = StreamField(PointsBlock(AudienceBlock()), verbose_name=_("target groups"), blank=True)
    impact = RichTextField(_("impact"), features=TEXT_FEATURES, blank=True, help_text=_("What changes, and for whom."))
    body = StreamField(BodyBlock(), verbose_name=_("more text"), blank=True)

    kind = _("Project")
    shows_project_details = True
    text_fields = ("background", "aim", "goals", "target_groups", "impact", "body")
    content_panels = [
        *BasePage.content_panels,
        "background",
        "aim",
        "goals",
        "target_groups",
        "impact",
        InlinePanel("milestones", label=_("milestone"), heading=_("Milestones")),
        "body",
    ]
    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.ContentPage"]
    max_count_per_parent = 1
    page_description = _(
        "Background, aim, goals, target groups and impact. Grant number, period and authority come from Settings > Project."
    )

    class Meta:
        verbose_name = _("project page")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["milestones"] = list(self.milestones.all())
        return context


class Milestone(TranslatableMixin, Orderable):
    page = ParentalKey(ProjectPage, on_delete=models.CASCADE, related_name="milestones")
    date = models.DateField(_("date"))
    end_date = models.DateField(
        _("last day"), null=True, blank=True, help_text=_("Only if it lasted more than one day.")
    )
    title = models.CharField(_("what happened"), max_length=160)
    text = models.CharField(_("description in one sentence"), max_length=300, blank=True)

    override_translatable_fields = [
        SynchronizedField("date", overridable=False),
        SynchronizedField("end_date", overridable=False),
    ]
    panels = [FieldRowPanel(["date", "end_date"]), FieldPanel("title"), FieldPanel("text")]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end_date=None) | models.Q(end_date__gte=models.F("date")),
                name="home_milestone_ends_after_start",
                violation_error_message=_("The last day cannot be before the first day."),
            )
        ]

    def __str__(self):
        return self.title
