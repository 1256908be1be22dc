"""Keeps what is cached true: the facts of the site (`site_facts.py`) are forgotten when one of their rows changes."""

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.models import Locale, PageViewRestriction, Site
from wagtail.signals import post_page_move

from home.models import LanguageTexts, Organisation, ProjectSettings, SocialAccount
from home.site_facts import SiteFacts


def forget_site_facts(**kwargs):
    # After the commit: a reader in between would put the old facts back.
    transaction.on_commit(SiteFacts.forget)


for model in (ProjectSettings, SocialAccount, LanguageTexts, Organisation, PageViewRestriction, Site, Locale):
    post_save.connect(forget_site_facts, sender=model, dispatch_uid=f"forget-site-facts-save-{model.__name__}")
    post_delete.connect(forget_site_facts, sender=model, dispatch_uid=f"forget-site-facts-delete-{model.__name__}")


@receiver(post_page_move)
def forget_private_paths(**kwargs):
    forget_site_facts()
