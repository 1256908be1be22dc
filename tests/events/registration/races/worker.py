"""A process that runs commands from standard input, a JSON object on each line, and prints their results as JSON.

Several of them race commands that no visitor sends, such as scheduled tasks and commands of staff.
"""

from __future__ import annotations

import datetime
import json
import sys
import time
import uuid
from collections import Counter

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402  (Django first)
from django.utils import timezone  # noqa: E402
from django.utils.translation import override  # noqa: E402

from events.attendance import doors  # noqa: E402
from events.enums import Mode  # noqa: E402
from events.forms.sessions import slot_name  # noqa: E402
from events.models import (  # noqa: E402
    CalendarEntry,
    CheckIn,
    Door,
    Event,
    EventPage,
    OfflineScan,
    OutboxMail,
    Registration,
    SeatPool,
    SessionSeat,
)
from events.registration import commands, errors, locking, scheduled, seats  # noqa: E402
from events.registration.actor import staff  # noqa: E402
from events.registration.chosen_sessions import chosen_sessions, slots  # noqa: E402
from events.registration.tokens import token_for  # noqa: E402
from events.states import HOLDS_SEAT, RegistrationStatus  # noqa: E402
from home.models import HomePage  # noqa: E402
from home.setup import set_up_site  # noqa: E402
from tests.factories.events import in_language, make_page, translate_all  # noqa: E402
from tests.factories.registrations import applicant, make_registration, set_up_registration  # noqa: E402

LOCK_TIMEOUT_SECONDS = 20
HOUR = datetime.timedelta(hours=1)
SESSION = uuid.UUID("0f5a9a44-6f7f-4b6e-9a3c-5d2f1c7b8e10")


def prepare() -> dict:
    """Make a site with an event in two languages; return the addresses of its forms."""
    set_up_site("Beacon")
    home_page = HomePage.objects.get(locale__language_code="en")
    if not home_page.live:
        home_page.save_revision().publish()
    page = make_page(home_page)
    set_up_registration(page.event)
    translate_all(page.get_parent().specific, page, codes=("fi",))
    pages = [EventPage.objects.get(pk=page.pk), in_language(page, "fi")]
    return {"event": page.event_id, "forms": [item.register_path() for item in pages]}


def start(event: int, capacity: int | None, *, has_waiting_list: bool = True, people: dict | None = None) -> list:
    """Begin a round with `people` only, a number for each status. Return the tokens of their links, oldest first."""
    OutboxMail.objects.all().delete()
    Registration.objects.all().delete()
    SeatPool.objects.filter(event=event).delete()
    SeatPool.objects.create(event_id=event, mode=Mode.ON_SITE, capacity=capacity, has_waiting_list=has_waiting_list)
    return [token for status, number in (people or {}).items() for token in _people(event, status, number)]


def start_sessions(event: int, places: int) -> dict[str, str]:
    """Begin a round with a session that has this number of places. Return the field of the form that chooses it."""
    start(event, None)
    begins = Event.objects.get(pk=event).starts_at
    announced = {"starts_at": begins.isoformat(), "ends_at": (begins + HOUR).isoformat(), "room": ""}
    CalendarEntry.objects.get_or_create(
        key=SESSION,
        defaults={
            "event_id": event,
            "is_row": True,
            "modified_at": timezone.now(),
            "announced": announced | {"status": "scheduled"},
            "titles": {"en": "Workshop"},
        },
    )
    commands.set_chosen(event, {SESSION: places})
    (slot,) = slots(chosen_sessions(Event.objects.get(pk=event), "en"))
    return {slot_name(slot): str(SESSION)}


def count_session(event: int) -> dict[str, int]:
    """Return how many have a place in the session of `start_sessions`, and how many wait for one."""
    rows = SessionSeat.objects.filter(registration__event=event)
    return {"held": rows.filter(queued_at=None).count(), "waiting": rows.exclude(queued_at=None).count()}


def end_sessions(event: int) -> None:
    """Let participants choose no session any more."""
    start(event, None)
    commands.set_chosen(event, {})


def leave_session(event: int, number: int) -> str:
    """Let one of those with a place in the session give it up."""
    seat = SessionSeat.objects.filter(registration__event=event, queued_at=None).order_by("pk")[number]
    try:
        commands.choose_sessions(seat.registration_id, set())
    except errors.RegistrationError as error:
        return error.code
    return "left"


def _people(event: int, status: str, number: int) -> list[str]:
    now = timezone.now()
    made = []
    for place in range(number):
        times = {"queued_at": now - HOUR + datetime.timedelta(seconds=place)}
        if status == RegistrationStatus.OFFERED:
            times["offer_expires_at"] = now - HOUR
        made.append(make_registration(Event.objects.get(pk=event), status, **times))
    return [token_for(registration) for registration in made]


