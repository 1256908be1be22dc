"""The pages of the publication library: the words, one page per language, that point to the publication's facts."""

from __future__ import annotations

from django.core.paginator import EmptyPage, Paginator
from django.db import models, transaction
from django.db.models import Case, Exists, F, OuterRef, When
from django.db.models.functions import Cast, Left
from django.http import Http404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import MultiFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import StreamField
from wagtail_localize.fields import SynchronizedField

from factsheets import presentation
from factsheets.citations import Author, Citation
from factsheets.downloads import serving
from factsheets.forms import FactSheetFilterForm
from factsheets.models.keywords import TargetGroup, Topic
from factsheets.models.publication import Publication, PublicationFile
from factsheets.panels import FilesPanel
from factsheets.visibility import is_page_public, public_pages
from home.blocks import BodyBlock
from home.language_fallback import in_language
from home.languages import own_language_name
from home.models import BasePage, Organisation, SectionIndexMixin

SHEETS_PER_PAGE = 12
# How many drawings there are to stand in for a missing first page.
MOTIFS = 6


class FactSheetIndexPage(SectionIndexMixin, BasePage):
    kind = _("Fact sheets")
    section_kind = "factsheets"
    feed_view_name = "fact_sheet_feed"
    text_fields = ()
    parent_page_types = ["home.HomePage"]
    subpage_types = ["factsheets.FactSheetPage"]
    max_count_per_parent = 1
    page_description = _("The list of fact sheets in a language, by topic, people, language and year, with its feed.")

    class Meta:
        verbose_name = _("list of fact sheets")

    def sheets(self):
        """Return the public fact sheets below this page, newest first."""
        newest = [F("publication__first_published_on").desc(nulls_last=True), "-pk"]
        return public_pages().child_of(self).order_by(*newest)

    def teasers(self, request, limit):
        return [presentation.teaser(page, request) for page in presentation.with_current_files(self.sheets())[:limit]]

    def get_context(self, request, *args, **kwargs):
        """Raises Http404 for a filter or a page number that is no such thing."""
        context = super().get_context(request, *args, **kwargs)
        sheets = self.sheets()
        form = FactSheetFilterForm(request.GET, **self._filters(sheets))
        if not form.is_valid():
            raise Http404("no such filter or page")
        try:
            paginator = Paginator(
                presentation.with_current_files(_filtered(sheets, form.cleaned_data)), SHEETS_PER_PAGE
            )
            page = paginator.page(form.cleaned_data["page"] or 1)
        except EmptyPage as error:
            raise Http404("no such page of the list") from error
        page.object_list = [presentation.teaser(sheet, request) for sheet in page.object_list]
        context |= {
            "sheets": page,
            "form": form,
            "is_filtered": bool(form.chosen),
            "filter_query": f"{urlencode(form.chosen)}&" if form.chosen else "",
            "clear_url": self.get_url(request),
        }
        return context

    def _filters(self, sheets) -> dict[str, list]:
        """Return the choices that lead to at least one fact sheet."""
        publications = sheets.order_by().values("publication")
        pairs = sheets.order_by().annotate(
            # As text: SQLite calls Python for each row to take a date apart.
            year=Left(Cast("publication__first_published_on", models.CharField()), 4),
            tongue=Case(When(publication__files__current__isnull=False, then=F("publication__files__language"))),
        )
        years, languages = set(), set()
        for year, language in pairs.values_list("year", "tongue").distinct():
            years.add(year)
            languages.add(language)
        return {
            "topics": self._keywords(Topic, Publication.topics.through, "topic", publications),
            "groups": self._keywords(TargetGroup, Publication.target_groups.through, "targetgroup", publications),
            "languages": sorted(
                ((code, own_language_name(code)) for code in languages if code), key=lambda pair: pair[1]
            ),
            "years": [(year, year) for year in sorted(filter(None, years), reverse=True)],
        }

    def _keywords(self, model, through, name, publications) -> list:
        keys = through.objects.filter(publication__in=publications).values(f"{name}__translation_key")
        rows = model.objects.filter(translation_key__in=keys).select_related("locale")
        return sorted(in_language(rows, self.locale), key=lambda keyword: keyword.name)


def _filtered(sheets, chosen):
    if chosen["topic"]:
        sheets = sheets.filter(publication__topics__translation_key=chosen["topic"].translation_key)
    if chosen["for"]:
        sheets = sheets.filter(publication__target_groups__translation_key=chosen["for"].translation_key)
    if chosen["language"]:
        files = PublicationFile.objects.filter(language=chosen["language"], current__isnull=False)
        sheets = sheets.filter(Exists(files.filter(publication=OuterRef("publication"))))
    if chosen["year"]:
        sheets = sheets.filter(publication__first_published_on__year=int(chosen["year"]))
    return sheets


