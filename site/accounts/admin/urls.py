"""The addresses of this app in the admin."""

from django.urls import include, path

from accounts.admin.access_record import AccessRecordExportView, AccessRecordView
from accounts.admin.email import ChangeEmailView, ConfirmEmailView

urlpatterns = [
    path("account/email/", ChangeEmailView.as_view(), name="change_email"),
    path("account/email/<str:token>/", ConfirmEmailView.as_view(), name="confirm_email"),
    path("reports/access/", AccessRecordView.as_view(), name="access_record"),
    path("reports/access/export/", AccessRecordExportView.as_view(), name="access_record_export"),
]
admin_urls = [path("", include((urlpatterns, "accounts"), namespace="accounts"))]
