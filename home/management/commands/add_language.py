"""Add a language of LANGUAGES to the site: `manage.py add_language sv`. docs/languages.md describes all steps."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from home.new_language import catalogue, make_catalogue, missing
from home.setup import set_up_site


class Command(BaseCommand):
    help = (
        "Add a language that is in LANGUAGES: its page tree, with the home page as a draft, its group of translators and "
        "the catalogue of the interface; and say what is missing. Safe to run again: it then says what is still missing."
    )

    def add_arguments(self, parser):
        parser.add_argument("code", help="The code of the language, such as sv.")

    def handle(self, *, code, **options):
        codes = [known for known, _name in settings.LANGUAGES]
        if code not in codes:
            raise CommandError(
                f"{code} is not a language of the site. Set LANGUAGES={','.join([*codes, code])} in the environment of the "
                "site, restart its processes, and run this command again."
            )
        lines = []
        set_up_site(report=lines.append)
        try:
            if make_catalogue(code):
                lines.append(f"catalogue {catalogue(code)}")
        except OSError as error:
            self.stderr.write(f"  not made: catalogue {catalogue(code)} ({error.strerror})")
        for line in lines:
            self.stdout.write(f"  made: {line}")
        found = missing(code)
        self.stdout.write(f"{len(found)} things are missing:" if found else "Nothing is missing.")
        for line in found:
            self.stdout.write(f"  - {line}")
