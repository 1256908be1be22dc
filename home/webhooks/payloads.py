"""The content of requests to webhooks: which page changed. It has no personal data, and only public data."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from home.models import WebhookKind


def page_payload(kind: str, page: Page, now: datetime.datetime) -> dict[str, Any]:
    """Return the public data of a page. `api_url` has status 404 if the page is not public any more."""
    page = page.specific_deferred
    return {
        "type": kind,
        "timestamp": _utc(now),
        "data": {
            "id": page.pk,
            "type": page.specific_class._meta.label,
            "language": page.locale.language_code,
            "title": page.title,
            "url": page.full_url,
            "api_url": f"{settings.PUBLIC_BASE_URL}{reverse('wagtailapi:pages:detail', args=[page.pk])}",
        },
    }


def test_payload(now: datetime.datetime) -> dict[str, Any]:
    return {"type": WebhookKind.TEST.value, "timestamp": _utc(now), "data": {"site": settings.PUBLIC_BASE_URL}}


def is_public(page: Page) -> bool:
    """Return whether everyone may know of the page: it has not expired, and neither it nor an ancestor is private."""
    is_expired = page.expire_at is not None and page.expire_at <= timezone.now()
    return not is_expired and not page.get_view_restrictions().exists()


def _utc(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
