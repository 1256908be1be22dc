"""Approval: what reviewers and authors learn, what the menus say, and how a translation is submitted."""

import datetime
import re

import pytest
from django.contrib.auth.models import Group, User
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from wagtail.models import WorkflowState
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield
from wagtail.users.models import UserProfile
from wagtail_localize.models import StringTranslation, Translation

from home import permissions
from home.translations.links import edit_url
from home.translations.sources import translate
from news.models import NewsIndexPage, NewsPage
from tests.factories.project import make_organisation
from tests.factories.translations import make_translations, translate_segments
from tests.factories.users import make_user
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


# Words and emails


def labels(client, page) -> list[str]:
    found = soup(client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))).select("footer button, footer a")
    return [" ".join(item.get_text(" ").split()) for item in found]


def test_the_menus_name_what_the_author_wants_to_do(sent_back, client, home_page):
    assert "Submit again" in labels(client, sent_back)
    assert "Withdraw from approval" in labels(client, sent_back)
    index = sent_back.get_parent()
    new = NewsPage(title="New", slug="new", locale=home_page.locale, owner=sent_back.owner, live=False)
    index.add_child(instance=new)
    assert "Submit for approval" in labels(client, new)
    assert not [label for label in labels(client, sent_back) + labels(client, new) if "orkflow" in label]


def test_one_email_tells_a_reviewer_what_waits_and_one_the_author_that_it_is_approved(
    sent_back, client, django_capture_on_commit_callbacks
):
    User.objects.create_superuser("admin", "admin@example.org")
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        sent_back.current_workflow_state.resume(user=sent_back.owner)
    assert sorted(message.to[0] for message in mail.outbox) == ["admin@example.org", "editor@example.org"]
    message = mail.outbox[0]
    assert message.subject == "Waits for your approval: Q&A"
    text = " ".join(message.body.split())
    assert "Wilma asks you to approve “Q&A”. Read it, then approve it or ask for changes." in text
    assert f"Edit: http://localhost/admin/pages/{sent_back.pk}/edit/" in text
    editor = User.objects.get(username="editor")
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        sent_back.current_workflow_state.current_task_state.approve(user=editor)
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["writer@example.org"], "Approved: Q&A")
    assert "“Q&A” was approved." in message.body
    assert "It is public here: http://localhost/en/news/qa/" in message.body


def messages_of(response) -> list[str]:
    found = soup(response).select(".messages li")
    return [" ".join(item.find(string=True, recursive=True).parent.get_text(" ").split()) for item in found]


def decide(client, page, action: str):
    """Save the edit screen with a button of the approval, as a reviewer does."""
    data = {"title": page.title, "slug": page.slug, "date": "2025-05-05", "body": streamfield([])}
    data |= {"related_pages": inline_formset([]), "comments": inline_formset([])}
    data |= {"action-workflow-action": "1", "workflow-action-name": action, "workflow-action-extra-data": "{}"}
    return client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), nested_form_data(data), follow=True)


def test_a_reviewer_reads_what_the_approval_did(sent_back, client):
    sent_back.current_workflow_state.resume(user=sent_back.owner)
    client.force_login(User.objects.get(username="editor"))
    (message,) = messages_of(decide(client, sent_back, "approve"))
    assert message.startswith("“Q&A” was approved and is published.")


def test_a_reviewer_reads_that_changes_were_asked_for(sent_back, client):
    sent_back.current_workflow_state.resume(user=sent_back.owner)
    client.force_login(User.objects.get(username="editor"))
    (message,) = messages_of(decide(client, sent_back, "reject"))
    assert message.startswith("You asked for changes to “Q&A”. Its author gets an email.")


def test_a_scheduled_page_is_not_said_to_be_published(sent_back, client):
    sent_back.go_live_at = timezone.now() + datetime.timedelta(days=2)
    sent_back.save_revision(user=sent_back.owner)
    sent_back.current_workflow_state.resume(user=sent_back.owner)
    client.force_login(User.objects.get(username="editor"))
    state = sent_back.current_workflow_state.current_task_state
    client.post(
        reverse("wagtailadmin_pages:workflow_action", args=[sent_back.pk, "approve", state.pk]), {"comment": ""}
    )
    assert "“Q&A” was approved. It is published at the scheduled time." in messages_of(client.get("/admin/"))


@pytest.mark.parametrize("code", ["en", "fi", "et", "el"])
def test_no_screen_names_workflows(sent_back, client, code):
    UserProfile.objects.update_or_create(user=sent_back.owner, defaults={"preferred_language": code})
    sent_back.current_workflow_state.resume(user=sent_back.owner)
    names = ("edit", "history", "workflow_history", "confirm_workflow_cancellation")
    addresses = [reverse("wagtailadmin_home"), reverse("wagtailadmin_explore", args=[sent_back.get_parent().pk])]
    addresses += [reverse(f"wagtailadmin_pages:{name}", args=[sent_back.pk]) for name in names]
    shown = [soup(client.get(address)).get_text(" ") for address in addresses]
    theirs = r"\w*(?:workflow|moderat|työnk[uo]l|tarkastet|töövoo|modereeri|ροή εργασ|συντονισμ)\w*"
    assert [re.findall(theirs, text, re.IGNORECASE) for text in shown] == [[]] * len(shown)


