"""The form of the contact page, the emails with its messages, the list of enquiries, and their deletion."""

import datetime
import time
import uuid

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from wagtail.models import Site

from accounts.models import AccessRecord, Action
from home.enquiries import mail, retention
from home.enquiries.deadlines import months_before, working_days_after
from home.enquiries.forms import SALT
from home.frozen import frozen
from home.models import Contact, ContactPage, Enquiry, Person, PrivacyPage, ProjectSettings
from home.page_checks import findings_of
from home.permissions import COORDINATORS, EDITORS
from home.site_context import SiteContext
from tests.factories.pages import make_page, make_private
from tests.factories.project import make_person
from tests.factories.users import make_user
from tests.html import hidden_fields, soup, text_of
from tests.visitors import freeze_rate_limit_period

pytestmark = pytest.mark.any_database

GIVEN = {
    "name": "Anna  Smith",
    "email": "anna@example.org",
    "subject": "press",
    "message": "Where is the logo?\r\nThank you.",
}


@pytest.fixture
def page(home_page, monkeypatch) -> ContactPage:
    freeze_rate_limit_period(monkeypatch)
    page = make_page(ContactPage, home_page, "Contact", slug="contact", response_days=3)
    add_contact(page, "Coordinator", email="office@example.org")
    add_contact(page, "Press", email="press@example.org", subject="press")
    return page


def add_contact(page: ContactPage, role: str, **values) -> Contact:
    return Contact.objects.create(page=page, locale_id=page.locale_id, role=role, **values)


def old_token(page: ContactPage) -> str:
    """Return the token of a form that was opened a minute ago."""
    now = time.time() - 60
    return signing.dumps({"e": page.pk, "k": uuid.uuid4().hex, "t": now}, salt=SALT)


def send(page: ContactPage, *, token: str = "", headers: dict[str, str] | None = None, **changes):
    client = Client(enforce_csrf_checks=True)
    url = soup(client.get("/en/contact/")).select_one("form.form")["action"]
    values = GIVEN | {"form_token": token or old_token(page)} | changes
    return client.post(url, values, headers=headers or {"sec-fetch-site": "same-origin"})


def problems_of(response) -> list[str]:
    return [text_of(item) for item in soup(response).select(".error-summary li")]


# The page


def test_reading_sets_no_cookie_and_each_visitor_gets_a_token(page, settings):
    settings.PAGE_CACHE_SECONDS = 60
    responses = [Client().get("/en/contact/") for _time in range(3)]
    assert [dict(response.cookies) for response in responses] == [{}, {}, {}]
    assert len({hidden_fields(soup(response))["form_token"] for response in responses}) == 3


def test_the_page_is_cached(page, settings, django_assert_num_queries):
    settings.PAGE_CACHE_SECONDS = 60
    Client().get("/en/contact/")
    with django_assert_num_queries(0):
        assert "office@example.org" in Client().get("/en/contact/").text


def test_contacts_are_shown_in_their_order_and_with_their_people(page):
    person = make_person("Ada Lovelace")
    add_contact(page, "Training", person=person, sort_order=9)
    shown = [text_of(row) for row in soup(Client().get("/en/contact/")).select(".detail-list > div")]
    assert shown == ["Coordinator office@example.org", "Press press@example.org", "Training Ada Lovelace"]


def test_a_deleted_person_leaves_the_contact(page):
    contact = add_contact(page, "Training", person=make_person("Ada Lovelace"))
    Person.objects.all().delete()
    contact.refresh_from_db()
    assert contact.person is None


def test_without_an_address_there_is_no_form_and_editors_are_told(page, admin_client):
    Contact.objects.update(email="")
    finding = "No contact has an email address: the form is not shown."
    label = "Email address for the form on the contact page: the form is not shown without it"
    assert soup(Client().get("/en/contact/")).select("form.form") == []
    assert "No address has been published yet." in Client().get("/en/contact/").text
    assert finding in [found.text for found in findings_of(ContactPage.objects.get())]
    assert label in admin_client.get(reverse("wagtailadmin_home")).text
    ProjectSettings.objects.update_or_create(
        site=Site.objects.get(), defaults={"acronym": "X", "contact_email": "info@example.org"}
    )
    SiteContext.clear_cache()
    assert soup(Client().get("/en/contact/")).select("form.form") != []
    assert finding not in [found.text for found in findings_of(ContactPage.objects.get())]
    assert label not in admin_client.get(reverse("wagtailadmin_home")).text


