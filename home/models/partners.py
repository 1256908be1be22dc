"""Organisations, people, and the page that shows the consortium."""

from dataclasses import dataclass, field

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.images import get_image_model_string
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from home.blocks import BodyBlock
from home.collation import sort_key
from home.countries import Countries
from home.http import page_cache
from home.language_fallback import in_language, published
from home.models.base import BasePage
from home.models.snippet_previews import PreviewedOnPartnersPage, with_draft
from home.models.snippets import ReviewedSnippet
from home.page_forms import OrganisationForm

orcid_validator = RegexValidator(
    r"^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$", _("Enter the ORCID in the format 0000-0002-1825-0097.")
)


class Organisation(PreviewedOnPartnersPage, index.Indexed, ReviewedSnippet):
    """A member of the consortium, or another organisation that pages and people refer to.

    Country, role and logo are edited in the source language and copied to the translations.
    """

    class Role(models.TextChoices):
        COORDINATOR = "coordinator", _("Coordinator")
        BENEFICIARY = "beneficiary", _("Beneficiary")
        ASSOCIATED = "associated", _("Associated partner")
        OTHER = "other", _("Not in the consortium")

    name = models.CharField(_("name"), max_length=160, help_text=_("The official name in this language."))
    short_name = models.CharField(
        _("short name"), max_length=40, blank=True, help_text=_("A common abbreviation, for example THL.")
    )
    country = CountryField(_("country"), countries=Countries)
    role = models.CharField(
        _("role"),
        max_length=12,
        choices=Role,
        blank=True,
        help_text=_(
            "Leave it empty if you do not know it. Organisations outside the consortium are not shown on the partners page."
        ),
    )
    logo = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("logo"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("If there is no logo, the page shows initials."),
    )
    website = models.URLField(_("website"), blank=True)
    description = models.TextField(
        _("description"),
        max_length=600,
        blank=True,
        help_text=_("The organisation and its role in the project. At most 600 characters."),
    )
    editors = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("its accounts"),
        blank=True,
        related_name="organisations",
        limit_choices_to={"is_active": True},
        help_text=_(
            "The accounts that belong to this organisation. They write its news and fact sheets and change this entry and "
            "its people, in all languages. An editor approves what they write. Changes to this list take effect when "
            "you save, even as a draft."
        ),
    )

    base_form_class = OrganisationForm

    override_translatable_fields = [
        *ReviewedSnippet.override_translatable_fields,
        SynchronizedField("short_name"),
        SynchronizedField("country", overridable=False),
        SynchronizedField("role", overridable=False),
        SynchronizedField("logo", overridable=False),
        SynchronizedField("website"),
    ]
    panels = [
        MultiFieldPanel(
            [FieldPanel("name", required_on_save=True), FieldRowPanel(["short_name", "country"]), "role"],
            heading=_("Organisation"),
        ),
        "logo",
        "website",
        "description",
        FieldPanel("editors", widget=forms.CheckboxSelectMultiple, permission="home.name_editors"),
    ]
    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.AutocompleteField("short_name"),
        # The admin's list excludes hidden drafts by primary key.
        index.FilterField("id"),
        index.FilterField("locale_id"),
        index.FilterField("live"),
        index.FilterField("role"),
        index.FilterField("country"),
    ]

    class Meta(ReviewedSnippet.Meta):
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        permissions = [("name_editors", _("Can name the editors of organisations"))]
        ordering = ["name"]

    # The colour of the initials, as a number. Lists with several organisations assign different ones.
    tone = 0

    def __str__(self):
        return self.name

    @property
    def is_coordinator(self) -> bool:
        return self.role == self.Role.COORDINATOR

    def json_ld(self, layout):
        # The general type, because a partner may be a university, a hospital or an authority.
        return {
            "@type": "Organization",
            "name": self.name,
            "description": self.description,
            "url": self.website,
            "address": {"@type": "PostalAddress", "addressCountry": self.country.code},
            "memberOf": {"@id": layout.project_id},
        }


class Person(PreviewedOnPartnersPage, index.Indexed, ReviewedSnippet):
    """A person shown on pages: a team member, speaker or author."""

    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role in the project"), max_length=120, blank=True, help_text=_("Shown below the name."))
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="people",
    )
    portrait = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("portrait"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("If there is no portrait, pages show an illustration."),
    )
    orcid = models.CharField(
        "ORCID",
        max_length=19,
        blank=True,
        validators=[orcid_validator],
        help_text=_("For example 0000-0002-1825-0097."),
    )
    on_partners_page = models.BooleanField(_("show on the partners page"), default=True)

    override_translatable_fields = [
        *ReviewedSnippet.override_translatable_fields,
        SynchronizedField("name"),
        SynchronizedField("portrait", overridable=False),
        SynchronizedField("orcid", overridable=False),
        SynchronizedField("on_partners_page", overridable=False),
    ]
    panels = [
        MultiFieldPanel([FieldPanel("name", required_on_save=True), "role", "organisation"], heading=_("Person")),
        "portrait",
        "orcid",
        "on_partners_page",
    ]
    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        # The list in the admin leaves out drafts by their key.
        index.FilterField("id"),
        index.FilterField("locale_id"),
        index.FilterField("live"),
    ]

    class Meta(ReviewedSnippet.Meta):
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name"]

    def __str__(self):
        return self.name

    @cached_property
    def public_organisation(self) -> Organisation | None:
        return published(self.organisation, self)

    @property
    def orcid_url(self) -> str:
        return f"https://orcid.org/{self.orcid}" if self.orcid else ""

    def json_ld(self, layout):
        return {
            "@type": "Person",
            "name": self.name,
            "jobTitle": self.role,
            "worksFor": {"@type": "Organization", "name": self.public_organisation.name}
            if self.public_organisation
            else None,
            "sameAs": self.orcid_url,
        }


