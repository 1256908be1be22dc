"""Open Badges 3.0: credentials that `openbadgeslib` verifies, also after keys change and participants are anonymised."""

import base64
import datetime
import io
import json
import subprocess
import sys
import zlib
from pathlib import Path

import jwt
import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openbadgeslib.ob3 import OB3VerificationError, OB3Verifier
from PIL import Image

from events.certificates import badges, commands, keys, pdf_attachments
from events.certificates.badges import BadgeResult
from events.enums import RevocationReason
from events.models import Certificate, CertificateRule, CheckIn
from events.presentation.certificate_pdf import CertificatePrinter
from events.registration import tokens
from events.registration.actor import SCHEDULER
from events.registration.privacy import erasure
from events.states import RegistrationStatus
from tests.factories import reload
from tests.factories.mail import make_forum, make_registration
from tests.factories.registrations import DAY, make_staff

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

FIRST, SECOND = (base64.urlsafe_b64encode(letter * 32).decode() for letter in (b"1", b"2"))
PLAIN = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
DID = "did:web:project.example.org"


@pytest.fixture(autouse=True)
def issuer(settings):
    settings.BADGE_KEY = [FIRST]
    settings.PUBLIC_BASE_URL = "https://project.example.org"
    return settings


@pytest.fixture(scope="module")
def made_person(module_home_page):
    # A credential is not valid before its date.
    event = make_forum(module_home_page, first_day=datetime.date(2024, 5, 16)).event
    CertificateRule.objects.create(event=event, is_on=True, outcomes={"en": "Knows it"})
    person = make_registration(event, status=RegistrationStatus.ATTENDED)
    CheckIn.objects.create(registration=person, day=event.first_day)
    commands.issue(event.pk, SCHEDULER, event.ends_at + 2 * DAY)
    return person


@pytest.fixture
def person(made_person, db):
    return reload(made_person)


@pytest.fixture
def certificate(person):
    return Certificate.objects.get()


@pytest.fixture
def badge(certificate):
    return CertificatePrinter(certificate.event).badge(certificate)


def served(client):
    """Return a downloader that gets the addresses of the issuer from this site."""

    def download(url, **options):
        response = client.get(url.removeprefix("https://project.example.org"))
        assert response.status_code == 200
        return response.content

    return download


def verifier(client):
    return OB3Verifier.for_issuer_did(DID, download=served(client))


def changed(token: str, **claims) -> str:
    header, payload, signature = token.split(".")
    values = json.loads(base64.urlsafe_b64decode(payload + "==")) | claims
    body = base64.urlsafe_b64encode(json.dumps(values).encode()).rstrip(b"=").decode()
    return f"{header}.{body}.{signature}"


def test_the_library_verifies_the_picture_by_the_did_of_the_site(client, certificate, badge):
    assert Image.open(io.BytesIO(badge)).size == (567, 567)
    token = OB3Verifier.extract_token_from_png(badge)
    found = verifier(client).verify(token, check_status=True, download=served(client))
    assert found.issuer.id == DID
    assert found.achievement.name == "Forum of care"
    assert [item.identity_hash for item in found.identifiers if not item.hashed] == ["Maija Meikäläinen"]
    assert found.raw["credentialSubject"]["id"] == f"urn:certificate:{certificate.shown_number}"
    assert "example.org" not in json.dumps([item.to_dict() for item in found.identifiers])


