"""The table of the site's roles: what each group may do with which resources, in which languages and of which partner.

`set_up_groups` gives the groups these permissions, Help > Who may do what shows the table to editors, and `docs/editors.md`
contains it in English (`python -m tests.permission_table --write`). The table is a minimum: permissions that an
administrator adds in Settings > Groups are kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop, override
from django.utils.translation import gettext_lazy as _

EDITORS = gettext_noop("Editors")
PARTNER_EDITORS = gettext_noop("Partner editors")
EVENT_ORGANISERS = gettext_noop("Event organisers")
# They answer the messages of the contact page.
COORDINATORS = gettext_noop("Coordinators")
# They read the record of access, and nothing else.
DATA_PROTECTION = gettext_noop("Data protection contact")


def translators(language_code: str) -> str:
    """Return the name of the group that translates into a language, such as "Translators: Finnish"."""
    with override("en"):
        return f"Translators: {dict(settings.LANGUAGES)[language_code]}"


@dataclass(frozen=True, eq=False)
class Resource:
    """A row of the table: a label, and the models (`app.name`) whose permissions it covers."""

    label: str | Promise
    models: tuple[str, ...] = ()


PAGES = Resource(_("Pages"))
EVENT_PAGES = Resource(_("Pages of events"))
EVENTS = Resource(_("Details of events"), ("events.event",))
ORGANISATIONS = Resource(_("Organisations"), ("home.organisation",))
PEOPLE = Resource(_("People"), ("home.person",))
DELIVERABLES = Resource(_("Deliverables on the results page"), ("home.deliverable",))
CATEGORIES = Resource(_("Categories and topics"), ("news.newscategory", "factsheets.topic", "factsheets.targetgroup"))
GLOSSARY = Resource(_("Glossary"), ("home.glossaryterm",))
FILES = Resource(_("Images and documents"))
TRANSLATIONS = Resource(_("New translations"))
APPROVAL = Resource(_("Approval of what others submit"))
MEMBERS = Resource(_("Accounts that belong to an organisation"))
DELIVERABLE_EDITORS = Resource(_("Organisations that edit the deliverables of a work package"))
SETTINGS = Resource(_("Settings of the project"), ("home.projectsettings",))
REDIRECTS = Resource(_("Redirected addresses"), ("wagtailredirects.redirect",))
ENQUIRIES = Resource(_("Enquiries from the contact page"), ("home.enquiry",))
REPORTS = Resource(_("Reports about events and the project"))
RECORD = Resource(_("Record of access"))
RESOURCES = (
    PAGES,
    EVENT_PAGES,
    EVENTS,
    ORGANISATIONS,
    PEOPLE,
    DELIVERABLES,
    CATEGORIES,
    GLOSSARY,
    FILES,
    TRANSLATIONS,
    APPROVAL,
    MEMBERS,
    DELIVERABLE_EDITORS,
    SETTINGS,
    REDIRECTS,
    ENQUIRIES,
    REPORTS,
    RECORD,
)


@dataclass(frozen=True)
class Level:
    """What a role may do, as text, and the permissions for it: of page trees, models and collections of files."""

    label: str | Promise
    pages: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    # Full names of permissions, `app.codename`.
    named: tuple[str, ...] = ()


# With only the permission `add`, users create pages, edit their own and submit them for approval.
WRITE = Level(_("write; an editor publishes"), pages=("add",))
TRANSLATE = Level(_("change and publish"), pages=("change", "publish"))
RUN = Level(_("write, change and publish"), pages=("add", "change", "publish"))
EDIT = Level(
    _("write, change, publish and delete"), pages=("add", "change", "publish", "lock", "unlock", "bulk_delete")
)
PROPOSE = Level(_("change; an editor publishes"), models=("view", "change"))
PROPOSE_NEW = Level(_("add and change; an editor publishes"), models=("view", "add", "change"))
CHANGE = Level(_("change and publish"), models=("view", "change", "publish"))
ADD_PUBLIC = Level(_("add, change and publish"), models=("view", "add", "change", "publish"))
MANAGE_PUBLIC = Level(
    _("add, change, publish and delete"), models=("view", "add", "change", "publish", "delete", "lock", "unlock")
)
# Deliverables are edited with their page, so they need no permissions of their own.
EDIT_ON_PAGE = Level(_("add, change, publish and delete"))
TRANSLATE_ON_PAGE = Level(_("change and publish"))
SET = Level(_("change"), models=("change",))
ADD = Level(_("add and change"), models=("view", "add", "change"))
MANAGE = Level(_("add, change and delete"), models=("view", "add", "change", "delete"))
# With the permission `add`, users may also edit their own uploads.
UPLOAD = Level(_("upload, and change their own"), files=("add", "choose"))
CURATE = Level(_("upload, and change all"), files=("add", "change", "choose"))
# The rules in `home/translations/permissions.py` also let the other roles start translations.
START = Level(_("start translations"))
START_ANY = Level(_("start, and update all of them"), named=("wagtail_localize.submit_translation",))
APPROVE = Level(_("approve or ask for changes"))
NAME = Level(_("choose them"), named=("home.name_editors",))
ANSWER = Level(_("read, mark as answered and delete"), models=("view", "change", "delete"))
VIEW_REPORTS = "home.view_reports"
READ_REPORTS = Level(_("read and export"), named=(VIEW_REPORTS,))
READ_RECORD = Level(_("read and export"), named=("accounts.view_accessrecord",))


# Scopes: the rows of a resource to which a right applies. Other rows can only be read.
IN_LANGUAGE = _("in their language")
OF_PARTNER = _("of their own organisation, in all languages")
OWN = _("their own and, of news and fact sheets, those of their organisation, in all languages")
OWN_PEOPLE = _("in the languages in which they publish, or of their own organisation")
OF_WORK_PACKAGES = _("of the work packages that an editor gave to their organisation")
OF_PUBLIC_PAGES = _("of public pages, into their language")


@dataclass(frozen=True)
class Right:
    resource: Resource
    level: Level
    scope: str | Promise = ""


@dataclass(frozen=True)
class Role:
    """A group with its rights. Its rights on pages apply to the page trees of `languages`."""

    name: str
    languages: tuple[str, ...]
    rights: tuple[Right, ...]
    # What the role is for, in one line.
    summary: str | Promise = ""

    def level(self, resource: Resource) -> Level:
        return next((right.level for right in self.rights if right.resource is resource), Level(""))

    @property
    def permissions(self) -> list[str]:
        """The permissions that are not for a page tree or a collection, as `app.codename`."""
        labels = [name for right in self.rights for name in right.level.named]
        for right in self.rights:
            pairs = [model.split(".") for model in right.resource.models]
            labels += [f"{app}.{action}_{model}" for app, model in pairs for action in right.level.models]
        return list(dict.fromkeys(labels))

    @property
    def label(self) -> str:
        """The name of the group in the active language. All groups of translators share one name."""
        return gettext(self.name) if self.is_in_all_languages else gettext("Translators of a language")

    @property
    def is_in_all_languages(self) -> bool:
        return set(self.languages) == {code for code, _name in settings.LANGUAGES} or not self.languages


def roles() -> list[Role]:
    everywhere = tuple(code for code, _name in settings.LANGUAGES)
    return [
        Role(
            EDITORS,
            everywhere,
            (
                Right(PAGES, EDIT),
                Right(EVENT_PAGES, EDIT),
                Right(EVENTS, MANAGE),
                Right(ORGANISATIONS, MANAGE_PUBLIC),
                Right(PEOPLE, MANAGE_PUBLIC),
                Right(DELIVERABLES, EDIT_ON_PAGE),
                Right(CATEGORIES, MANAGE_PUBLIC),
                Right(GLOSSARY, MANAGE),
                Right(FILES, CURATE),
                Right(TRANSLATIONS, START_ANY),
                Right(APPROVAL, APPROVE),
                Right(MEMBERS, NAME),
                Right(DELIVERABLE_EDITORS, NAME),
                Right(SETTINGS, SET),
                Right(REDIRECTS, MANAGE),
                Right(REPORTS, READ_REPORTS),
            ),
            _("write and publish everything, and approve what others submit"),
        ),
        Role(
            PARTNER_EDITORS,
            everywhere,
            (
                Right(PAGES, WRITE, OWN),
                Right(EVENT_PAGES, WRITE),
                Right(ORGANISATIONS, PROPOSE, OF_PARTNER),
                Right(PEOPLE, PROPOSE_NEW, OF_PARTNER),
                Right(DELIVERABLES, PROPOSE, OF_WORK_PACKAGES),
                Right(FILES, UPLOAD),
                Right(TRANSLATIONS, START, OF_PARTNER),
            ),
            _("write for their partner; an editor publishes"),
        ),
        Role(
            EVENT_ORGANISERS,
            everywhere,
            (
                Right(PAGES, WRITE, OWN),
                # Event details are public as soon as they are saved, so organisers must also be able to publish the
                # timetable.
                Right(EVENT_PAGES, RUN),
                Right(EVENTS, ADD),
                Right(PEOPLE, ADD_PUBLIC, OWN_PEOPLE),
                Right(FILES, UPLOAD),
                Right(TRANSLATIONS, START, OF_PARTNER),
            ),
            _("prepare and publish events; which registrations they see is set for each event"),
        ),
        *[
            Role(
                translators(code),
                (code,),
                (
                    Right(PAGES, TRANSLATE, IN_LANGUAGE),
                    Right(EVENT_PAGES, TRANSLATE, IN_LANGUAGE),
                    Right(ORGANISATIONS, CHANGE, IN_LANGUAGE),
                    Right(PEOPLE, CHANGE, IN_LANGUAGE),
                    Right(DELIVERABLES, TRANSLATE_ON_PAGE, IN_LANGUAGE),
                    Right(CATEGORIES, CHANGE, IN_LANGUAGE),
                    Right(FILES, UPLOAD),
                    Right(TRANSLATIONS, START, OF_PUBLIC_PAGES),
                ),
                _("translate into this language and publish the translations"),
            )
            for code in everywhere
        ],
        Role(
            COORDINATORS, (), (Right(ENQUIRIES, ANSWER),), _("answer messages from the contact page; change no pages")
        ),
        Role(DATA_PROTECTION, (), (Right(RECORD, READ_RECORD),), _("read the record of access; change no pages")),
    ]


@dataclass(frozen=True)
class Column:
    """A role in the table that people read. `names` are the names of its groups."""

    label: str
    names: tuple[str, ...]


def columns() -> list[Column]:
    """Return the roles of the table. The groups of translators are one role."""
    grouped: dict[str, list[str]] = {}
    for role in roles():
        grouped.setdefault(role.label, []).append(role.name)
    return [Column(label, tuple(names)) for label, names in grouped.items()]


def role_labels(group_names: Iterable[str]) -> list[str]:
    """Return the names of groups in the active language. Groups of translators are named with their language."""
    languages = {translators(code): name for code, name in settings.LANGUAGES}
    return [
        gettext("Translator: %(language)s") % {"language": languages[name]} if name in languages else gettext(name)
        for name in sorted(group_names)
    ]


def summaries() -> dict[str, str]:
    """Return what each role is for, in the active language, by the name of its group."""
    return {role.name: str(role.summary) for role in roles()}


def table() -> list[tuple[str, list[str]]]:
    """Return (label, cells) for each resource: what each role of `columns()` may do with it, or ""."""
    shown = {role.name: role for role in roles()}
    return [
        (str(resource.label), [_in_words(shown[column.names[0]], resource) for column in columns()])
        for resource in RESOURCES
    ]


def _in_words(role: Role, resource: Resource) -> str:
    right = next((right for right in role.rights if right.resource is resource), None)
    if right is None:
        return ""
    return f"{right.level.label}: {right.scope}" if right.scope else str(right.level.label)
