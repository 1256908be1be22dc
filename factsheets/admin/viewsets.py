"""The menu "Fact sheets": the list of pages, topics, target groups and the reports."""

from __future__ import annotations

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.admin_url_finder import ModelAdminURLFinder, register_admin_url_finder
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, LocaleColumn
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.permissions import page_permission_policy

from factsheets.admin import views
from factsheets.admin.downloads_report import DownloadsView
from factsheets.admin.maintenance_report import MaintenanceView
from factsheets.admin.reports import PAGE_ACTIONS
from factsheets.models import (
    DownloadCount,
    FactSheetIndexPage,
    FactSheetPage,
    Publication,
    PublicationFile,
    TargetGroup,
    Topic,
)
from factsheets.permissions import can_edit_details
from home.admin.choose_language import ChooseLanguageView
from home.admin.snippet_list import StateColumn, TranslatedSnippetViewSet


class FilesColumn(Column):
    """The languages of the PDF files. Languages with an accepted version are highlighted."""

    cell_template_name = "factsheets/admin/files_cell.html"

    def get_value(self, page):
        return [file for file in page.publication.files.all() if file.kind == PublicationFile.Kind.PDF]


class FactSheetListView(IndexView):
    default_ordering = "-latest_revision_created_at"

    def get_base_queryset(self):
        counts = DownloadCount.objects.filter(publication=OuterRef("publication")).order_by().values("publication")
        total = Coalesce(Subquery(counts.annotate(total=Sum("count")).values("total")), 0)
        pages = super().get_base_queryset().annotate(downloads=total)
        return pages.select_related("publication").prefetch_related("publication__files__versions")


class ChooseFactSheetListView(ChooseLanguageView):
    page_model = FactSheetPage
    parent_model = FactSheetIndexPage
    page_title = _("New fact sheet")
    header_icon = "doc-full"
    index_url_name = "fact_sheets:index"
    index_label = _("Fact sheets")
    heading = _("Choose the language of the fact sheet")
    introduction = _(
        "You write its page in this language. It can then be translated into the others. "
        "Each language has its own files."
    )
    nothing_to_choose = _(
        "You cannot add fact sheets to any list. Ask an editor to add a list of fact sheets below a home page "
        "or to give you access."
    )


class FactSheetListingViewSet(PageListingViewSet):
    model = FactSheetPage
    name = "fact_sheets"
    icon = "doc-full"
    menu_label = _("All fact sheets")
    menu_name = "all-fact-sheets"
    menu_order = 100
    add_to_admin_menu = False
    index_view_class = FactSheetListView
    choose_parent_view_class = ChooseFactSheetListView
    columns = [
        *IndexView.base_columns,
        FilesColumn("files", label=_("Files"), width="14%"),
        Column("downloads", label=_("Downloads"), sort_key="downloads", width="10%"),
    ]


class TopicViewSet(TranslatedSnippetViewSet):
    model = Topic
    icon = "tag"
    menu_label = _("Topics")
    menu_order = 200
    # The menu item is in the group below, so there must be no second one under "Snippets".
    menu_item_is_registered = True
    list_display = ["name", "key", StateColumn(), LocaleColumn(label=_("Language"))]
    ordering = ["name"]


class TargetGroupViewSet(TranslatedSnippetViewSet):
    model = TargetGroup
    icon = "group"
    menu_label = _("Target groups")
    menu_order = 300
    # The menu item is in the group below, so there must be no second one under "Snippets".
    menu_item_is_registered = True
    list_display = ["name", "key", StateColumn(), LocaleColumn(label=_("Language"))]
    ordering = ["name"]


class PageEditorsMenuItem(MenuItem):
    def is_shown(self, request):
        return page_permission_policy.user_has_any_permission(request.user, PAGE_ACTIONS)


class DownloadsViewSet(ViewSet):
    name = "fact_sheet_downloads"
    icon = "download"
    menu_label = _("Downloads")
    menu_order = 400
    menu_item_class = PageEditorsMenuItem

    def get_urlpatterns(self):
        return [path("", DownloadsView.as_view(), name="index")]


class MaintenanceViewSet(ViewSet):
    name = "fact_sheet_maintenance"
    icon = "warning"
    menu_label = _("Needs attention")
    menu_order = 500
    menu_item_class = PageEditorsMenuItem

    def get_urlpatterns(self):
        return [path("", MaintenanceView.as_view(), name="index")]


class FactSheetsViewSetGroup(ViewSetGroup):
    menu_label = _("Fact sheets")
    menu_name = "fact-sheets"
    menu_icon = "doc-full-inverse"
    menu_order = 210
    items = (FactSheetListingViewSet, TopicViewSet, TargetGroupViewSet, DownloadsViewSet, MaintenanceViewSet)


class PublicationUrlFinder(ModelAdminURLFinder):
    """Returns the address of a publication's screen, for users who may edit its details."""

    edit_url_name = "publications:details"

    def get_edit_url(self, instance):
        return self.construct_edit_url(instance) if can_edit_details(self.user, instance) else None


class PublicationViewSet(ViewSet):
    """The screens of one publication. They are linked from its pages and have no menu item."""

    name = "publications"

    def get_urlpatterns(self):
        return [
            path("<int:pk>/", views.FilesView.as_view(), name="files"),
            path("<int:pk>/upload/", views.UploadView.as_view(), name="upload"),
            path("<int:pk>/details/", views.DetailsView.as_view(), name="details"),
            path("versions/<int:pk>/file/", views.version_file, name="version_file"),
            path("versions/<int:pk>/cover/", views.version_cover, name="version_cover"),
            path("versions/<int:pk>/validate/", views.validate_again, name="validate_again"),
            path("versions/<int:pk>/delete/", views.delete_version, name="delete_version"),
        ]

    def on_register(self):
        register_admin_url_finder(Publication, PublicationUrlFinder)
