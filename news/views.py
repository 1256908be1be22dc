"""The admin view that starts a new article."""

from django.utils.translation import gettext_lazy as _

from home.admin.choose_language import ChooseLanguageView
from news.models import NewsIndexPage, NewsPage


class ChooseNewsListView(ChooseLanguageView):
    page_model = NewsPage
    parent_model = NewsIndexPage
    page_title = _("New article")
    header_icon = "news"
    index_url_name = "articles:index"
    index_label = _("Articles")
    heading = _("Choose the language of the article")
    introduction = _("You write the article in this language. It can then be translated into the others.")
    nothing_to_choose = _(
        "You cannot add articles to any news list. Ask an editor to add a news list below a home page or to give you access."
    )
