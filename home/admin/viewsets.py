"""Admin viewsets for organisations and people, in one menu."""

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, LocaleColumn
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from home.admin.deletion import DeleteOrganisationView
from home.admin.snippet_list import StateColumn, TranslatedSnippetViewSet, hidden_drafts
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
    # A fixed order, although the list sorts organisations by country.
    ordering = ["name"]


def organisations_to_filter_by(request: HttpRequest) -> QuerySet[Organisation]:
    return Organisation.objects.exclude(pk__in=hidden_drafts(request.user, Organisation))


def name_of_organisation(person: Person) -> str:
    """Return the published name of the person's organisation, because everyone who may read the list sees it."""
    return person.organisation.name if person.organisation and person.organisation.live else ""


class PersonFilterSet(WagtailFilterSet):
    organisation = django_filters.ModelChoiceFilter(queryset=organisations_to_filter_by)

    class Meta:
        model = Person
        fields = ["organisation", "on_partners_page"]


class PersonViewSet(TranslatedSnippetViewSet):
    """Lists people with their organisations."""

    model = Person
    icon = "user"
    menu_label = _("People")
    menu_order = 200
    list_display = [
        "name",
        "role",
        Column(
            "organisation",
            label=capfirst(Person._meta.get_field("organisation").verbose_name),
            accessor=name_of_organisation,
            sort_key="organisation",
        ),
        "on_partners_page",
        StateColumn(),
        LocaleColumn(label=_("Language")),
    ]
    filterset_class = PersonFilterSet
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
