"""The list of registrations with its search, filters and warnings."""

import datetime
import uuid

import pytest
from django.utils import timezone
from django.utils.translation import override
from django_tasks_db.models import DBTaskResult

from accounts.models import AccessRecord, Action
from events.enums import Mode
from events.models import (
    DataAccess,
    EventQuestion,
    Registration,
    RegistrationSettings,
    SensitiveAnswer,
)
from events.presentation.attendance_pdf import people_of
from events.registration.encryption import encrypt
from events.registration.mail.tasks import deliver_mail
from events.registration.queries import Filters, filtered_registrations
from home.models import SchedulerRun
from home.tasks.health import BACKLOG_AFTER
from tests.factories.registrations import make_registration
from tests.factories.users import admin_url
from tests.html import soup

pytestmark = pytest.mark.slow


def names(response) -> list[str]:
    return [person.name for person in response.context["object_list"]]


def test_the_list_filters_and_sorts(client, trusted, event):
    maria = make_registration(event, "waiting", name="Μαρία Παπαδοπούλου", country="GR", language="el")
    make_registration(event, name="Jaan Pärn", organisation="Tartu", country="EE", language="et")
    make_registration(event, "withdrawn", Mode.ONLINE, name="Anna Gone", organisation="Tartu")
    SensitiveAnswer.objects.create(
        registration=maria, question_key=uuid.uuid4(), kind="text", label="Diet", encrypted_value=encrypt("x")
    )
    url = admin_url(event)
    for query, expected in {
        "q=μαρια": ["Μαρία Παπαδοπούλου"],
        "q=parn+tartu": ["Jaan Pärn"],
        "q=example.org&ordering=name": ["Anna Gone", "Jaan Pärn", "Μαρία Παπαδοπούλου"],
        "status=waiting": ["Μαρία Παπαδοπούλου"],
        "status=closed": ["Anna Gone"],
        "status=active&ordering=-name": ["Μαρία Παπαδοπούλου", "Jaan Pärn"],
        "mode=online": ["Anna Gone"],
        "country=EE": ["Jaan Pärn"],
        "organisation=Tartu&ordering=name": ["Anna Gone", "Jaan Pärn"],
        "language=el": ["Μαρία Παπαδοπούλου"],
        "needs=on": ["Μαρία Παπαδοπούλου"],
    }.items():
        assert names(client.get(f"{url}?{query}")) == expected, query
    for hostile in ("status=x", "mode=x", "ordering=;drop", "p=x", "p=99", "country=%00"):
        assert len(names(client.get(f"{url}?{hostile}"))) == 3, hostile


def test_only_users_with_access_to_sensitive_answers_filter_by_needs(client, organiser, event):
    make_registration(event)
    response = client.get(admin_url(event) + "?needs=on")
    assert len(names(response)) == 1
    assert soup(response).select("[name=needs]") == []


@pytest.mark.parametrize("screen", ["registrations", "registration_message", "registration_export"])
def test_who_answered_sensitive_questions_is_shown_with_a_record(screen, client, trusted, event):
    client.get(admin_url(event, screen))
    assert not DataAccess.objects.filter(action="needs_filter").exists()
    client.get(admin_url(event, screen) + "?needs=on")
    record = DataAccess.objects.get(action="needs_filter")
    assert (record.user, record.detail) == (trusted, {})
    assert AccessRecord.objects.filter(action=Action.SENSITIVE_VIEWED).count() == 1


def test_administrators_read_who_listed_the_participants_with_needs(admin_client, event):
    admin_client.get(admin_url(event) + "?needs=on")
    log = admin_client.get(admin_url(event, "registration_access")).text
    assert "Listed who answered sensitive questions" in log


def test_places_are_counted_above_the_list(client, organiser, event):
    for status in ("confirmed", "confirmed", "pending", "waiting", "offered", "withdrawn", "attended"):
        make_registration(event, status)
    count = client.get(admin_url(event)).context["counts"][0]
    assert (count.capacity, count.confirmed, count.pending, count.offered, count.waiting, count.left) == (
        10,
        3,
        1,
        1,
        1,
        5,
    )


def test_empty_list(client, organiser, event):
    assert "There are no registrations yet" in client.get(admin_url(event)).content.decode()
    RegistrationSettings.objects.all().delete()
    assert client.get(admin_url(event)).url == admin_url(event, "registration_settings")
    assert client.get(admin_url(event, "registration_add")).url == admin_url(event, "registration_settings")


