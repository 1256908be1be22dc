"""Help > Who may do what: the table of the roles. The roles of the signed-in account are marked."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from home import roles
from home.deliverables import given_to
from home.translations.permissions import own_organisations


class PermissionTableView(WagtailAdminTemplateMixin, TemplateView):
    template_name = "wagtailadmin/permission_table.html"
    page_title = _("Who may do what")
    header_icon = "group"
    breadcrumbs_items = [*WagtailAdminTemplateMixin.breadcrumbs_items, {"url": "", "label": page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = cast("User", self.request.user)
        groups = set(user.groups.values_list("name", flat=True))
        columns = roles.columns()
        return super().get_context_data(
            columns=columns,
            rows=roles.table(),
            own_groups=[column.label for column in columns if groups & set(column.names)],
            work_packages=sorted({number for found in given_to(user).numbers.values() for number in found}),
            organisations=own_organisations(user).select_related("locale").order_by("locale", "name"),
            is_administrator=user.is_superuser,
            **kwargs,
        )
