"""The public page that says whether a certificate is valid. It shows number, event, date and status, and no name."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events.certificates import verification
from events.certificates.numbers import read_number
from events.dates import format_days, when_of
from events.models import Certificate
from events.registration.mail.context import page_in
from home.layout import Layout


class VerifyForm(forms.Form):
    number = forms.CharField(
        label=gettext_lazy("Certificate number"),
        max_length=60,
        help_text=gettext_lazy("12 letters and digits, at the left of the certificate."),
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off", "spellcheck": "false"}),
    )


@require_safe
@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a number. One that was entered leads to its own address, which is the one in the QR codes."""
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


def _address(number: str) -> str:
    return reverse("verify_number", kwargs={"number": Certificate(number=number).shown_number})


def _page(
    request: HttpRequest,
    form: VerifyForm,
    certificate: Certificate | None = None,
    *,
    status: int = 200,
    entered: str = "",
) -> HttpResponse:
    context = {
        "layout": Layout(request, title=_("Verify a certificate"), view_name="verify"),
        "form": form,
        "certificate": certificate,
        "entered": entered,
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
