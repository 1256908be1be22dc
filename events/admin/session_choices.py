"""The sessions that one participant has chosen, changed by an organiser."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from events.admin.base import error_message
from events.admin.registration_detail import SingleRegistrationView
from events.forms.sessions import SessionChoices, SessionOption, SessionsForm, sessions_changed_message
from events.registration import commands
from events.registration.chosen_sessions import chosen_sessions, open_sessions, seats_of
from events.registration.errors import RegistrationError, SessionsChangedError, SessionsClashError
from events.registration.seats import SeatCount, session_counts


class StaffSessionsForm(SessionsForm):
    """The choice of sessions with the numbers of places, which are not shown to participants."""

    force = forms.BooleanField(
        label=gettext_lazy("Give a place although all places are taken"),
        required=False,
    )

    def __init__(self, data: Any = None, *, choices: SessionChoices, mode: str) -> None:
        super().__init__(data, choices=choices, mode=mode)
        for item in self.slot_fields:
            field = cast("forms.ChoiceField", self.fields[item.field.name])
            field.label = " ".join(filter(None, [item.day, item.time]))
            field.choices = [(option.value, self._text(option)) for option in item.options]
        self.order_fields([*self.session_order(), "force"])

    def _text(self, option: SessionOption) -> str:
        if option.session is None:
            return _("None of these")
        count = self.session_choices.counts.get(option.session.pk)
        places = places_text(count) if count else ""
        return ", ".join(filter(None, [option.session.title, option.facts, places]))


def places_text(count: SeatCount) -> str:
    """Return how many of the places are taken; an empty text if there is no limit."""
    if count.capacity is None:
        return ""
    return _("%(held)d of %(capacity)d places taken") % {"held": count.held, "capacity": count.capacity}


class ChooseSessionsView(SingleRegistrationView):
    """Changes which sessions a participant has chosen. Sessions that have begun stay as they are."""

    template_name = "events/admin/registrations/choose_sessions.html"

    def get_page_title(self) -> str:
        return _("Sessions of %(name)s") % {"name": super().get_page_title()}

    @cached_property
    def choices(self) -> SessionChoices:
        offered = open_sessions(chosen_sessions(self.event, self.language), timezone.now())
        chosen = {item.session.key for item in seats_of(self.person)}
        return SessionChoices(offered, session_counts(self.event), chosen, names_days=self.event.is_several_days)

    def _form(self, data: Any = None) -> StaffSessionsForm:
        return StaffSessionsForm(data, choices=self.choices, mode=self.person.effective_mode)

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        force = form.cleaned_data["force"]
        try:
            commands.choose_sessions(self.person.pk, form.chosen_sessions(), self.actor, force=force)
        except (SessionsChangedError, SessionsClashError):
            form.add_error(None, sessions_changed_message())
        except RegistrationError as error:
            form.add_error(None, error_message(error))
        else:
            messages.success(request, _("Saved. We send the participant an email with the changes."))
            return redirect(self.detail_url)
        return self.render_to_response(self.get_context_data(form=form), status=409)

    def get_context_data(self, **kwargs: Any) -> dict[str, object]:
        return super().get_context_data(**kwargs) | {
            "form": kwargs.get("form") or self._form(),
            "person": self.person,
            "has_sessions": bool(self.choices.sessions),
        }
