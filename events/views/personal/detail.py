"""What people read by their personal link and take along: how things stand, the way in, their entry, their data."""

from __future__ import annotations

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events.calendar import ics
from events.registration import errors
from events.registration.availability import RegistrationAvailability, availability
from events.registration.detail import participant_detail
from events.registration.mail.calendar_invitation import entry_of, revised_at
from events.registration.privacy.data_export import as_of, personal_data, readable
from events.registration.privacy.retention import anonymise_at, sensitive_answers_delete_at
from events.views.personal.access import Visit, by_link
from events.views.personal.context import context_of, moments_of, not_now

# What the overview says after something was done; its address names it.
DONE_WORDS = {
    "changed": lambda: _("Your changes are saved."),
    "switched": lambda: _("You now take part in another way."),
    "waiting": lambda: _("You are on the waiting list now."),
    "withdrawn": lambda: _("You have withdrawn. Thank you for telling us."),
    "accepted": lambda: _("You have accepted the place."),
    "declined": lambda: _("You have declined the place. Somebody else will be glad of it."),
    "consent": lambda: _("Your consent is taken back."),
}


@require_safe
@by_link
def overview(visit: Visit) -> HttpResponse:
    """How things stand, and what can be done."""
    view = participant_detail(visit.registration, visit.now)
    context = context_of(visit, _("Your registration"))
    done = DONE_WORDS.get(visit.request.GET.get("done", ""))
    context |= {"view": view, "done": done() if done else "", **moments_of(view)}
    context |= {
        "anonymise_at": anonymise_at(visit.registration),
        "sensitive_go_at": sensitive_answers_delete_at(view.event),
    }
    context["may_return"] = view.is_closed and availability(view.event, visit.now) in {
        RegistrationAvailability.OPEN,
        RegistrationAvailability.FULL,
    }
    return render(visit.request, "events/registration/personal.html", context)


@require_safe
@by_link
def join(visit: Visit) -> HttpResponse:
    """The way in, for those who have a place online, from some hours before the event until its end.

    A page with a link, not a redirect: nothing is opened before she has seen where it leads.
    """
    view = participant_detail(visit.registration, visit.now)
    context = context_of(visit, _("Join online"))
    if not view.attends_online:
        return not_now(visit, context, errors.EventOffError() if view.is_inactive else errors.NotPossibleError())
    context |= {"view": view, **moments_of(view)}
    return render(visit.request, "events/registration/join.html", context)


@require_safe
@by_link
def calendar(visit: Visit) -> HttpResponse:
    """Her own entry: the one that mail brings, with the same UID, so that it is changed and not doubled."""
    view = participant_detail(visit.registration, visit.now)
    context = context_of(visit, _("Calendar"))
    if not view.has_calendar:
        return not_now(visit, context, errors.NotPossibleError())
    page = context["page"]
    registration = visit.registration
    entry = entry_of(registration, page, registration.calendar_sequence, revised_at(registration, page))
    content = ics.calendar(
        [entry],
        name=page.title,
        language=visit.language,
        uid=f"{registration.key}-personal",
        # Where the file came from is the personal link: it does not go into a calendar, which is shared.
        source_url=context["facts"].event_url,
    )
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename="event.ics")
    return response


@require_safe
@by_link
def data(visit: Visit) -> HttpResponse:
    """Everything that is stored about her, to read (GDPR Art. 15)."""
    context = context_of(visit, _("Your data"))
    context |= {"chapters": readable(visit.registration), "as_of": as_of(visit.registration, visit.now)}
    return render(visit.request, "events/registration/data.html", context)


@require_safe
@by_link
def data_file(visit: Visit) -> HttpResponse:
    """The same for programs (GDPR Art. 20)."""
    content = json.dumps(personal_data(visit.registration), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    response = HttpResponse(content, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename="registration.json")
    return response
