"""The survey after an event, opened with the personal link. Answers are stored without reference to the participant."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from events.forms.survey import SurveyForm
from events.registration import errors
from events.survey import commands
from events.survey.questions import questions_of
from events.views.personal.access import PersonalRequest, personal_form
from events.views.personal.context import PROBLEM_TEXTS, context_of, not_possible, with_status


@personal_form
def survey(personal: PersonalRequest) -> HttpResponse:
    context = context_of(personal, _("Survey"))
    if commands.has_answered(personal.registration):
        return personal.redirect_to_overview("answered")
    if not commands.may_answer(personal.registration, personal.now):
        return not_possible(personal, context, errors.NotPossibleError())
    form = SurveyForm(personal.request.POST if personal.is_post else None, questions=questions_of(context["page"]))
    problem: errors.RegistrationError | None = None
    if personal.is_post and form.is_valid():
        try:
            commands.answer(personal.registration.pk, form.given, personal.language, personal.now)
        except errors.BusyError as error:
            problem = error
            form.add_error(None, PROBLEM_TEXTS[error.code]())
        except errors.RegistrationError as error:
            return not_possible(personal, context, errors.NotPossibleError(*error.args))
        else:
            return personal.redirect_to_overview("answered")
    context |= {"form": form, "problems": [{"text": text, "anchor": ""} for text in form.non_field_errors()]}
    response = render(personal.request, "events/registration/survey.html", context)
    if form.errors and problem is None:
        response.status_code = 422
    return with_status(response, problem)
