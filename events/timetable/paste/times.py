"""Times at the start of a line."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

_HOUR = r"(?:[01]?\d|2[0-4])"
# In English, Greek and Finnish: am and pm, π.μ. and μ.μ., ap. and ip.
_HALF = r"[ap]\.?m\b\.?|[πμ]\.?\s?μ\b\.?|[ai]p\b\.?"
_CLOCK = rf"(?P<{{0}}h>{_HOUR})(?:[.:h](?P<{{0}}m>[0-5]\d)(?::[0-5]\d)?)?\s?(?P<{{0}}p>{_HALF})?"
_DASH = r"\s*(?:[-–—−‐]|to|until|til|bis|kuni|έως|ως)\s*"
_PREFIX = r"^[\s•·*▪–—-]*(?:(?:(?P<word>klo|kell|kl|ώρα)|at|from)\.?\s+)?"
_START = re.compile(
    _PREFIX
    + _CLOCK.format("a")
    + rf"(?:{_DASH}"
    + _CLOCK.format("b")
    + rf")?(?:\s*(?:hrs|h|uhr)\b)?(?P<open>{_DASH}$)?(?=[\s:,;|–—-]|$)[\s:|,;–—-]*(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_END = re.compile(rf"^{_DASH}" + _CLOCK.format("b") + r"(?=[\s:,;|–—-]|$)[\s:|,;–—-]*(?P<rest>.*)$", re.IGNORECASE)
# A time with minutes anywhere in the line, or a range of whole hours at its start.
_WITHIN = re.compile(rf"(?<![\d.:]){_HOUR}[.:][0-5]\d(?![\d.:]*\d)|^{_HOUR}\s?[-–—]\s?{_HOUR}\s")


@dataclass
class Times:
    start: datetime.time
    end: datetime.time | None = None
    # Whether the line ends with a dash, so that the end is in the next line.
    is_open: bool = False


def read_times(line: str) -> tuple[Times, str] | None:
    """Return the times at the start of a line and the rest of it, or None."""
    match = _START.match(line)
    # "3 ways to …" is a title. A bare hour counts as a time only after a word for a time, with minutes, with "am" or
    # "pm", or with an end that has one of these.
    if not match or not (match["word"] or match["am"] or match["ap"] or match["bm"] or match["bp"]):
        return None
    end = _time(match["bh"], match["bm"], match["bp"]) if match["bh"] else None
    start = _time(match["ah"], match["am"], match["ap"] or (match["bp"] if match["bh"] else None))
    if end and start > end and match["bp"] and not match["ap"]:
        # "11.30 to 12.30 pm" begins before noon.
        start = _time(match["ah"], match["am"], "am")
    return Times(start, end, is_open=bool(match["open"]) and end is None), match["rest"].strip()


def read_end(line: str) -> tuple[datetime.time, str] | None:
    """Return the end time in a line such as "– 15.00 Title" and the rest of the line, or None."""
    match = _END.match(line)
    if not match or not (match["bm"] or match["bp"]):
        return None
    return _time(match["bh"], match["bm"], match["bp"]), match["rest"].strip()


def end_within(times: Times, rest: str) -> str:
    """Read "10.00 11.00" in one cell as start and end. Returns the rest of the text."""
    second = read_times(rest) if rest and not times.end else None
    if second and not second[0].end and not second[1]:
        times.end = second[0].start
        return ""
    return rest


def contains_time(line: str) -> bool:
    return bool(_WITHIN.search(line))


def _time(hour: str, minute: str | None, half: str | None) -> datetime.time:
    value = int(hour)
    # pm, μ.μ., ip.; am, π.μ., ap.
    first = (half or "")[:1].lower()
    is_afternoon = first in ("p", "μ", "i")
    if is_afternoon and value < 12:
        value += 12
    elif first and not is_afternoon and value == 12:
        value = 0
    return datetime.time(value % 24, int(minute or 0))
