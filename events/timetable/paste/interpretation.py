"""Recognises the parts of a session's text: kind, speakers, room, and whether there is time for questions.

If a guess depends only on the form of a text, a warning is added to the row.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.formats import time_format
from django.utils.translation import gettext as _

from events.enums import RowKind, SpeakerRole
from events.models.timetable import Speaker

# A word for a kind counts only among the first words of a title: "… will share the story of how lunch is made" is a
# talk.
KIND_WORDS = 4
SHORT_TITLE = 5
MAX_TITLE = 200
MAX_ROOM = 80
# A session that begins after the first time and ends before the second one continues past midnight.
EVENING, MORNING = datetime.time(18), datetime.time(6)
_QA = re.compile(
    # A run of marks is tried only from its start. Otherwise a line of thousands of commas would take minutes.
    r"(?<![,;(–—-])[,;(–—-]*\s*(?:time\s+for\s+|with\s+|incl\.?\s+|including\s+)?"
    r"(?:q\s?(?:&|and)\s?a|questions(?:\s+and\s+answers)?|aikaa\s+kysymyksille|kysymykset\s+ja\s+vastaukset|"
    r"aega\s+küsimusteks|küsimused\s+ja\s+vastused|χρόνος\s+για\s+ερωτήσεις|ερωτήσεις\s+και\s+απαντήσεις)\)?\s*$",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"(?<![\s,;(–—-])[\s,;(–—-]*\b(?P<role>speakers?|chairs?|chaired by|moderators?|moderated by|facilitators?|presented by|"
    r"presenters?|"
    r"puhujat?|puheenjohtaja|esinejad?|moderaator|ομιλητ\w+|συντονιστ\w+)\s*:?\s+(?P<names>[^:]+?)\)?\s*$",
    re.IGNORECASE,
)
_CHAIRING = ("chair", "moderat", "facilitat", "puheenjohtaja", "συντονιστ")
# A word of a name begins with a capital; "von", "de" and initials may stand between.
_PARTICLES = r"von|van|de|der|da|del|della|di|af|la|le|dos|ten"
_NAME_WORD = r"[^\W\d_][\w’'.-]*"
_NAME = re.compile(
    rf"^(?:(?:Prof|Dr|PhD|Mr|Mrs|Ms|Assoc|Docent|Professor)\.?\s+)*{_NAME_WORD}(?:\s+(?:{_PARTICLES}|{_NAME_WORD})){{1,4}}$"
)
# Words for places, also as the last part of compound words ("kongressikeskus").
_PLACE = re.compile(
    r"\b(?:restaurant|rooms?|hall|auditorium|lobby|foyer|café|cafe|cafeteria|aula|building|floor|campus|library|theatre|theater|"
    r"cent(?:re|er)|hotel|house|museum|gallery|park|square|street|arena|stadium|church|cathedral|castle|palace|gymnasium|"
    r"conference venue|terrace|garden|"
    r"\w*(?:ravintola|huone|sali|kahvila|keskus|hotelli|talo|puisto|katu|museo|kirkko|kirjasto|rakennus|"
    r"restoran|ruum|saal|kohvik|hotell|hotellis|maja|majas|saalis|keskuses|väljak|tänav|muuseum|kirik|raamatukogu|hoone|õpiköök)|"
    r"αίθουσα\w*|εστιατόριο|αμφιθέατρο|ξενοδοχείο|κέντρο|κτίριο|κτήριο|μουσείο|πλατεία|οδός|φουαγιέ)\b",
    re.IGNORECASE,
)
# Capitalised words that are not part of a person's name.
_NO_NAME = re.compile(
    r"\b(?:university|institute|college|hospitals?|ministry|commission|agency|association|society|europe|european|union|"
    r"project|project leader|programme|program|digital|health|healthcare|cancer|care|education|training|sessions?|"
    r"parts?|perspectives?|"
    r"plans?|results|forum|conference|congress|seminar|summit|day|days|and|of|the|for|in|to|plenary|parallel|opening|closing|welcome|"
    r"greetings?|words|remarks|address|ceremony|dinner|lunch|breakfast|coffee|tea|break|tour|visit|awards?|prize|posters?|exhibition|"
    r"keynotes?|lectures?|introduction|discussions?|panel|workshops?|working|groups?|committee|council|board|department|faculty|school|"
    r"team|network|company|ltd|foundation|registration|questions|answers|summary|news|data|"
    r"ja|\w*(?:yliopisto|sairaala|ministeriö|laitos|säätiö|yhdistys|korkeakoulu|avaus|tauko|päivä|puheenvuoro|"
    r"ülikool|haigla|ministeerium|instituut|kõrgkool|avamine|lõpetamine|paus|päev|sõnavõtt|arutelu|selts)|"
    r"και|του|της|των|πανεπιστήμιο|νοσοκομείο|υπουργείο|ινστιτούτο|σύλλογος|εταιρεία|διάλειμμα|συζήτηση|έναρξη|λήξη|ημέρα)\b",
    re.IGNORECASE,
)
# Kinds by words in the title. More specific words come first: "welcome coffee" is a break and not an opening.
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
    (RowKind.PANEL, r"\bpanel|round\s?table|paneeli|paneel|ümarlaud|pyöreä\s+pöytä|πάνελ|στρογγυλ"),
    (RowKind.WORKSHOP, r"workshop|hands-on|työpaja|töötuba|töötoad|εργαστήριο"),
    (RowKind.OPENING, r"\bopening\b|welcome|avaus|tervetul|avami|tervitus|έναρξη|καλωσόρισμα|χαιρετισμ"),
    (RowKind.QA, r"^(?:q\s?(?:&|and)\s?a|questions|kysymykset|küsimused|ερωτήσεις)"),
    (RowKind.NETWORKING, r"networking|reception|mingling|get-together|verkostoitumi|võrgustumi|δικτύωση|δεξίωση"),
)
# In a text such as "Welcome words Anna Example", the speaker follows without a comma.
_GREETING = re.compile(
    r"^(?P<title>(?:welcome|opening|closing|concluding|introductory)\s+(?:words|remarks|address|speech|talk)(?:\s+(?:by|from))?|"
    r"tervetulosanat|avaussanat|päätössanat|avasõnad|tervitussõnad|lõpusõnad|καλωσόρισμα|χαιρετισμός)[\s:,–—-]+(?P<who>.+)$",
    re.IGNORECASE,
)


# For "Anna Example: “Title”" and "“Title” – Anna Example".
_OPEN, _CLOSE = '"“„«”', '"”“»'
_QUOTED = rf"[{_OPEN}](?P<title>[^{_OPEN}{_CLOSE}]{{3,}})[{_CLOSE}]"
_NAME_AND_QUOTE = re.compile(rf"^(?P<who>[^{_OPEN}{_CLOSE}]+?)[\s:,–—-]*{_QUOTED}[\s.,;:–—-]*(?P<more>.*)$", re.DOTALL)
_QUOTE_AND_NAME = re.compile(rf"^{_QUOTED}[\s.,;:–—-]*(?P<who>[^{_OPEN}{_CLOSE}]+)$")

Known = Sequence[tuple[str, str]]


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
    track: str = ""
    has_qa: bool = False
    # The text as it was pasted, for the preview.
    line: str = ""
    # Guesses and parts that did not fit, for the editor who checks the row.
    warnings: list[str] = field(default_factory=list)
    # Names after a word such as "Chair", or from a column of speakers. Other names were recognised by their form.
    named: set[str] = field(default_factory=set)


def interpret(row: PastedRow, known: Known) -> None:
    """Find kind, speakers, room and text in the title of a row. `known` has the people of the site by name."""
    row.kind = _kind(row.title)
    row.title, row.has_qa = _without_qa(row.title)
    row.title, named = _roles(row.title, known)
    _add_people(row, named)
    if not _take_quoted(row, known):
        _take_greeted(row, known)
        _take_brackets(row, known)
        _take_after_semicolon(row, known)
        _take_last_parts(row, known)
    row.kind = row.kind if row.kind != RowKind.TALK else _kind(row.title)
    row.title = row.title.strip(" ,;–—-").removesuffix(".") or row.line


def finish(row: PastedRow) -> None:
    """Add warnings about guesses, and move texts that are too long into the text below the title."""
    guessed = [person.name for person in row.people if not person.person and person.name not in row.named]
    if guessed:
        row.warnings.append(_("Read as speakers: %(names)s") % {"names": "; ".join(guessed)})
    if row.kind.is_break and len(row.title.split()) > SHORT_TITLE:
        row.warnings.append(_("Read as: %(kind)s") % {"kind": row.kind.label})
    if not row.title:
        row.warnings.append(_("No title found for this time."))
    if len(row.title) > MAX_TITLE:
        row.abstract = "\n".join(filter(None, [row.title, row.abstract]))
        row.title = f"{row.title[: MAX_TITLE - 1].rsplit(' ', 1)[0]}…"
        row.warnings.append(_("The title is too long. The whole of it is in the text below the title."))
    if len(row.room) > MAX_ROOM:
        row.abstract = "\n".join(filter(None, [row.abstract, row.room]))
        row.room = ""
        row.warnings.append(_("The name of the place is too long. It is in the text below the title."))


def add_line(row: PastedRow, line: str, known: Known) -> None:
    """Add a line without a time to the row above: as speakers, as the room or as text."""
    line = line.strip().lstrip("•·*▪–—- ")
    rest, named = _roles(f"_ {line}", known)
    name, _comma, affiliation = line.partition(",")
    if named and rest == "_":
        _add_people(row, named)
    elif not row.kind.is_break and (speaker := _speaker(name, known, affiliation=affiliation.strip())):
        row.people.append(speaker)
    elif not row.room and len(line.split()) <= SHORT_TITLE and len(line) <= MAX_ROOM and _PLACE.search(line):
        row.room = line
        row.warnings.append(_("Read as the place: %(place)s") % {"place": line})
    else:
        row.abstract = "\n".join(filter(None, [row.abstract, line]))


def add_people(row: PastedRow, text: str, known: Known, role: SpeakerRole = SpeakerRole.SPEAKER) -> None:
    """Add the people in a cell of a column of speakers or chairs."""
    for line in re.split(r"[;\n]", text):
        found: list[Speaker] = []
        for part in filter(None, map(str.strip, re.split(r",|\s&\s|\s+(?:and|ja|και)\s+", line))):
            speaker = _speaker(part, known, role)
            if speaker or not found:
                found.append(speaker or Speaker(part, "", role))
            else:
                last = found.pop()
                found.append(Speaker(last.name, ", ".join(filter(None, [last.affiliation, part])), role, last.person))
        _add_people(row, found)


def _add_people(row: PastedRow, people: list[Speaker]) -> None:
    row.people += people
    row.named |= {person.name for person in people}


def _kind(title: str) -> RowKind:
    for kind, words in _KINDS:
        match = re.search(words, title, re.IGNORECASE)
        if match and len(title[: match.start()].split()) < KIND_WORDS:
            return kind
    return RowKind.TALK


def _without_qa(title: str) -> tuple[str, bool]:
    shorter = _QA.sub("", title).strip()
    # If a title is only about questions and answers, it does not change.
    return (shorter, True) if shorter and shorter != title else (title, False)


def _roles(title: str, known: Known) -> tuple[str, list[Speaker]]:
    """Remove texts such as "Chair: Anna Example" from the end of a title. Returns the title and these people."""
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


def _take_quoted(row: PastedRow, known: Known) -> bool:
    """Move the speaker before or after a title in quotation marks to the people of the row. Returns whether there is one."""
    match = _NAME_AND_QUOTE.match(row.title) or _QUOTE_AND_NAME.match(row.title)
    if not match:
        return False
    name, _comma, affiliation = match["who"].partition(",")
    speaker = _speaker(name, known, affiliation=affiliation.strip(" ,:–—-"))
    if not speaker:
        return False
    row.title = match["title"].strip()
    row.people.append(speaker)
    more = match.groupdict().get("more") or ""
    row.abstract = "\n".join(filter(None, [more.strip(), row.abstract]))
    return True


def _take_greeted(row: PastedRow, known: Known) -> None:
    match = _GREETING.match(row.title)
    if not match:
        return
    name, _comma, affiliation = match["who"].partition(",")
    if speaker := _speaker(name, known, affiliation=affiliation.strip()):
        row.title = re.sub(r"\s+(?:by|from)$", "", match["title"])
        row.people.append(speaker)


def _take_brackets(row: PastedRow, known: Known) -> None:
    """Move a text in brackets at the end of a title to the room or the abstract. After a name it stays in the title."""
    match = re.search(r"\s*\(([^()]{3,})\)\s*$", row.title)
    if not match or not match.start() or _speaker(re.split("[,;]", row.title[: match.start()])[-1], known):
        return
    if _PLACE.search(match[1]) and len(match[1]) <= 80:
        row.room = match[1]
    else:
        row.abstract = match[1]
    row.title = row.title[: match.start()]


def _take_after_semicolon(row: PastedRow, known: Known) -> None:
    title, _separator, rest = row.title.partition(";")
    parts = [part.strip() for part in re.split(r"[;,]", rest) if part.strip()]
    if not title.strip() or not parts:
        return
    if _speaker(parts[0], known):
        _add_named(row, parts, known)
    else:
        row.abstract = "\n".join(filter(None, [rest.strip(), row.abstract]))
    row.title = title.strip()


def _take_last_parts(row: PastedRow, known: Known) -> None:
    """Move speakers or the room out of the end of a title such as "Title, Anna Example, Some University"."""
    parts = [part.strip() for part in row.title.split(",")]
    for number in range(1, len(parts)):
        rest = parts[number:]
        head = ", ".join(parts[:number])
        if (row.kind.is_break or _PLACE.search(rest[0])) and _is_place(rest[0], row.kind):
            # In "Lunch, Restaurant Example – networking", the text after the dash belongs to the title.
            place, dash, more = _dash(rest[0])
            row.room = place
            row.title = ", ".join([head + (f" {dash} {more}" if more else ""), *rest[1:]])
            return
        speaker = _speaker(rest[0], known)
        if speaker and not row.kind.is_break:
            row.title = head
            _add_named(row, rest, known)
            return


def _add_named(row: PastedRow, parts: list[str], known: Known) -> None:
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


def _speaker(text: str, known: Known, role: str = SpeakerRole.SPEAKER, affiliation: str = "") -> Speaker | None:
    """Return the person that `text` names, or None if it does not look like a name."""
    text = text.strip(" .,;:–—-")
    bracket = re.match(r"^(.+?)\s*\(([^()]+)\)$", text)
    if bracket:
        text, affiliation = bracket[1], affiliation or bracket[2]
    for name, key in known:
        if text.casefold() == name.casefold():
            return Speaker(name, affiliation, role, key)
    if _NAME.match(text) and _has_capitals(text) and not _NO_NAME.search(text) and not _PLACE.search(text):
        return Speaker(text, affiliation, role)
    return None


def _has_capitals(text: str) -> bool:
    """Return whether each word begins with a capital. A line that has only capitals is a heading and not a name."""
    words = [word for word in text.split() if not re.fullmatch(_PARTICLES, word)]
    return all(word[0].isupper() for word in words) and not text.isupper()


def mark_backward(rows: Iterable[PastedRow]) -> None:
    """Add a warning to rows that start before the row above, or end before they start."""
    before: PastedRow | None = None
    for row in rows:
        if before and before.day == row.day and row.start < before.start:
            row.warnings.append(_("Starts before the session above. Check the time and the day."))
        if row.end and row.end <= row.start and not (row.start >= EVENING and row.end <= MORNING):
            row.warnings.append(
                _("Ends at %(end)s, before it starts, so it is read as ending on the next day.")
                % {"end": time_format(row.end)}
            )
        before = row
