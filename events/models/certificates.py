"""Certificates of attendance: the rule of an event, and the issued certificates.

Only `events/certificates/` writes these tables. When a registration is anonymised, its certificate stays, but without
the name.
"""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.enums import Mode, RevocationReason
from events.models.event import Event
from home.codes import grouped


class CertificateRule(models.Model):
    """The conditions for a certificate of an event, and its content."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="certificate_rule")
    is_on = models.BooleanField(
        _("issue certificates"),
        default=False,
        help_text=_("Look at a sample first. Nothing is issued before the event is over."),
    )
    min_days = models.PositiveSmallIntegerField(
        _("days attended, at least"), default=1, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    mode = models.CharField(
        _("only for participants"), max_length=8, choices=[("", _("On site and online")), *Mode.choices], blank=True
    )
    hours_per_day = models.DecimalField(
        _("hours for each day attended"),
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(24)],
        help_text=_("If empty, the certificate states no hours."),
    )
    counts_sessions = models.BooleanField(
        _("hours from sessions"),
        default=False,
        help_text=_("The certificate states the hours attended of the counted sessions, not the hours for each day."),
    )
    min_hours = models.DecimalField(
        _("hours of sessions attended, at least"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(500)],
    )
    min_sessions = models.PositiveSmallIntegerField(
        _("sessions attended, at least"), null=True, blank=True, validators=[MaxValueValidator(500)]
    )
    session_percent = models.PositiveSmallIntegerField(
        _("a session counts from (percent of its time)"),
        default=50,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_(
            "People who attended less than this do not count as having attended the session. Their hours still count."
        ),
    )
    issue_after_days = models.PositiveSmallIntegerField(
        _("issue automatically after (days)"),
        null=True,
        blank=True,
        default=1,
        validators=[MaxValueValidator(60)],
        help_text=_("Counted from the end of the event. If empty, you issue certificates by hand."),
    )
    needs_survey = models.BooleanField(
        _("only after the survey"),
        default=False,
        help_text=_("Participants get the certificate when they have answered the survey of the event."),
    )
    ects = models.DecimalField(
        _("ECTS credits"),
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Only if a higher education institution awards them."),
    )
    eqf_level = models.PositiveSmallIntegerField(
        _("EQF level"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(8)]
    )
    cme_points = models.DecimalField(
        _("CME points"), max_digits=4, decimal_places=1, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    cme_body = models.CharField(_("accrediting body"), max_length=120, blank=True)
    cme_reference = models.CharField(_("reference number of the accreditation"), max_length=60, blank=True)
    # Set while certificates that an organiser has requested are being issued in the background.
    issuing_since = models.DateTimeField(null=True, editable=False)
    issuing_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    issuing_total = models.PositiveIntegerField(default=0, editable=False)
    # Learning outcomes by language, one a line: {"en": "outcome\noutcome", …}
    outcomes = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("rule for certificates")
        verbose_name_plural = _("rules for certificates")

    def __str__(self):
        return str(self.event)

    @property
    def uses_sessions(self) -> bool:
        """Whether certificates depend on the attendance of sessions or state it."""
        return self.counts_sessions or bool(self.min_hours) or bool(self.min_sessions)


class CertificateSignatory(models.Model):
    """A person whose name is at the bottom of the certificate, with a picture of their signature if there is one."""

    rule = models.ForeignKey(CertificateRule, on_delete=models.CASCADE, related_name="signatories")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("name"), max_length=80)
    role = models.CharField(_("role"), max_length=120, blank=True)
    # A PNG. It is in the database because the pictures of the site are public.
    signature = models.BinaryField(null=True)

    class Meta:
        ordering = ["position"]
        verbose_name = _("signatory")
        verbose_name_plural = _("signatories")
        constraints = [models.UniqueConstraint(fields=["rule", "position"], name="one_signatory_per_position")]

    def __str__(self):
        return self.name


# Every certificate can be downloaded in this language, besides the participant's own.
COMMON_LANGUAGE = "en"


class Certificate(models.Model):
    """A certificate that was issued to a participant.

    When the registration is anonymised, `registration`, `name` and `content` are emptied. Number, event, date and
    status stay, so that the certificate can still be verified.
    """

    number = models.CharField(max_length=16, unique=True)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="certificates")
    registration = models.ForeignKey(
        "events.Registration", null=True, on_delete=models.SET_NULL, related_name="certificates"
    )
    issued_on = models.DateField()
    # The name as printed.
    name = models.CharField(max_length=120, blank=True)
    # The other printed texts by language. They are stored, so that later downloads are the same
    # (`events/certificates/content.py`).
    content = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    revoked_on = models.DateField(null=True)
    revocation_reason = models.CharField(max_length=10, choices=RevocationReason, blank=True)

    class Meta:
        ordering = ["-issued_on", "-pk"]
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.UniqueConstraint(
                fields=["registration"],
                condition=models.Q(revoked_on=None, registration__isnull=False),
                name="one_valid_certificate_per_registration",
            ),
            models.CheckConstraint(
                condition=models.Q(registration__isnull=False) | models.Q(name=""),
                name="certificate_without_registration_has_no_name",
            ),
            models.CheckConstraint(
                condition=models.Q(revoked_on=None, revocation_reason="")
                | (models.Q(revoked_on__isnull=False) & ~models.Q(revocation_reason="")),
                name="revoked_certificates_have_a_reason",
            ),
        ]

    @property
    def languages(self) -> list[str]:
        """The languages of its content, the participant's first. PostgreSQL does not keep the order of `content`."""
        return sorted(self.content, key=lambda code: code == COMMON_LANGUAGE)

    def __str__(self):
        return self.shown_number

    @property
    def shown_number(self) -> str:
        return grouped(self.number)

    @property
    def is_valid(self) -> bool:
        return self.revoked_on is None
