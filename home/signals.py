"""Keeps true what was made from rows, when one of them changes: cached facts, cached answers, the search index."""

from django.apps import apps
from django.db import models, transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from modelcluster.fields import ParentalKey
from wagtail.contrib.redirects.models import Redirect
from wagtail.contrib.settings.models import BaseGenericSetting, BaseSiteSetting
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage
from wagtail.models import Locale, Page, PageViewRestriction, Site, TranslatableMixin
from wagtail.search import index
from wagtail.signals import page_published, page_unpublished, post_page_move

from home.http import page_cache
from home.models import LanguageTexts, Organisation, PartnersPage, Person, ProjectSettings, SocialAccount
from home.models.sections import SectionIndexMixin
from home.permissions import set_up_section
from home.site_context import SiteContext

SITE_FACTS = (ProjectSettings, SocialAccount, LanguageTexts, Organisation, PageViewRestriction, Site, Locale)
# What public pages are made of, besides the rows that belong to a page or a setting (`ParentalKey`).
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
    """Tell whether public pages can show rows of `model`: those of pages, settings, snippets, images and documents."""
    return issubclass(model, PUBLIC_CONTENT) or any(isinstance(field, ParentalKey) for field in model._meta.fields)


def forget_site_facts(**kwargs):
    # After the commit: a reader in between would put the old facts back.
    transaction.on_commit(SiteContext.forget)


def forget_answers(instance, update_fields=None, **kwargs):
    # A draft writes a few bookkeeping fields of the page's row, and nothing that visitors see.
    if not (isinstance(instance, Page) and update_fields):
        page_cache.purge()


def index_anew(page):
    """Put the page in the search index again: the save that did it came before the rows that belong to the page."""
    transaction.on_commit(lambda: index.insert_or_update_object(page))


for model in apps.get_models():
    if model in SITE_FACTS:
        post_save.connect(forget_site_facts, sender=model)
        post_delete.connect(forget_site_facts, sender=model)
    if shows_on_pages(model):
        post_save.connect(forget_answers, sender=model)
        post_delete.connect(forget_answers, sender=model)


@receiver(page_published)
def follow_publication(instance, **kwargs):
    page_cache.purge()
    index_anew(instance)


@receiver(page_unpublished)
def follow_withdrawal(**kwargs):
    page_cache.purge()


@receiver(post_page_move)
def follow_move(**kwargs):
    # A page can move below one that only some may see.
    forget_site_facts()
    page_cache.purge()


@receiver([post_save, post_delete], sender=Organisation)
@receiver([post_save, post_delete], sender=Person)
def index_partners(**kwargs):
    """Let the search find the partners page by the names on it."""
    for page in PartnersPage.objects.live():
        index_anew(page)


@receiver(post_save, dispatch_uid="section-rights")
def give_section_to_its_groups(instance, created, raw=False, **kwargs):  # noqa: FBT002  (the signal's arguments)
    if created and not raw and isinstance(instance, SectionIndexMixin):
        set_up_section(instance)
