"""Hooks of the Wagtail admin."""

from django.contrib.auth.models import Permission
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogFormatter
from wagtail.models import Page, TranslatableMixin
from wagtail.snippets.models import register_snippet
from wagtail_localize.models import Translation

from home.admin import (
    approval,  # noqa: F401  (registers hooks)
    choosers,
    content_reports,
    deletion,
    deliverables,
    enquiries,
    manual,
    page_list_buttons,  # noqa: F401  (registers hooks)
    permission_denied,  # noqa: F401  (replaces the answer of Wagtail)
    preview_links,
    project_report,
    rich_text_links,
    settings_versions,
    tour,
)
from home.admin.api import ENDPOINTS
from home.admin.dashboard import (
    AssignmentsPanel,
    ComingPanel,
    DraftsPanel,
    EnquiriesPanel,
    MissingInformationPanel,
    ProxyProblemPanel,
    TaskBacklogPanel,
    TasksPanel,
    TranslationsPanel,
)
from home.admin.glossary import GlossaryViewSet
from home.admin.paste import pasted_html
from home.admin.permission_table import PermissionTableView
from home.admin.snippet_rules import HELD_BACK
from home.admin.tour import TourPanel
from home.admin.viewsets import ConsortiumViewSetGroup
from home.admin.webhooks import WebhookViewSet
from home.enquiries import views as enquiry_views
from home.links import LinkHandler
from home.models import ContactPage
from home.translations import editor, machine_views, permissions, tree_sync
from home.translations.assignment_views import EmailFrequencyPanel
from home.translations.urls import admin_urls
from home.usage import REPLACED

register_snippet(ConsortiumViewSetGroup)

# Reports of the packages, which the translation overview and "Pages by their dates" replace.
REPLACED_REPORTS = {"translations", "aging-pages"}
# Wagtail's release notes, written for developers, and its guide, which does not know this site.
HIDDEN_HELP = ("whats-new-in-wagtail", "editor-guide")

# Appearance


@hooks.register("register_rich_text_features", order=1)  # after Wagtail's own
def register_links(features):
    features.register_link_type(LinkHandler)
    rich_text_links.register(features)


@hooks.register("register_icons")
def register_icons(icons):
    return [*icons, "wagtailadmin/icons/organisation.svg", "wagtailadmin/icons/news.svg"]


@hooks.register("insert_global_admin_css")
def insert_admin_css():
    return format_html('<link rel="stylesheet" href="{}">', static("admin/editor.css"))


@hooks.register("insert_global_admin_js")
def insert_character_count():
    label = _("Characters: {count} of {limit}")
    return format_html('<script src="{}" data-label="{}"></script>', static("admin/character-count.js"), label)


@hooks.register("insert_editor_js")
def insert_paste_js():
    return format_html(
        '<script src="{}" data-url="{}" data-failed="{}"></script>',
        static("admin/paste.js"),
        reverse("pasted_html"),
        _("The pasted text could not be read. Its words are here, without headings and lists."),
    )


@hooks.register("insert_editor_js")
def insert_autosave_js():
    return format_html('<script src="{}"></script>', static("admin/autosave.js"))


@hooks.register("insert_global_admin_js")
def insert_admin_js():
    return format_html(
        '<script src="{}"></script><script src="{}"></script><script src="{}" type="module"></script>',
        static("admin/dates.js"),
        static("admin/form-widgets.js"),
        static("admin/transliteration.js"),
    )


# The contact page


@hooks.register("on_serve_page", order=100)
def serve_contact_page(next_step):
    """Give each visitor their own form token. It runs after Wagtail's privacy check, a hook of order 0."""

    def serve(page, request, serve_args, serve_kwargs):
        response = next_step(page, request, serve_args, serve_kwargs)
        return enquiry_views.serve(page, request, response) if isinstance(page, ContactPage) else response

    return serve


# Menu and dashboard


class EnquiriesMenuItem(MenuItem):
    def is_shown(self, request):
        return request.user.has_perm(enquiries.PERMISSION)


@hooks.register("register_admin_menu_item")
def register_enquiries_menu_item():
    return EnquiriesMenuItem(
        gettext_lazy("Enquiries"), reverse("enquiries:index"), name="enquiries", icon_name="mail", order=260
    )


