"""The commands: each is one transaction under the event's lock, and may be called twice."""

from events.registration.commands.changes import (
    accept_offer,
    change_answers,
    decline_offer,
    new_link,
    switch_mode,
    withdraw,
    withdraw_consent,
)
from events.registration.commands.check_in import check_in, mark_absent, undo_check_in
from events.registration.commands.encryption import protect_answers, protect_due
from events.registration.commands.erasure import erase
from events.registration.commands.notify import announce_change, call_off, take_back_change, tell_of_change
from events.registration.commands.signup import add_by_hand, initial_status, register
from events.registration.commands.staff import (
    approve,
    cancel_by_organiser,
    offer_place,
    preview_seats,
    reinstate,
    reject,
    resend,
    set_seats,
)
from events.registration.scheduled import end_waiting_lists, expire_offers, remind, run_waiting_lists
from events.registration.schemas import Applicant, GivenAnswer, GivenConsent, Outcome

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
    "initial_status",
    "mark_absent",
    "new_link",
    "offer_place",
    "preview_seats",
    "protect_answers",
    "protect_due",
    "register",
    "reinstate",
    "reject",
    "remind",
    "resend",
    "run_waiting_lists",
    "set_seats",
    "switch_mode",
    "take_back_change",
    "tell_of_change",
    "undo_check_in",
    "withdraw",
    "withdraw_consent",
]
