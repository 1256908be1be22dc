"""Recognises what the columns of a table contain by its head."""

from __future__ import annotations

import re

from home.text_normalization import fold

_WORDS = {
    "time": """
        time times hour hours from start begins aika kello klo aeg kell kellaaeg algus ώρα ώρες έναρξη
    """,
    "day": """
        date day päivä päivämäärä päev kuupäev ημέρα ημερομηνία
    """,
    "speakers": """
        speaker speakers presenter presenters lecturer who puhuja puhujat luennoitsija esineja esinejad kes lektor
        ομιλητής ομιλητές ομιλήτρια ομιλητής/τρια εισηγητής εισηγητές
    """,
    "chairs": """
        chair chairs moderator moderators puheenjohtaja juhataja moderaator πρόεδρος συντονιστής προεδρείο
    """,
    "room": """
        room place venue location where paikka tila sali huone koht ruum saal asukoht kus χώρος αίθουσα τοποθεσία τόπος
    """,
    "title": """
        title topic session activity programme program agenda what subject content item event
        ohjelma aihe otsikko ohjelmakohta sisältö teema pealkiri sessioon tegevus mis ajakava kava
        θέμα τίτλος συνεδρία πρόγραμμα δραστηριότητα
    """,
}
_COLUMN_OF_WORD = {fold(word): column for column, words in _WORDS.items() for word in words.split()}
# "Hall A" and "Room 2" are the names of tracks. They are not the head of a column with rooms.
_NUMBERED = re.compile(r"\s(?:\w|\d+)$")


def column_of(head: str) -> str:
    """Return "time", "day", "title", "speakers", "chairs" or "room", or an empty text for other words."""
    words = fold(head).strip(" :").split()
    if not 1 <= len(words) <= 3 or _NUMBERED.search(head.strip()):
        return ""
    return _COLUMN_OF_WORD.get(words[0].strip(":,/"), "")
