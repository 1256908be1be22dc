"""The registration form of an event, and the page after it.

Both are part of the event's page (`EventPage.route`), so a password for the page protects them as well.
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

from events.dates import format_moment, when_of
from events.enums import ConsentPurpose, Mode
from events.forms.registration import RegistrationForm
from events.forms.sessions import SessionChoices, sessions_changed_message
from events.models import Event, EventPage, RegistrationSettings
from events.models.pages import GROUP_SLUG, REGISTRATION_SLUG
from events.registration import commands, errors, form_tokens, rate_limits
from events.registration.availability import RegistrationAvailability, availability, availability_for, joinable_seats
from events.registration.chosen_sessions import chosen_sessions, open_sessions
from events.registration.labels import consent_text, seats_label
from events.registration.mail.context import EventDetails
from events.registration.questions import questions_for
from events.registration.seats import (
    SeatCount,
    offered_seats,
    refreshed_seats,
    seat_counts,
    session_counts,
    settings_of,
)
from events.registration.sessions import SessionDetail
from events.states import RegistrationStatus
from events.views import cached_form, end_page
from events.views.layouts import RegistrationLayout, too_many_requests
from home.http import page_cache
from home.http.client_address import client_network
from home.http.private_responses import mark_private

Seats = Mapping[Mode, SeatCount]

END_PAGE = "done"
TEMPLATE = "events/registration/form.html"
END_PAGE_TITLES = {
    RegistrationStatus.CONFIRMED: lambda: _("You are registered"),
    RegistrationStatus.OFFERED: lambda: _("Confirm your email address"),
    RegistrationStatus.PENDING: lambda: _("We have received your registration"),
    RegistrationStatus.WAITING: lambda: _("You are on the waiting list"),
}


@dataclass(frozen=True)
class RegistrationRequest:
    """A request for the form of an event that takes registrations on this site."""

    request: HttpRequest
    page: EventPage
    settings: RegistrationSettings
    now: datetime.datetime

    @property
    def is_post(self) -> bool:
        return self.request.method == HTTPMethod.POST


@sensitive_post_parameters()
def registration_view(request: HttpRequest, page: EventPage, path: tuple[str, ...]) -> HttpResponse:
    """Serve the form, or the end page below it. `path` is what follows `register/` in the address."""
    now = timezone.now()
    if not path:
        return mark_private(_form(request, page, now))
    if len(path) == 4 and path[0] == END_PAGE:
        cached = _end_page(request, page, *path[1:])
        return page_cache.mark_cacheable(mark_private(cached.fill(request)), cached)
    raise Http404("no such page below the registration form")


def _form(request: HttpRequest, page: EventPage, now: datetime.datetime) -> HttpResponse:
    # The command counts the places under the event's lock. The numbers here are only shown, so a POST needs none yet.
    if request.method == HTTPMethod.POST:
        page.event, counts = page_cache.cached(
            f"seats-{page.event_id}", lambda: with_seats(page.event_id, offered_seats)
        )
    else:
        page.event, counts = with_seats(page.event_id, seat_counts)
    settings = settings_of(page.event)
    status = availability_for(page.event, settings, counts, now)
    if status == RegistrationAvailability.EXTERNAL:
        return HttpResponseRedirect(page.get_url(request) or "/")
    if settings is None or status == RegistrationAvailability.NONE:
        raise Http404("no registration")
    registering = RegistrationRequest(request, page, settings, now)
    seats = seats_for(registering, counts)
    is_open = status in {RegistrationAvailability.OPEN, RegistrationAvailability.FULL}
    if not is_open or not has_places(seats):
        return show_unavailable(registering, status)
    if registering.is_post:
        return _process(registering, _make_form(registering, seats))
    return _show_empty(registering, seats)


def with_seats(event_id: int, count: Callable[[Event], dict[Mode, SeatCount]]) -> tuple[Event, dict[Mode, SeatCount]]:
    event = Event.objects.select_related("registration_settings").get(pk=event_id)
    return event, count(event)


def seats_for(registering: RegistrationRequest, counts: Seats) -> dict[Mode, SeatCount]:
    """Return the numbers of places for a new registration. A waiting list that has ended is left out."""
    return joinable_seats(registering.settings, counts, registering.now)


def has_places(seats: Seats) -> bool:
    return any(seat.can_join for seat in seats.values())


def _make_form(
    registering: RegistrationRequest,
    seats: Seats,
    seat_text: Callable[[SeatCount], str] = seats_label,
    *,
    session_text: Callable[[int, SeatCount], str] = lambda _pk, count: seats_label(count),
) -> RegistrationForm:
    page = registering.page
    return RegistrationForm(
        registering.request.POST if registering.is_post else None,
        event_id=page.event_id,
        language=page.locale.language_code,
        seats=seats,
        settings=registering.settings,
        seat_text=seat_text,
        sessions=SessionChoices(_sessions(registering), text=session_text, names_days=page.event.is_several_days),
        questions=page_cache.cached(f"questions-{page.pk}", partial(questions_for, page)),
        consent_texts={purpose: consent_text(purpose, page) for purpose in ConsentPurpose},
    )


def _sessions(registering: RegistrationRequest) -> list[SessionDetail]:
    """Return the sessions that the form offers."""
    page = registering.page
    sessions = page_cache.cached(f"sessions-{page.pk}", partial(chosen_sessions, page.event, page.locale.language_code))
    return open_sessions(sessions, registering.now)


# A form that was sent


def _process(registering: RegistrationRequest, form: RegistrationForm) -> HttpResponse:
    """Register the participant, or show the form again with their input and the errors."""
    event_id, now = registering.page.event_id, registering.now
    client = client_network(registering.request)
    try:
        if not form.is_valid():
            return _show_invalid(registering, form, client)
        if exceeded := _count(registering, form, client):
            return _show_too_many(registering, form, exceeded)
        outcome = commands.register(
            event_id,
            form.applicant(),
            form.answers(),
            form.consents(),
            form.submission_key(),
            now,
            sessions=form.chosen_sessions(),
        )
    except errors.BusyError:
        form.add_error(None, _("Many people are registering right now. Send the form again in a few seconds."))
        return too_many_requests(_show(registering, form))
    except errors.RegistrationError as error:
        return _show_refusal(registering, error)
    # 303: reloading the next page does not send the form again.
    path = end_page_path(registering.page, outcome.status, outcome.mode, registering.request)
    response = HttpResponseRedirect(path, status=303)
    end_page.remember(response, path, event_id, form.cleaned_data["email"], form.chosen_sessions())
    return response


def _count(registering: RegistrationRequest, form: RegistrationForm, client: str) -> str:
    """Count a valid form for the rate limits. Returns the scope whose limit is exceeded, or an empty text.

    Forms that exceed the client's own limits do not count for the event and the addresses. Otherwise one client could
    lock out others.
    """
    event = str(registering.page.event_id)
    own = {"client": client, "client_event": f"{event} {client}", "form": form.token_key()}
    shared = {"address": form.submission_address(), "mailbox": form.mailbox(), "event": event}
    return rate_limits.count(own, registering.now) or rate_limits.count(shared, registering.now)


def end_page_path(page: EventPage, status: str, mode: str, request: HttpRequest | None = None) -> str:
    """Return the address of the page that says what happens next."""
    signature = form_tokens.sign_outcome(page.event_id, status, mode)
    return f"{page.register_path(request)}{END_PAGE}/{status}/{mode}/{signature}/"


def _show_invalid(registering: RegistrationRequest, form: RegistrationForm, client: str) -> HttpResponse:
    if form.is_suspicious and rate_limits.count({"client_wrong": client}, registering.now):
        return _show_too_many(registering, form, "client_wrong")
    return _show(registering, form)


def _show_too_many(registering: RegistrationRequest, form: RegistrationForm, scope: str) -> HttpResponse:
    if scope == "form":
        return _show_used_up(registering, form)
    seconds = rate_limits.seconds_left(scope, registering.now)
    minutes = max(1, round(seconds / 60))
    if scope in {"address", "mailbox"}:
        text = ngettext(
            "The form was sent several times with this email address. Check your email and the spam folder. If you have "
            "no email from us, try again in %(minutes)d minute.",
            "The form was sent several times with this email address. Check your email and the spam folder. If you have "
            "no email from us, try again in %(minutes)d minutes.",
            minutes,
        )
    else:
        text = ngettext(
            "The form was sent too often. Try again in %(minutes)d minute. Your answers stay on this page.",
            "The form was sent too often. Try again in %(minutes)d minutes. Your answers stay on this page.",
            minutes,
        )
    form.add_error(None, text % {"minutes": minutes})
    return too_many_requests(_show(registering, form), seconds)


def _show_used_up(registering: RegistrationRequest, form: RegistrationForm) -> HttpResponse:
    """Show the form again with a new token, after it was sent for several people."""
    form.forget_token()
    form.add_error(
        None,
        _("This form has been used too often, so nothing was sent this time. Check your answers and send it again."),
    )
    return _show(registering, form)


def _show_refusal(registering: RegistrationRequest, error: errors.RegistrationError) -> HttpResponse:
    """Show what has changed since the form was opened, such as that the last place was taken or registration has closed."""
    event = registering.page.event = Event.objects.get(pk=registering.page.event_id)
    if isinstance(error, errors.SessionsChangedError | errors.SessionsClashError):
        form = _make_form(registering, seats_for(registering, seat_counts(event)))
        form.is_valid()
        form.add_error(None, sessions_changed_message())
        response = _show(registering, form)
    elif not isinstance(error, errors.FullError | errors.ModeNotOfferedError):
        status = availability(event, registering.now)
        is_open = status in {RegistrationAvailability.OPEN, RegistrationAvailability.FULL}
        response = show_unavailable(registering, RegistrationAvailability.CLOSED if is_open else status)
    # The form has new numbers of places, and leaves out a mode that is no longer offered.
    elif has_places(seats := seats_for(registering, seat_counts(event))):
        form = _make_form(registering, seats)
        form.is_valid()
        if "mode" not in form.errors:
            message = _("The last place was taken while you filled in the form. Choose another option or contact us.")
            form.add_error("mode", message)
        response = _show(registering, form)
    else:
        response = show_unavailable(registering, RegistrationAvailability.FULL)
    response.status_code = 409
    return response


# Pages


def page_context(
    request: HttpRequest,
    page: EventPage,
    settings: RegistrationSettings | None,
    title: str,
    form_path: str = f"{REGISTRATION_SLUG}/",
) -> dict[str, Any]:
    """Return the context that all registration pages share. Links to other languages lead to the form at `form_path`."""
    details = EventDetails(page.event, page.locale.language_code, None)
    details.page = page
    return {
        "page": page,
        "event": page.event,
        "settings": settings,
        "event_url": page.get_url(request) or "/",
        "when": when_of(page),
        "details": details,
        "layout": RegistrationLayout(request, page, title=title, form_path=form_path),
    }


def _show_empty(registering: RegistrationRequest, seats: Seats) -> HttpResponse:
    settings, page = registering.settings, registering.page
    form = _make_form(registering, seats, cached_form.places_mark, session_text=cached_form.session_mark)
    form.count_sessions(session_counts(page.event) if form.session_choices.sessions else {})
    marks = {"csrf_token": cached_form.CSRF_TOKEN_MARK, "form_token": cached_form.FORM_TOKEN_MARK}
    content = render_to_string(TEMPLATE, _form_context(registering, form) | marks, registering.request)
    ends = [
        end
        for end in (settings.registration_ends_at, settings.waiting_ends_at)
        if end is not None and end > registering.now
    ]
    ends += [session.starts_at for session in form.session_choices.sessions]
    language, until = page.locale.language_code, min(ends, default=None)
    has_sessions = bool(form.session_choices.sessions)
    cached = cached_form.CachedForm(content, page.event_id, language, tuple(seats.values()), until, has_sessions)
    return page_cache.mark_cacheable(
        cached.show(registering.request, seats.values(), form.session_choices.counts), cached
    )


def _show(registering: RegistrationRequest, form: RegistrationForm) -> HttpResponse:
    form.seats = {seat.mode: seat for seat in refreshed_seats(registering.page.event_id, form.seats.values())}
    if form.session_choices.sessions:
        form.count_sessions(session_counts(registering.page.event))
    return render(registering.request, TEMPLATE, _form_context(registering, form))


def _form_context(registering: RegistrationRequest, form: RegistrationForm) -> dict[str, Any]:
    title = _("Error: registration") if form.errors else _("Registration")
    return page_context(registering.request, registering.page, registering.settings, title) | {
        "form": form,
        "form_token": _form_token(form),
        "closes": closing_moment(registering),
        "problems": form.problems() if form.errors else [],
        "action": registering.page.register_path(registering.request),
        "group_url": f"{registering.page.register_path(registering.request)}{GROUP_SLUG}/",
        "controllers": [str(organisation) for organisation in registering.page.organisers],
    }


def closing_moment(registering: RegistrationRequest) -> str:
    """Return when registration ends, in the event's time zone; empty if no deadline is set."""
    ends_at = registering.settings.registration_ends_at
    return format_moment(ends_at, registering.page.event.zone) if ends_at else ""


