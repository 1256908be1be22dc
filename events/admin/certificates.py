"""Certificates of an event: the rule, the participants who meet it or do not, issuing, revoking and download."""

from __future__ import annotations

import tempfile
from decimal import Decimal

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from events.admin.base import RegistrationAdminView, error_message, parse_pk
from events.admin.certificate_forms import CertificateRuleForm, RevokeForm
from events.admin.downloads import DownloadsView
from events.certificates import commands, eligibility
from events.certificates.content import sample, signatories_of
from events.certificates.eligibility import Candidate, candidates
from events.certificates.rules import rule_of, save_rule
from events.enums import EventPhase, Mode, RevocationReason
from events.models import Certificate, CertificateRule, Registration
from events.presentation.certificate_pdf import CertificatePrinter, downloadable, write_zip
from events.registration import access, downloads
from events.registration.errors import RegistrationError
from events.registration.sessions import counted_sessions
from home.languages import language_name
from home.slugs import transliterate

# The rows that each table shows. The ZIP and the list of registrations have all of them.
MAX_ROWS = 300
# A ZIP with more certificates is prepared in the background, because making each one takes a moment.
CERTIFICATES_AT_ONCE = 50


class CertificateAdminView(RegistrationAdminView):
    header_icon = "success"
    current = "certificates"

    @cached_property
    def rule(self) -> CertificateRule:
        """The rule of the event, or one with the defaults that is not saved yet."""
        found = rule_of(self.event) or CertificateRule(event=self.event)
        found.event = self.event
        return found

    def certificate(self, pk: int) -> Certificate:
        found = Certificate.objects.filter(event=self.event, pk=pk).select_related("registration").first()
        if found is None:
            raise Http404("no such certificate of this event")
        return found

    @cached_property
    def languages(self) -> list[str]:
        """The languages of the event's pages, English first."""
        pages = self.event.pages.filter(alias_of=None).values_list("locale__language_code", flat=True)
        return sorted(set(pages), key=lambda code: (code != "en", code)) or ["en"]


class CertificatesView(CertificateAdminView, DownloadsView):
    template_name = "events/admin/registrations/certificates.html"
    page_title = gettext_lazy("Certificates")
    lists_people = True
    url_name = "certificates"
    kind_of_file = downloads.CERTIFICATES

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if answer := self.deleted(request):
            return answer
        if "zip" in request.POST:
            return self._zip()
        try:
            if "correct" in request.POST:
                certificate = self.certificate(parse_pk(request.POST["correct"]))
                commands.correct(certificate.pk, self.actor)
                messages.success(request, _("The corrected certificate is issued. The earlier one is revoked."))
            elif "issue" in request.POST:
                self._issue()
        except RegistrationError as error:
            messages.error(request, error_message(error))
        return redirect(self.url("certificates"))

    def _issue(self) -> None:
        count = commands.request_issue(self.event.pk, self.actor)
        if count is None:
            text = _("The certificates are being issued. You can leave this page and come back.")
        else:
            text = ngettext("%(count)d certificate is issued.", "%(count)d certificates are issued.", count)
            text %= {"count": count}
        messages.success(self.request, text)

    def _zip(self) -> HttpResponseBase:
        found = downloadable(self.event)
        count = found.count()
        if not count:
            messages.error(self.request, _("There are no certificates to download."))
            return redirect(self.url("certificates"))
        access.log(self.event, self.user, "export", {"columns": ["certificates"], "rows": count, "sensitive": False})
        name = f"certificates-{slugify(transliterate(str(self.event))) or 'event'}.zip"
        if count > CERTIFICATES_AT_ONCE:
            kind, language = downloads.CERTIFICATES, self.language
            downloads.request_file(self.event, self.user, kind, {}, language, downloads.ZIP, name, count)
            return self.being_prepared()
        # An unnamed file on disk, which is gone once the response is sent.
        target = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
        write_zip(target, self.event, found)
        target.seek(0)
        return FileResponse(target, content_type="application/zip", as_attachment=True, filename=name)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        groups = vars(eligibility.groups(self.event, self.rule))
        counts = {f"{name}_count": people.count() for name, people in groups.items()}
        shown = {name: candidates(self.event, self.rule, people[:MAX_ROWS]) for name, people in groups.items()}
        revoked = Certificate.objects.filter(event=self.event, revoked_on__isnull=False)
        anonymous = Certificate.objects.filter(event=self.event, revoked_on=None, registration=None)
        return super().get_context_data(**kwargs) | {
            "rule": self.rule,
            "is_over": self.event.phase(timezone.now()) == EventPhase.PAST,
            "languages": [(code, language_name(code)) for code in self.languages],
            **counts,
            **shown,
            "is_issuing": self.rule.issuing_since is not None,
            "issuing_done": max(0, self.rule.issuing_total - counts["getting_count"]),
            "revoked": revoked[:MAX_ROWS],
            "anonymous_count": anonymous.count(),
            "signatories": list(signatories_of(self.rule)) if self.rule.pk else [],
        }


