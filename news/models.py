"""News: a list for each language, and the articles below it."""

import datetime
from functools import partial
from typing import Any

from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.db import models
from django.db.models import Count, Q, Subquery
from django.db.models.functions import ExtractYear
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldRowPanel, InlinePanel, MultiFieldPanel, PageChooserPanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.images import get_image_model_string
from wagtail.models import Orderable, Page, PageManager, PageQuerySet
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from home.blocks import BodyBlock
from home.filter_links import FilterLink
from home.http import page_cache
from home.language_fallback import published
from home.models import BasePage, Organisation, SectionIndexMixin, Teaser
from home.models.keywords import Keyword, one_key_per_language
from home.page_queries import specific_pages
from home.site_context import public
from home.validity import memoized_parts
from news.forms import ArticleForm, NewsFilterForm

ARTICLES_PER_PAGE = 10
# The names that the template of the list uses.
LISTING = ("articles", "years", "categories", "year", "category", "is_filtered", "filter_query")
# The number of drawings that replace a missing picture.
MOTIFS = 6


class NewsCategory(Keyword):
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
    page_description = _("Lists the news of one language, with filters and a feed.")

    class Meta:
        verbose_name = _("news list")

    def articles(self):
        """Return the live, public articles below this page, newest first, with the rows that their teasers need."""
        articles = public(NewsPage.objects.child_of(self).live())
        return articles.prefetch_related("image__renditions").order_by("-date", "-pk")

    def teasers(self, request, limit):
        return [article.teaser(request) for article in self.articles()[:limit]]

    def get_context(self, request, *args, **kwargs):
        """Return the context of the list. Raises Http404 for an unknown year, category or page number."""
        context = super().get_context(request, *args, **kwargs)
        listing = memoized_parts(LISTING, partial(self._listing, request))
        # The query string is checked now. Without one, the template caches the list.
        is_whole = not request.GET.keys() & NewsFilterForm.base_fields.keys()
        if not is_whole:
            listing["articles"]()
        # None means that the template does not cache the list.
        own = {"whole_list": "" if is_whole else None, "clear_url": self.get_url(request)}
        return {**context, **listing, **own, "feed_url": reverse(self.feed_view_name)}

    def _listing(self, request: HttpRequest) -> dict[str, object]:
        form = NewsFilterForm(request.GET, categories=list(NewsCategory.objects.filter(locale=self.locale, live=True)))
        if not form.is_valid():
            raise Http404("no such year, category or page")
        chosen = form.cleaned_data
        articles = self.articles()
        if chosen["year"]:
            articles = articles.filter(date__year=chosen["year"])
        if chosen["category"]:
            articles = articles.filter(category__translation_key=chosen["category"].translation_key)
        by_year = self._numbers_by_year()
        paginator = Paginator(articles, ARTICLES_PER_PAGE)
        if not chosen["category"]:
            # Known already, so that the articles are not counted a second time.
            paginator.count = by_year.get(chosen["year"], 0) if chosen["year"] else sum(by_year.values())
        try:
            page = paginator.page(chosen["page"] or 1)
        except (EmptyPage, PageNotAnInteger) as error:
            raise Http404("no such page of the list") from error
        page.object_list = [article.teaser(request) for article in page.object_list]
        here = self.get_url(request)
        years = self._years(here, chosen, by_year)
        if any(link.is_current for link in years):
            page_cache.accept_query(request, chosen | {"category": _key(chosen["category"])})
        return {
            "articles": page,
            "years": years,
            "categories": self._categories(here, chosen, form.categories),
            "year": chosen["year"],
            "category": chosen["category"],
            "is_filtered": bool(chosen["year"] or chosen["category"]),
            "filter_query": _query(year=chosen["year"], category=_key(chosen["category"])),
        }

    def _numbers_by_year(self) -> dict[int, int]:
        """Return the number of articles of each year, the latest year first. It is cached until content changes."""
        years = self.articles().order_by().values(year=ExtractYear("date")).annotate(count=Count("pk"))
        rows = years.order_by("-year").values_list("year", "count")
        return page_cache.cached(f"articles-by-year-{self.pk}", lambda: dict(rows), is_immutable=True)

    def _years(self, here: str, chosen: dict[str, Any], by_year: dict[int, int]) -> list[FilterLink]:
        """Return the links that filter by year. The first one is for all years. Each link keeps the chosen category."""
        category = _key(chosen["category"])
        every_year = FilterLink(str(_("All years")), _filtered(here, category=category), is_current=not chosen["year"])
        return [every_year] + [
            FilterLink(
                str(year),
                _filtered(here, year=year, category=category),
                is_current=year == chosen["year"],
                count=count,
            )
            for year, count in by_year.items()
        ]

    def _categories(self, here: str, chosen: dict[str, Any], categories: list[NewsCategory]) -> list[FilterLink]:
        """Return the links that filter by category. The first one is for all categories. Each link keeps the chosen year."""
        year = chosen["year"]
        every_category = FilterLink(
            str(_("All categories")), _filtered(here, year=year), is_current=not chosen["category"]
        )
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


def _query(**values: Any) -> str:
    """Return the filters as a query string with "&" at its end, or an empty string without filters."""
    query = urlencode({name: value for name, value in values.items() if value})
    return f"{query}&" if query else ""


