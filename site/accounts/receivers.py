"""Signal receivers that write the record of access: sign-ins, passwords, accounts and rights."""

from __future__ import annotations

from functools import partial
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission, User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import models, transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.dispatch import receiver
from django.http import HttpRequest
from wagtail.models import GroupCollectionPermission, GroupPagePermission

from accounts import devices, hand_over, invitations, limits, records, sessions
from accounts.mail import send_account_mail
from accounts.middleware import HAS_FACTOR
from accounts.models import Action
from home import deliverables
from home.enquiries.signals import enquiries_shown
from home.http.current_request import current_request
from home.models import DeliverableEditor, Organisation

# The fields of an account that give or remove rights.
RIGHTS = ("is_active", "is_superuser")
CHANGES = {"post_add": "added", "post_remove": "removed", "pre_clear": "removed all"}


@receiver(user_logged_in)
def record_sign_in(request: HttpRequest, user: User, **kwargs: object) -> None:
    is_first = not user.known_devices.exists()
    is_new = devices.remember(request, user)
    name = devices.device_name(request)
    sessions.start(request, user)
    records.add(
        Action.SIGNED_IN,
        request=request,
        user=user,
        subject_key=limits.account_key(user.get_username()),
        detail={"device": name, "new_device": is_new},
    )
    if is_new and not is_first:
        _mail_later("new_device", user, {"device": name})


@receiver(user_logged_out)
def forget_session(request: HttpRequest, **kwargs: object) -> None:
    # This signal is sent before the session is deleted.
    sessions.forget(request.session.session_key)


@receiver(user_login_failed)
def record_failed_sign_in(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: object) -> None:
    username = str(credentials.get("username") or "")
    if request is None or not username or getattr(request, "is_sign_in_locked", False):
        return
    account = get_user_model().objects.filter(username=username).first()
    # The text may be a password that was typed into the wrong field, so only the names of existing accounts are stored.
    subject = account.get_username() if account else ""
    key = limits.attempt_key(request, username)
    records.add(Action.SIGN_IN_FAILED, request=request, subject=subject, subject_key=key)
    if account is not None and account.is_active and limits.is_account_attacked(username):
        _mail_later("locked", account)


# Second factor


@receiver(authentication_failed)
def record_wrong_factor(request: HttpRequest, user: User, **kwargs: object) -> None:
    key = limits.account_key(user.get_username())
    records.add(Action.SECOND_FACTOR_FAILED, request=request, subject=user.get_username(), subject_key=key)


@receiver(authenticator_added)
def record_added_factor(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: object) -> None:
    _record_factor(Action.SECOND_FACTOR_ADDED, request, user, authenticator)


@receiver(authenticator_removed)
def record_removed_factor(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: object) -> None:
    request.session.pop(HAS_FACTOR, None)
    _record_factor(Action.SECOND_FACTOR_REMOVED, request, user, authenticator)


def _record_factor(action: Action, request: HttpRequest, user: User, authenticator: Authenticator) -> None:
    records.add(action, request=request, user=user, detail={"kind": str(authenticator.type)})
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        _mail_later("second_factor", user)


# Accounts


@receiver(pre_save, sender=User)
def remember_stored_account(instance: User, update_fields: frozenset[str] | None = None, **kwargs: object) -> None:
    instance._stored = None  # type: ignore[attr-defined]  # an attribute of our own
    if instance.pk and (update_fields is None or {*RIGHTS, "password", "email"} & set(update_fields)):
        stored = User.objects.filter(pk=instance.pk).values(*RIGHTS, "password", "email").first()
        instance._stored = stored  # type: ignore[attr-defined]  # an attribute of our own


@receiver(post_save, sender=User)
def record_account(instance: User, *, created: bool, raw: bool = False, **kwargs: object) -> None:
    key = limits.account_key(instance.get_username())
    if created:
        detail = {name: getattr(instance, name) for name in RIGHTS}
        records.add(Action.ACCOUNT_ADDED, subject=instance.get_username(), detail=detail)
        return
    stored = getattr(instance, "_stored", None)
    if stored is None:
        return
    changed = {name: getattr(instance, name) for name in RIGHTS if stored[name] != getattr(instance, name)}
    if changed:
        records.add(Action.ACCOUNT_CHANGED, subject=instance.get_username(), detail=changed)
    if not instance.is_active:
        sessions.end_all(instance)
    if False in changed.values():
        invitations.withdraw_all_by(instance)
        hand_over.end_all_known_to(instance, was_administrator=stored["is_superuser"])
    # If a hash is only renewed at a sign-in, there is no raw password.
    if stored["password"] != instance.password and getattr(instance, "_password", None) is not None:
        records.add(Action.PASSWORD_CHANGED, subject=instance.get_username(), subject_key=key)
        # The session in which users change their own password continues (`update_session_auth_hash`).
        sessions.end_all(instance, but=_own_session_key(instance))
    if stored["email"] != instance.email:
        records.add(Action.EMAIL_CHANGED, subject=instance.get_username())


