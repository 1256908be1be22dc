"""The page after a confirmation that a kept form asked for, which tells the user to go back to the form."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from accounts.admin.base import AccountView


class ConfirmedView(AccountView):
    template_name = "accounts/confirmed.html"
    page_title = gettext_lazy("Confirmed")
    header_icon = "key"
