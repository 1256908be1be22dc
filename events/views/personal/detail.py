"""Pages and files that participants get with their personal link: status, joining link, calendar entry and data."""

from __future__ import annotations

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events.attendance.code_words import may_enter_code
from events.certificates.keys import is_issuer
from events.models import AddressChange, Certificate
from events.presentation.certificate_pdf import CertificatePrinter
from events.presentation.ticket_pdf import ticket_pdf
from events.registration import errors, tickets
from events.registration.availability import RegistrationAvailability, availability
from events.registration.chosen_sessions import chosen_sessions, open_sessions
from events.registration.detail import participant_detail
from events.registration.mail.calendar_invitation import entry_of, revised_at
from events.registration.privacy.data_export import personal_data
from events.registration.privacy.data_to_read import as_of, readable
from events.registration.privacy.retention import anonymise_at, sensitive_answers_delete_at
from events.survey.commands import may_answer
from events.views.personal.access import PersonalRequest, personal_page
from events.views.personal.context import context_of, moments_of, not_possible
from home import qr

# Messages on the overview after an action; the query parameter `done` names the message.
DONE_MESSAGES = {
    "changed": lambda: _("Your changes are saved."),
    "new_address": lambda: _(
        "Your changes are saved. We have sent an email to your new address. Open the link in it to confirm the address."
    ),
    "address": lambda: _("Your new email address is confirmed."),
    "switched": lambda: _("You have changed how you attend."),
    "switched_questions": lambda: _(
        "You have changed how you attend. The organisers have questions about this: select “Change your details”."
    ),
    "waiting": lambda: _("You are on the waiting list."),
    "withdrawn": lambda: _("You have withdrawn your registration."),
    "confirmed": lambda: _("Your email address is confirmed."),
    "accepted": lambda: _("You have accepted the place."),
    "declined": lambda: _("You have declined the place."),
    "answered": lambda: _("Thank you for your answers."),
    "consent": lambda: _("You have withdrawn your consent."),
    "sessions": lambda: _("Your choice of sessions is saved."),
    "sessions_waiting": lambda: _("Your choice of sessions is saved. In at least one you are on the waiting list."),
    "attended": lambda: _("Thank you. Your attendance of the session is recorded."),
}


@require_safe
@personal_page
def overview(personal: PersonalRequest) -> HttpResponse:
    """Show the status of the registration and the actions that are possible."""
    view = participant_detail(personal.registration, personal.now)
    context = context_of(personal, _("Your registration"))
    message = DONE_MESSAGES.get(personal.request.GET.get("done", ""))
    context |= {"view": view, "message": message() if message else "", **moments_of(view)}
    context["address_change"] = AddressChange.objects.filter(
        registration=personal.registration, expires_at__gt=personal.now
    ).first()
    context |= {
        "anonymise_at": anonymise_at(personal.registration),
        "sensitive_go_at": sensitive_answers_delete_at(view.event),
    }
    context["offers_sessions"] = view.may_choose_sessions and bool(
        open_sessions(chosen_sessions(view.event, personal.language), personal.now)
    )
    context["may_register_again"] = view.may_register_again and availability(view.event, personal.now) in {
        RegistrationAvailability.OPEN,
        RegistrationAvailability.FULL,
    }
    if tickets.shows_ticket(personal.registration) and not view.is_inactive:
        ticket = tickets.ticket_of(personal.registration)
        context |= {"ticket": tickets.shown(ticket), "ticket_picture": mark_safe(qr.svg(ticket.code))}
    context |= {"certificate": _valid_certificate(personal), "has_badge": is_issuer()}
    context["may_enter_code"] = may_enter_code(personal.registration, personal.now)
    context["may_answer_survey"] = may_answer(personal.registration, personal.now)
    return render(personal.request, "events/registration/personal.html", context)


def _valid_certificate(personal: PersonalRequest) -> Certificate | None:
    return Certificate.objects.filter(registration=personal.registration, revoked_on=None).first()


@require_safe
@personal_page
def certificate(personal: PersonalRequest) -> HttpResponse:
    """Return the certificate as a PDF, in the participant's language or in the language of the query (`language`)."""
    found = _valid_certificate(personal)
    if found is None:
        return not_possible(personal, context_of(personal, _("Your certificate")), errors.NotPossibleError())
    pdf = CertificatePrinter(personal.registration.event).pdf(found, personal.request.GET.get("language", ""))
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="certificate-{found.shown_number}.pdf"'
    return response


@require_safe
@personal_page
def badge(personal: PersonalRequest) -> HttpResponse:
    """Return the badge, which is a picture that contains the signed credential (Open Badges 3.0)."""
    found = _valid_certificate(personal)
    if found is None or not is_issuer():
        return not_possible(personal, context_of(personal, _("Your certificate")), errors.NotPossibleError())
    content = CertificatePrinter(personal.registration.event).badge(found)
    response = HttpResponse(content, content_type="image/png")
    response["Content-Disposition"] = f'attachment; filename="badge-{found.shown_number}.png"'
    return response


@require_safe
@personal_page
def ticket(personal: PersonalRequest) -> HttpResponse:
    """Return the ticket as a PDF of one page, for printing or for the phone."""
    context = context_of(personal, _("Your ticket"))
    if not tickets.shows_ticket(personal.registration):
        return not_possible(personal, context, errors.NotPossibleError())
    pdf = ticket_pdf(personal.registration, context["details"], context["layout"])
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="ticket.pdf"'
    return response


@require_safe
@personal_page
def join(personal: PersonalRequest) -> HttpResponse:
    """Show the joining link to participants who attend online, from some hours before the event until its end.

    This is a page and not a redirect, so that participants see the address before they open it.
    """
    view = participant_detail(personal.registration, personal.now)
    context = context_of(personal, _("Join online"))
    if not view.attends_online:
        return not_possible(
            personal, context, errors.EventOffError() if view.is_inactive else errors.NotPossibleError()
        )
    context |= {"view": view, **moments_of(view)}
    return render(personal.request, "events/registration/join.html", context)


@require_safe
@personal_page
def calendar(personal: PersonalRequest) -> HttpResponse:
    """Return the participant's calendar entry. It has the same UID as the entry sent by email, so it is not added twice."""
    view = participant_detail(personal.registration, personal.now)
    context = context_of(personal, _("Calendar"))
    if not view.has_calendar:
        return not_possible(personal, context, errors.NotPossibleError())
    page = context["page"]
    registration = personal.registration
    entry = entry_of(registration, page, registration.calendar_sequence, revised_at(registration, page))
    from events.calendar import ics  # noqa: PLC0415  (memory: most processes make no calendar file)

    content = ics.calendar(
        [entry],
        name=page.title,
        language=personal.language,
        uid=f"{registration.calendar_key}-personal",
        # The address of this request is not used, because calendars are shared and it contains the personal token.
        source_url=context["details"].event_url,
    )
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename="event.ics")
    return response


@require_safe
@personal_page
def data(personal: PersonalRequest) -> HttpResponse:
    """Show all stored data of the participant (GDPR Art. 15)."""
    context = context_of(personal, _("Your data"))
    context |= {"chapters": readable(personal.registration), "as_of": as_of(personal.registration, personal.now)}
    return render(personal.request, "events/registration/data.html", context)


@require_safe
@personal_page
def data_file(personal: PersonalRequest) -> HttpResponse:
    """Return the stored data of the participant as JSON (GDPR Art. 20)."""
    content = json.dumps(personal_data(personal.registration), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    response = HttpResponse(content, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename="registration.json")
    return response
