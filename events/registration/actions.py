"""What was done with a registration, in words: for the history at the desk and for the person's own copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

ACTIONS: dict[str, StrPromise] = {
    "register": gettext_lazy("registered"),
    "add_by_hand": gettext_lazy("added by hand"),
    "approve": gettext_lazy("approved"),
    "reject": gettext_lazy("not accepted"),
    "cancel": gettext_lazy("cancelled"),
    "offer": gettext_lazy("offered a place"),
    "accept_offer": gettext_lazy("accepted the offer"),
    "decline_offer": gettext_lazy("declined the offer"),
    "withdraw": gettext_lazy("withdrew"),
    "reinstate": gettext_lazy("taken back in"),
    "withdraw_consent": gettext_lazy("took back a consent"),
    "change_answers": gettext_lazy("changed data"),
    "switch_mode": gettext_lazy("changed how to take part"),
    "check_in": gettext_lazy("checked in"),
    "undo_check_in": gettext_lazy("check-in undone"),
    "mark_absent": gettext_lazy("marked as absent"),
    "resend": gettext_lazy("sent a mail again"),
    "new_link": gettext_lazy("made a new personal link"),
    "call_off": gettext_lazy("told that the event does not take place"),
    "erase": gettext_lazy("erased"),
    "offer_expired": gettext_lazy("the offer ran out"),
    "offer_suspended": gettext_lazy("back on the waiting list, since the event is postponed"),
    "erase_sensitive": gettext_lazy("sensitive answers deleted"),
}
