"""The actions in the history of a registration, with the labels that staff and participants see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

ACTIONS: dict[str, StrPromise] = {
    "register": gettext_lazy("registered"),
    "register_group": gettext_lazy("registered with a group"),
    "add": gettext_lazy("added by staff"),
    "import": gettext_lazy("added by staff from a guest list"),
    "invite": gettext_lazy("invited by staff"),
    "complete": gettext_lazy("form completed"),
    "approve": gettext_lazy("approved"),
    "reject": gettext_lazy("not accepted"),
    "cancel": gettext_lazy("cancelled"),
    "offer": gettext_lazy("place offered"),
    "confirm_address": gettext_lazy("email address confirmed"),
    "accept_offer": gettext_lazy("offer accepted"),
    "decline_offer": gettext_lazy("offer declined"),
    "withdraw": gettext_lazy("withdrawn"),
    "reinstate": gettext_lazy("reinstated"),
    "withdraw_consent": gettext_lazy("consent withdrawn"),
    "change_answers": gettext_lazy("details changed"),
    "request_address": gettext_lazy("new email address entered"),
    "change_address": gettext_lazy("email address changed"),
    "switch_mode": gettext_lazy("attendance changed"),
    "choose_sessions": gettext_lazy("sessions chosen"),
    "promote_session": gettext_lazy("place in a session"),
    "check_in": gettext_lazy("checked in"),
    "undo_check_in": gettext_lazy("check-in undone"),
    "enter_session": gettext_lazy("attended a session"),
    "leave_session": gettext_lazy("left a session"),
    "undo_session": gettext_lazy("attendance of a session undone"),
    "edit_sessions": gettext_lazy("attendance of sessions changed"),
    "mark_absent": gettext_lazy("marked as absent"),
    "undo_absence": gettext_lazy("no longer marked as absent"),
    "issue_certificate": gettext_lazy("certificate issued"),
    "reissue_certificate": gettext_lazy("corrected certificate issued"),
    "revoke_certificate": gettext_lazy("certificate revoked"),
    "resend": gettext_lazy("email sent again"),
    "renew_link": gettext_lazy("new personal link sent"),
    "notify_called_off": gettext_lazy("informed that the event is cancelled or postponed"),
    "erase": gettext_lazy("personal data erased"),
    "confirmation_expired": gettext_lazy("email address not confirmed in time"),
    "offer_expired": gettext_lazy("offer expired"),
    "offer_suspended": gettext_lazy("returned to the waiting list because the event is postponed"),
    "delete_sensitive_answers": gettext_lazy("sensitive answers deleted"),
}
