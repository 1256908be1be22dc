"""Actions that participants have to confirm. A page states the consequences, and its button runs the action."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from events.models import AddressChange
from events.registration import commands, errors, tokens
from events.registration.actor import PARTICIPANT
from events.registration.detail import participant_detail
from events.registration.privacy import erasure
from events.states import RegistrationStatus
from events.views.layouts import PersonalLayout
from events.views.personal.access import PersonalRequest, invalid_link, personal_form, read_or_post
from events.views.personal.context import (
    PROBLEM_TEXTS,
    context_of,
    moments_of,
    not_possible,
    participation_form,
    with_status,
)
from home.http.private_responses import mark_private

ADDRESS_PROBLEMS = {
    errors.BusyError.code: PROBLEM_TEXTS[errors.BusyError.code],
    errors.OfferExpiredError.code: lambda: _("The link to confirm this address has expired. Enter the address again."),
    errors.AddressTakenError.code: lambda: _("Another registration for this event has this email address."),
}


@dataclass(frozen=True)
class Confirmation:
    """The texts of the page before an action, and the action itself."""

    title: str
    paragraphs: Sequence[str]
    button: str
    # The key of the message on the overview after the action (`detail.DONE_MESSAGES`).
    done: str
    act: Callable[[], object]
    is_possible: bool
    # The label of a box that must be ticked first; empty if there is no box.
    required_tick: str = ""


def _confirm(personal: PersonalRequest, confirmation: Confirmation) -> HttpResponse:
    context = context_of(personal, confirmation.title)
    context |= {"confirmation": confirmation, "problem": "", "is_tick_missing": False}
    if not confirmation.is_possible:
        return not_possible(personal, context, errors.NotPossibleError())
    if personal.is_post:
        if confirmation.required_tick and "agree" not in personal.request.POST:
            context["is_tick_missing"] = True
            return render(personal.request, "events/registration/confirm.html", context)
        try:
            confirmation.act()
        except errors.RegistrationError as error:
            return not_possible(personal, context, error)
        return personal.redirect_to_overview(confirmation.done)
    return render(personal.request, "events/registration/confirm.html", context)


@participation_form
def withdraw(personal: PersonalRequest) -> HttpResponse:
    view = participant_detail(personal.registration, personal.now)
    paragraphs = [_("Your place becomes free for others. We confirm this by email.")]
    if view.others_wait:
        paragraphs = [_("Your place goes to the next person on the waiting list. We confirm this by email.")]
    if view.status == RegistrationStatus.WAITING:
        paragraphs = [_("You leave the waiting list. We confirm this by email.")]
    paragraphs.append(_("If you change your mind, you can register again while places are available."))
    return _confirm(
        personal,
        Confirmation(
            title=_("Withdraw your registration"),
            paragraphs=paragraphs,
            button=_("Withdraw"),
            done="withdrawn",
            act=lambda: commands.withdraw(personal.registration.pk, PARTICIPANT, personal.now),
            # Withdrawing twice has no further effect, so a second click succeeds, too.
            is_possible=view.may_withdraw or view.status == RegistrationStatus.WITHDRAWN,
        ),
    )


@participation_form
def accept(personal: PersonalRequest) -> HttpResponse:
    view = participant_detail(personal.registration, personal.now)
    if view.is_invitation:
        return HttpResponseRedirect(personal.url("registration_complete"), status=303)
    end = moments_of(view)["offer_end"]
    button = _("Confirm your email address") if view.must_confirm_address else _("Accept the place")
    return _confirm(
        personal,
        Confirmation(
            title=button,
            paragraphs=[
                _("The place is reserved for you until %(moment)s.") % {"moment": end},
                _("How you attend: %(mode)s") % {"mode": view.effective_mode.label},
            ],
            button=button,
            done="confirmed" if view.must_confirm_address else "accepted",
            act=lambda: commands.accept_offer(personal.registration.pk, PARTICIPANT, personal.now),
            is_possible=view.has_offer or view.is_attending or view.status == RegistrationStatus.PENDING,
        ),
    )


@participation_form
def decline(personal: PersonalRequest) -> HttpResponse:
    view = participant_detail(personal.registration, personal.now)
    button = _("I do not want to register") if view.must_confirm_address else _("Decline the place")
    return _confirm(
        personal,
        Confirmation(
            title=button,
            paragraphs=[
                _("We no longer hold a place for you. You get no more email about this event.")
                if view.must_confirm_address or view.is_invitation
                else _("The place goes to the next person, and you leave the waiting list.")
                if view.others_wait
                else _("The place becomes free for others, and you leave the waiting list.")
            ],
            button=button,
            done="declined",
            act=lambda: commands.decline_offer(personal.registration.pk, PARTICIPANT, personal.now),
            is_possible=view.status in {RegistrationStatus.OFFERED, RegistrationStatus.WITHDRAWN},
        ),
    )


@personal_form
def erase(personal: PersonalRequest) -> HttpResponse:
    """Anonymise the registration now."""
    confirmation = Confirmation(
        title=_("Erase your data"),
        paragraphs=[
            _("We delete your name, your email address, your answers and our emails to you at once."),
            _("If you have a place, it goes to the next person. Only anonymous statistics remain."),
            _("Earlier registrations of yours for this event are erased too. Those for other events stay."),
            _("Your personal link stops working. We confirm this in a last email."),
        ],
        button=_("Erase my data"),
        done="",
        act=lambda: erasure.erase(personal.registration.pk, PARTICIPANT, personal.now),
        is_possible=True,
        required_tick=_("Yes, erase my data. I know that this cannot be undone."),
    )
    response = _confirm(personal, confirmation)
    if response.status_code == 303:
        with override(personal.language):
            return HttpResponseRedirect(reverse("registration_erased"), status=303)
    return response


@read_or_post
@sensitive_variables("token")
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm a new email address with the link that was sent to it. The page shows no other data of the registration."""
    change = tokens.find_address_change(token)
    if change is None:
        return mark_private(invalid_link(request))
    personal = PersonalRequest(request, token, change.registration, timezone.now())
    if not personal.is_post and get_language() != personal.language:
        return mark_private(HttpResponseRedirect(personal.url("registration_confirm_address")))
    context = context_of(personal, _("Confirm your new email address")) | {"address": change.email, "problem": ""}
    if not personal.is_post:
        return mark_private(render(request, "events/registration/confirm_address.html", context))
    try:
        registration = commands.confirm_new_address(change.pk, personal.now)
    except AddressChange.DoesNotExist:
        return mark_private(invalid_link(request))
    except errors.RegistrationError as error:
        context["problem"] = ADDRESS_PROBLEMS.get(error.code, PROBLEM_TEXTS[errors.NotPossibleError.code])()
        page = render(request, "events/registration/confirm_address.html", context)
        return mark_private(with_status(page, error))
    # The link proves that the address belongs to the participant, and the email with the new link has been queued.
    changed = PersonalRequest(request, tokens.token_for(registration), registration, personal.now)
    return mark_private(changed.redirect_to_overview("address"))


@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    """Confirm the erasure. The page is the same for everyone, since the participant can no longer be identified."""
    layout = PersonalLayout(request, title=_("Your data is erased"))
    return mark_private(render(request, "events/registration/erased.html", {"layout": layout}))
