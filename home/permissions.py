"""Gives the site's groups the permissions in the table of roles (`home/roles.py`). `setup_site` calls it.

Administrators are Django superusers and need no group. Permissions that an administrator adds in Settings > Groups are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowContentType,
    WorkflowMixin,
    WorkflowPage,
    WorkflowTask,
)
from wagtail.snippets.models import get_snippet_models

from home.models.sections import SectionIndexMixin
from home.roles import (
    APPROVAL,
    COORDINATORS,
    DATA_PROTECTION,
    EDITORS,
    EVENT_ORGANISERS,
    EVENT_PAGES,
    FILES,
    PAGES,
    PARTNER_EDITORS,
    Role,
    roles,
    translators,
)

__all__ = [
    "COORDINATORS",
    "DATA_PROTECTION",
    "EDITORS",
    "EVENT_ORGANISERS",
    "PARTNER_EDITORS",
    "roles",
    "set_up_groups",
    "translators",
]

# The name of both the workflow and its task.
APPROVAL_BY_EDITOR = "Approval by an editor"
FILE_MODELS = (("wagtailimages", "image"), ("wagtaildocs", "document"))
# The section (`SectionIndexMixin.section_kind`) whose pages have their own row in the table.
EVENTS_SECTION = "events"


def set_up_groups(report: Callable[[str], None]) -> None:
    """Create the groups with their permissions. Permissions that were added by hand are kept. Home pages must exist.

    `report` is called with a line for each group that was created.
    """
    _retire_wagtail_groups()
    root = Collection.get_first_root_node() or Collection.add_root(name="Root")
    for role in roles():
        group, is_new = Group.objects.get_or_create(name=role.name)
        group.permissions.add(*_permissions(["wagtailadmin.access_admin", *role.permissions]))
        for page in _home_pages(role.languages):
            _allow(group, page, role.level(PAGES).pages)
            for section in page.get_children().specific():
                if isinstance(section, SectionIndexMixin):
                    _allow_section(role, section)
        labels = [f"{kind}.{action}_{model}" for kind, model in FILE_MODELS for action in role.level(FILES).files]
        for permission in _permissions(labels):
            GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)
        if is_new:
            report(f"group {role.name}")
    _set_up_approval()


def set_up_section(page: Page) -> None:
    """Give the section's groups permissions for a new list page, for example the events list in a language."""
    for role in roles():
        _allow_section(role, page)


def _allow_section(role: Role, page: Page) -> None:
    """Give the role's group its permissions for event pages on a list of events, if they differ from other pages."""
    level = role.level(EVENT_PAGES)
    if page.section_kind != EVENTS_SECTION or level is role.level(PAGES):
        return
    if page.locale.language_code in role.languages:
        # If an administrator deleted the group, only the next run of the set-up creates it again.
        for group in Group.objects.filter(name=role.name):
            _allow(group, page, level.pages)


def _allow(group: Group, page: Page, actions: Iterable[str]) -> None:
    for permission in _permissions(f"wagtailcore.{action}_page" for action in actions):
        GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)


def _permissions(labels: Iterable[str]) -> list[Permission]:
    """Return the permissions with these names (`app.codename`). Raises LookupError if one does not exist."""
    wanted = list(labels)
    apps, codenames = {label.split(".")[0] for label in wanted}, {label.split(".")[1] for label in wanted}
    rows = Permission.objects.filter(content_type__app_label__in=apps, codename__in=codenames)
    found = {f"{row.content_type.app_label}.{row.codename}": row for row in rows.select_related("content_type")}
    if missing := [label for label in wanted if label not in found]:
        raise LookupError(f"No such permission: {', '.join(missing)}. Run the migrations first.")
    return [found[label] for label in wanted]


def _home_pages(languages: Iterable[str]) -> list[Page]:
    return list(Page.objects.filter(depth=2, locale__language_code__in=languages, content_type__model="homepage"))


def _retire_wagtail_groups() -> None:
    """Remove what Wagtail's migrations create: permissions on the root page, and the group Moderators.

    A group that has members, or permissions below the root, is not changed.
    """
    groups = Group.objects.filter(name__in=[EDITORS, "Moderators"], user=None, page_permissions__page__depth=1)
    shipped = list(groups.exclude(page_permissions__page__depth__gt=1).distinct())
    GroupPagePermission.objects.filter(group__in=shipped).delete()
    Group.objects.filter(pk__in=[group.pk for group in shipped], name="Moderators").delete()


def _set_up_approval() -> None:
    """Create the approval workflow for the groups that approve, unless there is one."""
    approvers = Group.objects.filter(name__in=[role.name for role in roles() if role.level(APPROVAL).label])
    if not Workflow.objects.exists():
        workflow = Workflow.objects.create(name=APPROVAL_BY_EDITOR)
        task = GroupApprovalTask.objects.create(name=APPROVAL_BY_EDITOR)
        WorkflowTask.objects.create(workflow=workflow, task=task)
        WorkflowPage.objects.create(workflow=workflow, page=Page.get_first_root_node())
    # If the group Moderators was removed, the task of Wagtail's own workflow has no group.
    for task in GroupApprovalTask.objects.filter(groups=None):
        Workflow.objects.filter(workflow_tasks__task=task, name="Moderators approval").update(name=APPROVAL_BY_EDITOR)
        task.name = APPROVAL_BY_EDITOR
        task.save()
        task.groups.set(approvers)
    _set_up_approval_of_snippets()


def _set_up_approval_of_snippets() -> None:
    """Set the pages' workflow for organisations, people and categories, if none is set: administrators may change it."""
    assigned = WorkflowPage.objects.filter(page__depth=1, workflow__active=True).first()
    models = [model for model in get_snippet_models() if issubclass(model, WorkflowMixin)]
    if assigned is None or WorkflowContentType.objects.exists():
        return
    for content_type in ContentType.objects.get_for_models(*models, for_concrete_models=False).values():
        WorkflowContentType.objects.create(content_type=content_type, workflow=assigned.workflow)
