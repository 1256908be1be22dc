"""The list of events, and the screens that add, edit and delete them."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from events.admin.copying import EventCopyView
from events.admin.history import EventHistoryView
from events.admin.timetable import TimetableCheckView, TimetablePasteView, TimetableView
from events.admin.urls import registration_urls
from events.enums import EventPhase
from events.forms.event import EventForm
from events.models import Event, EventPage
from events.registration import change_notices
from events.registration.access import grant_to_creator
from events.timetable.checks import outside_hours
from events.timetable.span import in_order


class ConditionalFieldPanel(FieldPanel):
    """A field that is hidden unless the value of another field requires it."""

    class BoundPanel(FieldPanel.BoundPanel):
        def is_shown(self):
            return super().is_shown() and self.form.shown_fields[self.field_name]


class NewEventPanel(MultiFieldPanel):
    """Fields that are shown only for a new event."""

    class BoundPanel(MultiFieldPanel.BoundPanel):
        def is_shown(self):
            return super().is_shown() and self.form is not None and self.form.is_new


class ConfirmationPanel(MultiFieldPanel):
    """The consequences of the changes, and a checkbox to confirm them."""

    class BoundPanel(MultiFieldPanel.BoundPanel):
        def is_shown(self):
            return super().is_shown() and self.form is not None and self.form.shown_fields["mail_confirmed"]


class ExistingEventPanel(HelpPanel):
    """Links to the other screens of an existing event."""

    class BoundPanel(HelpPanel.BoundPanel):
        def is_shown(self):
            return super().is_shown() and self.instance.pk is not None

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            return context | {
                "event": self.instance,
                "event_page": self.instance.page,
                "waiting_notices": change_notices.waiting_count(self.instance),
                "current": "details",
                "user": self.request.user,
            }


class EventIndexView(generic.IndexView):
    default_ordering = "-first_day"

    def get_base_queryset(self):
        return Event.objects.all()

    def search_queryset(self, queryset):
        # The search looks at the titles in all languages, so an event can match more than once.
        return super().search_queryset(queryset).distinct()

    def get_context_data(self, *args, **kwargs):
        context = super().get_context_data(*args, **kwargs)
        events = list(context["object_list"])
        EventPage.attach_to(events)
        now = timezone.now()
        for event in events:
            event.current_phase = event.phase(now)
        return context


class EventCreateView(generic.CreateView):
    page_title = _("New")
    success_message = _("Event added, with a draft of its page. Next, add the timetable or write the page.")

    def save_instance(self):
        event = super().save_instance()
        grant_to_creator(event, self.request.user)
        return event

    def get_success_url(self):
        return reverse("events:edit", args=[self.object.pk])

    def get_success_buttons(self):
        return []


class EventEditView(generic.EditView):
    success_message = _("Saved. The event details are updated in all languages.")

    def save_instance(self):
        event = super().save_instance()
        self._warn_about_hours(event)
        return event

    def _warn_about_hours(self, event):
        page = EventPage.objects.filter(pk=event.page.pk).first() if event.page else None
        rows = in_order(page.get_latest_revision_as_object().timetable_rows.all()) if page else []
        for found in outside_hours(event, rows):
            messages.warning(self.request, f"{rows[found.row]}: {found.text}")

    def get_success_url(self):
        if change_notices.waiting_count(self.object):
            return reverse("events:change_notices", args=[self.object.pk])
        return self.get_edit_url()

    def form_invalid(self, form):
        if form.only_asks() and not self.expects_json_response:
            self.form = form
            # This is no error: the form shows the consequences and a checkbox to confirm them.
            messages.warning(
                self.request, _("Not saved yet. Check what will follow, confirm it below, and save again.")
            )
            return self.render_to_response(self.get_context_data(form=form))
        return super().form_invalid(form)

    def get_success_buttons(self):
        return []


class EventDeleteView(generic.DeleteView):
    """Refuses to delete an event that has registrations or pages.

    Anonymised registrations count as well, since the project reports their number. Pages are deleted in the page explorer.
    """

    # Django's view deletes without a confirmation if the request has the method DELETE.
    http_method_names = ("get", "head", "post", "options")

    def get(self, request, *args, **kwargs):
        return self._refuse() or super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        return self._refuse() or super().post(request, *args, **kwargs)

    def _refuse(self):
        if self.object.registrations.exists():
            reason = _("This event has registrations, so it cannot be deleted. Cancel it instead.")
        elif self.object.pages.exists():
            reason = _("This event has pages. Delete them first.")
        else:
            return None
        messages.error(self.request, reason)
        return redirect("events:edit", self.object.pk)


class DaysColumn(Column):
    def get_value(self, instance):
        return instance

    cell_template_name = "events/admin/days_cell.html"


def _page_links(event: Event) -> str:
    copy = format_html('<a href="{}">{}</a>', reverse("events:copy", args=[event.pk]), _("Copy"))
    if not event.page:
        return copy
    return format_html(
        '<a href="{}">{}</a> · <a href="{}">{}</a>{} · {}',
        reverse("wagtailadmin_pages:edit", args=[event.page.pk]),
        pgettext("of an event", "Page"),
        reverse("events:timetable", args=[event.pk]),
        _("Timetable"),
        "" if event.page.live else format_html(" ({})", _("draft")),
        copy,
    )


class EventViewSet(ModelViewSet):
    model = Event
    name = "events"
    url_prefix = "events"
    icon = "calendar-alt"
    menu_label = _("Events")
    menu_name = "events"
    menu_order = 190
    add_to_admin_menu = True
    copy_view_class = EventCopyView
    list_per_page = 50
    ordering = ["-first_day", "-pk"]
    list_filter = ["status", "attendance"]
    search_fields = ["pages__title", "venue_name", "venue_town"]
    search_backend_name = None
    index_view_class = EventIndexView
    add_view_class = EventCreateView
    edit_view_class = EventEditView
    delete_view_class = EventDeleteView

    list_display = [
        TitleColumn(
            "title",
            label=_("Event"),
            get_url=lambda event: reverse("events:edit", args=[event.pk]),
            accessor=lambda event: event.title or _("(without a page)"),
            width="36%",
        ),
        DaysColumn("first_day", label=_("Days"), sort_key="first_day"),
        Column("status", label=_("Status"), accessor=lambda event: EventPhase(event.current_phase).label),
        Column("mode", label=_("Attendance"), accessor=lambda event: event.mode.label),
        Column("place", label=_("Place"), accessor=lambda event: event.place or "–"),
        Column("page", label=_("Page and timetable"), accessor=_page_links),
    ]

    def get_copy_view_kwargs(self, **kwargs):
        return kwargs

    def get_edit_handler(self):
        panels = [
            ExistingEventPanel(template="events/admin/event_links.html"),
            ConfirmationPanel([ConditionalFieldPanel("mail_confirmed")], heading=_("What happens when you save")),
            NewEventPanel([FieldPanel("title"), FieldPanel("written_in")], heading=_("Page")),
            MultiFieldPanel(
                [
                    FieldRowPanel(["first_day", "last_day"]),
                    FieldRowPanel(["start_time", "end_time"]),
                    "zone",
                    ConditionalFieldPanel("zone_change"),
                ],
                heading=_("When"),
            ),
            MultiFieldPanel(["status", "previous_first_day"], heading=_("Status")),
            MultiFieldPanel(
                [
                    "attendance",
                    "venue_name",
                    "venue_address",
                    FieldRowPanel(["venue_postcode", "venue_town", "venue_country"]),
                    FieldRowPanel(["step_free", "hearing_loop"]),
                ],
                heading=_("Where"),
            ),
            MultiFieldPanel(["online_platform", "online_link"], heading=_("Online access (never public)")),
            MultiFieldPanel(
                ["languages_spoken", "languages_interpreted", "recording"], heading=_("Languages and recording")
            ),
            MultiFieldPanel(
                [
                    InlinePanel("organisers", label=_("organisation"), heading=_("Organisers")),
                    FieldRowPanel(["contact_name", "contact_email"]),
                    FieldRowPanel(["registration_url", "hashtag"]),
                ],
                heading=_("Organisers, contact and registration"),
            ),
        ]
        handler = ObjectList(panels, base_form_class=EventForm)
        return handler.bind_to_model(self.model)

    def get_urlpatterns(self):
        # The menu item links to the first pattern, so the index stays first.
        index, *others = super().get_urlpatterns()
        return [
            index,
            path("history/<int:pk>/", EventHistoryView.as_view(), name="history"),
            *others,
            path("<int:pk>/timetable/", TimetableView.as_view(), name="timetable"),
            path("<int:pk>/timetable/check/", TimetableCheckView.as_view(), name="timetable_check"),
            path("<int:pk>/timetable/paste/", TimetablePasteView.as_view(), name="timetable_paste"),
            *registration_urls(),
        ]
