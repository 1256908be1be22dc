"""The Atom feed of a language's news."""

from datetime import datetime, time

from django.contrib.syndication.views import Feed
from django.http import Http404
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from wagtail.models import Locale, Site

from home.layout import Layout
from news.models import NewsIndexPage

ENTRIES = 30


class NewsFeed(Feed):
    """The newest articles of one language. Raises Http404 while the language has no public news list."""

    feed_type = Atom1Feed

    def get_object(self, request):
        site = Site.find_for_request(request)
        page = NewsIndexPage.objects.live().public().filter(locale=Locale.get_active()).first() if site else None
        if page is None:
            raise Http404("no news in this language")
        return Layout(request, page)

    def title(self, layout):
        return f"{layout.site_name}: {layout.page.title}"

    def subtitle(self, layout):
        return layout.page.teaser_text

    def link(self, layout):
        return layout.canonical_url

    def feed_guid(self, layout):
        return layout.page.translation_key.urn

    def author_name(self, layout):
        return layout.site_name

    def items(self, layout):
        return layout.page.articles().select_related("organisation", "locale")[:ENTRIES]

    def item_title(self, article):
        return article.title

    def item_description(self, article):
        return article.teaser_text

    def item_link(self, article):
        return article.full_url

    def item_guid(self, article):
        # The key of a translation with its language: neither a new slug nor a new domain makes the entry new.
        return f"{article.translation_key.urn}:{article.locale.language_code}"

    def item_author_name(self, article):
        return article.organisation.name if article.organisation else None

    def item_pubdate(self, article):
        return timezone.make_aware(datetime.combine(article.date, time()))

    def item_updateddate(self, article):
        return article.last_published_at

    def item_categories(self, article):
        return [article.category.name] if article.category else []
