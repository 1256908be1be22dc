"""The expiry time of pages. An expired page stays live until the scheduled tasks unpublish it."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone
from wagtail.models import Page


def is_expired(page: Page) -> bool:
    return page.expire_at is not None and page.expire_at <= timezone.now()


def unexpired() -> Q:
    """Return a condition that excludes expired pages. Use it in every query for pages that visitors see."""
    return Q(expire_at=None) | Q(expire_at__gt=timezone.now())
