"""The project's results: work packages, deliverables, milestones and publications."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldRowPanel, InlinePanel, PanelGroup
from wagtail.documents import get_document_model_string
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, TranslatableMixin
from wagtail_localize.fields import SynchronizedField

from home.blocks import FindingsBlock
from home.language_fallback import published
from home.models.base import BasePage
from home.page_forms import PageForm

DOI = RegexValidator(r"^10\.\d{4,9}/\S+$", _("Enter the DOI without https://doi.org/, for example 10.1234/abcd."))


class DoiMixin(models.Model):
    doi = models.CharField(
        "DOI", max_length=120, blank=True, validators=[DOI], help_text=_("For example 10.1234/abcd.")
    )

    class Meta:
        abstract = True

    @property
    def doi_url(self) -> str:
        return f"https://doi.org/{self.doi}" if self.doi else ""


class ResultsPageForm(PageForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.for_user and not self.for_user.has_perm("home.name_editors"):
            self.formsets.pop("deliverable_editors", None)

    def clean(self):
        cleaned = super().clean()
        packages = {form.cleaned_data.get("number") for form in _remaining_forms(self, "work_packages")}
        for relation in ("deliverables", "deliverable_editors"):
            for form in _remaining_forms(self, relation):
                number = form.cleaned_data.get("work_package_number")
                if number and number not in packages:
                    form.add_error(
                        "work_package_number",
                        _("Enter the number of a work package on this page. There is no work package %(number)d.")
                        % {"number": number},
                    )
        return cleaned


def _remaining_forms(page_form, relation: str):
    formset = page_form.formsets.get(relation)
    forms = formset.forms if formset else []
    return [form for form in forms if form.is_valid() and form.cleaned_data and not form.cleaned_data.get("DELETE")]


class DeliverableEditorsPanel(InlinePanel):
    """The panel for the editors of deliverables. It is hidden if the user's form does not have this field."""

    def get_bound_panel(self, instance=None, request=None, form=None, prefix="panel"):
        if form is not None and self.relation_name not in form.formsets:
            return PanelGroup().bind_to_model(self.model).get_bound_panel(instance, request, form, prefix)
        return super().get_bound_panel(instance, request, form, prefix)


class ResultsPage(BasePage):
    introduction = RichTextField(
        _("text"), features=["bold", "italic", "ol", "ul", "link", "document-link"], blank=True
    )
    findings = StreamField(
        FindingsBlock(),
        verbose_name=_("key findings"),
        blank=True,
        help_text=_("Figures that others may quote, each with its source. They come first on the page."),
    )
    platform_url = models.URLField(
        _("results platform"),
        blank=True,
        help_text=_("Address of the project on the funding programme’s results platform."),
    )

    kind = _("Results")
    text_fields = ("introduction", "findings")
    base_form_class = ResultsPageForm
    override_translatable_fields = [SynchronizedField("platform_url", overridable=False)]
    content_panels = [
        *BasePage.content_panels,
        "introduction",
        "findings",
        "platform_url",
        InlinePanel("work_packages", label=_("work package"), heading=_("Work packages")),
        InlinePanel("deliverables", label=_("deliverable"), heading=_("Deliverables")),
        DeliverableEditorsPanel(
            "deliverable_editors",
            label=_("organisation"),
            heading=_("Who edits deliverables"),
            help_text=_(
                "The accounts of these organisations change the deliverables of the work package in the menu Deliverables, "
                "and nothing else of this page. An editor approves what they change."
            ),
        ),
        InlinePanel("result_milestones", label=_("milestone"), heading=_("Milestones")),
        InlinePanel("publications", label=_("publication"), heading=_("Publications")),
    ]
    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.ContentPage"]
    max_count_per_parent = 1
    page_description = _(
        "Work packages, deliverables, milestones and publications. A sensitive deliverable is listed without its file."
    )

    class Meta:
        verbose_name = _("results page")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        packages = list(self.work_packages.select_related("lead__locale"))
        context["work_packages"] = packages
        context["deliverables"] = self._deliverables_by_package(packages)
        context["milestones"] = list(self.result_milestones.all())
        context["publications"] = self.publications_shown
        settings = context["layout"].settings
        # If the project has ended, the template shows nothing as planned.
        context["has_ended"] = bool(settings) and settings.has_ended
        return context

    def _deliverables_by_package(
        self, packages: list["WorkPackage"]
    ) -> list[tuple["WorkPackage | None", list["Deliverable"]]]:
        """Return the deliverables of each work package; those without a work package come last, under None."""
        groups: dict[int | None, list[Deliverable]] = {package.number: [] for package in packages}
        groups[None] = []
        for deliverable in self.deliverables_shown:
            number = deliverable.work_package_number
            groups[number if number in groups else None].append(deliverable)
        named: list[WorkPackage | None] = [*packages, None]
        found = [(package, groups[package.number if package else None]) for package in named]
        return [(package, deliverables) for package, deliverables in found if deliverables]

    @cached_property
    def deliverables_shown(self) -> list["Deliverable"]:
        """The deliverables, loaded once for each response."""
        return list(self.deliverables.select_related("document"))

    @cached_property
    def publications_shown(self) -> list["ProjectPublication"]:
        return list(self.publications.all())

    def json_ld(self, layout):
        documents = [item for item in self.deliverables_shown if item.is_published]
        return [item.json_ld(layout) for item in (*documents, *self.publications_shown)]

    def body_text(self):
        rows = [*self.work_packages.all(), *self.deliverables.all(), *self.publications.all()]
        return " ".join([super().body_text(), *(row.title for row in rows)])


