"""The list of registrations, and adding somebody by hand."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin import messages
from wagtail.admin.paginator import WagtailPaginator

from events.admin.base import DeskView, in_words
from events.admin.forms import AddForm, FilterForm
from events.admin.settings_forms import modes_of
from events.enums import Mode
from events.models import Registration
from events.registration.availability import availability
from events.registration.commands import Applicant, add_registration
from events.registration.errors import AlreadyRegisteredError, FullError, RegistrationError
from events.registration.form_tokens import new_form_token
from events.registration.queries import Filters, anonymous_count, filter_choices, filtered_registrations, mail_counts
from events.registration.seats import all_seat_counts
from events.states import RegistrationStatus

PAGE_SIZE = 50
SORTED_COLUMNS = [
    ("name", pgettext_lazy("person", "Name")),
    ("organisation", gettext_lazy("Organisation")),
    ("country", gettext_lazy("Country")),
    ("status", gettext_lazy("State")),
    ("created", gettext_lazy("Registered")),
]
# Classes of Wagtail's status tags and of our own style sheet.
TONES = {
    RegistrationStatus.CONFIRMED: "good",
    RegistrationStatus.ATTENDED: "good",
    RegistrationStatus.PENDING: "asks",
    RegistrationStatus.OFFERED: "asks",
    RegistrationStatus.WAITING: "waits",
}


class FilteredView(DeskView):
    """A screen for the people of the list's filters."""

    @cached_property
    def filter_form(self) -> FilterForm:
        source = self.request.POST if self.request.method == "POST" else self.request.GET
        return FilterForm(source, choices=filter_choices(self.event), sees_sensitive=self.sees_sensitive)

    @cached_property
    def filters(self) -> Filters:
        return self.filter_form.filters

    @property
    def filter_items(self) -> list[tuple[str, str]]:
        """Return the filters that are set, as the address has them."""
        names = {"search": "q", "has_needs": "needs"}
        values = vars(self.filters).items()
        return [(names.get(name, name), "on" if value is True else value) for name, value in values if value]

    @property
    def filter_words(self) -> list[str]:
        """Return in words which filters are set."""
        form, words = self.filter_form, []
        for name, value in self.filter_items:
            label = dict(getattr(form.fields[name], "choices", [])).get(value, value)
            words.append(str(form.fields[name].label) if name == "needs" else f"{form.fields[name].label}: {label}")
        return words

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(**kwargs) | {
            "filters": self.filters,
            "filter_items": self.filter_items,
            "filter_words": self.filter_words,
        }


class ListView(FilteredView):
    template_name = "events/desk/list.html"
    page_title = gettext_lazy("Registrations")
    current = "list"

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if self.settings is None and not Registration.objects.filter(event=self.event).exists():
            return redirect(self.address("registration"))
        return self.render_to_response(self.get_context_data())

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        order = self.filter_form.chosen_order or "-created"
        paginator = WagtailPaginator(filtered_registrations(self.event, self.filters, order), PAGE_SIZE)
        page = paginator.get_page(self.request.GET.get("p"))
        people = list(page.object_list)
        for person in people:
            person.tone = TONES.get(person.status, "quiet")
        found = all_seat_counts(self.event)
        return super().get_context_data(**kwargs) | {
            "form": self.filter_form,
            "people": people,
            "page_obj": page,
            "elided_page_range": paginator.get_elided_page_range(page.number),
            "counts": found,
            "has_anybody": any(count.total for count in found),
            "anonymous": anonymous_count(self.event),
            "mail": mail_counts(self.event),
            "status": availability(self.event).value,
            "columns": [_heading(key, label, order) for key, label in SORTED_COLUMNS],
            "order": order,
            "shows_modes": len(found) > 1,
            "shows_languages": len(self.filter_form.fields["language"].choices) > 2,
        }


def _heading(key: str, label: str, order: str) -> dict[str, object]:
    is_up, is_down = order == key, order == f"-{key}"
    return {
        "key": key,
        "label": label,
        "sort": "ascending" if is_up else "descending" if is_down else "none",
        "next": f"-{key}" if is_up else key,
    }


class AddView(DeskView):
    template_name = "events/desk/add.html"
    page_title = gettext_lazy("Add a registration")
    header_icon = "plus"
    current = "list"

    def _form(self, data=None) -> AddForm:
        languages = [code for code, _label in settings.LANGUAGES]
        source = self.event.page.locale.language_code if self.event.page else languages[0]
        pools = set(self.event.seat_pools.values_list("mode", flat=True))
        modes = [mode for mode in modes_of(self.event) if mode in pools]
        # Sensitive answers may only be kept with the person's own consent, which nobody else can give.
        questions = [question for question in self.questions if not question.is_sensitive]
        initial = {"language": source, "form_token": new_form_token(self.event.pk)}
        return AddForm(data, languages=languages, modes=modes, questions=questions, initial=initial)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        asks_sensitive = any(question.is_sensitive for question in self.questions)
        return super().get_context_data(**kwargs) | {"asks_sensitive": asks_sensitive}

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if self.settings is None:
            return redirect(self.address("registration"))
        return self.render_to_response(self.get_context_data(form=self._form()))

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        form = self._form(request.POST)
        if form.is_valid():
            values = form.of_person()
            mode, force = Mode(values.pop("mode")), values.pop("force")
            values.pop("form_token")
            try:
                person = add_registration(
                    self.event.pk,
                    Applicant(**values, mode=mode),
                    self.actor,
                    form.answers(mode),
                    submission_key=form.submission_key(self.event.pk),
                    force=force,
                )
            except RegistrationError as error:
                fields = {FullError.code: "force", AlreadyRegisteredError.code: "email"}
                form.add_error(fields.get(error.code), in_words(error))
            else:
                messages.success(request, _("%(name)s is registered.") % {"name": person.name})
                return redirect(self.address("registration_person", person.pk))
        return self.render_to_response(self.get_context_data(form=form), status=422)
