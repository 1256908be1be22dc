"""Translations that are assigned to people: by whom, to whom, emails, the dashboard, and being done."""

import datetime

import pytest
from django.contrib.auth.models import Group, User
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale
from wagtail.users.models import UserProfile

from accounts.hand_over import leave
from home import permissions
from home.models import AssignmentMails, ContentPage, TranslationAssignment
from home.translations import assignments
from tests.factories.users import make_editor
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


@pytest.fixture
def pages(home_pages) -> list[ContentPage]:
    home = home_pages["en"]
    return [
        home.add_child(instance=ContentPage(title=title, slug=title.lower(), locale=home.locale))
        for title in ("First", "Second")
    ]


@pytest.fixture
def translator(db) -> User:
    user = User.objects.create_user("translator", "translator@example.org", first_name="Tiina")
    user.groups.add(Group.objects.get(name="Translators: Finnish"))
    UserProfile.objects.create(user=user, preferred_language="fi")
    return user


@pytest.fixture
def finnish(db) -> Locale:
    return Locale.objects.get(language_code="fi")


@pytest.fixture
def assign(client, pages, translator, finnish, django_capture_on_commit_callbacks):
    """Send the form below the list of translations as an editor, or as `user`."""

    def send(user=None, **changes):
        client.force_login(user or User.objects.filter(username="editor").first() or make_editor())
        form = {
            "keys": [str(page.translation_key) for page in pages],
            "locale": finnish.pk,
            "assignee": translator.pk,
            "due_on": "2030-05-01",
        }
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(reverse("translations:assign"), form | changes, follow=True)

    return send


def test_an_assignment_is_mailed_in_the_language_of_the_translator(assign, translator):
    assign()
    found = TranslationAssignment.objects.values_list("title", "assignee__username", "due_on", "assigned_by__username")
    assert list(found) == [(title, "translator", datetime.date(2030, 5, 1), "editor") for title in ("First", "Second")]
    [message] = mail.outbox
    assert message.to == [translator.email]
    assert message.subject == "2 käännöstä odottaa sinua"
    assert "First (suomi)" in message.body
    assert "1.5.2030" in message.body


def test_assigning_again_replaces_the_person_and_the_day(assign, finnish):
    assign()
    other = User.objects.create_user("other")
    other.groups.add(Group.objects.get(name="Translators: Finnish"))
    assign(assignee=other.pk, due_on="")
    found = TranslationAssignment.objects.values_list("assignee__username", "due_on")
    assert list(found) == [("other", None), ("other", None)]


@pytest.mark.parametrize(
    "changes", [{"keys": []}, {"keys": ["wrong"]}, {"assignee": ""}, {"locale": "99"}, {"due_on": "soon"}]
)
def test_incomplete_forms_are_refused_in_words(changes, assign):
    page = soup(assign(**changes))
    assert "Choose at least one page, a language and a person." in page.get_text()
    assert not TranslationAssignment.objects.exists()


def test_nobody_gets_what_they_may_not_translate(assign):
    greek = Locale.objects.get(language_code="el")
    page = soup(assign(locale=greek.pk))
    assert "does not have permission to translate into Greek" in page.get_text()
    assert not TranslationAssignment.objects.exists()
    assert mail.outbox == []


def test_only_people_who_start_translations_assign_them(assign, translator, client):
    assign(user=translator)
    assert not TranslationAssignment.objects.exists()
    page = soup(client.get(reverse("translations:overview")))
    assert page.select("#assign-form") == []


def test_the_form_offers_people_who_may_write_or_translate(assign, client, translator):
    User.objects.create_user("answering").groups.add(Group.objects.get(name=permissions.COORDINATORS))
    User.objects.create_superuser("administrator")
    assign()
    page = soup(client.get(reverse("translations:overview")))
    assert [option.get_text() for option in page.select("#assign-form [name=assignee] option[value]")[1:]] == [
        "administrator",
        "editor",
        "Tiina",
    ]
    languages = page.select("#assign-form [name=locale] option")
    assert [option.get_text() for option in languages][1:] == ["English", "Finnish", "Estonian", "Greek"]


def test_the_list_shows_who_translates_by_when(assign, client):
    assign()
    page = soup(client.get(reverse("translations:overview")))
    assert page.select_one("#assign-form") is not None
    assert len(page.select("input[form=assign-form]")) >= 2
    assert "suomi" not in page.get_text()
    assert "Finnish: Tiina" in " ".join(page.get_text().split())


