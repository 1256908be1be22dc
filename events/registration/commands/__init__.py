"""The commands. Each one is a transaction under the event's lock and may be called twice."""

from events.registration.commands.additions import add_registration, invite
from events.registration.commands.address_changes import confirm_new_address, request_address
from events.registration.commands.changes import (
    accept_offer,
    change_answers,
    complete,
    decline_offer,
    renew_link,
    switch_mode,
    withdraw,
    withdraw_consent,
)
from events.registration.commands.check_in import check_in, mark_absent, undo_absence, undo_check_in
from events.registration.commands.encryption import encrypt_answers, encrypt_due_answers
from events.registration.commands.event_changes import (
    notify_called_off,
    notify_event_changed,
    notify_rescheduled,
    retract_change_notice,
)
from events.registration.commands.groups import GroupMember, GroupOutcome, register_group
from events.registration.commands.offline_scans import GivenScan, record_offline_scan
from events.registration.commands.session_choices import choose_sessions, notify_session_changes, set_chosen
from events.registration.commands.sessions import (
    edit_sessions,
    enter_session,
    leave_session,
    record_report,
    set_counted,
    start_code,
    stop_code,
    undo_session,
)
from events.registration.commands.signup import register
from events.registration.commands.staff import (
    RESTORABLE,
    approve,
    cancel,
    offer_place,
    preview_seats,
    reinstate,
    reject,
    resend,
    restore,
    set_seats,
)
from events.registration.schemas import Applicant, GivenAnswer, GivenConsent, Outcome

__all__ = [
    "RESTORABLE",
    "Applicant",
    "GivenAnswer",
    "GivenConsent",
    "GivenScan",
    "GroupMember",
    "GroupOutcome",
    "Outcome",
    "accept_offer",
    "add_registration",
    "approve",
    "cancel",
    "change_answers",
    "check_in",
    "choose_sessions",
    "complete",
    "confirm_new_address",
    "decline_offer",
    "edit_sessions",
    "encrypt_answers",
    "encrypt_due_answers",
    "enter_session",
    "invite",
    "leave_session",
    "mark_absent",
    "notify_called_off",
    "notify_event_changed",
    "notify_rescheduled",
    "notify_session_changes",
    "offer_place",
    "preview_seats",
    "record_offline_scan",
    "record_report",
    "register",
    "register_group",
    "reinstate",
    "reject",
    "renew_link",
    "request_address",
    "resend",
    "restore",
    "retract_change_notice",
    "set_chosen",
    "set_counted",
    "set_seats",
    "start_code",
    "stop_code",
    "switch_mode",
    "undo_absence",
    "undo_check_in",
    "undo_session",
    "withdraw",
    "withdraw_consent",
]
