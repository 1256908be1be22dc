"""Registrations and their related records. They refer to the event, never to a page.

Only `events/registration/` writes these tables.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from events.enums import ConsentPurpose, Mode, Profession, QuestionKind
from events.models.event import Event
from events.states import ACTIVE, HOLDS_SEAT, RegistrationStatus
from home.countries import Countries
from home.names import searchable

# Maximum length of the label of a question with a unit in brackets.
LONGEST_QUESTION = 230

UNCONFIRMED_LABELS = {
    RegistrationStatus.OFFERED: _("Email address not confirmed yet"),
    RegistrationStatus.EXPIRED: _("Email address not confirmed in time"),
}
INVITED_LABELS = {
    RegistrationStatus.OFFERED: _("Invited"),
    RegistrationStatus.EXPIRED: _("Invited, no answer"),
}


class RegistrationQuerySet(models.QuerySet):
    def active(self):
        return self.filter(status__in=ACTIVE)

    def bulk_create(self, objs: Iterable[Registration], *args: Any, **kwargs: Any) -> list[Registration]:
        registrations = list(objs)
        for registration in registrations:
            registration.set_searchable()
        return super().bulk_create(registrations, *args, **kwargs)

    def of_person(self, registration: Registration):
        """Filter the participant's registrations for the same event by their address. Ended ones are included."""
        if not registration.email_key:
            return self.filter(pk=registration.pk)
        return self.filter(
            event=registration.event_id, email_key=registration.email_key, address_name=registration.address_name
        )


