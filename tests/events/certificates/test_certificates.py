"""Certificates: who gets one, issuing by hand and by the clock, correcting, revoking, verifying, and what stays."""

import datetime
import io
import zipfile
from decimal import Decimal

import pikepdf
import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from events.certificates import commands, scheduled, verification
from events.certificates.eligibility import IneligibilityReason, candidates
from events.certificates.rules import Signatory, save_rule
from events.enums import MailKind, Mode, RevocationReason
from events.models import Certificate, CertificateRule, CertificateSignatory, CheckIn, DataAccess, OutboxMail
from events.presentation.certificate_pdf import CertificatePrinter
from events.registration import commands as registration_commands
from events.registration import tokens
from events.registration.actor import SCHEDULER
from events.registration.errors import NotPossibleError
from events.registration.privacy import erasure, retention
from events.registration.privacy.data_export import personal_data
from events.states import RegistrationStatus
from tests.factories import reload
from tests.factories.events import change_event
from tests.factories.mail import make_forum, make_registration, part, rendered
from tests.factories.pdf import text_of
from tests.factories.project import describe_project, write_texts
from tests.factories.registrations import make_staff
from tests.factories.users import admin_url, make_organiser

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

DAY = datetime.timedelta(days=1)


@pytest.fixture(scope="module")
def made_event(module_home_page):
    describe_project()
    for code in ("en", "fi"):
        write_texts(code)
    page = make_forum(module_home_page, languages=["fi"])
    event = change_event(page.event, last_day=page.event.first_day + DAY)
    CertificateRule.objects.create(
        event=event, is_on=True, hours_per_day=Decimal("6.5"), outcomes={"en": "Knows it\nDoes it", "fi": "Osaa"}
    )
    return event


@pytest.fixture
def event(made_event, db):
    """An event of two days, with a rule: at least one day, 6.5 hours a day."""
    return reload(made_event)


@pytest.fixture
def after(event):
    """A moment at which the certificates are due."""
    return event.ends_at + 2 * DAY


def attend(event, days=1, **values):
    person = make_registration(event, status=RegistrationStatus.ATTENDED, **values)
    for day in event.days[:days]:
        CheckIn.objects.create(registration=person, day=day)
    return person


def issue(event, now):
    return commands.issue(event.pk, SCHEDULER, now)


# The rule


def test_the_rule_decides_by_days_and_mode(event):
    both, one, online = attend(event, 2), attend(event, 1), attend(event, 2, mode=Mode.ONLINE)
    make_registration(event)
    rule = CertificateRule.objects.get()
    rule.min_days, rule.mode = 2, Mode.ON_SITE
    found = {item.registration.pk: item for item in candidates(event, rule)}
    assert {pk: item.reasons for pk, item in found.items()} == {
        both.pk: [],
        one.pk: [IneligibilityReason.TOO_FEW_DAYS],
        online.pk: [IneligibilityReason.OTHER_MODE],
    }
    assert (found[both.pk].hours, found[one.pk].hours) == (Decimal("13.0"), Decimal("6.5"))


def test_hours_online_are_those_of_the_report(event):
    person = attend(event, 2, mode=Mode.ONLINE)
    CheckIn.objects.filter(day=event.first_day).update(minutes=127)
    found = candidates(event, CertificateRule(event=event, hours_per_day=Decimal("6.5")))
    assert [(item.registration.pk, item.hours) for item in found] == [(person.pk, Decimal("8.5"))]


def test_candidates_cost_three_queries(event, django_assert_num_queries):
    for number in (1, 2):
        for _person in range(number):
            attend(event)
        with django_assert_num_queries(3):
            candidates(event, CertificateRule(event=event))


# Issuing


def test_certificates_are_issued_once_and_announced(event, after):
    person = attend(event, 2, language="fi")
    without_address = attend(event, email="")
    assert issue(event, after) == 2
    assert issue(event, after) == 0
    certificate = Certificate.objects.get(registration=person)
    assert (certificate.name, certificate.issued_on) == (person.name, after.date())
    assert certificate.languages == ["fi", "en"]
    assert certificate.content["en"]["facts"] == [["Attended", "2 days"], ["Hours", "13"]]
    assert certificate.content["fi"]["outcomes"] == ["Osaa"]
    assert [mail.registration for mail in OutboxMail.objects.filter(kind=MailKind.CERTIFICATE)] == [person]
    assert without_address.history.get().action == "issue_certificate"


