"""The training programme page and its modules."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Orderable, TranslatableMixin
from wagtail_localize.fields import SynchronizedField

from home.languages import LanguageCodesField, language_name
from home.models.base import BasePage
from home.text_normalization import list_items, plain_text

TEXT_FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link"]
# Levels of the European Qualifications Framework (Council Recommendation 2017/C 189/03).
EQF_LEVEL = [MinValueValidator(1), MaxValueValidator(8)]


def eqf_label(lowest: int | None, highest: int | None) -> str:
    """Return a range of EQF levels as text; empty if no level is set."""
    if lowest and highest and lowest != highest:
        return gettext("EQF levels %(lowest)d–%(highest)d") % {"lowest": lowest, "highest": highest}
    level = lowest or highest
    return gettext("EQF level %(level)d") % {"level": level} if level else ""


class EqfLevels(models.Model):
    """The EQF levels of a programme or module."""

    eqf_from = models.PositiveSmallIntegerField(
        _("lowest EQF level"), null=True, blank=True, validators=EQF_LEVEL, help_text=_("From 1 to 8.")
    )
    eqf_to = models.PositiveSmallIntegerField(
        _("highest EQF level"),
        null=True,
        blank=True,
        validators=EQF_LEVEL,
        help_text=_("Leave it empty if there is only one level."),
    )

    class Meta:
        abstract = True

    @property
    def eqf_display(self) -> str:
        return eqf_label(self.eqf_from, self.eqf_to)


SYNCHRONIZED_LEVELS = [SynchronizedField("eqf_from", overridable=False), SynchronizedField("eqf_to", overridable=False)]


class ProgrammePage(EqfLevels, BasePage):  # noqa: DJ008  (Page has a __str__)
    introduction = RichTextField(_("text"), features=TEXT_FEATURES, blank=True)
    approach_text = RichTextField(_("how the training works"), features=TEXT_FEATURES, blank=True)
    credits_text = RichTextField(
        _("levels and credits"),
        features=TEXT_FEATURES,
        blank=True,
        help_text=_("Text about ECTS, CME and micro-credentials."),
    )

    entry_text = models.CharField(_("can people still take part"), max_length=200, blank=True)
    place_text = models.CharField(_("where"), max_length=200, blank=True)
    languages = LanguageCodesField(verbose_name=_("languages of the training"))
    duration_text = models.CharField(_("how long it takes"), max_length=200, blank=True)
    price_text = models.CharField(_("what it costs"), max_length=200, blank=True)
    entry_url = models.URLField(
        _("address to take part"), blank=True, help_text=_("The page on which people enrol. It becomes a button.")
    )

    kind = _("Training programme")
    text_fields = ("introduction", "approach_text", "credits_text", "place_text")
    override_translatable_fields = [*SYNCHRONIZED_LEVELS, SynchronizedField("languages", overridable=False)]
    content_panels = [
        *BasePage.content_panels,
        "introduction",
        InlinePanel("modules", label=_("module"), heading=_("Modules")),
        "approach_text",
        MultiFieldPanel([FieldRowPanel(["eqf_from", "eqf_to"]), "credits_text"], heading=_("Levels and credits")),
        MultiFieldPanel(
            ["entry_text", "place_text", "languages", "duration_text", "price_text", "entry_url"],
            heading=_("Taking part"),
            help_text=_("Answers at the end of the page. Empty ones are not shown."),
        ),
    ]
    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.ContentPage"]
    max_count_per_parent = 1
    page_description = _("The training programme with its modules. Empty fields of a module are not shown.")

    class Meta:
        verbose_name = _("training programme page")

    @cached_property
    def modules_shown(self) -> list["ProgrammeModule"]:
        """The modules, loaded once for each response."""
        return self.module_list()

    def module_list(self) -> list["ProgrammeModule"]:
        return list(self.modules.all())

    @property
    def answers(self) -> list[tuple[str, str]]:
        """Questions and answers for people who may take part, as pairs. An answer that nobody has entered is empty."""
        return [
            (gettext("Can I still take part?"), self.entry_text),
            (gettext("Where does it take place?"), self.place_text),
            (gettext("In which languages?"), ", ".join(language_name(code) for code in self.languages)),
            (gettext("How long does it take?"), self.duration_text),
            (gettext("What does it cost?"), self.price_text),
        ]

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["modules"] = self.modules_shown
        context["answers"] = [(question, answer) for question, answer in self.answers if answer]
        return context

    def json_ld(self, layout):
        course = {
            "@type": "Course",
            "@id": f"{layout.canonical_url}#course",
            "name": self.title,
            "description": plain_text(self.introduction) or self.teaser_text,
            "url": layout.canonical_url,
            "provider": {"@id": layout.project_id},
            "educationalLevel": self.eqf_display,
            "hasPart": [module.json_ld(layout) for module in self.modules_shown],
        }
        return [course]

    def body_text(self):
        modules = " ".join(f"{module.title} {module.description} {module.outcomes}" for module in self.module_list())
        return f"{super().body_text()} {modules}"


class ProgrammeModule(EqfLevels, TranslatableMixin, Orderable):
    page = ParentalKey(ProgrammePage, on_delete=models.CASCADE, related_name="modules")
    title = models.CharField(_("title"), max_length=120)
    audience = models.CharField(
        _("for whom"),
        max_length=200,
        blank=True,
        help_text=_("For example “Nurses in cancer care”. Empty fields are not shown."),
    )
    description = RichTextField(_("description"), features=["bold", "italic", "link"], blank=True)
    outcomes = RichTextField(
        _("learning outcomes"),
        features=["bold", "italic", "ul", "link"],
        blank=True,
        help_text=_("A list of what participants can do after the module."),
    )
    ects = models.DecimalField(
        _("ECTS credits"), max_digits=4, decimal_places=1, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    cme_points = models.DecimalField(
        _("CME points"), max_digits=4, decimal_places=1, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    languages = LanguageCodesField(verbose_name=_("languages of the training"))
    url = models.URLField(_("address of the module"), blank=True)
    link_label = models.CharField(
        _("link text"), max_length=80, blank=True, help_text=_("For example “Open the course for nurses”.")
    )

    override_translatable_fields = [
        *SYNCHRONIZED_LEVELS,
        SynchronizedField("ects", overridable=False),
        SynchronizedField("cme_points", overridable=False),
        SynchronizedField("languages", overridable=False),
    ]
    panels = [
        "title",
        "audience",
        "description",
        "outcomes",
        FieldRowPanel(["eqf_from", "eqf_to", "ects", "cme_points"]),
        "languages",
        FieldRowPanel(["url", "link_label"]),
    ]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("module")
        verbose_name_plural = _("modules")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(eqf_from=None) | models.Q(eqf_to=None) | models.Q(eqf_to__gte=models.F("eqf_from")),
                name="home_module_levels_in_order",
                violation_error_message=_("The highest level cannot be below the lowest level."),
            )
        ]

    def __str__(self):
        return self.title

    @property
    def shows_audience(self) -> bool:
        """Whether to show the target group. “Nurses in cancer care” is not shown: it has all words of the title “Nurses”."""
        return bool(self.audience) and not set(self.title.casefold().split()) <= set(self.audience.casefold().split())

    def json_ld(self, layout):
        return {
            "@type": "Course",
            "name": self.title,
            "description": plain_text(self.description),
            "url": self.url,
            "provider": {"@id": layout.project_id},
            "audience": {"@type": "Audience", "audienceType": self.audience} if self.audience else None,
            "educationalLevel": self.eqf_display,
            "teaches": list_items(self.outcomes),
            "inLanguage": self.languages,
        }

    @property
    def languages_display(self) -> list[str]:
        return [language_name(code) for code in self.languages]
