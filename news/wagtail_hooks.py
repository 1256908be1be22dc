from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.snippets.models import register_snippet

from home.admin.dashboard import Task
from home.page_checks import Finding, check_description
from news.models import NewsPage
from news.report_part import news_in_report
from news.views import ChooseNewsListView
from news.viewsets import NewsViewSetGroup

register_snippet(NewsViewSetGroup)
hooks.register("register_report_part", news_in_report, order=30)


@hooks.register("register_editor_task", order=0)
def write_news(request):
    if not PagePermissionPolicy().user_has_permission(request.user, "add"):
        return None
    url, others = ChooseNewsListView.in_own_language(request.user)
    note = _("Add an article with date, picture and category.")
    return Task(_("Write news"), note, url or reverse("articles:choose_parent"), "news", tuple(others))


@hooks.register("check_page")
def check_article(page, content):
    """Return findings about missing fields of an article, and about the description of its picture."""
    if not isinstance(page, NewsPage):
        return []
    found = []
    if page.category is None:
        found.append(Finding(_("The article has no category.")))
    if page.organisation is None:
        found.append(Finding(_("The article does not say which partner wrote it.")))
    if page.image is not None:
        if page.image_alt.strip():
            found += check_description(page.image, page.image_alt)
        else:
            found.append(Finding(_("The picture has no description. That is right only if it is decorative.")))
    return found
