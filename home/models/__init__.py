"""The models of the project's own pages, and what every page of the site shares."""

from home.models.accessibility import AccessibilityPage
from home.models.base import BasePage
from home.models.contact import Contact, ContactPage, Enquiry, PressPicture
from home.models.content import ContentPage, PrivacyPage
from home.models.glossary import GlossaryTerm
from home.models.home_page import HomePage
from home.models.images import SiteImage
from home.models.links import LinkCheck
from home.models.partners import Organisation, PartnersPage, Person, organisations_in
from home.models.preview_links import PreviewLink
from home.models.programme import ProgrammeModule, ProgrammePage
from home.models.project import Milestone, ProjectPage
from home.models.rate_limits import RateLimitCounter
from home.models.request_totals import RequestTotal
from home.models.results import (
    Deliverable,
    DeliverableEditor,
    ProjectPublication,
    ResultMilestone,
    ResultsPage,
    WorkPackage,
)
from home.models.scheduler_runs import SchedulerRun
from home.models.sections import Cover, SectionIndexMixin, Teaser
from home.models.settings import LanguageTexts, ProjectSettings, SocialAccount
from home.models.translations import AssignmentMails, StaleString, SyncFailure, SyncRequest, TranslationAssignment
from home.models.webhooks import Webhook, WebhookDelivery, WebhookKind
from home.models.written_texts import PublishedSource, WrittenTexts

__all__ = [
    "AccessibilityPage",
    "AssignmentMails",
    "BasePage",
    "Contact",
    "ContactPage",
    "ContentPage",
    "Cover",
    "Deliverable",
    "DeliverableEditor",
    "Enquiry",
    "GlossaryTerm",
    "HomePage",
    "LanguageTexts",
    "LinkCheck",
    "Milestone",
    "Organisation",
    "PartnersPage",
    "Person",
    "PressPicture",
    "PreviewLink",
    "PrivacyPage",
    "ProgrammeModule",
    "ProgrammePage",
    "ProjectPage",
    "ProjectPublication",
    "ProjectSettings",
    "PublishedSource",
    "RateLimitCounter",
    "RequestTotal",
    "ResultMilestone",
    "ResultsPage",
    "SchedulerRun",
    "SectionIndexMixin",
    "SiteImage",
    "SocialAccount",
    "StaleString",
    "SyncFailure",
    "SyncRequest",
    "Teaser",
    "TranslationAssignment",
    "Webhook",
    "WebhookDelivery",
    "WebhookKind",
    "WorkPackage",
    "WrittenTexts",
    "organisations_in",
]
