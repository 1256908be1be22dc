"""The statuses of a registration: which of them hold a place, and which transitions are permitted."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RegistrationStatus(models.TextChoices):
    PENDING = "pending", _("Waiting for approval")
    CONFIRMED = "confirmed", _("Confirmed")
    WAITING = "waiting", _("On the waiting list")
    OFFERED = "offered", _("Place offered")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REJECTED = "rejected", pgettext_lazy("registration", "Not accepted")
    EXPIRED = "expired", _("Offer expired")
    CANCELLED = "cancelled", _("Cancelled by the organisers")
    ATTENDED = "attended", _("Attended")
    ABSENT = "absent", _("Did not attend")


_S = RegistrationStatus

# An offer holds a place, and so does a registration that waits for approval. An offer is a place that is held until a
# deadline: for a person on the waiting list or, if the event requires it, for a new participant who has to confirm
# their email address (`Registration.is_address_confirmed`, decision 76).
HOLDS_SEAT = frozenset({_S.PENDING, _S.CONFIRMED, _S.OFFERED, _S.ATTENDED, _S.ABSENT})

# An address has at most one registration per event in these statuses (a database constraint). People with a
# registration in another status may register again.
ACTIVE = frozenset({_S.PENDING, _S.CONFIRMED, _S.WAITING, _S.OFFERED, _S.ATTENDED})

# Participants with a confirmed place, before and after check-in.
ATTENDING = frozenset({_S.CONFIRMED, _S.ATTENDED})

# Participants who were confirmed, whether or not they attended.
ADMITTED = ATTENDING | {_S.ABSENT}

# Participants with these statuses get no more emails about the event, except about their own data.
CLOSED = frozenset({_S.WITHDRAWN, _S.REJECTED, _S.EXPIRED, _S.CANCELLED})

# The statuses that may follow each status. Only staff reinstate a closed registration; participants register again.
TRANSITIONS: dict[RegistrationStatus, frozenset[RegistrationStatus]] = {
    _S.PENDING: frozenset({_S.CONFIRMED, _S.WAITING, _S.REJECTED, _S.WITHDRAWN, _S.CANCELLED}),
    _S.CONFIRMED: frozenset({_S.WAITING, _S.WITHDRAWN, _S.CANCELLED, _S.ATTENDED, _S.ABSENT}),
    _S.WAITING: frozenset({_S.PENDING, _S.CONFIRMED, _S.OFFERED, _S.WITHDRAWN, _S.REJECTED, _S.CANCELLED}),
    _S.OFFERED: frozenset({_S.PENDING, _S.CONFIRMED, _S.WAITING, _S.WITHDRAWN, _S.EXPIRED, _S.REJECTED, _S.CANCELLED}),
    _S.ATTENDED: frozenset({_S.CONFIRMED}),
    _S.ABSENT: frozenset({_S.CONFIRMED, _S.ATTENDED}),
    _S.WITHDRAWN: frozenset({_S.CONFIRMED}),
    _S.REJECTED: frozenset({_S.CONFIRMED, _S.PENDING, _S.WAITING}),
    _S.EXPIRED: frozenset({_S.CONFIRMED}),
    _S.CANCELLED: frozenset({_S.CONFIRMED, _S.PENDING, _S.WAITING}),
}


def may_follow(before: str, after: str) -> bool:
    """Return whether a registration with status `before` may get the status `after`."""
    return RegistrationStatus(after) in TRANSITIONS[RegistrationStatus(before)]
