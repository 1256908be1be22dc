"""The site that the demo stands on."""

from collections.abc import Callable

from django.conf import settings
from wagtail.models import Site

from home.demo.project_settings import FACTS
from home.models import ProjectSettings
from home.setup import set_up_site

# `make demo` serves the site on this machine alone. Full addresses (canonical links, feeds) come from the site's row.
HOST = "127.0.0.1"
LOCAL_HOSTS = {HOST, "localhost"}


def prepare_site(port: int, report: Callable[[str], None]) -> Site:
    """Set the site up, name it after the project if it has no name yet, and let its addresses fit `port`."""
    acronym = str(FACTS["acronym"])
    site = set_up_site(acronym, HOST, port, report)
    unnamed = {"", settings.WAGTAIL_SITE_NAME}
    ProjectSettings.objects.filter(site=site, acronym__in=unnamed).update(acronym=acronym)
    name = acronym if site.site_name in unnamed else site.site_name
    host, port = (HOST, port) if site.hostname in LOCAL_HOSTS else (site.hostname, site.port)
    if (site.site_name, site.hostname, site.port) != (name, host, port):
        site.site_name, site.hostname, site.port = name, host, port
        site.full_clean()
        site.save()
        report(f"address {site.root_url}")
    return site
