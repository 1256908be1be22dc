"""A certificate of attendance as a tagged PDF of one page, and all certificates of an event as a ZIP."""

from __future__ import annotations

import base64
import datetime
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from events import timezones
from events.certificates.badges import bake, credential_of
from events.certificates.content import Content, signatories_of
from events.certificates.keys import is_issuer
from events.certificates.rules import rule_of
from events.models import Certificate, CertificateSignatory, Event, PreparedDownload
from events.registration.downloads import ProgressIterator
from events.registration.mail.context import EventDetails
from home import qr
from home.links import public_url
from home.pdf import picture, typeset

TEMPLATE = Path(__file__).parent / "typst" / "certificate.typ"
BADGE = Path(__file__).parent / "typst" / "badge.typ"
# Shown on a sample in place of the number.
SAMPLE_NUMBER = "000000-000000"
# Number of certificates between two reports of progress. Making each one takes a moment.
STEP = 10


class CertificatePrinter:
    """Makes the PDFs of certificates of one event. Project, texts and signatories are read once."""

    def __init__(self, event: Event) -> None:
        self.event = event
        rule = rule_of(event)
        # Pictures of signatures come from the rule and are found by name. Names and roles come from the certificate.
        self._signatures = {row.name: row for row in signatories_of(rule) if row.signature} if rule else {}
        self._details: dict[str, EventDetails] = {}

    def pdf(self, certificate: Certificate, language: str = "") -> bytes:
        """Return the PDF in a language of the certificate, by default the participant's. Equal calls return equal bytes.

        The signed credential is attached if the site issues badges.
        """
        known = certificate.languages
        chosen = language if language in known else known[0]
        credential = self.credential(certificate) if is_issuer() else ""
        content, day = certificate.content[chosen], certificate.issued_on
        return self.make(chosen, content, certificate.name, certificate.number, day, credential)

    def credential(self, certificate: Certificate) -> str:
        """Return the signed credential of the certificate."""
        certificate.event = self.event
        return credential_of(certificate, self._details_in(certificate.languages[0]).project_name)

    def badge(self, certificate: Certificate) -> bytes:
        """Return the picture of the badge with the signed credential in it."""
        language = certificate.languages[0]
        with override(language):
            data: dict[str, object] = {
                "project": self._details_in(language).project_name,
                "title": certificate.content[language]["title"],
                "language": language,
                "words": _("Certificate of attendance"),
                "when": certificate.content[language]["when"],
            }
        return bake(picture(BADGE, data), self.credential(certificate))

    def sample(self, language: str, content: Content, issued_on: datetime.date) -> bytes:
        """Return a PDF that is marked as a sample and has no valid number."""
        with override(language):
            name = _("Name of the participant")
        return self.make(language, content, name, "", issued_on)

    def make(
        self,
        language: str,
        content: Content,
        name: str,
        number: str,
        issued_on: datetime.date,
        credential: str = "",
    ) -> bytes:
        with override(language):
            data, pictures = self._data(self._details_in(language), language, content, name, number)
        data["credential"] = credential
        midnight = timezones.instant(issued_on, datetime.time(), self.event.zone).astimezone(datetime.UTC)
        return typeset(TEMPLATE, data, made_at=midnight, pictures=pictures)

    def _details_in(self, language: str) -> EventDetails:
        return self._details.setdefault(language, EventDetails(self.event, language, None))

    def _data(
        self, details: EventDetails, language: str, content: Content, name: str, number: str
    ) -> tuple[dict[str, object], dict[str, str]]:
        shown = Certificate(number=number).shown_number if number else SAMPLE_NUMBER
        address = verification_url(shown)
        signatures = {f"signature{row.position}": _svg(row) for row in self._signatures.values()}
        data: dict[str, object] = {
            "title": _("Certificate of attendance: %(title)s") % {"title": content["title"]},
            "language": language,
            "author": details.project_name,
            "name": name,
            "number": shown,
            "event": content["title"],
            "event_language": content["title_language"],
            "when": content["when"],
            "where": content["where"],
            "issued": content["issued"],
            "facts": content["facts"],
            "outcomes": content["outcomes"],
            "address": address.partition("://")[2],
            "picture_text": _("QR code of the page that verifies this certificate"),
            "sample": "" if number else _("Sample"),
            "signatories": [self._signatory(name, role) for name, role in content["signatories"]],
            "statement": details.texts.funding_statement if details.texts else "",
            "disclaimer": details.texts.disclaimer if details.texts else "",
            "labels": {
                "certificate": _("Certificate of attendance"),
                "confirms": _("This is to certify that"),
                "took_part": _("took part in"),
                "outcomes": _("Learning outcomes"),
                "issued": _("Issued"),
                "number": _("Certificate number"),
                "verify": _("Verify at"),
                "credential": _("Signed credential (Open Badges 3.0)"),
            },
        }
        return data, {"picture": qr.svg_file(address), **signatures}

    def _signatory(self, name: str, role: str) -> dict[str, str]:
        row = self._signatures.get(name)
        return {
            "name": name,
            "role": role,
            "picture": f"signature{row.position}" if row else "",
            "picture_text": _("Signature: %(name)s") % {"name": name},
        }


def verification_url(number: str) -> str:
    """Return the address that shows whether the certificate is valid, in the active language."""
    return public_url(reverse("verify_number", kwargs={"number": number}))


def _svg(row: CertificateSignatory) -> str:
    """Return the picture of a signature in an SVG file.

    A PDF gets its data as JSON, which cannot hold bytes.
    """
    content = bytes(row.signature or b"")
    # Width and height are in bytes 16 to 23 of every PNG.
    width, height = int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    picture = base64.b64encode(content).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{picture}"/></svg>'
    )


def write_zip(target: IO[bytes], event: Event, certificates: Iterable[Certificate]) -> None:
    """Write a ZIP with the PDFs of the certificates."""
    printer = CertificatePrinter(event)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for certificate in certificates:
            name = slugify(certificate.name) or "certificate"
            archive.writestr(f"{name}-{certificate.shown_number}.pdf", printer.pdf(certificate))


def write_certificates(download: PreparedDownload, target: IO[bytes], counted: ProgressIterator) -> None:
    """Write the ZIP for a prepared download."""
    found = downloadable(download.event).iterator(100)
    write_zip(target, download.event, counted(found, STEP))


def downloadable(event: Event) -> QuerySet[Certificate]:
    """Return the valid certificates of participants who are not anonymised."""
    return Certificate.objects.filter(event=event, revoked_on=None, registration__isnull=False).order_by("pk")
