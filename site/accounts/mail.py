"""Emails to members of staff about their own accounts."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_tasks import task
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.views.account import PasswordResetView
from wagtail.models import Site
from wagtail.users.models import UserProfile

from accounts.invitation_links import token_of
from accounts.models import Invitation
from accounts.organisations import name_of
from home.roles import role_labels


def subject_of(kind: str, site_name: str) -> str:
    subjects = {
        "new_device": _("%(site)s: new sign-in to your account"),
        "locked": _("%(site)s: many failed attempts to sign in to your account"),
        "single_sign_on": _("%(site)s: single sign-on of your account changed"),
        "second_factor": _("%(site)s: the second factor of your account changed"),
        "event_access": _("%(site)s: you have access to an event"),
        "confirm_email": _("%(site)s: confirm your email address"),
        "email_changes": _("%(site)s: your email address is being changed"),
        "invitation": _("%(site)s: invitation to edit the website"),
    }
    return subjects[kind] % {"site": site_name}


@task()
def send_account_mail(kind: str, user_pk: int, context: dict[str, str], address: str = "") -> None:
    """Send an email of this kind to the user, in the language that they chose for the admin.

    `address` replaces the address of the account.
    """
    user = User.objects.filter(pk=user_pk, is_active=True).first()
    recipient = address or (user.email if user else "")
    if user is None or not recipient:
        return
    profile = UserProfile.objects.filter(user=user).first()
    language = profile.get_preferred_language() if profile else settings.LANGUAGE_CODE
    with override(language):
        site_name = site_label()
        values = {
            "user": user,
            "site_name": site_name,
            "moment": timezone.now(),
            "base_url": settings.WAGTAILADMIN_BASE_URL,
            "account_url": settings.WAGTAILADMIN_BASE_URL + reverse("wagtailadmin_account"),
            "reset_url": settings.WAGTAILADMIN_BASE_URL + reverse("wagtailadmin_password_reset"),
        }
        body = render_to_string(f"accounts/mail/{kind}.txt", values | context)
        send_mail(subject_of(kind, site_name), body.strip() + "\n", None, [recipient])


@task()
def send_password_reset(address: str, language: str) -> None:
    """Send a link that sets a new password to each active account with this address, in the given language."""
    form = PasswordResetForm({"email": address})
    if not form.is_valid():
        return
    with override(language):
        # The texts contain only addresses that begin with the one in the settings.
        form.save(
            domain_override=urlsplit(settings.WAGTAILADMIN_BASE_URL).netloc,
            subject_template_name=PasswordResetView.subject_template_name,
            email_template_name=PasswordResetView.email_template_name,
        )


@task()
def send_invitation(pk: int) -> None:
    """Send the email of an open invitation, in the language of the invited person."""
    invitation = Invitation.objects.filter(pk=pk).select_related("organisation", "invited_by").first()
    if invitation is None or invitation.status != "open":
        return
    with override(invitation.language):
        site_name = site_label()
        path = reverse("invitation", args=[token_of(invitation)])
        context = {
            "invitation": invitation,
            "inviter": get_user_display_name(invitation.invited_by) if invitation.invited_by else "",
            "partner": name_of(invitation.organisation),
            "roles": role_labels(invitation.groups.values_list("name", flat=True)),
            "site_name": site_name,
            "url": settings.WAGTAILADMIN_BASE_URL + path,
        }
        body = render_to_string("accounts/mail/invitation.txt", context)
        send_mail(subject_of("invitation", site_name), body.strip() + "\n", None, [invitation.email])


def site_label() -> str:
    """Return the site's name for the subjects of emails: of the default site, or from the settings."""
    site = Site.objects.filter(is_default_site=True).first()
    return (site.site_name if site else "") or settings.WAGTAIL_SITE_NAME
