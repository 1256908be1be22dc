"""No URL of the site shows a publication that is not public. The tests search every response for a unique word.

The addresses are made from the URL patterns of the site, so that patterns added later are tested too.
"""

import datetime
import re
from collections.abc import Iterator

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction
from wagtail.search import index

from factsheets.models import FactSheetPage, FileVersion, PublicationFile
from tests.factories.events import in_language
from tests.factories.factsheets import add_file, make_fact_sheet, make_fact_sheet_list
from tests.factories.pages import make_alias
from tests.factories.translations import make_translations

CANARY = "Zeisig"
# A word that occurs only in the files and in the notes of their versions.
FILE_WORD = "Nachtigall"
# Values for the parameters of addresses, by name.
VALUES = {
    "language": "en",
    "lang": "en",
    "path": "x",
    "slug": CANARY.lower(),
    "style": "ris",
    "model_name": "publication",
    "app_label": "factsheets",
    "document_filename": "content",
    "filename": "content",
    "type_slug": "page",
}


def patterns(resolver=None, before: str = "") -> Iterator[str]:
    """Yield every URL pattern of the site as a string."""
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, pattern)
        elif isinstance(entry, URLPattern):
            yield pattern


def filled(pattern: str, keys: list[int]) -> list[str]:
    """Return the addresses of a pattern: each of `keys` for numbers, `VALUES` for other parameters."""

    def fill(key: int) -> str:
        text = re.sub(r"<(\w+):(\w+)>", lambda part: _value(part[2], part[1], key), pattern)
        text = re.sub(r"<(\w+)>", lambda part: _value(part[1], "str", key), text)
        text = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", lambda part: _value(part[1], "re", key), text)
        text = re.sub(r"\((?:[^()]|\([^()]*\))*\)", str(key), text)
        return "/" + re.sub(r"[\^$?*+\\]", "", text).lstrip("/")

    return [fill(key) for key in keys] if re.search(r"[<(]", pattern) else [fill(keys[0])]


def _value(name: str, kind: str, key: int) -> str:
    if name in VALUES:
        return VALUES[name]
    return str(key)


def below(page: Page) -> list[str]:
    """Return the address of the page and of all its routes."""
    routes = [
        "",
        "download/en/",
        "download/fi/",
        "download/en/versions/1/",
        "download/en/versions/2/",
        "download/en/editable/",
        "download/en/editable/versions/1/",
        "cover/en/1/224/",
        "cover/en/2/480/",
        "citation/bibtex/",
        "citation/ris/",
    ]
    assert len({route.split("/")[0] for route in routes if route}) == len({"download", "cover", "citation"})
    names = {pattern.name for pattern in FactSheetPage.get_subpage_urls()} - {"index_route"}
    assert names == {"download", "download_version", "editable", "editable_version", "cover", "citation"}
    return [page.url_path.replace("/home", "/en", 1) + route for route in routes]


def add_files_and_details(sheet) -> None:
    content = f" {CANARY} {FILE_WORD}".encode()
    for note in ("", f"{CANARY} {FILE_WORD} note"):
        add_file(sheet, "en", content=b"%PDF-1.7" + content, note=note)
        add_file(sheet, "fi", content=b"%PDF-1.7" + content, note=note)
    add_file(sheet, "en", kind="editable", content=b"PK" + content)
    add_file(sheet, "et", content=content, issues=[{"code": "encrypted"}])


@pytest.fixture
def hidden(fact_sheet_list, request):
    """A fact sheet that is not public, for each possible reason."""
    reason = request.param
    parent = (
        make_fact_sheet_list(fact_sheet_list.get_parent(), "More", "more")
        if reason == "below private"
        else fact_sheet_list
    )
    sheet = make_fact_sheet(
        parent, f"{CANARY} sings", lead=f"{CANARY} lead", slug=CANARY.lower(), live=reason != "draft"
    )
    add_files_and_details(sheet)
    sheet.publication.first_published_on = "2025-01-01"
    sheet.publication.save()
    if reason == "scheduled":
        sheet.live = False
        sheet.go_live_at = timezone.now() + datetime.timedelta(days=1)
        sheet.save()
        sheet.save_revision(approved_go_live_at=sheet.go_live_at)
    elif reason == "unpublished":
        sheet.unpublish()
    elif reason == "expired":
        FactSheetPage.objects.filter(pk=sheet.pk).update(expired=True, live=False, expire_at=timezone.now())
    elif reason == "past its end":
        # The command that unpublishes expired pages has not run yet.
        FactSheetPage.objects.filter(pk=sheet.pk).update(expire_at=timezone.now() - datetime.timedelta(minutes=1))
    elif reason == "private":
        PageViewRestriction.objects.create(page=sheet, restriction_type=PageViewRestriction.LOGIN)
    elif reason == "password":
        PageViewRestriction.objects.create(page=sheet, restriction_type=PageViewRestriction.PASSWORD, password="secret")
    elif reason == "below private":
        PageViewRestriction.objects.create(page=parent, restriction_type=PageViewRestriction.LOGIN)
    page = FactSheetPage.objects.get(pk=sheet.pk)
    index.insert_or_update_object(page)
    return page


