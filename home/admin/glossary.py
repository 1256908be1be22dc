"""The screens of the glossary."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.model import ModelViewSet

from home.models import GlossaryTerm


class GlossaryViewSet(ModelViewSet):
    model = GlossaryTerm
    name = "glossary"
    icon = "list-ul"
    menu_label = _("Glossary")
    menu_name = "glossary"
    menu_order = 221
    add_to_admin_menu = True
    copy_view_enabled = False
    inspect_view_enabled = False
    list_display = ["term", "language", "translation", "avoided"]
    list_filter = ["language"]
    search_fields = ["term", "translation"]
    search_backend_name = None
    ordering = ["term", "language"]
    list_per_page = 100
    form_fields = ["term", "language", "translation", "avoided"]
