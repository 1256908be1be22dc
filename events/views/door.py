"""The page at the door: helpers with a door link check participants in, without an account.

They see the names that they search for and those that they have checked in, and nothing else. Everything works without
JavaScript. With it, the camera reads tickets, and answers appear without reloading the page.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from http import HTTPMethod
from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_safe

from accounts import records
from accounts.models import Action
from events import timezones
from events.attendance import check_ins, doors
from events.attendance.answers import BAD, GOOD, Answer, answer_of, when_and_who
from events.attendance.points import CheckInPoint, CheckInPoints
from events.attendance.walk_ins import add_walk_in, exceeded_limit
from events.enums import Mode
from events.forms.door import DoorForm, WalkInForm
from events.models import Door, Event, Registration
from events.registration import errors, rate_limits
from events.registration.actor import at_door
from events.registration.commands import Applicant
from events.registration.mail.context import page_in
from events.views.door_texts import revoked_text, settings_of_page, waiting_texts, worker_source
from events.views.layouts import PersonalLayout, too_many_requests
from events.views.personal.access import count_wrong_token, read_or_post
from home.http.private_responses import mark_private
from home.languages import own_language_name

# The script sends forms with this header. The response is then only the answer and not the whole page.
FRAGMENT_HEADER = "X-Door"


@dataclass(frozen=True)
class DoorRequest:
    """A request by a door link. The time zone of the event is active."""

    request: HttpRequest
    token: str
    door: Door
    now: datetime.datetime

    @property
    def event(self) -> Event:
        return self.door.event

    @cached_property
    def form(self) -> DoorForm:
        is_post = self.request.method == HTTPMethod.POST
        return DoorForm(self.request.POST if is_post else self.request.GET)

    @cached_property
    def points(self) -> CheckInPoints:
        return self.form.points(self.event)

    @property
    def point(self) -> CheckInPoint:
        return self.points.point

    @property
    def day(self) -> datetime.date:
        return self.point.day


@read_or_post
@sensitive_variables("token")
@sensitive_post_parameters()
def door(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    found = doors.find(token, now)
    if found is None:
        return _invalid(request, token)
    with timezone.override(timezones.zone_info(found.event.zone)):
        response = _serve(DoorRequest(request, token, found, now))
    return _as_door(request, token, response)


@require_safe
@sensitive_variables("token")
def offline_page(request: HttpRequest, token: str) -> HttpResponse:
    """Return the page that the service worker stores and shows without a connection. It contains no participants."""
    found = doors.find(token, timezone.now())
    if found is None:
        return _invalid(request, token)
    context = {
        "layout": PersonalLayout(request, title=_("Check-in")),
        "door": found,
        "page": page_in(found.event, get_language() or settings.LANGUAGE_CODE),
        "url": reverse("door", kwargs={"token": token}),
        "token": token,
        "settings": settings_of_page(found, token, is_kept=True),
        "walk_in": WalkInForm(),
    }
    return _as_door(request, token, render(request, "events/door/offline.html", context))


def _as_door(request: HttpRequest, token: str, response: HttpResponse) -> HttpResponse:
    """Set the headers that allow this page, and no other, to use the camera and to start the service worker of its link."""
    response["Permissions-Policy"] = settings.PERMISSIONS_POLICY.replace("camera=()", "camera=(self)")
    widened = csp_update({"worker-src": worker_source(request, token)})
    return mark_private(widened(lambda _request: response)(request))


def _invalid(request: HttpRequest, token: str) -> HttpResponse:
    layout = PersonalLayout(request, title=_("This door link does not work"))
    context = {"layout": layout, "token": token, "waiting": waiting_texts()[1], "revoked": revoked_text()}
    response = render(request, "events/door/invalid.html", context, status=404)
    return mark_private(count_wrong_token(request, response))


def _serve(door: DoorRequest) -> HttpResponse:
    if door.request.method != HTTPMethod.POST:
        return _page(door)
    if "walk_in" in door.request.POST:
        return _walk_in(door)
    answer = _act(door)
    if door.request.headers.get(FRAGMENT_HEADER):
        context = {"answer": answer, "reference": _reference(door, answer), "point": door.point, "url": _url(door)}
        context["count"] = check_ins.count_at(door.event, door.point)
        return render(door.request, "events/door/answer.html", context)
    return _page(door, answer=answer)


def _act(door: DoorRequest) -> Answer:
    """Check a participant in by their ticket or by their row in the search, or undo a check-in."""
    actor, zone = at_door(door.door), door.event.zone
    if "person" not in door.request.POST:
        return answer_of(check_ins.scan(door.event, door.form.value("code"), door.point, actor), zone)
    person = check_ins.person_of(door.event, doors.referred(door.door, door.form.value("person")))
    if person is None:
        raise Http404("no such registration in this event")
    if "undo" not in door.request.POST:
        return answer_of(check_ins.check_in(person, door.point, actor), zone)
    try:
        return answer_of(check_ins.undo(person, door.point, actor), zone)
    except errors.NotPossibleError:
        return Answer(BAD, _("Not undone"), person.name, [_("Someone else checked them in. Ask the organisers.")])


def _walk_in(door: DoorRequest) -> HttpResponse:
    """Register and check in a person without a registration. If no place is free, the page asks for a confirmation first."""
    form = WalkInForm(door.request.POST)
    if not form.is_valid():
        return _page(door, walk_in=form, status=422)
    data = form.cleaned_data
    try:
        if problem := _sends_too_often(door, data["email"]):
            form.add_error("email" if data["email"] else None, problem)
            return too_many_requests(_page(door, walk_in=form), rate_limits.seconds_left("door"))
    except errors.BusyError as error:
        form.add_error(None, _walk_in_problem(error))
        return too_many_requests(_page(door, walk_in=form))
    applicant = Applicant(name=data["name"], email=data["email"], mode=Mode.ON_SITE, language=get_language() or "en")
    try:
        person = add_walk_in(
            door.event, applicant, door.point, at_door(door.door), key=data["key"], force=data["force"]
        )
    except errors.RegistrationError as error:
        form.add_error(None, _walk_in_problem(error))
        return _page(door, walk_in=form, is_full=isinstance(error, errors.FullError), status=409)
    return _page(door, answer=Answer(GOOD, _("Welcome"), person.name, [_("Added and checked in.")], person.pk))


def _sends_too_often(door: DoorRequest, address: str) -> str:
    """Count a walk-in, and its email if there is an address, for the rate limits.

    Returns the error message if a limit is exceeded, otherwise an empty text.
    """
    match exceeded_limit(door.door, address, door.now):
        case "":
            return ""
        case "door":
            return _("Many people are being checked in right now.")
    return _("Too many emails were sent to this address. Try again later.")


def _walk_in_problem(error: errors.RegistrationError) -> str:
    match error:
        case errors.FullError():
            return _("No places are left on site. Ask the organisers before you add more people.")
        case errors.AlreadyRegisteredError():
            return _("This email address is already registered. Search for the name.")
        case errors.BusyError():
            return _("Many people are being checked in right now.")
        case errors.ModeNotOfferedError() | errors.NotSetUpError():
            return _("This event has no places on site.")
    return _("The event does not take place as planned, or it is over.")


def _page(
    door: DoorRequest,
    *,
    answer: Answer | None = None,
    walk_in: WalkInForm | None = None,
    is_full: bool = False,
    status: int = 200,
) -> HttpResponse:
    event, language = door.event, get_language() or settings.LANGUAGE_CODE
    search = door.form.value("q").strip() if door.request.method != HTTPMethod.POST else ""
    is_long_enough = len(search) >= check_ins.MIN_SEARCH
    people, match_count = check_ins.people_like(event, search, door.point) if is_long_enough else ([], 0)
    if is_long_enough:
        detail = {"screen": "door", "door": door.door.name, "search": True}
        records.add(Action.LIST_VIEWED, request=door.request, subject=event, detail=detail)
    context = _context_of_search(door, search, people, match_count) | {
        "layout": PersonalLayout(door.request, title=_("Check-in")),
        "door": door.door,
        "event": event,
        "page": page_in(event, language),
        "url": _url(door),
        "token": door.token,
        "settings": settings_of_page(door.door, door.token, is_kept=False),
        "languages": _languages(door),
        "day": door.day,
        "is_today": door.day == timezone.localdate(),
        "answer": answer,
        "reference": _reference(door, answer),
        "latest": [
            {"check_in": row, "reference": doors.reference_of(door.door, row.registration_id)}
            for row in check_ins.latest(event, door.point, door.door)
        ],
        "point": door.point,
        "points": door.points.choices,
        "count": check_ins.count_at(event, door.point),
        "walk_in": walk_in or WalkInForm(),
        "is_walk_in_open": walk_in is not None,
        "is_full": is_full,
    }
    return render(door.request, "events/door/door.html", context, status=status)


def _context_of_search(
    door: DoorRequest, search: str, people: Sequence[Registration], match_count: int
) -> dict[str, Any]:
    return {
        "search": search,
        "is_search_short": 0 < len(search) < check_ins.MIN_SEARCH,
        "people": [
            {
                "person": person,
                "reference": doors.reference_of(door.door, person.pk),
                "was": _was(person, door.event),
                "may_undo": check_ins.is_recorded(person, door.point),
            }
            for person in people
        ],
        "more": max(0, match_count - check_ins.MAX_RESULTS),
    }


def _was(person: Registration, event: Event) -> list[str]:
    return [when_and_who(row, event.zone) for row in check_ins.today_of(person)]


def _reference(door: DoorRequest, answer: Answer | None) -> str:
    return doors.reference_of(door.door, answer.person) if answer and answer.person else ""


def _url(door: DoorRequest) -> str:
    return reverse("door", kwargs={"token": door.token})


def _languages(door: DoorRequest) -> list[dict[str, object]]:
    found = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            url = _url(door)
        found.append({"code": code, "name": own_language_name(code), "url": url, "is_current": code == get_language()})
    return found
