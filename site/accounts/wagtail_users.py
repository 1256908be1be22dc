"""Wagtail's app of users with this site's list and forms. INSTALLED_APPS has it in place of `wagtail.users`."""

from wagtail.users.apps import WagtailUsersAppConfig


class UsersConfig(WagtailUsersAppConfig):
    user_viewset = "accounts.admin.users.AccountViewSet"
