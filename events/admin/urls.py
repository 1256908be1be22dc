"""Where the screens of the desk are, below the addresses of events."""

from __future__ import annotations

from django.urls import URLPattern, path

from events.admin.access import AccessView
from events.admin.bulk_actions import BulkView
from events.admin.check_in import CheckInView
from events.admin.export import ExportView
from events.admin.message import MessageView
from events.admin.registration_detail import DeedView, EditView, MoveView, NoteView, PersonView, ResendView
from events.admin.registration_list import AddView, ListView
from events.admin.reports import AttendanceListView, MailView, StatisticsView
from events.admin.settings import SettingsView, WindowView

ONE = "<int:pk>/registrations/<int:registration_pk>"


def desk_urls() -> list[URLPattern]:
    return [
        path("<int:pk>/registration/", SettingsView.as_view(), name="registration"),
        path("<int:pk>/registration/window/", WindowView.as_view(), name="registration_window"),
        path("<int:pk>/registration/access/", AccessView.as_view(), name="registration_access"),
        path("<int:pk>/registrations/", ListView.as_view(), name="registrations"),
        path("<int:pk>/registrations/add/", AddView.as_view(), name="registration_add"),
        path("<int:pk>/registrations/bulk/", BulkView.as_view(), name="registration_bulk"),
        path("<int:pk>/registrations/message/", MessageView.as_view(), name="registration_message"),
        path("<int:pk>/registrations/export/", ExportView.as_view(), name="registration_export"),
        path("<int:pk>/registrations/mail/", MailView.as_view(), name="registration_mail"),
        path(
            "<int:pk>/registrations/attendance-list/",
            AttendanceListView.as_view(),
            name="registration_attendance_list",
        ),
        path("<int:pk>/registrations/statistics/", StatisticsView.as_view(), name="registration_statistics"),
        path("<int:pk>/registrations/check-in/", CheckInView.as_view(), name="registration_check_in"),
        path(f"{ONE}/", PersonView.as_view(), name="registration_person"),
        path(f"{ONE}/edit/", EditView.as_view(), name="registration_edit"),
        path(f"{ONE}/move/", MoveView.as_view(), name="registration_move"),
        path(f"{ONE}/note/", NoteView.as_view(), name="registration_note"),
        path(f"{ONE}/mails/<int:mail_pk>/resend/", ResendView.as_view(), name="registration_resend"),
        path(f"{ONE}/<slug:deed>/", DeedView.as_view(), name="registration_deed"),
    ]
