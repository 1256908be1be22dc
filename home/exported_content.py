"""The models that `home`, Wagtail and wagtail-localize add to an export of content."""

import secrets

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from wagtail.models import BaseViewRestriction, DraftStateMixin, Page, Revision
from wagtail.snippets.models import get_snippet_models

from home.content_export.selection import Exported


def below_root(rows: QuerySet) -> QuerySet:
    return rows.filter(depth__gt=1)


def needed_revisions(rows: QuerySet) -> QuerySet:
    """Return the revisions that pages and snippets need: the latest, the live, and the scheduled ones."""
    wanted = Q()
    for model in (Page, *(model for model in get_snippet_models() if issubclass(model, DraftStateMixin))):
        kind = Q(base_content_type=ContentType.objects.get_for_model(model))
        found = model._default_manager.order_by().values_list
        wanted |= kind & (
            Q(pk__in=found("latest_revision")) | Q(pk__in=found("live_revision")) | Q(approved_go_live_at__isnull=False)
        )
    return rows.filter(wanted)


def of_needed_revisions(rows: QuerySet) -> QuerySet:
    return rows.filter(revision__in=needed_revisions(Revision.objects.all()))


def lock_with_random_password(restriction: BaseViewRestriction) -> None:
    """Set a random password. The old password is not exported, and without a password everyone could read the page."""
    if restriction.restriction_type == BaseViewRestriction.PASSWORD:
        restriction.password = secrets.token_urlsafe(24)


MODELS = [
    Exported("wagtailcore.Collection", rows=below_root),
    Exported("wagtailcore.CollectionViewRestriction", without=("password",), prepare=lock_with_random_password),
    Exported("taggit.Tag"),
    Exported("taggit.TaggedItem"),
    Exported("wagtailimages.Image"),
    Exported("wagtaildocs.Document"),
    Exported("wagtailcore.Revision", rows=needed_revisions, is_made_by_setup=True),
    Exported("home.Organisation"),
    Exported("home.Person"),
    Exported("wagtailcore.Page", rows=below_root, is_made_by_setup=True),
    Exported("wagtailcore.PageViewRestriction", without=("password",), prepare=lock_with_random_password),
    Exported("home.HomePage", is_made_by_setup=True),
    Exported("home.AccessibilityPage"),
    Exported("home.ContactPage"),
    Exported("home.Contact"),
    Exported("home.PressPicture"),
    Exported("home.ContentPage"),
    Exported("home.PartnersPage"),
    Exported("home.PrivacyPage"),
    Exported("home.ProgrammePage"),
    Exported("home.ProgrammeModule"),
    Exported("home.ProjectPage"),
    Exported("home.Milestone"),
    Exported("home.ResultsPage"),
    Exported("home.WorkPackage"),
    Exported("home.Deliverable"),
    Exported("home.DeliverableEditor"),
    Exported("home.ResultMilestone"),
    Exported("home.ProjectPublication"),
    Exported("wagtailredirects.Redirect"),
    # Revisions of the settings are not exported, because they contain who saved them.
    Exported("home.ProjectSettings", without=("latest_revision",), is_made_by_setup=True),
    Exported("home.SocialAccount", is_made_by_setup=True),
    # `confirmed_by` refers to a person. The two fields are always set together.
    Exported("home.LanguageTexts", without=("confirmed_by", "confirmed_on"), is_made_by_setup=True),
    Exported("home.GlossaryTerm", is_made_by_setup=True),
    Exported("wagtail_localize.TranslatableObject", is_made_by_setup=True),
    Exported("wagtail_localize.TranslationSource", is_made_by_setup=True),
    Exported("wagtail_localize.Translation", is_made_by_setup=True),
    Exported("wagtail_localize.String", is_made_by_setup=True),
    Exported("wagtail_localize.TranslationContext", is_made_by_setup=True),
    Exported("wagtail_localize.StringTranslation", is_made_by_setup=True),
    Exported("wagtail_localize.Template", is_made_by_setup=True),
    Exported("wagtail_localize.SegmentOverride", is_made_by_setup=True),
    Exported("wagtail_localize.StringSegment", is_made_by_setup=True),
    Exported("wagtail_localize.TemplateSegment", is_made_by_setup=True),
    Exported("wagtail_localize.RelatedObjectSegment", is_made_by_setup=True),
    Exported("wagtail_localize.OverridableSegment", is_made_by_setup=True),
    Exported("wagtail_localize.LocaleSynchronization"),
    Exported("home.StaleString", is_made_by_setup=True),
    Exported("home.WrittenTexts", rows=of_needed_revisions, is_made_by_setup=True),
    Exported("home.SyncRequest", is_made_by_setup=True),
    Exported("home.SyncFailure", is_made_by_setup=True),
]