def test_the_static_copy_has_no_form(page):
    with frozen():
        shown = soup(Client().get("/en/contact/"))
    assert shown.select("form.form") == []
    assert "Messages can no longer be sent here." in text_of(shown.main)


def test_every_page_links_to_it(page, home_page):
    other = make_page(PrivacyPage, home_page, "Privacy")
    assert "/en/contact/" in [link["href"] for link in soup(Client().get(other.url)).select(".site-footer a")]


# The form


def test_a_message_is_stored_and_sent_to_the_contact_for_its_subject(
    page, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        response = send(page)
    assert (response.status_code, response.headers["Location"]) == (303, f"/en/enquiries/{page.translation_key}/sent/")
    assert dict(response.cookies) == {}
    enquiry = Enquiry.objects.get()
    assert (enquiry.name, enquiry.email, enquiry.subject) == ("Anna Smith", "anna@example.org", "press")
    assert enquiry.message == "Where is the logo?\nThank you."
    assert enquiry.answer_by == working_days_after(timezone.localdate(), 3)
    assert enquiry.mail_due_at is None
    [sent] = mailoutbox
    assert (sent.to, sent.reply_to) == (["press@example.org"], ["anna@example.org"])
    assert "Where is the logo?\nThank you." in sent.body
    assert reverse("enquiries:detail", args=[enquiry.pk]) in sent.body
    after = Client().get(response.headers["Location"])
    assert "We reply within 3 working days" in text_of(soup(after).main)
    assert soup(after).select_one('meta[name="robots"]')["content"].startswith("noindex")


@pytest.mark.parametrize(
    ("subject", "expected"), [("press", ["press@example.org"]), ("events", ["office@example.org"])]
)
def test_recipients(page, subject, expected):
    assert ContactPage.objects.get().recipients(subject) == expected


def test_recipients_without_a_contact_for_the_rest(page):
    Contact.objects.filter(role="Coordinator").delete()
    assert ContactPage.objects.get().recipients("events") == ["press@example.org"]
    Contact.objects.all().delete()
    assert ContactPage.objects.get().recipients("events", "info@example.org") == ["info@example.org"]
    assert ContactPage.objects.get().recipients("events") == []


def test_errors_keep_what_was_typed(page):
    response = send(page, name="", email="anna@", message="Hello <b>you</b>")
    shown = soup(response)
    assert response.status_code == 200
    assert problems_of(response) == [
        "Enter your name.",
        "Enter an email address in the correct format, like name@example.org.",
    ]
    assert [shown.select_one(link["href"]).name for link in shown.select(".error-summary a")] == ["input", "input"]
    assert shown.select_one("#id_message").text.strip() == "Hello <b>you</b>"
    assert shown.select_one("#id_email")["value"] == "anna@"
    assert shown.select_one("#id_subject option[selected]")["value"] == "press"
    assert shown.title.text.startswith("Error: Contact")
    assert response.headers["Cache-Control"] == "private, no-store"
    assert Enquiry.objects.count() == 0


def test_the_form_answers_in_the_language_of_the_page(page, home_pages):
    finnish = make_page(ContactPage, home_pages["fi"], "Yhteystiedot", translation_of=page)
    add_contact(finnish, "Koordinaattori", email="office@example.org")
    response = Client().post(f"/fi/enquiries/{page.translation_key}/", {"form_token": "x"})
    assert "Kirjoita viesti." in problems_of(response)
    with override("fi"):
        assert Client().get(reverse("enquiry", args=[page.translation_key])).headers["Location"] == finnish.url


def test_sending_twice_stores_one_message(page):
    token = old_token(page)
    assert [send(page, token=token).status_code for _time in range(2)] == [303, 303]
    assert Enquiry.objects.count() == 1
    send(page, token=token, message="Another question")
    assert Enquiry.objects.count() == 2


def test_programs_are_stopped(page):
    assert problems_of(send(page, website="https://spam.example"))[0].startswith("Leave this field empty.")
    assert problems_of(send(page, token="forged")) == ["This page has expired. Send the form again."]
    young = hidden_fields(soup(Client().get("/en/contact/")))["form_token"]
    assert problems_of(send(page, token=young)) == ["The form was sent too quickly. Send it again."]
    assert send(page, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert Enquiry.objects.count() == 0


def test_too_many_messages_are_refused_and_keep_what_was_typed(page, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"enquiry_client": (1, 3600)}
    assert send(page).status_code == 303
    response = send(page, message="A second one")
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert soup(response).select_one("#id_message").text.strip() == "A second one"


def test_the_limit_of_the_site_protects_those_who_answer(page, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"enquiry": (1, 3600)}
    assert [send(page, message=str(number)).status_code for number in range(2)] == [303, 429]


def test_a_form_that_was_sent_often_gets_a_new_token(page, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"form": (1, 3600)}
    token = old_token(page)
    send(page, token=token)
    response = send(page, token=token, message="Another question")
    assert problems_of(response) == [
        "This form has been used too often, so nothing was sent this time. Check your answers and send it again."
    ]
    assert hidden_fields(soup(response))["form_token"] != token


@pytest.mark.parametrize("change", ["draft", "private", "other"])
def test_a_page_that_is_not_public_takes_no_messages(page, change):
    url = f"/en/enquiries/{page.translation_key}/"
    if change == "draft":
        page.unpublish()
    elif change == "private":
        make_private(page)
    else:
        url = f"/en/enquiries/{uuid.uuid4()}/"
    assert Client().post(url, GIVEN | {"form_token": old_token(page)}).status_code == 404
    assert Client().get(f"{url}sent/").status_code == 404
    assert Enquiry.objects.count() == 0


# Emails and retention


def make_enquiry(**values) -> Enquiry:
    given = {"name": "Anna", "email": "anna@example.org", "subject": "press", "message": "Hello", "language": "en"}
    return Enquiry.objects.create(
        **given | {"recipients": "office@example.org", "answer_by": timezone.localdate()} | values
    )


def test_an_email_that_failed_is_sent_again_once(db, mailoutbox):
    now = timezone.now()
    late = make_enquiry(mail_due_at=now - datetime.timedelta(minutes=1))
    make_enquiry(mail_due_at=now + datetime.timedelta(minutes=1))
    make_enquiry(mail_due_at=None)
    make_enquiry(mail_due_at=now, received_at=now - datetime.timedelta(days=4))
    assert mail.enqueue_due(now) == 1
    assert len(mailoutbox) == 1
    late.refresh_from_db()
    assert late.mail_due_at is None
    assert mail.enqueue_due(now) == 0


def test_old_enquiries_are_deleted(db, settings):
    settings.ENQUIRY_MONTHS = 12
    now = datetime.datetime(2030, 3, 31, 12, tzinfo=datetime.UTC)
    kept = make_enquiry(received_at=datetime.datetime(2029, 3, 31, 12, tzinfo=datetime.UTC))
    make_enquiry(received_at=datetime.datetime(2029, 3, 31, 11, tzinfo=datetime.UTC), answered_at=now)
    assert retention.delete_old(now) == 1
    assert list(Enquiry.objects.all()) == [kept]


@pytest.mark.parametrize(
    ("day", "number", "expected"),
    [("2030-05-13", 1, "2030-05-14"), ("2030-05-17", 1, "2030-05-20"), ("2030-05-18", 5, "2030-05-24")],
)
def test_working_days(day, number, expected):
    assert working_days_after(datetime.date.fromisoformat(day), number) == datetime.date.fromisoformat(expected)


def test_months():
    march = datetime.datetime(2031, 3, 31, tzinfo=datetime.UTC)
    assert months_before(march, 1).date() == datetime.date(2031, 2, 28)
    assert months_before(march, 15).date() == datetime.date(2029, 12, 31)


# The list


@pytest.fixture
def coordinator(home_pages):
    return make_user("coordinator", group=COORDINATORS)


def test_the_list_filters_and_says_who_answered(coordinator, client):
    client.force_login(coordinator)
    late = make_enquiry(name="Late", answer_by=timezone.localdate() - datetime.timedelta(days=1))
    make_enquiry(name="Open")
    make_enquiry(name="Done", answered_at=timezone.now(), answered_by=coordinator)

    def names(**filters):
        rows = soup(client.get(reverse("enquiries:index"), filters)).select("tbody th")
        return {text_of(row) for row in rows}

    assert names() == {"Late", "Open", "Done"}
    assert names(status="open") == {"Late", "Open"}
    assert names(status="overdue") == {"Late"}
    assert names(status="answered") == {"Done"}
    assert names(q="ANNA@example") == {"Late", "Open", "Done"}
    assert names(q="nobody") == set()
    client.post(reverse("enquiries:answered", args=[late.pk]))
    late.refresh_from_db()
    assert (late.answered_by, late.is_overdue) == (coordinator, False)
    assert "coordinator" in text_of(soup(client.get(reverse("enquiries:detail", args=[late.pk]))).main)
    client.post(reverse("enquiries:open", args=[late.pk]))
    late.refresh_from_db()
    assert (late.answered_by, late.answered_at, late.is_overdue) == (None, None, True)
    client.post(reverse("enquiries:delete", args=[late.pk]))
    assert names() == {"Open", "Done"}


def test_views_of_enquiries_are_recorded_without_data_of_their_senders(coordinator, client):
    enquiry = make_enquiry(name="Canary", email="canary@example.org")
    client.force_login(coordinator)
    client.get(reverse("enquiries:index"), {"q": "Canary"})
    client.get(reverse("enquiries:detail", args=[enquiry.pk]))
    client.get(reverse("enquiries:detail", args=[enquiry.pk + 1]))
    rows = AccessRecord.objects.filter(action=Action.LIST_VIEWED).order_by("pk")
    assert [(row.username, row.detail) for row in rows] == [
        ("coordinator", {"screen": "enquiries", "search": True}),
        ("coordinator", {"screen": "enquiry", "search": False}),
    ]
    assert "anary" not in str(list(rows.values()))


def test_the_first_answer_stays(coordinator, client):
    enquiry = make_enquiry(answered_at=timezone.now())
    client.force_login(coordinator)
    client.post(reverse("enquiries:answered", args=[enquiry.pk]))
    enquiry.refresh_from_db()
    assert enquiry.answered_by is None


@pytest.mark.parametrize("number", [1, 3])
def test_queries_of_the_list(coordinator, client, django_assert_num_queries, number):
    for _time in range(number):
        make_enquiry(answered_at=timezone.now(), answered_by=coordinator)
    client.force_login(coordinator)
    client.get(reverse("enquiries:index"))
    # One of them writes the record of access.
    with django_assert_num_queries(16):
        client.get(reverse("enquiries:index"))


def test_the_dashboard_shows_overdue_enquiries_to_those_who_may_see_them(coordinator, client):
    make_enquiry(name="Anna of the enquiry", answer_by=timezone.localdate() - datetime.timedelta(days=1))
    client.force_login(coordinator)
    shown = client.get(reverse("wagtailadmin_home")).text
    assert "1 enquiry is overdue." in shown
    assert "Anna of the enquiry" in shown
    client.force_login(make_user("editor", group=EDITORS))
    assert "Anna of the enquiry" not in client.get(reverse("wagtailadmin_home")).text


def test_only_those_with_the_permission_see_enquiries(home_pages, client):
    enquiry = make_enquiry()
    client.force_login(make_user("editor", group=EDITORS))
    assert client.get(reverse("enquiries:index")).status_code == 302
    assert client.get(reverse("enquiries:detail", args=[enquiry.pk])).status_code == 302
    client.post(reverse("enquiries:delete", args=[enquiry.pk]))
    assert Enquiry.objects.count() == 1