class KeyMessagesBlock(blocks.StreamBlock):
    message = blocks.TextBlock(
        label=_("Message"),
        max_length=300,
        icon="success",
        description=_("What the reader should remember, in one sentence above the text."),
        help_text=_("One sentence that the reader should remember. At most 300 characters."),
    )

    class Meta:
        required = False


class FactSheetPage(RoutablePageMixin, BasePage):
    publication = models.ForeignKey(
        Publication, verbose_name=_("publication"), editable=False, on_delete=models.PROTECT, related_name="pages"
    )
    key_messages = StreamField(
        KeyMessagesBlock(),
        verbose_name=_("key messages"),
        blank=True,
        max_num=6,
        help_text=_("What the reader should remember, in three to five sentences."),
    )
    body = StreamField(
        BodyBlock(),
        verbose_name=_("text"),
        blank=True,
        help_text=_("The fact sheet itself, so that nobody needs to open a file to read it."),
    )
    cover_alt = models.CharField(
        _("description of the first page"),
        max_length=200,
        blank=True,
        help_text=_("What the picture of the first page shows, for those who do not see it. Empty: it only decorates."),
    )

    kind = _("Fact sheet")
    open_graph_type = "article"
    text_fields = ("key_messages", "body")
    override_translatable_fields = [SynchronizedField("publication", overridable=False)]
    # A copy is another publication; `save` gives a translation the publication of its source.
    exclude_fields_in_copy = ["publication"]
    content_panels = [
        *BasePage.content_panels,
        FilesPanel(heading=_("Files, checks and facts")),
        MultiFieldPanel(["key_messages", "body"], heading=_("The fact sheet as a page")),
        "cover_alt",
    ]
    parent_page_types = ["factsheets.FactSheetIndexPage"]
    subpage_types: list[str] = []
    page_description = _(
        "A publication: its words as a page, and its files in every language, with versions, licence and citation."
    )

    class Meta:
        verbose_name = _("fact sheet")
        verbose_name_plural = _("fact sheets")

    def save(self, *args, **kwargs):
        """Give the page its publication: that of its translations or of the page it mirrors, or a new one."""
        with transaction.atomic():
            if self.publication_id is None:
                locale = self.locale if self.locale_id else self.get_default_locale()
                self.publication = self._known_publication() or Publication.objects.create(
                    name=self.title, original_language=locale.language_code
                )
            return super().save(*args, **kwargs)

    def _known_publication(self) -> Publication | None:
        if self.alias_of_id:
            return FactSheetPage.objects.get(pk=self.alias_of_id).publication
        other = FactSheetPage.objects.filter(translation_key=self.translation_key).select_related("publication").first()
        return other.publication if other else None

    # Addresses below the page

    def route(self, request, path_components):
        # A page stays live until the command that ends it has run.
        if self.expire_at and self.expire_at <= timezone.now():
            raise Http404("past its end")
        # Before Wagtail asks for a password or a sign-in: below a page that is not public, nothing exists.
        if path_components and not is_page_public(self):
            raise Http404("not public")
        return super().route(request, path_components)

    def get_route_paths(self):
        """Return the addresses that are redirected when the page gets another one (Wagtail adds the page's own)."""
        places = PublicationFile.objects.filter(publication=self.publication_id, current__isnull=False)
        names = {PublicationFile.Kind.PDF: "download", PublicationFile.Kind.EDITABLE: "editable"}
        routes = [
            "/" + self.reverse_subpage(names[place.kind], kwargs={"language": place.language}) for place in places
        ]
        return [*super().get_route_paths(), *routes]

    @path("download/<str:language>/", name="download")
    def download(self, request, language):
        return serving.serve_file(request, self, language, PublicationFile.Kind.PDF)

    @path("download/<str:language>/versions/<int:number>/", name="download_version")
    def download_version(self, request, language, number):
        return serving.serve_file(request, self, language, PublicationFile.Kind.PDF, number)

    @path("download/<str:language>/editable/", name="editable")
    def editable(self, request, language):
        return serving.serve_file(request, self, language, PublicationFile.Kind.EDITABLE)

    @path("download/<str:language>/editable/versions/<int:number>/", name="editable_version")
    def editable_version(self, request, language, number):
        return serving.serve_file(request, self, language, PublicationFile.Kind.EDITABLE, number)

    @path("cover/<str:language>/<int:number>/<int:width>/", name="cover")
    def serve_cover(self, request, language, number, width):
        return serving.serve_cover(request, self, language, number, width)

    @path("citation/<str:style>/", name="citation")
    def serve_citation(self, request, style):
        return serving.serve_citation(request, self, style)

    # What is shown

    def serve_preview(self, request, mode_name):
        """Show a page that nobody has saved with a publication that is not stored either."""
        if self.publication_id is None:
            self.publication = Publication(name=self.title, original_language=self.locale.language_code)
            self.publication.public_files = []
        return super().serve_preview(request, mode_name)

    @property
    def motif(self) -> int:
        """The number of the drawing that stands in for the first page: the same for every translation."""
        return self.translation_key.int % MOTIFS

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        url = self.get_url(request) or ""
        files = presentation.downloads(self, url, history=True)
        publication = self.publication
        context |= {
            "publication": publication,
            "downloads": files,
            "history": [file for file in files if len(file.history) > 1 or any(item.note for item in file.history)],
            "cover": presentation.cover(self, url),
            "authors": self.authors,
            "topics": self.topics,
            "target_groups": self.target_groups,
            "citation": self.citation(context["layout"]),
            "last_revised_on": self.last_revised_on(files),
            "bibtex_url": url + self.reverse_subpage("citation", kwargs={"style": "bibtex"}),
            "ris_url": url + self.reverse_subpage("citation", kwargs={"style": "ris"}),
        }
        return context

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
    def authors(self) -> list[dict[str, object]]:
        """Return the authors, each with `name`, `orcid` and `organisation` in the words of the page's language."""
        contributors = list(self.publication.contributors.select_related("organisation"))
        keys = [item.organisation.translation_key for item in contributors if item.organisation]
        rows = Organisation.objects.filter(translation_key__in=keys).select_related("locale") if keys else []
        names = {row.translation_key: row for row in in_language(rows, self.locale)}
        return [
            {
                "name": item.name,
                "orcid": item.orcid,
                "organisation": names.get(item.organisation.translation_key) if item.organisation else None,
            }
            for item in contributors
        ]

    def last_revised_on(self, files):
        """Return the day of the newest version, where that is later than the first publication."""
        days = [file.dated_on for file in files]
        first = self.publication.first_published_on
        return max(days) if days and first and max(days) > first else None

    def citation(self, layout) -> Citation:
        publication = self.publication
        authors = [
            Author.person(item["name"]) if item["name"] else Author(item["organisation"].name) for item in self.authors
        ]
        own = next((file for file in presentation.downloads(self, "") if file.is_own_language), None)
        return Citation(
            authors=authors,
            year=publication.first_published_on.year if publication.first_published_on else None,
            title=self.title,
            publisher=layout.site_name,
            url=layout.canonical_url,
            language=layout.language_code,
            version=own.number if own else None,
            doi=publication.doi,
            licence=publication.licence if publication.licence_url else "",
            abstract=self.teaser_text,
        )

    def json_ld(self, layout):
        publication, root = self.publication, layout.root_url
        files = presentation.downloads(self, layout.canonical_url)
        first = publication.first_published_on
        revised = self.last_revised_on(files)
        picture = presentation.cover(self, layout.canonical_url)
        report = {
            "@type": "Report",
            "@id": f"{layout.canonical_url}#publication",
            "name": self.title,
            "headline": self.title,
            "description": self.teaser_text,
            "inLanguage": layout.language_code,
            "mainEntityOfPage": layout.canonical_url,
            "url": layout.canonical_url,
            "author": [_json_ld_author(item) for item in self.authors],
            "publisher": {"@id": layout.project_id},
            "datePublished": first.isoformat() if first else None,
            "dateModified": (revised or first or timezone.localdate()).isoformat() if first else None,
            "license": publication.licence_url,
            "isAccessibleForFree": True,
            "keywords": [keyword.name for keyword in self.topics],
            "audience": [{"@type": "Audience", "audienceType": group.name} for group in self.target_groups],
            "reportNumber": publication.deliverable,
            "thumbnailUrl": picture.url if picture else None,
            "encoding": [_json_ld_encoding(file) for file in files],
        }
        if publication.doi:
            report["identifier"] = {"@type": "PropertyValue", "propertyID": "DOI", "value": publication.doi}
            report["sameAs"] = publication.doi_url
        if root:
            report["isPartOf"] = {"@id": f"{root}/#website"}
        return [report]


def _json_ld_author(author: dict[str, object]) -> dict[str, object]:
    organisation = author["organisation"]
    described = {"@type": "Organization", "name": organisation.name} if organisation else None
    if not author["name"]:
        return described or {}
    person = {"@type": "Person", "name": author["name"], "affiliation": described}
    if author["orcid"]:
        person["@id"] = f"https://orcid.org/{author['orcid']}"
    return {key: value for key, value in person.items() if value}


def _json_ld_encoding(file: presentation.Download) -> dict[str, object]:
    return {
        "@type": "MediaObject",
        "contentUrl": file.url,
        "encodingFormat": file.media_type,
        "inLanguage": file.language,
        "contentSize": str(file.size),
        "sha256": file.sha256,
        "version": str(file.number),
        "dateModified": file.dated_on.isoformat(),
    }
