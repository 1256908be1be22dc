"""Help > Manual: its texts, who finds which of them, the search, and the links that lead to it."""

import re
from gettext import GNUTranslations
from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.translation import gettext, override
from wagtail.users.models import UserProfile

from events.models import EventAccess
from home import roles
from home.manual import texts
from home.manual.chapters import CHAPTERS, chapters_for, readers
from home.manual.help_links import BY_MODEL, BY_VIEW, begins
from news.models import NewsIndexPage
from tests.factories.events import make_event
from tests.factories.users import make_user
from tests.html import soup

pytestmark = pytest.mark.any_database

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "home" / "manual").glob("*/*.md"))
PICTURES = ROOT / "site" / "static" / "manual"
MOST_BYTES = 1_500_000
SLUGS = {chapter.slug for chapter in CHAPTERS}


@pytest.fixture
def visitor(client, db):
    """An account of a role, signed in: `visitor("Editors", language="fi")`."""

    def make(*groups: str, language: str = "en", **fields) -> User:
        user = make_user("reader", **fields)
        user.groups.set(Group.objects.filter(name__in=groups))
        profile = UserProfile.get_for_user(user)
        profile.preferred_language = language
        profile.save()
        client.force_login(user)
        return user

    return make


def name_of(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


# The texts


def test_every_chapter_has_a_file_in_each_language_of_the_manual():
    assert {name_of(file) for file in FILES} == {f"{code}/{slug}" for code in texts.LANGUAGES for slug in SLUGS}


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_links_and_pictures_of_a_chapter_exist(file):
    text = file.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+)", text)

    assert [target for target in targets if not (file.parent / target).resolve().exists()] == []
    assert [alt for alt in re.findall(r"!\[([^]]*)\]", text) if len(alt) < 8] == []


@pytest.mark.parametrize("code", texts.LANGUAGES)
def test_chapters_are_rendered_with_addresses_of_the_site(code):
    addresses = {reverse("manual:chapter", args=[slug]) for slug in SLUGS}
    with override(code):
        for chapter in CHAPTERS:
            text = texts.text_of(chapter)
            page = soup(text.html)
            anchors = [heading["id"] for heading in page.find_all("h2")]

            assert (text.language, bool(text.title)) == (code, True)
            assert [a["href"] for a in page.find_all("a") if a["href"].split("#")[0] not in addresses] == []
            assert [img["src"] for img in page.find_all("img") if not img["src"].startswith("/static/manual/")] == []
            assert [section.anchor for section in text.sections[1:]] == anchors
            assert len(set(anchors)) == len(anchors)
            assert page.find("h1") is None


def test_markup_in_a_text_is_shown_as_text(monkeypatch, tmp_path):
    (tmp_path / "en").mkdir()
    text = "# Title\n\n<script>alert(1)</script> [a](javascript:alert(2))\n"
    (tmp_path / "en" / "write-news.md").write_text(text)
    monkeypatch.setattr(texts, "FOLDER", tmp_path)

    page = soup(texts.read_text_file.__wrapped__("write-news", "en").html)

    assert page.find("script") is None
    assert page.find("a") is None
    assert "<script>alert(1)</script>" in page.text


def interface(code: str) -> set[str]:
    """Return the strings of the screens in a language, without case: those of the site and of Wagtail."""
    shown = set()
    for entry in polib.pofile(str(ROOT / "locale" / code / "LC_MESSAGES" / "django.po")):
        shown |= {entry.msgid, entry.msgid_plural} if code == "en" else {entry.msgstr, *entry.msgstr_plural.values()}
    for config in apps.get_app_configs():
        # Wagtail has no catalogue in English: the keys of another one are its strings.
        for file in Path(config.path).glob("locale/fi/LC_MESSAGES/*.mo"):
            if "wagtail" in config.name:
                with file.open("rb") as content:
                    catalogue = GNUTranslations(content)._catalog
                keys = [key[0] if isinstance(key, tuple) else key for key in catalogue]
                shown |= set(keys) if code == "en" else set(catalogue.values())
    return {text.casefold() for text in shown}


