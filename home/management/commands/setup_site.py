from django.core.management.base import BaseCommand

from home.setup import set_up_site


class Command(BaseCommand):
    help = (
        "Make what every site needs: languages, a home page for each, groups with their permissions. Safe to run again."
    )

    def add_arguments(self, parser):
        parser.add_argument("--acronym", default="", help="The project's acronym, for a new site.")
        parser.add_argument("--hostname", default="", help="The site's host name. An existing site gets it as well.")
        parser.add_argument("--port", type=int, default=None, help="The site's port; 80 for a new site without one.")

    def handle(self, *, acronym, hostname, port, verbosity, **options):
        lines = []
        site = set_up_site(acronym, hostname, port, lines.append)
        for line in lines:
            self.stdout.write(f"  made: {line}")
        if verbosity and not lines:
            self.stdout.write(f"  nothing to do: {site} is set up")