def _form_token(form: RegistrationForm) -> str:
    """Return the token that was sent, so that the form keeps its identity; a new token if that was not valid."""
    if form.is_bound and form.decoded_token is not None:
        return str(form.data.get("form_token", ""))
    return form_tokens.new_form_token(form.event_id)


def show_unavailable(registering: RegistrationRequest, status: RegistrationAvailability) -> HttpResponse:
    settings = registering.settings
    opens = format_moment(settings.opens_at, registering.page.event.zone) if settings.opens_at else ""
    context = page_context(registering.request, registering.page, settings, _("Registration"))
    context |= {"availability": status, "opens": opens}
    return render(registering.request, "events/registration/unavailable.html", context)


def _end_page(
    request: HttpRequest, page: EventPage, status_name: str, mode_name: str, signature: str
) -> end_page.CachedEndPage:
    """Return the page that states what happens next.

    Its address contains status and mode and no personal data, so the page is the same for everyone.
    """
    if not form_tokens.is_outcome(page.event_id, status_name, mode_name, signature):
        raise Http404("no such end page")
    status, mode = RegistrationStatus(status_name), Mode(mode_name)
    context = page_context(request, page, settings_of(page.event), END_PAGE_TITLES[status]())
    others: list[SeatCount] = []
    if status == RegistrationStatus.WAITING:
        others = [seat for seat in seat_counts(page.event).values() if seat.mode != mode and not seat.is_full]
    context |= {"status": status, "mode": mode, "others": others}
    template = "events/registration/registered.html"
    marks = {"address": end_page.ADDRESS_MARK, "sessions": end_page.SESSIONS_MARK}
    with_marks, without = (render_to_string(template, context | own, request) for own in (marks, {}))
    sessions = chosen_sessions(page.event, page.locale.language_code)
    is_online = mode == Mode.ONLINE
    lines = tuple(
        (session.key.hex, ", ".join(filter(None, [session.label, "" if is_online else session.place])))
        for session in sessions
    )
    row = render_to_string("events/registration/registered_sessions.html", marks | {"has_places": not is_online})
    return end_page.CachedEndPage(with_marks, without, page.event_id, lines, row if lines else "")
