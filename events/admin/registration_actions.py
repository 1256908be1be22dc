"""The actions that an organiser can take on one registration: the buttons of its page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from events.models import Registration
from events.registration import commands
from events.registration.actor import Actor
from events.registration.privacy import erasure
from events.states import ACTIVE, CLOSED, RegistrationStatus

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

_S = RegistrationStatus


@dataclass(frozen=True)
class RegistrationAction:
    """A button on the page of a registration.

    If `asks_reason` or `needs_confirmation` is set, a page with the warning is shown before the action.
    """

    key: str
    label: StrPromise
    run: Callable[[Registration, Actor, str], object]
    is_allowed: Callable[[Registration], bool]
    success_message: StrPromise
    asks_reason: bool = False
    needs_confirmation: bool = False
    warning: StrPromise | str = ""
    is_primary: bool = False
    is_destructive: bool = False


def _status_in(*statuses: RegistrationStatus) -> Callable[[Registration], bool]:
    return lambda registration: registration.status in statuses


def _has_personal_link(registration: Registration) -> bool:
    return registration.status in ACTIVE and bool(registration.email)


_OVER_CAPACITY = gettext_lazy("The participant gets a place even if none is left, ahead of others on the waiting list.")

REGISTRATION_ACTIONS = {
    action.key: action
    for action in [
        RegistrationAction(
            "approve",
            gettext_lazy("Approve"),
            lambda registration, actor, _reason: commands.approve(registration.pk, actor),
            _status_in(_S.PENDING),
            gettext_lazy("%(name)s is confirmed. We send them an email."),
            is_primary=True,
        ),
        RegistrationAction(
            "offer",
            gettext_lazy("Offer a place"),
            lambda registration, actor, _reason: commands.offer_place(registration.pk, actor),
            _status_in(_S.WAITING),
            gettext_lazy("%(name)s is offered a place. We send them an email."),
            is_primary=True,
        ),
        RegistrationAction(
            "offer_over",
            gettext_lazy("Offer a place although all places are taken"),
            lambda registration, actor, _reason: commands.offer_place(registration.pk, actor, force=True),
            _status_in(_S.WAITING),
            gettext_lazy("%(name)s is offered a place. We send them an email."),
            needs_confirmation=True,
            warning=_OVER_CAPACITY,
        ),
        RegistrationAction(
            "reinstate",
            gettext_lazy("Reinstate"),
            lambda registration, actor, _reason: commands.reinstate(registration.pk, actor),
            lambda registration: registration.status in CLOSED,
            gettext_lazy("%(name)s has a place again. We send them an email."),
            needs_confirmation=True,
            warning=gettext_lazy(
                "The participant gets a place again. Their sensitive answers were deleted. "
                "The participant can enter these answers again."
            ),
        ),
        RegistrationAction(
            "reinstate_over",
            gettext_lazy("Reinstate although all places are taken"),
            lambda registration, actor, _reason: commands.reinstate(registration.pk, actor, force=True),
            lambda registration: registration.status in CLOSED,
            gettext_lazy("%(name)s has a place again. We send them an email."),
            needs_confirmation=True,
            warning=_OVER_CAPACITY,
        ),
        RegistrationAction(
            "reject",
            gettext_lazy("Reject"),
            lambda registration, actor, reason: commands.reject(registration.pk, actor, reason),
            _status_in(_S.PENDING, _S.WAITING, _S.OFFERED),
            gettext_lazy("%(name)s is rejected. We send them an email."),
            asks_reason=True,
            warning=gettext_lazy("If the participant has a place, it goes to the next person on the waiting list."),
            is_destructive=True,
        ),
        RegistrationAction(
            "withdraw",
            gettext_lazy("Withdraw for the participant"),
            lambda registration, actor, _reason: commands.withdraw(registration.pk, actor),
            _status_in(_S.PENDING, _S.CONFIRMED, _S.WAITING, _S.OFFERED),
            gettext_lazy("%(name)s has been withdrawn. We send them an email."),
            needs_confirmation=True,
            warning=gettext_lazy(
                "Use this when a participant has told you that they cannot come. "
                "If they have a place, it goes to the next person on the waiting list."
            ),
        ),
        RegistrationAction(
            "cancel",
            gettext_lazy("Cancel registration"),
            lambda registration, actor, reason: commands.cancel(registration.pk, actor, reason),
            _status_in(_S.PENDING, _S.CONFIRMED, _S.WAITING, _S.OFFERED),
            gettext_lazy("The registration of %(name)s is cancelled. We send them an email."),
            asks_reason=True,
            warning=gettext_lazy("If the participant has a place, it goes to the next person on the waiting list."),
            is_destructive=True,
        ),
        RegistrationAction(
            "renew_link",
            gettext_lazy("Create a new personal link"),
            lambda registration, actor, _reason: commands.renew_link(registration.pk, actor),
            _has_personal_link,
            gettext_lazy("We send a new link by email. The links in earlier emails no longer work."),
            needs_confirmation=True,
            warning=gettext_lazy(
                "Use this when someone else may have the participant’s link. The participant gets a new one by email."
            ),
        ),
        RegistrationAction(
            "erase",
            gettext_lazy("Erase personal data"),
            lambda registration, actor, _reason: erasure.erase(registration.pk, actor),
            lambda registration: True,
            gettext_lazy("All personal data is erased. We send a last email to confirm it."),
            needs_confirmation=True,
            warning=gettext_lazy(
                "Use this when a participant asks for it (GDPR Art. 17). Name, email address, answers, notes and "
                "emails are deleted permanently. If they have a place, it goes to the next person on the waiting list."
            ),
            is_destructive=True,
        ),
    ]
}
