"""Comments on pages in the editor."""

import pytest
from django.urls import reverse
from wagtail.models import Comment, CommentReply

from home.models import ContentPage
from home.permissions import EDITORS
from home.roles import translators
from tests.factories.pages import make_page
from tests.factories.users import make_user
from tests.forms import served_forms

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


@pytest.fixture
def page(home_page) -> ContentPage:
    return make_page(ContentPage, home_page, "About")


@pytest.fixture
def comment(page) -> Comment:
    found = Comment.objects.create(page=page, user=make_user("author", group=EDITORS), text="Why?", contentpath="title")
    CommentReply.objects.create(comment=found, user=found.user, text="Because.")
    return found


def send(client, page, comment: Comment, *, deletes: str):
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    (form,) = [form for form in served_forms(client.get(url), url) if "slug" in form.data]
    reply = comment.replies.get()
    row = {
        "id": str(comment.pk),
        "text": comment.text,
        "contentpath": "title",
        "position": "",
        "replies-TOTAL_FORMS": "1",
        "replies-INITIAL_FORMS": "1",
        "replies-0-id": str(reply.pk),
        "replies-0-text": reply.text,
        deletes: "on",
    }
    counts = {"comments-TOTAL_FORMS": "1", "comments-INITIAL_FORMS": "1"}
    return client.post(url, form.data | counts | {f"comments-0-{name}": value for name, value in row.items()})


@pytest.mark.parametrize("deletes", ["DELETE", "replies-0-DELETE"])
def test_nobody_deletes_the_comments_of_others(client, page, comment, deletes):
    client.force_login(make_user("translator", group=translators("en")))
    answer = send(client, page, comment, deletes=deletes)
    assert answer.status_code == 200
    assert (Comment.objects.count(), CommentReply.objects.count()) == (1, 1)


def test_their_authors_delete_them_with_the_replies(client, page, comment):
    CommentReply.objects.update(user=make_user("other"))
    client.force_login(comment.user)
    assert send(client, page, comment, deletes="DELETE").status_code == 302
    assert not Comment.objects.exists()


def test_others_settle_them(client, page, comment):
    """Wagtail removes settled comments when it publishes the page."""
    client.force_login(make_user("translator", group=translators("en")))
    assert send(client, page, comment, deletes="resolved").status_code == 302
    assert not Comment.objects.filter(resolved_at=None).exists()