@pytest.mark.parametrize("code", texts.LANGUAGES)
def test_bold_words_are_those_of_the_screens(code):
    shown = interface(code)
    used = {
        (file.stem, words)
        for file in FILES
        if file.parent.name == code
        for words in re.findall(r"\*\*([^*]+)\*\*", file.read_text(encoding="utf-8"))
    }

    assert len(used) > 50
    assert sorted((stem, words) for stem, words in used if words.casefold() not in shown) == []


def test_pictures_are_small_and_all_of_them_are_used():
    used = set(re.findall(r"static/(manual/[^)]+)", "".join(file.read_text(encoding="utf-8") for file in FILES)))
    pictures = list(PICTURES.rglob("*.*"))

    assert {file.relative_to(PICTURES.parent).as_posix() for file in pictures} == used
    assert sum(file.stat().st_size for file in pictures) <= MOST_BYTES


# Who finds what


def test_every_reader_is_known():
    assert {chapter.reader for chapter in CHAPTERS} == set(readers())


@pytest.mark.parametrize(
    ("role", "listed", "left_out"),
    [
        (roles.EDITORS, {"write-news", "add-a-partner", "add-an-event"}, {"invite-a-colleague", "answer-enquiries"}),
        (roles.PARTNER_EDITORS, {"write-news", "update-your-partner"}, {"add-a-partner", "add-an-event"}),
        (roles.EVENT_ORGANISERS, {"add-an-event", "open-registration", "check-in-people"}, {"add-a-partner"}),
        (roles.translators("fi"), {"translate-a-page", "change-a-page"}, {"write-news", "add-an-event"}),
        (roles.COORDINATORS, {"answer-enquiries"}, {"write-news", "change-a-page", "translate-a-page"}),
        (roles.DATA_PROTECTION, {"look-after-your-account"}, {"write-news", "check-in-people"}),
    ],
)
def test_what_a_role_cannot_do_is_not_listed(home_pages, visitor, client, role, listed, left_out):
    visitor(role)

    links = {a["href"] for a in soup(client.get(reverse("manual:contents"))).select(".manual a[href]")}

    assert {reverse("manual:chapter", args=[slug]) for slug in listed} <= links
    assert {reverse("manual:chapter", args=[slug]) for slug in left_out} & links == set()


def test_administrators_find_everything_but_the_chapter_for_partners(home_pages, visitor):
    user = visitor(is_superuser=True)

    assert {chapter.slug for chapter in CHAPTERS} - {chapter.slug for chapter in chapters_for(user)} == {
        "update-your-partner"
    }


def test_helpers_with_access_to_check_in_find_its_chapter(home_pages, visitor):
    user = visitor(roles.DATA_PROTECTION)
    EventAccess.objects.create(event=make_event(), user=user, only_checks_in=True)

    slugs = {chapter.slug for chapter in chapters_for(user)}

    assert "check-in-people" in slugs
    assert "look-after-participants" not in slugs


def test_a_chapter_for_others_can_be_read_and_says_so(home_pages, visitor, client):
    visitor(roles.translators("fi"))

    page = soup(client.get(reverse("manual:chapter", args=["invite-a-colleague"])))

    assert page.select_one(".manual h1").text == "Invite a colleague"
    assert "You do not have permission to do this." in page.select_one(".help-info").text


def test_unknown_chapters_are_not_found(home_pages, visitor, client):
    visitor(roles.EDITORS)

    assert client.get(reverse("manual:chapter", args=["unknown"])).status_code == 404


@pytest.mark.parametrize(
    ("language", "title", "marked", "note"),
    [("en", "Write news", None, 0), ("fi", "Kirjoita uutinen", None, 0), ("el", "Write news", "en", 1)],
)
def test_the_manual_is_in_the_language_of_the_account_or_else_in_english(
    home_pages, visitor, client, language, title, marked, note
):
    visitor(roles.EDITORS, language=language)

    page = soup(client.get(reverse("manual:chapter", args=["write-news"])))

    assert page.select_one(".manual h1").text == title
    assert page.select_one(".manual article").get("lang") == marked
    with override(language):
        assert page.text.count(gettext("The manual is in English and Finnish.")) == note


