"""Admin viewsets for organisations and people, in one menu."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, LocaleColumn
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from home.admin.deletion import DeleteOrganisationView
from home.admin.snippet_list import StateColumn, TranslatedSnippetViewSet
from home.models import Organisation, Person


class OrganisationViewSet(TranslatedSnippetViewSet):
    model = Organisation
    delete_view_class = DeleteOrganisationView
    icon = "organisation"
    menu_label = _("Organisations")
    menu_order = 100
    list_display = [
        "name",
        "country",
        Column("get_role_display", label=_("Role"), sort_key="role"),
        StateColumn(),
        LocaleColumn(label=_("Language")),
    ]
    list_filter = ["role", "country"]
    list_per_page = 50
    # A fixed order for organisations that are sorted by country.
    ordering = ["name"]


class PersonViewSet(TranslatedSnippetViewSet):
    """Lists people with their organisations."""

    model = Person
    icon = "user"
    menu_label = _("People")
    menu_order = 200
    list_display = [
        "name",
        "role",
        "organisation",
        "on_partners_page",
        StateColumn(),
        LocaleColumn(label=_("Language")),
    ]
    list_filter = ["organisation", "on_partners_page"]
    list_per_page = 50
    ordering = ["name"]

    def get_queryset(self, request):
        return Person.objects.select_related("organisation")


class ConsortiumViewSetGroup(SnippetViewSetGroup):
    menu_label = _("Consortium")
    menu_name = "consortium"
    menu_icon = "group"
    menu_order = 250
    items = (OrganisationViewSet, PersonViewSet)
