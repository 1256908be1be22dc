"""Signing in: Wagtail's page for the password, then the second factor."""

from __future__ import annotations

from allauth.account.app_settings import EmailVerificationMethod
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.http import HttpResponse
from wagtail.admin.forms.auth import LoginForm
from wagtail.admin.views.account import LoginView


class SignInView(LoginView):
    """Wagtail's sign-in page. The user is signed in only after all stages, among them the second factor."""

    def form_valid(self, form: LoginForm) -> HttpResponse:
        user = form.get_user()
        remember = form.cleaned_data.get("remember")
        self.request.session.set_expiry(settings.SESSION_COOKIE_AGE if remember else 0)
        login = Login(user=user, email_verification=EmailVerificationMethod.NONE, redirect_url=self.get_success_url())
        return perform_password_login(self.request, {"username": user.get_username()}, login)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(**kwargs) | {"has_second_factor": settings.SECOND_FACTOR != "off"}
