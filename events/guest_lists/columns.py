"""Recognises the columns of a guest list by their headings in every language of the site. Users can correct the result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from django.conf import settings as site_settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from events.enums import FieldRequirement
from events.models import RegistrationSettings
from home.text_normalization import fold

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

LABELS: dict[str, StrPromise] = {
    "name": pgettext_lazy("person", "Name"),
    "given_name": _("Given name"),
    "family_name": _("Family name"),
    "email": _("Email address"),
    "organisation": _("Organisation"),
    "profession": _("Profession"),
    "country": _("Country"),
    "mode": _("How they attend"),
    "language": _("Language of emails"),
}


def _headings(words: str) -> frozenset[str]:
    return frozenset(plain_heading(word) for word in words.split(";"))


def plain_heading(heading: str) -> str:
    """Return a heading in the form that is compared: without case, accents and punctuation."""
    letters = (char if char.isalnum() else " " for char in fold(heading).replace("-", ""))
    return " ".join("".join(letters).split())


# Headings in English, Finnish, Estonian and Greek, also as other programs export them.
HEADINGS = {
    "name": _headings(
        "name; full name; participant; nimi; koko nimi; osallistuja; täisnimi; osaleja; όνομα; ονοματεπώνυμο"
    ),
    "given_name": _headings(
        "given name; first name; forename; firstname; givenname; etunimi; etunimet; eesnimi; μικρό όνομα; κύριο όνομα"
    ),
    "family_name": _headings(
        "family name; last name; surname; lastname; familyname; sukunimi; perekonnanimi; perenimi; επώνυμο"
    ),
    "email": _headings(
        "email; email address; mail; sähköposti; sähköpostiosoite; e-post; e-posti aadress; "
        "meiliaadress; διεύθυνση email; ηλεκτρονική διεύθυνση"
    ),
    "organisation": _headings(
        "organisation; organization; company; employer; affiliation; organisaatio; yritys; työnantaja; asutus; "
        "organisatsioon; tööandja; οργανισμός; φορέας"
    ),
    "profession": _headings("profession; occupation; job; ammatti; amet; elukutse; kutseala; επάγγελμα"),
    "country": _headings("country; maa; riik; χώρα"),
    "mode": _headings(
        "attendance; how you attend; how they attend; mode; osallistumistapa; osalemisviis; τρόπος συμμετοχής"
    ),
    "language": _headings("language; language of emails; kieli; sähköpostien kieli; keel; e-kirjade keel; γλώσσα"),
}


def recognise(headings: Iterable[str], questions: Mapping[str, frozenset[str]] | None = None) -> list[str]:
    """Return the field key of each column; an empty text if the column is unknown or its field is used already.

    `questions` has the headings of the columns for the event's own questions, by the keys of these columns.
    """
    found: list[str] = []
    known_headings = [*HEADINGS.items(), *(questions or {}).items()]
    for heading in headings:
        plain = plain_heading(heading)
        key = next((key for key, known in known_headings if plain in known and key not in found), "")
        found.append(key)
    if "name" in found and "family_name" in found and "given_name" not in found:
        # If there is a column for the family name, "Όνομα" or "Nimi" is the given name.
        found[found.index("name")] = "given_name"
    return found


def used_fields(settings: RegistrationSettings, modes: Sequence[str]) -> dict[str, StrPromise]:
    """Return the fields that the event's form asks for, with their labels. Other details are not stored."""
    requirements = {
        "organisation": settings.asks_organisation,
        "profession": settings.asks_profession,
        "country": settings.asks_country,
    }
    unused = {name for name, requirement in requirements.items() if requirement == FieldRequirement.NO}
    unused |= {"mode"} if len(modes) < 2 else set()
    return {name: label for name, label in LABELS.items() if name not in unused}


def codes_by_label(choices: Callable[[], Iterable[tuple[str, object]]]) -> dict[str, str]:
    """Return a dictionary from labels in all languages of the site, and from the codes themselves, to codes."""
    found: dict[str, str] = {}
    for language, _name in site_settings.LANGUAGES:
        with override(language):
            found |= {fold(str(label)): str(code) for code, label in choices()}
    return found | {fold(code): code for code in found.values()}
