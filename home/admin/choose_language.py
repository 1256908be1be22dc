"""The first step of a new page: its language, which is the list that it is added to."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.models import Page


class ChooseLanguageView(WagtailAdminTemplateMixin, TemplateView):
    """Offers the lists of type `parent_model` to which the user may add a page of type `page_model`.

    With one list, the form of the new page opens at once.
    """

    template_name = "wagtailadmin/choose_language.html"
    page_model: type[Page]
    parent_model: type[Page]
    index_url_name: str
    index_label: str | Promise
    heading: str | Promise
    introduction: str | Promise
    nothing_to_choose: str | Promise

    def get_breadcrumbs_items(self) -> list[dict[str, object]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": self.index_label},
            {"url": "", "label": self.page_title},
        ]

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        choices = [(parent.locale, self._add_url(parent)) for parent in self._parents()]
        if len(choices) == 1:
            return redirect(choices[0][1])
        return self.render_to_response(self.get_context_data(choices=choices))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        texts = {name: getattr(self, name) for name in ("heading", "introduction", "nothing_to_choose")}
        return super().get_context_data(**texts, icon=self.header_icon, **kwargs)

    def _parents(self) -> list[Page]:
        lists = self.parent_model.objects.select_related("locale").order_by("path")
        return [page for page in lists if page.permissions_for_user(self.request.user).can_add_subpage()]

    def _add_url(self, parent: Page) -> str:
        model = self.page_model._meta
        return reverse("wagtailadmin_pages:add", args=[model.app_label, model.model_name, parent.pk])
