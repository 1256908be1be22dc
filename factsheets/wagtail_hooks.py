from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.widgets import Button, ListingButton
from wagtail.snippets.models import register_snippet

from factsheets.admin.file_listing import publishing_errors
from factsheets.admin.report_part import publications_in_report
from factsheets.admin.viewsets import ChooseFactSheetListView, FactSheetsViewSetGroup, PublicationViewSet
from factsheets.models import FactSheetPage
from factsheets.permissions import can_view
from home.admin.dashboard import Task

register_snippet(FactSheetsViewSetGroup)
hooks.register("register_report_part", publications_in_report, order=20)


@hooks.register("register_admin_viewset")
def register_publications():
    return PublicationViewSet()


@hooks.register("before_publish_page")
def stop_publishing(request, page):
    """Stop publishing and scheduling while a file is rejected or pending. The page is saved as a draft."""
    page = page.specific
    if not isinstance(page, FactSheetPage):
        return None
    errors = publishing_errors(page.publication)
    if not errors:
        return None
    messages.error(
        request,
        format_html(
            "{} <ul>{}</ul>",
            _("The page was saved as a draft but not published. Fix these files first:"),
            format_html_join("", "<li>{}</li>", ((line,) for line in errors)),
        ),
    )
    return redirect("wagtailadmin_pages:edit", page.pk)


@hooks.register("before_bulk_action")
def stop_bulk_publishing(request, action_type, objects, action):
    if action_type != "publish":
        return None
    pages = FactSheetPage.objects.filter(pk__in=[item.pk for item in objects]).select_related("publication")
    errors = [f"{page.title}: {line}" for page in pages for line in publishing_errors(page.publication)]
    if not errors:
        return None
    messages.error(
        request, format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line,) for line in errors)))
    )
    return redirect("fact_sheets:index")


@hooks.register("register_page_header_buttons")
def link_files_in_header(page, user, next_url=None, view_name=None):
    page = page.specific
    if isinstance(page, FactSheetPage) and can_view(user, page.publication):
        yield Button(
            _("Files and checks"),
            reverse("publications:files", args=[page.publication_id]),
            icon_name="doc-full-inverse",
            priority=15,
        )


@hooks.register("register_page_listing_more_buttons")
def link_files_in_lists(page, user, next_url=None):
    page = page.specific if page.specific_class is FactSheetPage else None
    if page and page.permissions_for_user(user).can_edit():
        yield ListingButton(
            _("Files and checks"),
            reverse("publications:files", args=[page.publication_id]),
            icon_name="doc-full-inverse",
            priority=15,
        )


@hooks.register("register_editor_task", order=6)
def add_fact_sheet(request):
    url, others = ChooseFactSheetListView.in_own_language(request.user)
    if not url:
        return None
    return Task(_("Add a fact sheet"), _("A page with its files in each language."), url, "doc-full", tuple(others))
