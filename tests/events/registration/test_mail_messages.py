"""Content and recipient of each kind of email, in each language."""

import datetime
import re

import html5lib
import pytest
from django.template.loader import get_template

from events.enums import EventStatus, MailKind, Mode
from events.models import AddressChange, Event, EventPage, Message, OutboxMail, Registration, RegistrationSettings
from events.registration.mail import queue
from events.registration.mail.messages import CONTENT_BY_KIND
from events.registration.mail.relevance import RELEVANT_STATUSES
from events.registration.tokens import new_address_token
from events.states import RegistrationStatus
from home.models import PrivacyPage
from tests.factories import reload
from tests.factories.events import change_event, commit, make_page, translate_all
from tests.factories.mail import (
    NOW,
    STATES,
    make_forum,
    make_registration,
    part,
    queue_mail,
    rendered,
)
from tests.factories.pages import make_page as make_any_page
from tests.factories.pages import make_private
from tests.factories.project import describe_project, write_texts

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

LANGUAGES = ("en", "fi", "et", "el")
WITHOUT_PERSON = {MailKind.ERASED, MailKind.ORGANISER, MailKind.GROUP}
DAYS = {"en": "16 May 2030", "fi": "16. toukokuuta 2030", "et": "16. mai 2030", "el": "16 Μαΐου 2030"}


@pytest.fixture(scope="module")
def made_project(module_home_page):
    project = describe_project(contact_name="", contact_email="office@example.org")
    for code in LANGUAGES:
        write_texts(code)
    return project


@pytest.fixture(scope="module")
def made_page(module_home_page, made_project) -> EventPage:
    return make_forum(module_home_page)


@pytest.fixture
def project(made_project, db):
    return reload(made_project)


@pytest.fixture
def page(made_page, db) -> EventPage:
    return reload(made_page)


def make_mail(page: EventPage, kind: MailKind, language: str = "en", **values) -> OutboxMail:
    if kind in WITHOUT_PERSON:
        return queue.enqueue(page.event, kind, recipient="person@example.org", language=language, **values)
    if kind == MailKind.EVENT_OFF:
        page.event = change_event(page.event, status=EventStatus.CANCELLED)
    if kind == MailKind.MESSAGE:
        texts = {code: {"subject": f"Parking {code}", "body": f"Dear all ({code})"} for code in LANGUAGES}
        values["message"] = Message.objects.create(event=page.event, texts=texts)
    if kind in {MailKind.NEW_ADDRESS, MailKind.OLD_ADDRESS}:
        person = make_registration(page.event, language=language)
        if kind == MailKind.NEW_ADDRESS:
            change = AddressChange(registration=person, email=person.email, expires_at=NOW + datetime.timedelta(days=2))
            new_address_token(change)
            change.save()
        return queue_mail(person, kind, recipient=person.email, **values)
    status = STATES.get(kind, RegistrationStatus.CONFIRMED)
    return queue_mail(make_registration(page.event, language=language, status=status), kind, **values)


def text_of(mail: OutboxMail) -> str:
    """Return the text part, with ordinary spaces in its dates and times."""
    return part(rendered(mail), "text/plain").replace("\xa0", " ")


@pytest.fixture
def translated(page) -> EventPage:
    translate_all(page.get_parent().specific, page, codes=LANGUAGES[1:])
    return reload(page)


def test_every_kind_in_every_language(translated):
    for kind in MailKind:
        for language in LANGUAGES:
            mail = make_mail(translated, kind, language)
            message = rendered(mail)
            text, html = (part(message, kind).replace("\xa0", " ") for kind in ("text/plain", "text/html"))
            title = "Forum of care" if language == "en" else f"{language} Forum of care"
            # The text part comes first. The HTML part is small and loads no external resources.
            kinds = [item.get_content_type() for item in message.walk() if not item.is_multipart()]
            assert kinds[:2] == ["text/plain", "text/html"]
            assert message["Content-Language"] == language
            assert len(str(message["Subject"])) <= 78
            assert title in text
            assert title in html
            assert re.findall(r"%\(|\{\{|\{%|None|<[a-z]", text) == []
            assert re.findall(r"%\(|\{\{|\{%|None", html) == []
            assert f"Funded by the European Union ({language})" in text
            assert f"Views are those of the authors ({language})." in html
            assert "forum@example.org" in text
            assert len(html.encode()) < 100_000
            # The picture of the ticket is in the email itself.
            pictures = re.findall(r'<img src="cid:ticket"[^>]* alt="[^"]+">', html)
            assert len(pictures) == (mail.kind in KINDS_WITH_TICKET)
            rest = html.replace(pictures[0], "") if pictures else html
            assert re.findall(r"<(?:img|link|script|iframe)\b|url\(|src=", rest) == []
            if kind not in WITHOUT_PERSON:
                assert DAYS[language] in text
                assert message["To"] == mail.registration.email
                assert "secret" not in text + html
            assert (f"/{language}/registration/" in text) == (mail.kind in KINDS_WITH_PERSONAL_LINK)
        Event.objects.update(status=EventStatus.SCHEDULED)


