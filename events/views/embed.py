"""The next events of a language as a page that other sites may show in a frame."""

from __future__ import annotations

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe
from wagtail.models import Locale

from events.models import EventIndexPage
from home.expiry import unexpired

NUMBER = 5


@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
@cache_control(public=True, max_age=300)
def next_events(request: HttpRequest) -> HttpResponse:
    """Show at most five events that are not over. Links open in a new window, because a frame is too small for them.

    Raises Http404 if the language has no public list of events.
    """
    lists = EventIndexPage.objects.live().public().filter(unexpired(), locale=Locale.get_active())
    index = lists.select_related("locale").first()
    if index is None:
        raise Http404("no list of events in this language")
    pages = index.event_pages().filter(event__last_day__gte=timezone.localdate())
    pages = pages.order_by("event__first_day", "pk")[:NUMBER]
    rows = [(page, page.get_full_url(request)) for page in pages]
    return render(request, "events/embed.html", {"rows": rows, "index_url": index.get_full_url(request)})
