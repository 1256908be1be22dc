"""The demo: complete, correct, not copied, and safe to load again."""

import datetime
import hashlib
import html
import re
from collections import Counter
from io import StringIO

import polib
import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client, TestCase
from wagtail.fields import StreamField
from wagtail.models import Page, Revision, Site
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource

from home.demo import catalogues
from home.demo.accounts import ACCOUNTS, PASSWORD
from home.management.commands.load_demo import demo_modules
from home.models import BasePage, ContentPage, Organisation, ProjectPage, ProjectSettings
from tests.home.demo_content import EARLIER_TEXT, EXPECTED_TEXTS, TIMETABLE

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.slow]

LANGUAGES = ["en", "fi", "et", "el"]
TARGETS = LANGUAGES[1:]


def load(*options: str) -> str:
    """Load the demo, run its on-commit callbacks, and return what the command prints."""
    output = StringIO()
    with TestCase.captureOnCommitCallbacks(execute=True):
        call_command("load_demo", "--force", *options, stdout=output)
    return output.getvalue()


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """Load the demo into a new site without a name and yield the output of the command. Tests may change the data."""
    with django_db_blocker.unblock(), transaction.atomic():
        ProjectSettings.objects.update(acronym="")
        Site.objects.update(site_name="")
        yield load()
        transaction.set_rollback(True)


def snapshot():
    counts = {model._meta.label: model._default_manager.count() for model in apps.get_models()}
    return counts, list(Page.objects.order_by("pk").values_list("pk", "latest_revision", "title", "live", "path"))


def page_types():
    return [model for model in apps.get_models() if issubclass(model, BasePage)]


def live_pages(language):
    return Page.objects.live().filter(locale__language_code=language, depth__gte=2).specific().order_by("path")


def main_text(url):
    response = Client().get(url, headers={"host": "127.0.0.1"})
    assert response.status_code == 200, url
    main = re.search(r"<main.*</main>", response.content.decode(), re.DOTALL).group()
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


# Loading


def test_load_demo_refuses_a_production_site(settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="--force"):
        call_command("load_demo")


def test_every_app_builds_its_part_of_the_demo():
    names = ["home.demo", "events.demo", "news.demo", "factsheets.demo"]
    assert [module.__name__ for module in demo_modules()] == names


def test_loading_again_changes_nothing(loaded):
    before = snapshot()
    assert "nothing to do" in load()
    assert snapshot() == before


def test_loading_again_keeps_changes_of_editors(loaded):
    page = ProjectPage.objects.get(locale__language_code="en")
    page.lead = "Changed by an editor."
    page.save_revision().publish()
    finnish = ProjectPage.objects.get(locale__language_code="fi")
    finnish.unpublish()
    before = snapshot()
    load()
    assert snapshot() == before
    assert ProjectPage.objects.get(pk=page.pk).lead == "Changed by an editor."
    assert not ProjectPage.objects.get(pk=finnish.pk).live


def test_loading_again_creates_missing_pages_and_translations(loaded):
    ContentPage.objects.all().delete()
    assert "created: page Levels and credits" in load()
    assert ContentPage.objects.live().count() == len(LANGUAGES)


def test_each_step_is_reported(loaded):
    reported = re.findall(r"created: (\w+) ", loaded)
    assert reported.count("page") == live_pages("en").count()
    assert reported.count("organisation") == Organisation.objects.filter(locale__language_code="en").count() == 3
    assert reported.count("account") == len(ACCOUNTS)


def test_site_record_uses_the_given_port(loaded):
    assert Site.objects.get().root_url == "http://127.0.0.1:8000"
    load("--port", "8001")
    assert Site.objects.get().root_url == "http://127.0.0.1:8001"
    Site.objects.update(hostname="project.example.org", port=443)
    load("--port", "8002")
    assert Site.objects.get().root_url == "https://project.example.org"


# Languages


@pytest.mark.parametrize("model", page_types(), ids=lambda model: model.__name__)
def test_every_page_type_is_live_in_every_language(loaded, model):
    languages = model.objects.live().values_list("locale__language_code", flat=True)
    assert set(languages) == set(LANGUAGES)


def test_page_tree_has_no_problems(loaded):
    assert not any(Page.find_problems())


