"""The views of the contact page: the page with its form, the handling of the form, and the page shown after it.

The form sets no cookie, so it has no CSRF token: it does nothing with the visitor's rights. Its form token and the header
`Sec-Fetch-Site` stop other sites from sending it (decision 181).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPMethod
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from home import rate_limits
from home.enquiries.deadlines import working_days_after
from home.enquiries.forms import EnquiryForm, new_form_token
from home.enquiries.mail import first_retry, send_enquiry
from home.frozen import is_frozen
from home.http import page_cache
from home.http.client_address import client_network
from home.http.routing import find_site
from home.layout import Language, Layout, Link
from home.models import ContactPage, Enquiry
from home.site_context import SiteContext

FORM_TOKEN_MARK = "form-token-3d95b0c41e7f62a8"  # noqa: S105  (a mark, not a password)
# The values of `Sec-Fetch-Site` that browsers send with a form of the same site; older browsers send none.
OWN_SITES = {"", "same-origin", "none"}
# Seconds after which people may try again if the database is busy.
RETRY_SECONDS = 5


class SentLayout(Layout):
    """The layout of the page after the form."""

    @cached_property
    def breadcrumbs(self) -> list[Link]:
        page = self.page
        return [*super().breadcrumbs, Link(page.title, page.get_url(self.request) or "")] if page else []

    def _language(self, code: str) -> Language:
        """Return the link to the page after the form in another language, if the contact page has a translation."""
        found = super()._language(code)
        if not (self.page and found.is_translated):
            return found
        with override(code):
            url = reverse("enquiry_sent", args=[self.page.translation_key])
        return Language(found.code, found.name, url, found.is_current, is_translated=True)


@dataclass(frozen=True)
class CachedContactPage:
    """The rendered page with a placeholder for the form token (`home.http.cached_responses.CachedFragment`)."""

    content: str
    page_id: int

    def fill(self, request: HttpRequest) -> HttpResponse:
        """Return the page with a new form token. Runs no query."""
        return HttpResponse(self.content.replace(FORM_TOKEN_MARK, new_form_token(self.page_id)))


def page_context(page: ContactPage, request: HttpRequest) -> dict[str, object]:
    """Return the template context for the form of the contact page."""
    has_address = bool(recipients_of(page, request, ""))
    return {
        "has_address": has_address,
        "form": EnquiryForm(page_id=page.pk) if has_address and not is_frozen() else None,
        "form_token": FORM_TOKEN_MARK,
        "action": reverse("enquiry", args=[page.translation_key]),
        "is_frozen": is_frozen(),
        "months": settings.ENQUIRY_MONTHS,
    }


def serve(page: ContactPage, request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return the response of the contact page, in which each visitor gets a new form token."""
    if not isinstance(response, TemplateResponse) or not (response.context_data or {}).get("form"):
        return response
    cached = CachedContactPage(response.render().content.decode(), page.pk)
    return page_cache.mark_cacheable(cached.fill(request), cached)


@csrf_exempt
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Handle the form: store the message and send it by email, or show the form again with the entries and the errors."""
    page = _find_page(request, key)
    url = page.get_url(request) or "/"
    if request.method != HTTPMethod.POST:
        return HttpResponseRedirect(url)
    if request.headers.get("Sec-Fetch-Site", "") not in OWN_SITES:
        raise PermissionDenied
    if not recipients_of(page, request, ""):
        return HttpResponseRedirect(url)
    form = EnquiryForm(request.POST, page_id=page.pk)
    client = client_network(request)
    try:
        if exceeded := _count(form, client):
            return _show_too_many(request, page, form, exceeded)
        if not form.is_valid():
            return _show(request, page, form)
        _store(request, page, form)
    except rate_limits.LockedError:
        form.add_error(None, _("Many people are using the site right now. Send the form again in a few seconds."))
        return _show(request, page, form, 429, RETRY_SECONDS)
    # 303, so that reloading the next page does not send the form again.
    return HttpResponseRedirect(reverse("enquiry_sent", args=[page.translation_key]), status=303)


@require_safe
def sent(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Show what happens next with the message. The page is the same for everyone."""
    page = _find_page(request, key)
    layout = SentLayout(request, page, title=_("Your message was sent"))
    return TemplateResponse(request, "home/enquiry_sent.html", {"page": page, "layout": layout})


def recipients_of(page: ContactPage, request: HttpRequest, subject: str) -> list[str]:
    """Return the email addresses that receive messages about this subject."""
    project = SiteContext.of(find_site(request)).settings
    return page.recipients(subject, project.contact_email if project else "")


def _find_page(request: HttpRequest, key: uuid.UUID) -> ContactPage:
    rows = ContactPage.objects.live().filter(translation_key=key, locale__language_code=get_language())
    page = rows.select_related("locale").first()
    if page is None or not SiteContext.of(find_site(request)).is_public(page):
        raise Http404("no such contact page")
    return page


def _count(form: EnquiryForm, client: str) -> str:
    """Count the form for the rate limits. Returns the scope whose limit is exceeded, or an empty string."""
    if not form.is_valid():
        return rate_limits.count({"client_wrong": client}) if form.is_suspicious else ""
    own = rate_limits.count({"enquiry_client": client, "form": form.token_key()})
    return own or rate_limits.count({"enquiry": ""})


def _store(request: HttpRequest, page: ContactPage, form: EnquiryForm) -> None:
    given = form.cleaned_data
    values = {
        "name": given["name"],
        "email": given["email"],
        "subject": given["subject"],
        "message": given["message"],
        "language": page.locale.language_code,
        "recipients": "\n".join(recipients_of(page, request, given["subject"])),
        "answer_by": working_days_after(timezone.localdate(), page.response_days),
        "mail_due_at": first_retry(),
    }
    # The key depends on the message as well: a person who goes back and writes another message sends a second enquiry.
    sender = f"{given['email'].casefold()}\n{given['message']}"
    with transaction.atomic():
        enquiry, is_new = Enquiry.objects.get_or_create(
            submission_key=form.valid_token().submission_key(sender), defaults=values
        )
        if is_new:
            transaction.on_commit(lambda: send_enquiry.enqueue(enquiry.pk))


def _show_too_many(request: HttpRequest, page: ContactPage, form: EnquiryForm, scope: str) -> HttpResponse:
    if scope == "form":
        form.forget_token()
        form.add_error(
            None,
            _(
                "This form has been used too often, so nothing was sent this time. "
                "Check your answers and send it again."
            ),
        )
        return _show(request, page, form)
    seconds = rate_limits.seconds_left(scope)
    minutes = max(1, round(seconds / 60))
    text = ngettext(
        "The form was sent too often. Try again in %(minutes)d minute. Your answers stay on this page.",
        "The form was sent too often. Try again in %(minutes)d minutes. Your answers stay on this page.",
        minutes,
    )
    form.add_error(None, text % {"minutes": minutes})
    return _show(request, page, form, 429, seconds)


def _show(
    request: HttpRequest, page: ContactPage, form: EnquiryForm, status: int = 200, retry_after: int = 0
) -> HttpResponse:
    token = str(form.data["form_token"]) if form.decoded_token else new_form_token(page.pk)
    heading = _("Error: %(title)s") % {"title": page.title}
    own: Mapping[str, Any] = {
        "form": form,
        "form_token": token,
        "problems": form.problems(),
        "layout": Layout(request, page, title=heading),
    }
    response = TemplateResponse(request, page.get_template(request), page.get_context(request) | own, status=status)
    response["Cache-Control"] = "private, no-store"
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response
