"""The first step of adding a page: the user chooses its language, and so the list page below which the page is added."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.models import Locale, Page


class ChooseLanguageView(WagtailAdminTemplateMixin, TemplateView):
    """Shows the list pages of type `parent_model` below which the user may add a page of type `page_model`.

    If there is only one such list page, it redirects to the form of the new page.
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
        choices = self.choices_for(request.user)
        if len(choices) == 1:
            return redirect(choices[0][1])
        return self.render_to_response(self.get_context_data(choices=choices))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        texts = {name: getattr(self, name) for name in ("heading", "introduction", "nothing_to_choose")}
        return super().get_context_data(**texts, icon=self.header_icon, **kwargs)

    @classmethod
    def choices_for(cls, user: User | AnonymousUser) -> list[tuple[Locale, str]]:
        """Return the languages in which the user may add a page, each with the address of the form for the new page."""
        model = cls.page_model._meta
        lists = cls.parent_model.objects.select_related("locale").order_by("path")
        return [
            (page.locale, reverse("wagtailadmin_pages:add", args=[model.app_label, model.model_name, page.pk]))
            for page in lists
            if page.permissions_for_user(user).can_add_subpage()
        ]

    @classmethod
    def in_own_language(cls, user: User | AnonymousUser) -> tuple[str, list[tuple[str, str]]]:
        """Return the address of the form in the language of the admin, and (label, address) pairs for the other languages.

        If there is no list page in the language of the admin, the first address is that of the site's own language, or of
        any language. It is empty if the user may not add such pages in any language.
        """
        found = {locale.language_code: (str(locale), url) for locale, url in cls.choices_for(user)}
        codes = [code for code in (get_language() or "", settings.LANGUAGE_CODE, *found) if code in found]
        if not codes:
            return "", []
        return found[codes[0]][1], [choice for code, choice in found.items() if code != codes[0]]
