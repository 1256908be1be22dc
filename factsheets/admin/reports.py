"""Code that the reports of fact sheets share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.views.generic import PermissionCheckedMixin, WagtailAdminTemplateMixin
from wagtail.permissions import page_permission_policy

from factsheets.models import FactSheetPage, Publication

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
    from django.db.models import QuerySet

PAGE_ACTIONS = {"add", "change", "publish"}


def visible_publications(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Publication]:
    """Return the publications that have a page in a part of the page tree where the user has permissions."""
    pages = FactSheetPage.objects.filter(
        pk__in=page_permission_policy.explorable_instances(user).values_list("pk", flat=True)
    )
    return Publication.objects.filter(pk__in=pages.values("publication"))


class ReportMixin(PermissionCheckedMixin, WagtailAdminTemplateMixin):
    permission_policy = page_permission_policy
    any_permission_required = PAGE_ACTIONS

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = [*self.breadcrumbs_items, {"url": reverse("fact_sheets:index"), "label": _("Fact sheets")}]
        return [*items, {"url": "", "label": self.get_page_title()}]
