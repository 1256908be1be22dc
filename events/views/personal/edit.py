"""What people change by their personal link: what they entered, how they take part, what they agreed to."""

from __future__ import annotations

from http import HTTPMethod
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from events.enums import ConsentPurpose, Mode
from events.forms.questions import entered_value, question_name, with_stored_choices
from events.forms.registration import ChangeForm
from events.registration import commands, consents, errors
from events.registration.actor import PARTICIPANT
from events.registration.detail import RegistrationDetail, participant_detail, stored_answers
from events.registration.labels import consent_text, seats_label
from events.registration.questions import questions_for
from events.registration.seats import settings_of
from events.states import RegistrationStatus
from events.views.layouts import PersonalLayout, try_later
from events.views.personal.access import Visit, form_by_link
from events.views.personal.context import PROBLEM_WORDS, action_by_link, context_of, not_now, with_status


@action_by_link
def change(visit: Visit) -> HttpResponse:
    """Correct name, organisation and answers; agree to what is asked with them, or not."""
    view = participant_detail(visit.registration, visit.now)
    context = context_of(visit, _("Change your registration"))
    asked = settings_of(visit.registration.event)
    if asked is None or not view.may_change:
        return not_now(visit, context, errors.TooLateError())
    form = _change_form(visit, context, asked)
    if visit.request.method == HTTPMethod.POST and form.is_valid():
        try:
            commands.change_answers(
                visit.registration.pk,
                form.answers(),
                form.applicant_changes(),
                PARTICIPANT,
                visit.now,
                consents=form.consents(),
            )
        except errors.BusyError as error:
            form.add_error(None, PROBLEM_WORDS[error.code]())
            return try_later(_show_change(visit, context, form, view))
        except errors.RegistrationError as error:
            return not_now(visit, context, error)
        return visit.back("changed")
    return _show_change(visit, context, form, view)


def _change_form(visit: Visit, context: dict[str, Any], asked: Any) -> ChangeForm:
    registration, page = visit.registration, context["page"]
    questions = questions_for(page) if page.pk else []
    stored = stored_answers(registration, questions)
    initial = {
        "name": registration.name,
        "organisation": registration.organisation,
        "profession": registration.profession,
        "country": registration.country.code,
        "agree_sensitive": consents.has_consent(registration, ConsentPurpose.SENSITIVE),
    }
    initial |= {question_name(item): entered_value(item, stored.get(item.key)) for item in questions}
    return ChangeForm(
        visit.request.POST if visit.request.method == HTTPMethod.POST else None,
        mode=registration.mode,
        asked=asked,
        questions=[
            with_stored_choices(item, stored.get(item.key)) for item in questions if item.applies_to(registration.mode)
        ],
        consent_texts={purpose: consent_text(purpose, page) for purpose in ConsentPurpose},
        initial=initial,
    )


def _show_change(visit: Visit, context: dict[str, Any], form: ChangeForm, view: RegistrationDetail) -> HttpResponse:
    if form.errors:
        context["layout"] = PersonalLayout(
            visit.request, title=_("Error: change your registration"), event_page=context["layout"].event_page
        )
    context |= {"form": form, "problems": form.problems() if form.errors else [], "view": view}
    return render(visit.request, "events/registration/change.html", context)


class ModeForm(forms.Form):
    """Another way of taking part. `wait` is sent by the button that says what it costs."""

    mode = forms.ChoiceField(choices=Mode.choices)
    wait = forms.BooleanField(required=False)


@action_by_link
def mode(visit: Visit) -> HttpResponse:
    """Take part in another way: at once where there is a place, or by way of its waiting list."""
    context = context_of(visit, _("Take part in another way"))
    form = ModeForm(visit.request.POST if visit.request.method == HTTPMethod.POST else None)
    if form.is_bound and form.is_valid():
        wanted = Mode(form.cleaned_data["mode"])
        try:
            switched = commands.switch_mode(
                visit.registration.pk, wanted, PARTICIPANT, visit.now, accept_waiting=form.cleaned_data["wait"]
            )
        except errors.RegistrationError as error:
            return _show_modes(visit, context, error)
        return visit.back("waiting" if switched.status == RegistrationStatus.WAITING else "switched")
    return _show_modes(visit, context, errors.ModeNotOfferedError() if form.is_bound else None)


def _show_modes(visit: Visit, context: dict[str, Any], error: errors.RegistrationError | None) -> HttpResponse:
    view = participant_detail(visit.registration, visit.now)
    others = [(seat, seats_label(seat)) for seat in view.other_modes]
    if not others and error is None:
        error = errors.NotPossibleError()
    context |= {"view": view, "others": others, "problem": PROBLEM_WORDS[error.code]() if error else ""}
    return with_status(render(visit.request, "events/registration/mode.html", context), error)


class ConsentForm(forms.Form):
    purpose = forms.ChoiceField(choices=ConsentPurpose.choices)


@form_by_link
def consent(visit: Visit) -> HttpResponse:
    """Take a consent back, one button for each."""
    form = ConsentForm(visit.request.POST if visit.request.method == HTTPMethod.POST else None)
    if form.is_bound and form.is_valid():
        try:
            commands.withdraw_consent(
                visit.registration.pk, ConsentPurpose(form.cleaned_data["purpose"]), PARTICIPANT, visit.now
            )
        except errors.RegistrationError as error:
            return not_now(visit, context_of(visit, _("Take a consent back")), error)
        return visit.back("consent")
    context = context_of(visit, _("Take a consent back"))
    context["view"] = participant_detail(visit.registration, visit.now)
    return render(visit.request, "events/registration/consent_back.html", context)
