"""The door on the day: search a name, press a button. Works on any telephone, at several doors at once."""

from __future__ import annotations

import datetime

from django.db.models import Count, Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from events.admin.base import DoorView, in_words, key_in
from events.admin.forms import DoorForm
from events.enums import Mode
from events.models import CheckIn, Registration
from events.registration import commands
from events.registration.errors import RegistrationError
from events.registration.queries import search_pks
from events.states import ADMITTED
from home.text_normalization import fold

# A name that fits more people than this is too short a search.
MOST = 30


class CheckInView(DoorView):
    template_name = "events/desk/check_in.html"
    page_title = gettext_lazy("Check-in")
    header_icon = "calendar-check"
    current = "check_in"

    @cached_property
    def door(self) -> DoorForm:
        return DoorForm(self.request.POST if self.request.method == "POST" else self.request.GET)

    @cached_property
    def day(self) -> datetime.date:
        return self.door.chosen_day(self.event)

    @property
    def search(self) -> str:
        self.door.is_valid()
        return self.door.cleaned_data.get("q", "")

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        person = Registration.objects.filter(event=self.event, pk=key_in(request.POST.get("person", ""))).first()
        if person is None:
            raise Http404("no such registration in this event")
        try:
            if "undo" in request.POST:
                commands.undo_check_in(person.pk, self.day, self.actor)
                messages.success(request, _("%(name)s is not checked in any more.") % {"name": person.name})
            else:
                self._check_in(person)
        except RegistrationError as error:
            messages.error(request, f"{person.name}: {in_words(error)}")
        # The next guest: the field for the name is empty again, and has the focus (no fragment: it would take that away).
        return redirect(f"{self.address('registration_check_in')}?{urlencode({'day': self.day.isoformat()})}")

    def _check_in(self, person: Registration) -> None:
        begun_at = timezone.now()
        commands.check_in(person.pk, self.day, self.actor, begun_at)
        row = CheckIn.objects.select_related("user").get(registration=person, day=self.day)
        time = time_format(timezone.localtime(row.at), "TIME_FORMAT")
        if row.at == begun_at:
            messages.success(self.request, _("%(name)s: in at %(time)s.") % {"name": person.name, "time": time})
            return
        who = (row.user.get_full_name() or row.user.get_username()) if row.user else _("somebody")
        text = _("%(name)s: already in at %(time)s by %(who)s.")
        messages.warning(self.request, text % {"name": person.name, "time": time, "who": who})

    def _people(self) -> tuple[list[Registration], int]:
        """Return those whose names fit the search, at most `MOST`, and how many fit."""
        people = Registration.objects.filter(event=self.event, status__in=ADMITTED, anonymised_at=None)
        pks = search_pks(people, self.search, "name")
        today = CheckIn.objects.filter(day=self.day).select_related("user")
        rows = people.filter(pk__in=pks).prefetch_related(Prefetch("check_ins", queryset=today, to_attr="today"))
        found = sorted(rows.order_by("name", "pk")[: MOST + 1], key=lambda person: fold(person.name))
        return found[:MOST], len(pks)

    def _latest(self) -> list[CheckIn]:
        rows = CheckIn.objects.filter(registration__event=self.event, day=self.day)
        return list(rows.select_related("registration", "user").order_by("-at", "-pk")[:8])

    def _attended(self) -> list[dict[str, object]]:
        """Return for each day how many came, by mode, and for the whole how many are expected."""
        rows = CheckIn.objects.filter(registration__event=self.event).order_by()
        came = {
            (row["day"], row["registration__mode"]): row["number"]
            for row in rows.values("day", "registration__mode").annotate(number=Count("pk"))
        }
        people = Registration.objects.filter(event=self.event, status__in=ADMITTED).order_by()
        expected = {row["mode"]: row["number"] for row in people.values("mode").annotate(number=Count("pk"))}
        modes = [mode for mode in Mode if mode in expected]
        return [
            {
                "day": day,
                "is_chosen": day == self.day,
                "modes": [
                    {"label": mode.label, "came": came.get((day, mode.value), 0), "expected": expected[mode.value]}
                    for mode in modes
                ],
            }
            for day in self.event.days
        ]

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        people, fitting = self._people() if self.search else ([], 0)
        attended = self._attended()
        return super().get_context_data(**kwargs) | {
            "search": self.search,
            "day": self.day,
            "is_today": self.day == timezone.localdate(),
            "people": people,
            "more": max(0, fitting - MOST),
            "latest": self._latest(),
            "attended": attended,
            "is_anybody_expected": any(row["modes"] for row in attended),
            "shows_more_than_names": self.sees_list,
        }
