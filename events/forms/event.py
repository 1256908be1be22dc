"""The form for the details of an event. It shows the consequences of changes before it saves them."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils.formats import date_format, time_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.models import Locale

from events import timezones
from events.enums import EventStatus
from events.models import Event, EventChange, EventIndexPage, EventPage
from events.registration.queries import called_off_recipient_count
from events.timetable.change_zone import keep_instants
from home.page_forms import ReadableChoicesForm

# Fields for time, place and status. Their changes are public at once and are emailed to participants.
FACTS = (
    "first_day", "last_day", "start_time", "end_time", "zone", "status", "attendance",
    "venue_name", "venue_address", "venue_postcode", "venue_town", "venue_country",
)  # fmt: skip
# The name of the hidden field that shows that the user has seen the consequences of the changes.
ASKED = "consequences_shown"
UNCONFIRMED = "unconfirmed"
CALLED_OFF = frozenset({EventStatus.CANCELLED, EventStatus.POSTPONED})


def _read_day(form: forms.Form, name: str) -> datetime.date | None:
    """Return a day that was entered; None if the field is empty or holds no date."""
    try:
        found: datetime.date | None = form.fields[name].to_python(form.data.get(name))
    except ValidationError:
        return None
    return found


def _shown(field: forms.Field, value: Any) -> str:
    """Return an initial or entered value as text for people."""
    if isinstance(field, forms.DateField | forms.TimeField):
        try:
            value = field.to_python(value)
        except ValidationError:
            return str(value)
        if isinstance(value, datetime.time):
            return time_format(value)
        return date_format(value) if isinstance(value, datetime.date) else "–"
    labels = {str(key): label for key, label in getattr(field, "choices", ())}
    return str(labels.get(str(value), value) or "–")


class EventForm(ReadableChoicesForm):
    """The details of an event.

    For a new event the form also has the title and language of its page, which is created with the event.
    """

    title = forms.CharField(
        label=_("Title"),
        max_length=255,
        required=False,
        help_text=_("Title of the event page. You can change it there later."),
    )
    written_in = forms.ModelChoiceField(
        label=_("Source language"),
        queryset=Locale.objects.none(),
        required=False,
        empty_label=None,
        help_text=_("The language in which you write the event page. It is translated from this language."),
    )
    zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=lambda: [(name, name.replace("_", " ")) for name in timezones.zones()],
        help_text=_("All times of the timetable are in this time zone."),
    )
    zone_change = forms.ChoiceField(
        label=_("You changed the time zone. What should stay the same?"),
        choices=[
            ("clock", _("The local times: a session at 10:00 stays at 10:00 in the new time zone")),
            (
                "instant",
                _("The moments in time: sessions start at the same moment as before, but their local times change"),
            ),
        ],
        widget=forms.RadioSelect,
        required=False,
    )

    # Declared for mypy: Django sets it, and `_move_last_day` replaces it.
    data: Any
    mail_confirmed = forms.BooleanField(label=_("Yes, save this"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_new = self.instance.pk is None
        self.old_zone = self.initial.get("zone") or self.instance.zone
        self.asks_zone = not self.is_new and self.is_bound and self.data.get("zone") not in (None, self.old_zone)
        self._move_last_day()
        self.changed_facts = self._changed_facts()
        self.recipient_count = self._count_recipients()
        self.changes_length = self._changes_length()
        self.asks = bool(self.recipient_count) or self.changes_length
        self.shown_fields = {"zone_change": self.asks_zone, "mail_confirmed": self.asks}
        if self.asks:
            # Reading `changed_data` has created the bound field, which has a help text of its own.
            self["mail_confirmed"].help_text = self._consequences()
        if self.is_new and "written_in" in self.fields:
            locales = Locale.objects.filter(pk__in=EventIndexPage.objects.values("locale")).order_by("pk")
            self.fields["written_in"].queryset = locales
            self.fields["written_in"].initial = locales.filter(pk=Locale.get_default().pk).first() or locales.first()
            self.fields["title"].required = True
        if self.is_new:
            # The model field was replaced above, so its default has to be set here.
            self.fields["zone"].initial = settings.TIME_ZONE
        self.old_organisers = [] if self.is_new else self._organiser_names()

    def clean_zone(self):
        zone = self.cleaned_data["zone"]
        timezones.validate_zone(zone)
        return zone

    def clean_last_day(self):
        # The model requires a last day. In the form it may be empty for an event of one day.
        return self.cleaned_data.get("last_day") or self.cleaned_data.get("first_day")

    def clean(self):
        cleaned = super().clean()
        if self.asks_zone and not cleaned.get("zone_change") and "zone" in cleaned:
            self.add_error("zone_change", _("Choose whether the local times or the moments in time stay the same."))
        if self.asks and not cleaned.get("mail_confirmed"):
            self.add_error("mail_confirmed", ValidationError(_("Tick the box to save."), code=UNCONFIRMED))
        if self.is_new and "written_in" in self.fields:
            self._clean_page(cleaned)
        return cleaned

    def only_asks(self) -> bool:
        """Return whether the only error is that the user has not confirmed the consequences, and remove that error."""
        errors = self.errors.get("mail_confirmed")
        if not errors or len(self.errors) > 1 or not all(form.is_valid() for form in self.formsets.values()):
            return False
        del self.errors["mail_confirmed"]
        return True

    def _move_last_day(self) -> None:
        """Move the last day by as many days as the first one, unless the user has seen the resulting days."""
        if self.is_new or not self.is_bound or ASKED in self.data:
            return
        first, last = (_read_day(self, name) for name in ("first_day", "last_day"))
        before = self.instance
        if first is None or last is None or first == before.first_day or last != before.last_day:
            return
        data: QueryDict = self.data.copy()
        data["last_day"] = self.fields["last_day"].widget.format_value(last + (first - before.first_day))
        self.data = data

    def _days(self) -> int:
        """Return the number of days of the entered dates; 0 if they are not dates."""
        first, last = (_read_day(self, name) for name in ("first_day", "last_day"))
        return ((last or first) - first).days + 1 if first is not None else 0

    def _changed_facts(self) -> list[str]:
        if self.is_new or not self.is_bound:
            return []
        found = [name for name in FACTS if name in self.changed_data]
        last_day = _read_day(self, "last_day") or _read_day(self, "first_day")
        # An empty last day means that the event ends on its first day.
        return [name for name in found if name != "last_day" or last_day != self.instance.last_day]

    def _changes_length(self) -> bool:
        if self.is_new or not self.is_bound or not self._is_public():
            return False
        return self._days() not in (0, len(self.instance.days))

    def _is_public(self) -> bool:
        return self.instance.page is not None and self.instance.page.live

    def _count_recipients(self) -> int:
        """Return how many participants get an email about the changes."""
        after = self.data.get("status") if self.is_bound else None
        calls_off = not self.is_new and after in CALLED_OFF and after != self.initial.get("status")
        if calls_off or (self.changed_facts and after not in CALLED_OFF and self._is_public()):
            return called_off_recipient_count(self.instance)
        return 0

    def _consequences(self):
        """Return the consequences of the changes as HTML for the confirmation."""
        lines = []
        for name in self.changed_facts:
            field = self.fields[name]
            before, after = (_shown(field, value) for value in (self.initial.get(name), self.data.get(name)))
            text = _("%(field)s: %(before)s → %(after)s")
            lines.append(text % {"field": field.label, "before": before, "after": after})
        if self.changes_length:
            days = ngettext("The event then has %(count)d day.", "The event then has %(count)d days.", self._days())
            lines.append(days % {"count": self._days()})
        if self.recipient_count:
            text = ngettext(
                "%(count)d person with a place or on the waiting list gets an email about this.",
                "%(count)d people with a place or on the waiting list get an email about this.",
                self.recipient_count,
            )
            lines += [
                text % {"count": self.recipient_count},
                _("You see the email before it is sent, and can add a sentence."),
            ]
        items = format_html_join("", "<li>{}</li>", ((line,) for line in lines))
        return format_html('<ul>{}</ul><input type="hidden" name="{}" value="1">', items, ASKED)

    def _clean_page(self, cleaned):
        locale = cleaned.get("written_in") or Locale.get_default()
        self.index_page = EventIndexPage.objects.filter(locale=locale).first()
        if self.index_page is None:
            self.add_error(
                None,
                _("There is no event list in this language yet. Add one below the home page of the language first."),
            )
        elif self.for_user and not self.index_page.permissions_for_user(self.for_user).can_add_subpage():
            self.add_error("written_in", _("You do not have permission to add pages in this language."))

    def save(self, commit=True):  # noqa: FBT002  (Django's signature)
        self.instance.changed_by = self.for_user
        if not commit:
            return super().save(commit=False)
        with transaction.atomic():
            if self.asks_zone and self.cleaned_data["zone_change"] == "instant":
                keep_instants(self.instance, self.old_zone, self.for_user)
            event = super().save()
            if self.is_new and "written_in" in self.fields:
                self._make_page(event)
            else:
                self._log_organisers(event)
        return event

    def _make_page(self, event: Event) -> None:
        page = EventPage(
            title=self.cleaned_data["title"],
            event=event,
            locale=self.index_page.locale,
            owner=self.for_user,
            live=False,
        )
        self.index_page.add_child(instance=page)
        page.save_revision(user=self.for_user, log_action=True)
        event.page = page

    def _organiser_names(self) -> list[str]:
        return [str(item.organisation) for item in self.instance.organisers.select_related("organisation")]

    def _log_organisers(self, event: Event) -> None:
        EventChange.record(event, {"organisers": self.old_organisers}, {"organisers": self._organiser_names()})
