"""The commands: each is one transaction under the event's lock, and may be called twice."""

from events.registration.commands.announcing import announce_change, call_off, take_back_change, tell_of_change
from events.registration.commands.arrival import add_by_hand, newcomers_state, register
from events.registration.commands.changes import (
    accept_offer,
    change_answers,
    decline_offer,
    new_link,
    switch_mode,
    withdraw,
    withdraw_consent,
)
from events.registration.commands.checkin import check_in, mark_absent, undo_check_in
from events.registration.commands.clock import end_waiting_lists, expire_offers, remind, run_waiting_lists
from events.registration.commands.erasure import erase
from events.registration.commands.given import Applicant, GivenAnswer, GivenConsent, Outcome
from events.registration.commands.protecting import protect_answers, protect_due
from events.registration.commands.staff import (
    approve,
    cancel_by_organiser,
    offer_place,
    preview_seats,
    reject,
    resend,
    set_seats,
    take_back_in,
)

__all__ = [
    "Applicant",
    "GivenAnswer",
    "GivenConsent",
    "Outcome",
    "accept_offer",
    "add_by_hand",
    "announce_change",
    "approve",
    "call_off",
    "cancel_by_organiser",
    "change_answers",
    "check_in",
    "decline_offer",
    "end_waiting_lists",
    "erase",
    "expire_offers",
    "mark_absent",
    "new_link",
    "newcomers_state",
    "offer_place",
    "preview_seats",
    "protect_answers",
    "protect_due",
    "register",
    "reject",
    "remind",
    "resend",
    "run_waiting_lists",
    "set_seats",
    "switch_mode",
    "take_back_change",
    "take_back_in",
    "tell_of_change",
    "undo_check_in",
    "withdraw",
    "withdraw_consent",
]
