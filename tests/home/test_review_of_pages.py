"""What the author of a submitted page learns when a reviewer asks for changes."""

import pytest
from django.contrib.auth.models import Group, User
from django.core import mail
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from home import permissions
from news.models import NewsIndexPage, NewsPage
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

COMMENT = 'Name the hospital & add a "picture".'


@pytest.fixture
def sent_back(home_page, client, django_capture_on_commit_callbacks):
    """An article that its author, who is signed in, submitted, and that an editor sent back with a comment."""
    writer = User.objects.create_user("writer", "writer@example.org", first_name="Wilma")
    writer.groups.add(Group.objects.get(name=permissions.PARTNER_EDITORS))
    editor = User.objects.create_user("editor", "editor@example.org", first_name="Eeva", last_name="Editor")
    editor.groups.add(Group.objects.get(name=permissions.EDITORS))
    index = home_page.add_child(instance=NewsIndexPage(title="News", slug="news", locale=home_page.locale))
    article = index.add_child(
        instance=NewsPage(title="Q&A", slug="qa", locale=home_page.locale, owner=writer, live=False)
    )
    article.save_revision(user=writer)
    state = article.get_workflow().start(article, writer)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        state.current_task_state.reject(user=editor, comment=COMMENT)
    client.force_login(writer)
    return article


def test_comment_of_a_reviewer_is_shown_above_the_page(sent_back, client):
    page = soup(client.get(reverse("wagtailadmin_pages:edit", args=[sent_back.pk])))
    message = " ".join(page.select_one(".messages .warning").get_text(" ").split())
    assert message.startswith(f"Eeva Editor asks for changes: “{COMMENT}” Change it and submit it again.")


def test_email_of_a_reviewer_asks_for_changes(sent_back):
    message = next(item for item in mail.outbox if item.to == ["writer@example.org"])
    assert message.subject == "Changes are needed: Q&A"
    text = " ".join(message.body.split())
    assert "Eeva Editor has read “Q&A” and asks for changes before it is published." in text
    assert COMMENT in text
    assert f"Change it and submit it again: http://localhost/admin/pages/{sent_back.pk}/edit/" in text
    assert "reject" not in text


def test_line_breaks_in_a_title_do_not_keep_the_reviewers_from_an_email(
    sent_back, client, django_capture_on_commit_callbacks
):
    data = {"title": "Sea\r\nBcc: x@example.org\u202e", "slug": "sea", "date": "2025-05-05", "action-submit": "1"}
    data |= {"body": streamfield([]), "related_pages": inline_formset([]), "comments": inline_formset([])}
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("wagtailadmin_pages:edit", args=[sent_back.pk]), nested_form_data(data))
    (message,) = [item for item in mail.outbox if item.to == ["editor@example.org"]]
    assert "Sea Bcc: x@example.org" in message.subject
    sent_back.refresh_from_db()
    assert sent_back.draft_title == "Sea Bcc: x@example.org"
