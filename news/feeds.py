"""The Atom feed of the news in one language."""

from datetime import datetime, time

from django.utils import timezone

from home.seo.feeds import ENTRIES, SectionFeed, as_html, entry_id, printable
from news.models import NewsIndexPage


class NewsFeed(SectionFeed):
    index_model = NewsIndexPage

    def items(self, layout):
        return layout.page.articles().select_related("organisation", "locale")[:ENTRIES]

    def item_title(self, article):
        return printable(article.title)

    def item_description(self, article):
        return as_html(article.teaser_text)

    def item_link(self, article):
        return article.full_url

    def item_guid(self, article):
        return entry_id(article)

    def item_author_name(self, article):
        return printable(article.organisation_name) or None

    def item_pubdate(self, article):
        return timezone.make_aware(datetime.combine(article.published_on, time()))

    def item_updateddate(self, article):
        return article.last_published_at

    def item_categories(self, article):
        return [printable(article.category_name)] if article.category_name else []
