"""The form that people register with, and the page that says what happens next.

Both belong to the event's page (`EventPage.serve`), so that they stand behind whatever password the page stands behind.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPMethod
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters

from events.dates import moment_in_words, when_of
from events.enums import ConsentPurpose, Mode
from events.forms.registration import RegistrationForm
from events.models import Event, EventPage, RegistrationSettings
from events.presentation.page import organisers_of
from events.registration import commands, errors, form_tokens, rate_limits
from events.registration.availability import RegistrationAvailability, availability, availability_for, joinable_seats
from events.registration.labels import consent_text, seats_label
from events.registration.mail.context import EventContext
from events.registration.questions import questions_for
from events.registration.seats import SeatCount, offered_seats, refreshed_seats, seat_counts, settings_of
from events.states import RegistrationStatus
from events.views import cached_form
from events.views.layouts import RegistrationLayout, client_of, keep_private, try_later
from home.http import page_cache

DONE = "done"
TEMPLATE = "events/registration/form.html"
TITLES = {
    RegistrationStatus.CONFIRMED: lambda: _("You are registered"),
    RegistrationStatus.PENDING: lambda: _("We have received your registration"),
    RegistrationStatus.WAITING: lambda: _("You are on the waiting list"),
}


@dataclass(frozen=True)
class Visit:
    """A request for the form of an event that people register for here."""

    request: HttpRequest
    page: EventPage
    asked: RegistrationSettings
    now: datetime.datetime

    @property
    def is_sent(self) -> bool:
        return self.request.method == HTTPMethod.POST


@sensitive_post_parameters()
def registration_view(request: HttpRequest, page: EventPage, steps: tuple[str, ...]) -> HttpResponse:
    """Answer for what stands below `register/`: the form itself, or the page after it."""
    now = timezone.now()
    if not steps:
        return keep_private(_form(request, page, now))
    if len(steps) == 4 and steps[0] == DONE:
        return page_cache.mark_cacheable(keep_private(_done(request, page, *steps[1:])))
    raise Http404("nothing of that name")


def _form(request: HttpRequest, page: EventPage, now: datetime.datetime) -> HttpResponse:
    is_sent = request.method == HTTPMethod.POST
    # What is sent is decided by the numbers under the event's lock. Others are asked for only when they are shown.
    if is_sent:
        page.event, counts = page_cache.cached(
            f"seats-{page.event_id}", lambda: _with_seats(page.event_id, offered_seats)
        )
    else:
        page.event, counts = _with_seats(page.event_id, seat_counts)
    event, asked = page.event, settings_of(page.event)
    status = availability_for(event, asked, counts, now)
    if status == RegistrationAvailability.EXTERNAL:
        return HttpResponseRedirect(page.get_url(request) or "/")
    if asked is None or status == RegistrationAvailability.NONE:
        raise Http404("no registration")
    visit = Visit(request, page, asked, now)
    seats = _seats(visit, counts)
    is_open = status in {RegistrationAvailability.OPEN, RegistrationAvailability.FULL}
    if not is_open or not _has_a_way_in(seats):
        return _shut(visit, status)
    if is_sent:
        return _answer(visit, _make_form(visit, seats))
    return _show_empty(visit, seats)


def _with_seats(event_id: int, count: Callable[[Event], dict[Mode, SeatCount]]) -> tuple[Event, dict[Mode, SeatCount]]:
    event = Event.objects.select_related("registration_settings").get(pk=event_id)
    return event, count(event)


def _seats(visit: Visit, counts: dict[Mode, SeatCount]) -> dict[Mode, SeatCount]:
    """Return the seats as a newcomer finds them: a waiting list that has ended is none."""
    return joinable_seats(visit.asked, counts, visit.now)


def _has_a_way_in(seats: Mapping[Mode, SeatCount]) -> bool:
    return any(seat.can_join for seat in seats.values())


def _make_form(
    visit: Visit, seats: dict[Mode, SeatCount], seat_words: Callable[[SeatCount], str] = seats_label
) -> RegistrationForm:
    page = visit.page
    return RegistrationForm(
        visit.request.POST if visit.is_sent else None,
        event_id=page.event_id,
        language=page.locale.language_code,
        seats=seats,
        asked=visit.asked,
        seat_words=seat_words,
        questions=page_cache.cached(f"questions-{page.pk}", partial(questions_for, page)),
        consent_texts={purpose: consent_text(purpose, page) for purpose in ConsentPurpose},
    )


# What was sent


def _answer(visit: Visit, form: RegistrationForm) -> HttpResponse:
    """Register whoever sent the form, or show it again with all that was typed and what is wrong."""
    event_id, now = visit.page.event_id, visit.now
    client = rate_limits.network_of(client_of(visit.request))
    try:
        if not form.is_valid():
            return _not_valid(visit, form, client)
        counted = {"client": client, "address": form.submission_address(), "event": str(event_id)}
        passed = rate_limits.count(counted, now, look_at={"client_wrong": client})
        if passed:
            return _too_many(visit, form, passed)
        outcome = commands.register(
            event_id, form.applicant(), form.answers(), form.consents(), form.submission_key(), now
        )
    except errors.BusyError:
        form.add_error(None, _("Very many people are registering at this moment. Please send the form once more."))
        return try_later(_show(visit, form))
    except errors.RegistrationError as error:
        return _refused(visit, error)
    # 303: a reload of the page that follows sends nothing again.
    return HttpResponseRedirect(done_path(visit.page, outcome.status, outcome.mode, visit.request), status=303)


def done_path(page: EventPage, status: str, mode: str, request: HttpRequest | None = None) -> str:
    """Return the address of the page that says what happens next."""
    signature = form_tokens.sign_outcome(page.event_id, status, mode)
    return f"{page.register_path(request)}{DONE}/{status}/{mode}/{signature}/"


def _not_valid(visit: Visit, form: RegistrationForm, client: str) -> HttpResponse:
    if form.is_suspicious and rate_limits.count({"client_wrong": client}, visit.now):
        return _too_many(visit, form, "client_wrong")
    return _show(visit, form)


def _too_many(visit: Visit, form: RegistrationForm, scope: str) -> HttpResponse:
    seconds = rate_limits.seconds_left(scope, visit.now)
    minutes = max(1, round(seconds / 60))
    if scope == "address":
        text = ngettext(
            "The form was sent several times with this e-mail address. Look for our mail, in the folder for unwanted "
            "mail too; if it has not come, try again in %(minutes)d minute.",
            "The form was sent several times with this e-mail address. Look for our mail, in the folder for unwanted "
            "mail too; if it has not come, try again in %(minutes)d minutes.",
            minutes,
        )
    else:
        text = ngettext(
            "The form was sent unusually often. Please try again in %(minutes)d minute; what you wrote stays here.",
            "The form was sent unusually often. Please try again in %(minutes)d minutes; what you wrote stays here.",
            minutes,
        )
    form.add_error(None, text % {"minutes": minutes})
    return try_later(_show(visit, form), seconds)


def _refused(visit: Visit, error: errors.RegistrationError) -> HttpResponse:
    """Say what has changed since the form was opened: the last seat went, or registration has closed."""
    event = visit.page.event = Event.objects.get(pk=visit.page.event_id)
    if not isinstance(error, errors.FullError | errors.ModeNotOfferedError):
        standing = availability(event, visit.now)
        is_open = standing in {RegistrationAvailability.OPEN, RegistrationAvailability.FULL}
        response = _shut(visit, RegistrationAvailability.CLOSED if is_open else standing)
    # The numbers as they are now; a way of taking part that is gone is not shown again.
    elif _has_a_way_in(seats := _seats(visit, seat_counts(event))):
        fresh = _make_form(visit, seats)
        fresh.is_valid()
        if "mode" not in fresh.errors:
            fresh.add_error(
                "mode", _("The last place was taken while you filled in the form. Choose another way, or ask us.")
            )
        response = _show(visit, fresh)
    else:
        response = _shut(visit, RegistrationAvailability.FULL)
    response.status_code = 409
    return response


# What is shown


def _context(request: HttpRequest, page: EventPage, asked: RegistrationSettings | None, title: str) -> dict[str, Any]:
    facts = EventContext(page.event, page.locale.language_code, None)
    facts.page = page
    return {
        "page": page,
        "event": page.event,
        "asked": asked,
        "event_url": page.get_url(request) or "/",
        "when": when_of(page),
        "facts": facts,
        "layout": RegistrationLayout(request, page, title=title),
    }


def _show_empty(visit: Visit, seats: dict[Mode, SeatCount]) -> HttpResponse:
    asked, page = visit.asked, visit.page
    form = _make_form(visit, seats, cached_form.seats_mark)
    marks = {"csrf_token": cached_form.TOKEN_MARK, "form_token": cached_form.SUBMISSION_MARK}
    content = render_to_string(TEMPLATE, _form_context(visit, form) | marks, visit.request)
    ends = [end for end in (asked.registration_ends_at, asked.waiting_ends_at) if end is not None and end > visit.now]
    language, until = page.locale.language_code, min(ends, default=None)
    kept = cached_form.CachedForm(content, page.event_id, language, tuple(seats.values()), until)
    return page_cache.mark_cacheable(kept.show(visit.request, seats.values()), kept)


def _show(visit: Visit, form: RegistrationForm) -> HttpResponse:
    form.seats = {seat.mode: seat for seat in refreshed_seats(visit.page.event_id, form.seats.values())}
    return render(visit.request, TEMPLATE, _form_context(visit, form))


def _form_context(visit: Visit, form: RegistrationForm) -> dict[str, Any]:
    title = _("Error: registration") if form.errors else _("Registration")
    return _context(visit.request, visit.page, visit.asked, title) | {
        "form": form,
        # A new one with each showing: the one that was sent may be what is wrong.
        "form_token": _form_token_to_show(form),
        "problems": form.problems() if form.errors else [],
        "action": visit.page.register_path(visit.request),
        "controllers": [str(organisation) for organisation in organisers_of(visit.page)],
    }


def _form_token_to_show(form: RegistrationForm) -> str:
    """Keep the form_token of a form that is shown again, so that it still counts as the same form."""
    if form.is_bound and form.parsed_token is not None:
        return str(form.data.get("form_token", ""))
    return form_tokens.new_form_token(form.event_id)


def _shut(visit: Visit, availability: RegistrationAvailability) -> HttpResponse:
    opens = moment_in_words(visit.asked.opens_at, visit.page.event.zone) if visit.asked.opens_at else ""
    context = _context(visit.request, visit.page, visit.asked, _("Registration"))
    context |= {"availability": availability, "opens": opens}
    return render(visit.request, "events/registration/shut.html", context)


def _done(request: HttpRequest, page: EventPage, status_name: str, mode_name: str, signature: str) -> HttpResponse:
    """Say what happens next. The same for everybody: the address says state and mode, and nothing of a person."""
    if not form_tokens.is_outcome(page.event_id, status_name, mode_name, signature):
        raise Http404("no such end page")
    status, mode = RegistrationStatus(status_name), Mode(mode_name)
    asked = settings_of(page.event)
    context = _context(request, page, asked, TITLES[status]())
    others: list[SeatCount] = []
    if status == RegistrationStatus.WAITING:
        others = [seat for seat in seat_counts(page.event).values() if seat.mode != mode and not seat.is_full]
    context |= {"status": status, "mode": mode, "others": others}
    return render(request, "events/registration/done.html", context)
