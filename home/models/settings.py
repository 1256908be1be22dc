"""The settings of the project: names, grant, period, contact and official texts."""

import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.models import Locale, Orderable, RevisionMixin

from home.validity import changes_at

# Words for co-funding in the official statements, by language. Statements in other languages are not checked.
COFUNDED_WORDS = {"en": ("co-funded", "cofunded"), "fi": ("osarahoit",), "et": ("kaasrahasta",), "el": ("συγχρηματοδ",)}


class ProjectSettingsForm(WagtailAdminModelForm):
    """Refuses a funding statement that does not match the kind of funding: funded or co-funded."""

    def clean(self):
        cleaned = super().clean()
        texts = self.formsets.get("texts")
        kind = cleaned.get("funding_kind")
        for form in texts.forms if texts and kind else []:
            locale = (
                form.cleaned_data.get("locale") if form.is_valid() and not form.cleaned_data.get("DELETE") else None
            )
            words = COFUNDED_WORDS.get(locale.language_code) if locale else None
            if words is None:
                continue
            statement = form.cleaned_data.get("funding_statement", "").casefold()
            is_cofunded = any(word in statement for word in words)
            if is_cofunded != (kind == ProjectSettings.FundingKind.COFUNDED):
                form.add_error(
                    "funding_statement",
                    _(
                        "This statement is for a different kind of funding from the one chosen above. Correct one of them."
                    ),
                )
        return cleaned


