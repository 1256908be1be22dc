"""Wagtail's app for users, with the list and forms of this site. It replaces `wagtail.users` in INSTALLED_APPS."""

from wagtail.users.apps import WagtailUsersAppConfig


class UsersConfig(WagtailUsersAppConfig):
    user_viewset = "accounts.admin.users.AccountViewSet"
