"""Headers of emails, and names that try to inject headers, links or markup."""

import datetime
import re

import html5lib
import pytest

from events.enums import MailKind
from events.models import EventPage, OutboxMail
from events.registration.mail.plain_text import BREAK, plain_name, sender_name, shortened, subject_line
from tests.factories.events import change_event, commit
from tests.factories.mail import NOW, make_forum, make_registration, part, queue_mail, rendered
from tests.factories.project import describe_project

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


@pytest.fixture
def page(home_page) -> EventPage:
    return make_forum(home_page)


def test_headers_of_an_email(page, settings):
    settings.DEFAULT_FROM_EMAIL = "Site <noreply@site.example.org>"
    mail = queue_mail(make_registration(page.event, language="el"))
    message = rendered(mail)
    assert message["Message-ID"] == f"<{mail.key}@site.example.org>"
    assert message["From"] == "Beacon <noreply@site.example.org>"
    assert message["Reply-To"] == "forum@example.org"
    assert message["Content-Language"] == "el"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert message["MIME-Version"] == "1.0"
    sent_at = message["Date"].datetime
    assert abs(sent_at - datetime.datetime.now(datetime.UTC)) < datetime.timedelta(minutes=1)
    assert "In-Reply-To" not in message
    # The email is about the participant's own registration, so there is no header to unsubscribe.
    assert not [name for name in message if name.startswith("List-") or name in {"Bcc", "Cc"}]


def test_the_message_id_is_the_same_each_time(page):
    mail = queue_mail(make_registration(page.event))
    assert rendered(mail)["Message-ID"] == rendered(mail)["Message-ID"]


def test_emails_of_one_registration_form_a_thread(page):
    registration, other = make_registration(page.event), make_registration(page.event)
    first, second, third = [queue_mail(registration, kind) for kind in ("received", "confirmed", "reminder")]
    unrelated = queue_mail(other)
    root = rendered(first)["Message-ID"]
    for mail in (second, third):
        message = rendered(mail)
        assert (message["In-Reply-To"], message["References"]) == (root, root)
    assert rendered(unrelated)["In-Reply-To"] is None


def test_a_sender_without_a_name(page):
    with commit():
        describe_project(acronym="")
    page.event.pages.first().get_site().__class__.objects.update(site_name="")
    assert rendered(queue_mail(make_registration(page.event)))["From"] == "webmaster@localhost"


def test_special_characters_are_removed_from_the_sender_name(page):
    with commit():
        describe_project(acronym='A, B: "C" <d@e> (ΔΦ)')
    message = rendered(queue_mail(make_registration(page.event)))
    assert message["From"].addresses[0].display_name == "A B C d e ΔΦ"
    assert sender_name("x" * 100) == "x" * 74 + "…"


def test_a_long_title_is_shortened_in_the_subject(page):
    EventPage.objects.update(title="Digital skills for health care professionals in oncology, second round of three")
    subject = str(rendered(queue_mail(make_registration(page.event)))["Subject"]).strip()
    assert subject.startswith("Registration confirmed: Digital skills for health care")
    assert subject.endswith("…")
    assert len(subject) <= 78
    assert subject_line("%(title)s", "100 % of\nall\r\nBcc: you") == "100 % of all Bcc: you"
    assert shortened("short", 10) == "short"


MALICIOUS_NAMES = [
    "{event.__init__.__globals__}",
    "{{ settings.SECRET_KEY }}",
    "{% debug %}",
    "%(title)s %s",
    "[click](https://evil.example) <a href='https://evil.example'>win</a>",
    "evil.example",
    "www.evil.example/path?x=1",
    "mailto:thief@evil.example",
    "Maija\r\nBcc: victim@example.org\r\n\r\nBody",
    "Maija\nSubject: You have won",
    "<script>alert(1)</script>",
    "Ma\u202eija\u2028x\u0007y",
    "=?utf-8?q?evil?=",
    "x" * 120,
]
LINK = re.compile(r"https?://|www\.\w|\w@\w|\w\.[a-z]{2,}", re.IGNORECASE)


@pytest.mark.parametrize("name", MALICIOUS_NAMES)
def test_a_malicious_name_is_shown_as_plain_text(page, name):
    message = rendered(queue_mail(make_registration(page.event, name=name)))
    plain = rendered(queue_mail(make_registration(page.event, name="Maija")))
    assert sorted(message.keys()) == sorted(plain.keys())
    text, html = part(message, "text/plain"), part(message, "text/html")
    greeting = text.splitlines()[0]
    # The greeting shows the characters of the name, in one line.
    shown = greeting.removeprefix("Hello ").removesuffix(",").replace(BREAK, "")
    assert shown == plain_name(name).replace(BREAK, "")
    assert shown.startswith(name[:2])
    assert not LINK.search(greeting)
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    paragraph = next(item for item in tree.iter("p") if "".join(item.itertext()).startswith("Hello"))
    assert list(paragraph) == []
    assert "".join(paragraph.itertext()) == greeting
    assert "only-for-tests" not in text + html
    assert str(message["Subject"]) == "Registration confirmed: Forum of care"


@pytest.mark.parametrize(
    "name", ["Maija Meikäläinen", "J. R. R. Tolkien", "Γιώργος Παπαδόπουλος", "O’Neill-Õun", "J.R. Ewing"]
)
def test_ordinary_names_are_unchanged(name):
    assert plain_name(name) == name


def test_emails_contain_no_answers_and_no_free_text(page):
    registration = make_registration(
        page.event, organisation="Canary House", profession="nurse", note="Canary note", country="EE"
    )
    registration.answers.create(question_key=registration.key, kind="text", label="Diet", language="en", value="Canary")
    registration.sensitive_answers.create(
        question_key=registration.key, kind="text", label="Diet?", language="en", encrypted_value=b"Canary"
    )
    for kind in set(MailKind) - {MailKind.ORGANISER, MailKind.ERASED}:
        source = rendered(queue_mail(registration, kind)).as_string()
        assert "Canary" not in source
        assert "Diet" not in source


def test_titles_cannot_inject_headers(page):
    EventPage.objects.update(title="Forum\r\nBcc: victim@example.org")
    message = rendered(queue_mail(make_registration(page.event)))
    assert "Bcc" not in message
    assert str(message["Subject"]) == "Registration confirmed: Forum Bcc: victim@example.org"


def test_reply_to_is_the_current_contact_of_the_event(page):
    mail = queue_mail(make_registration(page.event))
    change_event(page.event, contact_email="new@example.org")
    assert rendered(OutboxMail.objects.get(pk=mail.pk), NOW)["Reply-To"] == "new@example.org"
