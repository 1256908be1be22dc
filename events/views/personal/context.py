"""What the pages of a personal link have in common, and how they say that something is not possible."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from events.dates import moment_in_words
from events.enums import ENDED_PHASES
from events.registration import errors
from events.registration.detail import RegistrationDetail
from events.registration.mail.context import EventContext
from events.views.layouts import PersonalLayout, try_later
from events.views.personal.access import View, Visit, form_by_link

PROBLEM_WORDS = {
    errors.BusyError.code: lambda: _("Very many people are registering at this moment. Please try again."),
    errors.TooLateError.code: lambda: _("The last moment for this is over. Please write to the organisers."),
    errors.OfferExpiredError.code: lambda: _(
        "The offer ran out before you answered: the place is not kept for you any more."
    ),
    errors.FullError.code: lambda: _("No place is left there any more. Nothing has changed for you."),
    errors.ModeNotOfferedError.code: lambda: _(
        "Nobody can take part in this way any more. Nothing has changed for you."
    ),
    errors.EventOffError.code: lambda: _("The event does not take place as planned, or it is over."),
    errors.NotPossibleError.code: lambda: _("This is not possible any more. Your page shows how things stand."),
}


def context_of(visit: Visit, title: str) -> dict[str, Any]:
    """Return what every page of the link shows. Words of the event are those of the person's language, if it has any."""
    facts = EventContext(visit.registration.event, visit.language, visit.registration)
    page = facts.page
    layout = PersonalLayout(visit.request, title=title, event_page=page if page.pk else None)
    return {
        "layout": layout,
        "has_form": True,
        "page": page,
        "event": visit.registration.event,
        "registration": visit.registration,
        "facts": facts,
        "foreign_language": facts.foreign_language,
        "event_url": page.get_url(visit.request) if page.pk and page.live else "",
        "urls": _urls(visit),
    }


def _urls(visit: Visit) -> dict[str, str]:
    names = (
        "change",
        "mode",
        "withdraw",
        "accept",
        "decline",
        "consent",
        "join",
        "calendar",
        "data",
        "data_file",
        "erase",
    )
    return {name: visit.url(f"registration_{name}") for name in names} | {"overview": visit.url()}


def moments_of(view: RegistrationDetail) -> dict[str, str]:
    """Return the moments that the page names, on the event's clocks."""
    moments = {
        "offer_end": view.registration.offer_expires_at,
        "change_end": view.change_until,
        "withdraw_end": view.withdraw_until,
        "join_start": view.join_from,
        "registered": view.registration.created_at,
    }
    return {name: moment_in_words(moment, view.event.zone) if moment else "" for name, moment in moments.items()}


def not_now(visit: Visit, context: dict[str, Any], error: errors.RegistrationError) -> HttpResponse:
    context |= {"problem": PROBLEM_WORDS[error.code]()}
    return with_status(render(visit.request, "events/registration/not_now.html", context), error)


def action_by_link(view: View) -> Callable[..., HttpResponse]:
    """A view with a form that changes how somebody takes part. When the event is cancelled or over it says so instead.

    What is hers whatever becomes of the event (her data, her consents) is no such view.
    """

    @wraps(view)
    def while_it_lasts(visit: Visit) -> HttpResponse:
        if visit.registration.event.phase(visit.now) in ENDED_PHASES:
            return not_now(visit, context_of(visit, _("Your registration")), errors.EventOffError())
        return view(visit)

    return form_by_link(while_it_lasts)


def with_status(response: HttpResponse, error: errors.RegistrationError | None) -> HttpResponse:
    if isinstance(error, errors.BusyError):
        return try_later(response)
    if error is not None:
        response.status_code = 409
    return response
