"""Every route of the site from its URL resolver, with content that the addresses lead to and an account for each role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLResolver, get_resolver
from wagtail.models import Locale
from wagtail_localize.models import OverridableSegment, StringSegment, Translation

from events.enums import MailKind
from events.models import Certificate, EventAccess, GuestList, OutboxMail
from factsheets.models import TargetGroup, Topic
from home import permissions
from home.models import Enquiry, ProjectSettings, Webhook, WebhookDelivery
from home.translations.sources import translate
from news.models import NewsCategory, NewsIndexPage, NewsPage
from tests.factories.factsheets import add_file, make_fact_sheet, make_fact_sheet_list
from tests.factories.project import make_organisation, make_person
from tests.factories.registrations import make_open_page, make_registration
from tests.factories.users import make_user

APPS = {"accounts", "events", "factsheets", "home", "news", "wagtail_localize"}
ROLES = (
    "anonymous",
    "no group",
    permissions.EDITORS,
    permissions.PARTNER_EDITORS,
    permissions.EVENT_ORGANISERS,
    "Translators: English",
    "Translators: Finnish",
    "access to the event",
    "check-in at the event",
    permissions.COORDINATORS,
    permissions.DATA_PROTECTION,
    "administrator",
)


CERTIFICATE_CONTENT = {
    "title": "Forum",
    "title_language": "en",
    "when": "16 May 2030",
    "where": "Turku",
    "issued": "17 May 2030",
    "facts": [["Attended", "1 day"]],
    "outcomes": [],
    "signatories": [],
}


@dataclass(frozen=True)
class Route:
    pattern: str
    name: str
    is_own: bool  # of the project or of wagtail-localize


def all_routes(resolver=None, before: str = "", names: tuple[str, ...] = ()) -> Iterator[Route]:
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from all_routes(entry, pattern, (*names, entry.namespace) if entry.namespace else names)
        else:
            yield Route(pattern, ":".join([*names, entry.name or ""]), _is_own(entry.callback))


def _is_own(view) -> bool:
    """Return whether the view is one of `APPS`, or one of Wagtail's for a model of theirs."""
    view_class = getattr(view, "view_class", None)
    model = getattr(view_class, "model", None) or getattr(view, "view_initkwargs", {}).get("model")
    # The images of the site are a proxy of Wagtail's.
    concrete = getattr(getattr(model, "_meta", None), "concrete_model", None)
    app = concrete._meta.app_label if concrete else ""
    modules = (view.__module__, getattr(view_class, "__module__", ""), app)
    return any(module.split(".")[0] in APPS for module in modules)


