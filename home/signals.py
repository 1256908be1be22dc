"""Signal receivers that update the caches and the search index when rows change."""

from functools import partial

from django.apps import apps
from django.db import models, transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from modelcluster.fields import ParentalKey
from modelsearch.tasks import insert_or_update_object_task
from wagtail.contrib.redirects.models import Redirect
from wagtail.contrib.settings.models import BaseGenericSetting, BaseSiteSetting
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage
from wagtail.models import DraftStateMixin, Locale, Orderable, Page, PageViewRestriction, Site, TranslatableMixin
from wagtail.signals import page_published, page_unpublished, post_page_move, unpublished
from wagtail_localize.models import Translation

from home.cache_backends import recovered
from home.http import generations, page_cache
from home.models import (
    BasePage,
    LanguageTexts,
    Organisation,
    PartnersPage,
    Person,
    ProjectSettings,
    SocialAccount,
    WebhookKind,
)
from home.models.sections import SectionIndexMixin
from home.permissions import set_up_section
from home.share_pictures import make_after_publishing
from home.site_context import SiteContext
from home.warming import warm_after_publishing
from home.webhooks import queue as webhook_queue

SITE_CONTEXT_MODELS = (
    ProjectSettings,
    SocialAccount,
    LanguageTexts,
    Organisation,
    PageViewRestriction,
    Site,
    Locale,
    Translation,
)
# The models that public pages can show, in addition to child rows of pages and settings (`ParentalKey`).
PUBLIC_CONTENT = (
    TranslatableMixin,
    BaseSiteSetting,
    BaseGenericSetting,
    AbstractImage,
    AbstractDocument,
    Redirect,
    PageViewRestriction,
    Site,
    Locale,
)


def shows_on_pages(model: type[models.Model]) -> bool:
    """Return whether public pages can show rows of `model`."""
    return issubclass(model, PUBLIC_CONTENT) or any(isinstance(field, ParentalKey) for field in model._meta.fields)


def clear_site_context(**kwargs):
    # After the commit, because before it another request would cache the old rows again.
    transaction.on_commit(SiteContext.clear_cache)


def purge_pages(instance, signal, update_fields=None, **kwargs):
    # Saving a draft updates only fields of the row that visitors do not see.
    is_draft = isinstance(instance, DraftStateMixin) and (
        bool(update_fields) or not (isinstance(instance, Page) or instance.live)
    )
    if not is_draft:
        is_deleted = signal is post_delete and not isinstance(instance, Orderable)
        page_cache.purge(is_withdrawal=is_deleted or isinstance(instance, PageViewRestriction))


def reindex(page):
    """Index the page again, because Wagtail indexes a saved page before its child rows are saved.

    It uses Wagtail's own task, so that two threads never index a page at the same time.
    """
    arguments = page._meta.app_label, page._meta.model_name, str(page.pk)
    transaction.on_commit(partial(insert_or_update_object_task.enqueue, *arguments))


for model in apps.get_models():
    if model in SITE_CONTEXT_MODELS:
        post_save.connect(clear_site_context, sender=model)
        post_delete.connect(clear_site_context, sender=model)
    if shows_on_pages(model):
        post_save.connect(purge_pages, sender=model)
        post_delete.connect(purge_pages, sender=model)


@receiver(recovered)
def cache_works_again(**kwargs):
    """Start a new generation, because changes of content did not reach the cache while it failed."""
    generations.start(is_withdrawal=True)
    SiteContext.clear_cache()


@receiver(page_published)
def page_was_published(instance, **kwargs):
    page_cache.purge()
    reindex(instance)
    warm_after_publishing(instance)
    webhook_queue.page_changed(WebhookKind.PAGE_PUBLISHED, instance)


# Most tests disconnect this receiver by its `dispatch_uid`: they publish pages but do not need the pictures.
@receiver(page_published, dispatch_uid="share-pictures")
def draw_share_pictures(instance, **kwargs):
    if isinstance(instance, BasePage):
        make_after_publishing(instance)


@receiver(page_unpublished)
def page_was_unpublished(instance, **kwargs):
    page_cache.purge(is_withdrawal=True)
    webhook_queue.page_changed(WebhookKind.PAGE_UNPUBLISHED, instance)


@receiver(unpublished)
def snippet_was_unpublished(instance, **kwargs):
    """Invalidate the pages that show an unpublished snippet. Pages have a signal of their own."""
    if not isinstance(instance, Page):
        page_cache.purge(is_withdrawal=True)


@receiver(post_page_move)
def page_was_moved(**kwargs):
    # The new parent may be private.
    clear_site_context()
    page_cache.purge(is_withdrawal=True)


@receiver([post_save, post_delete], sender=Organisation)
@receiver([post_save, post_delete], sender=Person)
def index_partners(update_fields=None, **kwargs):
    """Index the partners page again, because it contains names of organisations and people. Ignores saved drafts."""
    for page in PartnersPage.objects.live() if not update_fields else ():
        reindex(page)


@receiver(post_save, dispatch_uid="section-permissions")
def set_up_section_permissions(instance, created, raw=False, **kwargs):  # noqa: FBT002  (the signal's arguments)
    if created and not raw and isinstance(instance, SectionIndexMixin):
        set_up_section(instance)
