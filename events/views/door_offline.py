"""The views for the page at the door without a connection: list, service worker, manifest and sent check-ins.

All addresses are below that of the door link, so that the service worker controls only this page.
"""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from accounts import records
from accounts.models import Action
from events import timezones
from events.attendance import doors, offline
from events.attendance.points import all_points
from events.forms.offline import WrongBatchError, read_batch
from events.views.personal.access import count_wrong_token
from home.http.private_responses import mark_private
from home.http.release import release
from home.seo.well_known import BACKGROUND_COLOR, THEME_COLOR

ICON_SIZES = (192, 512)
# All files that the page needs without a connection.
FILES = (
    "css/tokens.css",
    "css/site.css",
    "events/door.css",
    "events/js/door.js",
    "events/js/door-store.js",
    "events/js/door-list.js",
    "events/js/door-offline.js",
    "events/js/vendor/jsqr.js",
    "img/favicon.svg",
)


@require_safe
@sensitive_variables("token")
def people(request: HttpRequest, token: str) -> HttpResponse:
    """Return the list of the event for a device. Each request is logged in the record of access."""
    now = timezone.now()
    door = doors.find(token, now)
    if door is None:
        return _ended(request)
    with timezone.override(timezones.zone_info(door.event.zone)):
        content = offline.list_for(door, get_language() or "", now)
    detail = {"screen": "door", "door": door.name, "offline": True}
    records.add(Action.LIST_VIEWED, request=request, subject=door.event, detail=detail)
    return mark_private(JsonResponse(content))


# No CSRF protection is needed: the secret address gives the right to send, and no cookie is read.
@csrf_exempt
@require_POST
@sensitive_variables("token")
@sensitive_post_parameters()
def scans(request: HttpRequest, token: str) -> HttpResponse:
    """Merge a batch of check-ins of a device. Sending a batch again has no further effect."""
    now = timezone.now()
    door = offline.find_for_sending(token, now)
    if door is None:
        return _ended(request)
    with timezone.override(timezones.zone_info(door.event.zone)):
        try:
            batch, wrong = read_batch(request.body, all_points(door.event, get_language() or ""))
        except WrongBatchError:
            return mark_private(JsonResponse({"problem": "not a batch of check-ins"}, status=400))
        results = [
            {
                "id": str(key),
                "again": is_busy,
                "level": answer.level,
                "heading": answer.heading,
                "name": answer.name,
                "lines": answer.lines,
            }
            for key, answer, is_busy in offline.merge(door, batch, now)
        ]
    now_in_milliseconds = round(timezone.now().timestamp() * 1000)
    return mark_private(JsonResponse({"now": now_in_milliseconds, "results": results, "unreadable": wrong}))


@require_safe
@sensitive_variables("token")
def worker(request: HttpRequest, token: str) -> HttpResponse:
    """Return the service worker of a door link.

    Its text changes with every update of the site, so browsers then install the new version.
    """
    if doors.find(token, timezone.now()) is None:
        return _ended(request)
    files = [static(path) for path in FILES]
    page = reverse("door_offline", kwargs={"token": token})
    settings = {"page": page, "files": files, "version": release()}
    script = static("events/js/door-worker.js")
    text = f"self.door = {json.dumps(settings)};\nimportScripts({json.dumps(script)});\n"
    return mark_private(HttpResponse(text, content_type="text/javascript; charset=utf-8"))


@require_safe
@sensitive_variables("token")
def manifest(request: HttpRequest, token: str) -> HttpResponse:
    """Return the manifest with which the page of a door link is installed on a phone."""
    door = doors.find(token, timezone.now())
    if door is None:
        return _ended(request)
    address = reverse("door", kwargs={"token": token})
    content = {
        "name": f"{_('Check-in')}: {door.name}",
        "short_name": _("Check-in"),
        "lang": get_language(),
        "id": address,
        "start_url": address,
        "scope": address,
        "display": "standalone",
        "theme_color": THEME_COLOR,
        "background_color": BACKGROUND_COLOR,
        "icons": [
            {
                "src": static(f"img/icon-{size}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": "any maskable",
            }
            for size in ICON_SIZES
        ],
    }
    return mark_private(JsonResponse(content, content_type="application/manifest+json"))


def _ended(request: HttpRequest) -> HttpResponse:
    """Return the response for a link that no longer works. Devices delete their stored data only after this response."""
    return mark_private(count_wrong_token(request, JsonResponse({"ended": True}, status=410)))
