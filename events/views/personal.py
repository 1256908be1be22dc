"""What the personal link of a mail leads to: a person's own registration, without an account.

Whoever holds the link is the person. A GET shows and a POST acts: programs that look at mail follow every link in it.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from http import HTTPMethod
from typing import Any

from django import forms
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from events.calendar import ics
from events.enums import ConsentPurpose, Mode
from events.forms_registration import ChangeForm, entered_value, question_name, with_stored_choices
from events.models import Registration
from events.registration import commands, consents, errors, floods, tokens
from events.registration.actor import PERSON
from events.registration.mail.facts import Facts
from events.registration.mail.invitation import entry_of
from events.registration.personal import PersonalView, personal_view, stored_answers
from events.registration.personal_data import as_of, personal_data, readable
from events.registration.questions import questions_for
from events.registration.retention import goes_at, sensitive_answers_go_at
from events.registration.seats import settings_of
from events.registration.status import RegistrationStatus, status
from events.registration.wordings import consent_wording, seats_in_words
from events.states import RegistrationState
from events.views.frames import PersonalLayout, client_of, keep_private, try_later
from events.when import moment_in_words

SOON = 5
show_and_act = require_http_methods(["GET", "HEAD", "POST"])

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

PROBLEM_WORDS = {
    errors.Busy.code: lambda: _("Very many people are registering at this moment. Please try again."),
    errors.TooLate.code: lambda: _("The last moment for this is over. Please write to the organisers."),
    errors.OfferGone.code: lambda: _("The offer ran out before you answered: the place is not kept for you any more."),
    errors.Full.code: lambda: _("No place is left there any more. Nothing has changed for you."),
    errors.ModeNotOffered.code: lambda: _("Nobody can take part in this way any more. Nothing has changed for you."),
    errors.EventOff.code: lambda: _("The event does not take place as planned, or it is over."),
    errors.NotPossible.code: lambda: _("This is not possible any more. Your page shows how things stand."),
}


@dataclass(frozen=True)
class Visit:
    """A request by somebody's personal link."""

    request: HttpRequest
    token: str
    registration: Registration
    now: datetime.datetime

    @property
    def language(self) -> str:
        return str(self.registration.language)

    def url(self, name: str = "registration") -> str:
        with override(self.language):
            return reverse(name, kwargs={"token": self.token})

    def back(self, done: str) -> HttpResponseRedirect:
        """Return to the overview, which says what was done."""
        return HttpResponseRedirect(f"{self.url()}?done={done}", status=303)


View = Callable[[Visit], HttpResponse]


def by_link(view: View) -> Callable[..., HttpResponse]:
    """Find the registration of a link, in the language of the person whatever the address says.

    A token that opens nothing is answered in the same way whether it ever opened anything, and counted: who tries many
    is told to stop.
    """

    @wraps(view)
    @sensitive_variables("token")
    @sensitive_post_parameters()
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        registration = tokens.find(token)
        if registration is None:
            return keep_private(_unknown(request))
        visit = Visit(request, token, registration, timezone.now())
        is_hers = registration.language in (get_language(), None) or registration.language not in dict(
            settings.LANGUAGES
        )
        if request.method != HTTPMethod.POST and not is_hers:
            match = request.resolver_match
            return keep_private(HttpResponseRedirect(visit.url(match.url_name if match else "registration")))
        return keep_private(view(visit))

    return answer


def form_by_link(view: View) -> Callable[..., HttpResponse]:
    """The same for a view with a form: it shows on GET and acts on POST alone."""
    return show_and_act(by_link(view))


def _unknown(request: HttpRequest) -> HttpResponse:
    layout = PersonalLayout(request, title=_("Unknown link"))
    response = render(request, "events/registration/unknown.html", {"layout": layout}, status=404)
    client = floods.network_of(client_of(request))
    try:
        if floods.count({"token": client}):
            return try_later(response, floods.seconds_left("token"))
    except errors.Busy:
        return try_later(response, SOON)
    return response


