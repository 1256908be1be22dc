from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FactSheetsConfig(AppConfig):
    name = "factsheets"
    verbose_name = _("Fact sheets")

    def ready(self):
        # Models cannot be imported before the apps are loaded.
        from factsheets import signals  # noqa: F401, PLC0415
        from factsheets.admin.file_listing import file_listing  # noqa: PLC0415
        from factsheets.downloads.urls import subpage_urls  # noqa: PLC0415
        from factsheets.page_builders import page_builders  # noqa: PLC0415
        from factsheets.presentation import files, json_ld, listing, page  # noqa: PLC0415

        page_builders.index_context = listing.index_context
        page_builders.home_page_teasers = listing.home_page_teasers
        page_builders.page_context = page.page_context
        page_builders.json_ld = json_ld.fact_sheet_nodes
        page_builders.share_cover = files.share_cover
        page_builders.subpage_urls = subpage_urls
        page_builders.file_listing = file_listing