class Registration(models.Model):
    """One person's registration for one event. It is anonymised at the end of its retention period."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="registrations")
    # Identifies the registration in exports. It says nothing about the person and gives no access.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # UID of the participant's calendar entry: the same for all their registrations for the event.
    calendar_key = models.UUIDField(default=uuid.uuid4, editable=False)
    # The same each time that one form is sent, so that sending it twice makes one registration.
    submission_key = models.UUIDField(unique=True, null=True, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=RegistrationStatus)
    mode = models.CharField(_("attendance"), max_length=8, choices=Mode)
    # The language in which the person registered. All their email is in it.
    language = models.CharField(_("language"), max_length=10)
    # The whole name as it is shown. The parts are empty if the name was entered in one field.
    name = models.CharField(_("name"), max_length=120, blank=True)
    given_name = models.CharField(_("given name"), max_length=120, blank=True)
    family_name = models.CharField(_("family name"), max_length=120, blank=True)
    email = models.EmailField(_("email address"), blank=True)
    # The address as it is compared (`events/registration/addresses.py`); empty once anonymised.
    email_key = models.CharField(max_length=254, blank=True)
    # Empty for the owner of the address. For others, whom the sender of a group has registered with their own address,
    # it is their name in the form that is compared. One address registers each person only once.
    address_name = models.CharField(max_length=250, blank=True, editable=False)
    # The same for all people who were registered together.
    group_key = models.UUIDField(null=True, editable=False)
    organisation = models.CharField(_("organisation"), max_length=160, blank=True)
    # The texts that a search compares, folded by `home/names.py`: the name, and address with organisation. `save` sets
    # them.
    searchable_name = models.TextField(blank=True, editable=False)
    searchable_details = models.TextField(blank=True, editable=False)
    profession = models.CharField(_("profession"), max_length=16, choices=Profession, blank=True)
    country = CountryField(_("country"), countries=Countries, blank=True)
    # SHA-256 of the token in the personal link (`events/registration/tokens.py`).
    token_hash = models.CharField(max_length=64, blank=True, editable=False)
    token_version = models.PositiveSmallIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("registered"), default=timezone.now)
    status_since = models.DateTimeField(default=timezone.now)
    # The position on the waiting list: earlier times come first.
    queued_at = models.DateTimeField(null=True)
    # The deadline of an offer, or the time until which a place is held while the participant has not confirmed their
    # address.
    offer_expires_at = models.DateTimeField(null=True)
    # False until the participant has opened the link in their email, if the event requires this.
    is_address_confirmed = models.BooleanField(default=True)
    # True from the invitation by the organisers until the person has completed the form.
    is_invited = models.BooleanField(default=False)
    # SEQUENCE of the participant's calendar entry (RFC 5545, 3.8.7.4): rises with each change of the entry.
    calendar_sequence = models.PositiveIntegerField(default=0)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    note = models.TextField(_("organiser's note"), max_length=1000, blank=True)
    anonymised_at = models.DateTimeField(null=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["-created_at", "-pk"]
        indexes = [
            # The index has all fields that statistics and filters count by, so these queries read only the index.
            models.Index(
                fields=["event", "mode", "status", "anonymised_at", "country", "language", "profession"],
                name="registration_counts",
            ),
            models.Index(fields=["event", "-created_at"], name="registration_list"),
            models.Index(
                fields=["event", "organisation"],
                condition=models.Q(anonymised_at=None),
                name="registration_organisations",
            ),
            models.Index(
                fields=["event", "searchable_name", "id"],
                condition=models.Q(anonymised_at=None, status=RegistrationStatus.ATTENDED),
                name="registration_attended",
            ),
            models.Index(fields=["event", "mode", "queued_at"], name="registration_queue"),
            models.Index(fields=["offer_expires_at"], name="registration_offers"),
            models.Index(fields=["event", "email_key"], name="registration_person"),
        ]
        constraints = [
            # This constraint prevents duplicates even without the lock. A closed registration does not prevent a new
            # one.
            models.UniqueConstraint(
                fields=["event", "email_key", "address_name"],
                condition=models.Q(status__in=sorted(ACTIVE)) & ~models.Q(email_key=""),
                name="one_active_registration_per_address",
            ),
            models.UniqueConstraint(
                fields=["token_hash"], condition=~models.Q(token_hash=""), name="one_registration_per_token"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=RegistrationStatus.values), name="registration_status_valid"
            ),
            models.CheckConstraint(condition=models.Q(mode__in=Mode.values), name="registration_mode_valid"),
            models.CheckConstraint(
                condition=models.Q(status="offered", offer_expires_at__isnull=False)
                | (~models.Q(status="offered") & models.Q(offer_expires_at=None)),
                name="only_offers_expire",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="waiting") | models.Q(queued_at__isnull=False),
                name="waiting_has_queue_time",
            ),
            models.CheckConstraint(
                condition=models.Q(anonymised_at=None)
                | models.Q(
                    name="",
                    given_name="",
                    family_name="",
                    email="",
                    email_key="",
                    address_name="",
                    token_hash="",
                    searchable_name="",
                    searchable_details="",
                ),
                name="anonymised_has_no_personal_data",
            ),
        ]

    def __str__(self):
        return self.name or str(self.key)

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if update_fields is None or not SEARCHED_FIELDS.isdisjoint(update_fields := set(update_fields)):
            self.set_searchable()
            update_fields = None if update_fields is None else {*update_fields, *SEARCHABLE_FIELDS}
        super().save(*args, update_fields=update_fields, **kwargs)

    def set_searchable(self) -> None:
        """Set the fields that a search compares. Call it after bulk updates of names, addresses or organisations."""
        self.searchable_name = searchable(self.name)
        self.searchable_details = searchable(f"{self.email} {self.organisation}")

    @property
    def sort_name(self) -> str:
        """The name by which lists are sorted: family name first, or the whole name if it has no parts."""
        return " ".join(filter(None, [self.family_name, self.given_name])) or self.name

    @property
    def status_label(self) -> str:
        """The status as it is shown to staff and participants."""
        if self.is_address_confirmed and not self.is_invited:
            return str(RegistrationStatus(self.status).label)
        labels = INVITED_LABELS if self.is_invited else UNCONFIRMED_LABELS
        return str(labels.get(RegistrationStatus(self.status), RegistrationStatus(self.status).label))

    @property
    def effective_mode(self) -> Mode:
        """How the participant attends. It is always online after the event has moved online."""
        return Mode(self.mode) if self.event.is_on_site else Mode.ONLINE

    @property
    def holds_seat(self) -> bool:
        return self.status in HOLDS_SEAT

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE


SEARCHED_FIELDS = frozenset({"name", "email", "organisation"})
SEARCHABLE_FIELDS = ("searchable_name", "searchable_details")


class AddressChange(models.Model):
    """A new email address that a participant has entered. It is used once they open the link that was sent to it."""

    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="address_change")
    # The token of the link is derived from this key (`events/registration/tokens.py`).
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField()
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("change of an email address")

    def __str__(self):
        return str(self.key)


class AnswerBase(models.Model):
    """An answer with the label that its question had when it was shown. The question may change later.

    The label of a number includes its unit in brackets.
    """

    question_key = models.UUIDField()
    kind = models.CharField(max_length=10, choices=QuestionKind)
    label = models.CharField(max_length=LONGEST_QUESTION)
    language = models.CharField(max_length=10)

    class Meta:
        abstract = True

    def __str__(self):
        return self.label


class Answer(AnswerBase):
    """`value` is a text, a number, a boolean, a country code, a date as ISO 8601, or a list of choices.

    A choice is {"key": block id, "label": as shown}.
    """

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="answers")
    value = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["registration", "question_key"], name="one_answer_per_question")]


class SensitiveAnswer(AnswerBase):
    """An answer about health or belief (GDPR Art. 9). It is in a separate table and encrypted.

    `events.registration.encryption` decrypts it with a key that is not in the database.
    """

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="sensitive_answers")
    encrypted_value = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "question_key"], name="one_sensitive_answer_per_question")
        ]


class Consent(models.Model):
    """An answer to a request for consent. A withdrawal sets `withdrawn_at`; a new answer adds a row."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=10, choices=ConsentPurpose)
    is_given = models.BooleanField()
    # The text that was shown. Its version is the first half of its SHA-256.
    text = models.TextField()
    text_version = models.CharField(max_length=32)
    language = models.CharField(max_length=10)
    at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("consent")
        verbose_name_plural = _("consents")

    def __str__(self):
        return f"{self.purpose}: {self.is_given}"

    def answer_label(self) -> str:
        if self.withdrawn_at:
            return pgettext("consent", "withdrawn")
        return gettext("yes") if self.is_given else gettext("no")


