"""Importing redirects: data that is missing, changed or gone is no fault of the server."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect

from home.permissions import PARTNER_EDITORS
from tests.factories.users import make_editor, make_user
from tests.html import soup

pytestmark = [pytest.mark.any_database]

PROCESS = "wagtailredirects:process_import"


@pytest.fixture
def confirmed(home_page, client) -> dict[str, str]:
    """What the form sends that asks to confirm the columns of an uploaded file."""
    client.force_login(make_editor())
    upload = SimpleUploadedFile("redirects.csv", b"from,to\n/old/,https://example.org/\n", "text/csv")
    page = soup(client.post(reverse("wagtailredirects:start_import"), {"import_file": upload}))
    hidden = {name: page.select_one(f"input[name={name}]")["value"] for name in ("import_file_name", "input_format")}
    return hidden | {"from_index": "0", "to_index": "1", "permanent": "on"}


def test_redirects_are_imported_once(confirmed, client):
    assert client.post(reverse(PROCESS), confirmed).status_code == 302
    assert Redirect.objects.get().old_path == "/old"
    again = client.post(reverse(PROCESS), confirmed)
    assert (again.status_code, again["Location"]) == (302, reverse("wagtailredirects:start_import"))


@pytest.mark.parametrize("changes", [{"input_format": ""}, {"input_format": "0"}, {"import_file_name": "/etc/passwd"}])
def test_data_that_is_missing_or_changed_is_refused(changes, confirmed, client):
    assert client.post(reverse(PROCESS), confirmed | changes).status_code == 400
    assert not Redirect.objects.exists()


def test_only_those_who_may_add_redirects_import_them(confirmed, client):
    client.force_login(make_user("writer", group=PARTNER_EDITORS))
    assert client.post(reverse(PROCESS), confirmed)["Location"] == reverse("wagtailadmin_home")
    assert not Redirect.objects.exists()
