"""What this project adds to the editor's side. Each hook names the module that does the work."""

from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from home.viewsets import ConsortiumViewSetGroup

register_snippet(ConsortiumViewSetGroup)


@hooks.register("register_icons")
def register_icons(icons):
    return [*icons, "wagtailadmin/icons/organisation.svg", "wagtailadmin/icons/news.svg"]


@hooks.register("insert_global_admin_css")
def insert_admin_css():
    return format_html('<link rel="stylesheet" href="{}">', static("admin/editor.css"))
