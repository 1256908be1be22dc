"""Views that are not pages: the language redirect at the root, the search and the error pages."""

import sys
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.paginator import EmptyPage
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.models import Page, Site

from home.http.security_headers import is_admin_path
from home.layout import Layout
from home.not_found import suggest_pages
from home.private_files import StorageUnavailableError
from home.search import SearchForm, find_pages


@require_safe
def choose_language(request: HttpRequest) -> HttpResponse:
    """Redirect from the root to the home page in the browser's preferred language.

    Only languages with a live home page count. If none matches, the source language is used, or else any other language.
    """
    wanted = get_language_from_request(request).split("-")[0]
    site = Site.find_for_request(request)
    source = Page.objects.filter(pk=site.root_page_id if site else None)
    homes = Page.objects.filter(translation_key__in=source.values("translation_key"), live=True)
    live = set(homes.values_list("locale__language_code", flat=True))
    language = next((code for code in (wanted, settings.LANGUAGE_CODE, *live) if code in live), settings.LANGUAGE_CODE)
    response = HttpResponseRedirect(f"/{language}/")
    response["Cache-Control"] = "private"
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show the results for the query. Raises Http404 if the page of results does not exist."""
    form = SearchForm(request.GET if "q" in request.GET else None)
    layout = Layout(request, title=_("Search"), view_name="search")
    query, results, is_corrected = "", None, False
    if "page" in form.errors:
        raise Http404("no such page of results")
    if form.is_valid():
        query = form.cleaned_data["q"]
        layout.view_title = _("Search: %(query)s") % {"query": query}
        try:
            found = find_pages(query, layout, form.cleaned_data["page"] or 1)
        except EmptyPage as error:
            raise Http404("no such page of results") from error
        results, is_corrected = found.page, found.is_corrected
    elif form.errors:
        layout.view_title = _("Error: search")
    context = {"layout": layout, "form": form, "query": query, "results": results, "is_corrected": is_corrected}
    return render(request, "search.html", context)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show the 404 page in the language of the address, with the page's translations at the same address, if any."""
    if _is_in_admin(request):
        return _error_screen(request, 404)
    with translation.override(_language_of(request)):
        layout = Layout(request, title=_("Page not found"))
        context = {"layout": layout, "suggested_pages": suggest_pages(layout)}
        return _in_language(request, render(request, "404.html", context, status=404))


# The errors that Django raises for a form with more data, fields or files than it reads.
TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
# Seconds after which clients may try again if the database or the server with the files does not respond.
RETRY_SECONDS = 30


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_in_admin(request):
        return _error_screen(request, 413 if isinstance(exception, TOO_LARGE) else 400)
    return _error_page(request, "400.html", 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error_screen(request, 403) if _is_in_admin(request) else _error_page(request, "403.html", 403)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show a page for a form whose CSRF token is missing or outdated."""
    if _is_in_admin(request):
        return _error_screen(request, 403, "form_expired")
    return _error_page(request, "403_csrf.html", 403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Show the 500 page, or the 503 page if the database or the server with the files does not respond.

    Django calls it while it handles the error.
    """
    if not isinstance(sys.exc_info()[1], InterfaceError | OperationalError | StorageUnavailableError):
        return _error_page(request, "500.html", 500)
    response = _error_page(request, "503.html", 503)
    response["Retry-After"] = str(RETRY_SECONDS)
    response["Cache-Control"] = "no-store"
    return response


def _is_in_admin(request: HttpRequest) -> bool:
    """Return whether to show an error as a screen of the admin: to staff at an admin address, but not to scripts."""
    user = getattr(request, "user", None)
    is_script = request.headers.get("x-requested-with") == "XMLHttpRequest"
    return (
        is_admin_path(request.path)
        and not is_script
        and user is not None
        and user.has_perm("wagtailadmin.access_admin")
    )


def _error_screen(request: HttpRequest, status: int, error: str = "") -> HttpResponse:
    """Render an error as a screen of the admin in the language of the account, with a link back."""
    context = {"error": error or str(status), "back": _way_back(request)}
    return _in_language(request, render(request, "wagtailadmin/error.html", context, status=status))


def _way_back(request: HttpRequest) -> str:
    """Return the address of the admin screen that the user came from, or "" if it is another site or this screen."""
    address = urlsplit(request.headers.get("referer", ""))
    is_here = address.netloc == request.get_host() and is_admin_path(address.path)
    back = urlunsplit(("", "", address.path, address.query, "")) if is_here else ""
    return "" if request.method == "GET" and back == request.get_full_path() else back


def _error_page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    """Render an error page. It needs no database."""
    with translation.override(_language_of(request)):
        context = {"is_in_admin": is_admin_path(request.path)}
        return _in_language(request, render(request, template, context, status=status))


def _language_of(request: HttpRequest) -> str:
    """Return the language of the account in the admin, else of the address, else of the browser.

    An error may occur before the language of the request is activated, while that of an earlier request is still active.
    """
    own = getattr(request, "account_language", None)
    return own or translation.get_language_from_path(request.path_info) or get_language_from_request(request)


def _in_language(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Set the headers about the active language. An error may skip `LocaleMiddleware`, which sets them otherwise."""
    response["Content-Language"] = translation.get_language() or ""
    if not translation.get_language_from_path(request.path_info):
        patch_vary_headers(response, ["Accept-Language"])
    return response
