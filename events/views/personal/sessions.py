"""The choice of sessions on the personal page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from events.forms.sessions import SessionChoices, SessionsForm, sessions_changed_message
from events.registration import commands, errors
from events.registration.actor import PARTICIPANT
from events.registration.chosen_sessions import ChosenSession, chosen_sessions, open_sessions, seats_of
from events.registration.detail import participant_detail
from events.registration.seats import session_counts
from events.views.layouts import PersonalLayout
from events.views.personal.access import PersonalRequest
from events.views.personal.context import PROBLEM_TEXTS, context_of, not_possible, participation_form, with_status


@participation_form
def sessions(personal: PersonalRequest) -> HttpResponse:
    """Change the choice of sessions. Places that are given up go to people who wait for them."""
    view = participant_detail(personal.registration, personal.now)
    context = context_of(personal, _("Choose sessions"))
    if not view.may_choose_sessions:
        return not_possible(personal, context, errors.TooLateError())
    choices = session_choices(personal)
    if not choices.sessions:
        return not_possible(personal, context, errors.NotPossibleError())
    mode = personal.registration.effective_mode
    form = SessionsForm(personal.request.POST if personal.is_post else None, choices=choices, mode=mode)
    problem: errors.RegistrationError | None = None
    if personal.is_post and form.is_valid():
        try:
            commands.choose_sessions(personal.registration.pk, form.chosen_sessions(), PARTICIPANT, personal.now)
        except (errors.SessionsChangedError, errors.SessionsClashError) as error:
            problem = error
            form.add_error(None, sessions_changed_message())
        except errors.BusyError as error:
            problem = error
            form.add_error(None, PROBLEM_TEXTS[error.code]())
        except errors.RegistrationError as error:
            return not_possible(personal, context, error)
        else:
            chosen = seats_of(personal.registration)
            is_waiting = any(item.is_waiting for item in chosen)
            return personal.redirect_to_overview("sessions_waiting" if is_waiting else "sessions")
    if form.errors:
        context["layout"] = PersonalLayout(
            personal.request, title=_("Error: choose sessions"), event_page=context["layout"].event_page
        )
    context |= {"form": form, "problems": form.problems() if form.errors else [], "view": view}
    response = render(personal.request, "events/registration/sessions.html", context)
    if form.errors and problem is None:
        response.status_code = 422
    return with_status(response, problem)


def session_choices(personal: PersonalRequest) -> SessionChoices:
    """Return the sessions that the participant may choose now, and those that they have chosen."""
    event = personal.registration.event
    offered = open_sessions(chosen_sessions(event, personal.language), personal.now)
    if not offered:
        return SessionChoices()
    chosen: list[ChosenSession] = seats_of(personal.registration)
    return SessionChoices(
        offered,
        session_counts(event),
        {item.session.key for item in chosen},
        {item.session.key for item in chosen if item.is_waiting},
        names_days=event.is_several_days,
    )
