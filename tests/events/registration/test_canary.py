"""Erasure and anonymisation leave no personal data (GDPR Art. 17).

Each field of a registration has a canary: a string that occurs nowhere else. The tests search for the canaries in every
table, every file of the site, its emails, caches, sessions and logs: first while the registrations exist, which checks
the search itself, then after they are erased or anonymised.
"""

from __future__ import annotations

import dataclasses
import datetime
import email
import email.policy
import io
import itertools
import logging
import os
import re
import uuid
from pathlib import Path

import pytest
from django.conf import settings as site_settings
from django.core.cache import caches
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ReferenceIndex
from wagtail.search.models import IndexEntry

from config.masking import MaskingFormatter
from events.enums import ConsentPurpose, MailStatus, Mode, QuestionKind
from events.models import EventQuestion, Message, OutboxMail, Registration, SensitiveAnswer
from events.registration import commands
from events.registration.actor import PARTICIPANT
from events.registration.commands import Applicant, GivenAnswer, GivenConsent
from events.registration.labels import consent_text
from events.registration.mail import delivery, folder_backend, queue
from events.registration.privacy import erasure, retention
from events.registration.questions import Statement, questions_for
from events.registration.tokens import token_for
from tests.factories import reload
from tests.factories.events import commit, make_index, translate_all
from tests.factories.registrations import make_open_page, make_staff
from tests.visitors import Visitor, link_of

pytestmark = pytest.mark.slow

LANGUAGES = ("en", "fi", "et", "el")
FIELDS = ("name", "email", "organisation", "answer", "secret", "note", "message", "reason")
# ASCII letters only, so that quoted-printable and line folding do not split the canary.
CANARY_FORMAT = "zq{field}{language}canary"


def canary(field: str, language: str) -> str:
    return CANARY_FORMAT.format(field=field, language=language)


CANARIES = [canary(field, language) for field, language in itertools.product(FIELDS, LANGUAGES)]
# Answers that are no texts, in each language.
NUMBERS = {language: 907_170_000 + number for number, language in enumerate(LANGUAGES)}
DAYS = {language: f"1907-07-1{number}" for number, language in enumerate(LANGUAGES)}
STATEMENT = "zqagreementcanary"
TRACES = re.compile(rf"zq[a-z]+canary|{'|'.join([*map(str, NUMBERS.values()), *DAYS.values()])}", re.IGNORECASE)


