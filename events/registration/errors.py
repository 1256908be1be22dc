"""The reasons why a command is refused. Each is an exception class with a code that never changes.

When one of them is raised, nothing was written. Views turn the codes into messages.
"""

from __future__ import annotations

from typing import ClassVar


class RegistrationError(Exception):
    code: ClassVar[str] = "error"


class NotSetUpError(RegistrationError):
    """The event does not take registrations on this site, or has no places set up."""

    code = "not_set_up"


class NotOpenYetError(RegistrationError):
    code = "not_open_yet"


class ClosedError(RegistrationError):
    code = "closed"


class EventOffError(RegistrationError):
    """The event is cancelled, postponed or over."""

    code = "event_off"


class ModeNotOfferedError(RegistrationError):
    """The event does not offer this attendance mode, or no longer does."""

    code = "mode_not_offered"


class FullError(RegistrationError):
    """No place is free, and there is no waiting list or the participant did not agree to wait."""

    code = "full"


class TooLateError(RegistrationError):
    """The deadline for changing or withdrawing has passed."""

    code = "too_late"


class OfferExpiredError(RegistrationError):
    """The offer of the place has expired."""

    code = "offer_expired"


class NotPossibleError(RegistrationError):
    """The status of the registration does not allow the action (see `events/states.py`)."""

    code = "not_possible"


class SessionsChangedError(RegistrationError):
    """A session that was chosen is no longer offered, or has begun."""

    code = "sessions_changed"


class SessionsClashError(RegistrationError):
    """Two of the chosen sessions are at the same time."""

    code = "sessions_clash"


class BusyError(RegistrationError):
    """Another transaction holds the event's lock. The same call may succeed a moment later."""

    code = "busy"


class AlreadyRegisteredError(RegistrationError):
    """The address has an active registration for the event. Only shown to staff."""

    code = "already_registered"


class AddressTakenError(RegistrationError):
    """Another active registration of the event has this address. Only shown to staff."""

    code = "address_taken"


class LastAccessError(RegistrationError):
    """The change would leave only administrators with access to the registrations."""

    code = "last_access"


class GrantNotAllowedError(RegistrationError):
    """The user tries to grant a permission that they do not have themselves."""

    code = "grant_not_allowed"


class AudienceChangedError(RegistrationError):
    """The recipients differ from those that were shown before sending."""

    code = "audience_changed"