def test_the_add_form_explains_where_sensitive_questions_are_answered(client, organiser, page, event):
    url = admin_url(event, "registration_add")
    text = "Participants answer them on their personal page."
    assert text not in client.get(url).content.decode()
    page.questions.set([EventQuestion(label="Diet", is_sensitive=True, locale=page.locale, sort_order=0)])
    page.save_revision().publish()
    screen = client.get(url).content.decode()
    assert text in screen
    assert "Diet</label>" not in screen


def test_every_screen_warns_if_scheduled_tasks_have_not_run(client, organiser, event):
    SchedulerRun.objects.create(pk=1, at=timezone.now())
    assert "Scheduled tasks have" not in client.get(admin_url(event)).content.decode()
    SchedulerRun.objects.update(at=timezone.now() - datetime.timedelta(days=2))
    for name in ("registrations", "registration_mail", "registration_settings"):
        assert "Scheduled tasks have not run since" in client.get(admin_url(event, name)).content.decode()
    SchedulerRun.objects.all().delete()
    type(event).objects.update(created_at=timezone.now() - datetime.timedelta(days=2))
    assert "Scheduled tasks have never run." in client.get(admin_url(event)).content.decode()


def test_every_screen_warns_if_background_tasks_wait(client, organiser, event, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    SchedulerRun.objects.create(pk=1, at=timezone.now())
    deliver_mail.enqueue()
    assert "Background tasks have been waiting" not in client.get(admin_url(event)).content.decode()
    DBTaskResult.objects.update(enqueued_at=timezone.now() - BACKLOG_AFTER)
    for name in ("registrations", "registration_mail", "registration_settings"):
        screen = client.get(admin_url(event, name)).content.decode()
        assert "Background tasks have been waiting since" in screen
        assert "Scheduled tasks have" not in screen


def test_anonymised_registrations_are_counted_but_not_listed(client, organiser, event):
    person = make_registration(event, country="GR", profession="nurse")
    gone = {
        "name": "",
        "email": "",
        "email_key": "",
        "token_hash": "",
        "searchable_name": "",
        "searchable_details": "",
        "anonymised_at": timezone.now(),
    }
    Registration.objects.filter(pk=person.pk).update(**gone)
    screen = client.get(admin_url(event))
    assert "1 registration is anonymised." in screen.content.decode()
    assert (list(screen.context["object_list"]), screen.context["has_registrations"]) == ([], True)
    assert "No registrations match." not in screen.content.decode()
    assert "No registrations match." in client.get(admin_url(event), {"q": "x"}).content.decode()
    page = client.get(admin_url(event, "registration_detail", person.pk)).content.decode()
    assert "Anonymised" in page
    assert "Greece" not in page
    assert "Nurse" not in page


def test_the_list_is_sorted_by_family_name_in_the_order_of_the_language(client, organiser, event):
    people = [("Anna", "Öst"), ("Bo", "Zeder"), ("Cecilia", "Åhl"), ("Dora", "Abel"), ("Aada", "Abel")]
    for given, family in people:
        make_registration(event, name=f"{given} {family}", given_name=given, family_name=family)
    make_registration(event, name="Mao Whole")

    def families(language: str, order: str = "name") -> list[str]:
        with override(language):
            return [person.name.split()[1] for person in filtered_registrations(event, Filters(), order)]

    assert families("fi") == ["Abel", "Abel", "Whole", "Zeder", "Åhl", "Öst"]
    assert families("en") == ["Abel", "Abel", "Åhl", "Whole", "Öst", "Zeder"]
    assert families("fi", "-name") == list(reversed(families("fi")))
    with override("fi"):
        names = [person.name for person in filtered_registrations(event, Filters(), "name")]
        assert names[:2] == ["Aada Abel", "Dora Abel"]
        assert [person.name for person in people_of(event)] == names


def test_a_search_finds_what_was_changed_alone(client, organiser, event):
    person = make_registration(event, name="Anna", email="person@example.org")
    person.name = "Ωμέγα"
    person.save(update_fields=["name"])
    person.organisation = "Kõrgkool"
    person.save(update_fields=["organisation"])
    url = admin_url(event)
    for search in ("omega", "ωμεγα", "korgkool", "omega korgkool", person.email):
        assert names(client.get(url, {"q": search})) == ["Ωμέγα"], search
    assert names(client.get(url, {"q": "anna"})) == []
