"""The emails about a change of the event: an organiser reads them and sends them, with or without an explanation, or not."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from events.admin.base import RegistrationAdminView, error_message
from events.models import Event
from events.registration import access, change_notices
from events.registration.errors import RegistrationError
from events.registration.mail.queue import source_language
from home.languages import language_name


class ExplanationForm(forms.Form):
    """A sentence about the change for each language of the recipients."""

    def __init__(self, *args, languages: list[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.languages = languages
        for code in languages:
            self.fields[code] = forms.CharField(
                label=_("Explanation in %(language)s") % {"language": language_name(code)},
                max_length=1000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2, "lang": code}),
            )

    @property
    def texts(self) -> dict[str, str]:
        return {code: self.cleaned_data[code].strip() for code in self.languages if self.cleaned_data[code].strip()}


class ChangeNoticesView(RegistrationAdminView):
    """The emails about a change, with a form for the explanation.

    Users who may change the event but not see its registrations may open it too: it shows numbers and no person.
    """

    template_name = "events/admin/registrations/change_notices.html"
    page_title = gettext_lazy("Emails about the change")
    header_icon = "mail"
    current = "change_notices"

    def may_open(self, event: Event) -> bool:
        return self.user.has_perm("events.change_event") or access.may_see(self.user, event)

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return self._show({}, None)

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self._show({}, form, status=422)
        if "preview" in request.POST:
            return self._show(form.texts, form)
        try:
            self._finish(request, form)
        except RegistrationError as error:
            messages.error(request, error_message(error))
            return self._show(form.texts, form, status=429)
        return redirect(self.url("edit") if self.user.has_perm("events.change_event") else self.url("registrations"))

    def _finish(self, request: HttpRequest, form: ExplanationForm) -> None:
        if "withhold" in request.POST:
            count = change_notices.withhold(self.event.pk)
            text = ngettext("%(count)d email is not sent.", "%(count)d emails are not sent.", count)
            messages.warning(request, text % {"count": count})
        else:
            count = change_notices.send(self.event.pk, form.texts)
            text = ngettext("%(count)d email is being sent.", "%(count)d emails are being sent.", count)
            messages.success(request, text % {"count": count})

    def _form(self, data=None) -> ExplanationForm:
        source = source_language(self.event)
        waiting = change_notices.waiting(self.event)
        return ExplanationForm(data, languages=[source, *(code for code in waiting.languages if code != source)])

    def _show(self, texts: dict[str, str], form: ExplanationForm | None, status: int = 200) -> HttpResponse:
        waiting = change_notices.waiting(self.event)
        previews = []
        for code, number in waiting.languages.items():
            mail = change_notices.preview(self.event, code, texts)
            if mail is not None:
                previews.append(
                    {
                        "code": code,
                        "label": language_name(code),
                        "count": number,
                        "subject": mail.subject,
                        "body": mail.body,
                    }
                )
        context = {"waiting": waiting, "previews": previews, "form": form or self._form()}
        return self.render_to_response(self.get_context_data(**context), status=status)
