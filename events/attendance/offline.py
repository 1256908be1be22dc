"""Check-in without a connection: the list that devices at the door keep, and the check-ins that they send later.

The list has hashes of ticket codes, names and ways of attending of the participants with a place. It has neither email
addresses nor answers. `events/static/events/js/door-offline.js` reads it and compares codes in the same way.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format

from events import timezones
from events.attendance import check_ins, doors, walk_ins
from events.attendance.answers import HEADINGS, WARN, Answer, answer_of, answer_of_walk_in, refused_walk_in
from events.attendance.check_ins import Presence, Result, Scan
from events.attendance.points import CheckInPoint, all_points
from events.enums import Mode, OfflineOutcome
from events.models import CheckIn, Door, Event, OfflineScan, Registration, SessionAttendance, Ticket
from events.registration import commands
from events.registration.actor import at_door
from events.registration.commands import Applicant, GivenScan
from events.registration.errors import BusyError, NotPossibleError, RegistrationError
from events.states import ADMITTED, RegistrationStatus

# How long after the end of a link devices can still send the check-ins that they recorded before its end.
SENDING_TIME = datetime.timedelta(days=2)
# A larger difference between two measurements means that the clock of the device was set between them.
CLOCK_STEP = datetime.timedelta(minutes=2)
HASH_BYTES = 16
REPLACED = "replaced"

Json = dict[str, object]


def find_for_sending(token: str, now: datetime.datetime) -> Door | None:
    """Return the door link with this token if its devices may send check-ins, otherwise None.

    They may still send for `SENDING_TIME` after the end of the link, but not after it was revoked: the phone may be
    lost.
    """
    door = doors.find_any(token)
    if door is None or door.revoked_at is not None:
        return None
    return door if now < min(door.ends_at + SENDING_TIME, doors.latest_end(door.event, now)) else None


def list_ends_at(door: Door, now: datetime.datetime) -> datetime.datetime:
    """Return until when a device may keep the list.

    It is the end of the current or next day of the event, but not after the end of the link.
    """
    event = door.event
    today = now.astimezone(timezones.zone_info(event.zone)).date()
    day = next((day for day in event.days if day >= today), today)
    end = timezones.instant(day + datetime.timedelta(days=1), datetime.time(), event.zone)
    if day == event.last_day and event.ends_at is not None:
        end = max(end, event.ends_at)
    return min(end, door.ends_at, doors.latest_end(event, now))


def hash_of_code(salt: str, code: str) -> str:
    """Return the hash (128 bits) that stands for a ticket code in the list. The salt differs for each list."""
    digest = hashlib.sha256(f"{salt}{code}".encode()).digest()[:HASH_BYTES]
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def list_for(door: Door, language: str, now: datetime.datetime) -> Json:
    """Return the list for a device at the door.

    Call it with the event's time zone active. The number of queries is fixed.
    """
    event, salt = door.event, secrets.token_hex(16)
    rows = list(
        Registration.objects.filter(event=event, status__in=ADMITTED, anonymised_at=None)
        .order_by("name", "pk")
        .values_list("pk", "name", "mode")
    )
    codes, others = _codes_of(event, salt)
    refer = doors.references_of(door)
    people = [
        [codes.get(pk, ""), refer(pk), name, int(mode == Mode.ONLINE or not event.is_on_site)]
        for pk, name, mode in rows
    ]
    names: dict[str, int] = {}
    present = _present(event, {pk: index for index, (pk, _name, _mode) in enumerate(rows)}, names)
    return {
        "salt": salt,
        "madeAt": _milliseconds(now),
        "endsAt": _milliseconds(list_ends_at(door, now)),
        "sendUntil": _milliseconds(min(door.ends_at + SENDING_TIME, doors.latest_end(event, now))),
        "zone": event.zone,
        "today": timezone.localdate().isoformat(),
        "points": [_point_row(event, point) for point in all_points(event, language)],
        "people": people,
        "others": others,
        "names": list(names),
        "present": present,
    }


def _codes_of(event: Event, salt: str) -> tuple[dict[int, str], list[list[str]]]:
    """Return the hashes of the ticket codes.

    The first value has the hash of each valid code by the primary key of the registration, the second pairs of hash and
    reason for the invalid codes.
    """
    tickets = Ticket.objects.filter(registration__event=event, registration__anonymised_at=None)
    codes: dict[int, str] = {}
    others = []
    for code, replaced_at, pk, status in tickets.values_list(
        "code", "replaced_at", "registration", "registration__status"
    ):
        hashed = hash_of_code(salt, code)
        if replaced_at is not None:
            others.append([hashed, REPLACED])
        elif status in ADMITTED:
            codes[pk] = hashed
        else:
            others.append([hashed, str(RegistrationStatus(status).label)])
    return codes, others


def _point_row(event: Event, point: CheckInPoint) -> list[str | int]:
    """Return the point as a row of the device's list: day, form value, key in `present`, label."""
    label = f"{date_format(point.day, 'SHORT_DATE_FORMAT')} {point.label}" if event.is_several_days else point.label
    return [point.day.isoformat(), point.value, key_of_point(point), label]


