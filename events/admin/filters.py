"""Filters and search of the registration list. Messages, exports and bulk actions use them as well."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from events.admin.answer_filters import chosen_answers, filters_for
from events.admin.base import RegistrationAdminMixin
from events.enums import Mode, Profession
from events.models import Registration
from events.registration import access
from events.registration.chosen_sessions import chosen_sessions
from events.registration.labels import number_text
from events.registration.queries import WAITING_FOR, FilterChoices, Filters, filter_choices, form_questions
from events.registration.questions import FormQuestion
from events.registration.sessions import SessionDetail
from events.states import RegistrationStatus
from home.collation import sort_key
from home.countries import countries
from home.languages import language_name

MAX_SEARCH_LENGTH = 100
STATUS_GROUPS = {"active": _("All active registrations"), "closed": _("All closed registrations")}


class RegistrationFilterSet(WagtailFilterSet):
    """The filters that organisers can set. A value that is not a choice is ignored."""

    status = django_filters.ChoiceFilter(label=_("Status"), empty_label=_("All"))
    mode = django_filters.ChoiceFilter(label=_("How they attend"), empty_label=_("All"), choices=Mode.choices)
    country = django_filters.ChoiceFilter(label=_("Country"), empty_label=_("All"))
    organisation = django_filters.ChoiceFilter(label=_("Organisation"), empty_label=_("All"))
    language = django_filters.ChoiceFilter(label=_("Language"), empty_label=_("All"))
    profession = django_filters.ChoiceFilter(label=_("Profession"), empty_label=_("All"))
    photos = django_filters.ChoiceFilter(
        label=_("Photo consent"),
        empty_label=_("All"),
        choices=[("yes", _("Given")), ("no", _("Not given, or withdrawn"))],
    )
    session = django_filters.ChoiceFilter(label=_("Session"), empty_label=_("All"))
    # A choice and not a checkbox: a checkbox does not distinguish "no" from "not set" and would always count as active.
    needs = django_filters.ChoiceFilter(
        label=_("Access needs and diet"), empty_label=_("All"), choices=[("on", _("Only participants with an answer"))]
    )

    class Meta:
        model = Registration
        fields: list[str] = []

    def __init__(
        self,
        data: QueryDict,
        *,
        choices: FilterChoices,
        questions: Sequence[FormQuestion],
        sees_sensitive: bool,
        sessions: Sequence[SessionDetail] = (),
    ) -> None:
        super().__init__(data, Registration.objects.none())
        self.questions = questions
        names = dict(countries)
        known = sorted(
            ((code, names.get(code, code)) for code in choices.countries), key=lambda pair: sort_key(pair[1])
        )
        self.filters["status"].extra["choices"] = [*STATUS_GROUPS.items(), *RegistrationStatus.choices]
        self.filters["country"].extra["choices"] = known
        self.filters["organisation"].extra["choices"] = [(name, name) for name in choices.organisations]
        self.filters["language"].extra["choices"] = [(code, language_name(code)) for code in choices.languages]
        self.filters["profession"].extra["choices"] = [
            (item.value, item.label) for item in Profession if item in choices.professions
        ]
        self.filters["session"].extra["choices"] = [
            choice
            for session in sessions
            for choice in (
                (str(session.pk), session.label),
                (f"{WAITING_FOR}{session.pk}", _("%(label)s (waiting list)") % {"label": session.label}),
            )
        ]
        if not sessions:
            del self.filters["session"]
        if not choices.has_photo_consent:
            del self.filters["photos"]
        if not sees_sensitive:
            del self.filters["needs"]
        for name, added in filters_for(questions).items():
            added.parent, added.model = self, Registration
            self.filters[name] = added

    def criteria(self, search: str) -> Filters:
        """Return the filters and the search text in the form that `filtered_registrations` takes."""
        self.form.is_valid()
        chosen = self.form.cleaned_data
        names = ("status", "mode", "country", "organisation", "language", "profession", "photos", "session")
        return Filters(
            search=search,
            has_needs=bool(chosen.get("needs")),
            answers=chosen_answers(self.questions, chosen),
            **{name: chosen.get(name) or "" for name in names},
        )


def _shown(field: forms.Field, value: Any) -> str:
    """Return the value of a filter as text for people."""
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, datetime.date):
        return str(date_format(value))
    return str(dict(getattr(field, "choices", [])).get(value, value))


class SearchForm(forms.Form):
    q = forms.CharField(label=_("Name, email or organisation"), required=False, max_length=MAX_SEARCH_LENGTH)


class RegistrationFiltersMixin(RegistrationAdminMixin):
    """A screen for the registrations that the filters of the list match."""

    @property
    def _filter_data(self) -> QueryDict:
        return self.request.POST if self.request.method == "POST" else self.request.GET

    @cached_property
    def filters(self) -> RegistrationFilterSet:
        return RegistrationFilterSet(
            self._filter_data,
            choices=filter_choices(self.event),
            questions=form_questions(self.event, self.language),
            sees_sensitive=self.sees_sensitive,
            sessions=chosen_sessions(self.event, self.language),
        )

    @cached_property
    def criteria(self) -> Filters:
        form = SearchForm(self._filter_data)
        form.is_valid()
        found = self.filters.criteria(search=form.cleaned_data.get("q", ""))
        if found.has_needs:
            # The screen tells who answered a sensitive question, although not what.
            access.log(self.event, self.user, "needs_filter", {})
        return found

    @property
    def filter_items(self) -> list[tuple[str, str]]:
        """The active filters and the search, as parameters of a URL."""
        return [(name, self._filter_data.get(name, "")) for name, _value in self._active]

    @property
    def filter_labels(self) -> list[str]:
        """The active filters and the search as texts, such as "Country: Finland"."""
        fields = {**SearchForm.base_fields, **self.filters.form.fields}
        return [f"{fields[name].label}: {_shown(fields[name], value)}" for name, value in self._active]

    @cached_property
    def _active(self) -> list[tuple[str, Any]]:
        """The names and cleaned values of the filters that are set, and of the search."""
        search = [("q", self.criteria.search)] if self.criteria.search else []
        chosen = self.filters.form.cleaned_data.items()
        return [*search, *((name, value) for name, value in chosen if value not in (None, ""))]

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(**kwargs) | {
            "criteria": self.criteria,
            "filter_items": self.filter_items,
            "filter_labels": self.filter_labels,
        }
