"""Why a registration could not be made or changed: one class for each reason, with a code that never changes.

Views turn the codes into words; nothing was written when one of these is raised.
"""

from __future__ import annotations

from typing import ClassVar


class RegistrationError(Exception):
    code: ClassVar[str] = "error"


class NotSetUp(RegistrationError):
    """The event has no registration of its own, or no seats are set."""

    code = "not_set_up"


class NotOpenYet(RegistrationError):
    code = "not_open_yet"


class Closed(RegistrationError):
    code = "closed"


class EventOff(RegistrationError):
    """The event is cancelled or postponed, or it is over."""

    code = "event_off"


class ModeNotOffered(RegistrationError):
    """Nobody can take part in this way, or no longer."""

    code = "mode_not_offered"


class Full(RegistrationError):
    """No seat is left, and no waiting list is open or wanted."""

    code = "full"


class TooLate(RegistrationError):
    """The last moment to change or to withdraw is over."""

    code = "too_late"


class OfferGone(RegistrationError):
    """The offered place ran out."""

    code = "offer_gone"


class NotPossible(RegistrationError):
    """The state of the registration does not allow it (`events/states.py`)."""

    code = "not_possible"


class Busy(RegistrationError):
    """Others hold the event's lock; the same call may succeed a moment later."""

    code = "busy"


class AlreadyRegistered(RegistrationError):
    """The address has a live registration for the event. Only ever told to the staff."""

    code = "already_registered"


class AddressTaken(RegistrationError):
    """Another live registration of the event has the address. Only ever told to the staff."""

    code = "address_taken"


class LastAccess(RegistrationError):
    """Nobody but administrators would see the registrations any more."""

    code = "last_access"


class NotYours(RegistrationError):
    """Somebody gives a right that she does not have herself."""

    code = "not_yours"


class AudienceChanged(RegistrationError):
    """Others would get the message than was said: somebody has come or gone meanwhile."""

    code = "audience_changed"
