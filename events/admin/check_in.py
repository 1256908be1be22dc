"""Check-in on the day of the event: search for a name, press a button.

Works without JavaScript on a phone, and on several devices at the same time.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

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

from events.admin.base import RegistrationAdminView, error_message, parse_pk
from events.admin.forms import CheckInForm
from events.enums import Mode
from events.models import CheckIn, Event, Registration
from events.registration import access, commands
from events.registration.errors import RegistrationError
from events.registration.queries import search_pks
from events.states import ADMITTED
from home.text_normalization import fold

MAX_RESULTS = 30
LATEST_SIZE = 8


class CheckInView(RegistrationAdminView):
    """Also open to users with check-in access only. They see names, and nothing else."""

    template_name = "events/admin/registrations/check_in.html"
    page_title = gettext_lazy("Check-in")
    header_icon = "calendar-check"
    current = "check_in"
    lists_people = True

    def may_open(self, event: Event) -> bool:
        return access.may_check_in(self.user, event)

    @cached_property
    def form(self) -> CheckInForm:
        return CheckInForm(self.request.POST if self.request.method == "POST" else self.request.GET)

    @cached_property
    def day(self) -> datetime.date:
        return self.form.chosen_day(self.event)

    @property
    def search(self) -> str:
        self.form.is_valid()
        return self.form.cleaned_data.get("q", "")

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        person = Registration.objects.filter(event=self.event, pk=parse_pk(request.POST.get("person", ""))).first()
        if person is None:
            raise Http404("no such registration in this event")
        try:
            if "undo" in request.POST:
                commands.undo_check_in(person.pk, self.day, self.actor)
                messages.success(request, _("%(name)s is no longer checked in.") % {"name": person.name})
            else:
                self._check_in(person)
        except RegistrationError as error:
            messages.error(request, f"{person.name}: {error_message(error)}")
        # Back to an empty search field with the focus. A fragment in the URL would move the focus.
        return redirect(f"{self.url('registration_check_in')}?{urlencode({'day': self.day.isoformat()})}")

    def _check_in(self, person: Registration) -> None:
        begun_at = timezone.now()
        commands.check_in(person.pk, self.day, self.actor, begun_at)
        row = CheckIn.objects.select_related("user").get(registration=person, day=self.day)
        time = time_format(timezone.localtime(row.at), "TIME_FORMAT")
        if row.at == begun_at:
            messages.success(self.request, _("%(name)s: checked in at %(time)s.") % {"name": person.name, "time": time})
            return
        who = (row.user.get_full_name() or row.user.get_username()) if row.user else _("another user")
        text = _("%(name)s: already checked in at %(time)s by %(who)s.")
        messages.warning(self.request, text % {"name": person.name, "time": time, "who": who})

    def _people(self) -> tuple[Sequence[Registration], int]:
        """Return the participants whose names match the search, at most `MAX_RESULTS`, and the number of all matches."""
        people = Registration.objects.filter(event=self.event, status__in=ADMITTED, anonymised_at=None)
        pks = search_pks(people, self.search, "name")
        today = CheckIn.objects.filter(day=self.day).select_related("user")
        rows = people.filter(pk__in=pks).prefetch_related(Prefetch("check_ins", queryset=today, to_attr="today"))
        found = sorted(rows.order_by("name", "pk")[: MAX_RESULTS + 1], key=lambda person: fold(person.name))
        return found[:MAX_RESULTS], len(pks)

    def _latest(self) -> list[CheckIn]:
        rows = CheckIn.objects.filter(registration__event=self.event, day=self.day)
        return list(rows.select_related("registration", "user").order_by("-at", "-pk")[:LATEST_SIZE])

    def _attended(self) -> list[dict[str, object]]:
        """Return the number of checked-in and expected participants for each day and attendance mode."""
        rows = CheckIn.objects.filter(registration__event=self.event).order_by()
        checked_in = {
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
                    {
                        "label": mode.label,
                        "checked_in": checked_in.get((day, mode.value), 0),
                        "expected": expected[mode.value],
                    }
                    for mode in modes
                ],
            }
            for day in self.event.days
        ]

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        people, match_count = self._people() if self.search else ([], 0)
        attended = self._attended()
        return super().get_context_data(**kwargs) | {
            "search": self.search,
            "day": self.day,
            "is_today": self.day == timezone.localdate(),
            "people": people,
            "more": max(0, match_count - MAX_RESULTS),
            "latest": self._latest(),
            "attended": attended,
            "has_participants": any(row["modes"] for row in attended),
            "shows_more_than_names": self.sees_list,
        }
