"""Check-in on the day of the event: enter a ticket code, or search for a name and press a button.

Works without JavaScript on a phone, and on several devices at the same time.
"""

from __future__ import annotations

import datetime

from django.db.models import Count
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
from events.attendance import check_ins
from events.attendance.answers import answer_of
from events.enums import Mode
from events.models import CheckIn, Event, Registration
from events.registration import access, commands
from events.registration.errors import RegistrationError
from events.states import ADMITTED


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
        if "code" in request.POST:
            # No redirect, so that the answer stays on the screen. Sending it again checks nobody in twice.
            scan = check_ins.scan(self.event, request.POST["code"], self.day, self.actor)
            return self.render_to_response(self.get_context_data(answer=answer_of(scan, self.event.zone)))
        person = Registration.objects.filter(event=self.event, pk=parse_pk(request.POST.get("person", ""))).first()
        # Users with check-in access only see the names of participants with a place, and no others by counting.
        if person is None or not (self.sees_list or person.status in ADMITTED):
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
        row = CheckIn.objects.select_related("user", "door").get(registration=person, day=self.day)
        time = time_format(timezone.localtime(row.at), "TIME_FORMAT")
        if row.at == begun_at:
            messages.success(self.request, _("%(name)s: checked in at %(time)s.") % {"name": person.name, "time": time})
            return
        who = _("another user")
        if row.user:
            who = row.user.get_full_name() or row.user.get_username()
        elif row.door:
            who = row.door.name
        text = _("%(name)s: already checked in at %(time)s by %(who)s.")
        messages.warning(self.request, text % {"name": person.name, "time": time, "who": who})

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
        people, match_count = check_ins.people_like(self.event, self.search, self.day) if self.search else ([], 0)
        attended = self._attended()
        return super().get_context_data(**kwargs) | {
            "search": self.search,
            "day": self.day,
            "is_today": self.day == timezone.localdate(),
            "people": people,
            "more": max(0, match_count - check_ins.MAX_RESULTS),
            "latest": check_ins.latest(self.event, self.day),
            "attended": attended,
            "has_participants": any(row["modes"] for row in attended),
            "shows_more_than_names": self.sees_list,
        }
