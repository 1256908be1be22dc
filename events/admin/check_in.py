"""Check-in on the day of the event: enter a ticket code, or search for a name and press a button.

Works without JavaScript on a phone, and on several devices at the same time.
"""

from __future__ import annotations

import datetime

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from events.admin.base import RegistrationAdminView, error_message, parse_pk
from events.attendance import check_ins
from events.attendance.answers import BAD, GOOD, WARN, answer_of, when_and_who
from events.attendance.points import CheckInPoint, CheckInPoints
from events.enums import Mode
from events.forms.door import DoorForm
from events.models import CheckIn, Event, Registration
from events.registration import access
from events.registration.errors import RegistrationError
from events.states import ADMITTED


class CheckInView(RegistrationAdminView):
    """The check-in screen.

    Users who have only check-in access may open it too. They see names, and nothing else.
    """

    template_name = "events/admin/registrations/check_in.html"
    page_title = gettext_lazy("Check-in")
    header_icon = "calendar-check"
    current = "check_in"
    lists_people = True

    def may_open(self, event: Event) -> bool:
        return access.may_check_in(self.user, event)

    @cached_property
    def form(self) -> DoorForm:
        return DoorForm(self.request.POST if self.request.method == "POST" else self.request.GET)

    @cached_property
    def points(self) -> CheckInPoints:
        return self.form.points(self.event)

    @property
    def point(self) -> CheckInPoint:
        return self.points.point

    @property
    def day(self) -> datetime.date:
        return self.point.day

    @property
    def search(self) -> str:
        return self.form.value("q").strip()

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if "code" in request.POST:
            # Rendered without a redirect, so that the result stays on the screen. Sending the form again has no further
            # effect.
            scan = check_ins.scan(self.event, request.POST["code"], self.point, self.actor)
            return self.render_to_response(self.get_context_data(answer=answer_of(scan, self.event.zone)))
        person = Registration.objects.filter(event=self.event, pk=parse_pk(request.POST.get("person", ""))).first()
        # Users who have only check-in access see the names of participants with a place. They must not find other names
        # by trying primary keys one after the other.
        if person is None or not (self.sees_list or person.status in ADMITTED):
            raise Http404("no such registration in this event")
        try:
            scan = self._act(person)
        except RegistrationError as error:
            messages.error(request, f"{person.name}: {error_message(error)}")
        else:
            self._show(scan)
        # Redirect to an empty search field that has the focus. A fragment in the URL would move the focus.
        query = {"day": self.day.isoformat()} | ({"at": self.point.value} if self.point.value else {})
        return redirect(f"{self.url('registration_check_in')}?{urlencode(query)}")

    def _act(self, person: Registration) -> check_ins.Scan:
        if "undo" in self.request.POST:
            return check_ins.undo(person, self.point, self.actor)
        return check_ins.check_in(person, self.point, self.actor)

    def _show(self, scan: check_ins.Scan) -> None:
        answer = answer_of(scan, self.event.zone)
        text = f"{answer.name}: {'. '.join([answer.heading, *answer.lines])}"
        show = {GOOD: messages.success, WARN: messages.warning, BAD: messages.error}[answer.level]
        show(self.request, text)

    def _attended(self) -> list[dict[str, object]]:
        """Return, for each day, the numbers of checked-in and of expected participants by attendance mode."""
        rows = CheckIn.objects.filter(registration__event=self.event).order_by()
        checked_in = {
            (row["day"], row["registration__mode"]): row["number"]
            for row in rows.values("day", "registration__mode").annotate(number=Count("*"))
        }
        people = Registration.objects.filter(event=self.event, status__in=ADMITTED).order_by()
        expected = {row["mode"]: row["number"] for row in people.values("mode").annotate(number=Count("*"))}
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
        is_long_enough = len(self.search) >= check_ins.MIN_SEARCH
        people, match_count = check_ins.people_like(self.event, self.search, self.point) if is_long_enough else ([], 0)
        attended = self._attended()
        return super().get_context_data(**kwargs) | {
            "search": self.search,
            "is_search_short": bool(self.search) and not is_long_enough,
            "day": self.day,
            "point": self.point,
            "points": self.points.choices,
            "is_today": self.day == timezone.localdate(),
            "people": [
                {
                    "person": person,
                    "was": [when_and_who(row, self.event.zone) for row in check_ins.today_of(person)],
                    "may_undo": check_ins.is_recorded(person, self.point),
                }
                for person in people
            ],
            "more": max(0, match_count - check_ins.MAX_RESULTS),
            "latest": check_ins.latest(self.event, self.point),
            "attended": attended,
            "has_participants": any(row["modes"] for row in attended),
            "shows_more_than_names": self.sees_list,
        }
