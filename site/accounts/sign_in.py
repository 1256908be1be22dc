"""The sign-in pages, and the steps of a sign-in after the password, such as the second factor."""

from __future__ import annotations

from allauth.account.app_settings import EmailVerificationMethod
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from wagtail.admin.forms.auth import LoginForm
from wagtail.admin.views.account import LoginView

from accounts import single_sign_on


def sign_in(request: HttpRequest, user: User, redirect_url: str) -> HttpResponse:
    """Sign the user in after all stages, such as the second factor, and redirect to `redirect_url`."""
    login = Login(user=user, email_verification=EmailVerificationMethod.NONE, redirect_url=redirect_url)
    return perform_password_login(request, {"username": user.get_username()}, login)


class SignInView(LoginView):
    """Wagtail's sign-in page of the admin."""

    def form_valid(self, form: LoginForm) -> HttpResponse:
        remember = form.cleaned_data.get("remember")
        self.request.session.set_expiry(settings.SESSION_COOKIE_AGE if remember else 0)
        return sign_in(self.request, form.get_user(), self.get_success_url())

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(**kwargs) | {
            "has_second_factor": settings.SECOND_FACTOR != "off",
            "provider_name": single_sign_on.provider_name(),
        }


class ReaderSignInView(views.LoginView):
    """The sign-in page for readers of private pages, in the design of the site."""

    template_name = "wagtailcore/login.html"
    # Used if the request names no address to return to. Django's default address does not exist on this site.
    next_page = "root"

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        return sign_in(self.request, form.get_user(), self.get_success_url())
