"""Screens of organisations that were published before and wait for approval again."""

import pytest
from django.urls import reverse
from wagtail.models import Locale

from home.models import PartnersPage
from tests.factories.pages import make_page
from tests.factories.project import make_organisation
from tests.factories.translations import make_translations

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


@pytest.mark.parametrize("name", ["edit", "history"])
def test_a_published_translation_opens_while_it_waits_for_approval(name, home_pages, admin_client):
    make_page(PartnersPage, home_pages["fi"], "Partners")
    organisation = make_translations(make_organisation("University"), ["fi"]).get_translation(
        Locale.objects.get(language_code="fi")
    )
    organisation.save_revision().publish()
    organisation.refresh_from_db()
    revision = organisation.save_revision()
    state = organisation.get_workflow().start(organisation, None)
    assert (
        admin_client.get(reverse(f"wagtailsnippets_home_organisation:{name}", args=[organisation.pk])).status_code
        == 200
    )
    task = state.current_task_state.task_id
    preview = reverse("wagtailsnippets_home_organisation:workflow_preview", args=[organisation.pk, task])
    assert organisation.name in admin_client.get(preview).text
    shown = reverse("wagtailsnippets_home_organisation:revisions_view", args=[organisation.pk, revision.pk])
    assert admin_client.get(shown).status_code == 200
