from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.snippets.models import register_snippet

from home.admin.dashboard import Task
from news.viewsets import NewsViewSetGroup

register_snippet(NewsViewSetGroup)


@hooks.register("register_editor_task", order=0)
def write_news(request):
    if not PagePermissionPolicy().user_has_permission(request.user, "add"):
        return None
    url = reverse("articles:choose_parent")
    return Task(_("Write news"), _("Add an article with date, picture and category."), url, "news")