def test_the_translation_editor_has_the_words_of_each_language(sent_back, client):
    UserProfile.objects.update_or_create(user=sent_back.owner, defaults={"preferred_language": "et"})
    catalogue = client.get(reverse("wagtail_localize:javascript_catalog")).text
    assert '"Publish in ": "Avalda: "' in catalogue
    assert '"Preview": "Eelvaade"' in catalogue


# Translations


@pytest.fixture
def translated(sent_back, home_pages, client):
    """The article is public. Its writer has begun to translate it into Finnish."""
    make_translations(NewsIndexPage.objects.get(), ["fi"])
    sent_back.get_latest_revision().publish()
    translate(sent_back, [home_pages["fi"].locale], sent_back.owner)
    translation = Translation.objects.get(source__object_id=sent_back.translation_key)
    translate_segments(sent_back, "fi")
    return translation


def test_who_cannot_publish_submits_a_translation(translated, client, django_capture_on_commit_callbacks):
    finnish = translated.get_target_instance()
    edit, submit = (
        reverse("wagtailadmin_pages:edit", args=[finnish.pk]),
        reverse("translations:submit", args=[translated.pk]),
    )
    assert soup(client.get(edit)).select_one(f'form[action="{submit}"] button').get_text(strip=True) == (
        "Submit for approval"
    )
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(submit)["Location"] == edit
    assert [message.subject for message in mail.outbox] == ["Waits for your approval: fi Q&A"]
    assert "This translation waits for approval." in client.get(edit).text
    assert client.post(submit).status_code == 302, "Wagtail leads who may not do it to the dashboard"
    assert WorkflowState.objects.filter(object_id=str(finnish.pk)).count() == 1
    client.force_login(User.objects.get(username="editor"))
    assert "This translation waits for your approval." in client.get(edit).text
    with django_capture_on_commit_callbacks(execute=True):
        finnish.current_workflow_state.current_task_state.approve(user=User.objects.get(username="editor"))
    finnish.refresh_from_db()
    assert (finnish.live, finnish.title) == (True, "fi Q&A")


def test_a_translation_that_needs_changes_is_submitted_again(translated, client):
    finnish = translated.get_target_instance()
    submit = reverse("translations:submit", args=[translated.pk])
    client.post(submit)
    finnish.current_workflow_state.current_task_state.reject(user=User.objects.get(username="editor"), comment=COMMENT)
    client.post(submit)
    states = WorkflowState.objects.filter(object_id=str(finnish.pk)).values_list("status", flat=True)
    assert list(states) == [WorkflowState.STATUS_IN_PROGRESS]


@pytest.mark.parametrize("group", [permissions.EDITORS, "Translators: Finnish", "Translators: Estonian"])
def test_others_do_not_submit_a_translation(translated, client, group):
    """Who publishes needs no approval, and who may not change the translation submits nothing."""
    client.force_login(make_user("someone", group=group))
    client.post(reverse("translations:submit", args=[translated.pk]))
    assert not WorkflowState.objects.filter(object_id=str(translated.get_target_instance().pk)).exists()


def submit_again_after_approval(translated, client, capture_on_commit_callbacks):
    """Submit the translation, approve it, submit it with another title, and return the public translation."""
    finnish = translated.get_target_instance()
    submit = reverse("translations:submit", args=[translated.pk])
    with capture_on_commit_callbacks(execute=True):
        client.post(submit)
        finnish.current_workflow_state.current_task_state.approve(user=User.objects.get(username="editor"))
    StringTranslation.objects.filter(context__path="title", locale=finnish.locale).update(data="fi Questions")
    client.post(submit)
    return finnish


def test_a_submitted_translation_of_a_public_page_is_not_public(translated, client, django_capture_on_commit_callbacks):
    finnish = submit_again_after_approval(translated, client, django_capture_on_commit_callbacks)
    editor = User.objects.get(username="editor")
    finnish.refresh_from_db()
    assert (finnish.live, finnish.title, finnish.has_unpublished_changes) == (True, "fi Q&A", True)
    assert finnish.get_latest_revision_as_object().title == "fi Questions"
    with django_capture_on_commit_callbacks(execute=True):
        finnish.current_workflow_state.current_task_state.approve(user=editor)
    finnish.refresh_from_db()
    assert (finnish.title, finnish.has_unpublished_changes) == ("fi Questions", False)


