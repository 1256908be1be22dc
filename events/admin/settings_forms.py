"""Forms for the settings and the places of an event's registration."""

from __future__ import annotations

from functools import cached_property

from django import forms
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminPageChooser
from wagtail.models import Page

from events.enums import Mode
from events.models import Event, RegistrationSettings, SeatPool
from events.registration.mail.context import EventDetails
from events.registration.mail.queue import source_language
from home.accepted_dates import validate_year
from home.admin.date_fields import MomentInput
from home.page_forms import NOT_CHOSEN
from home.view_permissions import may_choose

MOMENTS = ["opens_at", "closes_at", "waiting_until", "change_until", "withdraw_until"]


def modes_of(event: Event) -> list[Mode]:
    """Return the attendance modes of the event."""
    is_offered = {Mode.ON_SITE: event.is_on_site, Mode.ONLINE: event.is_online}
    return [mode for mode in Mode if is_offered[mode]]


class SeatsMixin(forms.Form):
    """Fields for the places of each attendance mode: whether it is offered, its capacity and its waiting list."""

    def add_seat_fields(self, event: Event, pools: dict[str, SeatPool]) -> None:
        self.event = event
        # A mode that the event no longer has is shown while it has a seat pool, so that it can be closed.
        self.modes = [mode for mode in Mode if mode in modes_of(event) or mode in pools]
        for mode in self.modes:
            pool = pools.get(mode)
            is_expected = mode in modes_of(event)
            self.fields[f"{mode}_offered"] = forms.BooleanField(
                label=_("Open for registration"), required=False, initial=bool(pool) or (not pools and is_expected)
            )
            self.fields[f"{mode}_capacity"] = forms.IntegerField(
                label=_("Number of places"),
                required=False,
                min_value=0,
                max_value=100_000,
                initial=pool.capacity if pool else None,
                help_text=_("Leave empty for no limit."),
            )
            self.fields[f"{mode}_waiting_list"] = forms.BooleanField(
                label=_("Use a waiting list when full"), required=False, initial=pool.has_waiting_list if pool else True
            )

    @property
    def seat_groups(self) -> list[dict[str, object]]:
        """The fields of each attendance mode, with its name."""
        names = ("offered", "capacity", "waiting_list")
        return [
            {"mode": mode, "label": mode.label, "fields": [self[f"{mode}_{name}"] for name in names]}
            for mode in self.modes
        ]

    @property
    def seats(self) -> dict[Mode, tuple[int | None, bool]]:
        """The capacity and whether there is a waiting list, by offered mode, in the form that `commands.set_seats` takes."""
        chosen = self.cleaned_data
        return {
            mode: (chosen[f"{mode}_capacity"], chosen[f"{mode}_waiting_list"])
            for mode in self.modes
            if chosen[f"{mode}_offered"]
        }

    def check_any_mode_offered(self) -> None:
        if not any(self.cleaned_data.get(f"{mode}_offered") for mode in self.modes):
            self.add_error(f"{self.modes[0]}_offered", _("Select at least one way to attend."))


def contact_problem(event: Event, user: User | AnonymousUser) -> str:
    """Return why registration cannot open: the event has no contact for participants. Empty if it has one.

    Those who may enter it get a link.
    """
    if EventDetails(event, source_language(event), None).contact is not None:
        return ""
    text = gettext("Enter a contact email address under “Event details” first. Participants need someone to write to.")
    if not user.has_perm("events.change_event"):
        return text
    address = reverse("events:edit", args=[event.pk]) + "#id_contact_email"
    return format_html('{} <a href="{}">{}</a>', text, address, gettext("Enter the contact email"))


class StartForm(SeatsMixin, forms.Form):
    """The places of an event without registration settings: the only values that are needed to open registration."""

    def __init__(self, *args, event: Event, user: User | AnonymousUser, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.add_seat_fields(event, {})

    def clean(self):
        cleaned = super().clean()
        self.check_any_mode_offered()
        if "open" in self.data and (problem := contact_problem(self.event, self.user)):
            self.add_error(None, problem)
        return cleaned


class SettingsForm(SeatsMixin, forms.ModelForm):
    """All settings, with the places."""

    class Meta:
        model = RegistrationSettings
        fields = [
            *MOMENTS,
            "confirms_address",
            "hold_minutes",
            "needs_approval",
            "offer_hours",
            "notification_emails",
            "reminder_hours",
            "asks_organisation",
            "asks_profession",
            "asks_country",
            "asks_photo_consent",
            "largest_group",
            "legal_basis",
            "privacy_page",
            "retention_days",
            "sensitive_retention_days",
        ]
        widgets = {
            **{name: MomentInput() for name in MOMENTS},
            "notification_emails": forms.Textarea(attrs={"rows": 3}),
            "privacy_page": AdminPageChooser(),
        }

    def __init__(self, *args, pools: dict[str, SeatPool], user: User | AnonymousUser, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        for name in MOMENTS:
            self.fields[name].validators.append(validate_year)
        self.add_seat_fields(self.instance.event, pools)

    def clean_privacy_page(self) -> Page | None:
        page: Page | None = self.cleaned_data["privacy_page"]
        if page is not None and "privacy_page" in self.changed_data and not may_choose(self.user, page):
            raise ValidationError(NOT_CHOSEN)
        return page

    def clean(self):
        cleaned = super().clean()
        self.check_any_mode_offered()
        self._check_before_the_end(cleaned)
        opens = cleaned.get("opens_at") if "opens_at" in self.changed_data else None
        if opens and (problem := contact_problem(self.event, self.user)):
            self.add_error("opens_at", problem)
        return cleaned

    def _check_before_the_end(self, cleaned):
        ends_at = self.event.ends_at
        for name in MOMENTS:
            moment = cleaned.get(name)
            if moment and ends_at and moment > ends_at:
                self.add_error(name, _("Enter a time before the end of the event."))

    @cached_property
    def groups(self) -> list[dict[str, object]]:
        """The fields in the order of the screen, under their headings."""
        parts = [
            ("when", _("When people can register"), ["opens_at", "closes_at"]),
            ("address", _("Confirmation of the email address"), ["confirms_address", "hold_minutes"]),
            ("approval", _("Approval and waiting list"), ["needs_approval", "offer_hours", "waiting_until"]),
            ("deadlines", _("Deadlines for participants"), ["change_until", "withdraw_until"]),
            (
                "form",
                _("Questions on the form"),
                ["asks_organisation", "asks_profession", "asks_country", "asks_photo_consent", "largest_group"],
            ),
            ("mail", _("Emails"), ["notification_emails", "reminder_hours"]),
            (
                "privacy",
                _("Data protection"),
                ["legal_basis", "privacy_page", "retention_days", "sensitive_retention_days"],
            ),
        ]
        return [
            {"key": key, "heading": heading, "fields": [self[name] for name in names]} for key, heading, names in parts
        ]
