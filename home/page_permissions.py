"""What users may do with a page, so that menus offer only what is permitted."""

from wagtail.models import PagePermissionTester


class PagePermissions(PagePermissionTester):
    """Wagtail's rules, with deleting, moving and copying only for users who may add pages.

    Wagtail also lets users delete and move a page who may only change it, as translators do, and offers them to copy it
    although they cannot add the copy anywhere.
    """

    def can_delete(self, ignore_bulk: bool = False) -> bool:  # noqa: FBT001, FBT002  (the library's signature)
        return super().can_delete(ignore_bulk) and (self.user.is_superuser or "add" in self.permissions)

    def can_copy(self) -> bool:
        return super().can_copy() and self.permission_policy.user_has_permission(self.user, "add")

    def can_view_revisions(self) -> bool:
        return super().can_view_revisions() and (self.can_edit() or self.can_publish())
