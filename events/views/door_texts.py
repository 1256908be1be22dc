"""The texts of the page at the door without a connection."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.attendance.answers import BAD, GOOD, HEADINGS, WARN
from events.attendance.check_ins import Result
from events.models import Door

# Results that the script also shows. It uses the texts of the server.
SHARED = (
    Result.WELCOME,
    Result.ALREADY_IN,
    Result.ONLINE,
    Result.NO_PLACE,
    Result.REPLACED,
    Result.UNKNOWN,
    Result.MISREAD,
    Result.UNDONE,
    Result.LEFT,
)


def settings_of_page(door: Door, token: str, *, is_kept: bool) -> dict[str, object]:
    """Return the settings for `door-offline.js`. `is_kept` is true for the page that the service worker stores."""
    names = {"door": "door", "people": "door_people", "scans": "door_scans", "worker": "door_worker"}
    return {
        "token": token,
        "name": door.name,
        "zone": door.event.zone,
        "isKept": is_kept,
        "urls": {key: reverse(name, kwargs={"token": token}) for key, name in names.items()},
        "answers": _answers(),
        "texts": _texts(),
    }


def worker_source(request: HttpRequest, token: str) -> list[str]:
    """Return the address of the only service worker that the page may start, for `worker-src`."""
    return [f"{request.get_host()}{reverse('door_worker', kwargs={'token': token})}"]


def _answers() -> dict[str, tuple[str, str]]:
    shared = {result.value: (HEADINGS[result][0], str(HEADINGS[result][1])) for result in SHARED}
    return shared | {
        "already_left": (WARN, _("Has left already")),
        "same_name": (WARN, _("Same name")),
        "not_listed": (BAD, _("Not on this list")),
        "saved": (GOOD, _("Saved")),
    }


def waiting_texts() -> list[str]:
    """Return the texts about the number of waiting check-ins: the singular and the plural."""
    # The script inserts the number.
    return [
        ngettext("%(number)s scan waiting to be sent", "%(number)s scans waiting to be sent", count) for count in (1, 2)
    ]


def revoked_text() -> str:
    return _("This door link was revoked. The list and the scans that were not sent are deleted.")


def _texts() -> dict[str, str | list[str]]:
    return {
        "waiting": waiting_texts(),
        "revoked": revoked_text(),
        "kept": _("The list is on this device: %(number)s participants, as of %(time)s. It is deleted on %(end)s."),
        "notKept": _("The list is not on this device. Without a connection nobody can be checked in."),
        "saved": _("Saved on this device. It is sent when there is a connection."),
        "checkedLater": _("The code is checked when there is a connection. Check then whether there was a problem."),
        "notListed": _("The ticket is of another event or newer than the list. Search for the name."),
        "notListedName": _("The participant is not on the list of this device."),
        "status": _("Status: %(label)s"),
        "askForRoom": _("Ask the organisers if there is room, or check in anyway."),
        "checkedInBy": _("Checked in at %(time)s: %(who)s."),
        "checkedInAt": _("Checked in at %(time)s."),
        "leftAt": _("Left at %(time)s."),
        "unreadable": _("A scan could not be read and was not recorded."),
        "noUndo": _("This can only be undone with a connection."),
        "savedWalkIn": _("Saved on this device. The person is added when there is a connection."),
        "sameName": _("A participant with this name is on the list. Search for the name, or add another person."),
        "addAnyway": _("Add another person"),
        "nobody": _("Nobody on the list of this device has this name."),
        "more": _("There are more matches. Enter more of the name."),
        "undo": _("Undo"),
        "checkIn": _("Check in"),
        "checkInAnyway": _("Check in anyway"),
        "recordLeaving": _("Record leaving"),
    }