@pytest.mark.parametrize("change", ["running", "off", "cancelled", "no rule"])
def test_nothing_is_issued_too_early_or_without_a_rule(event, after, change):
    attend(event)
    if change == "off":
        CertificateRule.objects.update(is_on=False)
    elif change == "no rule":
        CertificateRule.objects.all().delete()
    elif change == "cancelled":
        change_event(event, status="cancelled")
    with pytest.raises(NotPossibleError):
        issue(event, event.ends_at - DAY if change == "running" else after)
    assert not Certificate.objects.exists()


def test_the_clock_issues_and_corrects(event, after):
    person = attend(event)
    assert scheduled.issue_due(event.ends_at + DAY / 2) == 0
    assert scheduled.issue_due(after) == 1
    assert scheduled.issue_due(after) == 0
    registration_commands.change_answers(person.pk, [], {"name": "Maija Virtanen"}, make_staff(), after)
    assert scheduled.issue_due(after) == 1
    old, new = Certificate.objects.order_by("pk")
    assert (old.revocation_reason, old.name) == ("corrected", "Maija Meikäläinen")
    assert (new.is_valid, new.name) == (True, "Maija Virtanen")
    assert OutboxMail.objects.filter(payload__corrected=True).count() == 1


def test_the_clock_leaves_events_whose_organisers_issue_by_hand(event, after):
    attend(event)
    CertificateRule.objects.update(issue_after_days=None)
    assert scheduled.issue_due(after) == 0
    assert issue(event, after) == 1


def test_the_email_leads_to_the_personal_page(event, after):
    attend(event)
    issue(event, after)
    mail = OutboxMail.objects.get(kind=MailKind.CERTIFICATE)
    text = part(rendered(mail, after), "text/plain")
    assert "Your certificate of attendance is ready" in text
    assert "/en/registration/" in text


# The document


def test_the_pdf_states_what_was_issued(event, after):
    person = attend(event, 2, name="Αικατερίνη Παπαδοπούλου", language="fi")
    rule = CertificateRule.objects.get()
    picture = io.BytesIO()
    Image.new("RGBA", (40, 20)).save(picture, "PNG")
    save_rule(rule, [Signatory("Leader", "Project leader", picture.getvalue()), Signatory("Other")])
    issue(event, after)
    certificate = Certificate.objects.get(registration=person)
    pdf = CertificatePrinter(event).pdf(certificate, "en")
    text = text_of(pdf)
    for words in ("Certificate of attendance", "Αικατερίνη Παπαδοπούλου", "Forum of care", "2 days", "Knows it"):
        assert words in text
    for words in (certificate.shown_number, "Project leader", "Funded by the European Union (en)"):
        assert words in text
    assert CertificatePrinter(event).pdf(certificate, "en") == pdf
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.pages) == 1
        assert b"pdfuaid" in document.Root.Metadata.read_bytes()
    finnish = CertificatePrinter(event).pdf(certificate, "xx")
    with pikepdf.open(io.BytesIO(finnish)) as document:
        assert str(document.Root.Lang) == "fi"


def test_a_long_name_and_six_outcomes_fit_on_the_page(event, after):
    CertificateRule.objects.update(
        outcomes={"en": "\n".join(["x" * 55 + " " + "y" * 54] * 6)},
        cme_points=6,
        cme_body="B" * 100,
        ects=1,
        eqf_level=6,
    )
    attend(event, name="Ω" * 60 + " " + "Õ" * 59)
    issue(event, after)
    pdf = CertificatePrinter(event).pdf(Certificate.objects.get())
    assert len(pypdfium2.PdfDocument(pdf)) == 1
    assert "Funded by the European Union (en)" in text_of(pdf)


def lines_of(pdf):
    """Return the words of the page with the top and the bottom of each, in points from the upper edge."""
    (page,) = pypdfium2.PdfDocument(pdf)
    text, height = page.get_textpage(), page.get_height()
    found = {}
    for index in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(index)
        found[text.get_text_bounded(left, bottom, right, top).strip()] = (height - top, height - bottom, right)
    return found


