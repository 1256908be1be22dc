"""Sets a new password with the link in an email."""

from __future__ import annotations

from django.contrib.auth.models import User
from wagtail.admin.views import account


class PasswordResetConfirmView(account.PasswordResetConfirmView):
    """Wagtail's view, which also refuses links of accounts that were deactivated after the link was sent.

    Otherwise a person who reads the emails of a deactivated account would know its password once it is active again.
    """

    def get_user(self, uidb64: str) -> User | None:
        user = super().get_user(uidb64)
        return user if user is not None and user.is_active else None
