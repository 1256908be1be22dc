"""An empty site whose languages and content types have other numbers than those of the demo, in the shell of the site."""

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F, ForeignKey
from wagtail.models import Locale
from wagtail_localize.models import TranslationSource

from home.models import HomePage, StaleString
from home.translations.sync import synchronise


def set_up() -> None:
    with transaction.atomic(), connection.constraint_checks_disabled():
        for model in apps.get_models(include_auto_created=True):
            for field in model._meta.local_fields:
                if isinstance(field, ForeignKey) and field.related_model is ContentType:
                    model._base_manager.update(**{field.name: F(field.attname) + 1000})
        ContentType.objects.update(id=F("id") + 1000)
    ContentType.objects.clear_cache()
    for code in ["el", "et", "fi"]:
        Locale.objects.create(language_code=code)
    call_command("setup_site", hostname="127.0.0.1", port=8000, verbosity=0)


def change_source() -> None:
    """Change a text of the English home page, and check that the Finnish one goes on from its translations."""
    english = HomePage.objects.get(locale__language_code="en")
    finnish = HomePage.objects.get(locale__language_code="fi")
    english.headline = "A new headline"
    english.save_revision().publish()
    source = TranslationSource.objects.get_for_instance(english)
    synchronise(source)
    after = HomePage.objects.get(pk=finnish.pk)
    assert (after.headline, after.lead, after.title) == (finnish.headline, finnish.lead, finnish.title)
    assert finnish.lead != english.lead
    stale = StaleString.objects.filter(translation__source=source, translation__target_locale=finnish.locale)
    assert [row.string.data for row in stale] == ["A new headline"]