def test_the_longest_texts_stay_on_one_page_and_on_none_another(event):
    content = {
        "title": "Ψηφιακές δεξιότητες στην ογκολογική φροντίδα " * 5,
        "title_language": "el",
        "when": "30 December 2026 – 2 January 2027",
        "where": "University of West Attica, Ancient Olive Grove Campus, Thivon 250, Athens",
        "issued": "3 January 2027",
        "facts": [["Hours", "13"], ["CME points", f"8, {'European Accreditation Council ' * 4}, LEE/2026/1"]],
        "outcomes": [f"{number} {'knows and does it ' * 6}" for number in range(6)],
        "signatories": [[f"Professor {'Longname-Longername ' * 3}", "Head of the department " * 5]] * 3,
    }
    name = "Αικατερίνη-Ευαγγελία Παπαδημητρακοπούλου-Χατζηγεωργιάδου Αικατερίνη-Ευαγγελία Παπαδημητρακοπούλου"
    found = lines_of(CertificatePrinter(event).make("en", content, name, "ABCDEFGHJKMN", event.first_day))
    order = [
        "Certificate of attendance",
        "This is to certify that",
        "took part in",
        "Hours",
        "Learning outcomes",
        "Issued",
    ]
    bottoms = [found[words][1] for words in order]
    assert bottoms == sorted(bottoms)
    assert found["Certificate of attendance"][1] < found["This is to certify that"][0]
    last_outcome = max(bottom for words, (_top, bottom, _right) in found.items() if "knows and does it" in words)
    signed = [(top, bottom) for words, (top, bottom, _right) in found.items() if "department" in words]
    assert last_outcome < found["Issued"][0] < min(top for top, _bottom in signed)
    assert max(bottom for _top, bottom in signed) < min(
        top for words, (top, _bottom, _right) in found.items() if "Views" in words
    )


@pytest.mark.parametrize(
    ("town", "expected"),
    [("Turku", "Old Mill, Turku, Finland · On site"), ("", "Old Mill, Finland · On site")],
)
def test_the_place_names_the_venue_once(event, after, town, expected):
    event = change_event(event, venue_town=town)
    attend(event, 2)
    issue(event, after)
    assert Certificate.objects.get().content["en"]["where"] == expected


def test_a_later_change_of_the_event_changes_no_certificate(event, after):
    attend(event, 2)
    issue(event, after)
    before = CertificatePrinter(event).pdf(Certificate.objects.get())
    CertificateRule.objects.update(hours_per_day=1, ects=30)
    change_event(event, venue_name="Elsewhere")
    assert CertificatePrinter(reload(event)).pdf(Certificate.objects.get()) == before


# Verifying, and what stays


def verify(client, number, language="en"):
    return client.get(f"/{language}/verify/{number}/")


def test_everyone_can_verify_and_sees_no_name(client, event, after):
    person = attend(event)
    issue(event, after)
    certificate = Certificate.objects.get()
    response = client.get("/en/verify/", {"number": certificate.shown_number.lower()}, follow=True)
    text = response.content.decode()
    assert response.redirect_chain == [(f"/en/verify/{certificate.shown_number}/", 302)]
    assert "This certificate is valid" in text
    assert "Forum of care" in text
    assert person.name not in text
    assert "no-store" in response["Cache-Control"]
    assert verification.find(certificate.number).get_deferred_fields() == {"name", "content"}
    commands.revoke(certificate.pk, RevocationReason.MISTAKE, make_staff(), after)
    commands.revoke(certificate.pk, RevocationReason.REQUEST, make_staff(), after)
    text = verify(client, certificate.shown_number).content.decode()
    assert "This certificate is no longer valid" in text
    assert "Issued by mistake" in text


@pytest.mark.parametrize("number", ["000000-000001", "abc", "x" * 500, "%00", "<b>", "😀"])
def test_unknown_numbers_are_not_found(client, home_page, number):
    response = verify(client, number)
    assert response.status_code == 404
    assert "Unknown number" in response.content.decode()
    assert client.get("/en/verify/", {"number": number}).status_code in {200, 404}


@pytest.mark.parametrize("how", ["erasure", "retention"])
def test_a_certificate_of_an_anonymised_participant_still_verifies(client, event, after, how):
    person = attend(event)
    issue(event, after)
    number = Certificate.objects.get().shown_number
    if how == "erasure":
        erasure.erase(person.pk, now=after)
    else:
        assert retention.anonymise_due(event.ends_at + 200 * DAY) == 1
    certificate = Certificate.objects.get()
    assert (certificate.name, certificate.content, certificate.registration) == ("", {}, None)
    assert "This certificate is valid" in verify(client, number).content.decode()
    commands.revoke(certificate.pk, RevocationReason.MISTAKE, make_staff(), after)
    assert "no longer valid" in verify(client, number).content.decode()
    with pytest.raises(NotPossibleError):
        commands.correct(certificate.pk, make_staff(), after)


