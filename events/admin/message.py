"""An email to a group of participants: written, previewed in each language, tested, then sent."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages as admin_messages

from events.admin.base import RegistrationAdminView, error_message
from events.admin.filters import RegistrationFiltersMixin
from events.admin.forms import MessageForm
from events.registration import bulk_messages
from events.registration.errors import RegistrationError
from events.registration.mail.queue import source_language
from events.registration.queries import audience, filtered_registrations, fingerprint
from events.states import ACTIVE
from home.languages import language_name

SENT_SIZE = 10


class MessageView(RegistrationFiltersMixin, RegistrationAdminView):
    template_name = "events/admin/registrations/message.html"
    page_title = gettext_lazy("Message")
    header_icon = "mail"
    current = "message"

    @cached_property
    def recipients(self) -> dict[str, int]:
        return bulk_messages.languages_of(self.event, self.criteria)

    @cached_property
    def languages(self) -> list[str]:
        """The languages to write in. The event's source language is first: its text replaces missing translations."""
        source = source_language(self.event)
        return [source, *(code for code in self.recipients if code != source)]

    @property
    def count(self) -> int:
        return sum(self.recipients.values())

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return self._render_form(MessageForm(languages=self.languages))

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        form = MessageForm(request.POST, languages=self.languages)
        if "filter" in request.POST:
            return self._render_form(MessageForm(languages=self.languages, initial=request.POST.dict()))
        if not form.is_valid():
            return self._render_form(form, status=422)
        if "write" in request.POST:
            return self._render_form(form)
        if "test" in request.POST:
            self._send_test(form)
        elif "send" in request.POST and self._send(form):
            return redirect(self.url("registration_message"))
        return self._preview(form)

    def _send_test(self, form: MessageForm) -> None:
        address = self.user.email
        if not address:
            admin_messages.error(
                self.request, _("Your account has no email address. Add one in your account settings.")
            )
            return
        bulk_messages.send_test(self.event, form.texts, self.actor, address, list(form.texts))
        admin_messages.success(self.request, _("A test email is being sent to %(address)s.") % {"address": address})

    def _send(self, form: MessageForm) -> bool:
        try:
            key = uuid.UUID(self.request.POST.get("key", ""))
        except ValueError:
            return False
        expected = self.request.POST.get("recipients", "")
        try:
            message = bulk_messages.send(self.event.pk, form.texts, self.criteria, self.actor, key, expected)
        except RegistrationError as error:
            admin_messages.error(self.request, error_message(error))
            return False
        text = ngettext(
            "The message is being sent to %(count)d participant.",
            "The message is being sent to %(count)d participants.",
            message.recipient_count,
        )
        admin_messages.success(self.request, text % {"count": message.recipient_count})
        return True

    def _preview(self, form: MessageForm) -> HttpResponse:
        sender = self.user.email or "you@example.org"
        previews = []
        for code in self.languages:
            mail = bulk_messages.preview(self.event, form.texts, code, sender)
            previews.append(
                {
                    "code": code,
                    "label": language_name(code),
                    "count": self.recipients.get(code, 0),
                    "subject": mail.subject,
                    "body": mail.body,
                    "is_source": code not in form.texts,
                }
            )
        key = self.request.POST.get("key") or str(uuid.uuid4())
        context = {
            "previews": previews,
            "key": key,
            "form": form,
            "own_address": self.user.email,
            "fingerprint": fingerprint(audience(self.event, self.criteria)),
        }
        self.template_name = "events/admin/registrations/message_preview.html"
        return self.render_to_response(self.get_context_data(**context))

    def _render_form(self, form: MessageForm, status: int = 200) -> HttpResponse:
        messages = bulk_messages.sent_messages(self.event)[:SENT_SIZE]
        waiting = bulk_messages.waiting_counts(messages)
        totals = {item.pk: item.queued_count if item.is_stopped else item.recipient_count for item in messages}
        sent = [
            {
                "message": message,
                "total": totals[message.pk],
                "subject": next((text["subject"] for text in message.texts.values()), ""),
                "is_sending": message.pk in waiting,
                "done": totals[message.pk] - waiting.get(message.pk, 0),
            }
            for message in messages
        ]
        without_address = filtered_registrations(self.event, self.criteria).filter(status__in=ACTIVE, email="").count()
        context = {
            "form": form,
            "sent": sent,
            "is_sending": bool(waiting),
            "without_address": without_address,
            "filter_form": self.filters.form,
        }
        return self.render_to_response(self.get_context_data(**context), status=status)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        recipients = [(language_name(code), number) for code, number in self.recipients.items()]
        return super().get_context_data(**kwargs) | {
            "count": self.count,
            "recipients": recipients,
            "source_label": language_name(self.languages[0]),
        }
