"""Reads a row of a guest list as a person, with sentences about what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Field
from django.utils.translation import gettext as _

from events.enums import Mode, Profession
from events.guest_lists.answers import QuestionColumn, answer_as_text, read_answers
from events.guest_lists.columns import codes_by_label
from events.models import Registration
from events.registration.schemas import Applicant, GivenAnswer
from home.countries import countries
from home.email_addresses import validate_email_address
from home.languages import language_name, own_language_name
from home.text_normalization import fold

# An address with a name, as email programs copy it: "Anna Example <anna@example.org>".
WITH_NAME = re.compile(r"^.*<([^<>]+)>$")


@dataclass(frozen=True)
class Guest:
    """A person of the list. `problems` are sentences. If there are none, `applicant` can be registered."""

    name: str
    email: str
    applicant: Applicant | None = None
    problems: list[str] = field(default_factory=list)
    answers: list[GivenAnswer] = field(default_factory=list)

    @property
    def answer_texts(self) -> list[tuple[str, str]]:
        """The answers that are stored: pairs of the label of the question and the answer as text."""
        return [(answer.question.label, answer_as_text(answer)) for answer in self.answers]


@dataclass(frozen=True)
class RowDefaults:
    """The values for a row that does not specify them."""

    mode: Mode
    language: str


def read_guest(
    cells: Sequence[str],
    columns: Sequence[str],
    modes: Sequence[Mode],
    defaults: RowDefaults,
    questions: Mapping[str, QuestionColumn] | None = None,
) -> Guest:
    """Return the person of a row.

    `columns` has the field key of each cell, `modes` the attendance modes of the event, and `questions` the columns for
    its questions.
    """
    values = {key: cells[number].strip() for number, key in enumerate(columns) if key and number < len(cells)}
    problems: list[str] = []
    given, family = values.get("given_name", ""), values.get("family_name", "")
    name = " ".join(filter(None, [given, family])) or values.get("name", "")
    email = WITH_NAME.sub(r"\1", values.get("email", "")).strip()
    problems += _name_problems(name)
    problems += _address_problems(email)
    organisation = values.get("organisation", "")
    if len(organisation) > _longest("organisation"):
        problems.append(
            _("Shorten the name of the organisation to %(count)d characters.") % {"count": _longest("organisation")}
        )
    chosen = _Choices(values, problems)
    profession = chosen.code("profession", _professions(), _("The profession “%(text)s” is not known."))
    country = chosen.code("country", _countries(), _("The country “%(text)s” is not known."))
    language = (
        chosen.code("language", _languages(), _("“%(text)s” is not a language of this site.")) or defaults.language
    )
    row_mode = chosen.code("mode", _modes(), _("“%(text)s” is not a way to attend.")) or defaults.mode
    if row_mode not in modes:
        problems.append(_("This event does not offer this way to attend."))
    answers = read_answers(values, questions or {}, row_mode)
    problems += answers.problems
    if problems:
        return Guest(name, email, problems=problems)
    applicant = Applicant(
        name=name,
        email=email,
        organisation=organisation,
        profession=profession,
        country=country,
        mode=Mode(row_mode),
        language=language,
        given_name=given,
        family_name=family,
    )
    return Guest(name, email, applicant, answers=answers.given)


def _longest(name: str) -> int:
    field = Registration._meta.get_field(name)
    return (field.max_length or 0) if isinstance(field, Field) else 0


def _name_problems(name: str) -> list[str]:
    if not name:
        return [_("The name is missing.")]
    if len(name) > _longest("name"):
        return [_("Shorten the name to %(count)d characters.") % {"count": _longest("name")}]
    return []


def _address_problems(email: str) -> list[str]:
    if not email:
        return [_("The email address is missing.")]
    try:
        validate_email_address(email)
    except ValidationError:
        return [_("“%(address)s” is not a valid email address.") % {"address": email}]
    return [_("The email address is too long.")] if len(email) > _longest("email") else []


@dataclass
class _Choices:
    values: Mapping[str, str]
    problems: list[str]

    def code(self, name: str, known: Mapping[str, str], problem: str) -> str:
        """Return the code for a text of the row; empty for an empty text. An unknown text adds `problem` to the problems."""
        text = self.values.get(name, "")
        code = known.get(fold(text), "") if text else ""
        if text and not code:
            self.problems.append(problem % {"text": text})
        return code


@cache
def _professions() -> dict[str, str]:
    return codes_by_label(lambda: Profession.choices)


@cache
def _modes() -> dict[str, str]:
    return codes_by_label(lambda: Mode.choices)


@cache
def _countries() -> dict[str, str]:
    return codes_by_label(lambda: [(code, countries.name(code)) for code in countries.countries])


@cache
def _languages() -> dict[str, str]:
    codes = [code for code, _name in settings.LANGUAGES]
    own = {fold(own_language_name(code)): code for code in codes}
    return codes_by_label(lambda: [(code, language_name(code)) for code in codes]) | own
