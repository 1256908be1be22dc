"""Addresses that browsers and crawlers request by convention, outside the languages."""

from __future__ import annotations

import datetime
import logging

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.cache import cache
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe
from wagtail.models import Site

from home.http.client_address import proxy_problem
from home.private_files import folders_accept_files
from home.site_context import SiteContext

logger = logging.getLogger(__name__)

PLAIN_TEXT = "text/plain; charset=utf-8"
# The contact comes from the settings at each request. The period is short, so that an abandoned site or a copy of its
# files does not confirm an outdated contact for a year.
SECURITY_CONTACT_DAYS = 30


@require_safe
@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    site = Site.find_for_request(request)
    lines = ["User-agent: *", f"Disallow: {reverse('wagtailadmin_home')}"]
    if site:
        lines += ["", f"Sitemap: {site.root_url}{reverse('sitemap_index')}"]
    return HttpResponse("\n".join([*lines, ""]), content_type=PLAIN_TEXT)


@require_safe
@cache_control(public=True, max_age=3600)
def security(request: HttpRequest) -> HttpResponse:
    """Return `security.txt` (RFC 9116). Raises Http404 if the project has no contact."""
    site = Site.find_for_request(request)
    contact = _contact(SiteContext.of(site))
    if site is None or not contact:
        raise Http404("no contact")
    midnight = timezone.now().astimezone(datetime.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    expires = midnight + datetime.timedelta(days=SECURITY_CONTACT_DAYS)
    lines = [
        f"Contact: {contact}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(code for code, _name in settings.LANGUAGES)}",
        f"Canonical: {site.root_url}{reverse('security')}",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type=PLAIN_TEXT)


def _contact(context: SiteContext) -> str:
    """Return the project's email address, else the coordinator's website, else an empty string."""
    if context.settings and context.settings.contact_email:
        return f"mailto:{context.settings.contact_email}"
    coordinator = context.coordinator(settings.LANGUAGE_CODE)
    return coordinator.website if coordinator else ""


@require_safe
@never_cache
def change_password(request: HttpRequest) -> HttpResponse:
    """Redirect a password manager to the form where an editor changes their password."""
    host = settings.WAGTAILADMIN_BASE_URL if settings.ADMIN_HOST else ""
    return HttpResponseRedirect(f"{host}{reverse('wagtailadmin_account')}")


@require_safe
@cache_control(public=True, max_age=86400)
def icon(request: HttpRequest) -> HttpResponse:
    """Redirect `favicon.ico` to a PNG, for clients that request it without reading a page."""
    return HttpResponseRedirect(static("img/touch-icon.png"))


@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """Return 200 if the site can serve its pages, else 503. The reason is logged, not shown.

    The first line is "ok", "degraded" (the site works without its cache, but slower, or without storing files) or "failing".
    Lines with a warning follow: files cannot be stored, or a setting is wrong although the site works.
    """
    if not (_database_responds() and _static_files_are_collected()):
        return HttpResponse("failing\n", status=503, content_type=PLAIN_TEXT)
    accepts_files = folders_accept_files()
    lines = ["ok" if _cache_responds() and accepts_files else "degraded"]
    if not accepts_files:
        lines.append("warning: files cannot be stored; a folder is full or read-only")
    if problem := proxy_problem().replace("_", " "):
        lines.append(f"warning: PROXY_COUNT is {problem}")
    return HttpResponse("\n".join([*lines, ""]), content_type=PLAIN_TEXT)


def _database_responds() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # each database has its own
        logger.exception("the health check failed")
        return False
    return True


def _cache_responds() -> bool:
    try:
        cache.set("health", "ok", 10)
        return bool(cache.get("health") == "ok")
    except Exception:  # each cache has its own
        logger.exception("the health check failed")
        return False


def _static_files_are_collected() -> bool:
    """Return False if the storage of static files needs a manifest and has none: then every page answers 500."""
    if not isinstance(staticfiles_storage, ManifestFilesMixin) or staticfiles_storage.hashed_files:
        return True
    logger.error("the health check failed: no static files; run manage.py collectstatic")
    return False