@pytest.fixture
def log():
    """The lines that the site's own log handlers would write."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(MaskingFormatter("{levelname} {name}: {message}", style="{"))
    root, before = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield text
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture
def mails(settings, tmp_path) -> Path:
    settings.EMAIL_BACKEND = folder_backend.FILE_BACKEND
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    return tmp_path / "mail"


@pytest.fixture
def forum(home_page, settings):
    settings.PAGE_CACHE_SECONDS = 60
    page = make_open_page(home_page, title="Forum", retention_days=60, asks_photo_consent=True)
    questions = [
        EventQuestion(label="Why?", kind=QuestionKind.TEXT, locale=page.locale, sort_order=0),
        EventQuestion(label="Diet?", kind=QuestionKind.TEXT, is_sensitive=True, locale=page.locale, sort_order=1),
        EventQuestion(label="How many?", kind=QuestionKind.NUMBER, locale=page.locale, sort_order=2),
        EventQuestion(label="When?", kind=QuestionKind.DATE, locale=page.locale, sort_order=3),
        EventQuestion(
            label="Rules", kind=QuestionKind.AGREEMENT, statement="I agree.", locale=page.locale, sort_order=4
        ),
    ]
    page.questions.set(questions)
    with commit():
        page.save_revision().publish()
    page = reload(page)
    translate_all(make_index(home_page), page)
    return page


@pytest.fixture
def people(forum, mails, log):
    """A registration in each language, with every kind of data and email."""
    now = timezone.now()
    staff = make_staff()
    registrations = []
    for language in LANGUAGES:
        question, sensitive, number, day, rules = questions_for(forum)
        # Personal only in this test: a statement is the same for all.
        rules = dataclasses.replace(rules, statement=Statement(STATEMENT))
        person = Applicant(
            name=canary("name", language),
            email=f"{canary('email', language)}@example.org",
            organisation=canary("organisation", language),
            profession="nurse",
            country="FI",
            mode=Mode.ON_SITE,
            language=language,
        )
        answers = [
            GivenAnswer(question, canary("answer", language)),
            GivenAnswer(sensitive, canary("secret", language)),
            GivenAnswer(number, NUMBERS[language]),
            GivenAnswer(day, DAYS[language]),
            GivenAnswer(rules, True),
        ]
        consents = [GivenConsent(purpose, True, consent_text(purpose, forum), language) for purpose in ConsentPurpose]
        with commit():
            outcome = commands.register(forum.event_id, person, answers, consents, uuid.uuid4(), now)
            registration = outcome.registration
            commands.register(forum.event_id, person, answers, consents, uuid.uuid4(), now)
            commands.switch_mode(registration.pk, Mode.ONLINE, PARTICIPANT, now)
            commands.change_answers(registration.pk, [], {"note": canary("note", language)}, staff, now)
            texts = {language: {"subject": canary("message", language), "body": canary("message", language)}}
            message = Message.objects.create(event=forum.event, user=staff.user, texts=texts)
            queue.enqueue(forum.event, "message", registration, message=message)
            delivery.deliver_due()
            queue.enqueue(forum.event, "changed", registration, payload={"reason": canary("reason", language)})
        registrations.append(Registration.objects.get(pk=registration.pk))
    return registrations


def open_all_pages(people, forum, admin_client) -> str:
    """Open the pages of participants and organisers that show registrations, and return their contents."""
    contents = []
    for registration in people:
        for name in ("registration", "registration_change", "registration_data", "registration_data_file"):
            answer = Visitor().get(link_of(registration, name))
            assert answer.status_code == 200
            assert answer["Cache-Control"] == "private, no-store"
            contents.append(answer.content.decode())
        # No part of a mistyped token is logged.
        Visitor().get(link_of(registration)[:-2] + "/")
        person = reverse("events:registration_detail", args=[forum.event_id, registration.pk])
        contents.append(admin_client.get(person).content.decode())
    screens = ["registrations", "registration_mail", "registration_statistics", "registration_check_in"]
    for name in screens:
        answer = admin_client.get(reverse(f"events:{name}", args=[forum.event_id]), {"search": people[0].name})
        assert answer.status_code == 200
    contents += [Visitor().get(page.get_url()).content.decode() for page in [forum, *forum.get_translations()]]
    return "\n".join(contents)


# Places that are searched


def database_text() -> str:
    """Return every row of every table, bytes as text too."""
    rows = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608  (names of the database)
            rows += [f"{table}: {[_as_text(value) for value in row]}" for row in cursor.fetchall()]
    return "\n".join(rows)


def _as_text(value: object) -> str:
    return bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)


def folder_text(*folders: Path) -> str:
    paths = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return "\n".join(f"{path}: {path.read_bytes().decode('utf-8', 'replace')}" for path in paths)


def mail_text(folder: Path) -> str:
    """Return the decoded emails of the folder: Greek and Finnish letters are encoded in the files."""
    found = [folder_text(folder)]
    for path in folder.rglob("*.log"):
        for text in path.read_bytes().split(b"-" * 79):
            parts = email.message_from_bytes(text.strip(), policy=email.policy.default).walk()
            found += [str(part.get_content()) for part in parts if not part.is_multipart()]
    return "\n".join(found)


def cache_text() -> str:
    return "\n".join(
        f"{key}: {bytes(value).decode('utf-8', 'replace')}"
        for cache in caches.all(initialized_only=True)
        for key, value in getattr(cache, "_cache", {}).items()
    )


def traces(text: str) -> list[str]:
    return sorted(set(TRACES.findall(text.casefold())))


def all_traces(mails: Path, log: io.StringIO) -> dict[str, list[str]]:
    return {
        "database": traces(database_text()),
        "files": traces(folder_text(Path(site_settings.DATA_DIR))),
        "mails": traces(mail_text(mails)),
        "caches": traces(cache_text()),
        "log": traces(log.getvalue()),
    }


NO_TRACES: dict[str, list[str]] = {"database": [], "files": [], "mails": [], "caches": [], "log": []}
# Stored unencrypted while the registration exists: all but the sensitive answer.
STORED_UNENCRYPTED = sorted(
    [value for value in CANARIES if not value.startswith("zqsecret")]
    + [STATEMENT, *map(str, NUMBERS.values()), *DAYS.values()]
)


def test_personal_data_is_stored_only_where_expected(people, forum, admin_client, mails, log):
    """Check that the search finds data that exists, as a control of the other tests."""
    contents = open_all_pages(people, forum, admin_client)
    assert set(traces(contents)) >= set(CANARIES) - {canary("message", language) for language in LANGUAGES[1:]} - {
        canary("reason", language) for language in LANGUAGES[1:]
    }
    found = all_traces(mails, log)
    assert found["database"] == STORED_UNENCRYPTED
    assert SensitiveAnswer.objects.count() == len(LANGUAGES)
    # Emails contain no sensitive answer and no note. Files, caches and logs contain no canary.
    in_mails = [canary(field, language) for field in ("name", "email", "message") for language in LANGUAGES]
    assert set(in_mails) <= set(found["mails"])
    assert not [value for value in found["mails"] if value.startswith(("zqsecret", "zqnote"))]
    assert found["files"] == found["caches"] == found["log"] == []
    for registration in people:
        assert token_for(registration) not in log.getvalue() + database_text() + cache_text()


def test_registrations_are_in_no_search_or_reference_index(people):
    names = {Registration._meta.label, SensitiveAnswer._meta.label, OutboxMail._meta.label}
    indexed = {entry.content_type.model_class()._meta.label for entry in IndexEntry.objects.all()}
    referring = {entry.base_content_type.model_class()._meta.label for entry in ReferenceIndex.objects.all()}
    assert "events.EventPage" in indexed
    assert "wagtailcore.Page" in referring
    assert not names & (indexed | referring)


def test_erasure_leaves_no_personal_data(people, forum, admin_client, mails, log):
    open_all_pages(people, forum, admin_client)
    for registration in people:
        with commit():
            erasure.erase(registration.pk, PARTICIPANT, timezone.now())
            delivery.deliver_due(timezone.now())
    # The email "Data erased" itself stays in the folder of the demo for a day.
    for path in mails.iterdir():
        os.utime(path, times=(0, 0))
    folder_backend.prune(timezone.now())
    assert all_traces(mails, log) == NO_TRACES
    assert set(OutboxMail.objects.values_list("status", flat=True)) <= {MailStatus.SENT, MailStatus.WITHHELD}


def test_anonymisation_leaves_no_personal_data(people, forum, admin_client, mails, log):
    open_all_pages(people, forum, admin_client)
    with commit():
        retention.delete_sensitive_answers(forum.event.ends_at + datetime.timedelta(days=60))
        retention.anonymise_due(forum.event.ends_at + datetime.timedelta(days=60))
    assert all_traces(mails, log) == NO_TRACES
    left = Registration.objects.filter(event=forum.event)
    assert set(left.values_list("country", "profession", "mode", "status")) == {("FI", "nurse", "online", "confirmed")}
    assert left.count() == len(LANGUAGES)
