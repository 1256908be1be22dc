"""A message to a group: written, looked at in each language, tried on oneself, then sent."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages as admin_messages

from events.admin.base import in_words
from events.admin.forms import MessageForm
from events.admin.registration_list import FilteredView
from events.registration import bulk_messages
from events.registration.errors import RegistrationError
from events.registration.mail.queue import source_language
from events.registration.queries import filtered_registrations
from home.languages import language_name


class MessageView(FilteredView):
    template_name = "events/desk/message.html"
    page_title = gettext_lazy("Message")
    header_icon = "mail"
    current = "message"

    @cached_property
    def readers(self) -> dict[str, int]:
        return bulk_messages.languages_of(self.event, self.filters)

    @cached_property
    def languages(self) -> list[str]:
        """Return the languages to write in. The event's own comes first: who reads another that is missing gets it."""
        source = source_language(self.event)
        return [source, *(code for code in self.readers if code != source)]

    @property
    def count(self) -> int:
        return sum(self.readers.values())

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return self._screen(MessageForm(languages=self.languages))

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        form = MessageForm(request.POST, languages=self.languages)
        if "filter" in request.POST:
            return self._screen(MessageForm(languages=self.languages, initial=request.POST.dict()))
        if not form.is_valid():
            return self._screen(form, status=422)
        if "write" in request.POST:
            return self._screen(form)
        if "test" in request.POST:
            self._send_test(form)
        elif "send" in request.POST and self._send(form):
            return redirect(self.address("registration_message"))
        return self._preview(form)

    def _send_test(self, form: MessageForm) -> None:
        address = self.request.user.email
        if not address:
            admin_messages.error(self.request, _("Your account has no e-mail address."))
            return
        bulk_messages.send_test(self.event, form.texts, self.actor, address, list(form.texts))
        admin_messages.success(self.request, _("A test is on its way to %(address)s.") % {"address": address})

    def _send(self, form: MessageForm) -> bool:
        try:
            key = uuid.UUID(self.request.POST.get("key", ""))
            expected = int(self.request.POST.get("count", ""))
        except ValueError:
            return False
        try:
            message = bulk_messages.send(self.event.pk, form.texts, self.filters, self.actor, key, expected)
        except RegistrationError as error:
            admin_messages.error(self.request, in_words(error))
            return False
        text = ngettext(
            "The message is on its way to %(count)d person.",
            "The message is on its way to %(count)d people.",
            message.recipient_count,
        )
        admin_messages.success(self.request, text % {"count": message.recipient_count})
        return True

    def _preview(self, form: MessageForm) -> HttpResponse:
        sender = self.request.user.email or "you@example.org"
        previews = []
        for code in self.languages:
            mail = bulk_messages.preview(self.event, form.texts, code, sender)
            previews.append(
                {
                    "code": code,
                    "label": language_name(code),
                    "count": self.readers.get(code, 0),
                    "subject": mail.subject,
                    "body": mail.body,
                    "is_source": code not in form.texts,
                }
            )
        key = self.request.POST.get("key") or str(uuid.uuid4())
        context = {"previews": previews, "key": key, "form": form, "own_address": self.request.user.email}
        self.template_name = "events/desk/message_preview.html"
        return self.render_to_response(self.get_context_data(**context))

    def _screen(self, form: MessageForm, status: int = 200) -> HttpResponse:
        sent = bulk_messages.sent_messages(self.event)[:10]
        for message in sent:
            message.first = next(iter(message.texts.values()), {})
        without_address = filtered_registrations(self.event, self.filters).active().filter(email="").count()
        context = {"form": form, "sent": sent, "without_address": without_address, "filter_form": self.filter_form}
        return self.render_to_response(self.get_context_data(**context), status=status)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        readers = [(language_name(code), number) for code, number in self.readers.items()]
        return super().get_context_data(**kwargs) | {
            "count": self.count,
            "readers": readers,
            "source_label": language_name(self.languages[0]),
        }
