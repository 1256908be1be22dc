"""Log of the changes to an event's details."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import ListView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from events.models import Event, EventChange


class EventHistoryView(WagtailAdminTemplateMixin, ListView):
    """Lists the changes of an event's details, newest first."""

    model = EventChange
    template_name = "events/admin/history.html"
    paginate_by = 50
    header_icon = "history"
    event: Event

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.has_perm("events.change_event"):
            raise PermissionDenied
        self.event = get_object_or_404(Event, pk=kwargs["pk"])
        self.event.page = self.event.find_source_page()
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[EventChange]:
        return EventChange.objects.filter(event=self.event).select_related("user")

    def get_page_title(self) -> str:
        return _("History: %(title)s") % {"title": self.event}

    def get_breadcrumbs_items(self) -> list[dict[str, object]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("events:index"), "label": _("Events")},
            {"url": reverse("events:edit", args=[self.event.pk]), "label": str(self.event)},
            {"url": "", "label": _("History")},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"event": self.event, "event_page": self.event.page, "current": "history"}
