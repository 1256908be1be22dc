"""Changes by participants with their personal link: details and answers, attendance mode and consents."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from events.enums import ConsentPurpose, Mode
from events.forms.fields import initial_name
from events.forms.questions import entered_value, question_name, with_stored_choices
from events.forms.registration import ChangeForm
from events.forms.sessions import NO_SESSIONS, SessionChoices
from events.models import RegistrationSettings
from events.registration import commands, consents, errors, rate_limits
from events.registration.actor import PARTICIPANT
from events.registration.addresses import email_key, mailbox_key
from events.registration.detail import RegistrationDetail, participant_detail, stored_answers
from events.registration.labels import consent_text, seats_label
from events.registration.questions import questions_for
from events.registration.seats import settings_of
from events.registration.switching import SwitchEffects, effects_of
from events.states import RegistrationStatus
from events.views.layouts import PersonalLayout, too_many_requests
from events.views.personal.access import PersonalRequest, personal_form
from events.views.personal.context import (
    PROBLEM_TEXTS,
    context_of,
    moments_of,
    not_possible,
    participation_form,
    with_status,
)
from events.views.personal.sessions import session_choices
from home.http.client_address import client_network


@participation_form
def change(personal: PersonalRequest) -> HttpResponse:
    """Change details and answers, and the consents that the form asks for."""
    view = participant_detail(personal.registration, personal.now)
    context = context_of(personal, _("Change your registration"))
    settings = settings_of(personal.registration.event)
    if settings is None or not view.may_change:
        return not_possible(personal, context, errors.TooLateError())
    form = _change_form(personal, context, settings)
    if personal.is_post and form.is_valid():
        address = form.new_address()
        try:
            if address and _sends_too_often(personal, address):
                form.add_error("email", _("Too many emails were sent to this address. Try again later."))
                return too_many_requests(_show_change(personal, context, form, view))
            commands.change_answers(
                personal.registration.pk,
                form.answers(),
                form.applicant_changes(),
                PARTICIPANT,
                personal.now,
                consents=form.consents(),
            )
            if address:
                commands.request_address(personal.registration.pk, address, PARTICIPANT, personal.now)
        except errors.BusyError as error:
            form.add_error(None, PROBLEM_TEXTS[error.code]())
            return too_many_requests(_show_change(personal, context, form, view))
        except errors.RegistrationError as error:
            return not_possible(personal, context, error)
        return personal.redirect_to_overview("new_address" if address else "changed")
    return _show_change(personal, context, form, view)


@participation_form
def complete(personal: PersonalRequest) -> HttpResponse:
    """Show the registration form to an invited person. Sending it accepts the invitation."""
    view = participant_detail(personal.registration, personal.now)
    context = context_of(personal, _("Complete your registration"))
    settings = settings_of(personal.registration.event)
    if view.is_attending:
        return personal.redirect_to_overview("accepted")
    if settings is None or not view.is_invitation:
        is_late = view.status == RegistrationStatus.EXPIRED
        return not_possible(personal, context, errors.OfferExpiredError() if is_late else errors.NotPossibleError())
    form = _change_form(personal, context, settings, has_address=False, sessions=session_choices(personal))
    if personal.is_post and form.is_valid():
        try:
            commands.complete(
                personal.registration.pk,
                form.answers(),
                form.applicant_changes(),
                form.consents(),
                personal.now,
                sessions=form.chosen_sessions(),
            )
        except (errors.SessionsChangedError, errors.SessionsClashError) as error:
            form.add_error(None, PROBLEM_TEXTS[error.code]())
            return with_status(_show_completion(personal, context, form, view), error)
        except errors.BusyError as error:
            form.add_error(None, PROBLEM_TEXTS[error.code]())
            return too_many_requests(_show_completion(personal, context, form, view))
        except errors.RegistrationError as error:
            return not_possible(personal, context, error)
        return personal.redirect_to_overview("accepted")
    return _show_completion(personal, context, form, view)


def _show_completion(
    personal: PersonalRequest, context: dict[str, Any], form: ChangeForm, view: RegistrationDetail
) -> HttpResponse:
    title = _("Error: complete your registration") if form.errors else _("Complete your registration")
    event_page = context["layout"].event_page
    context |= {
        "form": form,
        "layout": PersonalLayout(personal.request, title=title, event_page=event_page),
        "problems": form.problems() if form.errors else [],
        "view": view,
        "settings": view.settings,
        "controllers": [str(organisation) for organisation in context["page"].organisers],
        **moments_of(view),
    }
    return render(personal.request, "events/registration/complete.html", context)


def _sends_too_often(personal: PersonalRequest, address: str) -> bool:
    """Count an email to a new address for the rate limits, and return whether a limit is exceeded."""
    own = {"client": client_network(personal.request)}
    shared = {"address": email_key(address), "mailbox": mailbox_key(address)}
    return bool(rate_limits.count(own, personal.now) or rate_limits.count(shared, personal.now))


def _change_form(
    personal: PersonalRequest,
    context: dict[str, Any],
    settings: RegistrationSettings,
    *,
    has_address: bool = True,
    sessions: SessionChoices = NO_SESSIONS,
) -> ChangeForm:
    registration, page = personal.registration, context["page"]
    questions = questions_for(page) if page.pk else []
    stored = stored_answers(registration, questions)
    initial = {
        **initial_name(registration),
        "email": registration.email,
        "organisation": registration.organisation,
        "profession": registration.profession,
        "country": str(registration.country),
        "agree_sensitive": consents.has_consent(registration, ConsentPurpose.SENSITIVE),
        "agree_photos": consents.has_consent(registration, ConsentPurpose.PHOTOS),
    }
    initial |= {question_name(item): entered_value(item, stored.get(item.key)) for item in questions}
    return ChangeForm(
        personal.request.POST if personal.is_post else None,
        mode=registration.mode,
        settings=settings,
        sessions=sessions,
        has_address=has_address and bool(registration.email) and registration.is_address_confirmed,
        questions=[
            with_stored_choices(item, stored.get(item.key)) for item in questions if item.applies_to(registration.mode)
        ],
        consent_texts={purpose: consent_text(purpose, page) for purpose in ConsentPurpose},
        initial=initial,
    )


def _show_change(
    personal: PersonalRequest, context: dict[str, Any], form: ChangeForm, view: RegistrationDetail
) -> HttpResponse:
    if form.errors:
        context["layout"] = PersonalLayout(
            personal.request, title=_("Error: change your registration"), event_page=context["layout"].event_page
        )
    context |= {"form": form, "problems": form.problems() if form.errors else [], "view": view}
    return render(personal.request, "events/registration/edit.html", context)


class ModeForm(forms.Form):
    """The choice of another attendance mode.

    `wait` is sent by the button for joining the waiting list of that mode. `confirmed` is sent by the page that states
    what is lost, with `withdraws_sensitive` if its box is ticked.
    """

    mode = forms.ChoiceField(choices=Mode.choices)
    wait = forms.BooleanField(required=False)
    confirmed = forms.BooleanField(required=False)
    withdraws_sensitive = forms.BooleanField(required=False)


@participation_form
def mode(personal: PersonalRequest) -> HttpResponse:
    """Change the attendance mode, at once if a place is free, otherwise by joining the waiting list of that mode.

    A page asks first if the participant may lose something permanently, or if a consent is no longer needed.
    """
    context = context_of(personal, _("Change how you attend"))
    form = ModeForm(personal.request.POST if personal.is_post else None)
    if form.is_bound and form.is_valid():
        wanted, waits = Mode(form.cleaned_data["mode"]), form.cleaned_data["wait"]
        effects = _effects(personal, context, wanted)
        must_ask = effects.needs_confirmation and effects.is_full == waits and not form.cleaned_data["confirmed"]
        if must_ask and wanted in {
            seat.mode for seat in participant_detail(personal.registration, personal.now).other_modes
        }:
            return _ask(personal, context, effects)
        try:
            switched = commands.switch_mode(
                personal.registration.pk,
                wanted,
                PARTICIPANT,
                personal.now,
                accept_waiting=waits,
                withdraws_sensitive=form.cleaned_data["withdraws_sensitive"] and effects.may_withdraw_sensitive,
            )
        except errors.RegistrationError as error:
            return _show_modes(personal, context, error)
        if effects.new_questions and switched.status != RegistrationStatus.WAITING:
            return personal.redirect_to_overview("switched_questions")
        return personal.redirect_to_overview("waiting" if switched.status == RegistrationStatus.WAITING else "switched")
    return _show_modes(personal, context, errors.ModeNotOfferedError() if form.is_bound else None)


def _effects(personal: PersonalRequest, context: dict[str, Any], wanted: Mode) -> SwitchEffects:
    questions = questions_for(context["page"]) if context["page"].pk else []
    return effects_of(personal.registration, wanted, questions, personal.now)


def _ask(personal: PersonalRequest, context: dict[str, Any], effects: SwitchEffects) -> HttpResponse:
    context |= {"effects": effects}
    return render(personal.request, "events/registration/switch_mode_confirm.html", context)


def _show_modes(
    personal: PersonalRequest, context: dict[str, Any], error: errors.RegistrationError | None
) -> HttpResponse:
    view = participant_detail(personal.registration, personal.now)
    others = [(seat, seats_label(seat), _effects(personal, context, seat.mode)) for seat in view.other_modes]
    if not others and error is None:
        error = errors.NotPossibleError()
    context |= {"view": view, "others": others, "problem": PROBLEM_TEXTS[error.code]() if error else ""}
    return with_status(render(personal.request, "events/registration/switch_mode.html", context), error)


class ConsentForm(forms.Form):
    purpose = forms.ChoiceField(choices=ConsentPurpose.choices)


@personal_form
def consent(personal: PersonalRequest) -> HttpResponse:
    """Withdraw a consent. Each consent has a separate button."""
    form = ConsentForm(personal.request.POST if personal.is_post else None)
    context = context_of(personal, _("Withdraw your consent"))
    if form.is_bound and form.is_valid():
        try:
            commands.withdraw_consent(
                personal.registration.pk, ConsentPurpose(form.cleaned_data["purpose"]), PARTICIPANT, personal.now
            )
        except errors.RegistrationError as error:
            return not_possible(personal, context, error)
        return personal.redirect_to_overview("consent")
    context["view"] = participant_detail(personal.registration, personal.now)
    return render(personal.request, "events/registration/withdraw_consent.html", context)
