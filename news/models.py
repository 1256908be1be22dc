"""News of the project: an index for each language, and the articles below it."""

from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.db import models
from django.db.models import Count, Q, Subquery
from django.db.models.functions import ExtractYear
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldRowPanel, InlinePanel, MultiFieldPanel, PageChooserPanel
from wagtail.fields import StreamField
from wagtail.images import get_image_model_string
from wagtail.models import Orderable, Page, PageManager, PageQuerySet
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from home.blocks import BodyBlock
from home.filter_links import FilterLink
from home.models import BasePage, SectionIndexMixin, Teaser
from home.models.keywords import Keyword, one_key_per_language
from home.page_queries import specific_pages
from home.site_context import public
from news.forms import NewsFilterForm

ARTICLES_PER_PAGE = 10
# How many drawings there are to stand in for a missing picture.
MOTIFS = 6


class NewsCategory(Keyword):
    """A kind of news, such as events or results."""

    class Meta(Keyword.Meta):
        abstract = False
        verbose_name = _("news category")
        verbose_name_plural = _("news categories")
        constraints = [one_key_per_language("news_category_key_per_language")]


class NewsIndexPage(SectionIndexMixin, BasePage):
    kind = _("News")
    section_kind = "news"
    feed_view_name = "news_feed"
    text_fields = ()
    parent_page_types = ["home.HomePage"]
    subpage_types = ["news.NewsPage"]
    max_count_per_parent = 1
    page_description = _("The list of news in a language, by year and category, with its feed.")

    class Meta:
        verbose_name = _("news list")

    def articles(self):
        """Return the live, public articles below this page, newest first, with what their teasers show."""
        articles = public(NewsPage.objects.child_of(self).live())
        return articles.prefetch_related("image__renditions").order_by("-date", "-pk")

    def teasers(self, request, limit):
        return [article.teaser(request) for article in self.articles()[:limit]]

    def get_context(self, request, *args, **kwargs):
        """Raises Http404 for a year, category or page number that is no such thing."""
        context = super().get_context(request, *args, **kwargs)
        form = NewsFilterForm(request.GET, categories=list(NewsCategory.objects.filter(locale=self.locale)))
        if not form.is_valid():
            raise Http404("no such year, category or page")
        chosen = form.cleaned_data
        articles = self.articles()
        if chosen["year"]:
            articles = articles.filter(date__year=chosen["year"])
        if chosen["category"]:
            articles = articles.filter(category__translation_key=chosen["category"].translation_key)
        try:
            page = Paginator(articles, ARTICLES_PER_PAGE).page(chosen["page"] or 1)
        except (EmptyPage, PageNotAnInteger) as error:
            raise Http404("no such page of the list") from error
        page.object_list = [article.teaser(request) for article in page.object_list]
        here = self.get_url(request)
        context |= {
            "articles": page,
            "years": self._years(here, chosen),
            "categories": self._categories(here, chosen, form.categories),
            "year": chosen["year"],
            "category": chosen["category"],
            "is_filtered": bool(chosen["year"] or chosen["category"]),
            "clear_url": here,
            "filter_query": _query(year=chosen["year"], category=_key(chosen["category"])),
            "feed_url": reverse(self.feed_view_name),
        }
        return context

    def _years(self, here, chosen):
        """Return the choices of the year, beginning with all of them; each keeps the chosen category."""
        counts = (
            self.articles().order_by().values(year=ExtractYear("date")).annotate(count=Count("pk")).order_by("-year")
        )
        category = _key(chosen["category"])
        every_year = FilterLink(_("All years"), _filtered(here, category=category), is_current=not chosen["year"])
        return [every_year] + [
            FilterLink(
                str(row["year"]),
                _filtered(here, year=row["year"], category=category),
                is_current=row["year"] == chosen["year"],
                count=row["count"],
            )
            for row in counts
        ]

    def _categories(self, here, chosen, categories):
        """Return the choices of the category, beginning with all of them; each keeps the chosen year."""
        year = chosen["year"]
        every_category = FilterLink(_("All categories"), _filtered(here, year=year), is_current=not chosen["category"])
        return [every_category] + [
            FilterLink(
                category.name,
                _filtered(here, year=year, category=category.key),
                is_current=category == chosen["category"],
            )
            for category in categories
        ]


def _key(category: NewsCategory | None) -> str:
    return category.key if category else ""


def _query(**values) -> str:
    """Return the part of an address that keeps the filters, ready for what is appended; empty without filters."""
    query = urlencode({name: value for name, value in values.items() if value})
    return f"{query}&" if query else ""


def _filtered(here: str, **values) -> str:
    query = _query(**values).rstrip("&")
    return f"{here}?{query}" if query else here


class NewsPageQuerySet(PageQuerySet):
    def only(self, *fields):
        """Leave behind the rows that come along: the editor's views ask for few fields, and Django joins no others."""
        return super(NewsPageQuerySet, self.select_related(None)).only(*fields)