def count(event: int) -> dict:
    """Return counts of the rows in the database after a round."""
    people = list(Registration.objects.filter(event=event).order_by("queued_at", "pk"))
    offered = [person for person in people if person.status == RegistrationStatus.OFFERED]
    waiting = [person for person in people if person.status == RegistrationStatus.WAITING]
    rows = list(OutboxMail.objects.filter(event=event).values_list("registration", "kind"))
    # The email to the sender of a group belongs to no registration.
    mails = Counter((registration, kind) for registration, kind in rows if registration)
    live = [person.email_key for person in people if person.is_active]
    return {
        "states": Counter(person.status for person in people),
        "held": sum(person.status in HOLDS_SEAT for person in people),
        "duplicates": len(live) - len(set(live)),
        "languages": sorted({person.language for person in people}),
        "mails": Counter(kind for _registration, kind in rows),
        "duplicate_mails": sum(number > 1 for number in mails.values()),
        "in_order": not offered or not waiting or offered[-1].queued_at <= waiting[0].queued_at,
    }


def lower(event: int, capacity: int, when_held: int) -> int:
    """Lower the capacity as an organiser does when this many seats are held. Return the seats held afterwards."""
    user, _is_new = get_user_model().objects.get_or_create(username="organiser")
    until = time.monotonic() + LOCK_TIMEOUT_SECONDS
    while (
        Registration.objects.filter(event=event, status__in=HOLDS_SEAT).count() < when_held and time.monotonic() < until
    ):
        time.sleep(0.002)
    with locking.locked(event) as locked_event:
        commands.set_seats(event, {Mode.ON_SITE: (capacity, True)}, staff(user))
        return seats.seat_counts(locked_event)[Mode.ON_SITE].held


def register(event: int) -> str:
    try:
        return commands.register(event, applicant(f"P {uuid.uuid4().hex}"), [], [], uuid.uuid4()).status
    except errors.RegistrationError as error:
        return error.code


def register_group(event: int, names: list[str], form: str, *, accept_waiting: bool = False) -> str:
    members = [commands.GroupMember(applicant(name)) for name in names]
    try:
        commands.register_group(event, "office@example.org", members, uuid.UUID(form), accept_waiting=accept_waiting)
    except errors.RegistrationError as error:
        return error.code
    return "registered"


def hold(event: int, seconds: float) -> None:
    """Hold the event's lock."""
    with locking.locked(event):
        print(json.dumps("held"), flush=True)  # noqa: T201
        time.sleep(seconds)


def wait_for_lock(event: int) -> list:
    """Register while someone else holds the lock; return the outcome and the seconds it took."""
    started = time.monotonic()
    return [register(event), time.monotonic() - started]


def promote_waiting_lists() -> int:
    return scheduled.promote_waiting_lists()


def expire_offers() -> int:
    return scheduled.expire_offers()


def path_of(token: str, language: str = "en") -> str:
    from django.urls import reverse

    with override(language):
        return reverse("registration_withdraw", kwargs={"token": token})


def make_doors(event: int) -> dict:
    """Make two door links. Return what their devices know: the paths, and a reference of each participant."""
    from django.urls import reverse

    found = Event.objects.get(pk=event)
    user = get_user_model().objects.get_or_create(username="organiser")[0]
    Door.objects.filter(event=found).delete()
    links = []
    for name in ("North door", "South door"):
        door = doors.create_door(found, name, doors.default_end(found, timezone.now()), user)
        Door.objects.filter(pk=door.pk).update(created_at=timezone.now() - HOUR)
        people = Registration.objects.filter(event=event).order_by("pk").values_list("pk", flat=True)
        with override("en"):
            page, path = (reverse(view, kwargs={"token": doors.token_for(door)}) for view in ("door", "door_scans"))
        links.append({"page": page, "path": path, "people": [doors.reference_of(door, pk) for pk in people]})
    now = round(timezone.now().timestamp() * 1000)
    return {"doors": links, "day": found.first_day.isoformat(), "now": now}


def count_check_ins(event: int) -> dict:
    return {
        "check_ins": Counter(CheckIn.objects.filter(registration__event=event).values_list("door__name", flat=True)),
        "attended": Registration.objects.filter(event=event, status=RegistrationStatus.ATTENDED).count(),
        "scans": OfflineScan.objects.filter(door__event=event).count(),
    }


COMMANDS = {
    command.__name__: command
    for command in (
        prepare,
        start,
        start_sessions,
        count_session,
        end_sessions,
        leave_session,
        count,
        lower,
        register,
        register_group,
        hold,
        wait_for_lock,
        promote_waiting_lists,
        expire_offers,
        path_of,
        make_doors,
        count_check_ins,
    )
}


def main() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(COMMANDS[request.pop("command")](**request), default=str), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
