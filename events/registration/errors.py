"""Why a registration could not be made or changed: one class for each reason, with a code that never changes.

Views turn the codes into words; nothing was written when one of these is raised.
"""

from __future__ import annotations

from typing import ClassVar


class RegistrationError(Exception):
    code: ClassVar[str] = "error"


class NotSetUpError(RegistrationError):
    """The event has no registration of its own, or no seats are set."""

    code = "not_set_up"


class NotOpenYetError(RegistrationError):
    code = "not_open_yet"


class ClosedError(RegistrationError):
    code = "closed"


class EventOffError(RegistrationError):
    """The event is cancelled or postponed, or it is over."""

    code = "event_off"


class ModeNotOfferedError(RegistrationError):
    """Nobody can take part in this way, or no longer."""

    code = "mode_not_offered"


class FullError(RegistrationError):
    """No seat is left, and no waiting list is open or wanted."""

    code = "full"


class TooLateError(RegistrationError):
    """The last moment to change or to withdraw is over."""

    code = "too_late"


class OfferExpiredError(RegistrationError):
    """The offered place ran out."""

    code = "offer_gone"


class NotPossibleError(RegistrationError):
    """The state of the registration does not allow it (`events/states.py`)."""

    code = "not_possible"


class BusyError(RegistrationError):
    """Others hold the event's lock; the same call may succeed a moment later."""

    code = "busy"


class AlreadyRegisteredError(RegistrationError):
    """The address has a live registration for the event. Only ever told to the staff."""

    code = "already_registered"


class AddressTakenError(RegistrationError):
    """Another live registration of the event has the address. Only ever told to the staff."""

    code = "address_taken"


class LastAccessError(RegistrationError):
    """Nobody but administrators would see the registrations any more."""

    code = "last_access"


class NotYoursError(RegistrationError):
    """Somebody gives a right that she does not have herself."""

    code = "not_yours"


class AudienceChangedError(RegistrationError):
    """Others would get the message than was said: somebody has come or gone meanwhile."""

    code = "audience_changed"
