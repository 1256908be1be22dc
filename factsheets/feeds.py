"""The Atom feed of the fact sheets in one language. Each entry has its files as enclosures."""

from __future__ import annotations

from datetime import datetime, time

from django.utils import timezone
from django.utils.feedgenerator import Enclosure

from factsheets.models import FactSheetIndexPage
from factsheets.presentation.files import downloads, with_current_files
from factsheets.presentation.listing import public_fact_sheets
from home.seo.feeds import ENTRIES, SectionFeed, as_html, entry_id, printable


class FactSheetFeed(SectionFeed):
    index_model = FactSheetIndexPage

    def items(self, layout):
        return with_current_files(public_fact_sheets(layout.page))[:ENTRIES]

    def item_title(self, sheet):
        return printable(sheet.title)

    def item_description(self, sheet):
        return as_html(sheet.teaser_text)

    def item_link(self, sheet):
        return sheet.full_url

    def item_guid(self, sheet):
        return entry_id(sheet)

    def item_pubdate(self, sheet):
        first = sheet.publication.first_published_on
        return timezone.make_aware(datetime.combine(first, time())) if first else sheet.first_published_at

    def item_updateddate(self, sheet):
        """Return when the page or one of its files last changed."""
        moments = [file.current.checked_at for file in sheet.publication.public_files]
        return max(moment for moment in [sheet.last_published_at, *moments] if moment)

    def item_enclosures(self, sheet):
        files = downloads(sheet, sheet.full_url)
        return [Enclosure(file.url, str(file.size), file.media_type) for file in files]

    def item_copyright(self, sheet):
        return sheet.publication.licence_url or sheet.publication.licence_name
