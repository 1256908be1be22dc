"""Copies an event to another date. The organiser chooses which parts are copied."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db import models, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic import PermissionCheckedMixin, WagtailAdminTemplateMixin
from wagtail.admin.widgets import AdminDateInput
from wagtail.coreutils import find_available_slug, string_to_ascii
from wagtail.models import Page

from events.enums import EventStatus
from events.models import (
    Event,
    EventIndexPage,
    EventOrganiser,
    EventPage,
    EventSession,
    RegistrationSettings,
    SeatPool,
    TimetableRow,
)
from events.registration.access import grant_to_creator, may_see
from home.accepted_dates import validate_year

# Dates of the original that do not apply to the copy. They are emptied.
RESET_FIELDS = [
    "opens_at",
    "closes_at",
    "waiting_until",
    "change_until",
    "withdraw_until",
    "reminded_at",
    "sensitive_erased_at",
    "anonymised_at",
]


class Part(models.TextChoices):
    """A part of an event that can be copied."""

    TEXTS = "texts", _("Texts of the page")
    TIMETABLE = "timetable", _("Timetable and times of the event, without slides and recordings")
    VENUE = "venue", _("Venue and its accessibility")
    ORGANISERS = "organisers", _("Organisers and contact")
    REGISTRATION = "registration", _("Registration: settings, places and questions, without opening times")


# Fields of the event and of its page that belong to a part.
EVENT_FIELDS = {
    Part.TIMETABLE: ["start_time", "end_time"],
    Part.VENUE: [
        "venue_name",
        "venue_address",
        "venue_postcode",
        "venue_town",
        "venue_country",
        "step_free",
        "hearing_loop",
    ],
    Part.ORGANISERS: ["contact_name", "contact_email", "hashtag"],
}
PAGE_FIELDS = {
    Part.TEXTS: [
        "lead",
        "summary",
        "search_description",
        "seo_title",
        "share_image",
        "aim",
        "target_groups",
        "body",
        "practical",
    ],
    Part.TIMETABLE: ["timetable_rows"],
    Part.VENUE: ["directions", "access_notes"],
    Part.REGISTRATION: [
        "registration_label",
        "registration_intro",
        "questions",
        "survey_questions",
        "photo_consent",
        "data_recipients",
        "confirmation_note",
    ],
}
# Fields that are always copied. The private link is never copied: each event must have a link of its own.
ALWAYS = ["zone", "attendance", "languages_spoken", "languages_interpreted", "recording"]
# Fields of the page that are never copied, because they describe only the original event.
NEVER_OF_PAGE = ["status_reason", "report", "materials"]


class EventCopyForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=255)
    first_day = forms.DateField(
        label=_("First day"),
        widget=AdminDateInput,
        validators=[validate_year],
        help_text=_("The copy lasts as many days as the original."),
    )
    parts = forms.MultipleChoiceField(
        label=_("What to take along"),
        choices=Part.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        initial=Part.values,
        help_text=_(
            "The joining link, registrations, materials and the report are never copied. Translations are made from the "
            "new page."
        ),
    )

    def __init__(self, *args: Any, user: User, parent: Page | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.parent = user, parent

    def clean(self) -> dict[str, Any]:
        if self.parent is None or not self.parent.permissions_for_user(self.user).can_add_subpage():
            raise forms.ValidationError(_("You do not have permission to add pages in this language."))
        return self.cleaned_data


class EventCopyView(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView):
    """A form for the date of the copy and the parts to copy."""

    model = Event
    permission_policy = None
    permission_required = "add"
    form_class = EventCopyForm
    template_name = "events/admin/copy.html"
    page_title = _("Copy")
    header_icon = "copy"

    @cached_property
    def event(self) -> Event:
        return get_object_or_404(Event, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.event)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        events = {"url": reverse("events:index"), "label": _("Events")}
        event = {"url": reverse("events:edit", args=[self.event.pk]), "label": str(self.event)}
        return [*self.breadcrumbs_items, events, event, {"url": "", "label": self.page_title}]

    def get_initial(self) -> dict[str, Any]:
        return {"title": self.event.title, "parts": Part.values}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user, "parent": parent_of_copy(self.event)}

    def form_valid(self, form: EventCopyForm) -> HttpResponse:
        data = form.cleaned_data
        copy = copy_event(self.event, data["title"], data["first_day"], data["parts"], self.request.user)
        messages.success(
            self.request, _("Event added, with a draft of its page. Check the details, and enter the joining link.")
        )
        return redirect("events:edit", copy.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "event": self.event}


def parent_of_copy(event: Event) -> Page | None:
    """Return the event list below which the copied page is added, or None."""
    page = event.page
    return page.get_parent() if page else EventIndexPage.objects.order_by("pk").first()


@transaction.atomic
def copy_event(original: Event, title: str, first_day: datetime.date, parts: Collection[str], user: Any) -> Event:
    """Return a new event on another day, with a draft of its page. The user gets access to its registrations."""
    names = [*ALWAYS, *(name for part in parts for name in EVENT_FIELDS.get(Part(part), []))]
    event = Event(
        first_day=first_day,
        last_day=first_day + (original.last_day - original.first_day),
        status=EventStatus.SCHEDULED,
        **{name: getattr(original, name) for name in names},
    )
    event.changed_by = user
    event.save()
    if Part.ORGANISERS in parts:
        for row in original.organisers.all():
            EventOrganiser.objects.create(event=event, organisation=row.organisation, sort_order=row.sort_order)
    if Part.REGISTRATION in parts:
        _copy_registration_settings(original, event, user)
    event.page = _copy_page(original, event, title, parts, user)
    if Part.TIMETABLE in parts:
        _copy_sessions(original, event)
    grant_to_creator(event, user)
    return event


def _copy_page(original: Event, event: Event, title: str, parts: Collection[str], user: Any) -> EventPage:
    parent, source = parent_of_copy(original), original.page
    if parent is None:
        raise ValueError("there is no event list")
    if source is None:
        page = EventPage(title=title, event=event, locale=parent.locale, owner=user, live=False)
        parent.add_child(instance=page)
        page.save_revision(user=user, log_action=True)
        return page
    left_out = [name for part, names in PAGE_FIELDS.items() if part not in parts for name in names]
    slug = find_available_slug(parent, slugify(string_to_ascii(title)) or "event")
    return source.copy(
        to=parent,
        update_attrs={"title": title, "draft_title": title, "slug": slug, "event": event},
        copy_revisions=False,
        keep_live=False,
        user=user,
        exclude_fields=[*NEVER_OF_PAGE, *left_out],
        process_child_object=_clear_results,
    )


def _clear_results(page: Page, copy: Page, relation: Any, row: Any) -> None:
    """Remove slides and recordings from a copied session: they belong to the original."""
    if isinstance(row, TimetableRow):
        row.slides, row.slides_url, row.recording_url = None, "", ""


def _copy_registration_settings(original: Event, event: Event, user: Any) -> None:
    """Copy settings and places, but no registrations and no access. The copy has no opening date yet.

    The addresses that get an email about each registration are copied only if the user may see the registrations of the
    original.
    """
    settings = RegistrationSettings.objects.filter(event=original).first()
    if settings is None:
        return
    settings.pk, settings.event = None, event
    settings._state.adding = True
    for name in RESET_FIELDS:
        setattr(settings, name, None)
    if not may_see(user, original):
        settings.notification_emails = RegistrationSettings().notification_emails
    settings.save()
    for pool in SeatPool.objects.filter(event=original):
        SeatPool.objects.create(
            event=event, mode=pool.mode, capacity=pool.capacity, has_waiting_list=pool.has_waiting_list
        )


def _copy_sessions(original: Event, event: Event) -> None:
    """Copy which sessions are counted and which can be chosen, with their numbers of places, but no participant's choice."""
    if original.page is None or event.page is None:
        return
    # The copied rows have new keys. Both lists have the same order, which matches each row with its copy.
    rows, copies = (list(page.timetable_rows.order_by("sort_order", "pk")) for page in (original.page, event.page))
    keys = {row.translation_key: copy.translation_key for row, copy in zip(rows, copies, strict=True)}
    for session in EventSession.objects.filter(event=original, key__in=keys):
        EventSession.objects.create(
            event=event,
            key=keys[session.key],
            is_counted=session.is_counted,
            is_chosen=session.is_chosen,
            capacity=session.capacity,
        )