def key_of_point(point: CheckInPoint) -> str:
    return point.day.isoformat() if point.session is None else f"s{point.session.pk}"


def _present(event: Event, places: dict[int, int], names: dict[str, int]) -> list[list[str | int]]:
    """Return a row for each record of attendance.

    A row has the index of the person in the list, the key of the point, the time of coming, the index in `names` of who
    recorded it, and the time of leaving (0 if not recorded). Times are in milliseconds since 1970.
    """

    def number_of(door: str | None, first_name: str | None, last_name: str | None) -> int:
        name = door or f"{first_name or ''} {last_name or ''}".strip()
        return names.setdefault(name, len(names))

    who = ("door__name", "user__first_name", "user__last_name")
    found: list[list[str | int]] = []
    days = CheckIn.objects.filter(registration__event=event).order_by()
    for pk, day, at, *by in days.values_list("registration", "day", "at", *who):
        if pk in places:
            found.append([places[pk], day.isoformat(), _milliseconds(at), number_of(*by), 0])
    sessions = SessionAttendance.objects.filter(registration__event=event).order_by()
    for pk, session, at, left_at, *by in sessions.values_list("registration", "session", "at", "left_at", *who):
        if pk in places:
            left = _milliseconds(left_at) if left_at else 0
            found.append([places[pk], f"s{session}", _milliseconds(at), number_of(*by), left])
    return found


def _milliseconds(moment: datetime.datetime) -> int:
    return round(moment.timestamp() * 1000)


# What devices send


@dataclass(frozen=True)
class SentScan:
    """One check-in that a device sends.

    `person` is a reference from the list; `code` is set for a code that is not in the list, and `walk_in` for a person
    without a registration.
    """

    key: uuid.UUID
    # The time of the check-in by the clock of the device.
    at: datetime.datetime
    # The server's clock minus the device's clock, as measured when the device was last connected before the check-in.
    offset: datetime.timedelta | None
    # When it was undone, by the clock of the device; None if it was not. The device may have sent it before without
    # this.
    undone_at: datetime.datetime | None
    # None if the event has no such point.
    point: CheckInPoint | None
    person: str = ""
    code: str = ""
    walk_in: Applicant | None = None
    # Problems with the entered values of `walk_in`, such as a wrong email address that was left out.
    notes: tuple[walk_ins.Note, ...] = ()


@dataclass(frozen=True)
class Batch:
    """The check-ins that a device sends at once. `clock` is the time of the device's clock when it sends them."""

    device: uuid.UUID
    clock: datetime.datetime
    scans: list[SentScan]


def time_of(
    moment: datetime.datetime, scan: SentScan, clock: datetime.datetime, door: Door, now: datetime.datetime
) -> datetime.datetime:
    """Return `moment` by the clock of the server.

    `moment` is a time of the scan by the clock of the device. The result is within the validity of the link and not in
    the future.
    """
    offset = now - clock
    if scan.offset is not None and abs(scan.offset - offset) > CLOCK_STEP:
        offset = scan.offset
    try:
        at = moment + offset
    except OverflowError:
        at = now
    return max(min(at, now, door.ends_at), door.created_at)


def merge(door: Door, batch: Batch, now: datetime.datetime) -> Iterable[tuple[uuid.UUID, Answer, bool]]:
    """Merge the check-ins of a batch in their order.

    Yields the key of each, the answer, and whether the device has to send it again.
    """
    for scan in batch.scans:
        try:
            answer = _merge_walk_in(door, batch, scan, now) if scan.walk_in else _merge_one(door, batch, scan, now)
        except BusyError:
            yield scan.key, answer_of(Scan(Result.BUSY), door.event.zone), True
        else:
            yield scan.key, answer, False


