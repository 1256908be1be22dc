"""The email that sends an enquiry to the people who answer it."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_tasks import task
from wagtail.models import Site

from home.languages import language_name
from home.models import Enquiry
from home.site_context import SiteContext

# How long the site retries to send an email, and the interval between two attempts. The list of enquiries shows emails that
# were not sent.
RETRY_PERIOD = datetime.timedelta(days=3)
RETRY_INTERVAL = datetime.timedelta(hours=1)


@task()
def send_enquiry(pk: int) -> None:
    """Send the email of an enquiry, unless it was sent already. Replies go to the sender of the enquiry."""
    enquiry = Enquiry.objects.filter(pk=pk).exclude(mail_due_at=None).first()
    if enquiry is None:
        return
    # In the language of the settings, because recipients may not know the language of the sender.
    with override(settings.LANGUAGE_CODE):
        subject = _("%(site)s: message about “%(subject)s”")
        values = {"site": _site_name(), "subject": enquiry.get_subject_display()}
        path = reverse("enquiries:detail", args=[enquiry.pk])
        context = {
            "enquiry": enquiry,
            "language": language_name(enquiry.language),
            "url": settings.WAGTAILADMIN_BASE_URL + path,
        }
        body = render_to_string("home/mail/enquiry.txt", context)
        mail = EmailMessage(
            subject % values, body.strip() + "\n", None, enquiry.recipients.splitlines(), reply_to=[enquiry.email]
        )
    mail.send()
    Enquiry.objects.filter(pk=pk).update(mail_due_at=None)


def _site_name() -> str:
    project = SiteContext.of(Site.objects.filter(is_default_site=True).first()).settings
    return (project.acronym if project else "") or settings.WAGTAIL_SITE_NAME


def enqueue_due(now: datetime.datetime) -> int:
    """Enqueue the emails that were not sent because the mail server or the site was down. Returns their number."""
    due = Enquiry.objects.filter(mail_due_at__lte=now, received_at__gt=now - RETRY_PERIOD)
    number = 0
    for pk in due.values_list("pk", flat=True):
        # If two runs happen at once, only one of them changes the row.
        if due.filter(pk=pk).update(mail_due_at=now + RETRY_INTERVAL):
            send_enquiry.enqueue(pk)
            number += 1
    return number


def first_retry(now: datetime.datetime | None = None) -> datetime.datetime:
    """Return when `tick` sends the email of a new enquiry if the task that was enqueued for it has not sent it."""
    return (now or timezone.now()) + RETRY_INTERVAL
