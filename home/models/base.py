"""The base class of all pages of the site."""

from __future__ import annotations

from http import HTTPMethod
from typing import TYPE_CHECKING

from django.db import models
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.coreutils import find_available_slug, string_to_ascii
from wagtail.images import get_image_model_string
from wagtail.models import Page, PageViewRestriction
from wagtail.search import index

from home.http.current_request import current_request
from home.models.held_back import HeldBackMixin
from home.models.page_context import page_context
from home.page_forms import PageCopyForm, PageForm
from home.page_permissions import PagePermissions
from home.panels import ChecksPanel
from home.text_normalization import fold, plain_text

if TYPE_CHECKING:
    from home.layout import Layout


# The panel sets the help text, because that of the field is outdated and is in the migrations of four apps.
SHARE_IMAGE_PANEL = FieldPanel(
    "share_image",
    help_text=_(
        "Shown when the page is shared on social media. At least 1200 × 630 pixels. "
        "Without it, one with the title of the page is made."
    ),
)

# Pixels. Social networks show smaller images tiny or not at all, and search engines require 50,000 pixels in area.
SMALLEST_SHARED = (600, 315)


class BasePage(HeldBackMixin, Page):
    """A page with introduction, teaser and social image.

    If the `seo_title` or `search_description` of `Page` is empty, title or summary are used instead.
    """

    lead = models.TextField(
        _("introduction"),
        blank=True,
        max_length=400,
        help_text=_("One or two sentences, shown below the title. At most 400 characters."),
    )
    summary = models.TextField(
        _("short summary"),
        blank=True,
        max_length=300,
        help_text=_(
            "Shown in lists, search results and feeds. At most 300 characters. Without it, the introduction is used."
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
            "Shown when the page is shared on social media. At least 1200 × 630 pixels. "
            "Without it, the site’s own image is used."
        ),
    )

    content_panels = [ChecksPanel(heading=_("Checks before publishing")), *Page.content_panels, FieldPanel("lead")]
    promote_panels = [
        MultiFieldPanel(
            ["slug", "seo_title", "search_description"],
            heading=_("For search engines"),
        ),
        MultiFieldPanel(
            ["summary", SHARE_IMAGE_PANEL, "show_in_menus"], heading=_("For this site and social networks")
        ),
    ]

    # The fields of every page in the API, besides Wagtail's own.
    api_fields = [APIField("lead"), APIField("summary"), APIField("text")]

    search_fields = [*Page.search_fields, index.AutocompleteField("folded_text"), index.FilterField("locale_id")]

    base_form_class = PageForm
    copy_form_class = PageCopyForm

    # Page types with a form add POST.
    allowed_http_methods = [HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.OPTIONS]

    # Relations that are loaded in the same query as the page when it is served, as for `select_related`.
    related_when_served: tuple[str, ...] = ()

    # The name of the page type in search results.
    kind: str | Promise = ""
    # Whether search engines may index pages of this type.
    is_indexable = True
    # Lookups from a page of this type to its organisations (`home/page_permissions.py`).
    organisation_paths: tuple[str, ...] = ()
    # Whether pages of this type show the project's title and period.
    shows_project_details = False

    class Meta:
        abstract = True

    def permissions_for_user(self, user):
        # Wagtail calls this method on the specific page, even if it has loaded only the base page.
        return PagePermissions(user, self)

    def get_admin_display_title(self):
        """Return the draft's title for users who may edit or publish the page, and the public title for others."""
        request = current_request()
        if request is None or not self.live or self.draft_title == self.title:
            return super().get_admin_display_title()
        permissions = self.permissions_for_user(request.user)
        if permissions.can_edit() or permissions.can_publish():
            return super().get_admin_display_title()
        return self.title

    def full_clean(self, *args, **kwargs):
        self._give_slug()
        super().full_clean(*args, **kwargs)

    def minimal_clean(self):
        self._give_slug()
        super().minimal_clean()

    def _give_slug(self) -> None:
        """If the page has no slug and the title is not in Latin letters, make a slug from the transliterated title.

        Wagtail does this only in its form for new pages, and otherwise drops the letters; the translation editor makes an
        empty slug from Greek words.
        """
        in_latin = slugify(string_to_ascii(self.title))
        if not self.slug and self.path and slugify(self.title) != in_latin:
            self.slug = find_available_slug(self.get_parent(), in_latin, self.pk)

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        return {**context, **page_context(self, request)}

    # The pages from the home page to this one. Set if the page was found by its address (`home/http/routing.py`).
    lineage: list[Page] = []
    # True if neither this page nor an ancestor had a view restriction when the page was found.
    is_known_as_unrestricted = False

    def get_view_restrictions(self):
        """Return the page's view restrictions as Wagtail does, but use `lineage` instead of reading the ancestors again."""
        # Wagtail's method handles aliases, which have the restrictions of their original.
        if not self.lineage or any(page.alias_of_id for page in self.lineage):
            return super().get_view_restrictions()
        if self.is_known_as_unrestricted:
            return PageViewRestriction.objects.none()
        root = self.path[: Page.steplen]
        return PageViewRestriction.objects.filter(page__path__in=[root, *(page.path for page in self.lineage)])

    @property
    def teaser_text(self) -> str:
        return self.summary or self.lead or self.search_description

    @property
    def own_image(self):
        """The image that editors chose for the page, or None. Page types with another image field override this."""
        return self.share_image

    @property
    def social_image(self):
        """The image for social media, or None if there is none or it is too small: then a picture with the title is made."""
        image, (width, height) = self.own_image, SMALLEST_SHARED
        return image if image and image.width >= width and image.height >= height else None

    @property
    def social_image_alt(self) -> str:
        """The description of the social image for people who cannot see it; empty if there is none."""
        return self.social_image.description if self.social_image else ""

    @property
    def share_title(self) -> str:
        """What the page's picture for social media says in large type."""
        return self.title

    @property
    def share_cover(self) -> str:
        """The name of a private file that the page's picture for social media shows; empty for a drawn picture."""
        return ""

    def body_text(self) -> str:
        """Return the page's text for the search index, without title, introduction and teaser."""
        fields = [getattr(self, name) for name in self.text_fields if getattr(self, name, None)]
        return " ".join(str(field) for field in fields)

    @property
    def text(self) -> str:
        """The page's text without markup."""
        return plain_text(self.body_text())

    # Names of the rich text and StreamField fields that the search index includes.
    text_fields: tuple[str, ...] = ("body",)

    def folded_text(self) -> str:
        """Return the page's whole text for the search index, without case, accents and markup."""
        return fold(f"{self.title} {self.lead} {self.summary} {self.body_text()}")

    def json_ld(self, layout: Layout) -> list[dict[str, object]]:
        """Return the schema.org nodes of this page, without breadcrumbs and the project."""
        return []