class CertificateRuleView(CertificateAdminView):
    template_name = "events/admin/registrations/certificate_rule.html"
    page_title = gettext_lazy("Rule for certificates")

    def _form(self, request: HttpRequest | None = None) -> CertificateRuleForm:
        stored = {row.position: row for row in signatories_of(self.rule)} if self.rule.pk else {}
        data = (request.POST, request.FILES) if request else ()
        return CertificateRuleForm(*data, instance=self.rule, languages=self.languages, signatories=stored)

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        form = self._form(request)
        if not form.is_valid():
            messages.error(request, _("The settings were not saved. Correct the errors below."))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        rule = form.save(commit=False)
        rule.outcomes = form.outcomes
        save_rule(rule, form.given_signatories)
        messages.success(request, _("Saved. Certificates that were issued before stay as they are."))
        return redirect(self.url("certificates"))

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(**kwargs) | {"form": kwargs.get("form") or self._form()}


class CertificateSampleView(CertificateAdminView):
    """Returns the PDF of a sample certificate in the language of the query string, made with the saved rule."""

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        language = request.GET.get("language", "")
        if language not in self.languages:
            language = self.languages[0]
        mode = Mode(self.rule.mode) if self.rule.mode else Mode.ON_SITE if self.event.is_on_site else Mode.ONLINE
        person = Registration(event=self.event, language=language, mode=mode)
        days = max(self.rule.min_days, len(self.event.days))
        hours = Decimal(self.rule.hours_per_day) * days if self.rule.hours_per_day else None
        sessions = counted_sessions(self.event, language) if self.rule.uses_sessions else []
        if self.rule.counts_sessions:
            hours = Decimal(sum(session.announced.minutes or 0 for session in sessions) // 15) / 4
        today = commands.day_of(self.event, timezone.now())
        content = sample(self.rule, Candidate(person, days, hours, sessions=len(sessions)), language, today)
        response = HttpResponse(
            CertificatePrinter(self.event).sample(language, content, today), content_type="application/pdf"
        )
        response["Content-Disposition"] = 'inline; filename="certificate-sample.pdf"'
        return response


class CertificateRevokeView(CertificateAdminView):
    template_name = "events/admin/registrations/certificate_revoke.html"
    page_title = gettext_lazy("Revoke the certificate")

    @cached_property
    def found(self) -> Certificate:
        return self.certificate(self.kwargs["certificate_pk"])

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        form = RevokeForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            commands.revoke(self.found.pk, RevocationReason(form.cleaned_data["reason"]), self.actor)
        except RegistrationError as error:
            messages.error(request, error_message(error))
        else:
            messages.success(request, _("The certificate is revoked."))
        return redirect(self.url("certificates"))

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(**kwargs) | {
            "certificate": self.found,
            "form": kwargs.get("form") or RevokeForm(),
        }
