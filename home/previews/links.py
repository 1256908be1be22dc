"""Creates, finds and revokes preview links."""

from __future__ import annotations

import datetime
import uuid

from django.contrib.auth.models import User
from django.core import signing
from django.db import models, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log
from wagtail.models import Page

from home.links import public_url
from home.models import PreviewLink

SALT = "home.previews"
# The numbers of days that a link can be valid for.
DAYS = (1, 7, 30)
# The most valid links of a page at the same time.
MOST_LINKS = 20
MADE, REVOKED = "home.preview_link.made", "home.preview_link.revoked"


class TooManyLinksError(Exception):
    """Raised when a page has `MOST_LINKS` valid links already."""


def valid_links(page: Page | None = None) -> QuerySet[PreviewLink]:
    """Return the links that have not expired, of one page or of all pages, the first to expire first.

    They include links whose maker may no longer edit the page: these do not work (`why_ended`).
    """
    links = PreviewLink.objects.filter(expires_at__gt=timezone.now(), made_by__isnull=False)
    return links if page is None else links.filter(page=page.pk)


@transaction.atomic
def make(page: Page, days: int, user: User) -> PreviewLink:
    """Create a link to the page that is valid for `days`. Raises TooManyLinksError."""
    Page.objects.select_for_update().get(pk=page.pk)
    if valid_links(page).count() >= MOST_LINKS:
        raise TooManyLinksError
    link = PreviewLink.objects.create(
        page=page, made_by=user, expires_at=timezone.now() + datetime.timedelta(days=days)
    )
    log(page, MADE, user=user, data={"expires_at": link.expires_at.isoformat()})
    return link


@transaction.atomic
def revoke(link: PreviewLink, user: User | None) -> None:
    link.delete()
    log(link.page, REVOKED, user=user)


def revoke_all_made_by(user: User) -> int:
    """Revoke the links that the user has created. Returns their number."""
    links = list(valid_links().filter(made_by=user).select_related("page"))
    for link in links:
        revoke(link, None)
    return len(links)


def number_made_by(user: User) -> int:
    return valid_links().filter(made_by=user).count()


def url_of(link: PreviewLink) -> str:
    """Return the link on the public site, in the language of the page."""
    token = signing.Signer(salt=SALT, sep="~").sign(link.key.hex)
    with translation.override(link.page.locale.language_code):
        return public_url(reverse("draft_preview", args=[token]))


class Ended(models.TextChoices):
    """Why a link that has not expired does not work: a link works only while its maker may edit the page."""

    INACTIVE = "inactive", gettext_lazy("Ended: the account that made it is no longer active.")
    NO_RIGHT = "no_right", gettext_lazy("Ended: the person who made it can no longer edit the page.")


def why_ended(page: Page, maker: User | None) -> Ended | None:
    """Return why links to the page that `maker` created do not work, or None if they do."""
    if maker is None or not maker.is_active:
        return Ended.INACTIVE
    return None if page.permissions_for_user(maker).can_edit() else Ended.NO_RIGHT


def find(token: str) -> PreviewLink | None:
    """Return the link with this token; None if it is forged or revoked, or has expired or ended."""
    try:
        key = uuid.UUID(signing.Signer(salt=SALT, sep="~").unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    link = valid_links().filter(key=key).select_related("page__locale", "made_by").first()
    return None if link is None or why_ended(link.page, link.made_by) else link


def delete_expired(now: datetime.datetime) -> int:
    """Delete the links that have expired. Returns their number."""
    return PreviewLink.objects.filter(expires_at__lte=now).delete()[0]