# The registrations of these tests are confirmed and on site.
KINDS_WITH_TICKET = {
    MailKind.CONFIRMED,
    MailKind.CHANGED,
    MailKind.REMINDER,
    MailKind.EVENT_CHANGED,
    MailKind.PERSONAL_LINK,
}
KINDS_WITH_PERSONAL_LINK = {
    MailKind.CONFIRM_ADDRESS,
    MailKind.RECEIVED,
    MailKind.WAITING,
    MailKind.INVITED,
    MailKind.OFFERED,
    # While another mode has places.
    MailKind.NO_PLACE,
    MailKind.CONFIRMED,
    MailKind.CHANGED,
    MailKind.REMINDER,
    MailKind.EVENT_CHANGED,
    MailKind.SESSION_PLACE,
    MailKind.SESSION_CHANGED,
    MailKind.PERSONAL_LINK,
    MailKind.CERTIFICATE,
    MailKind.SURVEY,
    # The link that confirms the address.
    MailKind.NEW_ADDRESS,
    MailKind.MESSAGE,
}


def test_html_is_well_formed_and_has_a_lang_attribute(page):
    for kind in MailKind:
        html = part(rendered(make_mail(page, kind)), "text/html")
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        tree = parser.parse(html)
        assert tree.get("lang") == "en"
        assert len(tree.findall(".//h1")) == 1
        assert all("".join(link.itertext()).strip() for link in tree.iter("a"))
        page.event = change_event(page.event, status=EventStatus.SCHEDULED)


def test_every_kind_has_content_and_relevant_statuses():
    assert set(CONTENT_BY_KIND) == set(RELEVANT_STATUSES) == set(MailKind)
    assert get_template("events/mail/message.txt")


def test_times_are_in_the_time_zone_of_the_event_with_the_utc_offset(page):
    assert "16 May 2030, 09:00–16:00, Eastern European Summer Time (UTC+3)" in text_of(
        make_mail(page, MailKind.CONFIRMED)
    )
    page.event = change_event(page.event, zone="UTC")
    assert "09:00–16:00, UTC" in text_of(make_mail(page, MailKind.CONFIRMED))


@pytest.mark.parametrize(
    ("event_fields", "expected"),
    [
        ({"start_time": None, "end_time": None}, "When: Thursday, 16 May 2030\n"),
        (
            {"start_time": None, "end_time": None, "last_day": datetime.date(2030, 5, 17)},
            "When: 16 May 2030 to 17 May 2030\n",
        ),
        ({"end_time": None}, "When: Thursday, 16 May 2030, from 09:00, Eastern European"),
        ({"last_day": datetime.date(2030, 5, 17)}, "When: 16 May 2030, 09:00 to 17 May 2030, 16:00, Eastern European"),
        ({"last_day": datetime.date(2030, 5, 17), "end_time": None}, "When: 16 May 2030, 09:00 to 17 May 2030, Easte"),
    ],
)
def test_dates_of_events_with_missing_times(page, event_fields, expected):
    page.event = change_event(page.event, **event_fields)
    assert expected in text_of(make_mail(page, MailKind.CONFIRMED))


