"""The values that commands take and return. Forms validate them beforehand."""

from __future__ import annotations

from dataclasses import dataclass

from events.enums import ConsentPurpose, Mode
from events.models import Registration
from events.registration.questions import FormQuestion
from events.states import RegistrationStatus


@dataclass(frozen=True)
class Applicant:
    """A person who registers. `language` is the language of the form's page and of all emails to the person."""

    name: str
    email: str
    organisation: str = ""
    profession: str = ""
    country: str = ""
    mode: Mode = Mode.ON_SITE
    language: str = "en"
    # The parts of `name`. They are empty for a name that was entered as a whole.
    given_name: str = ""
    family_name: str = ""


@dataclass(frozen=True)
class GivenAnswer:
    """An answer: a text, a number, a country code, a boolean, a date as ISO 8601, or the key or keys of choices.

    None, an empty text and an empty list mean that the question was not answered.
    """

    question: FormQuestion
    value: object


@dataclass(frozen=True)
class GivenConsent:
    """The answer to a request for consent. `text` is the sentence that was shown."""

    purpose: ConsentPurpose
    is_given: bool
    text: str
    language: str


@dataclass(frozen=True)
class Outcome:
    """The result of sending the registration form, as it is shown to the sender.

    It is the same if the address is already registered, so that the form does not reveal who is registered.
    `registration` and `is_known` are for tests and counters: never show them.
    """

    status: RegistrationStatus
    mode: Mode
    registration: Registration | None
    is_known: bool
