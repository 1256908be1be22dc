"""The URLs of this app in the admin, and the URLs of allauth that are used there."""

from allauth.account.views import reauthenticate
from allauth.mfa.base import views as factor_views
from allauth.mfa.recovery_codes import urls as recovery_code_urls
from allauth.mfa.totp import urls as totp_urls
from allauth.mfa.webauthn import urls as webauthn_urls
from django.urls import include, path

from accounts.admin.access_record import AccessRecordExportView, AccessRecordView
from accounts.admin.email import ChangeEmailView, ConfirmEmailView
from accounts.admin.invitations import ChangeInvitationView, InvitationsView, InviteView
from accounts.admin.leaving import LeavingView
from accounts.admin.second_factor import ResetSecondFactorView
from accounts.admin.sessions import SessionsView
from accounts.admin.sign_in_confirmed import ConfirmedView
from accounts.admin.single_sign_on import ConnectView, SingleSignOnView
from accounts.admin.welcome import WelcomeView

urlpatterns = [
    path("account/sessions/", SessionsView.as_view(), name="sessions"),
    path("account/email/", ChangeEmailView.as_view(), name="change_email"),
    path("account/email/<str:token>/", ConfirmEmailView.as_view(), name="confirm_email"),
    path("account/single-sign-on/", SingleSignOnView.as_view(), name="single_sign_on"),
    path("account/single-sign-on/connect/<str:token>/", ConnectView.as_view(), name="connect_single_sign_on"),
    path("account/confirmed/", ConfirmedView.as_view(), name="confirmed"),
    path("account/<int:pk>/reset-second-factor/", ResetSecondFactorView.as_view(), name="reset_second_factor"),
    path("account/<int:pk>/leaving/", LeavingView.as_view(), name="leaving"),
    path("invitations/", InvitationsView.as_view(), name="invitations"),
    path("invitations/new/", InviteView.as_view(), name="invite"),
    path("invitations/<int:pk>/change/", ChangeInvitationView.as_view(), name="change_invitation"),
    path("welcome/", WelcomeView.as_view(), name="welcome"),
    path("reports/access/", AccessRecordView.as_view(), name="access_record"),
    path("reports/access/export/", AccessRecordExportView.as_view(), name="access_record_export"),
]
# Wagtail adds its permission check to all of them.
factor_urls = [
    path("account/confirm/", reauthenticate, name="account_reauthenticate"),
    path("account/factor/", factor_views.index, name="mfa_index"),
    path("account/factor/confirm/", factor_views.reauthenticate, name="mfa_reauthenticate"),
    path("account/factor/totp/", include(totp_urls)),
    path("account/factor/recovery-codes/", include(recovery_code_urls)),
    path("account/factor/passkeys/", include(webauthn_urls)),
]
admin_urls = [path("", include((urlpatterns, "accounts"), namespace="accounts"))]