class Agreement(models.Model):
    """What a participant agreed to: the wording, the linked page or document, and the time. Rows are only added."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="agreements")
    question_key = models.UUIDField()
    label = models.CharField(max_length=LONGEST_QUESTION)
    text = models.TextField()
    link_title = models.CharField(max_length=255, blank=True)
    link_url = models.CharField(max_length=500, blank=True)
    # The hash of the linked document, or the time at which the linked page was last published.
    link_version = models.CharField(max_length=64, blank=True)
    # Differs if the wording or the linked page or document has changed (`events/registration/agreements.py`).
    text_version = models.CharField(max_length=32)
    language = models.CharField(max_length=10)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")

    def __str__(self):
        return self.label


class HistoryEntry(models.Model):
    """A change of a registration: who made it, when and what it was. It contains no answers and no names.

    Rows are only added. When the registration is anonymised, they lose the time of day.
    """

    class Actor(models.TextChoices):
        PARTICIPANT = "participant", _("participant")
        STAFF = "staff", _("organiser")
        SCHEDULER = "scheduler", _("scheduled task")
        DOOR = "door", _("helper at the door")

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="history")
    at = models.DateTimeField(default=timezone.now)
    actor = models.CharField(max_length=11, choices=Actor)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # A key of `ACTIONS` in `events/registration/actions.py`, such as "withdraw".
    action = models.CharField(max_length=30)
    # The door link that was used, if any.
    door = models.ForeignKey("events.Door", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10, blank=True)
    # Modes and names of fields, such as {"from": "on_site", "to": "online"}; never what a participant wrote.
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("registration history entry")

    def __str__(self):
        return self.action


class DataAccess(models.Model):
    """A log entry about access to personal data, or about a change of access (GDPR Art. 5(2)). It contains no such data."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="data_accesses")
    at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # "export", "attendance_list", "name_badges", "sensitive" (one participant's answers), "needs" (without names),
    # "needs_filter" (who answered), "grant_access", "revoke_access", "create_door", "revoke_door".
    action = models.CharField(max_length=20)
    # Columns, filters and number of rows; or the key of one registration; or the account and its access.
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("access to personal data")

    def __str__(self):
        return self.action