def test_every_page_is_live_in_every_language(loaded):
    keys = {code: set(live_pages(code).values_list("translation_key", flat=True)) for code in LANGUAGES}
    assert len(keys["en"]) > len(page_types())
    assert all(keys[code] == keys["en"] for code in TARGETS)


@pytest.mark.parametrize("language", TARGETS)
def test_translations_can_be_edited_in_the_translation_editor(loaded, language):
    for page in live_pages(language):
        source = TranslationSource.objects.get(object_id=page.translation_key, locale__language_code="en")
        assert source.translations.filter(target_locale=page.locale, enabled=True).count() == 1
        assert StringTranslation.objects.filter(context__object_id=page.translation_key, locale=page.locale).count() > 0
        assert page.alias_of is None


def test_every_sentence_is_translated(loaded):
    unfinished = [
        (str(translation.target_locale), translation.source.object_repr, *translation.get_progress())
        for translation in Translation.objects.select_related("source", "target_locale")
        if len(set(translation.get_progress())) > 1
    ]
    assert unfinished == []
    assert not StringTranslation.objects.filter(has_error=True).exists()


def test_english_addresses(loaded):
    addresses = {page.url for page in live_pages("en") if page.depth <= 3}
    sections = ["project", "programme", "partners", "results", "events", "news", "fact-sheets"]
    names = [*sections, "contact", "privacy", "accessibility"]
    assert addresses == {"/en/", *(f"/en/{name}/" for name in names)}


@pytest.mark.parametrize("language", TARGETS)
def test_other_languages_have_translated_addresses(loaded, language):
    english = set(live_pages("en").filter(depth__gte=3).values_list("slug", flat=True))
    translated = set(live_pages(language).filter(depth__gte=3).values_list("slug", flat=True))
    assert len(translated - english) > len(translated) / 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_blocks_are_valid_in_the_editor(loaded, language):
    for page in live_pages(language):
        for field in page._meta.get_fields():
            if isinstance(field, StreamField):
                value = getattr(page, field.name)
                cleaned = value.stream_block.clean(value)
                assert len(cleaned) == len(value)


# The catalogues


def entries_of(language):
    """Return the entries of a catalogue of the demo."""
    return polib.pofile(str(catalogues.Catalogue.path(language)), check_for_duplicates=True)


@pytest.mark.parametrize("language", TARGETS)
def test_catalogues_contain_exactly_the_texts_of_the_demo(loaded, language):
    segments = StringSegment.objects.select_related("string", "context")
    texts = {(catalogues.context_of(segment), segment.string.data) for segment in segments}
    entries = [(entry.msgctxt, entry.msgid) for entry in entries_of(language)]
    assert sorted(entries, key=str) == sorted(texts, key=str)


@pytest.mark.parametrize("language", TARGETS)
def test_translations_keep_their_markup(language):
    tag = re.compile(r"<[^>]+>")
    for entry in entries_of(language):
        assert Counter(tag.findall(entry.msgstr)) == Counter(tag.findall(entry.msgid)), entry.msgid
        if entry.msgctxt == catalogues.SLUG:
            assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", entry.msgstr), entry.msgid


@pytest.mark.parametrize("language", TARGETS)
def test_translations_fit_their_fields(language):
    for entry in entries_of(language):
        limits = [int(limit) for limit in re.findall(r"at most (\d+) characters", entry.comment)]
        assert len(html.unescape(entry.msgstr)) <= min(limits, default=10_000), entry.msgid


def test_writing_the_catalogues_keeps_the_translations(loaded, tmp_path, monkeypatch):
    kept = {code: catalogues.Catalogue.path(code) for code in TARGETS}
    for path in kept.values():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    load("--write-catalogues")
    for code, path in kept.items():
        written = polib.pofile(str(tmp_path / path.name))
        assert {(entry.msgctxt, entry.msgid): entry.msgstr for entry in written} == {
            (entry.msgctxt, entry.msgid): entry.msgstr for entry in polib.pofile(str(path))
        }, code


def test_length_limits_of_fields_are_found():
    from home.models import HomePage
    from news.models import NewsPage

    assert catalogues.limit_of(ProjectPage, ["lead"]) == 400
    assert catalogues.limit_of(ProjectPage, ["milestones", "title"]) == 160
    assert catalogues.limit_of(ProjectPage, ["background"]) is None
    assert catalogues.limit_of(HomePage, ["goals", "point", "title"]) == 80
    assert catalogues.limit_of(NewsPage, ["body", "timeline", "items", "item", "when"]) == 60


