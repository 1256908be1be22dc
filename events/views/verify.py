"""The public page that says whether a certificate is valid. It shows number, event, date and status, and no name."""

from __future__ import annotations

from http import HTTPMethod
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from events.certificates import badges, verification
from events.certificates.badges import BadgeResult, ReadBadge
from events.certificates.keys import did_document, is_issuer
from events.certificates.numbers import read_number
from events.dates import format_days, when_of
from events.models import Certificate
from events.registration.mail.context import page_in
from home.layout import Layout

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

# The longest badge that is read, in bytes. Pictures made by this site are smaller.
MAX_BADGE = 1024 * 1024
BADGE_PROBLEMS: dict[BadgeResult, tuple[StrPromise, StrPromise]] = {
    BadgeResult.NO_CREDENTIAL: (
        gettext_lazy("This file does not contain a certificate"),
        gettext_lazy(
            "Choose the PDF of a certificate, the PNG file of a badge, or the file credential.jwt. Edited and shared "
            "files may have lost it."
        ),
    ),
    BadgeResult.OTHER_ISSUER: (
        gettext_lazy("Issued by someone else"),
        gettext_lazy("This badge does not come from this site. Verify it where it was issued."),
    ),
    BadgeResult.UNKNOWN_KEY: (
        gettext_lazy("Signed with an unknown key"),
        gettext_lazy("This site no longer has the key, so the badge cannot be verified. Enter the certificate number."),
    ),
    BadgeResult.ALTERED: (
        gettext_lazy("This badge was altered"),
        gettext_lazy("The signature is not valid: something in the file was changed after it was issued."),
    ),
}
NOT_IN_THE_LIST = (
    gettext_lazy("Unknown certificate"),
    gettext_lazy("The signature is valid, but this site has no record of the certificate. Ask the organisers."),
)


class VerifyForm(forms.Form):
    number = forms.CharField(
        label=gettext_lazy("Certificate number"),
        max_length=60,
        help_text=gettext_lazy("12 letters and digits, at the left of the certificate."),
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off", "spellcheck": "false"}),
    )


class BadgeForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File of the certificate"),
        help_text=gettext_lazy("The PDF, the PNG file of the badge, or credential.jwt. It is not stored."),
        widget=forms.FileInput(attrs={"class": "input", "accept": "application/pdf,image/png,.pdf,.png,.jwt,.txt"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    """Show a form for a number or a badge. A number is redirected to its own address, which is also in the QR codes."""
    if request.method == HTTPMethod.POST and is_issuer():
        return _verify_badge(request)
    form = VerifyForm(request.GET if "number" in request.GET else None)
    if form.is_bound and form.is_valid():
        number = read_number(form.cleaned_data["number"])
        if number:
            return HttpResponseRedirect(_address(number))
        return _page(request, form, status=404, entered=form.cleaned_data["number"])
    return _page(request, form)


@require_safe
@never_cache
def verify_number(request: HttpRequest, number: str) -> HttpResponse:
    certificate = verification.find(number)
    if certificate is None:
        return _page(request, VerifyForm(), status=404, entered=number)
    if number != certificate.shown_number:
        return HttpResponseRedirect(_address(certificate.number))
    return _page(request, VerifyForm(), certificate)


def _verify_badge(request: HttpRequest) -> HttpResponse:
    """Show whether the signature of a badge is correct and the certificate still valid, and what the badge states."""
    form = BadgeForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, VerifyForm(), status=422, badge_form=form)
    found = badges.read(form.cleaned_data["file"].read(MAX_BADGE))
    if found.result != BadgeResult.SIGNED:
        heading, text = BADGE_PROBLEMS[found.result]
        return _page(request, VerifyForm(), status=422, problem=(str(heading), str(text)))
    certificate = verification.find(found.number)
    if certificate is None:
        heading, text = NOT_IN_THE_LIST
        return _page(request, VerifyForm(), status=404, problem=(str(heading), str(text)))
    return _page(request, VerifyForm(), certificate, badge=found)


@require_safe
def did(request: HttpRequest) -> HttpResponse:
    """Return the DID document with the keys of the badges. Raises Http404 if the site issues no badges."""
    if not is_issuer():
        raise Http404("no badges")
    response = JsonResponse(did_document(), content_type="application/did+json")
    response["Cache-Control"] = "public, max-age=3600"
    # Verifiers that run in a browser read it from pages of other sites.
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
def badge_status(request: HttpRequest, number: int) -> HttpResponse:
    """Return the signed list of revoked certificates.

    Raises Http404 if no certificate belongs to this list, or if the site issues no badges.
    """
    last = Certificate.objects.order_by("-pk").values_list("pk", flat=True).first()
    if not is_issuer() or last is None or number > last // badges.LIST_SIZE:
        raise Http404("no such list")
    response = HttpResponse(badges.status_list(number, timezone.now()), content_type="application/vc+jwt")
    response["Cache-Control"] = "public, max-age=300"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _address(number: str) -> str:
    return reverse("verify_number", kwargs={"number": Certificate(number=number).shown_number})


def _page(
    request: HttpRequest,
    form: VerifyForm,
    certificate: Certificate | None = None,
    *,
    status: int = 200,
    entered: str = "",
    badge_form: BadgeForm | None = None,
    badge: ReadBadge | None = None,
    problem: tuple[str, str] | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "layout": Layout(request, title=_("Verify a certificate"), view_name="verify"),
        "form": form,
        "certificate": certificate,
        "entered": entered,
        "badge_form": (badge_form or BadgeForm()) if is_issuer() else None,
        "badge": badge,
        "problem": problem,
        "is_number": bool(entered and read_number(entered)),
    }
    if certificate is not None:
        page = page_in(certificate.event, get_language() or "en")
        context |= {
            "page": page,
            "when": format_days(when_of(page)),
            "event_url": page.get_url(request) if page.live else "",
        }
    response = render(request, "events/certificates/verify.html", context, status=status)
    if certificate is not None:
        response["X-Robots-Tag"] = "noindex"
    return response