def _answer(scan: Scan, door: Door) -> Answer:
    answer = answer_of(scan, door.event.zone)
    # The participant was checked in twice. The helper gets a warning although the participant may enter.
    if scan.result == Result.WELCOME and scan.check_in is not None:
        return Answer(WARN, str(HEADINGS[Result.ALREADY_IN][1]), answer.name, answer.lines, answer.person)
    return answer


def _merge_one(door: Door, batch: Batch, scan: SentScan, now: datetime.datetime) -> Answer:
    try:
        found = _person_of(door, scan)
        if isinstance(found, Scan):
            return _answer(found, door)
        given = _given(door, batch, scan, now)
        row, other = commands.record_offline_scan(found.pk, given, at_door(door), now)
    except NotPossibleError:
        return _answer(Scan(Result.UNKNOWN), door)
    return _answer(_result_of(found, row, other), door)


def _merge_walk_in(door: Door, batch: Batch, scan: SentScan, now: datetime.datetime) -> Answer:
    """Register a person whom the device has added, and merge their check-in.

    Raises BusyError, also if the door or the email address has exceeded its rate limit.
    """
    applicant = scan.walk_in
    if applicant is None or scan.point is None:
        return _answer(Scan(Result.UNKNOWN), door)
    if not walk_ins.is_known(door, scan.key):
        if scan.undone_at is not None:
            # The helper has undone it before it was sent, so nothing is stored.
            return replace(_answer(Scan(Result.UNDONE), door), name=applicant.name)
        if walk_ins.exceeded_limit(door, applicant.email, now):
            raise BusyError
    try:
        # A person who is added always enters, even if the device was set to leaving.
        given = replace(_given(door, batch, scan, now), is_leaving=False)
        merged = walk_ins.merge_walk_in(applicant, given, at_door(door), now, list(scan.notes))
    except BusyError:
        raise
    except RegistrationError:
        return refused_walk_in(applicant.name)
    result = _result_of(merged.registration, merged.scan, merged.other)
    return answer_of_walk_in(_answer(result, door), merged.notes)


def _given(door: Door, batch: Batch, scan: SentScan, now: datetime.datetime) -> GivenScan:
    """Return a scan with the times of the server's clock. Raises NotPossibleError if the event has no such point."""
    point = scan.point
    if point is None:
        raise NotPossibleError
    at = time_of(scan.at, scan, batch.clock, door, now)
    undone_at = time_of(scan.undone_at, scan, batch.clock, door, now) if scan.undone_at else None
    session = point.session.pk if point.session else None
    return GivenScan(scan.key, batch.device, at, point.day, session, point.is_leaving, undone_at)


def _person_of(door: Door, scan: SentScan) -> Registration | Scan:
    if scan.code:
        return check_ins.holder_of(door.event, scan.code)
    person = check_ins.person_of(door.event, doors.referred(door, scan.person))
    return person if person is not None else Scan(Result.UNKNOWN)


def _result_of(registration: Registration, row: OfflineScan, other: Presence | None) -> Scan:
    match row.outcome:
        case OfflineOutcome.KNOWN:
            return Scan(Result.ALREADY_IN, registration, other)
        case OfflineOutcome.EARLIER:
            return Scan(Result.WELCOME, registration, other)
        case OfflineOutcome.NOT_IN:
            return Scan(Result.NOT_IN, registration)
        case OfflineOutcome.REFUSED:
            registration.refresh_from_db(fields=["status"])
            return Scan(Result.NO_PLACE, registration)
        case OfflineOutcome.UNDONE:
            return Scan(Result.UNDONE, registration)
    return Scan(Result.LEFT if row.is_leaving else Result.WELCOME, registration)


def delete_old_scans(now: datetime.datetime | None = None) -> int:
    """Delete the stored scans of events whose door links have all ended. Returns how many were deleted."""
    now = now or timezone.now()
    ended = Q(door__event__ends_at__lte=now - doors.LONGEST_EXTRA_TIME)
    count, _per_model = OfflineScan.objects.filter(ended).delete()
    return count
