"""Permissions of the registration screens, which are read from the URL patterns so that none is left out."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AccessRecord, Action
from events.admin.settings_forms import StartForm
from events.admin.urls import registration_urls
from events.enums import MailKind
from events.models import (
    Certificate,
    DataAccess,
    EventAccess,
    GuestList,
    OutboxMail,
    Registration,
    RegistrationSettings,
)
from events.registration import access
from events.registration.errors import GrantNotAllowedError, LastAccessError
from events.states import RegistrationStatus
from home.roles import VIEW_REPORTS
from tests.events.admin.responses import shown_messages
from tests.factories.events import make_event
from tests.factories.registrations import make_open_event, make_registration
from tests.factories.users import admin_url, make_editor, make_organiser, make_user
from tests.routes import CERTIFICATE_CONTENT

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

NAMES = [pattern.name for pattern in registration_urls()]
CHECK_IN = {"registration_check_in"}
# Screens that only answer POST, and redirect a GET.
POST_ONLY = {
    "registration_open_close",
    "registration_bulk_action",
    "registration_switch_mode",
    "registration_note",
    "registration_resend",
}
# Only who asked for a download gets it.
EXPECTED = {name: 302 if name in POST_ONLY else 404 if name == "prepared_download" else 200 for name in NAMES}


def screen_urls(event, person, mail) -> dict[str, str]:
    certificate = Certificate.objects.create(
        event=event,
        registration=person,
        number="0123456789AB",
        name=person.name,
        issued_on=event.first_day,
        content={"en": CERTIFICATE_CONTENT},
    )
    guests = GuestList.objects.create(event=event, mode=person.mode, language="en")
    found = {}
    for pattern in registration_urls():
        values = {
            "pk": event.pk,
            "registration_pk": person.pk,
            "mail_pk": mail.pk,
            "certificate_pk": certificate.pk,
            "list_pk": guests.pk,
            "action": "cancel",
            "key": uuid.UUID(int=1),
        }
        converters = pattern.pattern.converters
        found[pattern.name] = reverse(f"events:{pattern.name}", kwargs={name: values[name] for name in converters})
    return found


@pytest.fixture
def screens(event):
    person = make_registration(event)
    mail = OutboxMail.objects.create(event=event, registration=person, kind=MailKind.CONFIRMED, language="en")
    return screen_urls(event, person, mail)


def status_codes(client, screens, method="get") -> dict[str, int]:
    return {name: getattr(client, method)(url).status_code for name, url in screens.items()}


def test_every_screen_has_a_unique_url_name(screens):
    assert len(NAMES) == len(set(NAMES)) == len(screens) == 38


def test_organisers_open_every_screen_of_their_event(client, organiser, screens):
    # Sensitive answers need access of their own.
    assert status_codes(client, screens) == EXPECTED | {"registration_needs": 404}


def test_administrators_open_every_screen(client, admin_user, screens):
    client.force_login(admin_user)
    assert status_codes(client, screens) == EXPECTED


@pytest.mark.parametrize("method", ["get", "post"])
def test_all_screens_answer_404_without_access_to_the_event(client, event, screens, method):
    strangers = [
        make_organiser(make_open_event(), "elsewhere", sees_sensitive=True),
        make_editor(),
        make_user("nobody"),
        make_organiser(event, "gone", sees_sensitive=True),
    ]
    strangers[-1].event_accesses.all().delete()
    for user in strangers:
        client.force_login(user)
        expected = dict.fromkeys(NAMES, 404)
        if user.has_perm("events.change_event"):
            # Numbers and no participant: for everyone who may change the event.
            expected["change_notices"] = 200 if method == "get" else 302
        if user.has_perm(VIEW_REPORTS) and method == "get":
            # A post without a format answers 404.
            expected["event_report"] = 200
        assert status_codes(client, screens, method) == expected, user


@pytest.mark.parametrize("method", ["get", "post"])
def test_users_with_check_in_access_open_only_check_in(client, event, screens, method):
    client.force_login(make_organiser(event, "check_in_user", only_checks_in=True))
    found = status_codes(client, screens, method)
    assert {name for name, code in found.items() if code != 404} == (CHECK_IN if method == "get" else set())


@pytest.mark.parametrize("method", ["get", "post"])
def test_visitors_are_asked_to_sign_in(client, screens, method):
    for url in screens.values():
        response = getattr(client, method)(url)
        assert response.status_code == 302
        assert response.url.startswith("/admin/login/")


@pytest.mark.parametrize("method", ["get", "post"])
def test_registrations_of_another_event_answer_404(client, organiser, event, method):
    other = make_open_event()
    person = make_registration(other)
    mail = OutboxMail.objects.create(event=other, registration=person, kind=MailKind.CONFIRMED, language="en")
    screens = {
        name: url for name, url in screen_urls(event, person, mail).items() if f"/registrations/{person.pk}/" in url
    }
    assert len(screens) == 8
    if method == "get":
        # These redirect to the page of the registration, which answers 404.
        screens = {name: url for name, url in screens.items() if name not in POST_ONLY}
    assert set(status_codes(client, screens, method).values()) == {404}
    posts = [("registration_check_in", {"person": person.pk}), ("registration_mail", {"mail": mail.pk})]
    assert [client.post(admin_url(event, name), data).status_code for name, data in posts] == [404, 404]


@pytest.mark.parametrize("key", ["", "x", "-1", "²", "9" * 30, "9" * 5000])
@pytest.mark.parametrize(
    ("screen", "field", "status"),
    [
        ("registration_check_in", "person", 404),
        ("registration_mail", "mail", 404),
        ("registration_access", "remove", 302),
        ("registration_bulk_action", "person", 302),
    ],
)
def test_invalid_primary_keys_match_nothing(client, organiser, event, screen, field, status, key):
    make_registration(event, status=RegistrationStatus.PENDING)
    client.force_login(organiser)
    response = client.post(admin_url(event, screen), {field: key, "action": "approve", "confirmed": "on"})
    assert response.status_code == status
    assert EventAccess.objects.filter(event=event).count() == 1
    assert Registration.objects.get(event=event).status == RegistrationStatus.PENDING


def test_emails_of_another_registration_answer_404(client, organiser, event):
    first, second = make_registration(event), make_registration(event)
    mail = OutboxMail.objects.create(event=event, registration=second, kind=MailKind.CONFIRMED, language="en")
    assert client.post(admin_url(event, "registration_resend", first.pk, mail.pk)).status_code == 404
    assert client.post(admin_url(event, "registration_resend", second.pk, mail.pk)).status_code == 302
    assert [copy.registration for copy in OutboxMail.objects.exclude(pk=mail.pk)] == [second]


def test_posts_need_the_csrf_token(event, organiser):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(organiser)
    person = make_registration(event, "pending")
    assert client.post(admin_url(event, "registration_action", person.pk, "approve")).status_code == 403
    assert Registration.objects.get().status == RegistrationStatus.PENDING


def test_screens_are_not_cached(client, organiser, screens):
    for name, url in screens.items():
        if name not in POST_ONLY:
            assert "no-store" in client.get(url)["Cache-Control"], name


# The functions of events.registration.access


def test_editors_set_up_registration_of_events_without_access_rights(client, home_page):
    from tests.factories.events import make_page

    event, editor = make_page(home_page, contact_email="office@example.org").event, make_editor()
    client.force_login(editor)
    assert client.get(admin_url(event, "registration_settings")).status_code == 200
    client.post(
        admin_url(event, "registration_settings"), {"on_site_offered": "on", "on_site_capacity": "5", "open": "1"}
    )
    row = EventAccess.objects.get()
    assert (row.user, row.sees_sensitive, row.only_checks_in) == (editor, True, False)
    assert RegistrationSettings.objects.filter(event=event).exists()
    client.force_login(make_editor("second"))
    assert client.get(admin_url(event, "registration_settings")).status_code == 404


def test_only_the_first_of_two_who_set_up_registration_gets_access(client, home_page, monkeypatch):
    event = make_event()
    url = admin_url(event, "registration_settings")
    first, second = make_editor("first"), make_editor("second")
    is_valid, waiting = StartForm.is_valid, [first]

    def valid(form):
        # The other form is sent after the right of the second user was checked.
        if waiting:
            browser = Client()
            browser.force_login(waiting.pop())
            browser.post(url, {"on_site_offered": "on", "on_site_capacity": "5"})
        return is_valid(form)

    monkeypatch.setattr(StartForm, "is_valid", valid)
    client.force_login(second)
    answer = client.post(url, {"on_site_offered": "on", "on_site_capacity": "99"})
    assert answer.url == reverse("events:edit", args=[event.pk])
    assert "Ask them for access" in shown_messages(answer)[-1]
    assert [row.user for row in EventAccess.objects.all()] == [first]
    assert event.seat_pools.get().capacity == 5


def test_access_of_who_sets_up_registration_is_logged_once(db):
    event, creator = make_event(), make_editor()
    for _time in range(2):
        access.grant_to_creator(event, creator)
    given = {"sees_sensitive": True, "only_checks_in": False}
    assert [(row.user, row.detail) for row in DataAccess.objects.all()] == [(creator, {"user": creator.pk} | given)]
    record = AccessRecord.objects.get(action=Action.EVENT_ACCESS_CHANGED)
    assert record.detail == {"what": "grant_access", "account": "editor"} | given


@pytest.mark.parametrize(
    "stored", [{}, {"only_checks_in": True}, {"sees_sensitive": True}], ids=["list", "check-in", "sensitive"]
)
def test_setting_up_registration_raises_no_access_that_exists(db, stored):
    event = make_event()
    user = make_organiser(event, **stored)
    before = EventAccess.objects.filter(event=event).values().get()
    access.grant_to_creator(event, user)
    assert EventAccess.objects.filter(event=event).values().get() == before
    assert not DataAccess.objects.exists()


def test_users_who_may_set_up_registration(db):
    event = make_event()
    assert [access.may_set_up(user, event) for user in (make_editor(), make_user("nobody"))] == [True, False]
    make_organiser(event, "check_in_user", only_checks_in=True)
    assert not access.may_set_up(make_editor("late"), event)


def test_events_that_each_user_sees(db, admin_user):
    from django.contrib.auth.models import AnonymousUser

    one, two = make_event(), make_event()
    organiser, check_in_user = make_organiser(one), make_organiser(two, "check_in_user", only_checks_in=True)
    closed = make_organiser(one, "closed")
    closed.is_active = False
    users = (admin_user, organiser, check_in_user, AnonymousUser(), closed)
    seen = [{event for event in (one, two) if access.may_see(user, event)} for user in users]
    assert seen == [{one, two}, {one}, set(), set(), set()]
    assert [access.may_see_sensitive(user, one) for user in (admin_user, organiser, AnonymousUser())] == [
        True,
        False,
        False,
    ]
    assert [access.may_check_in(user, two) for user in (admin_user, organiser, check_in_user)] == [True, False, True]
    assert not access.may_set_up(AnonymousUser(), make_event())


def test_administrators_need_no_access(db, admin_user):
    from django.contrib.auth.models import AnonymousUser

    event = make_event()
    for user in (admin_user, AnonymousUser()):
        access.grant_to_creator(event, user)
    assert not EventAccess.objects.exists()


def test_access_is_given_removed_and_logged(db):
    event = make_event()
    granting_user, colleague = make_organiser(event), make_user("colleague")
    with pytest.raises(GrantNotAllowedError):
        access.grant(event, colleague, granting_user, sees_sensitive=True)
    access.grant(event, colleague, granting_user, only_checks_in=True)
    access.grant(event, colleague, granting_user)
    access.revoke(event, granting_user, colleague)
    access.revoke(event, granting_user, colleague)
    with pytest.raises(LastAccessError):
        access.revoke(event, colleague, colleague)
    with pytest.raises(LastAccessError):
        access.grant(event, colleague, colleague, only_checks_in=True)
    assert [row.action for row in DataAccess.objects.order_by("pk")] == [
        "grant_access",
        "grant_access",
        "revoke_access",
    ]