# Showing


def _context(visit: Visit, title: str) -> dict[str, Any]:
    """Return what every page of the link shows. Words of the event are those of the person's language, if it has any."""
    facts = Facts(visit.registration.event, visit.language, visit.registration)
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


@require_safe
@by_link
def overview(visit: Visit) -> HttpResponse:
    """How things stand, and what can be done."""
    view = personal_view(visit.registration, visit.now)
    context = _context(visit, _("Your registration"))
    done = DONE_WORDS.get(visit.request.GET.get("done", ""))
    context |= {"view": view, "done": done() if done else "", **_moments(view)}
    context |= {"goes_at": goes_at(visit.registration), "sensitive_go_at": sensitive_answers_go_at(view.event)}
    context["may_return"] = view.has_ended and status(view.event, visit.now) in {
        RegistrationStatus.OPEN,
        RegistrationStatus.FULL,
    }
    return render(visit.request, "events/registration/personal.html", context)


def _moments(view: PersonalView) -> dict[str, str]:
    """Return the moments that the page names, on the event's clocks."""
    moments = {
        "offer_end": view.registration.offer_expires_at,
        "change_end": view.change_until,
        "withdraw_end": view.withdraw_until,
        "join_start": view.join_from,
        "registered": view.registration.created_at,
    }
    return {name: moment_in_words(moment, view.event.zone) if moment else "" for name, moment in moments.items()}


# Changing


@form_by_link
def change(visit: Visit) -> HttpResponse:
    """Correct name, organisation and answers; agree to what is asked with them, or not."""
    view = personal_view(visit.registration, visit.now)
    context = _context(visit, _("Change your registration"))
    asked = settings_of(visit.registration.event)
    if asked is None or not view.may_change:
        return _not_now(visit, context, errors.TooLate())
    form = _change_form(visit, context, asked)
    if visit.request.method == HTTPMethod.POST and form.is_valid():
        try:
            commands.change_answers(
                visit.registration.pk,
                form.answers(),
                form.applicant_changes(),
                PERSON,
                visit.now,
                consents=form.consents(),
            )
        except errors.Busy as error:
            form.add_error(None, PROBLEM_WORDS[error.code]())
            return try_later(_show_change(visit, context, form, view), SOON)
        except errors.RegistrationError as error:
            return _not_now(visit, context, error)
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
        "agree_sensitive": consents.is_standing(registration, ConsentPurpose.SENSITIVE),
    }
    initial |= {question_name(item): entered_value(item, stored.get(item.key)) for item in questions}
    return ChangeForm(
        visit.request.POST if visit.request.method == HTTPMethod.POST else None,
        mode=registration.mode,
        asked=asked,
        questions=[
            with_stored_choices(item, stored.get(item.key)) for item in questions if item.is_asked_of(registration.mode)
        ],
        consent_wordings={purpose: consent_wording(purpose, page) for purpose in ConsentPurpose},
        initial=initial,
    )


def _show_change(visit: Visit, context: dict[str, Any], form: ChangeForm, view: PersonalView) -> HttpResponse:
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


@form_by_link
def mode(visit: Visit) -> HttpResponse:
    """Take part in another way: at once where there is a place, or by way of its waiting list."""
    context = _context(visit, _("Take part in another way"))
    form = ModeForm(visit.request.POST if visit.request.method == HTTPMethod.POST else None)
    if form.is_bound and form.is_valid():
        wanted = Mode(form.cleaned_data["mode"])
        try:
            switched = commands.switch_mode(
                visit.registration.pk, wanted, PERSON, visit.now, accept_waiting=form.cleaned_data["wait"]
            )
        except errors.RegistrationError as error:
            return _show_modes(visit, context, error)
        return visit.back("waiting" if switched.state == RegistrationState.WAITING else "switched")
    return _show_modes(visit, context, errors.ModeNotOffered() if form.is_bound else None)


