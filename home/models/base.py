"""What every page of the site shares."""

from http import HTTPMethod

from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.coreutils import find_available_slug, string_to_ascii
from wagtail.images import get_image_model_string
from wagtail.models import Page, PageViewRestriction
from wagtail.search import index

from home.layout import Layout
from home.text_normalization import fold


class BasePage(Page):
    """A page of the site: its introduction, its teaser, and what search engines and social networks are told of it.

    `Page` brings `seo_title` and `search_description`; where they are empty, title and summary stand in.
    """

    lead = models.TextField(
        _("introduction"),
        blank=True,
        max_length=400,
        help_text=_("One or two sentences below the title. At most 400 characters."),
    )
    summary = models.TextField(
        _("teaser"),
        blank=True,
        max_length=300,
        help_text=_(
            "Shown where other pages, search results and feeds point to this page. At most 300 characters; "
            "without it, the introduction is used."
        ),
    )
    share_image = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("social image"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_(
            "Shown when somebody shares the page. At least 1200 × 630 pixels; "
            "without it, the site's own drawing is used."
        ),
    )

    content_panels = [*Page.content_panels, FieldPanel("lead")]
    promote_panels = [
        MultiFieldPanel(
            ["slug", "seo_title", "search_description"],
            heading=_("For search engines"),
        ),
        MultiFieldPanel(["summary", "share_image", "show_in_menus"], heading=_("For this site and social networks")),
    ]

    search_fields = [*Page.search_fields, index.AutocompleteField("folded_text"), index.FilterField("locale_id")]

    # Pages are read. A page type with a form says so itself.
    allowed_http_methods = [HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.OPTIONS]

    # The kind of page in the words of a visitor, said in search results.
    kind: str = ""
    # Whether search engines may list pages of this type.
    is_indexable = True
    # Whether pages of this type show title and period of the project.
    shows_project_facts = False

    class Meta:
        abstract = True

    def full_clean(self, *args, **kwargs):
        self._give_slug()
        super().full_clean(*args, **kwargs)

    def minimal_clean(self):
        self._give_slug()
        super().minimal_clean()

    def _give_slug(self) -> None:
        """Write a Greek title in Latin letters where the page has no slug.

        Wagtail does so in its form for new pages alone, and the translation editor makes an empty slug of Greek words.
        """
        if not self.slug and self.path and not slugify(self.title):
            self.slug = find_available_slug(self.get_parent(), slugify(string_to_ascii(self.title)), self.pk)

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["layout"] = Layout(request, page=self)
        return context

    # The home page, the pages between and this one, where the page was found by its address (`home/http/routing.py`).
    lineage: list[Page] = []

    def get_view_restrictions(self):
        """Return who may see the page, as Wagtail does; the ancestors are not read again where they are known."""
        # An alias is as private as the page it stands for: that is left to Wagtail.
        if not self.lineage or any(page.alias_of_id for page in self.lineage):
            return super().get_view_restrictions()
        root = self.path[: Page.steplen]
        return PageViewRestriction.objects.filter(page__path__in=[root, *(page.path for page in self.lineage)])

    @property
    def teaser_text(self) -> str:
        return self.summary or self.lead or self.search_description

    @property
    def social_image(self):
        """The image that stands for the page elsewhere, or None; page types with a picture of their own offer it."""
        return self.share_image

    def body_text(self) -> str:
        """Return the page's words besides title, introduction and teaser, for the search index."""
        fields = [getattr(self, name) for name in self.text_fields if getattr(self, name, None)]
        return " ".join(str(field) for field in fields)

    # Names of rich text and StreamField fields whose words the search should find.
    text_fields: tuple[str, ...] = ("body",)

    def folded_text(self) -> str:
        """Return what the search looks in: every word of the page without case, accents and markup."""
        return fold(f"{self.title} {self.lead} {self.summary} {self.body_text()}")

    def json_ld(self, layout: Layout) -> list[dict[str, object]]:
        """Return the schema.org nodes that describe this page, besides breadcrumbs and the project itself."""
        return []
