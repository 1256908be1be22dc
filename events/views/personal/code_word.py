"""The code word of a session, entered by participants who attend online."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.attendance.code_words import enter_code, may_enter_code
from events.registration import errors, rate_limits
from events.views.layouts import too_many_requests
from events.views.personal.access import PersonalRequest, personal_form
from events.views.personal.context import PROBLEM_TEXTS, context_of, not_possible, with_status
from home.public_forms import PlainTextField, text_input


class CodeWordForm(forms.Form):
    word = PlainTextField(
        label=gettext_lazy("Code word"),
        max_length=40,
        help_text=gettext_lazy("Capital letters and accents make no difference."),
        widget=text_input(autocomplete="off", autocapitalize="none", spellcheck="false"),
    )


@personal_form
def code_word(personal: PersonalRequest) -> HttpResponse:
    context = context_of(personal, _("Enter the code word"))
    if not may_enter_code(personal.registration, personal.now):
        return not_possible(personal, context, errors.NotPossibleError())
    form = CodeWordForm(personal.request.POST if personal.is_post else None)
    if not personal.is_post or not form.is_valid():
        return _page(personal, context, form)
    try:
        if rate_limits.count({"code_word": str(personal.registration.pk)}, personal.now):
            form.add_error("word", _("You have tried too often. Wait ten minutes, or ask the organisers."))
            return too_many_requests(_page(personal, context, form), rate_limits.seconds_left("code_word"))
        if enter_code(personal.registration, form.cleaned_data["word"], personal.now) is not None:
            return personal.redirect_to_overview("attended")
    except errors.BusyError as error:
        form.add_error(None, PROBLEM_TEXTS[error.code]())
        return with_status(_page(personal, context, form), error)
    except errors.RegistrationError:
        return not_possible(personal, context, errors.NotPossibleError())
    form.add_error("word", _("This is not the code word of a session that is running now. Check the spelling."))
    return _page(personal, context, form)


def _page(personal: PersonalRequest, context: dict[str, object], form: CodeWordForm) -> HttpResponse:
    problems = [{"text": text, "anchor": "id_word"} for field in form.errors.values() for text in field]
    response = render(
        personal.request, "events/registration/code_word.html", context | {"form": form, "problems": problems}
    )
    if form.errors:
        response.status_code = 422
    return response
