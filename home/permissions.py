"""The groups of the site and their permissions, created by `setup_site`.

Administrators are Django superusers and need no group. The table holds the minimum permissions of each group;
permissions that an administrator adds in Settings > Groups stay. `docs/editors.md` describes the groups for editors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.utils.translation import override
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from home.models.sections import SectionIndexMixin

EDITORS = "Editors"
PARTNER_EDITORS = "Partner editors"
EVENT_ORGANISERS = "Event organisers"
# Reads the record of access, and nothing else.
DATA_PROTECTION = "Data protection contact"
APPROVAL = "Approval by an editor"


def translators(language_code: str) -> str:
    """Return the name of the group that translates into a language of the site: "Translators: Finnish"."""
    with override("en"):
        return f"Translators: {dict(settings.LANGUAGES)[language_code]}"


# Pages. With `add` alone, users create pages, edit their own and submit them for approval.
WRITE = ("add",)
TRANSLATE = ("change", "publish")
EDIT = ("add", "change", "publish", "lock", "unlock", "bulk_delete")
RUN = ("add", "change", "publish")

# Images and documents. With `add`, users can also edit their own uploads.
UPLOAD = ("add", "choose")
CURATE = ("add", "change", "choose")


def every(action_names: str, *models: str) -> tuple[str, ...]:
    """Return permissions for models, given as `app.model`: every("add change", "home.person")."""
    pairs = [model.split(".") for model in models]
    return tuple(f"{app}.{action}_{model}" for app, model in pairs for action in action_names.split())


@dataclass(frozen=True)
class Role:
    """A group with its permissions. `pages` applies to the page trees of `languages`.

    In the `sections` (`SectionIndexMixin.section_kind`) of these languages the group may also publish.
    """

    name: str
    languages: tuple[str, ...]
    pages: tuple[str, ...]
    files: tuple[str, ...]
    models: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    approves: bool = False


def roles() -> list[Role]:
    everywhere = tuple(code for code, _name in settings.LANGUAGES)
    return [
        Role(
            EDITORS,
            languages=everywhere,
            pages=EDIT,
            files=CURATE,
            models=(
                *every(
                    "view add change delete",
                    "home.organisation",
                    "home.person",
                    "news.newscategory",
                    "factsheets.topic",
                    "factsheets.targetgroup",
                    "wagtailredirects.redirect",
                    "events.event",
                ),
                *every("change", "home.projectsettings"),
                "home.name_editors",
                "wagtail_localize.submit_translation",
            ),
            approves=True,
        ),
        Role(
            PARTNER_EDITORS,
            languages=everywhere,
            pages=WRITE,
            files=UPLOAD,
            # Only of the organisations that they are named for: see `home/translations/permissions.py`.
            models=every("view change", "home.organisation") + every("view add change", "home.person"),
        ),
        Role(
            EVENT_ORGANISERS,
            languages=everywhere,
            pages=WRITE,
            files=UPLOAD,
            models=every("view add change", "home.person", "events.event"),
            # Event details are public when saved, so organisers must also be able to publish the timetable.
            sections=("events",),
        ),
        *[
            Role(
                translators(code),
                languages=(code,),
                pages=TRANSLATE,
                files=UPLOAD,
                # Only in the language of the group: see `home/translations/permissions.py`.
                models=every(
                    "view change",
                    "home.organisation",
                    "home.person",
                    "news.newscategory",
                    "factsheets.topic",
                    "factsheets.targetgroup",
                ),
            )
            for code in everywhere
        ],
    ]


def set_up_groups(report: Callable[[str], None]) -> None:
    """Create the groups with their permissions. Permissions that were added by hand stay. Home pages must exist.

    `report` gets a line for each group that was made.
    """
    _retire_wagtail_groups()
    root = Collection.get_first_root_node() or Collection.add_root(name="Root")
    for role in roles():
        group, is_new = Group.objects.get_or_create(name=role.name)
        group.permissions.add(*_permissions(["wagtailadmin.access_admin", *role.models]))
        for page in _home_pages(role.languages):
            _allow(group, page, role.pages)
            for section in page.get_children().specific():
                if isinstance(section, SectionIndexMixin):
                    _allow_section(role, section)
        labels = [f"{kind}.{action}_{model}" for kind, model in FILES for action in role.files]
        for permission in _permissions(labels):
            GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)
        if is_new:
            report(f"group {role.name}")
    contact, is_new = Group.objects.get_or_create(name=DATA_PROTECTION)
    contact.permissions.add(*_permissions(["wagtailadmin.access_admin", "accounts.view_accessrecord"]))
    if is_new:
        report(f"group {DATA_PROTECTION}")
    _set_up_approval()


def set_up_section(page: Page) -> None:
    """Give the groups of a section permission for a new list page, for example events in a language."""
    for role in roles():
        _allow_section(role, page)


def _allow_section(role: Role, page: Page) -> None:
    if page.section_kind in role.sections and page.locale.language_code in role.languages:
        # A deleted group is created again only by the next set-up.
        for group in Group.objects.filter(name=role.name):
            _allow(group, page, RUN)


def _allow(group: Group, page: Page, actions: Iterable[str]) -> None:
    for permission in _permissions(f"wagtailcore.{action}_page" for action in actions):
        GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)


FILES = (("wagtailimages", "image"), ("wagtaildocs", "document"))


def _permissions(labels: Iterable[str]) -> list[Permission]:
    """Return the permissions named `app.codename`. Raises LookupError if one does not exist."""
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
    """Remove what Wagtail's migrations created: permissions on the root page, and the group Moderators.

    A group with members, or with permissions below the root, is not changed.
    """
    groups = Group.objects.filter(name__in=[EDITORS, "Moderators"], user=None, page_permissions__page__depth=1)
    shipped = list(groups.exclude(page_permissions__page__depth__gt=1).distinct())
    GroupPagePermission.objects.filter(group__in=shipped).delete()
    Group.objects.filter(pk__in=[group.pk for group in shipped], name="Moderators").delete()


def _set_up_approval() -> None:
    """Create the approval workflow for the groups that approve, unless there is one."""
    approvers = Group.objects.filter(name__in=[role.name for role in roles() if role.approves])
    if not Workflow.objects.exists():
        workflow = Workflow.objects.create(name=APPROVAL)
        task = GroupApprovalTask.objects.create(name=APPROVAL)
        WorkflowTask.objects.create(workflow=workflow, task=task)
        WorkflowPage.objects.create(workflow=workflow, page=Page.get_first_root_node())
    # The task of Wagtail's own workflow has no group if the group Moderators was removed.
    for task in GroupApprovalTask.objects.filter(groups=None):
        Workflow.objects.filter(workflow_tasks__task=task, name="Moderators approval").update(name=APPROVAL)
        task.name = APPROVAL
        task.save()
        task.groups.set(approvers)
