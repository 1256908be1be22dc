"""Hooks of the Wagtail admin."""

from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.account import ChangePasswordPanel
from wagtail.admin.widgets import Button

from accounts import single_sign_on
from accounts.admin.access_record import PERMISSION
from accounts.admin.base import may_change_account
from accounts.admin.urls import admin_urls, factor_urls
from accounts.admin.users import SetActiveStateAction
from accounts.forms import LimitedPasswordChangeForm
from accounts.invitations import PERMISSION as INVITING
from home.admin.dashboard import Task

# Wagtail has no setting for this form.
ChangePasswordPanel.form_class = LimitedPasswordChangeForm


@hooks.register("register_admin_urls", order=-500)
def register_admin_urls():
    return [*admin_urls, *factor_urls]


@hooks.register("register_permissions")
def register_permissions():
    return Permission.objects.filter(content_type__app_label="accounts", codename="view_accessrecord")


class AccessRecordMenuItem(MenuItem):
    def is_shown(self, request):
        return request.user.has_perm(PERMISSION)


@hooks.register("register_reports_menu_item")
def register_access_record():
    return AccessRecordMenuItem(
        gettext_lazy("Record of access"),
        reverse("accounts:access_record"),
        name="access-record",
        icon_name="history",
        order=1200,
    )


@hooks.register("register_editor_task", order=50)
def read_access_record(request: HttpRequest) -> Task | None:
    # Administrators find it in the menu: their first screen is long enough.
    if request.user.is_superuser or not request.user.has_perm(PERMISSION):
        return None
    note = _("Who signed in, changed accounts or saw personal data.")
    return Task(_("Record of access"), note, reverse("accounts:access_record"), "history")


class InvitationsMenuItem(MenuItem):
    def is_shown(self, request):
        return request.user.has_perm(INVITING)


@hooks.register("register_settings_menu_item")
def register_invitations():
    return InvitationsMenuItem(
        gettext_lazy("Invitations"), reverse("accounts:invitations"), name="invitations", icon_name="mail", order=610
    )


@hooks.register("register_user_listing_buttons")
def register_leaving(user, request_user):
    is_permitted = request_user.has_perm("auth.change_user") and may_change_account(request_user, user)
    if is_permitted and user.is_active and user.pk != request_user.pk:
        yield Button(_("Leaves"), reverse("accounts:leaving", args=[user.pk]), icon_name="logout", priority=50)


@hooks.register("register_account_menu_item")
def register_second_factor(request):
    return {
        "url": reverse("mfa_index"),
        "label": _("Second factor"),
        "help_text": _("A code of an app or a passkey, which sign-in asks for after the password."),
    }


@hooks.register("register_account_menu_item")
def register_sessions(request):
    return {
        "url": reverse("accounts:sessions"),
        "label": _("Where you are signed in"),
        "help_text": _("Your sessions in all browsers. You can sign out there."),
    }


@hooks.register("before_edit_user")
def check_editing(request, user):
    if not may_change_account(request.user, user):
        raise PermissionDenied


# After Wagtail's own action, so that it replaces the action of the same name.
hooks.register("register_bulk_action", SetActiveStateAction, order=1)


@hooks.register("after_create_user")
@hooks.register("after_edit_user")
def warn_about_missing_group(request, user):
    if user.is_active and not user.is_superuser and not user.groups.exists():
        text = _("“%(name)s” is in no group, so this account cannot sign in here. Choose a group under Roles.")
        button = messages.button(reverse("wagtailusers_users:edit", args=[user.pk]), _("Choose a group"))
        messages.warning(request, text % {"name": user.get_username()}, buttons=[button])


@hooks.register("register_user_listing_buttons")
def register_reset_of_second_factor(user, request_user):
    if request_user.is_superuser and user.pk != request_user.pk:
        yield Button(
            _("Reset second factor"),
            reverse("accounts:reset_second_factor", args=[user.pk]),
            icon_name="key",
            priority=40,
        )


@hooks.register("register_account_menu_item")
def register_single_sign_on(request):
    if not single_sign_on.is_configured():
        return None
    names = {"name": single_sign_on.provider_name()}
    return {
        "url": reverse("accounts:single_sign_on"),
        "label": _("Sign in with %(name)s") % names,
        "help_text": _("Connect your account with %(name)s, or end the connection.") % names,
    }


@hooks.register("register_account_menu_item")
def register_change_email(request):
    # The change requires the password. An account without one has the address from single sign-on.
    if not request.user.has_usable_password():
        return None
    return {
        "url": reverse("accounts:change_email"),
        "label": _("Change your email address"),
        "help_text": _("Emails to reset your password go to this address."),
    }