def _filtered(here: str, **values: Any) -> str:
    query = _query(**values).rstrip("&")
    return f"{here}?{query}" if query else here


class NewsPageQuerySet(PageQuerySet):
    def only(self, *fields):
        """Remove `select_related` first, because Django does not allow it for deferred fields. Admin lists defer fields."""
        return super(NewsPageQuerySet, self.select_related(None)).only(*fields)


# Wagtail has no types, so mypy does not know the base class.
class NewsPageManager(PageManager.from_queryset(NewsPageQuerySet)):  # type: ignore[misc]
    """Selects the related rows that every view of an article shows."""

    def get_queryset(self):
        return super().get_queryset().select_related("category", "organisation__locale", "image")


class NewsPage(BasePage):
    date = models.DateField(
        _("date"), default=timezone.localdate, help_text=_("Shown above the article. The list is sorted by this date.")
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
        help_text=_("The partner that wrote the article."),
    )
    image = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("If there is no picture, a drawing is shown."),
    )
    image_alt = models.CharField(
        _("description of the picture"),
        max_length=200,
        blank=True,
        help_text=_(
            "Describes the picture for people who cannot see it. Leave it empty if the picture is only decorative."
        ),
    )
    body = StreamField(BodyBlock(), verbose_name=_("article"), blank=True)

    objects = NewsPageManager()

    base_form_class = ArticleForm
    kind = _("News")
    organisation_paths = ("organisation",)
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
    api_fields = [*BasePage.api_fields, APIField("date"), APIField("category_name"), APIField("organisation_name")]
    search_fields = [*BasePage.search_fields, index.FilterField("date")]
    parent_page_types = ["news.NewsIndexPage"]
    subpage_types: list[str] = []
    page_description = _(
        "An article with date, category and author, shown in the news list, on the home page and in the feed."
    )

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        # The order of the list.
        indexes = [models.Index(fields=["-date", "-page_ptr"], name="news_articles_by_date")]

    @cached_property
    def public_category(self) -> NewsCategory | None:
        return published(self.category, self)

    @cached_property
    def public_organisation(self) -> Organisation | None:
        return published(self.organisation, self)

    @property
    def category_name(self) -> str:
        return self.public_category.name if self.public_category else ""

    @property
    def organisation_name(self) -> str:
        return self.public_organisation.name if self.public_organisation else ""

    @property
    def own_image(self):
        return self.share_image or self.image

    @property
    def social_image_alt(self) -> str:
        return super().social_image_alt if self.share_image else self.image_alt

    @property
    def published_on(self) -> datetime.date:
        """The day that is shown.

        It is `date`. If code has published the article before that, it is the day of publication.
        """
        if self.date <= timezone.localdate():
            return self.date
        moment = self.first_published_at or timezone.now()
        return min(self.date, timezone.localdate(moment))

    def teaser(self, request: HttpRequest | None) -> Teaser:
        return Teaser(
            title=self.title,
            url=self.get_url(request) or "",
            summary=self.teaser_text,
            date=self.published_on,
            label=self.category_name,
            image=self.image,
            motif=self.motif,
        )

    @property
    def motif(self) -> int:
        """The number of the drawing that replaces a missing picture; the same for every translation."""
        return self.translation_key.int % MOTIFS

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        return {**context, **memoized_parts(("related", "newer", "older"), partial(self._other_pages, request))}

    def _other_pages(self, request: HttpRequest) -> dict[str, object]:
        newer, older = self._adjacent_articles()
        return {"related": self._related(request), "newer": newer, "older": older}

    def _adjacent_articles(self):
        """Return the next newer and the next older article of the list; None in place of each that does not exist."""
        if not self.pk:  # a preview of an article that was never saved has a path, but no primary key
            return None, None
        others = public(NewsPage.objects.sibling_of(self, inclusive=False).live())
        is_newer = Q(date__gt=self.date) | Q(date=self.date, pk__gt=self.pk)
        # The first condition follows from the second one. With it, the database finds the place in its index.
        newer = others.filter(is_newer, date__gte=self.date).order_by("date", "pk").values("pk")[:1]
        older = others.exclude(is_newer).filter(date__lte=self.date).order_by("-date", "-pk").values("pk")[:1]
        found = NewsPage.objects.filter(Q(pk=Subquery(newer)) | Q(pk=Subquery(older))).annotate(is_newer=is_newer)
        adjacent = {page.is_newer: page for page in found}
        return adjacent.get(True), adjacent.get(False)

    def _related(self, request):
        """Return teasers of the related pages that exist in the article's language."""
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

    @property
    def published_time(self) -> datetime.date:
        return self.published_on

    def json_ld(self, layout):
        article = {
            "@type": "NewsArticle",
            "@id": f"{layout.canonical_url}#article",
            "headline": self.title,
            "description": self.teaser_text,
            "datePublished": self.published_on.isoformat(),
            "inLanguage": layout.language_code,
            "mainEntityOfPage": layout.canonical_url,
            "publisher": {"@id": layout.project_id},
            "funding": {"@id": layout.grant_id} if layout.grant_id else None,
            "articleSection": self.category_name or None,
        }
        if self.last_published_at:
            article["dateModified"] = self.last_published_at.isoformat()
        if author := self.public_organisation:
            article["author"] = {
                "@type": "Organization",
                "name": author.name,
                "url": author.website or None,
            }
        article["image"] = layout.images
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
