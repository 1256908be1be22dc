"""Views that are not pages: the language redirect at the root, the search page and the error pages."""

import sys

from django.conf import settings
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

from home.layout import Layout
from home.not_found import suggest_pages
from home.search import SearchForm, find_pages


@require_safe
def choose_language(request: HttpRequest) -> HttpResponse:
    """Redirect from the root to the home page in the browser's preferred language.

    Only languages with a live home page count. Without a match, the source language is used, or else any other one.
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
    """Show the results for the query. Raises Http404 for a page of results that does not exist."""
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
    with translation.override(_language_of(request)):
        layout = Layout(request, title=_("Page not found"))
        context = {"layout": layout, "suggested_pages": suggest_pages(layout)}
        return _in_language(request, render(request, "404.html", context, status=404))


# Seconds after which browsers and crawlers may try again when the database does not respond.
RETRY_SECONDS = 30


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error_page(request, "400.html", 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error_page(request, "403.html", 403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Show the 500 page, or the 503 page if the database does not respond. Django calls it while it handles the error."""
    if not isinstance(sys.exc_info()[1], InterfaceError | OperationalError):
        return _error_page(request, "500.html", 500)
    response = _error_page(request, "503.html", 503)
    response["Retry-After"] = str(RETRY_SECONDS)
    response["Cache-Control"] = "no-store"
    return response


def _error_page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    """Render an error page, which needs no database."""
    with translation.override(_language_of(request)):
        return _in_language(request, render(request, template, status=status))


def _language_of(request: HttpRequest) -> str:
    """Return the language of the address, else that of the browser.

    An error may occur before the language of the request is activated. Then that of an earlier request is active.
    """
    return translation.get_language_from_path(request.path_info) or get_language_from_request(request)


def _in_language(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Set the headers about the active language. An error may skip `LocaleMiddleware`, which sets them otherwise."""
    response["Content-Language"] = translation.get_language() or ""
    if not translation.get_language_from_path(request.path_info):
        patch_vary_headers(response, ["Accept-Language"])
    return response
