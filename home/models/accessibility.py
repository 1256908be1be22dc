from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldRowPanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail_localize.fields import SynchronizedField

from home.models.base import BasePage

TEXT_FEATURES = ["bold", "italic", "ol", "ul", "link"]


class AccessibilityPage(BasePage):
    """The accessibility statement, with the content of the model in Commission Implementing Decision (EU) 2018/1523."""

    class Status(models.TextChoices):
        FULL = "full", _("Fully compliant")
        PARTIAL = "partial", _("Partially compliant")
        NONE = "none", _("Not compliant")

    class Method(models.TextChoices):
        SELF = "self", _("Self-assessment by the site's owner")
        THIRD_PARTY = "third", _("Assessment by a third party")

    scope = RichTextField(
        _("sites covered and legal basis"),
        features=TEXT_FEATURES,
        help_text=_("The sites that the statement covers, and the law that requires it."),
    )
    status = models.CharField(_("compliance status"), max_length=8, choices=Status, default=Status.PARTIAL)
    non_compliance = RichTextField(
        _("not accessible: non-compliance"),
        features=TEXT_FEATURES,
        blank=True,
        help_text=_("Content that does not meet the requirements, and where to find an alternative."),
    )
    disproportionate_burden = RichTextField(
        _("not accessible: disproportionate burden"), features=TEXT_FEATURES, blank=True
    )
    out_of_scope = RichTextField(_("not accessible: outside the law's scope"), features=TEXT_FEATURES, blank=True)
    prepared_on = models.DateField(_("statement prepared on"), null=True)
    assessment_method = models.CharField(
        _("method of the assessment"), max_length=8, choices=Method, default=Method.SELF
    )
    assessment_text = RichTextField(_("description of the assessment"), features=TEXT_FEATURES, blank=True)
    reviewed_on = models.DateField(
        _("last reviewed on"), null=True, help_text=_("Review the statement at least once a year.")
    )
    feedback = RichTextField(
        _("feedback"),
        features=TEXT_FEATURES,
        help_text=_("How to report a barrier or request content in an accessible format."),
    )
    feedback_email = models.EmailField(
        _("email for feedback"),
        blank=True,
        help_text=_("Shown on the page. Until you enter it, the page shows no address."),
    )
    response_days = models.PositiveSmallIntegerField(
        _("reply within (days)"), default=14, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    enforcement = RichTextField(
        _("enforcement procedure"),
        features=TEXT_FEATURES,
        help_text=_("What people can do if they are not satisfied with the reply."),
    )
    supervisor_name = models.CharField(_("supervising authority"), max_length=160)
    supervisor_url = models.URLField(_("website of the authority"))

    kind = _("Accessibility")
    text_fields = (
        "scope",
        "non_compliance",
        "disproportionate_burden",
        "out_of_scope",
        "assessment_text",
        "feedback",
        "enforcement",
    )
    in_legal_menu = True
    override_translatable_fields = [
        SynchronizedField("status", overridable=False),
        SynchronizedField("prepared_on", overridable=False),
        SynchronizedField("assessment_method", overridable=False),
        SynchronizedField("reviewed_on", overridable=False),
        SynchronizedField("feedback_email", overridable=False),
        SynchronizedField("response_days", overridable=False),
        SynchronizedField("supervisor_url"),
    ]
    content_panels = [
        *BasePage.content_panels,
        "scope",
        MultiFieldPanel(
            ["status", "non_compliance", "disproportionate_burden", "out_of_scope"], heading=_("Compliance")
        ),
        MultiFieldPanel(
            [FieldRowPanel(["prepared_on", "reviewed_on"]), "assessment_method", "assessment_text"],
            heading=_("Preparation"),
        ),
        MultiFieldPanel(["feedback", FieldRowPanel(["feedback_email", "response_days"])], heading=_("Feedback")),
        MultiFieldPanel(
            ["enforcement", FieldRowPanel(["supervisor_name", "supervisor_url"])], heading=_("Enforcement")
        ),
    ]
    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1
    page_description = _(
        "The accessibility statement in the form required by the European Commission. Every page links to it."
    )

    class Meta:
        verbose_name = _("accessibility statement")

    def clean(self):
        super().clean()
        barriers = self.non_compliance or self.disproportionate_burden or self.out_of_scope
        if self.status == self.Status.FULL and (self.non_compliance or self.disproportionate_burden):
            raise ValidationError(
                {"status": _("Choose “Partially compliant”, or remove the texts about content that is not accessible.")}
            )
        if self.status != self.Status.FULL and not barriers:
            raise ValidationError(
                {"non_compliance": _("Describe what is not accessible, or choose “Fully compliant”.")}
            )
