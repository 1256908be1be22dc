"""Reads a timetable from plain text with one row per line.

    9.30-10.00 Registration and coffee
    10.00 Welcome words Anna Example, Project Leader
    12.00 Lunch, Restaurant Example – networking

It guesses kind, speakers and room and drops no text. Nothing is stored: an editor checks the rows first.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from events.enums import RowKind, SpeakerRole
from events.models.timetable import Speaker

_HOUR = r"(?:[01]?\d|2[0-4])"
_CLOCK = rf"(?P<{{0}}h>{_HOUR})(?:[.:h](?P<{{0}}m>[0-5]\d))?\s?(?P<{{0}}p>[ap]\.?m\.?)?"
_DASH = r"\s*(?:[-–—−‐]|to|until|til|bis)\s*"
_PREFIX = r"^[\s•·*▪–—-]*(?:(?:klo|kell|kl|at|ώρα)\.?\s+)?"
_LINE = re.compile(
    _PREFIX
    + _CLOCK.format("a")
    + rf"(?:{_DASH}"
    + _CLOCK.format("b")
    + r")?(?:\s*(?:hrs|h|uhr))?(?=[\s:,;|–—-]|$)[\s:|,;–—-]*(?P<rest>.*)$",
    re.IGNORECASE,
)
_DAY_LINE = re.compile(
    r"^(?:day|päivä|päev|ημέρα)\s*(\d{1,2})\b|^(\d{1,2})[.:]\s*(?:päivä|päev|day|ημέρα)\b", re.IGNORECASE
)
_DATE_LINE = re.compile(r"^(?:\w+,?\s+)?(\d{1,2})[./](\d{1,2})[./](\d{4})\b|^(?:\w+,?\s+)?(\d{4})-(\d{2})-(\d{2})\b")
_QA = re.compile(
    r"[,;(–—-]*\s*(?:time\s+for\s+|with\s+|incl\.?\s+|including\s+)?"
    r"(?:q\s?(?:&|and)\s?a|questions(?:\s+and\s+answers)?|aikaa\s+kysymyksille|kysymykset\s+ja\s+vastaukset|"
    r"aega\s+küsimusteks|küsimused\s+ja\s+vastused|χρόνος\s+για\s+ερωτήσεις|ερωτήσεις\s+και\s+απαντήσεις)\)?\s*$",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"[\s,;(–—-]*\b(?P<role>speakers?|chairs?|chaired by|moderators?|moderated by|facilitators?|presented by|"
    r"presenters?|"
    r"puhujat?|puheenjohtaja|esinejad?|moderaator|ομιλητ\w+|συντονιστ\w+)\s*:?\s+(?P<names>[^:]+?)\)?\s*$",
    re.IGNORECASE,
)
_CHAIRING = ("chair", "moderat", "facilitat", "puheenjohtaja", "συντονιστ")
# A word of a name begins with a capital; "von", "de" and initials may stand between.
_NAME_WORD = r"[^\W\d_a-zα-ωåäöõü][\w’'.-]*"
_NAME = re.compile(
    rf"^(?:(?:Prof|Dr|PhD|Mr|Mrs|Ms|Assoc|Docent)\.?\s+)*{_NAME_WORD}(?:\s+(?:von|van|de|der|da|del|di|af|{_NAME_WORD})){{1,4}}$"
)
_PLACE = re.compile(
    r"\b(?:restaurant|room|hall|auditorium|lobby|foyer|café|cafe|cafeteria|aula|building|floor|campus|library|theatre|"
    r"ravintola|huone|sali|kahvila|restoran|ruum|saal|kohvik|αίθουσα|εστιατόριο|αμφιθέατρο)\b",
    re.IGNORECASE,
)
# Capitalised words that are not part of a person's name.
_NO_NAME = re.compile(
    r"\b(?:university|institute|college|hospital|ministry|commission|agency|association|society|europe|european|union|"
    r"project|project leader|programme|digital|health|cancer|care|education|training|session|part|perspective|plan|"
    r"results|"
    r"forum|day|and|ja|και)\b",
    re.IGNORECASE,
)
# Kinds by words of the title, the more specific first: "welcome coffee" is a break, not an opening.
_KINDS: tuple[tuple[RowKind, str], ...] = (
    (RowKind.REGISTRATION, r"\bregistration\b|check-in|ilmoittautumi|registreerimi|εγγραφ"),
    (RowKind.SUMMARY, r"\bsummar|wrap-?up|yhteenveto|kokkuvõt|σύνοψη|ανακεφαλαίωση"),
    (
        RowKind.CLOSING,
        r"\bclos(?:e|ing)\b|farewell|conclu(?:ding|sion)|päätössanat|lopetus|lõpetami|lõpusõna|λήξη|κλείσιμο",
    ),
    (
        RowKind.MEAL,
        r"\blunch|dinner|breakfast|buffet|banquet|lounas|illallinen|aamiainen|lõuna(?!-)|õhtusöök|γεύμα|δείπνο",
    ),
    (RowKind.BREAK, r"\bbreak\b|\bcoffee\b|\btea\b|\bpause\b|kahvi|tauko|kohv|paus|διάλειμμα|καφέ"),
    (RowKind.PANEL, r"\bpanel|round\s?table|paneeli|paneel|πάνελ|στρογγυλ"),
    (RowKind.WORKSHOP, r"workshop|hands-on|työpaja|töötuba|εργαστήριο"),
    (RowKind.OPENING, r"\bopening\b|welcome|avaus|tervetul|avami|tervitus|έναρξη|καλωσόρισμα|χαιρετισμ"),
    (RowKind.QA, r"^(?:q\s?(?:&|and)\s?a|questions|kysymykset|küsimused|ερωτήσεις)"),
    (RowKind.NETWORKING, r"networking|reception|mingling|get-together|verkostoitumi|võrgustumi|δικτύωση|δεξίωση"),
)
# "Welcome words Anna Example": the speaker follows without a comma.
_GREETING = re.compile(
    r"^(?P<title>(?:welcome|opening|closing|concluding|introductory)\s+(?:words|remarks|address|speech|talk)(?:\s+(?:by|from))?|"
    r"tervetulosanat|avaussanat|päätössanat|avasõnad|tervitussõnad|lõpusõnad|καλωσόρισμα|χαιρετισμός)[\s:,–—-]+(?P<who>.+)$",
    re.IGNORECASE,
)


@dataclass
class PastedRow:
    start: datetime.time
    end: datetime.time | None
    title: str
    kind: RowKind = RowKind.TALK
    day: int = 1
    abstract: str = ""
    people: list[Speaker] = field(default_factory=list)
    room: str = ""
    has_qa: bool = False
    # The line as it was pasted, for the preview.
    line: str = ""


@dataclass
class Pasted:
    rows: list[PastedRow] = field(default_factory=list)
    # Lines without a row: headings, and lines that were not understood.
    left_over: list[str] = field(default_factory=list)


def read(
    text: str, *, people: Iterable[tuple[str, str]] = (), first_day: datetime.date | None = None, day: int = 1
) -> Pasted:
    """Return the rows of a pasted timetable.

    `people` are names and keys of the people of the site. Rows are on `day` until a line names another day, by number or
    by date (counted from `first_day`).
    """
    known = sorted(people, key=lambda person: -len(person[0]))
    result = Pasted()
    for raw in text.splitlines():
        line = " ".join(raw.split())
        if not line:
            continue
        named_day = _named_day(line, first_day)
        if named_day:
            day = named_day
            continue
        match = _LINE.match(line)
        times = _times(match) if match else None
        if match and times and match["rest"]:
            row = PastedRow(start=times[0], end=times[1], title=match["rest"].strip(), day=day, line=line)
            _interpret(row, known)
            result.rows.append(row)
        elif result.rows and not match:
            _continue(result.rows[-1], line.lstrip("•·*▪ "), known)
        else:
            result.left_over.append(line)
    return result


def _named_day(line: str, first_day: datetime.date | None) -> int | None:
    """Return the number of the day that a line names, or None."""
    if match := _DAY_LINE.match(line):
        return max(1, int(match[1] or match[2]))
    match = _DATE_LINE.match(line)
    if not match or not first_day:
        return None
    day, month, year = (match[1], match[2], match[3]) if match[1] else (match[6], match[5], match[4])
    try:
        date = datetime.date(int(year), int(month), int(day))
    except ValueError:
        return None
    return max(1, (date - first_day).days + 1)


def _times(match: re.Match[str]) -> tuple[datetime.time, datetime.time | None] | None:
    """Return start and end, or None if the line begins with a number that is not a time."""
    # "3 ways to …" is a title: a bare hour counts only with minutes, "am"/"pm" or an end.
    if not (match["am"] or match["ap"] or match["bm"] or match["bp"]):
        return None
    end_part = match["bp"]
    start = _time(match["ah"], match["am"], match["ap"] or (end_part if match["bh"] else None))
    end = _time(match["bh"], match["bm"], end_part) if match["bh"] else None
    return start, end


def _time(hour: str, minute: str | None, half: str | None) -> datetime.time:
    value = int(hour)
    if half and half.lower().startswith("p") and value < 12:
        value += 12
    elif half and half.lower().startswith("a") and value == 12:
        value = 0
    return datetime.time(value % 24, int(minute or 0))


def _interpret(row: PastedRow, known: Sequence[tuple[str, str]]) -> None:
    row.kind = _kind(row.title)
    row.title, row.has_qa = _without_qa(row.title)
    row.title, named = _roles(row.title, known)
    row.people += named
    _take_greeted(row, known)
    _take_brackets(row, known)
    _take_after_semicolon(row, known)
    _take_last_parts(row, known)
    row.kind = row.kind if row.kind != RowKind.TALK else _kind(row.title)
    row.title = row.title.strip(" ,;–—-").removesuffix(".") or row.line


def _kind(title: str) -> RowKind:
    return next((kind for kind, words in _KINDS if re.search(words, title, re.IGNORECASE)), RowKind.TALK)


def _without_qa(title: str) -> tuple[str, bool]:
    shorter = _QA.sub("", title).strip()
    # A row about questions and answers only keeps its title.
    return (shorter, True) if shorter and shorter != title else (title, False)


def _roles(title: str, known) -> tuple[str, list[Speaker]]:
    """Take "Chair: Anna Example" and the like from the end of a title."""
    found: list[Speaker] = []
    while match := _ROLE.search(title):
        role = SpeakerRole.CHAIR if match["role"].lower().startswith(_CHAIRING) else SpeakerRole.SPEAKER
        speakers = [
            _speaker(part, known, role) for part in re.split(r"\s*(?:;|,|&|\band\b|\bja\b|\bκαι\b)\s*", match["names"])
        ]
        if not all(speakers) or not match.start():
            break
        found = [speaker for speaker in speakers if speaker] + found
        title = title[: match.start()].strip()
    return title, found


def _take_greeted(row: PastedRow, known) -> None:
    match = _GREETING.match(row.title)
    if not match:
        return
    name, _comma, affiliation = match["who"].partition(",")
    if speaker := _speaker(name, known, affiliation=affiliation.strip()):
        row.title = re.sub(r"\s+(?:by|from)$", "", match["title"])
        row.people.append(speaker)


def _take_brackets(row: PastedRow, known) -> None:
    """Take text in brackets from the end of a title: it is the room or the abstract. After a name it stays there."""
    match = re.search(r"\s*\(([^()]{3,})\)\s*$", row.title)
    if not match or not match.start() or _speaker(re.split("[,;]", row.title[: match.start()])[-1], known):
        return
    if _PLACE.search(match[1]) and len(match[1]) <= 80:
        row.room = match[1]
    else:
        row.abstract = match[1]
    row.title = row.title[: match.start()]


def _take_after_semicolon(row: PastedRow, known) -> None:
    title, separator, rest = row.title.partition(";")
    if not separator or not title.strip() or not rest.strip():
        return
    parts = [part.strip() for part in re.split(r"[;,]", rest) if part.strip()]
    if _speaker(parts[0], known):
        _add_named(row, parts, known)
    else:
        row.abstract = "\n".join(filter(None, [rest.strip(), row.abstract]))
    row.title = title.strip()


def _take_last_parts(row: PastedRow, known) -> None:
    """Take speakers or the room from the end of "Title, Anna Example, Some University"."""
    parts = [part.strip() for part in row.title.split(",")]
    for number in range(1, len(parts)):
        rest = parts[number:]
        head = ", ".join(parts[:number])
        if (row.kind.is_break or _PLACE.search(rest[0])) and _is_place(rest[0], row.kind):
            # "Lunch, Restaurant Example – networking": what follows the dash belongs to the title.
            place, dash, more = _dash(rest[0])
            row.room = place
            row.title = ", ".join([head + (f" {dash} {more}" if more else ""), *rest[1:]])
            return
        speaker = _speaker(rest[0], known)
        if speaker and not row.kind.is_break:
            row.title = head
            _add_named(row, rest, known)
            return


def _add_named(row: PastedRow, parts: list[str], known) -> None:
    """Add the people of a list of names, each with or without an affiliation after it."""
    for part in parts:
        speaker = _speaker(part, known)
        if speaker:
            row.people.append(speaker)
        elif row.people:
            last = row.people.pop()
            affiliation = ", ".join(filter(None, [last.affiliation, part]))
            row.people.append(Speaker(last.name, affiliation, last.role, last.person))


def _dash(text: str) -> tuple[str, str, str]:
    match = re.match(r"^(.*?)\s+([–—-])\s+(.*)$", text)
    return (match[1], match[2], match[3]) if match else (text, "", "")


def _is_place(text: str, kind: RowKind) -> bool:
    place = _dash(text)[0]
    return bool(_PLACE.search(place)) or (kind.is_break and place[:1].isupper() and len(place.split()) <= 5)


def _speaker(
    text: str, known: Sequence[tuple[str, str]], role: str = SpeakerRole.SPEAKER, affiliation: str = ""
) -> Speaker | None:
    """Return the person that `text` names, or None if it does not look like a name."""
    text = text.strip(" .,;–—-")
    bracket = re.match(r"^(.+?)\s*\(([^()]+)\)$", text)
    if bracket:
        text, affiliation = bracket[1], affiliation or bracket[2]
    for name, key in known:
        if text.casefold() == name.casefold():
            return Speaker(name, affiliation, role, key)
    if _NAME.match(text) and not _NO_NAME.search(text) and not _PLACE.search(text):
        return Speaker(text, affiliation, role)
    return None


def _continue(row: PastedRow, line: str, known) -> None:
    """Add a line without a time to the row above, as speakers or as text."""
    rest, named = _roles(f"_ {line}", known)
    if named and rest == "_":
        row.people += named
        return
    name, _comma, affiliation = line.partition(",")
    if speaker := _speaker(name, known, affiliation=affiliation.strip()):
        row.people.append(speaker)
        return
    row.abstract = "\n".join(filter(None, [row.abstract, line]))
    row.line = f"{row.line} / {line}"
