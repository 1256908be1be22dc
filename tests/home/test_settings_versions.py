"""Versions of the project's settings: each save keeps one, and editors return to it."""

import pytest
from django.urls import reverse

from home import permissions
from home.models import LanguageTexts, ProjectSettings
from tests.factories.project import describe_project, write_texts
from tests.factories.users import make_user
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


@pytest.fixture
def project(home_page) -> ProjectSettings:
    write_texts("en")
    return describe_project()


@pytest.fixture
def editor(client):
    user = make_user("editor", group=permissions.EDITORS)
    client.force_login(user)
    return user


def save(client, project, **fields):
    """Send the form of the settings as it is shown, with these fields changed."""
    url = reverse("wagtailsettings:edit", args=["home", "projectsettings", project.site_id])
    data = {}
    for field in soup(client.get(url)).select("form[method=POST] [name], form[method=post] [name]"):
        if field.name == "select":
            chosen = field.select_one("option[selected]")
            data[field["name"]] = chosen["value"] if chosen else ""
        elif field.name == "textarea":
            data[field["name"]] = field.get_text().strip()
        elif field.get("type") != "checkbox":
            data[field["name"]] = field.get("value", "")
    return client.post(url, {name: value for name, value in data.items() if "__prefix__" not in name} | fields)


def version_url(project, version) -> str:
    return reverse("project_settings:version", args=[project.site_id, version.pk])


def test_each_save_keeps_a_version_and_the_first_what_was_there(project, editor, client):
    assert save(client, project, acronym="Lantern").status_code == 302
    save(client, project, acronym="Candle")
    versions = project.revisions.order_by("pk")
    assert [version.content["acronym"] for version in versions] == ["Beacon", "Lantern", "Candle"]
    assert [version.user for version in versions] == [None, editor, editor]
    history = client.get(reverse("project_settings:history", args=[project.site_id]))
    links = [link["href"] for link in soup(history).select("td a")]
    assert links == [version_url(project, version) for version in list(versions)[1::-1]]


def test_return_to_a_version(project, editor, client):
    save(client, project, acronym="Lantern", **{"texts-0-disclaimer": "Another disclaimer."})
    first = project.revisions.earliest("pk")
    shown = client.get(version_url(project, first)).text
    assert "Lantern" in shown
    assert "Another" in shown
    client.post(version_url(project, first))
    project.refresh_from_db()
    assert project.acronym == "Beacon"
    assert [text.disclaimer for text in LanguageTexts.objects.all()] == ["Views are those of the authors (en)."]
    assert project.revisions.count() == 3


def test_what_no_longer_fits_is_not_restored(project, editor, client):
    save(client, project, acronym="Lantern")
    first = project.revisions.earliest("pk")
    first.content["starts_on"] = "2030-01-01"
    first.save()
    answer = client.post(version_url(project, first), follow=True)
    assert "The last day cannot be before the first day." in answer.text
    project.refresh_from_db()
    assert project.acronym == "Lantern"


def test_versions_are_for_those_who_change_the_settings(project, client):
    version = project.save_revision()
    for number, group in enumerate((permissions.PARTNER_EDITORS, permissions.EVENT_ORGANISERS, "Translators: English")):
        client.force_login(make_user(f"user{number}", group=group))
        assert client.get(reverse("project_settings:history", args=[project.site_id])).status_code == 302
        assert client.post(version_url(project, version)).status_code == 302
    assert project.revisions.count() == 1


def test_a_version_that_does_not_exist(project, editor, client):
    for site, version in ((project.site_id, 10**6), (10**6, 1)):
        assert client.get(reverse("project_settings:version", args=[site, version])).status_code == 404
