"""The list of an event's registrations, and the form that adds one."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.tables import BaseColumn, Column
from wagtail.admin.views.generic import IndexView

from events.admin.base import RegistrationAdminView, error_message
from events.admin.bulk_actions import has_started
from events.admin.filters import RegistrationFiltersMixin
from events.admin.forms import AddForm
from events.admin.settings_forms import modes_of
from events.enums import Mode
from events.models import Registration
from events.registration.availability import availability_for
from events.registration.commands import Applicant, add_registration
from events.registration.errors import AlreadyRegisteredError, FullError, RegistrationError
from events.registration.form_tokens import new_form_token
from events.registration.queries import anonymous_count, filtered_registrations, mail_counts
from events.registration.seats import all_seat_counts, is_offered
from events.states import RegistrationStatus

# Suffixes of the CSS class `registrations-status--…`.
STATUS_CLASSES = {
    RegistrationStatus.CONFIRMED: "good",
    RegistrationStatus.ATTENDED: "good",
    RegistrationStatus.PENDING: "attention",
    RegistrationStatus.OFFERED: "attention",
    RegistrationStatus.WAITING: "waiting",
}


class SelectColumn(BaseColumn):
    """Checkboxes that name the registrations of a bulk action. They are part of the form around the table."""

    header_template_name = "events/admin/registrations/columns/select_header.html"
    cell_template_name = "events/admin/registrations/columns/select.html"


class LabelledColumn(Column):
    """A cell that repeats the label of its column where a narrow screen shows the table as a list."""

    cell_template_name = "events/admin/registrations/columns/cell.html"
    empty_value_display = "–"


class NameColumn(Column):
    cell_template_name = "events/admin/registrations/columns/name.html"


class StatusColumn(LabelledColumn):
    cell_template_name = "events/admin/registrations/columns/status.html"


def _registered_at(registration: Registration) -> str:
    return date_format(timezone.localtime(registration.created_at), "SHORT_DATETIME_FORMAT")


class RegistrationListView(RegistrationFiltersMixin, IndexView):
    model = Registration
    template_name = "events/admin/registrations/list.html"
    results_template_name = "events/admin/registrations/list_results.html"
    page_title = gettext_lazy("Registrations")
    current = "list"
    lists_people = True
    paginate_by = 50
    table_classname = "listing registrations-table registrations-list"
    # One of the orders in `events/registration/queries.py`.
    default_ordering = "-created"
    is_searchable = True
    # Wagtail's own export would bypass the log of exports.
    FORMATS = ()
    columns: ClassVar[list[BaseColumn]] = [
        SelectColumn("select", label=gettext_lazy("Select"), classname="registrations-list__select"),
        NameColumn("name", label=pgettext_lazy("person", "Name"), sort_key="name"),
        LabelledColumn("organisation", label=gettext_lazy("Organisation"), sort_key="organisation"),
        LabelledColumn(
            "country",
            label=gettext_lazy("Country"),
            accessor="country.name",
            sort_key="country",
            classname="registrations-list__short",
        ),
        StatusColumn("status", label=gettext_lazy("Status"), accessor="status_label", sort_key="status"),
        LabelledColumn(
            "created",
            label=gettext_lazy("Registered"),
            accessor=_registered_at,
            sort_key="created",
            classname="registrations-list__short",
        ),
    ]

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if self.settings is None and not Registration.objects.filter(event=self.event).exists():
            return redirect(self.url("registration_settings"))
        return super().get(request, *args, **kwargs)

    def get_index_url(self) -> str:
        return self.url("registrations")

    def get_index_results_url(self) -> str:
        return self.url("registrations_results")

    def get_queryset(self) -> QuerySet[Registration]:
        return filtered_registrations(self.event, self.criteria, self.ordering)

    def get_context_data(self, *args: object, **kwargs: object) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        by_mode = all_seat_counts(self.event)
        offered = {count.mode: count for count in by_mode if count.is_offered and is_offered(self.event, count.mode)}
        shows_modes = len(by_mode) > 1
        for registration in context["object_list"]:
            registration.status_class = STATUS_CLASSES.get(registration.status, "neutral")
            registration.shows_mode = shows_modes
        return context | {
            "counts": by_mode,
            "has_registrations": any(count.total for count in by_mode),
            "anonymous": anonymous_count(self.event),
            "mail": mail_counts(self.event),
            "status": availability_for(self.event, self.settings, offered, timezone.now()).value,
            "has_started": has_started(self.event),
        }


class AddView(RegistrationAdminView):
    template_name = "events/admin/registrations/add.html"
    page_title = gettext_lazy("Add a registration")
    header_icon = "plus"
    current = "list"

    def _form(self, data=None) -> AddForm:
        languages = [code for code, _label in settings.LANGUAGES]
        source = self.event.page.locale.language_code if self.event.page else languages[0]
        pools = set(self.event.seat_pools.values_list("mode", flat=True))
        modes = [mode for mode in modes_of(self.event) if mode in pools]
        # Sensitive answers need the participant's own consent, which an organiser cannot give. Only participants can
        # agree, too.
        questions = [question for question in self.questions if not question.is_sensitive and not question.statement]
        initial = {"language": source, "form_token": new_form_token(self.event.pk)}
        return AddForm(data, languages=languages, modes=modes, questions=questions, initial=initial)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        asks_sensitive = any(question.is_sensitive for question in self.questions)
        asks_agreement = any(question.statement for question in self.questions)
        return super().get_context_data(**kwargs) | {
            "asks_sensitive": asks_sensitive,
            "asks_agreement": asks_agreement,
        }

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if self.settings is None:
            return redirect(self.url("registration_settings"))
        return self.render_to_response(self.get_context_data(form=self._form()))

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        form = self._form(request.POST)
        if form.is_valid():
            values = form.participant_data()
            mode, force = Mode(values.pop("mode")), values.pop("force")
            values.pop("form_token")
            try:
                registration = add_registration(
                    self.event.pk,
                    Applicant(**values, mode=mode),
                    self.actor,
                    form.answers(mode),
                    submission_key=form.submission_key(self.event.pk),
                    force=force,
                )
            except RegistrationError as error:
                fields = {FullError.code: "force", AlreadyRegisteredError.code: "email"}
                form.add_error(fields.get(error.code), error_message(error))
            else:
                messages.success(request, _("%(name)s is registered.") % {"name": registration.name})
                return redirect(self.url("registration_detail", registration.pk))
        return self.render_to_response(self.get_context_data(form=form), status=422)