class TranslationsMenuItem(MenuItem):
    def is_shown(self, request):
        user = request.user
        if permissions.languages_of(user, permissions.TRANSLATING):
            return True
        return permissions.writes_pages(user) and permissions.own_organisations(user).exists()


@hooks.register("register_admin_menu_item")
def register_translations_menu_item():
    return TranslationsMenuItem(
        gettext_lazy("Translations"),
        reverse("translations:overview"),
        name="translations",
        icon_name="wagtail-localize-language",
        order=220,
    )


hooks.register("register_admin_menu_item", deliverables.menu_item)


@hooks.register("register_admin_viewset")
def register_glossary():
    return GlossaryViewSet()


@hooks.register("register_admin_viewset")
def register_webhooks():
    return WebhookViewSet()


@hooks.register("construct_help_menu")
def hide_help(request, menu_items):
    menu_items[:] = [item for item in menu_items if not item.name.startswith(HIDDEN_HELP)]


@hooks.register("register_permissions")
def register_permissions():
    return Permission.objects.filter(
        content_type__app_label="home", codename__in=["change_deliverable", "view_reports"]
    )


@hooks.register("construct_reports_menu")
def hide_reports(request, menu_items):
    menu_items[:] = [item for item in menu_items if item.name not in REPLACED_REPORTS]


@hooks.register("construct_homepage_panels")
def add_panels(request, panels):
    panels += [
        TourPanel(),
        TaskBacklogPanel(),
        ProxyProblemPanel(),
        TasksPanel(),
        EnquiriesPanel(),
        AssignmentsPanel(),
        DraftsPanel(),
        TranslationsPanel(),
        ComingPanel(),
        MissingInformationPanel(),
    ]


# Before wagtail-localize's own addresses, because Django uses the first match.
@hooks.register("register_admin_urls", order=-1000)
def register_admin_urls():
    return [
        *admin_urls,
        path("enquiries/", include((enquiries.urlpatterns, "enquiries"))),
        path("deliverables/", include((deliverables.urlpatterns, "deliverables"))),
        path("pasted-html/", pasted_html, name="pasted_html"),
        path("manual/", include((manual.urlpatterns, "manual"))),
        path("who-may-do-what/", PermissionTableView.as_view(), name="permission_table"),
        *tour.urlpatterns,
        *preview_links.urlpatterns,
        *project_report.urlpatterns,
        path("project-settings/", include((settings_versions.urlpatterns, "project_settings"))),
        path("reports/content/", include((content_reports.urlpatterns, "content_reports"))),
    ]


hooks.register("register_reports_menu_item", project_report.menu_item)


class WritersMenuItem(MenuItem):
    def is_shown(self, request):
        return permissions.writes_pages(request.user)


def _register_report(label, name, icon, order):
    @hooks.register("register_reports_menu_item")
    def register_report():
        return WritersMenuItem(
            label, content_reports.report_url(name), name=f"content-{name}", icon_name=icon, order=order
        )


for _order, (_label, _name, _icon) in enumerate(content_reports.MENU, start=500):
    _register_report(_label, _name, _icon, _order)


@hooks.register("register_help_menu_item")
def register_permission_table():
    return MenuItem(
        gettext_lazy("Who may do what"),
        reverse("permission_table"),
        name="permission-table",
        icon_name="group",
        order=100,
    )


hooks.register("register_help_menu_item", manual.menu_item)
hooks.register("register_help_menu_item", tour.menu_item)
hooks.register("before_edit_page", manual.remember_edited_page, order=-100)
hooks.register("before_create_page", manual.remember_new_page, order=-100)
hooks.register("register_account_settings_panel", EmailFrequencyPanel)
hooks.register("register_page_header_buttons", preview_links.link_in_header)

choosers.register()


# Deleting, and replacing what is in use


@hooks.register("register_log_actions")
def register_replacements(actions):
    @actions.register_action(REPLACED)
    class ReplacedFormatter(LogFormatter):
        label = gettext_lazy("Replace")

        def format_message(self, log_entry):
            return _("“%(old)s” was replaced by “%(new)s”") % log_entry.data


hooks.register("register_log_actions", preview_links.register_log_actions)
hooks.register("register_log_actions", deliverables.register_log_actions)