def test_the_venue_depends_on_the_attendance_mode(page):
    page.event = change_event(page.event, attendance="hybrid")
    on_site = make_registration(page.event)
    online = make_registration(page.event, mode=Mode.ONLINE)
    waiting = make_registration(page.event, mode=Mode.ONLINE, status=RegistrationStatus.WAITING)
    texts = [
        text_of(queue_mail(person, kind))
        for person, kind in [(on_site, "confirmed"), (online, "reminder"), (waiting, "waiting")]
    ]
    assert ["Where: Old Mill, Turku, Finland" in text for text in texts] == [True, False, False]
    assert ["Where: Online" in text for text in texts] == [False, True, True]
    assert ["link to join appears on your personal page" in text for text in texts] == [False, True, False]
    assert not any("meet.example.org" in text for text in texts)


def test_an_unknown_venue_is_left_out(page):
    mail = make_mail(page, MailKind.CONFIRMED)
    assert "Where: " in text_of(mail)
    change_event(page.event, venue_name="", venue_town="", venue_country="")
    assert "Where: " not in text_of(mail)


def test_the_position_on_the_waiting_list_is_included(page):
    people = [
        make_registration(
            page.event, status=RegistrationStatus.WAITING, queued_at=NOW + datetime.timedelta(minutes=number)
        )
        for number in range(3)
    ]
    texts = [text_of(queue_mail(person, MailKind.WAITING)) for person in people]
    assert "You are first on the list." in texts[0]
    assert "1 person is ahead of you." in texts[1]
    assert "2 people are ahead of you." in texts[2]


def test_an_offer_includes_its_deadline(page):
    assert "by 2 May 2030, 12:00 (UTC+3)" in text_of(make_mail(page, MailKind.OFFERED))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (RegistrationStatus.PENDING, "The organisers have not approved your registration yet."),
        (RegistrationStatus.WAITING, "You are on the waiting list."),
        (RegistrationStatus.OFFERED, "We are holding a place for you until 2 May 2030, 12:00 (UTC+3)."),
        (RegistrationStatus.CONFIRMED, "You have a place."),
    ],
)
def test_an_email_about_a_change_includes_the_status(page, status, expected):
    assert expected in text_of(queue_mail(make_registration(page.event, status=status), MailKind.CHANGED))


def test_texts_of_the_organiser_are_included(page):
    assert "Good to know:\n\nBring a warm coat." in text_of(make_mail(page, MailKind.CONFIRMED))
    assert "Bring a warm coat." not in text_of(make_mail(page, MailKind.WAITING))
    EventPage.objects.update(status_reason="The mill burns.", confirmation_note="")
    assert "Good to know" not in text_of(make_mail(page, MailKind.CONFIRMED))
    assert "From the organisers:\n\nThe mill burns." in text_of(make_mail(page, MailKind.EVENT_OFF))


def test_the_text_about_an_expired_offer_depends_on_registration(page):
    mail = make_mail(page, MailKind.OFFER_EXPIRED)
    begins = page.event.starts_at
    assert "The place is available to others" in text_of(mail)
    assert "If you still want to attend, register again." in " ".join(text_of(mail).split())
    begun = part(rendered(mail, begins), "text/plain")
    assert "The event has started. You are no longer registered." in begun
    assert "register again" not in begun
    RegistrationSettings.objects.update(closes_at=begins - datetime.timedelta(days=1))
    closed = part(rendered(mail, begins - datetime.timedelta(hours=1)), "text/plain")
    assert "You are no longer registered, and registration is closed." in closed
    assert "next on the waiting list" not in closed + begun


def plain(mail: OutboxMail) -> str:
    return " ".join(text_of(mail).split())


def test_the_waiting_list_email_includes_its_end_and_another_mode(page):
    text = plain(make_mail(page, MailKind.WAITING))
    assert "The waiting list ends on 16 May 2030, 09:00 (UTC+3)." in text
    assert "You can still attend another way: Online." in text


def test_an_offer_says_that_others_wait_only_if_they_do(page):
    mail = make_mail(page, MailKind.OFFERED)
    text = plain(mail)
    assert "Other people are waiting." not in text
    assert "next person" not in text
    assert "After that, the place is available to others." in text
    make_registration(page.event, status=RegistrationStatus.WAITING)
    assert "Other people are waiting." in plain(mail)


def test_whoever_declines_an_offer_does_not_read_that_they_have_withdrawn(page):
    text = plain(make_mail(page, MailKind.WITHDRAWN, payload={"declined": True}))
    assert "You have declined the place" in text
    assert "You have withdrawn" not in text


