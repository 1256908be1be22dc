"""The events at which a user may check participants in: the menu item and the screen for users without other access."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from events.models import Event, EventAccess, EventPage

# Days for which an event stays in the list after it has ended, so that attendance can still be corrected.
DAYS_AFTER = 7


def events_of(user: User) -> list[Event]:
    """Return the events at which the user may only check participants in, with their pages, soonest first."""
    since = timezone.localdate() - datetime.timedelta(days=DAYS_AFTER)
    granted = EventAccess.objects.filter(user=user, only_checks_in=True).values("event")
    events = list(Event.objects.filter(pk__in=granted, last_day__gte=since).order_by("first_day", "pk"))
    EventPage.attach_to(events)
    return events


class CheckInMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        user = request.user
        is_granted = EventAccess.objects.filter(user=user.pk, only_checks_in=True).exists()
        return is_granted and not user.has_perm("events.change_event")


def menu_item() -> CheckInMenuItem:
    return CheckInMenuItem(
        _("Check-in"), reverse("my_check_ins"), name="check-in", icon_name="calendar-check", order=191
    )


class MyCheckInsView(WagtailAdminTemplateMixin, TemplateView):
    """The list of these events. The response is 404 for users who may not check anyone in."""

    template_name = "events/admin/my_check_ins.html"
    page_title = _("Check-in")
    header_icon = "calendar-check"
    breadcrumbs_items = [*WagtailAdminTemplateMixin.breadcrumbs_items, {"url": "", "label": page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        if not isinstance(user, User) or not EventAccess.objects.filter(user=user, only_checks_in=True).exists():
            raise Http404("no access to any check-in")
        return super().get_context_data(**kwargs) | {"events": events_of(user)}
