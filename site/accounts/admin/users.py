"""Settings > Users: the list of accounts with their partner, roles, languages and last sign-in, and their form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.bulk_actions import SetActiveStateBulkAction
from wagtail.users.views.users import IndexView, UserFilterSet, UserViewSet

from accounts.admin.base import may_change_account
from accounts.invitations import PERMISSION as INVITING
from accounts.organisations import move, names_of, organisation_choices, organisation_with, organisations_by_key
from home.http.current_request import current_request
from home.roles import role_labels


def roles_of(user: User) -> list[str]:
    administrator = [str(pgettext_lazy("of a colleague", "Administrator"))] if user.is_superuser else []
    return [*administrator, *role_labels(group.name for group in user.groups.all())]


class AccountFilterSet(UserFilterSet):
    organisation = django_filters.ChoiceFilter(
        label=_("Partner"),
        choices=lambda: organisation_choices()[1:],
        method="of_organisation",
    )

    def of_organisation(self, queryset: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        return queryset.filter(organisations__translation_key=value).distinct()

    class Meta(UserFilterSet.Meta):
        pass


class AccountListView(IndexView):
    @cached_property
    def columns(self) -> list[BaseColumn]:
        known = {column.name: column for column in super().columns}
        organisations = organisations_by_key()
        return [
            known["bulk_actions"],
            known["name"],
            known["username"],
            Column(
                "partner",
                accessor=lambda user: ", ".join(names_of(user, organisations)),
                label=_("Partner"),
                width="18%",
            ),
            Column(
                "roles", accessor=lambda user: ", ".join(roles_of(user)), label=_("Roles and languages"), width="24%"
            ),
            known["is_active"],
            DateColumn("last_login", label=_("Last sign-in"), sort_key="last_login", width="12%"),
        ]

    @cached_property
    def header_buttons(self) -> list[Button]:
        """Begin with the invitation: with it, people choose their own password."""
        if not self.request.user.has_perm(INVITING):
            return super().header_buttons
        invite = HeaderButton(_("Invite someone"), url=reverse("accounts:invite"), icon_name="mail")
        return [invite, *super().header_buttons]

    def get_base_queryset(self) -> QuerySet[User]:
        return super().get_base_queryset().prefetch_related("groups", "organisations")


class OrganisationFormMixin(forms.ModelForm):
    """Adds a field for the partner to a form of an account."""

    organisation = forms.ChoiceField(
        label=_("Partner"),
        choices=organisation_choices,
        required=False,
        help_text=_("They write for this organisation. Leave it empty for people of no partner."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        request = current_request()
        if request is not None and not request.user.is_superuser:
            # Wagtail would let everyone who manages accounts create administrators.
            self.fields.pop("is_superuser", None)
        own = self.instance.organisations.order_by("pk").first() if self.instance.pk else None
        self.fields["organisation"].initial = str(own.translation_key) if own else ""

    def _save_m2m(self) -> None:
        super()._save_m2m()  # type: ignore[misc]  # of the model form that this is mixed into
        if "organisation" in self.changed_data:
            move(self.instance, organisation_with(self.cleaned_data["organisation"]))


class AccountCreationForm(OrganisationFormMixin, UserCreationForm):
    class Meta(UserCreationForm.Meta):
        pass


class AccountEditForm(OrganisationFormMixin, UserEditForm):
    class Meta(UserEditForm.Meta):
        pass


class AccountViewSet(UserViewSet):
    index_view_class = AccountListView
    filterset_class = AccountFilterSet

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:  # noqa: FBT001, FBT002  (the library's signature)
        return AccountEditForm if for_update else AccountCreationForm


class SetActiveStateAction(SetActiveStateBulkAction):
    """Wagtail's action, which saves each account separately: receivers then record it and end sessions and links."""

    def check_perm(self, obj: User) -> bool:
        return super().check_perm(obj) and may_change_account(self.request.user, obj)

    @classmethod
    def execute_action(
        cls, objects: Iterable[User], *, mark_as_active: bool = False, user: User | None = None, **kwargs: Any
    ) -> tuple[int, int]:
        accounts = [account for account in objects if account != user]
        for account in accounts:
            account.is_active = mark_as_active
            account.save(update_fields=["is_active"])
        return len(accounts), 0
