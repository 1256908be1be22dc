"""The page types: texts in one language. They refer to the publication that all languages share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import MultiFieldPanel
from wagtail.api import APIField
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.fields import StreamField
from wagtail_localize.fields import SynchronizedField

from factsheets.models.publication import Publication, PublicationFile
from factsheets.page_builders import page_builders
from factsheets.panels import FilesPanel
from factsheets.visibility import is_page_public
from home.blocks import BodyBlock
from home.language_fallback import in_language
from home.models import BasePage, Organisation, SectionIndexMixin, organisations_in

if TYPE_CHECKING:
    from factsheets.models.keywords import TargetGroup, Topic

# The number of drawings that replace a missing first page.
MOTIFS = 6


class FactSheetIndexPage(SectionIndexMixin, BasePage):
    kind = _("Fact sheets")
    section_kind = "factsheets"
    feed_view_name = "fact_sheet_feed"
    text_fields = ()
    parent_page_types = ["home.HomePage"]
    subpage_types = ["factsheets.FactSheetPage"]
    max_count_per_parent = 1
    page_description = _("Lists the fact sheets of one language, with filters and a feed.")

    class Meta:
        verbose_name = _("fact sheet list")

    def teasers(self, request, limit):
        return page_builders.home_page_teasers(self, request, limit)

    def get_context(self, request, *args, **kwargs):
        """Return the context of the list. Raises Http404 for an unknown filter value or page number."""
        context = super().get_context(request, *args, **kwargs)
        return context | page_builders.index_context(self, request)


class KeyMessagesBlock(blocks.StreamBlock):
    message = blocks.TextBlock(
        label=_("Message"),
        max_length=300,
        icon="success",
        description=_("One sentence to remember, shown above the text."),
        help_text=_("One sentence. At most 300 characters."),
    )

    class Meta:
        required = False


@dataclass(frozen=True)
class PageAuthor:
    """An author as the page shows it; `organisation` is in the page's language where it is translated."""

    name: str
    orcid: str
    organisation: Organisation | None


