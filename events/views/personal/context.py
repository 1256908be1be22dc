"""The context that all pages of a personal link share, and the page for an action that is not possible."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from events.dates import format_moment
from events.enums import ENDED_PHASES
from events.forms.sessions import sessions_changed_message
from events.registration import errors
from events.registration.detail import RegistrationDetail
from events.registration.mail.context import EventDetails
from events.views.layouts import PersonalLayout, too_many_requests
from events.views.personal.access import PersonalPageView, PersonalRequest, personal_form

PROBLEM_TEXTS = {
    errors.BusyError.code: lambda: _("Many people are registering right now. Try again in a few seconds."),
    errors.TooLateError.code: lambda: _(
        "You can no longer do this, because the deadline has passed. Contact the organisers."
    ),
    errors.OfferExpiredError.code: lambda: _("The offer has expired. The place is no longer reserved for you."),
    errors.FullError.code: lambda: _("No places are left. Your registration has not changed."),
    errors.ModeNotOfferedError.code: lambda: _("The event no longer offers this. Your registration has not changed."),
    errors.EventOffError.code: lambda: _("The event does not take place as planned, or it is over."),
    errors.SessionsChangedError.code: sessions_changed_message,
    errors.SessionsClashError.code: sessions_changed_message,
    errors.NotPossibleError.code: lambda: _("This is no longer possible. See the status on your personal page."),
}
# The views of the link. The names are those of their routes without "registration_".
PAGES = (
    "change",
    "mode",
    "sessions",
    "withdraw",
    "accept",
    "complete",
    "decline",
    "consent",
    "join",
    "ticket",
    "certificate",
    "badge",
    "survey",
    "code_word",
    "calendar",
    "data",
    "data_file",
    "erase",
)


def context_of(personal: PersonalRequest, title: str) -> dict[str, Any]:
    """Return the context that all pages of the link share.

    The event's texts are in the participant's language if the event has a page in it.
    """
    details = EventDetails(personal.registration.event, personal.language, personal.registration)
    page = details.page
    layout = PersonalLayout(personal.request, title=title, event_page=page if page.pk else None)
    return {
        "layout": layout,
        "has_form": True,
        "page": page,
        "event": personal.registration.event,
        "registration": personal.registration,
        "details": details,
        "foreign_language": details.foreign_language,
        "event_url": page.get_url(personal.request) if page.pk and page.live else "",
        "urls": _urls(personal),
    }


def _urls(personal: PersonalRequest) -> dict[str, str]:
    return {name: personal.url(f"registration_{name}") for name in PAGES} | {"overview": personal.url()}


def moments_of(view: RegistrationDetail) -> dict[str, str]:
    """Return the texts of dates and times for the page, in the event's time zone."""
    moments = {
        "offer_end": view.registration.offer_expires_at,
        "change_end": view.change_until,
        "withdraw_end": view.withdraw_until,
        "join_start": view.join_from,
        "waiting_end": view.waiting_until,
        "registered": view.registration.created_at,
    }
    return {name: format_moment(moment, view.event.zone) if moment else "" for name, moment in moments.items()}


def not_possible(personal: PersonalRequest, context: dict[str, Any], error: errors.RegistrationError) -> HttpResponse:
    context |= {"problem": PROBLEM_TEXTS[error.code]()}
    return with_status(render(personal.request, "events/registration/not_possible.html", context), error)


def participation_form(view: PersonalPageView) -> Callable[..., HttpResponse]:
    """Wrap a view with a form that changes the participation.

    Once the event is cancelled or over, the page only states this. The views for the participant's data and consents
    are not wrapped: they work whatever the status of the event is.
    """

    @wraps(view)
    def check_phase(personal: PersonalRequest) -> HttpResponse:
        if personal.registration.event.phase(personal.now) in ENDED_PHASES:
            return not_possible(personal, context_of(personal, _("Your registration")), errors.EventOffError())
        return view(personal)

    return personal_form(check_phase)


def with_status(response: HttpResponse, error: errors.RegistrationError | None) -> HttpResponse:
    if isinstance(error, errors.BusyError):
        return too_many_requests(response)
    if error is not None:
        response.status_code = 409
    return response