class Content:
    """One row of each model that an address of the admin names, all connected."""

    def __init__(self, home_page) -> None:
        locales = {locale.language_code: locale for locale in Locale.objects.all()}
        self.page = make_open_page(home_page)
        self.event = self.page.event
        self.person = make_registration(self.event)
        self.mail = OutboxMail.objects.create(
            event=self.event, registration=self.person, kind=MailKind.CONFIRMED, language="en"
        )
        self.certificate = Certificate.objects.create(
            event=self.event,
            registration=self.person,
            number="0123456789AB",
            name="Person",
            issued_on=self.event.first_day,
            content={"en": CERTIFICATE_CONTENT},
        )
        self.guest_list = GuestList.objects.create(event=self.event, mode=self.person.mode, language="en")
        self.sheet = make_fact_sheet(make_fact_sheet_list(home_page, "Sheets", "sheets"), "Sheet")
        self.version = add_file(self.sheet, "en")
        self.news = home_page.add_child(instance=NewsIndexPage(title="News", slug="news", locale=home_page.locale))
        self.news.add_child(instance=NewsPage(title="Article", slug="article", locale=home_page.locale))
        self.organisation = make_organisation("University", website="https://university.test")
        translate(self.organisation, [locales["fi"]])
        self.translation = Translation.objects.get(source__object_id=self.organisation.translation_key)
        self.enquiry = Enquiry.objects.create(
            name="Visitor", email="visitor@example.org", message="Hello", language="en", answer_by=self.event.first_day
        )
        # Inactive: it sends nothing to anyone.
        webhook = Webhook.objects.create(name="Partner", url="https://example.org/", is_active=False)
        self.webhook_delivery = WebhookDelivery.objects.create(webhook=webhook, kind="test", payload={})
        self.rows = {
            "organisation": self.organisation,
            "person": make_person("Anna"),
            "newscategory": NewsCategory.objects.create(name="Category", key="category", locale=locales["en"]),
            "topic": Topic.objects.create(name="Topic", key="topic", locale=locales["en"]),
            "targetgroup": TargetGroup.objects.create(name="Group", key="group", locale=locales["en"]),
        }
        # Each with a draft that waits for approval.
        self.revisions = {name: row.save_revision().pk for name, row in self.rows.items()}
        states = {name: row.get_workflow().start(row, None) for name, row in self.rows.items()}
        self.workflows = {name: state.pk for name, state in states.items()}
        self.tasks = {name: state.current_task_state_id for name, state in states.items()}
        self.settings = ProjectSettings.objects.get()
        self.settings_version = self.settings.save_revision().pk

    def values(self, pattern: str) -> dict[str, object]:
        """Return the values of the parameters of a pattern by name."""
        source = self.translation.source
        pk = next(
            (
                pk
                for start, pk in (
                    ("admin/api/main/^pages/", self.page.pk),
                    ("admin/events/", self.event.pk),
                    ("admin/enquiries/", self.enquiry.pk),
                    ("admin/webhooks/requests/", self.webhook_delivery.pk),
                    ("admin/webhooks/", self.webhook_delivery.webhook_id),
                    ("admin/publications/versions/", self.version.pk),
                    ("admin/publications/", self.sheet.publication_id),
                    ("admin/translations/", self.translation.pk),
                    ("admin/localize/", self.organisation.pk),
                    *((f"admin/snippets/{app}/{name}/", row.pk) for name, row in self.rows.items() for app in APPS),
                    *(
                        (f"admin/snippets/choose/{app}/{name}/", row.pk)
                        for name, row in self.rows.items()
                        for app in APPS
                    ),
                )
                if pattern.startswith(start)
            ),
            1,
        )
        return {
            "pk": pk,
            "registration_pk": self.person.pk,
            "mail_pk": self.mail.pk,
            "certificate_pk": self.certificate.pk,
            "list_pk": self.guest_list.pk,
            "action": "cancel",
            "action_name": "approve",
            "revision_id": next((pk for name, pk in self.revisions.items() if f"/{name}/" in pattern), 1),
            "revision_id_a": "live",
            "revision_id_b": "latest",
            "task_state_id": next((pk for name, pk in self.tasks.items() if f"/{name}/" in pattern), 1),
            "workflow_state_id": next((pk for name, pk in self.workflows.items() if f"/{name}/" in pattern), 1),
            "site_id": self.settings.site_id,
            "version": self.settings_version,
            "page_id": self.page.pk,
            "translation_id": self.translation.pk,
            "translation_source_id": source.pk,
            "string_segment_id": StringSegment.objects.filter(source=source).values_list("pk", flat=True).first(),
            "overridable_segment_id": OverridableSegment.objects.filter(source=source)
            .values_list("pk", flat=True)
            .first(),
            "app_label": "home",
            "model_name": "organisation",
            "mode": "default",
            "language": "en",
            "slug": "sheet",
            "chapter": "write-news",
            "key": self.event.key,
            "token": "x" * 43,
            "path": "events/",
            "lang": "en",
        }

    def address(self, route: Route) -> str:
        values = self.values(route.pattern)

        def value(match: re.Match) -> str:
            return str(values.get(match["name"], 1))

        text = re.sub(r"\(\?P<(?P<name>\w+)>(?:[^()]|\([^()]*\))*\)", value, route.pattern)
        text = re.sub(r"<(?:\w+:)?(?P<name>\w+)>", value, text)
        text = re.sub(r"\((?:[^()]|\([^()]*\))*\)", "1", text)
        return "/" + re.sub(r"[\^$?*+\\]", "", text).lstrip("/")

    def clients(self) -> dict[str, Client]:
        """Return a client for each role."""
        found = {}
        for number, role in enumerate(ROLES):
            client = Client(raise_request_exception=False)
            if role == "administrator":
                user = User.objects.create_superuser("administrator", "administrator@example.org", "x")
            elif role != "anonymous":
                group = role if role in permissions_of_groups() else ""
                user = make_user(f"role{number}", group=group)
            if role == "access to the event":
                EventAccess.objects.create(event=self.event, user=user)
            if role == "check-in at the event":
                EventAccess.objects.create(event=self.event, user=user, only_checks_in=True)
            if role != "anonymous":
                client.force_login(user)
            found[role] = client
        return found


def permissions_of_groups() -> set[str]:
    return {role.name for role in permissions.roles()}
