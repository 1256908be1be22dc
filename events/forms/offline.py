"""The data that devices at the door send: check-ins that were recorded without a connection, as JSON."""

from __future__ import annotations

import datetime
import json
from typing import Any

from django import forms
from django.utils.translation import get_language

from events.attendance.offline import Batch, SentScan
from events.attendance.points import CheckInPoint
from events.attendance.walk_ins import Note
from events.enums import Mode
from events.forms.door import WalkInForm
from events.registration.commands import Applicant

# The most check-ins in one request. Devices send further ones in further requests.
MOST_SCANS = 50
# The last millisecond of the year 9998. A time up to this plus an offset is still a valid time.
MOST_MILLISECONDS = 253_370_764_799_999
# The largest accepted error of a clock in milliseconds: two years.
MOST_OFFSET = 63_072_000_000


class BatchForm(forms.Form):
    device = forms.UUIDField()
    clock = forms.IntegerField(min_value=0, max_value=MOST_MILLISECONDS)


class ScanForm(forms.Form):
    id = forms.UUIDField()
    at = forms.IntegerField(min_value=0, max_value=MOST_MILLISECONDS)
    offset = forms.IntegerField(min_value=-MOST_OFFSET, max_value=MOST_OFFSET, required=False)
    undone = forms.IntegerField(min_value=0, max_value=MOST_MILLISECONDS, required=False)
    day = forms.DateField(input_formats=["%Y-%m-%d"])
    point = forms.CharField(required=False, max_length=40)
    person = forms.CharField(required=False, max_length=100)
    code = forms.CharField(required=False, max_length=100)


class WrongBatchError(ValueError):
    """The sent data is not a batch."""


def read_batch(body: bytes, points: list[CheckInPoint]) -> tuple[Batch, list[str]]:
    """Return the batch, and the ids of entries that cannot be read. Raises WrongBatchError."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise WrongBatchError from error
    form = BatchForm(_texts(given, BatchForm) if isinstance(given, dict) else None)
    entries = given.get("scans") if isinstance(given, dict) else None
    if not form.is_valid() or not isinstance(entries, list) or len(entries) > MOST_SCANS:
        raise WrongBatchError
    found, wrong = [], []
    for entry in entries:
        if not isinstance(entry, dict):
            raise WrongBatchError
        scan = _read_scan(entry, points)
        if scan is not None:
            found.append(scan)
        else:
            wrong.append(str(entry.get("id", ""))[:40])
    return Batch(form.cleaned_data["device"], _moment(form.cleaned_data["clock"]), found), wrong


def _read_scan(entry: dict[str, Any], points: list[CheckInPoint]) -> SentScan | None:
    form = ScanForm(_texts(entry, ScanForm))
    if not form.is_valid():
        return None
    data = form.cleaned_data
    point = next((item for item in points if (item.day, item.value) == (data["day"], data["point"])), None)
    walk_in, notes = _read_walk_in(entry) if "name" in entry else (None, ())
    if "name" in entry and walk_in is None:
        return None
    offset, undone = data["offset"], data["undone"]
    return SentScan(
        key=data["id"],
        at=_moment(data["at"]),
        offset=None if offset is None else datetime.timedelta(milliseconds=offset),
        undone_at=None if undone is None else _moment(undone),
        point=point,
        person=data["person"],
        code=data["code"],
        walk_in=walk_in,
        notes=notes,
    )


def _read_walk_in(entry: dict[str, Any]) -> tuple[Applicant | None, tuple[Note, ...]]:
    """Return a person whom the device has added, with notes; None in place of the person if they have no valid name.

    A wrong email address is left out.
    """
    form = WalkInForm(_texts(entry, WalkInForm) or {})
    form.is_valid()
    name, address = form.cleaned_data.get("name"), form.cleaned_data.get("email")
    if not name:
        return None, ()
    notes = (Note.WRONG_ADDRESS,) if "email" in form.errors else ()
    return Applicant(name=name, email=address or "", mode=Mode.ON_SITE, language=get_language() or "en"), notes


def _texts(values: dict[str, Any], form: type[forms.Form]) -> dict[str, str] | None:
    """Return the values of the form's fields as texts; None if a value cannot be a text.

    Lists, objects and texts with half a surrogate pair are refused.
    """
    found = {name: values[name] for name in form.base_fields if values.get(name) is not None}
    if any(isinstance(value, list | dict) for value in found.values()):
        return None
    texts = {name: str(value) for name, value in found.items()}
    try:
        # Half a surrogate pair can be neither stored nor signed.
        "".join(texts.values()).encode()
    except UnicodeEncodeError:
        return None
    return texts


def _moment(milliseconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(0, datetime.UTC) + datetime.timedelta(milliseconds=milliseconds)
