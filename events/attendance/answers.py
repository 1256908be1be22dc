"""The text and colour that the door shows for the result of a check-in, with instructions for the helper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import timezones
from events.attendance.check_ins import Presence, Result, Scan
from events.attendance.walk_ins import Note
from events.models import SessionAttendance

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

GOOD, WARN, BAD = "good", "warn", "bad"

HEADINGS: dict[Result, tuple[str, StrPromise]] = {
    Result.WELCOME: (GOOD, gettext_lazy("Welcome")),
    Result.UNDONE: (GOOD, gettext_lazy("Check-in undone")),
    Result.LEFT: (GOOD, gettext_lazy("Leaving recorded")),
    Result.NOT_IN: (WARN, gettext_lazy("Not checked in at this session")),
    Result.ALREADY_IN: (WARN, gettext_lazy("Already checked in")),
    Result.ONLINE: (WARN, gettext_lazy("Registered for online")),
    Result.BUSY: (WARN, gettext_lazy("Try again")),
    Result.NO_PLACE: (BAD, gettext_lazy("No place")),
    Result.REPLACED: (BAD, gettext_lazy("Old ticket")),
    Result.OTHER_EVENT: (BAD, gettext_lazy("Ticket of another event")),
    Result.UNKNOWN: (BAD, gettext_lazy("Unknown code")),
    Result.MISREAD: (BAD, gettext_lazy("Code misread")),
}


@dataclass(frozen=True)
class Answer:
    """What the door shows. `level` is "good", "warn" or "bad".

    `person` is the primary key of the registration for the buttons, or 0 if there are no buttons.
    """

    level: str
    heading: str
    name: str = ""
    lines: list[str] = field(default_factory=list)
    person: int = 0
    may_undo: bool = False
    may_check_in: bool = False


def answer_of(scan: Scan, zone: str) -> Answer:
    """Return what to show, in the active language. Times are in the event's zone."""
    level, heading = HEADINGS[scan.result]
    person = scan.registration
    if scan.has_no_seat:
        level, heading = WARN, gettext_lazy("No place in this session")
    return Answer(
        level=level,
        heading=str(heading),
        name=person.name if person else "",
        lines=_lines(scan, zone),
        person=person.pk if person else 0,
        may_undo=scan.result in {Result.WELCOME, Result.LEFT},
        may_check_in=scan.result == Result.ONLINE and scan.check_in is None,
    )


def _lines(scan: Scan, zone: str) -> list[str]:
    if scan.check_in is not None:
        lines = [when_and_who(scan.check_in, zone)]
        if scan.has_no_seat:
            lines.append(_("Did not choose this session, or waits for it. Undo if there is no room."))
        return lines
    match scan.result:
        case Result.NO_PLACE:
            return [_("Status: %(label)s") % {"label": scan.registration.status_label}] if scan.registration else []
        case Result.ONLINE:
            return [_("Ask the organisers if there is room, or check in anyway.")]
        case Result.REPLACED:
            return [_("The participant has a newer ticket. Ask for the newest email, or search for the name.")]
        case Result.OTHER_EVENT:
            return [_("Search for the name: the participant may be registered here, too.")]
        case Result.UNKNOWN:
            return [_("This is no ticket of this site. Search for the name.")]
        case Result.MISREAD:
            return [_("Scan or type it again, or search for the name.")]
        case Result.BUSY:
            return [_("Many people are being checked in right now.")]
    return []


NOTES: dict[Note, StrPromise] = {
    Note.KNOWN: gettext_lazy("Was registered already, so nobody was added."),
    Note.OVER_CAPACITY: gettext_lazy(
        "No places were left on site. Added over the number of places: tell the organisers."
    ),
    Note.SAME_NAME: gettext_lazy("Another participant has this name. Ask the organisers whether they are one person."),
    Note.FOREIGN_ADDRESS: gettext_lazy("Added without the email address, which another participant has."),
    Note.WRONG_ADDRESS: gettext_lazy("Added without an email address: the one that you entered is not valid."),
}


def answer_of_walk_in(answer: Answer, notes: Sequence[Note]) -> Answer:
    """Return the answer for a person whom a device has added: a warning if there are notes for the helper."""
    if not notes:
        return answer
    level = BAD if answer.level == BAD else WARN
    return replace(answer, level=level, lines=[*(str(NOTES[note]) for note in notes), *answer.lines])


def refused_walk_in(name: str) -> Answer:
    return Answer(BAD, _("Not added"), name, [_("The event does not take place as planned, or it is over.")])


def when_and_who(row: Presence, zone: str) -> str:
    """Return when and by whom a participant was checked in, or when they left a session, as a sentence."""
    time = time_format(timezone.localtime(row.at, timezones.zone_info(zone)), "TIME_FORMAT")
    who = row.door.name if row.door else ""
    if row.user:
        who = row.user.get_full_name() or row.user.get_username()
    if isinstance(row, SessionAttendance) and row.left_at is not None:
        return _("Left at %(time)s.") % {"time": time}
    if not who:
        return _("Checked in at %(time)s.") % {"time": time}
    return _("Checked in at %(time)s: %(who)s.") % {"time": time, "who": who}
