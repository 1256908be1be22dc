"""What people give and what they get: plain values, checked by forms."""

from __future__ import annotations

from dataclasses import dataclass

from events.enums import ConsentPurpose, Mode
from events.models import Registration
from events.registration.questions import FormQuestion
from events.states import RegistrationStatus


@dataclass(frozen=True)
class Applicant:
    """Somebody who registers. `language` is that of the page she stands on, and of all mail to her."""

    name: str
    email: str
    organisation: str = ""
    profession: str = ""
    country: str = ""
    mode: Mode = Mode.ON_SITE
    language: str = "en"


@dataclass(frozen=True)
class GivenAnswer:
    """An answer: a text, a country's code, a yes or no, or the key or keys of choices.

    None, an empty text and an empty list say that there is none.
    """

    question: FormQuestion
    value: object


@dataclass(frozen=True)
class GivenConsent:
    """What somebody answered to the words `wording` when she was asked to agree to something."""

    purpose: ConsentPurpose
    is_given: bool
    wording: str
    language: str


@dataclass(frozen=True)
class Outcome:
    """What a newcomer is told. For an address that is known it is what a stranger would have been told.

    `registration` and `is_known` are for tests and logs of counts: they must not change what is shown.
    """

    status: RegistrationStatus
    mode: Mode
    registration: Registration | None
    is_known: bool