def test_the_command_line_of_the_library_verifies_it(tmp_path, certificate, badge):
    (tmp_path / "badge.png").write_bytes(badge)
    (tmp_path / "key.pem").write_bytes(keys.badge_keys()[0].public_pem)
    recipient = f"urn:certificate:{certificate.shown_number}"
    program = Path(sys.executable).parent / "openbadges-verifier"

    def run(file):
        options = ["-i", file, "-r", recipient, "--pubkey", "key.pem", "-V", "3"]
        return subprocess.run([program, *options], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert run("badge.png").returncode == 0
    token = OB3Verifier.extract_token_from_png(badge)
    (tmp_path / "damaged.png").write_bytes(badges.bake(PLAIN, changed(token, name="Doctor")))
    assert run("damaged.png").returncode != 0


def test_the_pdf_carries_the_credential(certificate):
    with pikepdf.open(io.BytesIO(CertificatePrinter(certificate.event).pdf(certificate))) as pdf:
        token = pdf.attachments["credential.jwt"].obj.EF.F.read_bytes()
        assert b"pdfuaid" in pdf.Root.Metadata.read_bytes()
    assert badges.read(token).number == certificate.number


def test_the_pdf_verifies_as_its_badge_does(client, certificate):
    pdf = CertificatePrinter(certificate.event).pdf(certificate)
    text = upload(client, pdf, "certificate.pdf").content.decode()
    assert "This certificate is valid" in text
    assert "Maija Meikäläinen" in text
    mark = pdf_attachments.MARK.search(pdf)
    start = pdf.index(b"stream", mark.end()) + len(b"stream")
    results = set()
    for at in range(start + 10, pdf.index(b"endstream", start) - 12, 37):
        results.add(badges.read(pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]).result)
    assert results <= {BadgeResult.ALTERED, BadgeResult.OTHER_ISSUER, BadgeResult.UNKNOWN_KEY}
    # Saved again by another program
    with pikepdf.open(io.BytesIO(pdf)) as found:
        saved = io.BytesIO()
        found.save(saved, object_stream_mode=pikepdf.ObjectStreamMode.generate, linearize=True)
    assert badges.read(saved.getvalue()).result == BadgeResult.SIGNED


def test_a_pdf_that_unpacks_to_much_or_has_many_attachments_is_refused(certificate):
    bomb = b"%PDF-1.7 /EmbeddedFile stream\n" + zlib.compress(b"\0" * 50_000_000) + b"endstream"
    assert badges.read(bomb).result == BadgeResult.ALTERED
    many = b"%PDF-1.7 " + b"/EmbeddedFile>>stream\n" * 40_000
    assert badges.read(many).result == BadgeResult.ALTERED


def test_after_rotation_both_keys_verify(client, issuer, certificate, badge):
    issuer.BADGE_KEY = [SECOND, FIRST]
    new = CertificatePrinter(certificate.event).badge(certificate)
    for picture in (badge, new):
        assert badges.read(picture).result == BadgeResult.SIGNED
        token = OB3Verifier.extract_token_from_png(picture)
        assert verifier(client).verify(token).issuer.id == DID
    issuer.BADGE_KEY = [SECOND]
    assert badges.read(badge).result == BadgeResult.UNKNOWN_KEY
    with pytest.raises(OB3VerificationError):
        verifier(client).verify(OB3Verifier.extract_token_from_png(badge))


def test_a_revoked_certificate_is_in_the_signed_list(client, certificate, badge):
    commands.revoke(certificate.pk, RevocationReason.MISTAKE, make_staff())
    token = OB3Verifier.extract_token_from_png(badge)
    with pytest.raises(OB3VerificationError, match="revocation"):
        verifier(client).verify(token, check_status=True, download=served(client))


def test_lists_without_certificates_are_not_found(client, certificate):
    assert client.get(reverse("badge_status", args=[0])).status_code == 200
    for number in (1, 10**12, 10**30):
        assert client.get(f"/badges/status/{number}").status_code == 404


def test_every_changed_byte_of_the_credential_is_found(certificate):
    token = CertificatePrinter(certificate.event).credential(certificate)
    assert badges.read(token.encode()).result == BadgeResult.SIGNED
    altered = changed(token, name="Doctor of Medicine")
    assert badges.read(altered.encode()).result == BadgeResult.ALTERED
    other = jwt.encode({"iss": "did:web:other.example"}, keys.badge_keys()[0].private, algorithm="EdDSA")
    assert badges.read(other.encode()).result == BadgeResult.OTHER_ISSUER
    unsigned = jwt.encode(
        {"iss": DID}, None, algorithm="none", headers={"kid": f"{DID}#{keys.badge_keys()[0].fragment}"}
    )
    assert badges.read(unsigned.encode()).result == BadgeResult.ALTERED


