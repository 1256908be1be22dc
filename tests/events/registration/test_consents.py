"""Records of consents: text, language, time and withdrawal."""

import pytest

from events.enums import ConsentPurpose
from events.models import Consent, HistoryEntry, SensitiveAnswer
from events.registration import consents
from events.registration.commands import GivenConsent, withdraw_consent
from tests.factories.personal_data import make_full_registration
from tests.factories.registrations import DAY, NOW, make_open_event, make_registration

PHOTOS, SENSITIVE = ConsentPurpose.PHOTOS, ConsentPurpose.SENSITIVE


def answer(*, is_given, text="I agree.", purpose=PHOTOS):
    return GivenConsent(purpose, is_given, text, "fi")


@pytest.fixture
def registration(db):
    return make_registration(make_open_event())


def rows(registration):
    found = Consent.objects.filter(registration=registration).order_by("pk")
    return [(row.is_given, row.text, row.at, row.withdrawn_at) for row in found]


def test_a_record_has_text_version_language_and_time(registration):
    assert consents.record(registration, [answer(is_given=True)], NOW) == [PHOTOS]
    row = Consent.objects.get()
    assert (row.purpose, row.is_given, row.text, row.language, row.at) == (PHOTOS, True, "I agree.", "fi", NOW)
    assert row.text_version == consents.text_version("I agree.") != consents.text_version("I agree!")
    assert len(row.text_version) == 32


def test_no_consents_need_no_queries(registration, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert consents.record(registration, [], NOW) == []
    assert not consents.has_consent(registration, PHOTOS)


@pytest.mark.parametrize("is_given", [True, False])
def test_the_same_answer_is_recorded_once(registration, is_given):
    consents.record(registration, [answer(is_given=is_given)], NOW)
    assert consents.record(registration, [answer(is_given=is_given)], NOW + DAY) == []
    assert rows(registration) == [(is_given, "I agree.", NOW, None)]
    assert consents.has_consent(registration, PHOTOS) is is_given


def test_a_consent_to_another_text_is_recorded_and_a_repeated_refusal_is_not(registration):
    consents.record(registration, [answer(is_given=True)], NOW)
    consents.record(registration, [answer(is_given=True, text="I agree to more.")], NOW + DAY)
    assert [row[:2] for row in rows(registration)] == [(True, "I agree."), (True, "I agree to more.")]
    other = make_registration(registration.event)
    consents.record(other, [answer(is_given=False)], NOW)
    consents.record(other, [answer(is_given=False, text="Another text")], NOW + DAY)
    assert [row[:2] for row in rows(other)] == [(False, "I agree.")]


def test_a_refusal_withdraws_a_consent_and_a_new_consent_is_recorded(registration):
    for number, is_given in enumerate([True, False, False, True]):
        consents.record(registration, [answer(is_given=is_given)], NOW + number * DAY)
    assert rows(registration) == [(True, "I agree.", NOW, NOW + DAY), (True, "I agree.", NOW + 3 * DAY, None)]
    assert consents.has_consent(registration, PHOTOS)


def test_withdrawing_the_consent_deletes_sensitive_answers(db):
    registration = make_full_registration(make_open_event())
    withdraw_consent(registration.pk, PHOTOS, now=NOW)
    assert SensitiveAnswer.objects.count() == 1
    withdraw_consent(registration.pk, SENSITIVE, now=NOW)
    withdraw_consent(registration.pk, SENSITIVE, now=NOW + DAY)
    assert SensitiveAnswer.objects.count() == 0
    assert {(row.purpose, row.withdrawn_at) for row in Consent.objects.all()} == {(PHOTOS, NOW), (SENSITIVE, NOW)}
    assert HistoryEntry.objects.filter(action="withdraw_consent").count() == 2


def test_consents_of_one_registration_do_not_affect_another(registration):
    other = make_registration(registration.event)
    consents.record(registration, [answer(is_given=True)], NOW)
    assert consents.withdraw(other, PHOTOS, NOW) is False
    assert consents.has_consent(registration, PHOTOS)
