"""Attendance list to print, statistics, and the emails of an event."""

from __future__ import annotations

import datetime
from collections.abc import Hashable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.paginator import WagtailPaginator

from events.admin.base import RegistrationAdminView, parse_pk
from events.admin.downloads import DownloadsView
from events.dates import format_short_day
from events.enums import MailStatus, Mode
from events.models import OutboxMail
from events.presentation.attendance_pdf import attendance_list_pdf, count_by_mode
from events.registration import access, downloads
from events.registration.answer_statistics import answer_statistics
from events.registration.mail.hold import held_since
from events.registration.mail.queue import outbox_status
from events.registration.queries import mail_counts, mails_of
from events.registration.sessions import SessionDetail, sessions_of
from events.registration.statistics import OTHERS, Cell, statistics
from home.admin.charts import Slot, stacked

PAGE_SIZE = 50


class AttendanceListView(DownloadsView):
    """A form for a day or a session and an attendance mode; the response to a POST is a PDF. Each PDF is logged.

    A long list is prepared in the background.
    """

    template_name = "events/admin/registrations/attendance_list.html"
    page_title = gettext_lazy("Attendance list")
    header_icon = "clipboard-list"
    current = "attendance_list"
    url_name = "registration_attendance_list"
    kind_of_file = downloads.ATTENDANCE_LIST

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if answer := self.deleted(request):
            return answer
        session = self._session()
        day = session.day if session else self._day()
        mode = request.POST.get("mode", "")
        if mode not in {"", *Mode.values}:
            raise Http404("no such attendance mode")
        access.log(self.event, self.user, "attendance_list", {"day": day.isoformat(), "mode": mode})
        label = session.label if session else ""
        name = f"attendance-{day.isoformat()}.pdf"
        counts = count_by_mode(self.event)
        count = counts.get(mode, 0) if mode else sum(counts.values())
        if count > downloads.ROWS_AT_ONCE:
            wanted = {"day": day.isoformat(), "mode": mode, "session": label}
            kind, language = downloads.ATTENDANCE_LIST, self.language
            downloads.request_file(self.event, self.user, kind, wanted, language, downloads.PDF, name, count)
            return self.being_prepared()
        pdf = attendance_list_pdf(self.event, day=day, mode=mode, session=label)
        response = HttpResponse(pdf, content_type="application/pdf")
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
        return response

    @cached_property
    def sessions(self) -> list[SessionDetail]:
        found = sessions_of(self.event, self.language)
        return [session for session in found if session.takes_place]

    def _session(self) -> SessionDetail | None:
        """Return the chosen session; None if the list is for a whole day."""
        chosen = self.request.POST.get("session", "")
        return next((session for session in self.sessions if str(session.key) == chosen), None)

    def _day(self) -> datetime.date:
        days = {day.isoformat(): day for day in self.event.days}
        return days.get(self.request.POST.get("day", ""), self.event.first_day)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        modes = count_by_mode(self.event)
        return super().get_context_data(**kwargs) | {
            "count": sum(modes.values()),
            "modes": [mode for mode in Mode if mode in modes],
            "today": timezone.localdate(),
            "sessions": self.sessions,
        }


class StatisticsView(RegistrationAdminView):
    template_name = "events/admin/registrations/statistics.html"
    page_title = gettext_lazy("Statistics")
    header_icon = "table"
    current = "statistics"

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        found = statistics(self.event)
        modes = [mode for mode in Mode if any(point.by_mode.get(mode.value) for point in found.over_time)]
        slots = [
            Slot(point.start, format_short_day(point.start), self._span(point.start, by_week=found.is_by_week))
            for point in found.over_time
        ]
        counts: dict[tuple[Hashable, str], int] = {
            (point.start, mode): number for point in found.over_time for mode, number in point.by_mode.items()
        }
        chart = stacked(counts, slots, [(mode.value, str(mode.label)) for mode in modes]) if slots else None
        parts = [
            (_("By country"), "country", found.by_country),
            (_("On site or online"), "mode", found.by_mode),
            (_("By profession"), "profession", found.by_profession),
            (_("By language"), "language", found.by_language),
            (_("By status"), "status", found.by_status),
        ]
        return super().get_context_data(**kwargs) | {
            "numbers": found,
            "chart": chart,
            "participation": found.participation,
            "answers": [
                {"question": item, "bars": _bars(item.cells, item.count)}
                for item in answer_statistics(self.event, self.language)
            ],
            "parts": [{"heading": heading, "key": key, "bars": _bars(cells)} for heading, key, cells in parts if cells],
        }

    @staticmethod
    def _span(start: datetime.date, *, by_week: bool) -> str:
        if not by_week:
            return date_format(start)
        return _("week of %(day)s") % {"day": date_format(start)}


def _bars(cells: list[Cell], whole: int | None = None) -> list[dict[str, object]]:
    """Return a bar for each cell: `share` is its percentage of the total, `length` its percentage of the longest bar.

    `whole` is the number of people, needed where one person may be in several cells. By default the total is the sum of
    the cells.
    """
    whole = sum(cell.count for cell in cells) if whole is None else whole
    longest = max((cell.count for cell in cells), default=0)
    labels = {OTHERS: _("Small groups together"), "": _("Not answered")}
    return [
        {
            "label": labels.get(cell.key, cell.label),
            "count": cell.count,
            "share": round(100 * cell.count / whole) if whole else 0,
            "length": round(100 * cell.count / longest, 1) if longest else 0,
        }
        for cell in cells
    ]


class MailView(RegistrationAdminView):
    """All emails of the event. Emails that could not be sent come first."""

    template_name = "events/admin/registrations/mail.html"
    page_title = gettext_lazy("Emails")
    header_icon = "mail"
    current = "mail"
    lists_people = True

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        mail = OutboxMail.objects.filter(event=self.event, pk=parse_pk(request.POST.get("mail", ""))).first()
        if mail is None:
            raise Http404("no such mail in this event")
        self.resend_mail(mail)
        return redirect(self.url("registration_mail"))

    @cached_property
    def status(self) -> str:
        status = self.request.GET.get("status", "")
        return status if status in MailStatus.values else ""

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        paginator = WagtailPaginator(mails_of(self.event, self.status), PAGE_SIZE)
        page = paginator.get_page(self.request.GET.get("p"))
        return super().get_context_data(**kwargs) | {
            "mails": page.object_list,
            "page_obj": page,
            "elided_page_range": paginator.get_elided_page_range(page.number),
            "mail": mail_counts(self.event),
            "outbox": outbox_status(event=self.event),
            "status": self.status,
            "per_hour": settings.MAILS_PER_HOUR,
            "held_since": held_since(),
        }
