"""Certificates by the attendance of sessions: hours, numbers, and what is stated."""

from decimal import Decimal

import pytest

from events.certificates import commands
from events.certificates.eligibility import IneligibilityReason, candidates
from events.models import Certificate, CertificateRule
from events.registration import commands as registration_commands
from events.registration.actor import SCHEDULER
from events.registration.sessions import counted_sessions
from tests.factories import reload
from tests.factories.events import row, rows_of
from tests.factories.registrations import DAY, make_open_page, make_registration, make_staff
from tests.factories.users import admin_url, make_organiser

pytestmark = pytest.mark.slow


@pytest.fixture
def event(home_page):
    """A talk of an hour, and two parallel workshops of two hours."""
    page = make_open_page(
        home_page,
        row("09:00", "Talk", end="10:00"),
        row("10:00", "Workshop A", end="12:00"),
        row("10:00", "Workshop B", end="12:00"),
    )
    registration_commands.set_counted(page.event.pk, {item.translation_key for item in rows_of(page)})
    return reload(page.event)


def attend(event, **minutes):
    """Make a participant who attended sessions for so many minutes."""
    person = make_registration(event)
    pks = {session.title.replace(" ", "_"): session.pk for session in counted_sessions(event, "en")}
    given = {pks[title]: number for title, number in minutes.items()}
    registration_commands.edit_sessions(person.pk, given, make_staff(), "List")
    return person


def found(event, **rule):
    return candidates(event, CertificateRule(event=event, **rule))


def test_hours_really_attended(event):
    attend(event, Talk=50, Workshop_A=70)
    # In two rooms at the same time: never more than the time that has passed.
    attend(event, Workshop_A=120, Workshop_B=120)
    rows = found(event, counts_sessions=True, hours_per_day=Decimal(8))
    assert [(item.hours, item.reasons) for item in rows] == [(Decimal(2), []), (Decimal(2), [])]


def test_the_rule_asks_for_hours_or_sessions(event):
    attend(event, Talk=50, Workshop_A=70)
    attend(event, Talk=60, Workshop_A=59)
    by_hours = found(event, min_hours=Decimal(2))
    assert [item.reasons for item in by_hours] == [[], [IneligibilityReason.TOO_FEW_HOURS]]
    # 59 minutes are less than half of the workshop.
    by_number = found(event, min_sessions=2)
    assert [(item.sessions, item.reasons) for item in by_number] == [
        (2, []),
        (1, [IneligibilityReason.TOO_FEW_SESSIONS]),
    ]
    assert [item.sessions for item in found(event, min_sessions=2, session_percent=40)] == [2, 2]
    # Without such a rule, sessions do not matter.
    assert [(item.sessions, item.reasons) for item in found(event)] == [(None, [])] * 2


def test_candidates_cost_the_same_for_any_number(event, django_assert_num_queries):
    for number in (1, 2):
        for _person in range(number):
            attend(event, Talk=60)
        fresh = reload(event)
        with django_assert_num_queries(7):
            found(fresh, min_hours=Decimal(1))


def test_the_certificate_states_hours_and_sessions(event):
    attend(event, Talk=60, Workshop_A=75)
    CertificateRule.objects.create(event=event, is_on=True, counts_sessions=True, min_sessions=2)
    assert commands.issue(event.pk, SCHEDULER, event.ends_at + DAY) == 1
    facts = Certificate.objects.get().content["en"]["facts"]
    assert facts == [["Attended", "1 day"], ["Sessions", "2"], ["Hours", "2.25"]]


def test_organisers_set_the_rule(client, event, home_page):
    client.force_login(make_organiser(event))
    data = {"min_days": "1", "session_percent": "60", "min_hours": "2.5", "counts_sessions": "on"}
    assert client.post(admin_url(event, "certificate_rule"), data).status_code == 302
    rule = CertificateRule.objects.get()
    assert (rule.min_hours, rule.session_percent, rule.counts_sessions) == (Decimal("2.5"), 60, True)
    assert client.get(admin_url(event, "certificate_sample")).status_code == 200
    attend(event, Talk=60)
    assert "attended too few hours of sessions" in client.get(admin_url(event, "certificates")).content.decode()
    other = make_open_page(home_page, slug="other").event
    client.force_login(make_organiser(other, "other"))
    response = client.post(admin_url(other, "certificate_rule"), data)
    assert response.status_code == 422
    assert "No session is counted yet. Choose the sessions first" in response.content.decode()
