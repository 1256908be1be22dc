"""Reports for editors: broken links, images and files that nobody uses or that lack a description, pages by their dates."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import CharField, Exists, F, Max, Model, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.documents import get_document_model
from wagtail.documents.permissions import permission_policy as document_policy
from wagtail.images import get_image_model
from wagtail.images.permissions import permission_policy as image_policy
from wagtail.models import Page, ReferenceIndex, Revision
from wagtail.permission_policies.pages import PagePermissionPolicy

from home import link_checks
from home.models import LinkCheck
from home.translations import permissions
from home.view_permissions import readable_pages

ROWS = 50
OLD = datetime.timedelta(days=365)
SOON = datetime.timedelta(days=30)


class ReportView(WagtailAdminTemplateMixin, TemplateView):
    """The base of the reports. Everyone who writes pages may open them. They list only what the user may read or edit."""

    page_title: ClassVar[str | Promise]
    header_icon = "list-ul"

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        self.locales = permissions.languages_of(request.user)
        if not self.locales:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def page_of(self, rows: Any, name: str = "p") -> Any:
        return Paginator(rows, ROWS).get_page(self.request.GET.get(name))


class LinksView(ReportView):
    template_name = "wagtailadmin/reports/links.html"
    page_title = gettext_lazy("Links to other sites")
    header_icon = "link"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pages = readable_in(self.locales, self.request)
        broken = broken_links(pages)
        pages = pages.order_by("locale_id", "title")
        return super().get_context_data(
            rows=self.page_of(broken.prefetch_related(Prefetch("pages", pages, to_attr="shown_pages"))),
            number=LinkCheck.objects.count(),
            last_check=LinkCheck.objects.aggregate(last=Max("checked_at"))["last"],
            **kwargs,
        )


def readable_in(locales: set[int], request: HttpRequest) -> QuerySet[Page]:
    """Return the pages in these languages that the user may read or edit."""
    return readable_pages(_pages(locales), request)


def broken_links(pages: QuerySet[Page]) -> QuerySet[LinkCheck]:
    """Return the addresses that these pages link to and that do not work."""
    return LinkCheck.objects.filter(is_broken=True, pages__in=pages.order_by()).distinct()


class CheckLinkView(View):
    """Checks one address again."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not permissions.languages_of(request.user):
            raise PermissionDenied
        row = get_object_or_404(LinkCheck, pk=pk)
        # Do not request an address again that was requested a moment ago.
        if row.checked_at is None or row.checked_at < timezone.now() - datetime.timedelta(minutes=1):
            link_checks.store_result(row, link_checks.check_url(row.url), timezone.now())
        if row.failures:
            messages.warning(
                request, _("%(address)s did not work: %(reason)s") % {"address": row.url, "reason": row.explanation}
            )
        else:
            messages.success(request, _("%(address)s works.") % {"address": row.url})
        return redirect("content_reports:links")


class FilesView(ReportView):
    template_name = "wagtailadmin/reports/files.html"
    page_title = gettext_lazy("Images and documents that need attention")
    header_icon = "image"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        images = _of_user(get_image_model(), image_policy, self.request.user)
        documents = _of_user(get_document_model(), document_policy, self.request.user)
        return super().get_context_data(
            undescribed=self.page_of(images.filter(description="").order_by("-created_at"), "undescribed"),
            unused_images=self.page_of(images.filter(is_used=False).order_by("-created_at"), "images"),
            unused_documents=self.page_of(documents.filter(is_used=False).order_by("-created_at"), "documents"),
            **kwargs,
        )


def _of_user(model: type[Model], policy: Any, user: Any) -> QuerySet:
    """Return the images or documents that the user may change, each with `is_used`: whether published content shows it."""
    target = ContentType.objects.get_for_model(model, for_concrete_model=True)
    references = ReferenceIndex.objects.filter(to_content_type=target, to_object_id=Cast(OuterRef("pk"), CharField()))
    rows = policy.instances_user_has_any_permission_for(user, ["change", "delete"])
    return rows.annotate(is_used=Exists(references))


class DatesView(ReportView):
    template_name = "wagtailadmin/reports/dates.html"
    page_title = gettext_lazy("Pages by their dates")
    header_icon = "date"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now, pages = timezone.now(), readable_in(self.locales, self.request)
        return super().get_context_data(
            soon_live=goes_live_soon(self.request.user, self.locales, now),
            soon_expired=expires_soon(pages, now),
            old=self.page_of(
                pages.filter(live=True)
                .filter(
                    Q(latest_revision_created_at__lt=now - OLD)
                    | Q(latest_revision_created_at=None, last_published_at__lt=now - OLD)
                )
                .order_by(F("latest_revision_created_at").asc(nulls_first=True), "path")
            ),
            **kwargs,
        )


def _pages(locales: set[int]) -> QuerySet:
    return Page.objects.filter(locale_id__in=locales, depth__gt=1).select_related("locale")


def goes_live_soon(user: Any, locales: set[int], now: datetime.datetime) -> list[Page]:
    """Return the pages that are published in the next 30 days and that the user may edit or publish, each with `moment`."""
    waiting = Revision.page_revisions.filter(approved_go_live_at__gt=now, approved_go_live_at__lt=now + SOON)
    moments = {int(key): moment for key, moment in waiting.values_list("object_id", "approved_go_live_at")}
    own = PagePermissionPolicy().instances_user_has_any_permission_for(user, ["change", "publish"])
    pages = list(_pages(locales).filter(pk__in=moments).filter(pk__in=own.order_by().values("pk")))
    for page in pages:
        page.moment = moments[page.pk]
    return sorted(pages, key=lambda page: (page.moment, page.pk))


def expires_soon(pages: QuerySet[Page], now: datetime.datetime) -> list[Page]:
    """Return the pages among `pages` that are public and expire in the next 30 days, each with the attribute `moment`."""
    expiring = list(pages.filter(live=True, expire_at__gt=now, expire_at__lt=now + SOON).order_by("expire_at", "pk"))
    for page in expiring:
        page.moment = page.expire_at
    return expiring


urlpatterns = [
    path("links/", LinksView.as_view(), name="links"),
    path("links/<int:pk>/check/", CheckLinkView.as_view(), name="check_link"),
    path("files/", FilesView.as_view(), name="files"),
    path("dates/", DatesView.as_view(), name="dates"),
]
# The menu items of the reports: label, name of the address, icon.
MENU = [
    (LinksView.page_title, "links", "link"),
    (FilesView.page_title, "files", "image"),
    (DatesView.page_title, "dates", "date"),
]


def report_url(name: str) -> str:
    return reverse(f"content_reports:{name}")