@pytest.mark.parametrize("kind", [MailKind.WITHDRAWN, MailKind.CANCELLED])
def test_whoever_had_no_place_does_not_read_that_it_is_free(page, kind):
    text = plain(make_mail(page, kind, payload={"had_place": False}))
    assert "You are no longer on the waiting list." in text
    assert "place is free" not in text
    assert "no longer have a place" not in text


def test_the_no_place_email_before_the_event_says_that_a_place_may_become_free(page):
    text = plain(make_mail(page, MailKind.NO_PLACE))
    assert "No place has become free for you yet" in text
    assert "If a place becomes free by 16 May 2030, 09:00 (UTC+3), we will email you an offer." in text
    assert "You can still attend another way: Online." in text


def test_the_no_place_email_offers_another_mode_until_the_event_starts(page):
    RegistrationSettings.objects.update(waiting_until=NOW)
    mail = make_mail(page, MailKind.NO_PLACE)
    text = text_of(mail)
    assert "We could not offer you a place" in text
    assert "You can still attend another way: Online. Switch to it on your personal page." in text
    assert "Open your personal page:" in text
    assert "nothing more to do" not in text
    late = part(rendered(mail, page.event.starts_at), "text/plain")
    assert "still take part" not in late
    assert "View the event page:" in late


@pytest.mark.parametrize("kind", [MailKind.REJECTED, MailKind.CANCELLED])
def test_the_reason_of_the_organiser_is_included(page, kind):
    assert "From the organisers:\n\nOnly for nurses." in text_of(
        make_mail(page, kind, payload={"reason": "Only for nurses."})
    )
    assert "From the organisers" not in text_of(make_mail(page, kind))


def test_a_postponed_event_keeps_registrations(page):
    registration = make_registration(page.event)
    change_event(page.event, status=EventStatus.POSTPONED)
    text = text_of(queue_mail(Registration.objects.get(pk=registration.pk), MailKind.EVENT_OFF))
    assert "The event is postponed" in text
    assert "Originally planned for: Thursday, 16 May 2030" in text
    assert "/en/registration/" in text


def test_the_subject_says_once_that_the_event_goes_ahead(page):
    registration = make_registration(page.event)
    off = queue_mail(registration, MailKind.EVENT_OFF)
    OutboxMail.objects.filter(pk=off.pk).update(attempts=1)
    assert rendered(queue_mail(registration, MailKind.EVENT_CHANGED))["Subject"] == "Event goes ahead: Forum of care"
    notice = queue_mail(registration, MailKind.EVENT_CHANGED)
    OutboxMail.objects.filter(pk=notice.pk).update(attempts=1)
    assert (
        rendered(queue_mail(registration, MailKind.EVENT_CHANGED))["Subject"] == "Time or place changed: Forum of care"
    )


def test_a_personal_link_email_explains_why_it_was_sent(page):
    registration = make_registration(page.event)
    assert "has sent the registration form with your email address." in text_of(
        queue_mail(registration, MailKind.PERSONAL_LINK, payload={"form": "1"})
    )
    assert "The links in earlier emails no longer work" in text_of(queue_mail(registration, MailKind.PERSONAL_LINK))


def test_organisers_get_numbers_and_no_names(page):
    make_registration(page.event, name="Canary Person")
    make_registration(page.event, status=RegistrationStatus.WAITING)
    text = text_of(make_mail(page, MailKind.ORGANISER, payload={"topic": "registrations"}))
    assert "On site: 1 of 10 places taken, 1 on the waiting list" in text
    assert "Online: 0 places taken" in text
    assert f"/admin/events/{page.event.pk}/registrations/" in text
    assert "Canary" not in text
    failed = text_of(make_mail(page, MailKind.ORGANISER, payload={"topic": "delivery_failed"}))
    assert "could not be sent" in failed


# Languages


def test_untranslated_event_texts_have_a_lang_attribute(page):
    html = part(rendered(make_mail(page, MailKind.CONFIRMED, "fi")), "text/html")
    assert '<html lang="fi">' in html
    assert '<h2 lang="en">Forum of care</h2>' in html


