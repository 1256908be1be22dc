"""The public page of a preview link."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from home.http.private_responses import mark_private
from home.previews import links


@require_safe
def draft_preview(request: HttpRequest, token: str) -> HttpResponse:
    """Show the latest draft of the page of a preview link. Raises Http404 for a link that does not work."""
    link = links.find(token)
    if link is None or link.page.locale.language_code != get_language():
        raise Http404("no such preview link")
    draft = link.page.get_latest_revision_as_object()
    # Wagtail passes this request through the middleware, as for its own previews.
    response: HttpResponse = draft.make_preview_request(
        request, draft.default_preview_mode, extra_request_attrs={"preview_link": link}
    )
    return mark_private(response)