class WorkPackage(TranslatableMixin, Orderable):
    page = ParentalKey(ResultsPage, on_delete=models.CASCADE, related_name="work_packages")
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), max_length=600, blank=True)
    lead = models.ForeignKey(
        "home.Organisation",
        verbose_name=_("led by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    override_translatable_fields = [SynchronizedField("number", overridable=False)]
    panels = [FieldRowPanel(["number", "lead"]), "title", "description"]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("work package")
        verbose_name_plural = _("work packages")

    def __str__(self):
        return self.title

    @cached_property
    def public_lead(self):
        return published(self.lead, self)


class Deliverable(DoiMixin, TranslatableMixin, Orderable):
    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        SUBMITTED = "submitted", pgettext_lazy("deliverable", "Submitted")
        APPROVED = "approved", _("Approved")

    class Dissemination(models.TextChoices):
        PUBLIC = "public", pgettext_lazy("deliverable", "Public")
        SENSITIVE = "sensitive", _("Sensitive")

    page = ParentalKey(ResultsPage, on_delete=models.CASCADE, related_name="deliverables")
    number = models.CharField(_("number"), max_length=10, help_text=_("As in the grant agreement, for example D2.1."))
    title = models.CharField(_("title"), max_length=200)
    work_package_number = models.PositiveSmallIntegerField(
        _("work package"), null=True, blank=True, help_text=_("The number of a work package on this page.")
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=Status,
        default=Status.PLANNED,
        help_text=_("“Submitted” means sent to the funder. Choose “Approved” when the funder has accepted it."),
    )
    dissemination = models.CharField(
        _("dissemination level"),
        max_length=10,
        choices=Dissemination,
        default=Dissemination.PUBLIC,
        help_text=_("As in the grant agreement. A sensitive deliverable is listed without its file."),
    )
    document = models.ForeignKey(
        get_document_model_string(),
        verbose_name=_("file"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    override_translatable_fields = [
        SynchronizedField("number", overridable=False),
        SynchronizedField("work_package_number", overridable=False),
        SynchronizedField("due_on", overridable=False),
        SynchronizedField("status", overridable=False),
        SynchronizedField("dissemination", overridable=False),
        SynchronizedField("document", overridable=False),
        SynchronizedField("doi", overridable=False),
    ]
    panels = [
        FieldRowPanel(["number", "work_package_number", "due_on"]),
        "title",
        FieldRowPanel(["status", "dissemination"]),
        FieldRowPanel(["document", "doi"]),
    ]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("deliverable")
        verbose_name_plural = _("deliverables")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(dissemination="public") | models.Q(document=None),
                name="home_sensitive_deliverable_has_no_file",
                violation_error_message=_("Remove the file: the file of a sensitive deliverable is not published."),
            )
        ]

    def __str__(self):
        return f"{self.number} {self.title}"

    def clean(self):
        super().clean()
        if self.dissemination == self.Dissemination.SENSITIVE and self.document_id:
            raise ValidationError(
                {"document": _("Remove the file: the file of a sensitive deliverable is not published.")}
            )

    @property
    def is_published(self) -> bool:
        return self.dissemination == self.Dissemination.PUBLIC and bool(self.document_id or self.doi)

    def json_ld(self, layout):
        return {
            "@type": "DigitalDocument",
            "name": self.title,
            "identifier": [self.number, self.doi_url],
            "url": layout.absolute(self.file_url) if self.file_url else self.doi_url,
        }

    @property
    def file_url(self) -> str:
        return self.document.url if self.document_id else ""


class DeliverableEditor(TranslatableMixin, Orderable):
    """An organisation whose accounts edit the deliverables of a work package (`home/deliverables.py`).

    Only rows of the source page count, in its published version.
    """

    page = ParentalKey(ResultsPage, on_delete=models.CASCADE, related_name="deliverable_editors")
    work_package_number = models.PositiveSmallIntegerField(
        _("work package"), help_text=_("The number of a work package on this page.")
    )
    organisation = models.ForeignKey(
        "home.Organisation", verbose_name=_("organisation"), on_delete=models.CASCADE, related_name="+"
    )

    override_translatable_fields = [
        SynchronizedField("work_package_number", overridable=False),
        SynchronizedField("organisation", overridable=False),
    ]
    panels = [FieldRowPanel(["work_package_number", "organisation"])]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("organisation that edits deliverables")
        verbose_name_plural = _("organisations that edit deliverables")

    def __str__(self):
        return f"{self.work_package_number} {self.organisation}"


class ResultMilestone(TranslatableMixin, Orderable):
    page = ParentalKey(ResultsPage, on_delete=models.CASCADE, related_name="result_milestones")
    date = models.DateField(_("date"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=200)
    text = models.CharField(_("description in one sentence"), max_length=300, blank=True)

    override_translatable_fields = [SynchronizedField("date", overridable=False)]
    panels = ["date", "title", "text"]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")

    def __str__(self):
        return self.title


class ProjectPublication(DoiMixin, TranslatableMixin, Orderable):
    """A paper, chapter or report. Its bibliographic data is not translated."""

    page = ParentalKey(ResultsPage, on_delete=models.CASCADE, related_name="publications")
    title = models.CharField(_("title"), max_length=300)
    authors = models.CharField(_("authors"), max_length=300)
    year = models.PositiveSmallIntegerField(_("year"))
    venue = models.CharField(_("journal or publisher"), max_length=200, blank=True)
    url = models.URLField(_("address"), blank=True, help_text=_("Only if there is no DOI."))
    language = models.CharField(
        _("language code"), max_length=5, default="en", help_text=_("The language of the title, for example en or fi.")
    )

    override_translatable_fields = [
        SynchronizedField(name, overridable=False)
        for name in ("title", "authors", "year", "venue", "url", "doi", "language")
    ]
    panels = ["title", "authors", FieldRowPanel(["year", "venue", "language"]), FieldRowPanel(["doi", "url"])]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        ordering = ["-year", "sort_order"]
        verbose_name = _("publication")
        verbose_name_plural = _("publications")

    def __str__(self):
        return self.title

    def json_ld(self, layout):
        return {
            "@type": "ScholarlyArticle",
            "headline": self.title,
            "creditText": self.authors,
            "datePublished": str(self.year),
            "isPartOf": {"@type": "CreativeWork", "name": self.venue} if self.venue else None,
            "inLanguage": self.language,
            "identifier": self.doi_url,
            "url": self.doi_url or self.url,
        }
