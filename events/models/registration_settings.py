"""Settings of an event's registration, for all languages, and who has access to the registrations."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.enums import EventStatus, FieldRequirement, LegalBasis, Mode
from events.models.event import Event
from home.email_addresses import validate_email_address
from home.validity import changes_at


class RegistrationSettings(models.Model):
    """The registration settings of an event. An event without them does not take registrations on this site."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="registration_settings")
    opens_at = models.DateTimeField(
        _("registration opens"),
        null=True,
        blank=True,
        help_text=_("In the event's time zone. Registration stays closed while this is empty."),
    )
    closes_at = models.DateTimeField(
        _("registration closes"),
        null=True,
        blank=True,
        help_text=_("If empty, registration closes when the event starts."),
    )
    needs_approval = models.BooleanField(
        _("approve each registration"),
        default=False,
        help_text=_("Registrations waiting for approval hold a place."),
    )
    confirms_address = models.BooleanField(
        _("confirm the email address"),
        default=False,
        help_text=_(
            "Participants get a link by email and have a place only after they have used it. Use it if someone might "
            "register people who do not know about it."
        ),
    )
    hold_minutes = models.PositiveSmallIntegerField(
        _("minutes to confirm the email address"),
        default=60,
        validators=[MinValueValidator(10), MaxValueValidator(48 * 60)],
        help_text=_("The place is held for this time, then it is available to others. From 10 to 2880 (two days)."),
    )
    offer_hours = models.PositiveSmallIntegerField(
        _("hours to accept an offer"),
        default=48,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 14)],
        help_text=_(
            "How long a person on the waiting list has to accept an offered place. Offers also end when the event starts."
        ),
    )
    waiting_until = models.DateTimeField(
        _("waiting list ends"),
        null=True,
        blank=True,
        help_text=_("No places are offered after this time. If empty, the waiting list ends when registration closes."),
    )
    change_until = models.DateTimeField(
        _("deadline for changes"),
        null=True,
        blank=True,
        help_text=_("If empty, participants can change their registration until the event starts."),
    )
    withdraw_until = models.DateTimeField(
        _("deadline for withdrawal"),
        null=True,
        blank=True,
        help_text=_("If empty, participants can withdraw until the event starts."),
    )
    notification_emails = models.TextField(
        _("notify these addresses"),
        blank=True,
        help_text=_(
            "Email addresses, one per line. They get an email about new, changed and withdrawn registrations, "
            "without personal data."
        ),
    )
    asks_organisation = models.CharField(
        _("organisation"), max_length=8, choices=FieldRequirement, default=FieldRequirement.OPTIONAL
    )
    asks_profession = models.CharField(
        _("profession"), max_length=8, choices=FieldRequirement, default=FieldRequirement.OPTIONAL
    )
    asks_country = models.CharField(
        _("country"), max_length=8, choices=FieldRequirement, default=FieldRequirement.OPTIONAL
    )
    largest_group = models.PositiveSmallIntegerField(
        _("largest group"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
        help_text=_("How many people someone may register together, at most 30. With 1, people register themselves."),
    )
    asks_photo_consent = models.BooleanField(
        _("ask for photo consent"),
        default=False,
        help_text=_("Adds an optional checkbox to the form."),
    )
    legal_basis = models.CharField(
        _("legal basis"),
        max_length=12,
        choices=LegalBasis,
        default=LegalBasis.CONTRACT,
        help_text=_(
            "Shown in the privacy notice of the form. Photos and sensitive answers are always based on consent."
        ),
    )
    privacy_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("privacy notice"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("If empty, the form links to the privacy notice of the site."),
    )
    retention_days = models.PositiveSmallIntegerField(
        _("anonymise registrations after (days)"),
        default=180,
        validators=[MaxValueValidator(3650)],
    )
    sensitive_retention_days = models.PositiveSmallIntegerField(
        _("delete sensitive answers after (days)"),
        default=14,
        validators=[MaxValueValidator(180)],
    )
    reminder_hours = models.PositiveSmallIntegerField(
        _("send reminder before the event (hours)"),
        default=48,
        validators=[MaxValueValidator(24 * 30)],
        help_text=_("0 means no reminder."),
    )
    records_leaving = models.BooleanField(
        _("record leaving"),
        default=False,
        help_text=_(
            "Participants are also scanned when they leave a session, and their hours end then. Otherwise whoever came "
            "has attended the whole session."
        ),
    )
    code_grace_minutes = models.PositiveSmallIntegerField(
        _("minutes for the code word after a session"),
        default=10,
        validators=[MaxValueValidator(120)],
        help_text=_("How long participants can still enter the code word when the session is over."),
    )
    # The times at which the scheduled tasks did this work. The tasks may run late, or twice at the same time.
    reminded_at = models.DateTimeField(null=True, editable=False)
    sensitive_erased_at = models.DateTimeField(null=True, editable=False)
    anonymised_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("registration settings")
        verbose_name_plural = _("registration settings")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sensitive_retention_days__lte=models.F("retention_days")),
                name="sensitive_answers_go_first",
                violation_error_message=_(
                    "Sensitive answers must be deleted before or when registrations are anonymised."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(closes_at=None)
                | models.Q(opens_at=None)
                | models.Q(closes_at__gt=models.F("opens_at")),
                name="registration_closes_after_it_opens",
                violation_error_message=_("Registration must close after it opens."),
            ),
        ]

    def __str__(self):
        return str(self.event)

    def clean(self):
        super().clean()
        addresses = [line.strip() for line in self.notification_emails.splitlines() if line.strip()]
        for address in addresses:
            try:
                validate_email_address(address)
            except ValidationError:
                raise ValidationError(
                    {"notification_emails": _("“%(address)s” is not a valid email address.") % {"address": address}}
                ) from None
        self.notification_emails = "\n".join(addresses)

    @property
    def notification_addresses(self) -> list[str]:
        return self.notification_emails.split()

    # Deadlines with their default values. They are None while the start of the event is not known.

    @property
    def registration_ends_at(self) -> datetime.datetime | None:
        """When registration closes: at `closes_at`, but not after the event starts."""
        return _earliest(self.closes_at, self.event.starts_at)

    @property
    def waiting_ends_at(self) -> datetime.datetime | None:
        return _earliest(self.waiting_until or self.registration_ends_at, self.event.starts_at)

    def has_waiting_ended(self, now: datetime.datetime) -> bool:
        """Return whether people can no longer join a waiting list or be offered a place from one."""
        end = self.waiting_ends_at
        changes_at(end)
        return end is not None and now >= end

    @property
    def changes_end_at(self) -> datetime.datetime | None:
        return _earliest(self.change_until, self.event.starts_at)

    @property
    def withdrawal_ends_at(self) -> datetime.datetime | None:
        return _earliest(self.withdraw_until, self.event.starts_at)

    # Retention periods start at the end of the event. If the event is moved, they move with it. A postponed event
    # without a new date has none.

    @property
    def sensitive_answers_delete_at(self) -> datetime.datetime | None:
        return self._after_the_end(self.sensitive_retention_days)

    @property
    def anonymise_at(self) -> datetime.datetime | None:
        return self._after_the_end(self.retention_days)

    def _after_the_end(self, days: int) -> datetime.datetime | None:
        if self.event.ends_at is None or self.event.status == EventStatus.POSTPONED:
            return None
        return self.event.ends_at + datetime.timedelta(days=days)


