"""What the organiser sets for the registration of an event, once for all languages, and who may see what came of it."""

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


class RegistrationSettings(models.Model):
    """How people register for an event. An event without this row has no registration of its own."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="registration_settings")
    opens_at = models.DateTimeField(
        _("registration opens"),
        null=True,
        blank=True,
        help_text=_("To the second, on the clocks of the event. Without a time, registration stays shut."),
    )
    closes_at = models.DateTimeField(
        _("registration closes"),
        null=True,
        blank=True,
        help_text=_("Without a time, it closes when the event begins."),
    )
    needs_approval = models.BooleanField(
        _("each registration is approved by hand"),
        default=False,
        help_text=_("A registration that waits for approval holds its seat."),
    )
    offer_hours = models.PositiveSmallIntegerField(
        _("hours to accept an offered place"),
        default=48,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 14)],
        help_text=_(
            "When a seat is free again, the first on the waiting list has this long; never past the beginning."
        ),
    )
    waiting_until = models.DateTimeField(
        _("waiting list runs until"),
        null=True,
        blank=True,
        help_text=_("Nobody is moved up after this. Without a time, it ends when registration closes."),
    )
    change_until = models.DateTimeField(
        _("last moment to change answers"),
        null=True,
        blank=True,
        help_text=_("Without a time, until the event begins."),
    )
    withdraw_until = models.DateTimeField(
        _("last moment to withdraw"), null=True, blank=True, help_text=_("Without a time, until the event begins.")
    )
    notified = models.TextField(
        _("who is told of registrations"),
        blank=True,
        help_text=_("E-mail addresses, one on each line. The mail holds numbers and a link, no personal data."),
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
    asks_photo_consent = models.BooleanField(
        _("ask whether pictures may be taken"),
        default=False,
        help_text=_("A question of its own that nobody has to answer with yes."),
    )
    legal_basis = models.CharField(
        _("legal basis"),
        max_length=12,
        choices=LegalBasis,
        default=LegalBasis.CONTRACT,
        help_text=_("Said in the privacy notice of the form. Pictures and sensitive answers are asked by consent."),
    )
    privacy_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("privacy notice"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Without a page, the privacy notice of the site."),
    )
    retention_days = models.PositiveSmallIntegerField(
        _("days after the event until people become anonymous"),
        default=180,
        validators=[MaxValueValidator(3650)],
    )
    sensitive_retention_days = models.PositiveSmallIntegerField(
        _("days after the event until sensitive answers are deleted"),
        default=14,
        validators=[MaxValueValidator(180)],
    )
    reminder_hours = models.PositiveSmallIntegerField(
        _("hours before the beginning at which a reminder is sent"),
        default=48,
        validators=[MaxValueValidator(24 * 30)],
        help_text=_("0 sends none."),
    )
    # What the clock has done already: it may run twice at once, and late.
    reminded_at = models.DateTimeField(null=True, editable=False)
    sensitive_erased_at = models.DateTimeField(null=True, editable=False)
    anonymised_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("registration of an event")
        verbose_name_plural = _("registrations of events")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sensitive_retention_days__lte=models.F("retention_days")),
                name="sensitive_answers_go_first",
                violation_error_message=_("Sensitive answers cannot be kept longer than the people they are about."),
            ),
            models.CheckConstraint(
                condition=models.Q(closes_at=None)
                | models.Q(opens_at=None)
                | models.Q(closes_at__gt=models.F("opens_at")),
                name="registration_closes_after_it_opens",
                violation_error_message=_("Registration cannot close before it opens."),
            ),
        ]

    def __str__(self):
        return str(self.event)

    def clean(self):
        super().clean()
        addresses = [line.strip() for line in self.notified.splitlines() if line.strip()]
        for address in addresses:
            try:
                models.EmailField().run_validators(address)
            except ValidationError:
                raise ValidationError(
                    {"notified": _("“%(address)s” is no e-mail address.") % {"address": address}}
                ) from None
        self.notified = "\n".join(addresses)

    @property
    def notified_addresses(self) -> list[str]:
        return self.notified.split()

    # Moments with their defaults. None: the beginning of the event is not known.

    @property
    def closing(self) -> datetime.datetime | None:
        """When newcomers are no longer let in: never after the beginning."""
        return _earliest(self.closes_at, self.event.starts_at)

    @property
    def end_of_waiting(self) -> datetime.datetime | None:
        return _earliest(self.waiting_until or self.closing, self.event.starts_at)

    def has_waiting_ended(self, now: datetime.datetime) -> bool:
        """Tell whether nobody joins a waiting list, or is moved up from one, any more."""
        end = self.end_of_waiting
        return end is not None and now >= end

    @property
    def end_of_changes(self) -> datetime.datetime | None:
        return _earliest(self.change_until, self.event.starts_at)

    @property
    def end_of_withdrawal(self) -> datetime.datetime | None:
        return _earliest(self.withdraw_until, self.event.starts_at)

    # The retention clock starts at the event's end and starts anew when the event moves. It does not run while a
    # postponed event has no day.

    @property
    def sensitive_answers_go_at(self) -> datetime.datetime | None:
        return self._after_the_end(self.sensitive_retention_days)

    @property
    def people_go_at(self) -> datetime.datetime | None:
        return self._after_the_end(self.retention_days)

    def _after_the_end(self, days: int) -> datetime.datetime | None:
        if self.event.ends_at is None or self.event.status == EventStatus.POSTPONED:
            return None
        return self.event.ends_at + datetime.timedelta(days=days)


def _earliest(*moments: datetime.datetime | None) -> datetime.datetime | None:
    return min((moment for moment in moments if moment), default=None)


class SeatPool(models.Model):
    """The seats of an event for one way of taking part. An event offers the modes it has pools for."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="seat_pools")
    mode = models.CharField(_("how to take part"), max_length=8, choices=Mode)
    capacity = models.PositiveIntegerField(_("seats"), null=True, blank=True, help_text=_("Empty: as many as come."))
    has_waiting_list = models.BooleanField(_("waiting list when full"), default=True)

    class Meta:
        verbose_name = _("seats")
        verbose_name_plural = _("seats")
        # On site first, as forms show them.
        ordering = ["-mode"]
        constraints = [
            models.UniqueConstraint(fields=["event", "mode"], name="one_seat_pool_per_mode"),
            models.CheckConstraint(condition=models.Q(mode__in=Mode.values), name="seat_pool_mode_is_known"),
        ]

    def __str__(self):
        return str(Mode(self.mode).label)


class EventAccess(models.Model):
    """Somebody who sees the registrations of one event (GDPR Art. 5(1)(f)). Administrators see all."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="accesses")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("user"), on_delete=models.CASCADE, related_name="event_accesses"
    )
    sees_sensitive = models.BooleanField(
        _("sees sensitive answers"), default=False, help_text=_("Diet, access needs and the like. Each look is logged.")
    )
    only_checks_in = models.BooleanField(
        _("only checks people in"), default=False, help_text=_("Sees names at the door, and nothing else.")
    )
    granted_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("access to registrations")
        verbose_name_plural = _("access to registrations")
        constraints = [models.UniqueConstraint(fields=["event", "user"], name="one_access_per_user_and_event")]

    def __str__(self):
        return str(self.user)
