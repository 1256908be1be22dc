"""The Atom feed of a language's news."""

import re
from datetime import datetime, time

from django.contrib.syndication.views import Feed
from django.http import Http404
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from wagtail.models import Locale, Site

from home.layout import Layout
from news.models import NewsIndexPage

ENTRIES = 30
# Word processors paste them as line breaks; XML cannot hold them.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def _printable(text: str) -> str:
    return CONTROL.sub(" ", text)


class NewsFeed(Feed):
    """The newest articles of one language. Raises Http404 while the language has no public news list."""

    feed_type = Atom1Feed

    def get_object(self, request):
        site = Site.find_for_request(request)
        page = NewsIndexPage.objects.live().public().filter(locale=Locale.get_active()).first() if site else None
        layout = Layout(request, page) if page else None
        # Nothing is served in a language whose home page is not.
        if layout is None or layout.home_page is None:
            raise Http404("no news in this language")
        return layout

    def title(self, layout):
        return f"{layout.site_name}: {layout.page.title}"

    def subtitle(self, layout):
        return _printable(layout.page.teaser_text)

    def link(self, layout):
        return layout.canonical_url

    def feed_guid(self, layout):
        return layout.page.translation_key.urn

    def author_name(self, layout):
        return layout.site_name

    def items(self, layout):
        return layout.page.articles().select_related("organisation", "locale")[:ENTRIES]

    def item_title(self, article):
        return _printable(article.title)

    def item_description(self, article):
        return _printable(article.teaser_text)

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
