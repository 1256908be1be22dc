"""What an organiser sees before a change of the event is saved, and before its emails are sent."""

import datetime

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.urls import reverse

from events.enums import EventStatus, MailKind
from events.models import OutboxMail
from events.registration import change_notices
from home.permissions import EVENT_ORGANISERS, translators
from tests.events.test_editing import EVENT_DETAILS
from tests.factories import reload
from tests.factories.events import change_event, commit
from tests.factories.registrations import make_registration
from tests.factories.users import admin_url, make_user
from tests.html import soup, text_of

pytestmark = pytest.mark.slow

DAY = datetime.date(2030, 5, 16)
User = get_user_model()


@pytest.fixture
def details(event, client, admin_user):
    """The form of the event as it is, and a function that sends it with changes."""
    client.force_login(admin_user)
    values = EVENT_DETAILS | {"attendance": event.attendance}

    def send(**changes):
        with commit():
            return client.post(reverse("events:edit", args=[event.pk]), values | changes)

    return send


def question_in(response):
    assert response.status_code == 200
    page = soup(response)
    # Nothing is wrong with the form, so nothing is red.
    assert page.select("[data-field-errors] .error-message, .messages .error") == []
    assert "Not saved yet." in text_of(page.select_one(".messages"))
    return text_of(
        page.select_one("#panel-child-what_will_follow-content, [id$=what_will_follow-section]") or page.main
    )


def test_the_last_day_moves_along_with_the_first_one(event, details):
    assert details(first_day="2030-05-20", last_day="2030-05-16").status_code == 302
    assert (reload(event).first_day, reload(event).last_day) == (datetime.date(2030, 5, 20), datetime.date(2030, 5, 20))
    change_event(event, first_day=DAY, last_day=DAY + datetime.timedelta(days=2))
    details(first_day="2030-05-15", last_day="2030-05-18")
    assert (reload(event).first_day, reload(event).last_day) == (datetime.date(2030, 5, 15), datetime.date(2030, 5, 17))


def test_another_length_is_asked_and_can_be_chosen(event, details):
    text = question_in(details(first_day="2030-05-16", last_day="2030-05-18"))
    assert "The event then has 3 days." in text
    assert reload(event).last_day == DAY
    # Also with a last day that would otherwise move along.
    details(first_day="2030-05-14", last_day="2030-05-16", mail_confirmed="on", consequences_shown="1")
    assert (reload(event).first_day, reload(event).last_day) == (datetime.date(2030, 5, 14), DAY)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"first_day": "2030-05-17"}, "First day: 16 May 2030 → 17 May 2030"),
        ({"start_time": "10:00"}, "Start time: – → 10:00"),
        ({"venue_town": "Tampere"}, "Town: Turku → Tampere"),
        ({"venue_country": "EE"}, "Country: Finland → Estonia"),
        ({"status": EventStatus.CANCELLED}, "Status: Takes place as planned → Cancelled"),
    ],
)
def test_a_change_shows_what_follows_before_it_is_saved(event, details, changes, line):
    make_registration(event)
    make_registration(event, "waiting")
    text = question_in(details(**changes)).replace("\xa0", " ")
    assert line in text
    assert "2 people with a place or on the waiting list get an email about this." in text
    assert not OutboxMail.objects.exists()
    response = details(**changes, mail_confirmed="on", consequences_shown="1")
    assert response.status_code == 302
    assert OutboxMail.objects.filter(kind__in=[MailKind.EVENT_CHANGED, MailKind.EVENT_OFF]).count() == 2


def test_other_changes_and_events_without_participants_are_not_asked(event, details):
    assert details(venue_town="Tampere").status_code == 302
    make_registration(event)
    assert details(venue_town="Tampere", contact_name="The office").status_code == 302


def test_other_errors_are_still_errors(event, details):
    make_registration(event)
    response = details(venue_town="Tampere", contact_email="wrong")
    assert "Not saved yet." not in response.content.decode()
    assert response.status_code == 200


def test_after_saving_the_emails_are_shown(event, details, client):
    make_registration(event)
    details(venue_town="Tampere", mail_confirmed="on")
    response = details(venue_town="Vaasa", mail_confirmed="on")
    assert response["Location"] == admin_url(event, "change_notices")
    for url in (reverse("events:edit", args=[event.pk]), admin_url(event)):
        assert soup(client.get(url)).select_one(f".event-links a[href='{admin_url(event, 'change_notices')}']")


def test_the_emails_are_previewed_and_sent_with_a_sentence(event, organiser, client):
    make_registration(event)
    make_registration(event, language="fi")
    change_event(event, venue_town="Tampere")
    url = admin_url(event, "change_notices")
    page = soup(client.get(url))
    assert [text_of(item) for item in page.select(".registrations-preview h3")] == [
        "English 1 participant",
        "Finnish 1 participant",
    ]
    assert "Where, before: Turku, Finland" in page.select_one(".registrations-preview pre").get_text()
    preview = soup(client.post(url, {"en": "The <b>mill</b> burns.", "fi": "Mylly palaa.", "preview": "1"}))
    texts = [item.get_text() for item in preview.select(".registrations-preview pre")]
    assert ["The <b>mill</b> burns." in texts[0], "Mylly palaa." in texts[1]] == [True, True]
    assert OutboxMail.objects.filter(payload__explanation__isnull=False).count() == 0
    client.post(url, {"en": "The mill burns.", "fi": "", "send": "1"})
    assert {mail.payload["explanation"]["en"] for mail in OutboxMail.objects.all()} == {"The mill burns."}
    assert "No emails about a change are waiting." in client.get(url).content.decode()


def test_the_emails_can_be_withheld(event, organiser, client):
    make_registration(event)
    change_event(event, venue_town="Tampere")
    client.post(admin_url(event, "change_notices"), {"en": "", "withhold": "1"})
    assert OutboxMail.objects.get().status == "withheld"


def test_editors_of_the_event_see_the_emails_and_others_do_not(event, client):
    make_registration(event, name="Canary Name")
    change_event(event, venue_town="Tampere")
    url = admin_url(event, "change_notices")
    for group, status in ((EVENT_ORGANISERS, 200), ("", 404)):
        client.force_login(make_user(f"user-{status}", group=group))
        response = client.get(url)
        assert response.status_code == status
        assert "Canary Name" not in response.content.decode()


def test_the_dashboard_shows_the_emails_to_those_who_may_send_them(event, page, client):
    def warnings(group: str) -> list[tuple[str, str]]:
        client.force_login(User.objects.get_or_create(username=group)[0])
        User.objects.get(username=group).groups.set([Group.objects.get(name=group)])
        dashboard = soup(client.get(reverse("wagtailadmin_home")))
        return [
            (text_of(item), item.a["href"]) for item in dashboard.select(".help-warning:has(a[href*=change-emails])")
        ]

    make_registration(event)
    change_event(event, venue_town="Tampere")
    text = f"{page.title}: 1 email about a change waits for you to look at it"
    assert warnings(EVENT_ORGANISERS) == [(text, admin_url(event, "change_notices"))]
    assert "Nothing is sent before you choose." in client.get(admin_url(event, "change_notices")).content.decode()
    assert warnings(translators("fi")) == []
    change_notices.withhold(event.pk)
    assert warnings(EVENT_ORGANISERS) == []