# Content


@pytest.mark.parametrize("url", EXPECTED_TEXTS)
def test_page_contains_the_expected_texts(loaded, url):
    text = main_text(url)
    assert [expected for expected in EXPECTED_TEXTS[url] if expected not in text] == []


def test_timetable_is_complete_and_in_order(loaded):
    text = main_text("/en/events/digicantrain-forum-2026/")
    place = text.find(TIMETABLE[0])
    for row in TIMETABLE:
        place = text.find(row, max(place, 0))
        assert place >= 0, row


@pytest.mark.parametrize(
    ("query", "url"),
    [
        ("Sulosaari", "/en/partners/"),
        ("Restaurant Senso", "/en/fact-sheets/programme-of-the-forum/"),
        ("resilient", "/en/project/"),
        ("governmental", "/en/programme/"),
        ("306/2019", "/en/accessibility/"),
    ],
)
def test_search_finds_known_information(loaded, query, url):
    response = Client().get("/en/search/", {"q": query}, headers={"host": "127.0.0.1"})
    main = re.search(r"<main.*</main>", response.content.decode(), re.DOTALL).group()
    assert f'href="{url}"' in main


def test_settings_contain_the_grant(loaded):
    project = ProjectSettings.objects.get()
    assert (project.acronym, project.programme_name, project.grant_number) == ("DigiCanTrain", "EU4Health", "101101253")
    assert (project.starts_on, project.ends_on) == (datetime.date(2023, 3, 1), datetime.date(2026, 2, 28))
    assert project.coordinator.name == "Turku University of Applied Sciences"


@pytest.mark.parametrize("language", LANGUAGES)
def test_funding_text_names_the_agency_and_is_not_confirmed(loaded, language):
    texts = ProjectSettings.objects.get().texts.get(locale__language_code=language)
    assert texts.disclaimer.startswith(texts.funding_statement + ". ")
    assert "(HaDEA)" in texts.disclaimer
    assert "EACEA" not in texts.disclaimer
    assert texts.confirmed_by == ""


def phrases(text):
    words = re.findall(r"\w+", re.sub(r"<[^>]+>", " ", html.unescape(text)).lower())
    return [" ".join(words[start : start + 7]) for start in range(len(words) - 6)]


def fingerprint(phrase):
    return hashlib.sha256(phrase.encode()).hexdigest()[:8]


def test_demo_does_not_copy_the_earlier_text(loaded):
    known = set(EARLIER_TEXT.split())
    # Control: a sentence of the earlier text is recognised.
    assert fingerprint("the digicantrain kickoff was successfully held in") in known
    strings = StringSegment.objects.values_list("string__data", flat=True)
    taken = [phrase for text in strings for phrase in phrases(text) if fingerprint(phrase) in known]
    assert taken == []


# Accounts


def test_accounts_belong_to_their_groups(loaded):
    users = {user.username: user for user in get_user_model().objects.prefetch_related("groups")}
    groups = {name: [group.name for group in user.groups.all()] for name, user in users.items()}
    assert groups == {
        "admin": [],
        "editor": ["Partner editors"],
        "translator": ["Translators: Finnish"],
        "organiser": ["Event organisers"],
    }
    assert [name for name, user in users.items() if user.is_superuser] == ["admin"]


def test_accounts_have_the_known_password_in_development_only(loaded, settings):
    users = get_user_model().objects
    assert not any(user.check_password(PASSWORD) for user in users.all())
    users.all().delete()
    settings.DEBUG = True
    output = load()
    assert all(f"{account.username} / {PASSWORD}" in output for account in ACCOUNTS)
    assert all(user.check_password(PASSWORD) for user in users.all())


def test_loading_again_does_not_reset_passwords(loaded, settings):
    settings.DEBUG = True
    admin = get_user_model().objects.get(username="admin")
    admin.set_password("another-password-of-mine")
    admin.save()
    output = load()
    admin.refresh_from_db()
    assert admin.check_password("another-password-of-mine")
    assert f"admin / {PASSWORD}" not in output


def test_every_revision_is_published(loaded):
    assert Revision.objects.exists()
    assert not Page.objects.filter(depth__gte=2, has_unpublished_changes=True).exists()
