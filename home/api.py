"""The read-only JSON API of public pages, `/api/v2/pages/`: Wagtail's API, limited to pages that everyone may read.

Page types list the fields that they add in `api_fields`. `/api/v2/openapi.json` describes the API.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DataError, IntegrityError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path, reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from wagtail.api.v2.filters import SearchFilter
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.utils import BadRequestError
from wagtail.api.v2.views import PagesAPIViewSet
from wagtail.models import Page, PageQuerySet, get_page_models

from home.site_context import public

MAX_AGE = 300
# Errors that wrong query parameters raise. A number that is too large raises DataError on PostgreSQL, and IntegrityError or
# OverflowError on SQLite.
WRONG_PARAMETER = (
    ValidationError,
    ObjectDoesNotExist,
    DataError,
    IntegrityError,
    OverflowError,
    RecursionError,
    ValueError,
)


class PublicPagesViewSet(PagesAPIViewSet):
    """Lists live pages that have no view restriction and have not expired. Responses are cached for five minutes."""

    renderer_classes = [JSONRenderer]
    # Nobody is authenticated here: staff get the same pages as visitors.
    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []
    # The search of Wagtail cannot leave expired pages out.
    filter_backends = [backend for backend in PagesAPIViewSet.filter_backends if backend is not SearchFilter]
    known_query_parameters = PagesAPIViewSet.known_query_parameters.difference({"search", "search_operator"})

    def get_base_queryset(self) -> PageQuerySet:
        # Wagtail leaves out private pages, but not the aliases of private pages.
        return public(super().get_base_queryset())

    def handle_exception(self, exc: Exception) -> Response:
        # Wagtail does not validate all parameters: dates, nested fields, sites and large numbers raise other errors.
        if isinstance(exc, WRONG_PARAMETER):
            exc = BadRequestError("wrong parameter")
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = f"public, max-age={MAX_AGE}" if response.status_code == 200 else "no-store"
        # All data is public, so scripts of other sites may read it.
        response["Access-Control-Allow-Origin"] = "*"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response


router = WagtailAPIRouter("wagtailapi")
router.register_endpoint("pages", PublicPagesViewSet)


@require_safe
@cache_control(public=True, max_age=MAX_AGE)
def openapi(request: HttpRequest) -> HttpResponse:
    """Return the description of the API as an OpenAPI 3.1 document."""
    response = JsonResponse(description())
    response["Access-Control-Allow-Origin"] = "*"
    return response


def description() -> dict[str, Any]:
    types = sorted(
        (model for model in get_page_models() if model is not Page and hasattr(model, "api_fields")),
        key=lambda model: model._meta.label,
    )
    parameters = [
        _parameter("type", "One or more page types, separated by commas.", {"enum": [m._meta.label for m in types]}),
        _parameter("locale", "A language.", {"enum": [code for code, _name in settings.LANGUAGES]}),
        _parameter("fields", "Fields to add, or * for all.", {}),
        _parameter("order", "A field to sort by, with - before it for the opposite order.", {}),
        _parameter("limit", f"At most {settings.WAGTAILAPI_LIMIT_MAX} pages.", {"type": "integer"}),
        _parameter("offset", "How many pages are left out.", {"type": "integer"}),
    ]
    pages, page = (
        reverse("wagtailapi:pages:listing"),
        reverse("wagtailapi:pages:detail", args=[0]).replace("0/", "{id}/"),
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": "Public content", "version": "2", "description": "Read-only. No key, no personal data."},
        "servers": [{"url": settings.PUBLIC_BASE_URL}],
        "paths": {
            pages: {
                "get": {
                    "summary": "List public pages",
                    "parameters": parameters,
                    "responses": {
                        "200": _answer("#/components/schemas/Pages"),
                        "400": {"description": "Wrong parameter"},
                    },
                }
            },
            page: {
                "get": {
                    "summary": "One public page",
                    "parameters": [
                        {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
                        _parameter("fields", "Fields to add, or * for all.", {}),
                    ],
                    "responses": {"200": _answer("#/components/schemas/Page"), "404": {"description": "No such page"}},
                }
            },
        },
        "components": {
            "schemas": {
                "Page": {
                    "type": "object",
                    "description": "The fields of each type: "
                    + "; ".join(f"{model._meta.label}: {', '.join(_names(model))}" for model in types),
                    "properties": {
                        "id": {"type": "integer"},
                        "meta": {"type": "object"},
                        "title": {"type": "string"},
                    },
                },
                "Pages": {
                    "type": "object",
                    "properties": {
                        "meta": {"type": "object", "properties": {"total_count": {"type": "integer"}}},
                        "items": {"type": "array", "items": {"$ref": "#/components/schemas/Page"}},
                    },
                },
            }
        },
    }


def _names(model: type[Page]) -> list[str]:
    return [field.name for field in model.api_fields]


def _parameter(name: str, text: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": text, "schema": {"type": "string", **schema}}


def _answer(schema: str) -> dict[str, Any]:
    return {"description": "OK", "content": {"application/json": {"schema": {"$ref": schema}}}}


urlpatterns = [path("openapi.json", openapi, name="api_description"), path("", router.urls)]
