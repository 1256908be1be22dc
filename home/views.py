"""Views that are not pages: the language choice at the root, the search, and what is said when something is missing."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.models import Locale, Page, Site

from home.forms import SearchForm
from home.layout import Layout
from home.search import find_pages


@require_safe
def choose_language(request: HttpRequest) -> HttpResponse:
    """Send a visitor of the root to the home page in the language that the browser asks for.

    Only languages whose home page is live count; without a match, the source language is taken.
    """
    wanted = get_language_from_request(request).split("-")[0]
    site = Site.find_for_request(request)
    live = set()
    if site:
        homes = Page.objects.filter(translation_key=site.root_page.translation_key, live=True)
        live = set(Locale.objects.filter(pk__in=homes.values("locale")).values_list("language_code", flat=True))
    language = wanted if wanted in live else settings.LANGUAGE_CODE
    response = HttpResponseRedirect(f"/{language}/")
    response["Cache-Control"] = "private"
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET or None)
    query, results = "", None
    if form.is_valid():
        query = form.cleaned_data["q"]
        results = find_pages(query, request, form.cleaned_data["page"] or 1)
    title = _("Search: %(query)s") % {"query": query} if query else _("Search")
    layout = Layout(request, title=title, view_name="search")
    return render(request, "search.html", {"layout": layout, "form": form, "query": query, "results": results})


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    layout = Layout(request, title=_("Page not found"))
    return render(request, "404.html", {"layout": layout}, status=404)
