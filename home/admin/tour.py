"""The first-use tour: four steps on the dashboard, by role. Users can continue on any device where they stopped.

The number of the step is stored in the user's Wagtail profile, as dismissed hints are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.users.models import UserProfile

from home.admin.dashboard import Panel
from home.manual.chapters import adds_pages, may, translates

# The key in the profile. Its value is the number of the current step, or a mark that the tour has ended.
KEY = "first-use-tour"
FINISHED = "finished"


@dataclass(frozen=True)
class Step:
    title: str
    text: str
    # The manual chapter with more about this step.
    chapter: str


def steps_for(user: User) -> list[Step]:
    """Return the four steps: the dashboard, the user's main task, how to undo a change, and where to find help."""
    return [
        Step(
            _("This is your dashboard"),
            _(
                "It shows what you can do, your open tasks and what is missing. Everything else is in the menu beside it."
            ),
            "find-your-way",
        ),
        _main_task(user),
        _way_back(user),
        Step(
            _("Help is on every screen"),
            _("The question mark at the top right opens the manual about that screen. Help in the menu has all of it."),
            "find-your-way",
        ),
    ]


def _main_task(user: User) -> Step:
    if may("events.add_event")(user) and not user.is_superuser and not may("home.add_organisation")(user):
        text = _("Enter title, days and place first. Timetable, page and registration have their own screens.")
        return Step(_("Add an event"), text, "add-an-event")
    if adds_pages(user):
        text = _("Choose a task, write, and look at the preview. Then publish the page, or submit it to an editor.")
        return Step(_("Write something"), text, "write-news")
    if translates(user):
        text = _("Translations in the menu lists what is missing or has changed. The source is next to your text.")
        return Step(_("Translate a page"), text, "translate-a-page")
    if may("home.view_enquiry")(user):
        text = _("Enquiries in the menu lists the messages of the contact page, with the day by which you answer.")
        return Step(_("Answer an enquiry"), text, "answer-enquiries")
    return Step(
        _("What you may do"),
        _("The menu shows only what your account may do. Help > Who may do what lists it."),
        "find-your-way",
    )


def _way_back(user: User) -> Step:
    if adds_pages(user) or translates(user):
        text = _("Your changes are a draft until they are published. The history, a clock, has every earlier version.")
        return Step(_("Nothing gets lost"), text, "change-a-page")
    text = _("Choose the language of these screens and which emails you get under your name, Account.")
    return Step(_("Make it yours"), text, "look-after-your-account")


def position(user: User) -> int | None:
    """Return the number of the user's current step (from 0), or None if they finished or skipped the tour."""
    profile = getattr(user, "wagtail_userprofile", None)
    kept = profile.dismissibles.get(KEY, 0) if profile else 0
    if kept == FINISHED:
        return None
    return kept if isinstance(kept, int) and 0 <= kept < len(steps_for(user)) else 0


class TourPanel(Panel):
    name = "tour"
    order = 10
    template_name = "wagtailadmin/home/tour.html"

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        user = parent_context["request"].user
        number = position(user)
        if number is None:
            return {"step": None}
        steps = steps_for(user)
        return {
            "step": steps[number],
            "number": number + 1,
            "count": len(steps),
            "previous": number - 1 if number else None,
            "next": number + 1 if number + 1 < len(steps) else FINISHED,
            "is_last": number + 1 == len(steps),
            "finished": FINISHED,
        }


class TourView(WagtailAdminTemplateMixin, TemplateView):
    """Shows all steps on one page, and stores the step to which the user goes."""

    template_name = "wagtailadmin/tour.html"
    page_title = gettext_lazy("First steps")
    header_icon = "help"
    breadcrumbs_items = [*WagtailAdminTemplateMixin.breadcrumbs_items, {"url": "", "label": page_title}]

    def post(self, request: HttpRequest) -> HttpResponse:
        wanted = request.POST.get("step", "")
        user = cast("User", request.user)
        is_step = wanted.isascii() and wanted.isdecimal() and len(wanted) == 1
        profile = UserProfile.get_for_user(user)
        profile.dismissibles[KEY] = int(wanted) if is_step and int(wanted) < len(steps_for(user)) else FINISHED
        profile.save(update_fields=["dismissibles"])
        is_shown = profile.dismissibles[KEY] != FINISHED
        return redirect(reverse("wagtailadmin_home") + ("#tour" if is_shown else ""))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(steps=steps_for(cast("User", self.request.user)), **kwargs)


def menu_item() -> MenuItem:
    return MenuItem(gettext_lazy("First steps"), reverse("tour"), name="tour", icon_name="help", order=40)


urlpatterns = [path("tour/", TourView.as_view(), name="tour")]