# The most circles that the drawing has room for.
MOST_COUNTRIES = 30
# The number of colours for initials in circles.
TONES = 5


@dataclass
class Country:
    """A country with its organisations of the consortium, the coordinator first."""

    code: str
    name: str
    organisations: list[Organisation] = field(default_factory=list)


def organisations_in(locale) -> list[Organisation]:
    """Return each organisation once, ordered by name, in the language of `locale` if it is translated. Cached."""

    def find() -> list[Organisation]:
        return in_language(Organisation.objects.select_related("locale").order_by("name"), locale)

    return page_cache.cached(f"organisations-{locale.pk}", find)


def consortium_by_country(locale, draft=None) -> list[Country]:
    """Return the countries of the consortium in the language of `locale`: the coordinator's first, then others by name.

    An organisation that is a `draft` takes the place of its row.
    """
    rows = Organisation.objects.exclude(role=Organisation.Role.OTHER).select_related("logo", "locale")
    rows = rows.prefetch_related("logo__renditions")
    if isinstance(draft, Organisation):
        rows = with_draft(rows, draft, is_shown=draft.role != Organisation.Role.OTHER)
    organisations = sorted(in_language(rows, locale), key=lambda item: (not item.is_coordinator, sort_key(item.name)))
    countries: dict[str, Country] = {}
    for number, organisation in enumerate(organisations):
        organisation.tone = number % TONES
        code = organisation.country.code
        country = countries.setdefault(code, Country(code, organisation.country.name))
        country.organisations.append(organisation)
    first, *others = [*countries.values()] or [None]
    return [first, *sorted(others, key=lambda country: sort_key(country.name))] if first else []


def people_of_consortium(locale, draft=None) -> list[Person]:
    """Return the people for the partners page in the language of `locale`, ordered by name.

    A person who is a `draft` takes the place of their row.
    """
    rows = Person.objects.filter(on_partners_page=True).select_related("organisation__locale", "portrait", "locale")
    rows = rows.prefetch_related("portrait__renditions")
    if isinstance(draft, Person):
        rows = with_draft(rows, draft, is_shown=draft.on_partners_page)
    return sorted(in_language(rows, locale), key=lambda person: person.name)


class PartnersPage(BasePage):
    body = StreamField(
        BodyBlock(),
        verbose_name=_("text"),
        blank=True,
        help_text=_("Shown above the list of organisations, which is created automatically."),
    )

    country_count = models.PositiveSmallIntegerField(
        _("number of countries in the consortium"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(MOST_COUNTRIES)],
        help_text=_("The drawing shows countries without a listed partner as empty circles."),
    )
    training_countries = CountryField(
        verbose_name=_("countries in which the training was also run"),
        multiple=True,
        blank=True,
        countries=Countries,
        help_text=_("Countries without a listed partner. They are part of the drawing."),
    )

    kind = _("Partners")
    override_translatable_fields = [
        SynchronizedField("country_count", overridable=False),
        SynchronizedField("training_countries", overridable=False),
    ]
    content_panels = [
        *BasePage.content_panels,
        "body",
        MultiFieldPanel(["country_count", "training_countries"], heading=_("Drawing of the countries")),
    ]
    # The draft of an organisation or a person that is shown in its place.
    previewed: Organisation | Person | None = None

    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1
    page_description = _("The consortium by country, with its people. Edit organisations and people under Consortium.")

    class Meta:
        verbose_name = _("partners page")

    def body_text(self):
        organisations = [item for country in consortium_by_country(self.locale) for item in country.organisations]
        words = [f"{item.name} {item.short_name} {item.description}" for item in organisations]
        words += [f"{person.name} {person.role}" for person in people_of_consortium(self.locale)]
        return " ".join([super().body_text(), *words])

    @cached_property
    def countries_shown(self) -> list[Country]:
        """The countries of the consortium, loaded once for each response."""
        return consortium_by_country(self.locale, self.previewed)

    @cached_property
    def people_shown(self) -> list[Person]:
        return people_of_consortium(self.locale, self.previewed)

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["countries"] = self.countries_shown
        context["people"] = self.people_shown
        if self.previewed:
            shown = [*self.people_shown, *(item for country in self.countries_shown for item in country.organisations)]
            context.update(previewed=self.previewed, is_shown=any(item is self.previewed for item in shown))
        listed = {country.code for country in self.countries_shown}
        context["training_countries"] = [country for country in self.training_countries if country.code not in listed]
        context["more_countries"] = max((self.country_count or 0) - len(listed), 0)
        return context

    def json_ld(self, layout):
        organisations = [item for country in self.countries_shown for item in country.organisations]
        return [item.json_ld(layout) for item in (*organisations, *self.people_shown)]