def test_the_participant_downloads_it_and_finds_it_in_their_data(client, event, after):
    person = attend(event, language="fi")
    url = reverse("registration_certificate", kwargs={"token": tokens.token_for(person)}).replace("/en/", "/fi/")
    assert client.get(url).status_code == 409
    issue(event, after)
    number = Certificate.objects.get().shown_number
    response = client.get(url)
    assert response["Content-Type"] == "application/pdf"
    assert number in response["Content-Disposition"]
    assert "Osallistumistodistus" in text_of(response.content)
    assert "Certificate of attendance" in text_of(client.get(url + "?language=en").content)
    assert number in client.get(url.replace("certificate.pdf", "")).content.decode()
    assert personal_data(person)["certificates"][0]["number"] == number


# Screens


@pytest.fixture
def organiser(client, event):
    user = make_organiser(event)
    client.force_login(user)
    return user


def test_organisers_see_who_gets_one_and_issue_them(client, organiser, event, after, monkeypatch):
    attend(event, 2, name="Gets One")
    attend(event, 0, name="Just Misses")
    url = admin_url(event, "certificates")
    text = client.get(url).content.decode()
    assert "Will get a certificate (1)" in text.replace("\n", "")
    assert "attended too few days" in text
    assert "Certificates can be issued when the event is over." in text
    event = change_event(event, first_day=datetime.date(2026, 1, 10), last_day=datetime.date(2026, 1, 11))
    client.post(url, {"issue": "1"})
    certificate = Certificate.objects.get()
    assert certificate.shown_number in client.get(url).content.decode()
    archive = zipfile.ZipFile(io.BytesIO(client.post(url, {"zip": "1"}).getvalue()))
    assert archive.namelist() == [f"gets-one-{certificate.shown_number}.pdf"]
    assert DataAccess.objects.get().action == "export"
    revoke = admin_url(event, "certificate_revoke", certificate.pk)
    assert client.post(revoke, {}).status_code == 422
    client.post(revoke, {"reason": "mistake"})
    assert not reload(certificate).is_valid


def test_organisers_edit_the_rule_with_a_signature(client, organiser, event):
    picture = io.BytesIO()
    Image.new("RGB", (2000, 600)).save(picture, "JPEG")
    upload = SimpleUploadedFile("signature.jpg", picture.getvalue(), "image/jpeg")
    url = admin_url(event, "certificate_rule")
    data = {
        "is_on": "on",
        "min_days": "2",
        "issue_after_days": "",
        "hours_per_day": "7",
        "session_percent": "50",
        "outcomes_en": "One\nTwo",
        "name_1": "Leader",
        "signature_1": upload,
    }
    client.post(url, data)
    rule, signatory = CertificateRule.objects.get(), CertificateSignatory.objects.get()
    assert (rule.min_days, rule.outcomes, rule.issue_after_days) == (2, {"en": "One\nTwo"}, None)
    assert Image.open(io.BytesIO(signatory.signature)).size == (900, 270)
    client.post(url, {"min_days": "1", "session_percent": "50", "name_1": "Leader"})
    assert CertificateSignatory.objects.get().signature
    client.post(url, {"min_days": "1", "session_percent": "50", "name_1": "Leader", "remove_1": "on"})
    assert CertificateSignatory.objects.get().signature is None
    client.post(url, {"min_days": "1", "session_percent": "50"})
    assert not CertificateSignatory.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"min_days": "0"},
        {"hours_per_day": "25"},
        {"role_1": "Leader"},
        {"outcomes_en": "x\n" * 7},
        {"name_1": "Leader", "signature_1": SimpleUploadedFile("x.png", b"\x89PNG\r\n\x1a\n damaged")},
        {"name_1": "Leader", "signature_1": SimpleUploadedFile("x.svg", b"<svg/>")},
    ],
)
def test_wrong_rules_are_not_saved(client, organiser, event, values):
    response = client.post(admin_url(event, "certificate_rule"), {"min_days": "1", "session_percent": "50"} | values)
    assert response.status_code == 422
    assert CertificateRule.objects.get().hours_per_day == Decimal("6.5")


def test_a_sample_is_no_certificate(client, organiser, event):
    response = client.get(admin_url(event, "certificate_sample"), {"language": "fi"})
    text = text_of(response.content)
    assert "000000-000000" in text
    assert not Certificate.objects.exists()
    assert verification.find("000000-000000") is None
