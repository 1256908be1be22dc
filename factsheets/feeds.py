"""The Atom feed of a language's fact sheets; each entry carries its files."""

from __future__ import annotations

from datetime import datetime, time

from django.contrib.syndication.views import Feed
from django.http import Http404
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Enclosure
from wagtail.models import Locale, Site

from factsheets import display
from factsheets.models import FactSheetIndexPage
from home.layout import Layout

ENTRIES = 30


class FactSheetFeed(Feed):
    """The newest fact sheets of one language. Raises Http404 while the language has no public list of them."""

    feed_type = Atom1Feed

    def get_object(self, request):
        site = Site.find_for_request(request)
        page = FactSheetIndexPage.objects.live().public().filter(locale=Locale.get_active()).first() if site else None
        if page is None:
            raise Http404("no fact sheets in this language")
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
        return display.with_current_files(layout.page.sheets())[:ENTRIES]

    def item_title(self, sheet):
        return sheet.title

    def item_description(self, sheet):
        return sheet.teaser_text

    def item_link(self, sheet):
        return sheet.full_url

    def item_guid(self, sheet):
        # The key of a translation with its language: neither a new slug nor a new domain makes the entry new.
        return f"{sheet.translation_key.urn}:{sheet.locale.language_code}"

    def item_pubdate(self, sheet):
        first = sheet.publication.first_published_on
        return timezone.make_aware(datetime.combine(first, time())) if first else sheet.first_published_at

    def item_updateddate(self, sheet):
        """Return when words or files last changed."""
        moments = [file.current.checked_at for file in sheet.publication.public_files]
        return max(moment for moment in [sheet.last_published_at, *moments] if moment)

    def item_enclosures(self, sheet):
        files = display.downloads(sheet, sheet.full_url)
        return [Enclosure(file.url, str(file.size), file.media_type) for file in files]

    def item_copyright(self, sheet):
        return sheet.publication.licence_url or sheet.publication.licence_name
