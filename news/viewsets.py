"""The menu "News": the list of articles in all languages, and the categories."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, LocaleColumn
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.pages import PageListingViewSet

from home.admin.snippet_list import StateColumn, TranslatedSnippetViewSet
from news.models import NewsCategory, NewsPage
from news.views import ChooseNewsListView


class ArticleListView(IndexView):
    default_ordering = "-date"


class NewsPageListingViewSet(PageListingViewSet):
    model = NewsPage
    name = "articles"
    icon = "doc-full"
    menu_label = _("Articles")
    menu_name = "articles"
    menu_order = 100
    add_to_admin_menu = False
    index_view_class = ArticleListView
    choose_parent_view_class = ChooseNewsListView
    columns = [
        *IndexView.base_columns,
        Column("date", label=_("Date"), sort_key="date", width="12%"),
    ]


class NewsCategoryViewSet(TranslatedSnippetViewSet):
    model = NewsCategory
    icon = "tag"
    menu_label = _("Categories")
    menu_order = 200
    # The menu item is in the group below, so there must be no second one under "Snippets".
    menu_item_is_registered = True
    list_display = ["name", "key", StateColumn(), LocaleColumn(label=_("Language"))]
    ordering = ["name"]


class NewsViewSetGroup(ViewSetGroup):
    menu_label = _("News")
    menu_name = "news"
    menu_icon = "news"
    menu_order = 200
    items = (NewsPageListingViewSet, NewsCategoryViewSet)