def test_a_message_is_in_the_language_of_the_participant_or_in_the_source_language(page):
    texts = {"en": {"subject": "Parking", "body": "Dear all"}, "fi": {"subject": "Pysäköinti", "body": "Hyvät"}}
    message = Message.objects.create(event=page.event, texts=texts)
    found = {}
    for language in ("en", "fi", "et"):
        mail = queue_mail(make_registration(page.event, language=language), MailKind.MESSAGE, message=message)
        found[language] = rendered(mail)
    assert [str(mail["Subject"]) for mail in found.values()] == ["Parking", "Pysäköinti", "Parking"]
    assert '<div lang="en"><p>Dear all</p></div>' in part(found["et"], "text/html")
    assert "<div><p>Hyvät</p></div>" in part(found["fi"], "text/html")


def test_special_characters_of_a_message_are_shown_as_typed(page):
    texts = {"en": {"subject": "Door <b>2</b> & 3", "body": "Door <b>2</b>, if a < b & c > d: <office@example.org>"}}
    message = Message.objects.create(event=page.event, texts=texts)
    found = rendered(queue_mail(make_registration(page.event), MailKind.MESSAGE, message=message))
    assert found["Subject"] == texts["en"]["subject"]
    for text in texts["en"].values():
        assert text in part(found, "text/plain")
        assert text in "".join(html5lib.parse(part(found, "text/html")).itertext())


def test_a_test_message_without_texts(page):
    message = Message.objects.create(event=page.event, texts={})
    mail = queue.enqueue(page.event, MailKind.MESSAGE, recipient="me@example.org", message=message)
    assert mail.language == "en"
    found = rendered(mail)
    assert (found["To"], found["Subject"]) == ("me@example.org", "Forum of care")
    assert "registration/" not in part(found, "text/plain")


def test_an_event_without_a_page(home_page, db):
    event = make_page(home_page, slug="other").event
    registration = make_registration(event)
    EventPage.objects.all().delete()
    text = text_of(queue_mail(registration))
    assert "2030-05-16\nWhen: " in text


# Links and contact


def test_contact_and_privacy_notice(page, home_page):
    assert "forum@example.org" in text_of(make_mail(page, MailKind.CONFIRMED))
    assert "your data:" not in text_of(make_mail(page, MailKind.CONFIRMED))
    general = make_any_page(PrivacyPage, home_page, "Privacy", slug="privacy")
    page.event = change_event(page.event, contact_email="")
    message = rendered(make_mail(page, MailKind.CONFIRMED))
    assert message["Reply-To"] == "office@example.org"
    assert f"How we handle your data: {general.full_url}" in part(message, "text/plain")


def test_the_privacy_notice_of_the_event(page, home_page):
    own = make_any_page(PrivacyPage, home_page, "Own", slug="own")
    settings = page.event.registration_settings
    settings.privacy_page = own
    settings.save()
    assert own.full_url in text_of(make_mail(page, MailKind.CONFIRMED, "fi"))
    own.live = False
    own.save()
    assert "your data:" not in text_of(make_mail(page, MailKind.CONFIRMED))


def test_a_private_page_is_no_privacy_notice(page, home_page):
    own = make_any_page(PrivacyPage, home_page, "Own", slug="own")
    settings = page.event.registration_settings
    settings.privacy_page = own
    settings.save()
    with commit():
        make_private(own)
    assert "your data:" not in text_of(make_mail(page, MailKind.CONFIRMED))


def test_a_site_without_project_settings(page):
    page.event = change_event(page.event, contact_email="")
    with commit():
        describe_project(contact_email="", acronym="")
    message = rendered(make_mail(page, MailKind.CONFIRMED))
    assert message["Reply-To"] is None
    assert "Questions?" not in part(message, "text/plain")


def test_an_email_without_a_registration_has_no_status(page):
    assert "You have a place" in text_of(make_mail(page, MailKind.CHANGED))
    mail = queue.enqueue(page.event, MailKind.CHANGED, recipient="person@example.org")
    assert "You have a place" not in text_of(mail)


def test_an_anonymised_registration_has_no_personal_link(page):
    registration = make_registration(page.event)
    mail = queue_mail(registration, MailKind.MESSAGE, recipient="gone@example.org")
    Registration.objects.update(
        name="", email="", email_key="", token_hash="", searchable_name="", searchable_details="", anonymised_at=NOW
    )
    text = text_of(mail)
    assert text.startswith("Hello,\n")
    assert "registration/" not in text