def _show_modes(visit: Visit, context: dict[str, Any], error: errors.RegistrationError | None) -> HttpResponse:
    view = personal_view(visit.registration, visit.now)
    others = [(seat, seats_in_words(seat)) for seat in view.other_modes]
    if not others and error is None:
        error = errors.NotPossible()
    context |= {"view": view, "others": others, "problem": PROBLEM_WORDS[error.code]() if error else ""}
    return _with_status(render(visit.request, "events/registration/mode.html", context), error)


# Confirming: one page says what will happen, its button does it.


@dataclass(frozen=True)
class Confirmation:
    """What is asked before something is done."""

    title: str
    paragraphs: Sequence[str]
    button: str
    done: str
    act: Callable[[], object]
    is_possible: bool
    # The words of a box that has to be ticked first.
    must_agree: str = ""


def _confirm(visit: Visit, asked: Confirmation) -> HttpResponse:
    context = _context(visit, asked.title) | {"asked": asked, "problem": "", "not_agreed": False}
    if not asked.is_possible:
        return _not_now(visit, context, errors.NotPossible())
    if visit.request.method == HTTPMethod.POST:
        if asked.must_agree and "agree" not in visit.request.POST:
            context["not_agreed"] = True
            return render(visit.request, "events/registration/confirm.html", context)
        try:
            asked.act()
        except errors.RegistrationError as error:
            return _not_now(visit, context, error)
        return visit.back(asked.done)
    return render(visit.request, "events/registration/confirm.html", context)


def _not_now(visit: Visit, context: dict[str, Any], error: errors.RegistrationError) -> HttpResponse:
    context |= {"problem": PROBLEM_WORDS[error.code]()}
    return _with_status(render(visit.request, "events/registration/not_now.html", context), error)


def _with_status(response: HttpResponse, error: errors.RegistrationError | None) -> HttpResponse:
    if isinstance(error, errors.Busy):
        return try_later(response, SOON)
    if error is not None:
        response.status_code = 409
    return response


@form_by_link
def withdraw(visit: Visit) -> HttpResponse:
    view = personal_view(visit.registration, visit.now)
    paragraphs = [_("Your place goes to the next person who waits for one. You get a mail that says so.")]
    if view.state == view.state.WAITING:
        paragraphs = [_("You leave the waiting list. You get a mail that says so.")]
    paragraphs.append(_("If you change your mind, you can register again as long as there are places."))
    return _confirm(
        visit,
        Confirmation(
            title=_("Withdraw your registration"),
            paragraphs=paragraphs,
            button=_("Withdraw"),
            done="withdrawn",
            act=lambda: commands.withdraw(visit.registration.pk, PERSON, visit.now),
            # Twice is as good as once, also for a second click.
            is_possible=view.may_withdraw or view.state == view.state.WITHDRAWN,
        ),
    )


@form_by_link
def accept(visit: Visit) -> HttpResponse:
    view = personal_view(visit.registration, visit.now)
    end = _moments(view)["offer_end"]
    return _confirm(
        visit,
        Confirmation(
            title=_("Accept the place"),
            paragraphs=[
                _("A place is reserved for you until this time: %(moment)s") % {"moment": end},
                _("You take part in this way: %(mode)s") % {"mode": view.way.label},
            ],
            button=_("Accept the place"),
            done="accepted",
            act=lambda: commands.accept_offer(visit.registration.pk, PERSON, visit.now),
            is_possible=view.has_offer or view.is_in or view.state == view.state.PENDING,
        ),
    )


@form_by_link
def decline(visit: Visit) -> HttpResponse:
    view = personal_view(visit.registration, visit.now)
    return _confirm(
        visit,
        Confirmation(
            title=_("Decline the place"),
            paragraphs=[_("The place goes to the next person who waits, and you leave the waiting list.")],
            button=_("Decline the place"),
            done="declined",
            act=lambda: commands.decline_offer(visit.registration.pk, PERSON, visit.now),
            is_possible=view.state in {view.state.OFFERED, view.state.WITHDRAWN},
        ),
    )