def test_the_dashboard_lists_them_until_they_are_done(assign, translator, client):
    assign(due_on="2020-01-01")
    client.force_login(translator)
    panel = soup(client.get(reverse("wagtailadmin_home"))).select_one("section[aria-labelledby=assignments-heading]")
    assert len(panel.select("tbody tr")) == 2
    assert "myöhässä" in panel.get_text()
    # Starting the translation, and being done.
    actions = [form["action"] for form in panel.select("form")]
    assert actions.count(reverse("translations:start")) == 2
    for pk in TranslationAssignment.objects.values_list("pk", flat=True):
        client.post(reverse("translations:finish", args=[pk]))
    assert TranslationAssignment.objects.filter(done_at=None).count() == 0
    assert soup(client.get(reverse("wagtailadmin_home"))).select("section[aria-labelledby=assignments-heading]") == []


def test_others_cannot_finish_them(assign, client):
    assign()
    other = User.objects.create_user("other")
    other.groups.add(Group.objects.get(name=permissions.PARTNER_EDITORS))
    client.force_login(other)
    client.post(reverse("translations:finish", args=[TranslationAssignment.objects.first().pk]))
    assert TranslationAssignment.objects.filter(done_at=None).count() == 2


@pytest.mark.parametrize(("rhythm", "days"), [("at_once", 7), ("daily", 1), ("weekly", 7), ("never", None)], ids=str)
def test_a_digest_follows_the_rhythm_that_the_user_chose(rhythm, days, assign, translator):
    AssignmentMails.objects.create(user=translator, rhythm=rhythm)
    assign()
    assert len(mail.outbox) == (1 if rhythm == "at_once" else 0)
    mail.outbox.clear()
    now = timezone.now()
    sent = []
    for day in range(9):
        assignments.enqueue_digests(now + datetime.timedelta(days=day, minutes=1))
        sent += [day] * len(mail.outbox)
        mail.outbox.clear()
    assert sent[:1] == ([days] if days else [])
    assert len(sent) == {1: 8, 7: 1, None: 0}[days]


def test_there_is_no_digest_without_open_translations(assign, translator):
    assign()
    TranslationAssignment.objects.update(done_at=timezone.now())
    mail.outbox.clear()
    assert assignments.enqueue_digests(timezone.now() + datetime.timedelta(days=30)) == 0
    assert mail.outbox == []


def test_the_rhythm_is_chosen_in_the_account(client, translator):
    client.force_login(translator)
    page = soup(client.get(reverse("wagtailadmin_account")))
    field = page.select_one("select[name=assignment_mails-rhythm], input[name=assignment_mails-rhythm]")
    assert field is not None


def test_open_translations_are_handed_over(assign, translator):
    assign()
    successor = User.objects.create_user("successor")
    successor.groups.add(Group.objects.get(name="Translators: Finnish"))
    leave(translator, successor)
    assert {item.assignee for item in TranslationAssignment.objects.all()} == {successor}
    leave(successor, None)
    assert not TranslationAssignment.objects.exists()


def test_open_translations_are_not_handed_over_to_someone_who_may_not_translate_them(assign, translator):
    assign()
    leave(translator, User.objects.create_user("successor"))
    assert not TranslationAssignment.objects.exists()


def test_titles_are_not_sent_to_someone_who_may_no_longer_translate(assign, translator, client):
    assign()
    mail.outbox.clear()
    translator.groups.set([Group.objects.get(name="Translators: Estonian")])
    assignments.enqueue_digests(timezone.now() + datetime.timedelta(days=30))
    assert mail.outbox == []
    client.force_login(translator)
    assert soup(client.get(reverse("wagtailadmin_home"))).select("section[aria-labelledby=assignments-heading]") == []


def test_hostile_titles_and_addresses_stay_text_and_here(assign, pages, client):
    pages[0].title = pages[0].draft_title = "<script>alert(1)</script>"
    pages[0].save()
    # The Estonian language is not one that the person translates, so the message names the title.
    answer = assign(locale=Locale.objects.get(language_code="et").pk, next="https://evil.example.org/")
    assert answer.redirect_chain[-1][0] == reverse("translations:overview")
    text = answer.content.decode()
    assert "alert(1)" in text
    assert "<script>alert(1)" not in text


def test_a_translator_cannot_finish_what_another_translator_has(assign, client):
    assign()
    other = User.objects.create_user("other")
    other.groups.add(Group.objects.get(name="Translators: Finnish"))
    client.force_login(other)
    client.post(reverse("translations:finish", args=[TranslationAssignment.objects.first().pk]), {"next": "//evil.org"})
    assert TranslationAssignment.objects.filter(done_at=None).count() == 2


def test_a_deleted_page_says_so(assign, pages, translator):
    assign()
    pages[0].delete()
    items = assignments.open_items(translator)
    assert [item.row is None for item in items] == [True, False]
