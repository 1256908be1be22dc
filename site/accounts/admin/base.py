"""The parts that the screens of this app share."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.models import AnonymousUser, User
from django.urls import reverse
from django.utils.translation import pgettext
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin


class AccountView(WagtailAdminTemplateMixin, TemplateView):
    """A screen below Wagtail's page "Account"."""

    header_icon = "user"

    @property
    def user(self) -> User:
        # Wagtail redirects anonymous users to its login page before a view is called.
        return cast("User", self.request.user)

    def get_breadcrumbs_items(self) -> list[dict[str, object]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("wagtailadmin_account"), "label": pgettext("of a colleague", "Account")},
            {"url": "", "label": self.get_page_title()},
        ]


def may_change_account(user: User | AnonymousUser, account: User) -> bool:
    """Return whether `user`, who manages accounts, may change this one. Only administrators may change administrators."""
    return user.is_superuser or not account.is_superuser
