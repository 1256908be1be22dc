"""Forms of the certificates of an event."""

from __future__ import annotations

import io
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from PIL import Image

from events.certificates.content import MAX_OUTCOMES
from events.certificates.rules import Signatory
from events.enums import RevocationReason
from events.models import CertificateRule, CertificateSignatory
from events.registration.sessions import counted_sessions
from home.languages import language_name

SIGNATORIES = (1, 2)
# The limits of an uploaded picture: its size in bytes, the pixels that are decoded and the pixels that are stored.
MAX_UPLOAD = 2 * 1024 * 1024
MAX_PIXELS = 24_000_000
STORED_SIZE = (900, 360)
OUTCOME_LENGTH = 110


class CertificateRuleForm(forms.ModelForm):
    """The rule, the learning outcomes in the languages of the event, and the signatories."""

    class Meta:
        model = CertificateRule
        fields = [
            "is_on",
            "min_days",
            "mode",
            "hours_per_day",
            "counts_sessions",
            "min_hours",
            "min_sessions",
            "session_percent",
            "issue_after_days",
            "needs_survey",
            "ects",
            "eqf_level",
            "cme_points",
            "cme_body",
            "cme_reference",
        ]

    def __init__(self, *args: Any, languages: list[str], signatories: dict[int, CertificateSignatory], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.languages, self.stored = languages, signatories
        for code in languages:
            self.fields[f"outcomes_{code}"] = forms.CharField(
                label=_("Learning outcomes: %(language)s") % {"language": language_name(code)},
                required=False,
                initial=self.instance.outcomes.get(code, ""),
                widget=forms.Textarea(attrs={"rows": 3, "lang": code}),
                help_text=_(
                    "One per line, at most six. Certificates in a language without learning outcomes show those in English."
                ),
            )
        for number in SIGNATORIES:
            stored = signatories.get(number)
            self.fields[f"name_{number}"] = forms.CharField(
                label=_("Signatory %(number)d: name") % {"number": number},
                required=False,
                max_length=80,
                initial=stored.name if stored else "",
            )
            self.fields[f"role_{number}"] = forms.CharField(
                label=_("Signatory %(number)d: role") % {"number": number},
                required=False,
                max_length=120,
                initial=stored.role if stored else "",
            )
            self.fields[f"signature_{number}"] = forms.FileField(
                label=_("Signatory %(number)d: picture of the signature") % {"number": number},
                required=False,
                widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
                help_text=_("PNG or JPEG, best with a transparent background. Only certificates show it."),
            )
            if stored and stored.signature:
                self.fields[f"remove_{number}"] = forms.BooleanField(
                    label=_("Signatory %(number)d: remove the picture") % {"number": number}, required=False
                )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        required = [name for name in ("counts_sessions", "min_hours", "min_sessions") if cleaned.get(name)]
        if required and not counted_sessions(self.instance.event, ""):
            self.add_error(
                required[0], _("No session is counted yet. Choose the sessions first, on the screen “Sessions”.")
            )
        for code in self.languages:
            lines = [line.strip() for line in cleaned.get(f"outcomes_{code}", "").splitlines() if line.strip()]
            if len(lines) > MAX_OUTCOMES or any(len(line) > OUTCOME_LENGTH for line in lines):
                self.add_error(f"outcomes_{code}", _("Enter at most six lines of at most 110 characters."))
        for number in SIGNATORIES:
            given = cleaned.get(f"role_{number}") or cleaned.get(f"signature_{number}")
            if given and not cleaned.get(f"name_{number}"):
                self.add_error(f"name_{number}", _("Enter the name of the signatory."))
            if cleaned.get(f"signature_{number}"):
                try:
                    cleaned[f"signature_{number}"] = as_png(cleaned[f"signature_{number}"])
                except ValidationError as error:
                    self.add_error(f"signature_{number}", error)
        return cleaned

    @property
    def outcomes(self) -> dict[str, str]:
        found = {code: self.cleaned_data[f"outcomes_{code}"].strip() for code in self.languages}
        return {code: text for code, text in found.items() if text}

    @property
    def given_signatories(self) -> list[Signatory]:
        data = self.cleaned_data
        return [
            Signatory(data[f"name_{number}"], data[f"role_{number}"], self._signature(number))
            for number in SIGNATORIES
            if data[f"name_{number}"]
        ]

    def _signature(self, number: int) -> bytes | None:
        if self.cleaned_data.get(f"signature_{number}"):
            return bytes(self.cleaned_data[f"signature_{number}"])
        return b"" if self.cleaned_data.get(f"remove_{number}") else None

    @cached_property
    def groups(self) -> list[dict[str, object]]:
        """The fields in the order of the screen, under their headings."""
        signatories = [name for name in self.fields if name.rpartition("_")[2].isdecimal()]
        parts = [
            ("who", _("Who gets a certificate"), ["is_on", "min_days", "mode", "needs_survey", "issue_after_days"]),
            ("sessions", _("Attendance of sessions"), ["min_hours", "min_sessions", "session_percent"]),
            ("points", _("Hours and credits"), ["hours_per_day", "counts_sessions", "ects", "eqf_level"]),
            ("cme", _("Continuing medical education"), ["cme_points", "cme_body", "cme_reference"]),
            ("outcomes", _("Learning outcomes"), [f"outcomes_{code}" for code in self.languages]),
            ("signatories", _("Signatories"), signatories),
        ]
        return [{"key": key, "heading": text, "fields": [self[name] for name in names]} for key, text, names in parts]


def as_png(upload: Any) -> bytes:
    """Return an uploaded picture as a small PNG without metadata.

    Raises ValidationError if the file is neither a PNG nor a JPEG.
    """
    if upload.size > MAX_UPLOAD:
        raise ValidationError(_("The picture is too large. Upload one of at most 2 MB."))
    try:
        with Image.open(upload, formats=("PNG", "JPEG")) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ValidationError(_("The picture has too many pixels. Make it smaller."))
            found = image.convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise ValidationError(_("Upload a PNG or JPEG picture. This file is damaged or of another kind.")) from None
    found.thumbnail(STORED_SIZE)
    found.info = {}
    target = io.BytesIO()
    found.save(target, "PNG", optimize=True)
    return target.getvalue()


class RevokeForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Reason"),
        widget=forms.RadioSelect,
        choices=[(reason.value, reason.label) for reason in (RevocationReason.MISTAKE, RevocationReason.REQUEST)],
        help_text=_("Everyone who verifies the certificate reads it."),
    )
