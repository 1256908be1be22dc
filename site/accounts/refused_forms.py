"""Forms that are refused until their user has confirmed who they are: the answer shows them again with what was entered.

The form of the answer is a new one with a new token, because browsers do not keep the rows that scripts added to a page. The
confirmation opens in another tab, so every way to confirm works: password, code, passkey and single sign-on.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

# Parts of the names of fields that are not kept. Passwords would stand in the page, where the next person at the computer
# could read them.
TOKEN, PASSWORD = "csrfmiddlewaretoken", "password"


def refuse_form(request: HttpRequest, confirm_url: str) -> HttpResponse:
    """Return the refusal of a form, with the form to send again and a link to `confirm_url`.

    Call it after the check of the CSRF token; otherwise another site could fill in the form.
    """
    response: HttpResponse
    if request.accepts("text/html"):
        names = {name for name in request.POST if PASSWORD in name.casefold()}
        context = {
            "confirm_url": confirm_url,
            "is_signed_in": request.user.is_authenticated,
            "fields": [
                (name, value)
                for name, values in request.POST.lists()
                for value in values
                if name != TOKEN and name not in names
            ],
            "passwords": [name for name in request.POST if name in names and request.POST[name]],
            "files": [file.name for _name, files in request.FILES.lists() for file in files],
        }
        response = render(request, "accounts/refused_form.html", context, status=403)
    else:
        text = _("Not saved. Save the form yourself: you are then asked to confirm that it is you.")
        # Wagtail's editor shows the text when it could not save automatically.
        response = JsonResponse({"success": False, "error_code": "locked", "error_message": text}, status=403)
    add_never_cache_headers(response)
    return response