def _earliest(*moments: datetime.datetime | None) -> datetime.datetime | None:
    return min((moment for moment in moments if moment), default=None)


class SeatPool(models.Model):
    """The places of an event in one attendance mode. An event offers the modes for which it has pools."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="seat_pools")
    mode = models.CharField(_("attendance"), max_length=8, choices=Mode)
    capacity = models.PositiveIntegerField(
        _("places"), null=True, blank=True, help_text=_("If empty, there is no limit.")
    )
    has_waiting_list = models.BooleanField(_("waiting list when full"), default=True)

    class Meta:
        verbose_name = _("places")
        verbose_name_plural = _("places")
        # On site first, as forms show them.
        ordering = ["-mode"]
        constraints = [
            models.UniqueConstraint(fields=["event", "mode"], name="one_seat_pool_per_mode"),
            models.CheckConstraint(condition=models.Q(mode__in=Mode.values), name="seat_pool_mode_valid"),
        ]

    def __str__(self):
        return str(Mode(self.mode).label)


class EventAccess(models.Model):
    """A user's access to the registrations of one event (GDPR Art. 5(1)(f)). Administrators have access to all."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="accesses")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("user"), on_delete=models.CASCADE, related_name="event_accesses"
    )
    sees_sensitive = models.BooleanField(
        _("sees sensitive answers"), default=False, help_text=_("Such as diet and access needs. Each access is logged.")
    )
    only_checks_in = models.BooleanField(
        _("check-in only"), default=False, help_text=_("Sees names on the check-in page and nothing else.")
    )
    granted_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("access to registrations")
        verbose_name_plural = _("access to registrations")
        constraints = [models.UniqueConstraint(fields=["event", "user"], name="one_access_per_user_and_event")]

    def __str__(self):
        return str(self.user)
