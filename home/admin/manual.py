"""Help > Manual: its contents with a search, and a page for each chapter."""

from __future__ import annotations

from itertools import groupby
from typing import Any, cast

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.models import Page

from home.manual import texts
from home.manual.chapters import BY_SLUG, chapters_for

MAX_QUERY = 100


def menu_item() -> MenuItem:
    return MenuItem(_("Manual"), reverse("manual:contents"), name="manual", icon_name="help", order=50)


def remember_edited_page(request: HttpRequest, page: Page) -> None:
    """Store the type of the edited page on the request, so that the link to the manual can lead to its chapter."""
    remember_new_page(request, page, page.cached_content_type.model_class())


def remember_new_page(request: HttpRequest, _parent: Page, page_class: type[Page]) -> None:
    # Hooks of forms have no other way to pass a value to templates than the request.
    request.manual_model = page_class._meta.label_lower  # type: ignore[attr-defined]  # an attribute of ours


class ManualView(WagtailAdminTemplateMixin, TemplateView):
    header_icon = "help"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        language = texts.language()
        context = {"language": language, "is_translated": (get_language() or "").startswith(language)}
        return super().get_context_data(**context, **kwargs)


class ContentsView(ManualView):
    """Lists the chapters about what the user may do, by topic. With a search, lists those that contain all its words."""

    template_name = "wagtailadmin/manual/contents.html"
    page_title = _("Manual")
    breadcrumbs_items = [*ManualView.breadcrumbs_items, {"url": "", "label": page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chapters = chapters_for(cast("User", self.request.user))
        query = self.request.GET.get("q", "").replace("\0", "").strip()[:MAX_QUERY]
        return super().get_context_data(
            query=query,
            hits=texts.search(query, chapters) if query else [],
            topics=[
                (topic, [texts.text_of(chapter) for chapter in part])
                for topic, part in groupby(chapters, key=lambda chapter: chapter.topic)
            ],
            **kwargs,
        )


class ChapterView(ManualView):
    """Shows a chapter. Users may also read chapters about what they may not do, because other chapters link to them."""

    template_name = "wagtailadmin/manual/chapter.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        contents = {"url": reverse("manual:contents"), "label": ContentsView.page_title}
        return [*self.breadcrumbs_items, contents, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chapter = BY_SLUG.get(kwargs["chapter"])
        if chapter is None:
            raise Http404("no such chapter")
        text = texts.text_of(chapter)
        self.page_title = text.title
        shown = chapters_for(cast("User", self.request.user))
        others = [texts.text_of(other) for other in shown if other.topic == chapter.topic and other != chapter]
        return super().get_context_data(text=text, others=others, is_for_others=chapter not in shown, **kwargs)


urlpatterns = [
    path("", ContentsView.as_view(), name="contents"),
    path("<slug:chapter>/", ChapterView.as_view(), name="chapter"),
]