class NewsPageManager(PageManager.from_queryset(NewsPageQuerySet)):
    """Reads an article together with the rows that every view of it shows."""

    def get_queryset(self):
        return super().get_queryset().select_related("category", "organisation__locale", "image")


class NewsPage(BasePage):
    date = models.DateField(
        _("date"), default=timezone.localdate, help_text=_("Stands above the article and orders the list.")
    )
    category = models.ForeignKey(
        NewsCategory, verbose_name=_("category"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    organisation = models.ForeignKey(
        "home.Organisation",
        verbose_name=_("written by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("The partner who wrote the article."),
    )
    image = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Without a picture, a drawing of the site stands there."),
    )
    image_alt = models.CharField(
        _("description of the picture"),
        max_length=200,
        blank=True,
        help_text=_("For those who do not see it. Leave it empty if the picture only decorates."),
    )
    body = StreamField(BodyBlock(), verbose_name=_("article"), blank=True)

    objects = NewsPageManager()

    kind = _("News")
    open_graph_type = "article"
    override_translatable_fields = [
        SynchronizedField("date", overridable=False),
        SynchronizedField("image", overridable=False),
    ]
    content_panels = [
        *BasePage.content_panels,
        FieldRowPanel(["date", "category"]),
        "organisation",
        MultiFieldPanel(["image", "image_alt"], heading=_("Picture")),
        "body",
        InlinePanel("related_pages", label=_("page"), heading=_("Related pages"), max_num=4),
    ]
    search_fields = [*BasePage.search_fields, index.FilterField("date")]
    parent_page_types = ["news.NewsIndexPage"]
    subpage_types: list[str] = []
    page_description = _(
        "An article with date, category and author; it appears in the list, on the home page and in the feed."
    )

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    @property
    def social_image(self):
        return self.share_image or self.image

    def teaser(self, request) -> Teaser:
        return Teaser(
            title=self.title,
            url=self.get_url(request) or "",
            summary=self.teaser_text,
            date=self.date,
            label=self.category.name if self.category else "",
            image=self.image,
            motif=self.motif,
        )

    @property
    def motif(self) -> int:
        """The number of the drawing that stands in for a picture: the same for every translation of the article."""
        return self.translation_key.int % MOTIFS

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["related"] = self._related(request)
        context["newer"], context["older"] = self._neighbours()
        return context

    def _neighbours(self):
        """Return the articles before and after this one in the list: by date and, within a day, by age."""
        if not self.pk:  # a preview of an article that was never saved: Wagtail gives it a path, but no key
            return None, None
        others = public(NewsPage.objects.sibling_of(self, inclusive=False).live())
        is_newer = Q(date__gt=self.date) | Q(date=self.date, pk__gt=self.pk)
        newer = others.filter(is_newer).order_by("date", "pk").values("pk")[:1]
        older = others.exclude(is_newer).order_by("-date", "-pk").values("pk")[:1]
        found = NewsPage.objects.filter(Q(pk=Subquery(newer)) | Q(pk=Subquery(older))).annotate(is_newer=is_newer)
        neighbours = {page.is_newer: page for page in found}
        return neighbours.get(True), neighbours.get(False)

    def _related(self, request):
        """Return teasers of the related pages, each in the article's language where it is translated."""
        chosen = [row.page.translation_key for row in self.related_pages.select_related("page")]
        if not chosen:
            return []
        pages = public(Page.objects.filter(translation_key__in=chosen, locale=self.locale).live())
        found = {page.translation_key: page for page in specific_pages(pages)}
        pages = [found[key] for key in chosen if key in found]
        return [
            Teaser(title=page.title, url=page.get_url(request), summary=page.teaser_text, label=str(page.kind))
            for page in pages
        ]

    def json_ld(self, layout):
        article = {
            "@type": "NewsArticle",
            "@id": f"{layout.canonical_url}#article",
            "headline": self.title,
            "description": self.teaser_text,
            "datePublished": self.date.isoformat(),
            "inLanguage": layout.language_code,
            "mainEntityOfPage": layout.canonical_url,
            "publisher": {"@id": layout.project_id},
            "articleSection": self.category.name if self.category else None,
        }
        if self.last_published_at:
            article["dateModified"] = self.last_published_at.isoformat()
        if self.organisation:
            article["author"] = {
                "@type": "Organization",
                "name": self.organisation.name,
                "url": self.organisation.website or None,
            }
        if layout.share_image:
            article["image"] = [layout.share_image.url]
        return [article]


class RelatedPage(Orderable):
    article = ParentalKey(NewsPage, on_delete=models.CASCADE, related_name="related_pages")
    page = models.ForeignKey(Page, verbose_name=_("page"), on_delete=models.CASCADE, related_name="+")

    panels = [PageChooserPanel("page")]

    class Meta(Orderable.Meta):
        verbose_name = _("related page")
        verbose_name_plural = _("related pages")

    def __str__(self):
        return str(self.page)
