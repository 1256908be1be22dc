"""The event: one row without a language, shared by its pages in all languages."""

from __future__ import annotations

import datetime
import uuid
from functools import cached_property

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable
from wagtail_localize.models import Translation

from events import timezones
from events.enums import Attendance, EventPhase, EventStatus, Provision, Recording
from home.countries import Countries
from home.email_addresses import validate_email_address
from home.languages import LanguageCodesField
from home.validity import changes_at

# Maximum length in days. Screens and files list each day.
LONGEST_EVENT = 60


class Event(ClusterableModel):
    """An event, with the data that is the same in every language.

    Texts and timetable titles are on the `EventPage` of each language. Saved values are public at once wherever a page of
    the event is live. `save` logs each change (`EventChange`); set `changed_by` before it to record who made the change.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=EventStatus,
        default=EventStatus.SCHEDULED,
        help_text=_("If the event does not take place as planned, give the reason on its page."),
    )
    zone = models.CharField(
        _("time zone"),
        max_length=40,
        default=settings.TIME_ZONE,
        validators=[timezones.validate_zone],
        help_text=_("All times of the timetable are in this time zone."),
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"), blank=True, help_text=_("Leave empty for an event of one day."))
    previous_first_day = models.DateField(
        _("original first day"),
        null=True,
        blank=True,
        help_text=_("Filled in automatically when the event is moved to another day. Shown beside the new date."),
    )
    start_time = models.TimeField(
        _("start time"),
        null=True,
        blank=True,
        help_text=_("On the first day. Leave empty if the timetable shows it or it is not known yet."),
    )
    end_time = models.TimeField(
        _("end time"),
        null=True,
        blank=True,
        help_text=_("On the last day. Leave empty if the timetable shows it or it is not known yet."),
    )
    attendance = models.CharField(_("attendance"), max_length=8, choices=Attendance, default=Attendance.ON_SITE)
    venue_name = models.CharField(_("venue"), max_length=120, blank=True)
    venue_address = models.CharField(_("street and number"), max_length=160, blank=True)
    venue_postcode = models.CharField(_("postcode"), max_length=16, blank=True)
    venue_town = models.CharField(_("town"), max_length=80, blank=True)
    venue_country = CountryField(_("country"), countries=Countries, blank=True)
    step_free = models.CharField(
        _("step-free access"), max_length=3, choices=Provision, default=Provision.UNKNOWN, blank=True
    )
    hearing_loop = models.CharField(
        _("hearing loop"), max_length=3, choices=Provision, default=Provision.UNKNOWN, blank=True
    )
    online_platform = models.CharField(
        _("online platform"), max_length=60, blank=True, help_text=_("Never public. Only participants see it.")
    )
    online_link = models.URLField(
        _("joining link"),
        max_length=500,
        blank=True,
        help_text=_(
            "Never public: not on pages, in calendars or in search results. Participants find it on their personal page."
        ),
    )
    languages_spoken = LanguageCodesField(verbose_name=_("spoken languages"))
    languages_interpreted = LanguageCodesField(verbose_name=_("interpretation into"))
    recording = models.CharField(
        _("recording and streaming"),
        max_length=8,
        choices=Recording,
        default=Recording.UNSAID,
        blank=True,
        help_text=_("Shown on the event page."),
    )
    contact_name = models.CharField(_("contact"), max_length=120, blank=True, help_text=_("A person or an office."))
    contact_email = models.EmailField(_("contact email"), blank=True, validators=[validate_email_address])
    hashtag = models.CharField(_("hashtag"), max_length=60, blank=True, help_text=_("With or without “#”."))
    registration_url = models.URLField(
        _("external registration"),
        max_length=500,
        blank=True,
        help_text=_(
            "The address of the form, if people register on another website. "
            "Edit the label of the link on the event page."
        ),
    )
    # Computed from days, times and the published timetable (`events/timetable/span.py`). If the start is not known, the
    # event begins at midnight of the first day. If the end is not known, it ends at the end of the last day.
    # `known_until` is the latest known time, or None.
    starts_at = models.DateTimeField(null=True, editable=False, db_index=True)
    ends_at = models.DateTimeField(null=True, editable=False, db_index=True)
    has_hours = models.BooleanField(default=False, editable=False)
    known_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    # Fields whose changes are logged: all fields that organisers enter.
    LOGGED_FIELDS = [
        "status",
        "zone",
        "first_day",
        "last_day",
        "previous_first_day",
        "start_time",
        "end_time",
        "attendance",
        "venue_name",
        "venue_address",
        "venue_postcode",
        "venue_town",
        "venue_country",
        "step_free",
        "hearing_loop",
        "online_platform",
        "online_link",
        "languages_spoken",
        "languages_interpreted",
        "recording",
        "contact_name",
        "contact_email",
        "hashtag",
        "registration_url",
    ]

    # The user who makes the next change, for the log. This is an attribute and not a field of the model.
    changed_by = None

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-first_day", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")),
                name="event_ends_after_it_starts",
                violation_error_message=_("The last day cannot be before the first day."),
            )
        ]

    def __str__(self):
        return self.title or str(self.first_day)

    @classmethod
    def from_db(cls, db, field_names, values):
        event = super().from_db(db, field_names, values)
        event._logged = event._logged_values() if set(cls.LOGGED_FIELDS) <= set(field_names) else None
        return event

    def clean(self):
        super().clean()
        self.hashtag = self.hashtag.removeprefix("#")
        self.last_day = self.last_day or self.first_day
        if self.first_day and self.last_day < self.first_day:
            raise ValidationError({"last_day": _("The last day cannot be before the first day.")})
        if self.first_day and (self.last_day - self.first_day).days >= LONGEST_EVENT:
            raise ValidationError({"last_day": _("An event lasts at most %(days)s days.") % {"days": LONGEST_EVENT}})
        one_day = self.first_day == self.last_day
        if one_day and self.start_time and self.end_time and self.end_time <= self.start_time:
            raise ValidationError({"end_time": _("The event cannot end before it starts.")})

    def save(self, *args, **kwargs):
        self.last_day = self.last_day or self.first_day
        before = getattr(self, "_logged", None)
        if before and self.status == EventStatus.RESCHEDULED and before["first_day"] != self.first_day:
            self.previous_first_day = before["first_day"]
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "previous_first_day"}
        super().save(*args, **kwargs)
        after = self._logged_values()
        if before:
            EventChange.record(self, before, after)
        self._logged = after

    def _logged_values(self) -> dict[str, object]:
        # Lists are copied, so that a list that is changed in place differs from its earlier value.
        values = {name: getattr(self, name) for name in self.LOGGED_FIELDS}
        return {name: [*value] if isinstance(value, list) else value for name, value in values.items()}

    # Pages

    def find_source_page(self):
        """Return the page of which the event's other pages are translations, live or not; None if the event has no page."""
        pages = list(self.pages.filter(alias_of=None).select_related("locale").order_by("pk"))
        if len(pages) < 2:
            return pages[0] if pages else None
        targets = set(
            Translation.objects.filter(source__object_id__in={page.translation_key for page in pages}).values_list(
                "target_locale_id", flat=True
            )
        )
        return next((page for page in pages if page.locale_id not in targets), pages[0])

    @cached_property
    def page(self):
        """The source page, read once. Lists set it for all their events at once (`EventPage.attach_to`)."""
        return self.find_source_page()

    @property
    def title(self) -> str:
        return self.page.title if self.page else ""

    # Dates

    @property
    def days(self) -> list[datetime.date]:
        count = (self.last_day - self.first_day).days + 1
        return [self.first_day + timezones.DAY * number for number in range(count)]

    @property
    def is_several_days(self) -> bool:
        return self.last_day != self.first_day

    def day(self, number: int) -> datetime.date:
        """Return the date of a day of the timetable. Days count from 1."""
        return self.first_day + timezones.DAY * (number - 1)

    def phase(self, now: datetime.datetime | None = None) -> EventPhase:
        now = now or timezone.now()
        if self.status == EventStatus.CANCELLED:
            return EventPhase.CANCELLED
        if self.status == EventStatus.POSTPONED:
            return EventPhase.POSTPONED
        changes_at(self.starts_at, self.ends_at)
        if self.starts_at is None or self.starts_at > now:
            return EventPhase.UPCOMING
        return EventPhase.RUNNING if self.ends_at > now else EventPhase.PAST

    def is_over(self, now: datetime.datetime) -> bool:
        """Return whether the last known time of the event has passed, even if the event was cancelled."""
        changes_at(self.ends_at)
        return self.ends_at is not None and self.ends_at <= now

    # Venue and attendance

    @property
    def is_on_site(self) -> bool:
        return self.mode != Attendance.ONLINE

    @property
    def is_online(self) -> bool:
        return self.mode != Attendance.ON_SITE

    @property
    def mode(self) -> Attendance:
        """The effective attendance mode: an event that moved online is online only."""
        return Attendance.effective(self.status, self.attendance)

    @property
    def address_parts(self) -> list[str]:
        town = " ".join(filter(None, [self.venue_postcode, self.venue_town]))
        return [part for part in (self.venue_name, self.venue_address, town) if part]

    @property
    def venue_parts(self) -> list[str]:
        """The address with the country in the active language."""
        return [*self.address_parts, *filter(None, [self.venue_country.name])]

    @property
    def place(self) -> str:
        """Town and country, as lists show them: without a town, the name of the venue. Empty for online events."""
        parts = (self.venue_town or self.venue_name, self.venue_country.name)
        return ", ".join(part for part in parts if part) if self.is_on_site else ""

    @property
    def venue_and_place(self) -> str:
        """Name of the venue, town and country, each once. What is not known is left out."""
        return ", ".join(filter(None, dict.fromkeys([self.venue_name, self.venue_town, self.venue_country.name])))