def _own_session_key(user: User) -> str | None:
    request = current_request()
    if request is None or getattr(request, "user", None) != user:
        return None
    return request.session.session_key


@receiver(pre_delete, sender=User)
def end_what_the_account_leaves(instance: User, **kwargs: object) -> None:
    invitations.withdraw_all_by(instance)
    hand_over.end_all_known_to(instance, was_administrator=instance.is_superuser)


@receiver(post_delete, sender=User)
def record_deleted_account(instance: User, **kwargs: object) -> None:
    records.add(Action.ACCOUNT_DELETED, subject=instance.get_username())


# Rights


def _record_members(
    instance: models.Model, action: str, model: type[models.Model], pk_set: set[int] | None, **kwargs: object
) -> None:
    if action not in CHANGES or (pk_set is not None and not pk_set):
        return
    is_group = model in (Group, User) and not isinstance(instance, Organisation)
    what = Action.GROUPS_CHANGED if is_group else Action.PERMISSIONS_CHANGED
    names = sorted(str(row) for row in model._default_manager.filter(pk__in=pk_set or ()))
    records.add(what, subject=instance, detail={CHANGES[action]: names})


# The accounts of an organisation may edit its pages.
MEMBERS = (User.groups, User.user_permissions, Group.permissions, Organisation.editors)
for _through in (field.through for field in MEMBERS):
    m2m_changed.connect(_record_members, sender=_through)


def _record_group_permission(instance: GroupPagePermission | GroupCollectionPermission, **kwargs: Any) -> None:
    # Changes outside of requests are not recorded: the set-up of a site adds hundreds of rights, listed in `home/roles.py`.
    if current_request() is None:
        return
    change = "added" if kwargs.get("created") else "removed" if kwargs["signal"] is post_delete else "changed"
    target = getattr(instance, "page", None) or getattr(instance, "collection", None)
    permission: Permission = instance.permission
    detail = {change: [permission.codename], "on": str(target)}
    records.add(Action.PERMISSIONS_CHANGED, subject=instance.group, detail=detail)


for _model in (GroupPagePermission, GroupCollectionPermission):
    post_save.connect(_record_group_permission, sender=_model)
    post_delete.connect(_record_group_permission, sender=_model)


# The accounts of an organisation that edits deliverables. A publication saves every row again, changed or not.


@receiver(pre_save, sender=DeliverableEditor)
def remember_stored_editor(instance: DeliverableEditor, **kwargs: object) -> None:
    stored = DeliverableEditor.objects.filter(pk=instance.pk).select_related("organisation").first()
    instance._stored = stored


@receiver(post_save, sender=DeliverableEditor)
def record_editor(instance: DeliverableEditor, *, raw: bool = False, **kwargs: object) -> None:
    if raw:
        return
    stored: DeliverableEditor | None = getattr(instance, "_stored", None)
    given = (instance.organisation_id, instance.work_package_number)
    if stored is not None and (stored.organisation_id, stored.work_package_number) == given:
        return
    if stored is not None:
        _record_deliverables(stored, "removed")
    _record_deliverables(instance, "added")


@receiver(post_delete, sender=DeliverableEditor)
def record_removed_editor(instance: DeliverableEditor, **kwargs: object) -> None:
    _record_deliverables(instance, "removed")


def _record_deliverables(row: DeliverableEditor, change: str) -> None:
    # Rows of translations give no rights (`home/deliverables.py`).
    if not deliverables.source_pages().filter(pk=row.page_id).exists():
        return
    detail = {change: [deliverables.PERMISSION.partition(".")[2]], "on": f"{row.page} {row.work_package_number}"}
    records.add(Action.PERMISSIONS_CHANGED, subject=row.organisation, detail=detail)


@receiver(enquiries_shown)
def record_view_of_enquiries(request: HttpRequest, detail: dict[str, object], **kwargs: object) -> None:
    records.add(Action.LIST_VIEWED, request=request, detail=detail)


def _mail_later(kind: str, user: User, context: dict[str, str] | None = None) -> None:
    transaction.on_commit(partial(send_account_mail.enqueue, kind, user.pk, context or {}))
