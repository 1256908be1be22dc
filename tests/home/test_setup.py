"""`manage.py setup_site`: what it makes, and that a second run changes nothing but the address."""

import pytest
from django.core.management import call_command
from wagtail.models import Page, Site

pytestmark = pytest.mark.django_db


def address() -> tuple[str, int]:
    return Site.objects.values_list("hostname", "port").get()


def test_second_run_changes_nothing(capsys):
    before = address(), Page.objects.count()
    call_command("setup_site")
    assert (address(), Page.objects.count()) == before
    assert "nothing to do" in capsys.readouterr().out


def test_site_follows_the_address_that_is_given(capsys):
    """Links in emails begin with it, so a site that was set up without an address can be corrected."""
    call_command("setup_site", hostname="www.beacon.example", port=443)
    assert address() == ("www.beacon.example", 443)
    assert "made: address https://www.beacon.example" in capsys.readouterr().out
    call_command("setup_site", acronym="OTHER")
    assert address() == ("www.beacon.example", 443)


def test_wrong_address_is_refused():
    Site.objects.create(hostname="other.example", port=443, root_page=Page.objects.get(depth=1))
    before = Site.objects.get(is_default_site=True).hostname
    with pytest.raises(Exception, match="already exists"):
        call_command("setup_site", hostname="other.example", port=443)
    assert Site.objects.get(is_default_site=True).hostname == before
