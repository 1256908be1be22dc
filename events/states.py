"""The states of a registration: the one place that says which hold a seat and which may follow which."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RegistrationStatus(models.TextChoices):
    PENDING = "pending", _("To be approved")
    CONFIRMED = "confirmed", _("Confirmed")
    WAITING = "waiting", _("On the waiting list")
    OFFERED = "offered", _("Place offered")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REJECTED = "rejected", pgettext_lazy("registration", "Not accepted")
    EXPIRED = "expired", _("Offer ran out")
    CANCELLED = "cancelled", _("Cancelled by the organiser")
    ATTENDED = "attended", _("Attended")
    ABSENT = "absent", _("Did not attend")


_S = RegistrationStatus

# A seat is taken from the moment somebody may count on it: an offer and a registration under approval reserve theirs.
HOLDS_SEAT = frozenset({_S.PENDING, _S.CONFIRMED, _S.OFFERED, _S.ATTENDED, _S.ABSENT})

# One registration per event and address among these (a constraint of the database); after any other, people may come
# back with a new one.
ACTIVE = frozenset({_S.PENDING, _S.CONFIRMED, _S.WAITING, _S.OFFERED, _S.ATTENDED})

# Those who take part, or did.
ATTENDING = frozenset({_S.CONFIRMED, _S.ATTENDED})

# Those who were let in, whether they came or not.
ADMITTED = ATTENDING | {_S.ABSENT}

# Whoever is in one of these gets no mail about the event any more, unless it is about her own data.
CLOSED = frozenset({_S.WITHDRAWN, _S.REJECTED, _S.EXPIRED, _S.CANCELLED})

# From a state to those that may follow. What ended comes back by the hand of the staff alone, straight to a place; the
# person registers anew.
TRANSITIONS: dict[RegistrationStatus, frozenset[RegistrationStatus]] = {
    _S.PENDING: frozenset({_S.CONFIRMED, _S.WAITING, _S.REJECTED, _S.WITHDRAWN, _S.CANCELLED}),
    _S.CONFIRMED: frozenset({_S.WAITING, _S.WITHDRAWN, _S.CANCELLED, _S.ATTENDED, _S.ABSENT}),
    _S.WAITING: frozenset({_S.PENDING, _S.CONFIRMED, _S.OFFERED, _S.WITHDRAWN, _S.REJECTED, _S.CANCELLED}),
    _S.OFFERED: frozenset({_S.PENDING, _S.CONFIRMED, _S.WAITING, _S.WITHDRAWN, _S.EXPIRED, _S.REJECTED, _S.CANCELLED}),
    _S.ATTENDED: frozenset({_S.CONFIRMED}),
    _S.ABSENT: frozenset({_S.CONFIRMED, _S.ATTENDED}),
    _S.WITHDRAWN: frozenset({_S.CONFIRMED}),
    _S.REJECTED: frozenset({_S.CONFIRMED}),
    _S.EXPIRED: frozenset({_S.CONFIRMED}),
    _S.CANCELLED: frozenset({_S.CONFIRMED}),
}


def may_follow(before: str, after: str) -> bool:
    """Tell whether a registration in state `before` may go to `after`."""
    return RegistrationStatus(after) in TRANSITIONS[RegistrationStatus(before)]