class FactSheetPage(RoutablePageMixin, BasePage):
    publication = models.ForeignKey(
        Publication, verbose_name=_("publication"), editable=False, on_delete=models.PROTECT, related_name="pages"
    )
    key_messages = StreamField(
        KeyMessagesBlock(),
        verbose_name=_("key messages"),
        blank=True,
        max_num=6,
        help_text=_("Three to five sentences that the reader should remember. At most six."),
    )
    body = StreamField(
        BodyBlock(),
        verbose_name=_("text"),
        blank=True,
        help_text=_("The content of the fact sheet, so that people can read it without opening a file."),
    )
    api_fields = [*BasePage.api_fields, APIField("publication_data")]

    cover_alt = models.CharField(
        _("description of the first page"),
        max_length=200,
        blank=True,
        help_text=_(
            "Describes the picture of the first page for people who cannot see it. "
            "Leave it empty if the picture is only decorative."
        ),
    )

    kind = _("Fact sheet")
    organisation_paths = ("publication__contributors__organisation",)
    related_when_served = ("publication",)
    open_graph_type = "article"
    text_fields = ("key_messages", "body")
    override_translatable_fields = [SynchronizedField("publication", overridable=False)]
    # A copied page gets a new publication. A translation gets the publication of its source (`save`).
    exclude_fields_in_copy = ["publication"]
    content_panels = [
        *BasePage.content_panels,
        FilesPanel(heading=_("Files and checks")),
        MultiFieldPanel(["key_messages", "body"], heading=_("Text of the page")),
        "cover_alt",
    ]
    parent_page_types = ["factsheets.FactSheetIndexPage"]
    subpage_types: list[str] = []
    page_description = _(
        "A publication as a page to read, with its files in every language, their versions, licence and citation."
    )

    class Meta:
        verbose_name = _("fact sheet")
        verbose_name_plural = _("fact sheets")

    def save(self, *args, **kwargs):
        """Set the publication of a new page.

        An alias gets the publication of its source, a translation that of the other translations, and any other page a
        new one.
        """
        with transaction.atomic():
            if self.publication_id is None:
                locale = self.locale if self.locale_id else self.get_default_locale()
                self.publication = self._existing_publication() or Publication.objects.create(
                    name=self.title, original_language=locale.language_code
                )
            return super().save(*args, **kwargs)

    def _existing_publication(self) -> Publication | None:
        if self.alias_of_id:
            return FactSheetPage.objects.get(pk=self.alias_of_id).publication
        other = FactSheetPage.objects.filter(translation_key=self.translation_key).select_related("publication").first()
        return other.publication if other else None

    @property
    def publication_data(self) -> dict[str, object]:
        """The data of the publication in the API."""
        publication = self.publication
        return {
            "licence": publication.licence,
            "doi": publication.doi,
            "original_language": publication.original_language,
            "first_published_on": publication.first_published_on,
            "authors": [
                {"name": author.name, "organisation": author.organisation.name if author.organisation else ""}
                for author in self.authors
            ],
            "languages": sorted({file.language for file in publication.files.filter(current__isnull=False)}),
        }

    # Addresses below the page (`factsheets/downloads/urls.py`)

    @classmethod
    def get_subpage_urls(cls):
        return (*super().get_subpage_urls(), *page_builders.subpage_urls)

    def route(self, request, path_components):
        # Checked before Wagtail asks for a password or a login, because the files of a restricted page must not be
        # found.
        if path_components and not is_page_public(self):
            raise Http404("not public")
        return super().route(request, path_components)

    def get_route_paths(self):
        """Return the addresses that are redirected when the page's address changes.

        Wagtail adds the address of the page itself.
        """
        files = PublicationFile.objects.filter(publication=self.publication_id, current__isnull=False)
        names: dict[str, str] = {PublicationFile.Kind.PDF: "download", PublicationFile.Kind.EDITABLE: "editable"}
        routes = ["/" + self.reverse_subpage(names[file.kind], kwargs={"language": file.language}) for file in files]
        return [*super().get_route_paths(), *routes]

    # What the page shows

    def serve_preview(self, request, mode_name):
        """Preview a page that was never saved, with an unsaved publication."""
        if self.publication_id is None:
            self.publication = Publication(name=self.title, original_language=self.locale.language_code)
            self.publication.public_files = []
        return super().serve_preview(request, mode_name)

    @property
    def motif(self) -> int:
        """The number of the drawing that replaces a missing picture of the first page.

        It is the same in all translations.
        """
        return self.translation_key.int % MOTIFS

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        return context | page_builders.page_context(self, request, context["layout"])

    def json_ld(self, layout):
        return page_builders.json_ld(self, layout)

    @property
    def share_cover(self):
        return page_builders.share_cover(self)

    @property
    def published_time(self):
        return self.publication.first_published_on

    @cached_property
    def topics(self) -> list[Topic]:
        return self._keywords("topics")

    @cached_property
    def target_groups(self) -> list[TargetGroup]:
        return self._keywords("target_groups")

    def _keywords(self, name: str) -> list:
        if self.publication.pk is None:
            return []
        chosen = getattr(self.publication, name)
        keys = chosen.values("translation_key")
        rows = chosen.model.objects.filter(translation_key__in=keys).select_related("locale")
        return sorted(in_language(rows, self.locale), key=lambda keyword: keyword.name)

    @cached_property
    def authors(self) -> list[PageAuthor]:
        contributors = list(self.publication.contributors.select_related("organisation"))
        has_organisations = any(item.organisation for item in contributors)
        known = organisations_in(self.locale) if has_organisations else []
        organisations = {organisation.translation_key: organisation for organisation in known}
        return [
            PageAuthor(
                name=item.name,
                orcid=item.orcid,
                organisation=organisations.get(item.organisation.translation_key) if item.organisation else None,
            )
            for item in contributors
        ]