class ConsentForm(forms.Form):
    purpose = forms.ChoiceField(choices=ConsentPurpose.choices)


@form_by_link
def consent(visit: Visit) -> HttpResponse:
    """Take a consent back, one button for each."""
    form = ConsentForm(visit.request.POST if visit.request.method == HTTPMethod.POST else None)
    if form.is_bound and form.is_valid():
        try:
            commands.withdraw_consent(
                visit.registration.pk, ConsentPurpose(form.cleaned_data["purpose"]), PERSON, visit.now
            )
        except errors.RegistrationError as error:
            return _not_now(visit, _context(visit, _("Take a consent back")), error)
        return visit.back("consent")
    context = _context(visit, _("Take a consent back"))
    context["view"] = personal_view(visit.registration, visit.now)
    return render(visit.request, "events/registration/consent_back.html", context)


# Taking along


@require_safe
@by_link
def join(visit: Visit) -> HttpResponse:
    """The way in, for those who have a place online, from some hours before the event until its end.

    A page with a link, not a redirect: nothing is opened before she has seen where it leads.
    """
    view = personal_view(visit.registration, visit.now)
    context = _context(visit, _("Join online"))
    if not view.takes_part_online:
        return _not_now(visit, context, errors.NotPossible())
    context |= {"view": view, **_moments(view)}
    return render(visit.request, "events/registration/join.html", context)


@require_safe
@by_link
def calendar(visit: Visit) -> HttpResponse:
    """Her own entry: the one that mail brings, with the same UID, so that it is changed and not doubled."""
    view = personal_view(visit.registration, visit.now)
    context = _context(visit, _("Calendar"))
    if not view.has_calendar:
        return _not_now(visit, context, errors.NotPossible())
    page = context["page"]
    entry = entry_of(visit.registration, page, visit.registration.calendar_sequence, visit.registration.state_since)
    content = ics.calendar(
        [entry],
        name=page.title,
        language=visit.language,
        uid=f"{visit.registration.key}-personal",
        # Where the file came from is the personal link: it does not go into a calendar, which is shared.
        source_url=context["facts"].event_url,
    )
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="event.ics"'
    return response


@require_safe
@by_link
def data(visit: Visit) -> HttpResponse:
    """Everything that is stored about her, to read (GDPR Art. 15)."""
    context = _context(visit, _("Your data"))
    context |= {"chapters": readable(visit.registration), "as_of": as_of(visit.registration, visit.now)}
    return render(visit.request, "events/registration/data.html", context)


@require_safe
@by_link
def data_file(visit: Visit) -> HttpResponse:
    """The same for programs (GDPR Art. 20)."""
    content = json.dumps(personal_data(visit.registration), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    response = HttpResponse(content, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="registration.json"'
    return response


@form_by_link
def erase(visit: Visit) -> HttpResponse:
    """Make her anonymous now, after a second thought."""
    asked = Confirmation(
        title=_("Erase your data"),
        paragraphs=[
            _("Your name, your address, your answers and our mails to you are deleted at once."),
            _("If you have a place, it goes to the next person. Only numbers remain, from which nobody can tell you."),
            _("Your personal link stops working. A last mail tells you that it is done."),
        ],
        button=_("Erase my data"),
        done="",
        act=lambda: commands.erase(visit.registration.pk, PERSON, visit.now),
        is_possible=True,
        must_agree=_("Yes, erase my data. I know that this cannot be undone."),
    )
    response = _confirm(visit, asked)
    if response.status_code == 303:
        with override(visit.language):
            return HttpResponseRedirect(reverse("registration_erased"), status=303)
    return response


@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    """Say that it is done. The same page for everybody: nobody is known here any more."""
    layout = PersonalLayout(request, title=_("Your data are erased"))
    return keep_private(render(request, "events/registration/erased.html", {"layout": layout}))
