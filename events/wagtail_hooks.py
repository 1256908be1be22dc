"""The hooks of this app. Each one names the module that does the work."""

from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import path
from django.utils.html import format_html
from wagtail import hooks

from events.admin import my_check_ins
from events.admin.dashboard import ChangeNoticesPanel, EventsPanel, add_event
from events.admin.report_part import events_in_report
from events.admin.viewsets import EventViewSet
from events.models import EventAccess, EventPage
from events.models.pages import GROUP_SLUG
from events.page_checks import check_event_page
from events.registration import access
from events.views.group import group_view
from events.views.registration import registration_view

hooks.register("check_page", check_event_page)
hooks.register("register_report_part", events_in_report, order=10)
hooks.register("register_editor_task", add_event, order=5)


def sees_registrations_of_any(user):
    """Return whether the user sees registrations of any event, or gets access to them by adding an event."""
    return user.has_perm("events.add_event") or EventAccess.objects.filter(user=user, only_checks_in=False).exists()


@hooks.register("register_manual_readers")
def register_manual_readers():
    return {
        "changes events": lambda user: user.has_perm("events.change_event"),
        "sees registrations": sees_registrations_of_any,
        "checks in": access.has_any,
    }


@hooks.register("construct_homepage_panels")
def add_events_to_the_dashboard(request, panels):
    panels += [ChangeNoticesPanel(), EventsPanel()]


@hooks.register("register_admin_viewset")
def register_events():
    return EventViewSet()


@hooks.register("register_admin_menu_item")
def register_check_in():
    return my_check_ins.menu_item()


@hooks.register("register_admin_urls")
def register_check_in_url():
    return [path("check-in/", my_check_ins.MyCheckInsView.as_view(), name="my_check_ins")]


@hooks.register("insert_global_admin_css")
def insert_styles():
    return format_html('<link rel="stylesheet" href="{}">', static("events/admin.css"))


@hooks.register("before_create_page")
def add_event_instead(request, parent_page, page_class):
    """Redirect editors who add an event page to the form that creates the event together with its page."""
    if page_class is EventPage:
        return redirect("events:add")
    return None


@hooks.register("before_copy_page")
def copy_event_instead(request, page):
    """Redirect editors who copy an event page to the form for copying the event to another date."""
    return redirect("events:copy", page.specific.event_id) if isinstance(page.specific, EventPage) else None


@hooks.register("on_serve_page", order=100)
def serve_registration(next_step):
    """Answer requests for the registration form below an event's page.

    Wagtail's privacy check is the `on_serve_page` hook of order 0 and comes before this one. Hooks of
    `before_serve_page` run before that check.
    """

    def serve(page, request, serve_args, serve_kwargs):
        if isinstance(page, EventPage) and page.registration_path is not None:
            if page.registration_path[:1] == (GROUP_SLUG,):
                return group_view(request, page, page.registration_path[1:])
            return registration_view(request, page, page.registration_path)
        return next_step(page, request, serve_args, serve_kwargs)

    return serve