@register_setting(icon="site", order=100)
class ProjectSettings(RevisionMixin, ClusterableModel, BaseSiteSetting):
    """The project's data that is the same in all languages. Each save creates a version, which editors can restore."""

    class FundingKind(models.TextChoices):
        FUNDED = "funded", _("Funded by the European Union")
        COFUNDED = "cofunded", _("Co-funded by the European Union")

    class ChangedTexts(models.TextChoices):
        """What translations show where a text changed in the source, until someone has checked its translation."""

        KEEP = "keep", _("The old translation")
        SOURCE = "source", _("The new text in the source language")

    acronym = models.CharField(
        _("acronym"),
        max_length=40,
        help_text=_("Shown in the header of every page and at the end of every page title."),
    )
    programme_name = models.CharField(
        _("funding programme"),
        max_length=80,
        blank=True,
        help_text=_("As in the grant agreement, for example EU4Health."),
    )
    grant_number = models.CharField(
        _("grant agreement number"), max_length=40, blank=True, help_text=_("Only the number, for example 101101253.")
    )
    funding_kind = models.CharField(
        _("kind of EU funding"),
        max_length=10,
        choices=FundingKind,
        default=FundingKind.FUNDED,
        help_text=_("As in the grant agreement. The funding statement below must begin with the same words."),
    )
    starts_on = models.DateField(_("first day of the project"), null=True, blank=True)
    ends_on = models.DateField(_("last day of the project"), null=True, blank=True)
    coordinator = models.ForeignKey(
        "home.Organisation",
        verbose_name=_("coordinator"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Choose the organisation in the source language. Pages in other languages show its translation."),
    )
    contact_name = models.CharField(_("contact"), max_length=120, blank=True, help_text=_("A person or an office."))
    contact_email = models.EmailField(_("contact email"), blank=True, help_text=_("Shown on every page."))
    results_platform_url = models.URLField(
        _("results platform"),
        blank=True,
        help_text=_("Address of the project on the funding programme’s results platform."),
    )

    changed_texts = models.CharField(
        _("translations of changed texts"),
        max_length=10,
        choices=ChangedTexts,
        default=ChangedTexts.KEEP,
        help_text=_(
            "What a translated page shows when a text changes in the source, until someone has checked its translation. "
            "It applies to texts that change from now on."
        ),
    )

    base_form_class = ProjectSettingsForm
    panels = [
        MultiFieldPanel(
            [
                "acronym",
                FieldRowPanel(["programme_name", "grant_number"]),
                "funding_kind",
                FieldRowPanel(["starts_on", "ends_on"]),
                "coordinator",
                "results_platform_url",
            ],
            heading=_("Project"),
        ),
        MultiFieldPanel([FieldRowPanel(["contact_name", "contact_email"])], heading=_("Contact")),
        MultiFieldPanel(["changed_texts"], heading=_("Translations")),
        InlinePanel("social_accounts", label=_("account"), heading=_("Social media")),
        InlinePanel(
            "texts",
            label=_("language"),
            heading=_("Texts by language"),
            help_text=_("One entry for each language of the site."),
        ),
        HelpPanel(template="wagtailadmin/settings_versions/link.html", heading=_("Earlier versions")),
    ]

    class Meta:
        verbose_name = _("project")
        permissions = [("view_reports", _("Can read the reports about events and the project"))]

    def __str__(self):
        return self.acronym

    @property
    def has_ended(self) -> bool:
        """Whether the last day of the project has passed, in the time zone of the site."""
        if self.ends_on is None:
            return False
        following = self.ends_on + datetime.timedelta(days=1)
        end = timezone.make_aware(datetime.datetime.combine(following, datetime.time()))
        changes_at(end)
        return end <= timezone.now()

    def clean(self):
        super().clean()
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The last day cannot be before the first day.")})


class SocialAccount(Orderable):
    project = ParentalKey(ProjectSettings, on_delete=models.CASCADE, related_name="social_accounts")
    label = models.CharField(_("name of the service"), max_length=40)
    url = models.URLField(_("address"))

    panels = [FieldRowPanel(["label", "url"])]

    class Meta(Orderable.Meta):
        verbose_name = _("social media account")
        verbose_name_plural = _("social media accounts")

    def __str__(self):
        return self.label


class LanguageTexts(Orderable):
    """The project's texts in one language.

    The funding statement and the disclaimer are official texts: editors enter them in each language, nobody translates them.
    """

    project = ParentalKey(ProjectSettings, on_delete=models.CASCADE, related_name="texts")
    locale = models.ForeignKey(Locale, verbose_name=_("language"), on_delete=models.CASCADE, related_name="+")
    project_title = models.CharField(
        _("full title of the project"), max_length=200, help_text=_("As in the grant agreement, or translated from it.")
    )
    authority_name = models.CharField(
        _("granting authority"),
        max_length=160,
        blank=True,
        help_text=_("Its name as in the disclaimer in this language."),
    )
    funding_statement = models.CharField(
        _("funding statement"),
        max_length=200,
        help_text=_("Shown beside the EU emblem on every page. Use the full official text; do not shorten it to “EU”."),
    )
    disclaimer = models.TextField(
        _("disclaimer"),
        max_length=1000,
        help_text=_("The official text that names the granting authority. Shown on every page below the statement."),
    )
    footer_text = models.TextField(
        _("about the project"),
        max_length=300,
        blank=True,
        help_text=_("Two sentences for the footer of every page. At most 300 characters."),
    )
    confirmed_by = models.CharField(
        _("confirmed by"),
        max_length=120,
        blank=True,
        help_text=_(
            "The person who compared the statement and the disclaimer with the official text. "
            "Until you enter a name, the dashboard lists the texts as not confirmed."
        ),
    )
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)

    panels = [
        "locale",
        "project_title",
        "authority_name",
        "funding_statement",
        "disclaimer",
        FieldRowPanel(["confirmed_by", "confirmed_on"]),
        "footer_text",
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("texts in a language")
        verbose_name_plural = _("texts by language")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "locale"],
                name="home_one_text_per_language",
                violation_error_message=_("There is already an entry for this language. Edit that entry."),
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by="", confirmed_on=None)
                | (~models.Q(confirmed_by="") & models.Q(confirmed_on__isnull=False)),
                name="home_confirmation_is_whole",
                violation_error_message=_("Enter both who confirmed the funding text and the date."),
            ),
        ]

    def __str__(self):
        return str(self.locale)