@pytest.mark.parametrize("decided", ["approved", "sent back"])
def test_a_translation_waits_on_when_its_source_is_published(
    translated, client, django_capture_on_commit_callbacks, decided
):
    finnish = submit_again_after_approval(translated, client, django_capture_on_commit_callbacks)
    editor = User.objects.get(username="editor")
    if decided == "sent back":
        finnish.current_workflow_state.current_task_state.reject(user=editor)
    StringTranslation.objects.filter(context__path="title", locale=finnish.locale).update(data="fi not finished")
    status = finnish.current_workflow_state.status
    article = NewsPage.objects.get(pk=translated.source.get_source_instance().pk)
    article.date = datetime.date(2025, 6, 7)
    with django_capture_on_commit_callbacks(execute=True):
        article.save_revision(user=editor).publish(user=editor)
    finnish = NewsPage.objects.get(pk=finnish.pk)
    assert (finnish.title, finnish.date, finnish.has_unpublished_changes) == ("fi Q&A", article.date, True)
    assert finnish.current_workflow_state is not None
    assert finnish.current_workflow_state.status == status
    draft = finnish.get_latest_revision_as_object()
    assert (draft.title, draft.date) == ("fi Questions", article.date)
    assert finnish.current_workflow_state.current_task_state.revision == finnish.get_latest_revision()
    if decided == "approved":
        with django_capture_on_commit_callbacks(execute=True):
            finnish.current_workflow_state.current_task_state.approve(user=editor)
        finnish.refresh_from_db()
        assert (finnish.title, finnish.date, finnish.has_unpublished_changes) == ("fi Questions", article.date, False)


def test_a_translation_of_a_public_organisation_is_submitted_and_approved(
    home_page, client, django_capture_on_commit_callbacks
):
    partner = make_translations(make_organisation("Turku", description="In Finland"), ["fi"])
    writer, editor = (
        make_user("writer", group=permissions.PARTNER_EDITORS),
        make_user("editor", group=permissions.EDITORS),
    )
    partner.editors.add(writer)
    translation = Translation.objects.get(source__object_id=partner.translation_key)
    finnish = translation.get_target_instance()
    StringTranslation.objects.filter(context__path="description", locale=finnish.locale).update(data="Suomessa")
    client.force_login(writer)
    submit = reverse("translations:submit", args=[translation.pk])
    assert soup(client.get(edit_url(finnish))).select_one(f'form[action="{submit}"] button')
    with django_capture_on_commit_callbacks(execute=True):
        client.post(submit)
    finnish.refresh_from_db()
    assert (finnish.live, finnish.description, finnish.has_unpublished_changes) == (True, "fi In Finland", True)
    with django_capture_on_commit_callbacks(execute=True):
        finnish.current_workflow_state.current_task_state.approve(user=editor)
    finnish.refresh_from_db()
    assert (finnish.live, finnish.description, finnish.has_unpublished_changes) == (True, "Suomessa", False)


STEP = {"action_name": "approve"}


@pytest.fixture
def waiting(home_page):
    """Two articles and an organisation that wait for an approval, none of them public."""
    index = home_page.add_child(instance=NewsIndexPage(title="News", slug="news", locale=home_page.locale))
    rows = [
        index.add_child(instance=NewsPage(title=f"Secret {name}", slug=name, locale=home_page.locale, live=False))
        for name in ("one", "two")
    ]
    rows.append(make_organisation("Secret partner", live=False))
    for row in rows:
        row.save_revision()
        row.get_workflow().start(row, None)
    return rows


def step_urls(page, step) -> list[str]:
    names = ("workflow_action", "collect_workflow_action_data")
    return [
        reverse(f"wagtailadmin_pages:{name}", kwargs=STEP | {"page_id": page.pk, "task_state_id": step})
        for name in names
    ]


@pytest.mark.parametrize("group", ["Translators: Finnish", permissions.COORDINATORS, permissions.DATA_PROTECTION])
@pytest.mark.parametrize("is_waiting", [True, False])
def test_steps_of_an_approval_say_nothing_to_those_who_may_not_edit_the_page(waiting, client, group, is_waiting):
    page = waiting[0]
    step = page.current_workflow_task_state
    if not is_waiting:
        page.current_workflow_state.cancel()
    client.force_login(make_user("other", group=group))
    for url in (
        *step_urls(page, step.pk),
        reverse("wagtailadmin_pages:confirm_workflow_cancellation", args=[page.pk]),
        reverse("wagtailadmin_pages:workflow_preview", args=[page.pk, step.task_id]),
    ):
        refused = client.get(url)
        assert refused.status_code in {302, 403}
        assert page.title not in refused.text + client.get("/admin/").text


def test_a_step_is_one_of_the_page_in_the_address(waiting, client):
    one, two, organisation = waiting
    client.force_login(make_user("editor", group=permissions.EDITORS))
    foreign = [
        *step_urls(one, two.current_workflow_task_state.pk),
        *step_urls(one, organisation.current_workflow_task_state.pk),
        reverse(
            organisation.snippet_viewset.get_url_name("workflow_action"),
            kwargs=STEP | {"pk": organisation.pk, "task_state_id": one.current_workflow_task_state.pk},
        ),
    ]
    assert {client.post(url).status_code for url in foreign} == {404}
    assert [row.workflow_in_progress for row in waiting] == [True, True, True]
    assert client.post(step_urls(one, one.current_workflow_task_state.pk)[0]).status_code == 302
    one.refresh_from_db()
    assert one.live
