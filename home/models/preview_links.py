"""Links that show a draft to people who have no account."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page


class PreviewLink(models.Model):
    """A link to the latest draft of a page. It works until it expires; to revoke it, its row is deleted.

    The link contains `key` with a signature, so nobody can make a working link from the database alone.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    page = models.ForeignKey(Page, models.CASCADE, related_name="preview_links")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["expires_at", "pk"]
        verbose_name = _("preview link")
        verbose_name_plural = _("preview links")

    def __str__(self) -> str:
        return f"{self.page_id} {self.expires_at:%Y-%m-%d}"
