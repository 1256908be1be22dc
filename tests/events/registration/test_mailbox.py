"""The emails of the demo in the browser."""

import pytest
from django.core.mail import get_connection

from events.registration.mail.rendering import render
from tests.factories.mail import make_forum, make_registration, queue_mail

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


@pytest.fixture
def folder(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.ROOT_URLCONF = "tests.events.registration.demo_mailbox_urls"
    return settings.EMAIL_FILE_PATH


@pytest.fixture
def mails(folder, home_page):
    event = make_forum(home_page).event
    written = [queue_mail(make_registration(event, name=name)) for name in ("Maija", "<b>Liisa</b>")]
    get_connection().send_messages([render(mail) for mail in written])
    return written


def test_an_empty_folder(client, folder, db):
    assert "No emails yet" in client.get("/demo/mail/").content.decode()
    folder.mkdir(exist_ok=True)
    assert client.get("/demo/mail/20300501-0.log/0/").status_code == 404


def test_the_list_and_one_email(client, mails, folder):
    name = next(folder.iterdir()).name
    response = client.get("/demo/mail/")
    page = response.content.decode()
    assert page.count("Registration confirmed: Forum of care") == 2
    assert page.index(f"{name}/1/") < page.index(f"{name}/0/")
    assert "no-store" in response["Cache-Control"]
    response = client.get(f"/demo/mail/{name}/1/")
    page = response.content.decode()
    assert "frame-src 'self'" in response["Content-Security-Policy"]
    for part in (str(mails[1].key), mails[1].registration.email, "BEGIN:VCALENDAR", "auto-generated"):
        assert part in page
    assert "<b>Liisa</b>" not in page
    assert 'sandbox="allow-top-navigation-by-user-activation"' in page


def test_the_html_has_no_scripts_and_external_resources(client, mails, folder):
    name = next(folder.iterdir()).name
    response = client.get(f"/demo/mail/{name}/0/html/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-top-navigation-by-user-activation" in policy
    assert "script-src" not in policy
    assert '<base target="_top">' in response.content.decode()


def test_an_email_of_another_kind_and_unknown_addresses(client, folder, db):
    from django.core.mail import EmailMessage

    get_connection().send_messages([EmailMessage("Hello", "A reset", "a@example.org", ["b@example.org"])])
    name = next(folder.iterdir()).name
    page = client.get(f"/demo/mail/{name}/0/").content.decode()
    assert "A reset" in page
    assert "iframe" not in page
    for wrong in (f"{name}/1/", "other.log/0/", "..%2Fsite.sqlite3/0/"):
        assert client.get(f"/demo/mail/{wrong}").status_code == 404


def test_a_site_that_sends_emails_has_no_mailbox(client, mails, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert "No emails yet" in client.get("/demo/mail/").content.decode()


def test_the_mailbox_exists_only_with_debug(client, db):
    assert client.get("/demo/mail/").status_code == 404
