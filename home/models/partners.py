"""The consortium: organisations, the people in them, and the page that shows both."""

from dataclasses import dataclass, field

from django.core.validators import RegexValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from wagtail.admin.panels import FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.images import get_image_model_string
from wagtail.models import TranslatableMixin
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from home.blocks import BodyBlock
from home.collation import sort_key
from home.countries import Countries
from home.language_fallback import in_language
from home.models.base import BasePage


class Organisation(index.Indexed, TranslatableMixin, models.Model):
    """A member of the consortium, or another organisation that pages and people refer to.

    Facts are entered in the source language and are the same everywhere; name and description are words.
    """

    class Role(models.TextChoices):
        COORDINATOR = "coordinator", _("Coordinator")
        BENEFICIARY = "beneficiary", _("Beneficiary")
        ASSOCIATED = "associated", _("Associated partner")
        OTHER = "other", _("Not in the consortium")

    name = models.CharField(_("name"), max_length=160, help_text=_("Its official name in this language."))
    short_name = models.CharField(
        _("short name"), max_length=40, blank=True, help_text=_("An abbreviation in common use, such as THL.")
    )
    country = CountryField(_("country"), countries=Countries)
    role = models.CharField(
        _("role"),
        max_length=12,
        choices=Role,
        blank=True,
        help_text=_(
            "Leave it empty if it is not known. Who is not in the consortium does not appear on the partners page."
        ),
    )
    logo = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("logo"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Without a logo, the page draws a monogram."),
    )
    website = models.URLField(_("website"), blank=True)
    description = models.TextField(
        _("description"),
        max_length=600,
        blank=True,
        help_text=_("What the organisation is and does in the project. At most 600 characters."),
    )

    override_translatable_fields = [
        SynchronizedField("short_name"),
        SynchronizedField("country", overridable=False),
        SynchronizedField("role", overridable=False),
        SynchronizedField("logo", overridable=False),
        SynchronizedField("website"),
    ]
    panels = [
        MultiFieldPanel(["name", FieldRowPanel(["short_name", "country"]), "role"], heading=_("Organisation")),
        "logo",
        "website",
        "description",
    ]
    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.AutocompleteField("short_name"),
        index.FilterField("locale_id"),
        index.FilterField("role"),
        index.FilterField("country"),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]

    def __str__(self):
        return self.name

    @property
    def is_coordinator(self) -> bool:
        return self.role == self.Role.COORDINATOR

    def json_ld(self, layout):
        # A partner may be a university, a hospital or an authority: the type that is true of each of them.
        return {
            "@type": "Organization",
            "name": self.name,
            "description": self.description,
            "url": self.website,
            "address": {"@type": "PostalAddress", "addressCountry": self.country.code},
            "memberOf": {"@id": layout.project_id},
        }


class Person(index.Indexed, TranslatableMixin, models.Model):
    """Somebody whom pages show: a member of the team, a speaker, an author."""

    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(
        _("role in the project"), max_length=120, blank=True, help_text=_("As it is shown below the name.")
    )
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
        help_text=_("Without a portrait, pages draw a monogram."),
    )
    orcid = models.CharField(
        "ORCID",
        max_length=19,
        blank=True,
        validators=[
            RegexValidator(r"^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$", _("Write the ORCID in the form 0000-0002-1825-0097."))
        ],
        help_text=_("In the form 0000-0002-1825-0097."),
    )
    on_partners_page = models.BooleanField(_("show on the partners page"), default=True)

    override_translatable_fields = [
        SynchronizedField("name"),
        SynchronizedField("portrait", overridable=False),
        SynchronizedField("orcid", overridable=False),
        SynchronizedField("on_partners_page", overridable=False),
    ]
    panels = [
        MultiFieldPanel(["name", "role", "organisation"], heading=_("Person")),
        "portrait",
        "orcid",
        "on_partners_page",
    ]
    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.FilterField("locale_id"),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name"]

    def __str__(self):
        return self.name

    @property
    def orcid_url(self) -> str:
        return f"https://orcid.org/{self.orcid}" if self.orcid else ""

    def json_ld(self, layout):
        return {
            "@type": "Person",
            "name": self.name,
            "jobTitle": self.role,
            "worksFor": {"@type": "Organization", "name": self.organisation.name} if self.organisation else None,
            "sameAs": self.orcid_url,
        }


@dataclass
class Country:
    """A country with the consortium's organisations in it, the coordinator first."""

    code: str
    name: str
    organisations: list[Organisation] = field(default_factory=list)


def consortium_by_country(locale) -> list[Country]:
    """Return the consortium in the language of `locale`: the coordinator's country first, then the others by name."""
    rows = Organisation.objects.exclude(role=Organisation.Role.OTHER).select_related("logo", "locale")
    rows = rows.prefetch_related("logo__renditions")
    organisations = sorted(in_language(rows, locale), key=lambda item: (not item.is_coordinator, sort_key(item.name)))
    countries: dict[str, Country] = {}
    for organisation in organisations:
        code = organisation.country.code
        country = countries.setdefault(code, Country(code, organisation.country.name))
        country.organisations.append(organisation)
    first, *others = [*countries.values()] or [None]
    return [first, *sorted(others, key=lambda country: sort_key(country.name))] if first else []


def people_of_consortium(locale) -> list[Person]:
    """Return the people of the partners page in the language of `locale`, by name."""
    rows = Person.objects.filter(on_partners_page=True).select_related("organisation__locale", "portrait", "locale")
    rows = rows.prefetch_related("portrait__renditions")
    return sorted(in_language(rows, locale), key=lambda person: person.name)


class PartnersPage(BasePage):
    body = StreamField(
        BodyBlock(),
        verbose_name=_("text"),
        blank=True,
        help_text=_("Stands above the list of organisations, which comes by itself."),
    )

    kind = _("Partners")
    content_panels = [*BasePage.content_panels, "body"]
    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1
    page_description = _(
        "The consortium by country, with its people. Organisations and people are edited under Consortium."
    )

    class Meta:
        verbose_name = _("partners page")

    def body_text(self):
        organisations = [item for country in consortium_by_country(self.locale) for item in country.organisations]
        words = [f"{item.name} {item.short_name} {item.description}" for item in organisations]
        words += [f"{person.name} {person.role}" for person in people_of_consortium(self.locale)]
        return " ".join([super().body_text(), *words])

    @cached_property
    def countries_shown(self) -> list[Country]:
        """The consortium for one answer; it is read once."""
        return consortium_by_country(self.locale)

    @cached_property
    def people_shown(self) -> list[Person]:
        return people_of_consortium(self.locale)

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["countries"] = self.countries_shown
        context["people"] = self.people_shown
        return context

    def json_ld(self, layout):
        organisations = [item for country in self.countries_shown for item in country.organisations]
        return [item.json_ld(layout) for item in (*organisations, *self.people_shown)]
