"""The first page for a new account: what the user may do, three tasks, and links to more information."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from accounts import second_factor
from accounts.admin.base import AccountView
from accounts.organisations import names_of
from home import roles
from home.admin.dashboard import tasks_for

TASKS = 3


class WelcomeView(AccountView):
    template_name = "accounts/welcome.html"
    page_title = gettext_lazy("Welcome")

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        groups = set(self.user.groups.values_list("name", flat=True))
        columns = roles.columns()
        own = [index for index, column in enumerate(columns) if groups & set(column.names)]
        rights = [(label, [cells[index] for index in own if cells[index]]) for label, cells in roles.table()]
        return super().get_context_data(
            account=self.user,
            roles=roles.role_labels(groups),
            rights=[(label, dict.fromkeys(found)) for label, found in rights if found],
            organisations=names_of(self.user),
            tasks=tasks_for(self.request)[:TASKS],
            has_factor=second_factor.has_factor(self.user),
            **kwargs,
        )
