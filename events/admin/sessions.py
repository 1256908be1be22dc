"""Sessions with attendance: which of them are counted and how, and the code words for online participants."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin import messages

from events.admin.base import RegistrationAdminView, error_message, parse_pk
from events.models import EventSession, RegistrationSettings, SessionSeat
from events.registration import commands
from events.registration.errors import RegistrationError
from events.registration.seats import session_counts
from events.registration.sessions import SessionDetail, accepts_code, code_ends_at, sessions_of

# The largest number that the database field holds.
MOST_PLACES = 32_767


class SessionsForm(forms.ModelForm):
    """Which sessions are counted, and the settings for all of them."""

    class Meta:
        model = RegistrationSettings
        fields = ["records_leaving", "code_grace_minutes"]


class PlacesForm(forms.Form):
    """Which sessions can be chosen, and how many places each has on site: two fields for each session."""

    def __init__(self, data: Any = None, *, sessions: Sequence[SessionDetail], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.sessions = sessions
        for session in sessions:
            values = {"title": session.title}
            self.fields[f"chosen_{session.key}"] = forms.BooleanField(
                label=_("Participants can choose “%(title)s”") % values, required=False, initial=session.is_chosen
            )
            self.fields[f"places_{session.key}"] = forms.IntegerField(
                label=_("Places on site in “%(title)s”") % values,
                required=False,
                min_value=1,
                max_value=MOST_PLACES,
                initial=session.capacity,
                widget=forms.NumberInput(attrs={"class": "session-places"}),
            )

    def clean(self) -> dict[str, Any]:
        for session in self.sessions:
            name = f"places_{session.key}"
            if self.cleaned_data.get(name) and not self.cleaned_data.get(f"chosen_{session.key}"):
                if session.is_chosen:
                    continue
                self.add_error(name, _("Tick that participants choose the session, or leave the places empty."))
        return self.cleaned_data

    def capacities(self) -> dict[uuid.UUID, int | None]:
        """Return the places of each session that can be chosen, by the key of the session; None for no limit."""
        return {
            session.key: self.cleaned_data[f"places_{session.key}"]
            for session in self.sessions
            if self.cleaned_data[f"chosen_{session.key}"]
        }


class CodeWordForm(forms.Form):
    word = forms.RegexField(
        r"^[\w \-]*\w[\w \-]*$",
        label=gettext_lazy("Code word"),
        max_length=40,
        required=False,
        error_messages={"invalid": gettext_lazy("Use letters, digits, spaces and hyphens.")},
    )


class SessionsView(RegistrationAdminView):
    template_name = "events/admin/registrations/sessions.html"
    page_title = pgettext_lazy("timetable", "Sessions")
    header_icon = "list-ul"
    current = "sessions"

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if "start" in request.POST or "stop" in request.POST:
            return self._change_code(request)
        form = SessionsForm(request.POST, instance=self.settings)
        places = PlacesForm(request.POST, sessions=self.sessions)
        if self.settings is None or not (form.is_valid() & places.is_valid()):
            return self.render_to_response(self.get_context_data(form=form, places=places), status=422)
        try:
            commands.set_counted(self.event.pk, _keys(request.POST.getlist("counted")))
            commands.set_chosen(self.event.pk, places.capacities())
        except RegistrationError as error:
            messages.error(request, error_message(error))
            return redirect(self.url("registration_sessions"))
        form.save()
        messages.success(request, _("The sessions are saved."))
        return redirect(self.url("registration_sessions"))

    def _change_code(self, request: HttpRequest) -> HttpResponse:
        pk = parse_pk(request.POST.get("start") or request.POST.get("stop", ""))
        session = EventSession.objects.filter(event=self.event, pk=pk).first()
        form = CodeWordForm(request.POST)
        if session is None:
            messages.error(request, _("This session is no longer in the timetable."))
        elif "stop" in request.POST:
            commands.stop_code(session.pk)
            messages.success(request, _("The code word can no longer be entered."))
        elif not form.is_valid():
            messages.error(request, " ".join(map(str, form.errors["word"])))
        else:
            try:
                session = commands.start_code(session.pk, form.cleaned_data["word"])
            except RegistrationError as error:
                messages.error(request, error_message(error))
            else:
                messages.success(
                    request, _("Participants can enter the code word %(word)s.") % {"word": session.code_word}
                )
        return redirect(self.url("registration_sessions"))

    @cached_property
    def sessions(self) -> list[SessionDetail]:
        return sessions_of(self.event, self.language)

    def get_context_data(self, **kwargs: Any) -> dict[str, object]:
        now = timezone.now()
        stored = EventSession.objects.filter(event=self.event).annotate(number=Count("attendances"))
        numbers = dict(stored.values_list("pk", "number"))
        places = kwargs.get("places") or PlacesForm(sessions=self.sessions)
        counts = session_counts(self.event)
        chosen = dict(
            SessionSeat.objects.filter(session__event=self.event).values_list("session").annotate(Count("pk"))
        )
        return super().get_context_data(**kwargs) | {
            "form": kwargs.get("form") or SessionsForm(instance=self.settings),
            "places": places,
            "sessions": [
                {
                    "session": session,
                    "attended": numbers.get(session.pk, 0),
                    "is_fixed": bool(numbers.get(session.pk)),
                    "chosen": places[f"chosen_{session.key}"],
                    "places": places[f"places_{session.key}"],
                    "count": counts.get(session.pk),
                    "chosen_by": chosen.get(session.pk, 0),
                }
                for session in self.sessions
            ],
            "codes": [
                {
                    "session": session,
                    "is_open": accepts_code(session, now),
                    "until": code_ends_at(session),
                }
                for session in self.sessions
                if session.is_counted and session.takes_place
            ],
            "has_online": self.event.is_online,
        }


def _keys(texts: list[str]) -> set[uuid.UUID]:
    found = set()
    for text in texts:
        try:
            found.add(uuid.UUID(text))
        except ValueError:
            continue
    return found
