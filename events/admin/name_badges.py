"""Name badges as a PDF to print: for all participants with a place on site, for filtered ones or for single ones."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from events.admin.base import RegistrationAdminView, parse_pk
from events.admin.filters import RegistrationFiltersMixin
from events.models import Registration
from events.presentation.name_badges_pdf import SHEET_LABELS, SHEETS, name_badges_pdf
from events.registration.name_badges import people_with_badge, recorded_codes
from events.registration.queries import filtered_registrations
from home.layout import Layout

# With more badges, the request could exceed the timeout of the web server. The number fills whole sheets of both kinds.
BADGES_AT_ONCE = 480


class NameBadgesForm(forms.Form):
    sheet = forms.ChoiceField(label=gettext_lazy("Paper"), choices=list(SHEET_LABELS.items()), initial="l4785")
    first = forms.IntegerField(
        label=gettext_lazy("Start at label"),
        min_value=1,
        initial=1,
        help_text=gettext_lazy(
            "The labels before this one stay empty, for a sheet that is partly used. Count from left to right, then from "
            "top to bottom."
        ),
    )
    role = forms.CharField(
        label=pgettext_lazy("on a name badge", "Role"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Optional. It is printed on each of these badges, for example “Speaker”."),
    )
    part = forms.ChoiceField(label=gettext_lazy("Badges"), required=False)

    def __init__(self, data: Any = None, *, count: int) -> None:
        super().__init__(data)
        if count <= BADGES_AT_ONCE:
            del self.fields["part"]
            return
        part = cast("forms.ChoiceField", self.fields["part"])
        part.choices = [
            (number, _("%(first)d to %(last)d") % {"first": start + 1, "last": min(start + BADGES_AT_ONCE, count)})
            for number, start in enumerate(range(0, count, BADGES_AT_ONCE))
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        sheet = SHEETS.get(cleaned.get("sheet", ""))
        if sheet and cleaned.get("first", 0) > sheet.count:
            text = _("This sheet has %(count)d labels. Enter a number from 1 to %(count)d.")
            self.add_error("first", text % {"count": sheet.count})
        return cleaned


class NameBadgesView(RegistrationFiltersMixin, RegistrationAdminView):
    """A form for the paper; the response to a POST is a PDF. Each PDF is logged.

    The query string or the form has the filters of the list, or the primary keys of single registrations (`person`).
    """

    template_name = "events/admin/registrations/name_badges.html"
    page_title = gettext_lazy("Name badges")
    header_icon = "user"
    current = "name_badges"

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=NameBadgesForm(count=len(self.people))))

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        form = NameBadgesForm(request.POST, count=len(self.people))
        if not form.is_valid() or not self.people:
            return self.render_to_response(self.get_context_data(form=form), status=422)
        values = form.cleaned_data
        start = int(values.get("part") or 0) * BADGES_AT_ONCE
        people = self.people[start : start + BADGES_AT_ONCE]
        is_choice = self.chosen is not None
        codes = recorded_codes(self.event, self.user, people, self.criteria, values["sheet"], is_choice=is_choice)
        # Participants who have lost their place in the meantime have no code and get no badge.
        people = [person for person in people if person.pk in codes]
        sheet = SHEETS[values["sheet"]]
        layout = Layout(request)
        pdf = name_badges_pdf(
            self.event, layout, people, codes, sheet, first=values["first"], role=values["role"].strip()
        )
        response = HttpResponse(pdf, content_type="application/pdf")
        name = f"name-badges-{self.event.first_day.isoformat()}.pdf"
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
        return response

    def names_people(self) -> bool:
        return self.chosen is not None

    @cached_property
    def chosen(self) -> list[int] | None:
        """The primary keys of single registrations; None for all registrations that the filters match."""
        texts = self._filter_data.getlist("person")
        return [parse_pk(text) for text in texts] if texts else None

    @cached_property
    def people(self) -> list[Registration]:
        return people_with_badge(self.event, self.criteria, self.chosen)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        context = super().get_context_data(**kwargs)
        if self.chosen is None:
            selected = filtered_registrations(self.event, self.criteria).count() if self.filter_items else 0
        else:
            selected = len(set(self.chosen))
        return context | {
            "count": len(self.people),
            "people": self.people if self.chosen is not None else [],
            "chosen": self.chosen or [],
            "without_badge": max(selected - len(self.people), 0),
        }