REASONS = ["draft", "scheduled", "unpublished", "expired", "private", "password", "below private"]
pytestmark = [pytest.mark.slow, pytest.mark.any_database]
each_reason = pytest.mark.parametrize("hidden", [*REASONS, "past its end"], indirect=True)


def keys(page: Page) -> list[int]:
    """Return the keys of the page, its publication and all its files and versions."""
    files = PublicationFile.objects.filter(publication=page.publication_id).values_list("pk", flat=True)
    versions = FileVersion.objects.filter(file__in=files).values_list("pk", flat=True)
    return sorted({page.pk, page.publication_id, *files, *versions, 1})


def keys_for(pattern: str, page: Page, *, signed_in: bool) -> list[int]:
    """Return the keys to try in a pattern.

    Wagtail's screens take the key of a page or of a publication; only those of the fact sheets take the key of a file. For
    an anonymous visitor one key is enough in the admin: the sign-in page answers before any key is read. Random keys
    are those of other things, so one is enough there, too.
    """
    if re.search("<uuid:|<str:token>", pattern):
        return [page.pk]
    if not pattern.startswith("admin/") or (signed_in and "publication" in pattern):
        return keys(page)
    return sorted({page.pk, page.publication_id}) if signed_in else [page.pk]


def all_addresses(page: Page, *, signed_in: bool) -> list[str]:
    """Return every address that could show the page: those of all patterns, of the page and in the media folder."""
    found = []
    for pattern in patterns():
        found += filled(pattern, keys_for(pattern, page, signed_in=signed_in))
    # The search page repeats the query, so the query is a word next to the canary, or the start of the canary.
    others = ["/en/search/?q=sings", f"/en/search/?q={CANARY[:-1]}", "/en/feeds/fact-sheets/", "/sitemap-en.xml"]
    lists = ["/en/fact-sheets/", "/en/", "/en/more/", "/en/fact-sheets/?language=fi", "/en/fact-sheets/?year=2025"]
    stored = [f"/media/{version.content.name}" for version in FileVersion.objects.all()]
    covers = [f"/media/{cover['name']}" for version in FileVersion.objects.all() for cover in version.covers]
    return list(dict.fromkeys([*found, *others, *lists, *stored, *covers, *below(page)]))


def find_word(client: Client, address: str, word: str = CANARY) -> str:
    """Return the address and status if its response contains the word, else an empty string."""
    response = client.get(address, headers={"user-agent": "Mozilla/5.0"})
    content = b"".join(response.streaming_content) if response.streaming else response.content
    response.close()
    # Nobody reads the messages of refused requests here, and the cookie would grow with each of them.
    client.cookies.pop("messages", None)
    headers = " ".join(f"{name}: {value}" for name, value in response.items() if name != "Location")
    shown = f"{headers} {content.decode('utf-8', 'replace')}"
    # A response may repeat the requested address, which contains the slug, but nothing more.
    found = word in shown or (word.lower() in shown.lower() and word.lower() not in address.lower())
    return f"{address}: {response.status_code}" if found else ""


@pytest.fixture
def outsider(user_of, request):
    """A client signed in as a user who may not edit the page, such as a translator of another language."""
    client = Client(raise_request_exception=False)
    client.force_login(user_of(request.param))
    return client


@pytest.fixture
def anonymous():
    return Client(raise_request_exception=False)


@each_reason
def test_anonymous_visitor_sees_nothing_of_a_hidden_publication(hidden, anonymous):
    addresses = [address for address in all_addresses(hidden, signed_in=False) if not address.startswith("/admin/")]

    assert len(addresses) > 100
    assert any("/calendars/" in address for address in addresses)
    assert [shown for address in addresses if (shown := find_word(anonymous, address))] == []


@pytest.mark.parametrize("hidden", ["draft"], indirect=True)
def test_anonymous_visitor_sees_nothing_in_the_admin(hidden, anonymous):
    """Of one reason: the sign-in page answers whatever the reason is."""
    addresses = [address for address in all_addresses(hidden, signed_in=False) if address.startswith("/admin/")]

    assert len(addresses) > 200
    assert [shown for address in addresses if (shown := find_word(anonymous, address))] == []


