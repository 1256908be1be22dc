"""URLs of the registration screens, below those of events."""

from __future__ import annotations

from django.urls import URLPattern, path

from events.admin.access import AccessView
from events.admin.bulk_actions import BulkActionView
from events.admin.certificates import (
    CertificateRevokeView,
    CertificateRuleView,
    CertificateSampleView,
    CertificatesView,
)
from events.admin.change_notices import ChangeNoticesView
from events.admin.check_in import CheckInView
from events.admin.doors import DoorsView
from events.admin.downloads import PreparedDownloadView
from events.admin.event_report import EventReportView
from events.admin.export import ExportView
from events.admin.guest_lists import GuestListReportView, GuestListsView, GuestListView
from events.admin.message import MessageView
from events.admin.name_badges import NameBadgesView
from events.admin.needs import NeedsSummaryView
from events.admin.online_attendance import OnlineAttendanceView
from events.admin.registration_detail import (
    ActionView,
    EditView,
    NoteView,
    RegistrationDetailView,
    ResendView,
    SwitchModeView,
)
from events.admin.registration_list import AddView, RegistrationListView
from events.admin.reports import AttendanceListView, MailView, StatisticsView
from events.admin.session_attendance import EditSessionsView, SessionAttendanceView
from events.admin.session_choices import ChooseSessionsView
from events.admin.sessions import SessionsView
from events.admin.settings import OpenCloseView, SettingsView
from events.admin.survey import SurveyView

LIST = "<int:pk>/registrations"
DETAIL = f"{LIST}/<int:registration_pk>"


def registration_urls() -> list[URLPattern]:
    return [
        path("<int:pk>/registration/", SettingsView.as_view(), name="registration_settings"),
        path("<int:pk>/registration/open-close/", OpenCloseView.as_view(), name="registration_open_close"),
        path("<int:pk>/registration/access/", AccessView.as_view(), name="registration_access"),
        path(f"{LIST}/", RegistrationListView.as_view(), name="registrations"),
        path(f"{LIST}/results/", RegistrationListView.as_view(results_only=True), name="registrations_results"),
        path(f"{LIST}/add/", AddView.as_view(), name="registration_add"),
        path(f"{LIST}/import/", GuestListsView.as_view(), name="registration_guest_lists"),
        path(f"{LIST}/import/<int:list_pk>/", GuestListView.as_view(), name="registration_guest_list"),
        path(
            f"{LIST}/import/<int:list_pk>/report/", GuestListReportView.as_view(), name="registration_guest_list_report"
        ),
        path(f"{LIST}/bulk/", BulkActionView.as_view(), name="registration_bulk_action"),
        path(f"{LIST}/message/", MessageView.as_view(), name="registration_message"),
        path(f"{LIST}/change-emails/", ChangeNoticesView.as_view(), name="change_notices"),
        path(f"{LIST}/export/", ExportView.as_view(), name="registration_export"),
        path(f"{LIST}/export/<uuid:key>/", PreparedDownloadView.as_view(), name="prepared_download"),
        path(f"{LIST}/mail/", MailView.as_view(), name="registration_mail"),
        path(f"{LIST}/attendance-list/", AttendanceListView.as_view(), name="registration_attendance_list"),
        path(f"{LIST}/name-badges/", NameBadgesView.as_view(), name="registration_name_badges"),
        path(f"{LIST}/statistics/", StatisticsView.as_view(), name="registration_statistics"),
        path(f"{LIST}/needs/", NeedsSummaryView.as_view(), name="registration_needs"),
        path(f"{LIST}/check-in/", CheckInView.as_view(), name="registration_check_in"),
        path(f"{LIST}/sessions/", SessionsView.as_view(), name="registration_sessions"),
        path(f"{LIST}/session-attendance/", SessionAttendanceView.as_view(), name="session_attendance"),
        path("<int:pk>/report/", EventReportView.as_view(), name="event_report"),
        path("<int:pk>/survey/", SurveyView.as_view(), name="survey"),
        path("<int:pk>/certificates/", CertificatesView.as_view(), name="certificates"),
        path("<int:pk>/certificates/rule/", CertificateRuleView.as_view(), name="certificate_rule"),
        path("<int:pk>/certificates/sample.pdf", CertificateSampleView.as_view(), name="certificate_sample"),
        path(
            "<int:pk>/certificates/<int:certificate_pk>/revoke/",
            CertificateRevokeView.as_view(),
            name="certificate_revoke",
        ),
        path(f"{LIST}/online-attendance/", OnlineAttendanceView.as_view(), name="registration_online_attendance"),
        path(f"{LIST}/doors/", DoorsView.as_view(), name="registration_doors"),
        path(f"{DETAIL}/", RegistrationDetailView.as_view(), name="registration_detail"),
        path(f"{DETAIL}/sessions/", EditSessionsView.as_view(), name="registration_sessions_edit"),
        path(f"{DETAIL}/choose-sessions/", ChooseSessionsView.as_view(), name="registration_choose_sessions"),
        path(f"{DETAIL}/edit/", EditView.as_view(), name="registration_edit"),
        path(f"{DETAIL}/switch-mode/", SwitchModeView.as_view(), name="registration_switch_mode"),
        path(f"{DETAIL}/note/", NoteView.as_view(), name="registration_note"),
        path(f"{DETAIL}/mails/<int:mail_pk>/resend/", ResendView.as_view(), name="registration_resend"),
        path(f"{DETAIL}/<slug:action>/", ActionView.as_view(), name="registration_action"),
    ]
