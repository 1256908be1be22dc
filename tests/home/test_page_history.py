"""The history of a page: what was published, and how an earlier version is restored."""

import pytest
from django.urls import reverse
from wagtail.log_actions import LogContext
from wagtail.models import PageLogEntry

from home.models import ContentPage
from tests.factories.events import commit, in_language, publish
from tests.factories.translations import make_translations
from tests.home.test_editor import form_values
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


@pytest.fixture
def page(home_page):
    """A published page with translations into three languages."""
    page = home_page.add_child(instance=ContentPage(title="Page", slug="page", lead="First.", locale=home_page.locale))
    publish(page)
    make_translations(page)
    return page


def save_and_publish(client, page, answer, **changes: str) -> None:
    values = form_values(answer, ContentPage) | changes | {"action-publish": "yes"}
    with commit():
        assert client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), values).status_code == 302


def history(client, page) -> list[str]:
    rows = soup(client.get(reverse("wagtailadmin_pages:history", args=[page.pk]))).select("tbody tr")
    return [" ".join(row.td.get_text(" ").split()) for row in rows]


def test_history_keeps_published_when_translations_are_published_in_the_same_request(page, admin_client):
    # As in a request: the translations are updated after its commit.
    with LogContext():
        publish(page, lead="Second.")
    entries = PageLogEntry.objects.filter(action="wagtail.publish").exclude(uuid=None)
    assert (len(set(entries.values_list("uuid", flat=True))), entries.count()) == (1, 4)
    for code in ("en", "fi", "et", "el"):
        published = [row for row in history(admin_client, in_language(page, code)) if row.startswith("Published")]
        assert "Live version" in published[0]


def test_an_earlier_version_is_restored_from_the_history(page, admin_client):
    for lead in ("First again.", "Second."):
        edit = admin_client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
        save_and_publish(admin_client, page, edit, lead=lead)
    shown = soup(admin_client.get(reverse("wagtailadmin_pages:history", args=[page.pk])))
    reverts = [link["href"] for link in shown.select("tbody a[href]") if link["href"].endswith("/revert/")]
    answer = admin_client.get(reverts[-1])
    assert soup(answer).find("textarea", {"name": "lead"}).get_text().strip() == "First again."
    save_and_publish(admin_client, page, answer)
    page.refresh_from_db()
    assert page.lead == "First again."
    assert "Live version" in history(admin_client, page)[0]


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("wagtailadmin_pages:history", "timestamp_from"),
        ("wagtailadmin_pages:history_results", "timestamp_from"),
        ("wagtailadmin_reports:site_history", "timestamp_from"),
        ("wagtailadmin_reports:site_history_results", "timestamp_to"),
        ("wagtailadmin_explore", "latest_revision_created_at_from"),
        ("wagtailadmin_explore_results", "latest_revision_created_at_to"),
    ],
)
def test_a_filter_that_cannot_be_read_says_so(page, admin_client, name, parameter):
    address = reverse(name, args=[] if "site_history" in name else [page.pk])
    shown = soup(admin_client.get(address, {parameter: "31.2.2026"}))
    assert [" ".join(box.get_text(" ").split()) for box in shown.select(".help-critical")] == [
        "Date updated: Enter a valid date. The list is not filtered."
        if "explore" in name
        else "Date: Enter a valid date. The list is not filtered."
    ]
    assert not soup(admin_client.get(address, {parameter: "2026-02-28"})).select(".help-critical")
