"""Deletes enquiries after ENQUIRY_MONTHS months."""

from __future__ import annotations

import datetime

from django.conf import settings

from home.enquiries.deadlines import months_before
from home.models import Enquiry


def delete_old(now: datetime.datetime) -> int:
    """Delete enquiries older than ENQUIRY_MONTHS months, whether answered or not. Returns their number."""
    deleted, _per_model = Enquiry.objects.filter(received_at__lt=months_before(now, settings.ENQUIRY_MONTHS)).delete()
    return deleted