@each_reason
def test_addresses_below_the_page_answer_404(hidden, anonymous):
    headers = [
        {},
        {"If-None-Match": "*"},
        {"Range": "bytes=0-3"},
        {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
    ]

    for address in below(hidden)[1:]:
        assert {anonymous.get(address, headers=header).status_code for header in headers} == {404}, address
        assert anonymous.head(address).status_code == 404, address


# Screens of Wagtail that show page titles to all users of the admin, so that they can link to the pages.
SCREENS_WITH_TITLES = re.compile(
    r"/admin/(api/main/pages/|pages/|choose-page/|reports/(site-history|page-types-usage)/)[\w/]*: 200"
)


@pytest.mark.parametrize(
    ("hidden", "outsider"),
    [
        ("draft", "Translators: Estonian"),
        ("draft", None),
        ("scheduled", "Event organisers"),
    ],
    indirect=True,
)
def test_user_of_another_group_sees_no_file_contents(hidden, outsider):
    addresses = all_addresses(hidden, signed_in=True)
    titles = [shown for address in addresses if (shown := find_word(outsider, address))]

    assert [shown for shown in titles if not SCREENS_WITH_TITLES.fullmatch(shown)] == []
    assert [shown for shown in titles if find_word(outsider, shown.partition(":")[0], FILE_WORD)] == []


@pytest.mark.parametrize("hidden", ["draft"], indirect=True)
def test_editor_of_the_page_finds_its_files(hidden, user_of):
    """Control: the search finds the word where it may be shown."""
    client = Client()
    client.force_login(user_of("Editors"))
    files = f"/admin/publications/{hidden.publication_id}/"
    version = FileVersion.objects.filter(status=FileVersion.Status.ACCEPTED).first()

    assert find_word(client, files, FILE_WORD)
    assert find_word(client, f"/admin/publications/versions/{version.pk}/file/", FILE_WORD)


@pytest.mark.parametrize("hidden", ["private"], indirect=True)
def test_signed_in_visitor_of_a_private_page_gets_no_file(hidden, user_of):
    client = Client()
    client.force_login(user_of(None))

    assert {client.get(address).status_code for address in below(hidden)[1:]} == {404}


def test_an_alias_of_a_private_fact_sheet_gives_no_file(fact_sheet_list, home_pages, user_of):
    sheet = make_fact_sheet(fact_sheet_list, "Private")
    add_file(sheet, "en")
    make_translations(fact_sheet_list, ["fi"])
    alias = make_alias(sheet, in_language(fact_sheet_list, "fi"))
    PageViewRestriction.objects.create(page=sheet, restriction_type=PageViewRestriction.LOGIN)
    client = Client()
    client.force_login(user_of(None))

    assert client.get(f"{alias.url}download/en/").status_code == 404


@pytest.mark.parametrize("hidden", ["draft"], indirect=True)
def test_published_fact_sheet_is_found_everywhere(hidden, anonymous):
    """Control: after publication the same search finds the word at each URL."""
    hidden.save_revision().publish()
    index.insert_or_update_object(FactSheetPage.objects.get(pk=hidden.pk))
    expected = [
        "/en/",
        "/en/fact-sheets/",
        "/en/feeds/fact-sheets/",
        "/en/search/?q=sings",
        "/en/fact-sheets/?language=fi",
        *below(hidden)[:6],
        *below(hidden)[9:],
    ]

    assert [address for address in expected if not find_word(anonymous, address)] == []
    assert CANARY.lower() in anonymous.get("/sitemap-en.xml").content.decode()


def test_live_page_in_another_language_makes_the_files_public(fact_sheet_list, home_pages, anonymous):
    draft = make_fact_sheet(fact_sheet_list, f"{CANARY} draft", slug="draft", live=False)
    add_files_and_details(draft)
    finnish = make_fact_sheet_list(home_pages["fi"], "Tietolehdet", "tietolehdet")
    make_fact_sheet(finnish, "Laulu", slug="laulu", translation_of=draft)

    assert find_word(anonymous, "/fi/tietolehdet/laulu/download/en/")
    assert anonymous.get("/en/fact-sheets/draft/download/en/").status_code == 404


def test_files_are_not_stored_in_the_media_folder(sheet):
    version = add_file(sheet)
    default_storage.save("probe", ContentFile(b"x"))

    assert not default_storage.exists(version.content.name)
    assert "media" not in version.content.path.split("/")
