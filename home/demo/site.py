"""The Wagtail site of the demo."""

from collections.abc import Callable

from django.conf import settings
from wagtail.models import Site

from home.demo.project_settings import SETTINGS
from home.models import ProjectSettings
from home.setup import set_up_site

# `make demo` serves the site only on this machine. Absolute addresses (canonical links, feeds) use this host and port.
HOST = "127.0.0.1"
LOCAL_HOSTS = {HOST, "localhost"}


def prepare_site(port: int, report: Callable[[str], None]) -> Site:
    """Set up the site, name it after the project if it has no name, and set its host and port."""
    acronym = str(SETTINGS["acronym"])
    site = set_up_site(acronym, report=report)
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
