"""The record of access, the browsers and sessions of staff, and invitations."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Action(models.TextChoices):
    SIGNED_IN = "signed_in", _("signed in")
    SIGN_IN_FAILED = "sign_in_failed", _("failed to sign in")
    SIGN_IN_LOCKED = "sign_in_locked", _("sign-in locked after failed attempts")
    PAGE_PASSWORD_FAILED = "page_password_failed", _("wrong password of a page or document")
    SECOND_FACTOR_FAILED = "second_factor_failed", _("wrong second factor")
    SECOND_FACTOR_ADDED = "second_factor_added", _("second factor added")
    SECOND_FACTOR_REMOVED = "second_factor_removed", _("second factor removed")
    SECOND_FACTOR_RESET = "second_factor_reset", _("second factor reset by an administrator")
    SINGLE_SIGN_ON_ADDED = "single_sign_on_added", _("single sign-on connected")
    SINGLE_SIGN_ON_REMOVED = "single_sign_on_removed", _("connection with single sign-on ended")
    SINGLE_SIGN_ON_REFUSED = "single_sign_on_refused", _("single sign-on refused")
    PASSWORD_RESET_REQUESTED = "password_reset_requested", _("asked to reset a password")
    PASSWORD_CHANGED = "password_changed", _("password changed")
    EMAIL_CHANGED = "email_changed", _("email address changed")
    ACCOUNT_ADDED = "account_added", _("account added")
    ACCOUNT_CHANGED = "account_changed", _("account activated, deactivated, or made administrator or not")
    ACCOUNT_DELETED = "account_deleted", _("account deleted")
    GROUPS_CHANGED = "groups_changed", _("groups of an account changed")
    PERMISSIONS_CHANGED = "permissions_changed", _("permissions of a group or account changed")
    EVENT_ACCESS_CHANGED = "event_access_changed", _("access to the registrations of an event changed")
    LIST_VIEWED = "list_viewed", _("viewed a list of people")
    SENSITIVE_VIEWED = "sensitive_viewed", _("viewed sensitive answers")
    EXPORTED = "exported", _("exported data of people")
    SESSION_ENDED = "session_ended", _("signed out in another browser")
    RECORD_EXPORTED = "record_exported", _("exported the record of access")
    INVITED = "invited", _("invited someone to have an account")
    INVITATION_WITHDRAWN = "invitation_withdrawn", _("withdrew an invitation")
    HANDED_OVER = "handed_over", _("handed over the pages of an account")


class AccessRecord(models.Model):
    """One entry of the record of access. The database refuses changes (`site/accounts/append_only.py`).

    It has no foreign keys, because deleting an account must not change it, and no personal data of participants.
    """

    at = models.DateTimeField(default=timezone.now, db_index=True)
    action = models.CharField(max_length=30, choices=Action)
    # The user who acted: their primary key, and their username at that time. None and empty for unknown visitors.
    user_pk = models.BigIntegerField(null=True, db_index=True)
    username = models.CharField(max_length=150, blank=True)
    # What was changed: a username, or the name of a group or event. Empty if it is the account of the user who acted.
    subject = models.CharField(max_length=255, blank=True)
    # The IPv4 address, or the IPv6 /64 network, of a sign-in or of a member of staff.
    network = models.CharField(max_length=45, blank=True)
    # Keyed hashes, by which attempts are counted (`site/accounts/limits.py`).
    subject_key = models.CharField(max_length=64, blank=True)
    network_key = models.CharField(max_length=64, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("entry of the record of access")
        verbose_name_plural = _("record of access")
        ordering = ["-at", "-pk"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["action", "subject_key", "at"], name="access_record_subject"),
            models.Index(fields=["action", "network_key", "at"], name="access_record_network"),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"


class RunningAttempt(models.Model):
    """An attempt whose password or code is being checked. It counts as failed until its result is known.

    Otherwise many attempts at the same time could all pass the limit before the first of them fails.
    """

    action = models.CharField(max_length=30, choices=Action)
    subject_key = models.CharField(max_length=64)
    network_key = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("attempt that is being checked")
        verbose_name_plural = _("attempts that are being checked")
        default_permissions = ()

    def __str__(self):
        return f"{self.started_at:%Y-%m-%d %H:%M} {self.action}"


class KnownDevice(models.Model):
    """A browser in which a user has signed in. A cookie of the browser contains the token."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="known_devices")
    token_hash = models.CharField(max_length=64)
    name = models.CharField(max_length=100, blank=True)
    added_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("known device")
        verbose_name_plural = _("known devices")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "token_hash"], name="known_device_once_per_user")]

    def __str__(self):
        return self.name


class UserSession(models.Model):
    """A session of a user. Users see their sessions in a list and can end them."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="listed_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    device = models.CharField(max_length=100, blank=True)
    network = models.CharField(max_length=45, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("session of a user")
        verbose_name_plural = _("sessions of users")
        default_permissions = ()
        ordering = ["-last_used_at", "-pk"]

    def __str__(self):
        return self.device


class Invitation(models.Model):
    """An invitation to create an account. The account is created when the invitation is accepted.

    The link in its email contains the primary key and the nonce, signed (`site/accounts/invitation_links.py`).
    """

    email = models.EmailField(_("email address"))
    first_name = models.CharField(_("first name"), max_length=150)
    last_name = models.CharField(_("last name"), max_length=150)
    organisation = models.ForeignKey(
        "home.Organisation",
        verbose_name=_("partner"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    groups = models.ManyToManyField(Group, verbose_name=_("roles"), related_name="+")
    # The language of the email, and later of the admin for this user.
    language = models.CharField(_("language"), max_length=10)
    nonce = models.CharField(max_length=22, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    # Otherwise an invitation would prevent its organisation from being deleted.
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at", "-pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accepted_at=None) | models.Q(withdrawn_at=None), name="invitation_ends_once"
            )
        ]

    def __str__(self):
        return self.email

    @property
    def status(self) -> str:
        """One of accepted, withdrawn, expired and open."""
        if self.accepted_at:
            return "accepted"
        if self.withdrawn_at:
            return "withdrawn"
        return "expired" if self.expires_at <= timezone.now() else "open"

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"
