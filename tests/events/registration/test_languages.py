"""Registrations stay when pages of the event are translated, unpublished or deleted."""

import pytest
from django.core.serializers import serialize
from django.db.models import ProtectedError
from django.urls import reverse
from wagtail_localize.models import Translation

from events.enums import Mode
from events.models import (
    Answer,
    CheckIn,
    Consent,
    DataAccess,
    Event,
    EventAccess,
    EventPage,
    EventQuestion,
    HistoryEntry,
    Message,
    OutboxMail,
    Registration,
    RegistrationSettings,
    SeatPool,
    SensitiveAnswer,
)
from events.registration.commands import GivenAnswer, change_answers
from events.registration.questions import questions_for
from tests.factories import reload
from tests.factories.events import commit, in_language, make_index, publish, row, translate_all
from tests.factories.personal_data import make_full_registration
from tests.factories.registrations import make_open_page, make_staff, register_person, set_up_registration

pytestmark = pytest.mark.slow

TABLES = (
    RegistrationSettings,
    SeatPool,
    EventAccess,
    Registration,
    Answer,
    SensitiveAnswer,
    Consent,
    HistoryEntry,
    CheckIn,
    DataAccess,
    Message,
    OutboxMail,
)


def stored_rows():
    """Return every row that belongs to a registration or its event, serialised."""
    return {model.__name__: serialize("json", model.objects.order_by("pk")) for model in TABLES}


@pytest.fixture
def forum(home_page):
    page = make_open_page(home_page, row("09:00", "One", "10:00"), title="Forum")
    page.questions.set([EventQuestion(label="Why do you come?", kind="text", locale=page.locale, sort_order=0)])
    with commit():
        page.save_revision().publish()
    page = reload(page)
    translate_all(make_index(home_page), page, codes=("fi",))
    for name, language in (("Anna", "en"), ("Eeva", "fi")):
        make_full_registration(page.event, name, language=language)
    finnish = in_language(page, "fi")
    [question] = questions_for(finnish)
    answered = register_person(page.event, "Aino", language="fi", answers=[GivenAnswer(question, "siksi")])
    assert answered.registration.answers.get().label == "fi Why do you come?"
    DataAccess.objects.create(event=page.event, user=make_staff().user, action="export")
    EventAccess.objects.create(event=page.event, user=make_staff().user)
    assert all(model.objects.exists() for model in TABLES)
    return page


def test_updating_a_translation_changes_no_registration(forum):
    before = stored_rows()
    publish(forum, title="Forum of care")
    translation = Translation.objects.get(source__object_id=forum.translation_key, target_locale__language_code="fi")
    with commit():
        translation.source.update_from_db()
        translation.save_target(publish=True)
    assert stored_rows() == before


def test_deleting_and_recreating_a_translation_changes_no_registration(forum):
    before, key = stored_rows(), questions_for(in_language(forum, "fi"))[0].key
    with commit():
        in_language(forum, "fi").delete()
    assert stored_rows() == before
    translate_all(reload(forum), codes=("fi",))
    assert stored_rows() == before
    [question] = questions_for(in_language(forum, "fi"))
    assert (question.key, question.label) == (key, "fi Why do you come?")
    # The form of the new translation changes an answer given before.
    registration = Registration.objects.get(name="Aino")
    change_answers(registration.pk, [GivenAnswer(question, "muuten vain")], {}, now=registration.created_at)
    assert [(answer.question_key, answer.value) for answer in registration.answers.all()] == [(key, "muuten vain")]


def test_deleting_the_source_page_changes_no_registration(forum):
    before = stored_rows()
    with commit():
        reload(forum).delete()
    assert stored_rows() == before
    assert Event.objects.filter(pk=forum.event_id).exists()


def test_unpublishing_a_page_changes_no_registration(forum):
    before = stored_rows()
    with commit():
        reload(forum).unpublish()
    assert stored_rows() == before


def test_an_event_with_registrations_cannot_be_deleted(forum, admin_client):
    before = stored_rows()
    with commit():
        for found in EventPage.objects.filter(event=forum.event):
            found.delete()
    with pytest.raises(ProtectedError):
        Event.objects.get(pk=forum.event_id).delete()
    url = reverse("events:delete", args=[forum.event_id])
    for answer in (admin_client.get(url, follow=True), admin_client.post(url, follow=True)):
        assert "This event has registrations, so it cannot be deleted. Cancel it instead." in answer.content.decode()
    assert stored_rows() == before


def test_an_event_without_registrations_can_be_deleted_with_its_settings(db, admin_client):
    from tests.factories.events import make_event

    event = set_up_registration(make_event())
    url = reverse("events:delete", args=[event.pk])
    admin_client.post(url)
    assert not Event.objects.filter(pk=event.pk).exists()
    assert not RegistrationSettings.objects.exists()


def test_languages_share_a_seat_pool(forum):
    SeatPool.objects.filter(mode=Mode.ON_SITE).update(capacity=4)
    assert register_person(forum.event, language="en").status == "confirmed"
    assert register_person(forum.event, language="fi").status == "waiting"
