"""Registrations and what hangs on them. All of it hangs on the event's row, never on a page.

Only `events/registration/` writes these tables.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from events.enums import ConsentPurpose, Mode, Profession, QuestionKind
from events.models.event import Event
from events.states import ACTIVE, HOLDS_SEAT, RegistrationStatus
from home.countries import Countries


class RegistrationQuerySet(models.QuerySet):
    def live(self):
        return self.filter(status__in=ACTIVE)


class Registration(models.Model):
    """One person's registration for one event. After its retention only what counts is left (`anonymised_at`)."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="registrations")
    # Names the registration in calendars, exports and Message-IDs; says nothing about the person and opens nothing.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # One per form that was opened: a form that is sent twice registers once.
    submission_key = models.UUIDField(unique=True, null=True, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=RegistrationStatus)
    mode = models.CharField(_("how to take part"), max_length=8, choices=Mode)
    # The language she registered in: of every mail, whoever causes it.
    language = models.CharField(_("language"), max_length=10)
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    # The address as it is compared (`events/registration/addresses.py`); empty once the person is anonymous.
    email_key = models.CharField(max_length=254, blank=True)
    organisation = models.CharField(_("organisation"), max_length=160, blank=True)
    profession = models.CharField(_("profession"), max_length=16, choices=Profession, blank=True)
    country = CountryField(_("country"), countries=Countries, blank=True)
    # The personal link: SHA-256 of a token that is derived from the server's secret, this key and the version.
    token_hash = models.CharField(max_length=64, blank=True, editable=False)
    token_version = models.PositiveSmallIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("registered"), default=timezone.now)
    status_since = models.DateTimeField(default=timezone.now)
    # Her place on the waiting list; the first to come is the first to go.
    queued_at = models.DateTimeField(null=True)
    offer_expires_at = models.DateTimeField(null=True)
    # SEQUENCE of her own calendar entry (RFC 5545, 3.8.7.4): rises with each change that it tells of.
    calendar_sequence = models.PositiveIntegerField(default=0)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    note = models.TextField(_("note of the organiser"), max_length=1000, blank=True)
    anonymised_at = models.DateTimeField(null=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["event", "mode", "status"], name="registration_seats"),
            models.Index(fields=["event", "-created_at"], name="registration_list"),
            models.Index(fields=["event", "mode", "queued_at"], name="registration_queue"),
            models.Index(fields=["offer_expires_at"], name="registration_offers"),
        ]
        constraints = [
            # The second wall behind the lock. Whoever withdrew may come back.
            models.UniqueConstraint(
                fields=["event", "email_key"],
                condition=models.Q(status__in=sorted(ACTIVE)) & ~models.Q(email_key=""),
                name="one_live_registration_per_address",
            ),
            models.UniqueConstraint(
                fields=["token_hash"], condition=~models.Q(token_hash=""), name="one_registration_per_token"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=RegistrationStatus.values), name="registration_state_is_known"
            ),
            models.CheckConstraint(condition=models.Q(mode__in=Mode.values), name="registration_mode_is_known"),
            models.CheckConstraint(
                condition=models.Q(status="offered", offer_expires_at__isnull=False)
                | (~models.Q(status="offered") & models.Q(offer_expires_at=None)),
                name="only_offers_run_out",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="waiting") | models.Q(queued_at__isnull=False),
                name="who_waits_has_a_place_in_the_queue",
            ),
            models.CheckConstraint(
                condition=models.Q(anonymised_at=None) | models.Q(name="", email="", email_key="", token_hash=""),
                name="anonymous_means_nameless",
            ),
        ]

    def __str__(self):
        return self.name or str(self.key)

    @property
    def effective_mode(self) -> Mode:
        """How she takes part after all: an event that moved online has no place any more."""
        return Mode(self.mode) if self.event.is_on_site else Mode.ONLINE

    @property
    def holds_seat(self) -> bool:
        return self.status in HOLDS_SEAT

    @property
    def is_live(self) -> bool:
        return self.status in ACTIVE


class AnswerBase(models.Model):
    """What was asked, in the words and the language it was asked in, of a question that may have changed since."""

    question_key = models.UUIDField()
    kind = models.CharField(max_length=10, choices=QuestionKind)
    label = models.CharField(max_length=200)
    language = models.CharField(max_length=10)

    class Meta:
        abstract = True

    def __str__(self):
        return self.label


class Answer(AnswerBase):
    """`value` is a text, a yes or no, a country's code, or a list of choices: {"key": block id, "label": as shown}."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="answers")
    value = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["registration", "question_key"], name="one_answer_per_question")]


class SensitiveAnswer(AnswerBase):
    """An answer that tells of health or belief (GDPR Art. 9): apart from the others and encrypted.

    `sealed` opens with `events.registration.encryption`, which needs a key that is not in the database.
    """

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="sensitive_answers")
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "question_key"], name="one_sensitive_answer_per_question")
        ]


class Consent(models.Model):
    """What somebody was asked to agree to, and what she answered. Rows are added, and marked when consent is taken back."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=10, choices=ConsentPurpose)
    is_given = models.BooleanField()
    # The words she read, and the first half of their SHA-256 as the version of the wording.
    wording = models.TextField()
    wording_version = models.CharField(max_length=32)
    language = models.CharField(max_length=10)
    at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("consent")
        verbose_name_plural = _("consents")

    def __str__(self):
        return f"{self.purpose}: {self.is_given}"

    def in_words(self) -> str:
        if self.withdrawn_at:
            return gettext("taken back")
        return gettext("yes") if self.is_given else gettext("no")


class HistoryEntry(models.Model):
    """Who did what with a registration, and when; no answer and no name.

    Rows are only added. When the person becomes anonymous they lose the time of day.
    """

    class Actor(models.TextChoices):
        PERSON = "person", _("the person herself")
        STAFF = "staff", _("the organiser")
        CLOCK = "clock", _("the clock")

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="history")
    at = models.DateTimeField(default=timezone.now)
    actor = models.CharField(max_length=6, choices=Actor)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # What was done, such as "withdraw": a key of `events/registration/actions.py`.
    action = models.CharField(max_length=30)
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10, blank=True)
    # Modes and names of fields, such as {"from": "on_site", "to": "online"}; never what a person wrote.
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("history of a registration")

    def __str__(self):
        return self.action


class CheckIn(models.Model):
    """Somebody who came on a day of the event. Undone by deletion; the history keeps both."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="check_ins")
    day = models.DateField()
    at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["registration", "day"], name="one_check_in_per_day")]

    def __str__(self):
        return str(self.day)


class DataAccess(models.Model):
    """A look at personal data that is logged, or a change of who may look (GDPR Art. 5(2)). Holds no such data."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="data_accesses")
    at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # "export", "attendance_list", "sensitive" (one person's answers), "give_access", "take_access".
    action = models.CharField(max_length=20)
    # Columns, filters and the number of rows; for one person the key of the registration; the account and its rights.
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("access to personal data")

    def __str__(self):
        return self.action
