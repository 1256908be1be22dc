"""What people decide by their personal link: one page says what will happen, its button does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPMethod

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from events.registration import commands, errors
from events.registration.actor import PARTICIPANT
from events.registration.detail import participant_detail
from events.registration.privacy import erasure
from events.views.layouts import PersonalLayout, keep_private
from events.views.personal.access import Visit, form_by_link
from events.views.personal.context import action_by_link, context_of, moments_of, not_now


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
    context = context_of(visit, asked.title) | {"asked": asked, "problem": "", "not_agreed": False}
    if not asked.is_possible:
        return not_now(visit, context, errors.NotPossibleError())
    if visit.request.method == HTTPMethod.POST:
        if asked.must_agree and "agree" not in visit.request.POST:
            context["not_agreed"] = True
            return render(visit.request, "events/registration/confirm.html", context)
        try:
            asked.act()
        except errors.RegistrationError as error:
            return not_now(visit, context, error)
        return visit.back(asked.done)
    return render(visit.request, "events/registration/confirm.html", context)


@action_by_link
def withdraw(visit: Visit) -> HttpResponse:
    view = participant_detail(visit.registration, visit.now)
    paragraphs = [_("Your place goes to the next person who waits for one. You get a mail that says so.")]
    if view.status == view.status.WAITING:
        paragraphs = [_("You leave the waiting list. You get a mail that says so.")]
    paragraphs.append(_("If you change your mind, you can register again as long as there are places."))
    return _confirm(
        visit,
        Confirmation(
            title=_("Withdraw your registration"),
            paragraphs=paragraphs,
            button=_("Withdraw"),
            done="withdrawn",
            act=lambda: commands.withdraw(visit.registration.pk, PARTICIPANT, visit.now),
            # Twice is as good as once, also for a second click.
            is_possible=view.may_withdraw or view.status == view.status.WITHDRAWN,
        ),
    )


@action_by_link
def accept(visit: Visit) -> HttpResponse:
    view = participant_detail(visit.registration, visit.now)
    end = moments_of(view)["offer_end"]
    return _confirm(
        visit,
        Confirmation(
            title=_("Accept the place"),
            paragraphs=[
                _("A place is reserved for you until this time: %(moment)s") % {"moment": end},
                _("You take part in this way: %(mode)s") % {"mode": view.effective_mode.label},
            ],
            button=_("Accept the place"),
            done="accepted",
            act=lambda: commands.accept_offer(visit.registration.pk, PARTICIPANT, visit.now),
            is_possible=view.has_offer or view.is_attending or view.status == view.status.PENDING,
        ),
    )


@action_by_link
def decline(visit: Visit) -> HttpResponse:
    view = participant_detail(visit.registration, visit.now)
    return _confirm(
        visit,
        Confirmation(
            title=_("Decline the place"),
            paragraphs=[_("The place goes to the next person who waits, and you leave the waiting list.")],
            button=_("Decline the place"),
            done="declined",
            act=lambda: commands.decline_offer(visit.registration.pk, PARTICIPANT, visit.now),
            is_possible=view.status in {view.status.OFFERED, view.status.WITHDRAWN},
        ),
    )


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
        act=lambda: erasure.erase(visit.registration.pk, PARTICIPANT, visit.now),
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
