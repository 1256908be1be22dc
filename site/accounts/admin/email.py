"""Changes the email address of one's own account. It requires the password, and a confirmation from the new address.

Emails that reset the password go to this address, so nobody may set an address that they cannot read.
"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from accounts.account_changes import wait_for_other_account_changes
from accounts.admin.base import AccountView
from accounts.forms import ChangeEmailForm
from accounts.mail import send_account_mail

SALT = "accounts.email"
MAX_AGE = 24 * 3600


def new_token(user: User, email: str) -> str:
    return signing.dumps({"user": user.pk, "from": user.email, "to": email}, salt=SALT)


def address_of(token: str, user: User) -> str:
    """Return the address that the token confirms for the user, or an empty string.

    A token is valid for 24 hours, for the user who requested it, and until the address of the account changes.
    """
    try:
        found = signing.loads(token, salt=SALT, max_age=MAX_AGE)
    except signing.BadSignature:
        return ""
    return str(found["to"]) if (found["user"], found["from"]) == (user.pk, user.email) else ""


def is_taken(email: str, user: User) -> bool:
    return User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists()


class ChangeEmailView(AccountView):
    template_name = "accounts/change_email.html"
    page_title = gettext_lazy("Change your email address")
    header_icon = "mail"

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=ChangeEmailForm(request=request)))

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        form = ChangeEmailForm(request.POST, request=request)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        email = form.cleaned_data["email"]
        # If another account has the address, the response is the same: it must not reveal who has an account.
        if not is_taken(email, self.user):
            path = reverse("accounts:confirm_email", args=[new_token(self.user, email)])
            send_account_mail.enqueue("confirm_email", self.user.pk, {"path": path}, email)
            send_account_mail.enqueue("email_changes", self.user.pk, {})
        messages.success(request, _("Check your email: open the link that we sent to the new address."))
        return redirect("wagtailadmin_account")


class ConfirmEmailView(AccountView):
    template_name = "accounts/confirm_email.html"
    page_title = gettext_lazy("Confirm your email address")
    header_icon = "mail"

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        email = address_of(self.kwargs["token"], self.user)
        return self.render_to_response(self.get_context_data(email=email), status=200 if email else 404)

    @transaction.atomic
    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        wait_for_other_account_changes()
        email = address_of(self.kwargs["token"], self.user)
        if not email or is_taken(email, self.user):
            return self.render_to_response(self.get_context_data(email=""), status=404)
        self.user.email = email
        self.user.save(update_fields=["email"])
        messages.success(request, _("Your email address is now %(address)s.") % {"address": email})
        return redirect("wagtailadmin_account")