class EventOrganiser(Orderable):
    """An organisation that runs the event. Pages show its translation."""

    event = ParentalKey(Event, on_delete=models.CASCADE, related_name="organisers")
    organisation = models.ForeignKey(
        "home.Organisation", verbose_name=_("organisation"), on_delete=models.PROTECT, related_name="+"
    )

    panels = ["organisation"]

    class Meta(Orderable.Meta):
        verbose_name = _("organiser")
        verbose_name_plural = _("organisers")

    def __str__(self):
        return str(self.organisation)


class EventChange(models.Model):
    """A logged change of one field of an event: who changed it and when, and both values. Rows are never updated."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="changes")
    changed_at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    field = models.CharField(max_length=40)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)

    # Only the change of these fields is logged, and not their values.
    SECRET_FIELDS = frozenset({"online_link", "online_platform"})

    class Meta:
        ordering = ["-changed_at", "-pk"]
        verbose_name = _("change of an event")

    def __str__(self):
        return f"{self.label}: {self.before} → {self.after}"

    @classmethod
    def record(cls, event: Event, before: dict[str, object], after: dict[str, object]) -> None:
        """Add a row for each value that differs."""
        now = timezone.now()
        cls.objects.bulk_create(
            cls(
                event=event,
                changed_at=now,
                user=event.changed_by,
                field=name,
                before=cls._text(name, before[name]),
                after=cls._text(name, after[name]),
            )
            for name in before
            if before[name] != after[name]
        )

    @classmethod
    def _text(cls, name: str, value: object) -> str:
        if value in (None, "", []):
            return ""
        if name in cls.SECRET_FIELDS:
            return "•••"
        if isinstance(value, list):
            return ", ".join(str(item) for item in value)
        if isinstance(value, datetime.time):
            return value.strftime("%H:%M")
        return str(getattr(value, "code", value))

    @property
    def label(self) -> str:
        if self.field == "organisers":
            return str(EventOrganiser._meta.verbose_name_plural)
        return str(Event._meta.get_field(self.field).verbose_name)

    def display(self, value: str) -> str:
        """Return a stored value as text for people, such as the label of a choice or the name of a country."""
        if not value or self.field == "organisers":
            return value
        field = Event._meta.get_field(self.field)
        if self.field == "venue_country":
            return str(dict(field.countries).get(value, value))
        if isinstance(field, models.TimeField):
            return time_format(datetime.time.fromisoformat(value))
        if isinstance(field, models.DateField):
            return date_format(datetime.date.fromisoformat(value))
        return str(dict(field.flatchoices).get(value, value))

    @property
    def before_display(self) -> str:
        return self.display(self.before)

    @property
    def after_display(self) -> str:
        return self.display(self.after)
