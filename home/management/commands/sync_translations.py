from django.core.management.base import BaseCommand, CommandError
from wagtail_localize.models import TranslationSource

from home.translations.sync import synchronise


class Command(BaseCommand):
    help = (
        "Bring translations up to date with their published sources: those that failed, and those that an interrupted "
        "task left behind. Safe to run again; what is up to date is left alone."
    )

    def handle(self, *, verbosity, **options):
        failures = []
        for source in TranslationSource.objects.filter(translations__enabled=True).distinct().order_by("pk"):
            failures += [(source.object_repr, failure) for failure in synchronise(source)]
        for title, failure in failures:
            self.stderr.write(f"{title} ({failure.translation.target_locale}): {failure.reason}")
        if failures:
            raise CommandError(f"{len(failures)} translations could not be brought up to date.")
        if verbosity:
            self.stdout.write("The translations are up to date.")
