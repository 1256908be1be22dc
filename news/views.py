"""The admin view that starts a new article."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.models import Page

from news.models import NewsIndexPage, NewsPage


class ChooseLanguageView(WagtailAdminTemplateMixin, TemplateView):
    """Choose the language of a new article, which is the news list that it is added to."""

    template_name = "news/admin/choose_language.html"
    page_title = _("New article")
    header_icon = "news"

    def get_breadcrumbs_items(self) -> list[dict[str, object]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("articles:index"), "label": _("Articles")},
            {"url": "", "label": self.page_title},
        ]

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        choices = [(parent.locale, _add_url(parent)) for parent in self._parents()]
        if len(choices) == 1:
            return redirect(choices[0][1])
        return self.render_to_response(self.get_context_data(choices=choices))

    def _parents(self) -> list[Page]:
        lists = NewsIndexPage.objects.select_related("locale").order_by("path")
        return [page for page in lists if page.permissions_for_user(self.request.user).can_add_subpage()]


def _add_url(parent: Page) -> str:
    model = NewsPage._meta
    return reverse("wagtailadmin_pages:add", args=[model.app_label, model.model_name, parent.pk])