def test_a_badge_with_one_byte_changed_is_never_called_a_file_without_a_certificate(certificate, badge):
    token = CertificatePrinter(certificate.event).credential(certificate).encode()
    start = badge.index(token)

    def other_byte(content, at):
        return content[:at] + (b"A" if content[at : at + 1] != b"A" else b"B") + content[at + 1 :]

    refused = {BadgeResult.ALTERED, BadgeResult.OTHER_ISSUER, BadgeResult.UNKNOWN_KEY}
    for at in range(3, len(token) - 1, 29):
        assert badges.read(other_byte(token, at)).result in refused
        # The check sum of the part of the picture is wrong as well.
        assert badges.read(other_byte(badge, start + at)).result == BadgeResult.ALTERED
        changed_token = other_byte(token, at).decode()
        assert badges.read(badges.bake(PLAIN, changed_token)).result in refused
    assert badges.read(badge[: start + len(token) // 2]).result == BadgeResult.ALTERED


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"abc",
        b"a.b.c",
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 99,
        b"%PDF-1.7",
        b"x" * 50_000,
        b"\xff" * 9,
    ],
)
def test_other_files_hold_no_credential(content):
    assert badges.read(content).result == BadgeResult.NO_CREDENTIAL


# On the page


def upload(client, content, name="badge.png"):
    return client.post("/en/verify/", {"file": SimpleUploadedFile(name, content)})


def test_the_page_shows_what_a_genuine_badge_states(client, certificate, badge):
    text = upload(client, badge).content.decode()
    assert "This certificate is valid" in text
    assert "Maija Meikäläinen" in text
    assert "Knows it" in text


@pytest.mark.parametrize("state", ["revoked", "erased"])
def test_the_page_verifies_badges_of_revoked_and_erased_participants(client, person, certificate, badge, state):
    if state == "revoked":
        commands.revoke(certificate.pk, RevocationReason.MISTAKE, make_staff())
        assert "no longer valid" in upload(client, badge).content.decode()
    else:
        erasure.erase(person.pk)
        text = upload(client, badge).content.decode()
        assert "This certificate is valid" in text
        assert "Maija Meikäläinen" in text


def test_the_page_refuses_altered_and_other_files(client, certificate, badge):
    token = CertificatePrinter(certificate.event).credential(certificate)
    response = upload(client, changed(token, name="Doctor").encode(), "x.jwt")
    assert (response.status_code, "This badge was altered" in response.content.decode()) == (422, True)
    assert "This file does not contain a certificate" in upload(client, b"%PDF-1.7", "x.pdf").content.decode()
    assert client.post("/en/verify/", {}).status_code == 422


def test_other_documents_that_the_site_has_signed_are_no_badges(client, certificate):
    signed = client.get(reverse("badge_status", args=[0])).content
    odd = [badges._signed({"iss": DID, **claims}) for claims in ({}, {"vc": 1}, {"vc": {"credentialSubject": []}})]
    for token in (signed, *(text.encode() for text in odd)):
        assert badges.read(token).result != BadgeResult.SIGNED
    file = SimpleUploadedFile("credential.jwt", signed)
    assert client.post("/en/verify/", {"file": file}).status_code == 422


def test_participants_download_their_badge(client, person):
    url = reverse("registration_badge", kwargs={"token": tokens.token_for(person)})
    assert badges.read(client.get(url).content).result == BadgeResult.SIGNED
    assert url in client.get(url.replace("badge.png", "")).content.decode()


@pytest.mark.parametrize("missing", ["key", "https"])
def test_without_a_key_or_https_there_are_no_badges(client, issuer, person, missing):
    if missing == "key":
        issuer.BADGE_KEY = []
    else:
        issuer.PUBLIC_BASE_URL = "http://project.example.org"
    url = reverse("registration_badge", kwargs={"token": tokens.token_for(person)})
    assert client.get(url).status_code == 409
    assert url not in client.get(url.replace("badge.png", "")).content.decode()
    assert client.get("/.well-known/did.json").status_code == 404
    assert client.get("/badges/status/0").status_code == 404
    assert "Digital badge" not in client.get("/en/verify/").content.decode()
    assert client.post("/en/verify/", {}).status_code == 200
    certificate = Certificate.objects.get()
    with pikepdf.open(io.BytesIO(CertificatePrinter(certificate.event).pdf(certificate))) as pdf:
        assert not pdf.attachments