# After Wagtail's own actions, so that these replace the actions of the same name.
hooks.register("register_bulk_action", deletion.DeleteImagesAction, order=1)
hooks.register("register_bulk_action", deletion.DeleteDocumentsAction, order=1)
hooks.register("register_bulk_action", deletion.DeleteSnippetsAction, order=1)


# Translations


@hooks.register("before_edit_page", order=-10)
@hooks.register("before_edit_snippet", order=-10)
def warn_about_changed_texts(request, instance):
    """Show messages about outdated segments and failed updates on the edit page of a translation."""
    if request.method != "GET" or not isinstance(instance, TranslatableMixin):
        return
    translation = (
        Translation.objects.filter(
            source__object_id=instance.translation_key, target_locale_id=instance.locale_id, enabled=True
        )
        .select_related("sync_failure")
        .first()
    )
    if translation is None:
        return
    number = translation.stale_strings.count()
    if number:
        button = messages.button(reverse("translations:review", args=[translation.pk]), _("Review"))
        text = ngettext(
            "%(number)d text changed in the source. Check its translation.",
            "%(number)d texts changed in the source. Check their translations.",
            number,
        )
        messages.warning(request, text % {"number": number}, buttons=[button])
    if hasattr(translation, "sync_failure"):
        text = _("This translation could not be updated from its source: %(reason)s")
        messages.error(request, text % {"reason": translation.sync_failure.reason})


@hooks.register("before_edit_page", order=-10)
@hooks.register("before_edit_snippet", order=-10)
def ask_before_restart(request, instance):
    if request.method == "POST" and isinstance(instance, TranslatableMixin):
        return editor.ask_before_restart(request, instance)
    return None


@hooks.register("before_edit_page", order=-20)
def hold_back_translation(request, page):
    """Refuse to publish from the translation editor while the source of the translation is not public."""
    page = page.specific
    if request.POST.get("action") == "publish" and getattr(page, "is_held_back", False):
        messages.error(request, HELD_BACK)
        return redirect("wagtailadmin_pages:edit", page.pk)
    return None


hooks.register("before_edit_page", machine_views.refuse_unread_texts, order=-19)
hooks.register("before_edit_snippet", machine_views.refuse_unread_texts, order=-14)
hooks.register("register_log_actions", machine_views.register_machine_translation)


@hooks.register("before_publish_page", order=-20)
def hold_back_page(request, page):
    """Refuse to publish an unsynchronised translation while its source is not public. It is saved as a draft."""
    page = page.specific
    if not getattr(page, "is_held_back", False):
        return None
    messages.error(request, HELD_BACK)
    return redirect("wagtailadmin_pages:edit", page.pk)


@hooks.register("before_bulk_action", order=-20)
def hold_back_pages(request, action_type, objects, action):
    if action_type != "publish" or not issubclass(action.model, Page):
        return None
    titles = [page.title for page in objects if getattr(page.specific, "is_held_back", False)]
    if not titles:
        return None
    messages.error(request, f"{HELD_BACK} {', '.join(titles)}")
    return redirect(action.next_url)


@hooks.register("construct_translated_pages_to_cascade_actions")
def include_translations(pages, action):
    # When a source is unpublished, a signal unpublishes its translations, because it stores which of them were public.
    return {page: [] if action == "unpublish" else tree_sync.linked_translations(page) for page in pages}


@hooks.register("before_unpublish_page")
def check_unpublishing(request, page):
    return tree_sync.check_page_action(request, page, "unpublish")


@hooks.register("before_delete_page")
def check_deleting(request, page):
    return tree_sync.check_page_action(request, page, "delete")


@hooks.register("before_move_page")
def check_moving(request, page, destination):
    return tree_sync.check_move(request, page, destination)


@hooks.register("before_bulk_action")
def include_translations_in_bulk_action(request, action_type, objects, action):
    return tree_sync.include_in_bulk_action(request, objects, action) if issubclass(action.model, Page) else None


@hooks.register("construct_admin_api", order=1)  # after that of Wagtail's images
def register_api_of_the_admin(router):
    for name, viewset in ENDPOINTS.items():
        router.register_endpoint(name, viewset)
