"""Load the demo content: `manage.py load_demo`. Safe to run again: existing pages and snippets are not changed."""

from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import module_has_submodule

from home.demo.accounts import make_accounts
from home.demo.builder import Demo
from home.demo.catalogues import Catalogue
from home.demo.indexing import index_all, indexing_deferred
from home.demo.site import prepare_site


class Command(BaseCommand):
    help = "Load the demo content in all languages, and the demo accounts. Safe to run again. Only for development."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000, help="The port that the demo is served on.")
        parser.add_argument("--force", action="store_true", help="Load the demo even if DEBUG is off.")
        parser.add_argument(
            "--write-catalogues",
            action="store_true",
            help="Write the texts of the loaded demo to the catalogues in home/demo/locale, for translators.",
        )

    def handle(self, *, port, force, write_catalogues, **options):
        if not (settings.DEBUG or force):
            raise CommandError(
                "The demo is for development: it creates accounts and pages. If DEBUG is off, it needs --force."
            )
        self.made = 0
        demo = Demo(prepare_site(port, self.report), self.report)
        try:
            with indexing_deferred():
                for module in demo_modules():
                    module.build(demo)
                demo.finish()
        finally:
            index_all(demo.made)
        accounts = make_accounts(self.report)
        if not self.made:
            self.stdout.write("    nothing to do: the demo is already loaded")
        for code, count in demo.missing.items():
            self.stdout.write(f"    {code}: {count} strings are not translated and appear in the source language")
        for locale in demo.untranslated:
            self.stdout.write(f"    {locale.language_code}: the demo has no translation, so its pages are not made")
        if write_catalogues:
            self.write_catalogues(demo)
        self.print_accounts(accounts)

    def report(self, line):
        self.made += 1
        self.stdout.write(f"    created: {line}")
        self.stdout.flush()

    def write_catalogues(self, demo):
        for locale in [*demo.targets, *demo.untranslated]:
            catalogue = Catalogue.read(locale.language_code)
            count = catalogue.write(demo.sources())
            self.stdout.write(f"    {catalogue.path(locale.language_code).name}: {count} strings to translate")

    def print_accounts(self, accounts):
        self.stdout.write("==> Accounts for /admin/ (user name / password)")
        for account, password in accounts:
            secret = password or "(password unchanged)"
            self.stdout.write(f"    {account.username} / {secret}: {account.purpose}")


def demo_modules():
    """Return the `demo` modules of the installed apps, in the order of INSTALLED_APPS."""
    return [
        import_module(f"{config.name}.demo")
        for config in apps.get_app_configs()
        if module_has_submodule(config.module, "demo")
    ]
