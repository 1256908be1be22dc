"""Views for addresses that browsers and crawlers request by convention. They have no language."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe
from wagtail.models import Site

from home.layout import Layout
from home.site_context import SiteContext

PLAIN_TEXT = "text/plain; charset=utf-8"
# Days for which the contact is valid. The contact is read from the settings at each request. The period is short, so that an
# abandoned site, or a copy of its files, does not confirm an outdated contact for long.
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
    """Return the project's email address, or the coordinator's website, or an empty string."""
    if context.settings and context.settings.contact_email:
        return f"mailto:{context.settings.contact_email}"
    coordinator = context.coordinator(settings.LANGUAGE_CODE)
    return coordinator.website if coordinator else ""


@require_safe
@never_cache
def change_password(request: HttpRequest) -> HttpResponse:
    """Redirect to the form where editors change their password. Password managers use this address."""
    host = settings.WAGTAILADMIN_BASE_URL if settings.ADMIN_HOST else ""
    return HttpResponseRedirect(f"{host}{reverse('wagtailadmin_account')}")


@require_safe
@cache_control(public=True, max_age=86400)
def icon(request: HttpRequest) -> HttpResponse:
    """Redirect `favicon.ico` to a PNG file, for clients that request this address without reading a page."""
    return HttpResponseRedirect(static("img/touch-icon.png"))


# The theme colours in light mode (`site/static/css/tokens.css`).
THEME_COLOR = "#e9f8f6"
BACKGROUND_COLOR = "#fbfdfd"


@require_safe
@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """Return the web app manifest in the language of the address, for links on a home screen."""
    layout = Layout(request)
    project = layout.texts.project_title if layout.texts else ""
    icons = [
        {
            "src": static(f"img/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": "any maskable",
        }
        for size in (192, 512)
    ]
    content = {
        "name": " – ".join(filter(None, [layout.site_name, project])),
        "short_name": layout.site_name,
        "lang": layout.language_code,
        "start_url": layout.home_url,
        "scope": "/",
        "display": "browser",
        "theme_color": THEME_COLOR,
        "background_color": BACKGROUND_COLOR,
        "icons": icons,
    }
    return JsonResponse(content, content_type="application/manifest+json")