# The search


@pytest.mark.parametrize(
    ("language", "query", "first", "section"),
    [
        ("en", "FACT sheet", "put-a-fact-sheet-online", ""),
        ("en", "recovery codes", "look-after-your-account", "Add a second factor"),
        ("fi", "käännä", "translate-a-page", ""),
        ("fi", "kaanna sivu", "translate-a-page", ""),
        ("en", "scanner trains", None, None),
    ],
)
def test_search_finds_chapters_with_all_words(home_pages, visitor, client, language, query, first, section):
    visitor(roles.EDITORS, language=language)

    response = client.get(reverse("manual:contents"), {"q": query})
    hits = response.context["hits"]

    assert (hits[0].text.chapter.slug if hits else None) == first
    assert (hits[0].section.title if hits else None) == section
    assert len(soup(response).select(".manual-hits li")) == len(hits)


def test_search_leaves_out_what_the_role_cannot_do(home_pages, visitor, client):
    user = visitor(roles.translators("fi"))
    assert texts.search("invitation", CHAPTERS)

    response = client.get(reverse("manual:contents"), {"q": "invitation"})

    assert {hit.text.chapter for hit in response.context["hits"]} <= set(chapters_for(user))
    assert "invite-a-colleague" not in {hit.text.chapter.slug for hit in response.context["hits"]}


@pytest.mark.parametrize("query", ["", "   ", "\0", "%", "<b>", "x" * 5000, "𝔊"])
def test_strange_searches_are_answered(home_pages, visitor, client, query):
    visitor(roles.EDITORS)

    assert client.get(reverse("manual:contents"), {"q": query}).status_code == 200


# Links from the screens


def admin_views() -> set[str]:
    found = set()

    def walk(resolver: URLResolver, namespaces: tuple[str, ...]) -> None:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                walk(pattern, (*namespaces, pattern.namespace) if pattern.namespace else namespaces)
            elif isinstance(pattern, URLPattern) and pattern.name:
                found.add(":".join([*namespaces, pattern.name]))

    walk(get_resolver(), ())
    return found


def test_targets_of_the_links_and_their_screens_exist():
    views = admin_views()

    assert {*BY_VIEW.values(), *BY_MODEL.values()} <= SLUGS
    assert [name for name in BY_VIEW if not any(begins(view, name) for view in views)] == []
    assert [name for name in BY_MODEL if apps.get_model(name) is None] == []


def test_every_chapter_that_is_about_a_screen_is_linked_from_it():
    assert SLUGS - {*BY_VIEW.values(), *BY_MODEL.values()} == {"update-your-partner"}


@pytest.mark.parametrize(
    ("view", "slug"),
    [
        ("manual:contents", None),
        ("permission_table", "find-your-way"),
        ("translations:overview", "translate-a-page"),
        ("translations:batch", "translate-in-other-programs"),
        ("events:add", "add-an-event"),
        ("wagtailimages:index", "add-pictures"),
        ("accounts:invite", "invite-a-colleague"),
        ("accounts:sessions", "look-after-your-account"),
        ("wagtailredirects:index", ""),
    ],
)
def test_a_screen_links_to_its_chapter(home_pages, visitor, client, view, slug):
    visitor(is_superuser=True)

    link = soup(client.get(reverse(view))).select_one(".manual-link")

    expected = {None: None, "": reverse("manual:contents")}.get(slug) or (
        slug and reverse("manual:chapter", args=[slug])
    )
    assert (link["href"] if link else None) == expected


def test_the_form_of_a_page_links_to_the_chapter_about_its_type(home_page, visitor, client):
    visitor(is_superuser=True)
    index = home_page.add_child(instance=NewsIndexPage(title="News", slug="news", locale=home_page.locale))
    new = reverse("wagtailadmin_pages:add", args=["news", "newspage", index.pk])

    links = [
        soup(client.get(url)).select_one(".manual-link")["href"]
        for url in (new, reverse("wagtailadmin_pages:edit", args=[home_page.pk]))
    ]

    assert links == [reverse("manual:chapter", args=[slug]) for slug in ("write-news", "change-a-page")]
