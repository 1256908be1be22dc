"""Texts that a service translates: asked for first, never over a person's words, and marked until a person has read them."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlencode

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import PageLogEntry, Revision
from wagtail.rich_text import RichText
from wagtail_localize.models import StringSegment, StringTranslation, Translation
from wagtail_localize.strings import StringValue

from config import environment
from home import outgoing
from home.doctor import machine_translation as doctor
from home.models import ContentPage, StaleString, WrittenTexts
from home.translations import machine_services, machine_translation, overview
from home.translations.links import edit_url
from home.translations.machine_services import ServiceError
from tests.factories.events import commit, in_language, publish
from tests.factories.pages import make_page
from tests.factories.project import make_organisation
from tests.factories.translations import make_translations, write_target
from tests.factories.users import make_user
from tests.html import soup, text_of

pytestmark = [pytest.mark.any_database, pytest.mark.django_db, pytest.mark.slow]

EXAMPLE = {"CLASS": "home.translations.machine_services.Example", "OPTIONS": {}}
KEY = "a-secret-key:fx"
BODY = '<p>See <a href="https://example.org/">this</a> &amp; more</p>'
# Others are led to the dashboard with a message.
BY_SCRIPT = {"x-requested-with": "XMLHttpRequest"}
NEW_BLOCK = {"type": "text", "value": "<p>New</p>", "id": "11111111-1111-4111-8111-111111111111"}
MARK = "Machine translation: not yet read (Example)"


@pytest.fixture
def example(settings):
    settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR = EXAMPLE


@pytest.fixture
def page(home_page) -> ContentPage:
    """A public page whose Finnish translation has a title and an address, by a person, and no other text."""
    page = make_page(ContentPage, home_page, "About us", lead="Who we are")
    page = publish(page, body=[("text", RichText(BODY))])
    make_translations(page, ["fi"])
    rows = StringTranslation.objects.filter(context__object_id=page.translation_key)
    rows.exclude(context__path__in=["title", "slug"]).delete()
    return page


@pytest.fixture
def translation(page) -> Translation:
    return Translation.objects.get(source__object_id=page.translation_key)


class Service:
    """A service on this machine, which answers with the next of `answers` and keeps its `requests`."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, object]] = []
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.url = ""


@pytest.fixture
def server():
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            service.requests.append((self.path, dict(self.headers), body))
            status, answer = service.answers.pop(0)
            content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST  # noqa: N815  (the name that the server calls)

        def log_message(self, *args):
            pass

    listener = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    service.url = f"http://127.0.0.1:{listener.server_port}"
    yield service
    listener.shutdown()
    listener.server_close()
    thread.join()


@pytest.fixture(params=["DeepL", "LibreTranslate"])
def service(request, server, settings, monkeypatch):
    """Each of the two services, at the address of the server."""
    options = {"AUTH_KEY": KEY, "API_KEY": KEY, "LIBRETRANSLATE_URL": server.url}
    settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR = {
        "CLASS": f"home.translations.machine_services.{request.param}",
        "OPTIONS": options,
    }
    monkeypatch.setattr(machine_services.DeepL, "get_api_endpoint", lambda self: f"{server.url}/v2/translate")
    server.name = request.param
    return server


def answer_with(service, texts: list[str]) -> None:
    deepl = {"translations": [{"detected_source_language": "EN", "text": text} for text in texts]}
    service.answers.append((200, deepl if service.name == "DeepL" else {"translatedText": texts}))


def address(translation) -> str:
    return reverse("wagtail_localize:machine_translate", args=[translation.pk])


def ask(client, translation, *kinds, follow=True, **options):
    return client.post(
        address(translation), {"texts": kinds or [machine_translation.MISSING]}, follow=follow, **options
    )


def texts(translation) -> dict[str, tuple[str, str]]:
    rows = StringTranslation.objects.filter(
        context__object_id=translation.source.object_id, locale=translation.target_locale
    )
    return {row.context.path.split(".")[0]: (row.translation_type, row.data) for row in rows}


def finnish(page) -> ContentPage:
    return in_language(page, "fi")


def props(client, page) -> dict:
    editor = soup(client.get(edit_url(finnish(page))))
    return json.loads(editor.select_one(".js-translation-editor")["data-props"])


def save(client, translation, path, text):
    segment = StringSegment.objects.get(source=translation.source, context__path=path)
    url = reverse("wagtail_localize:edit_string_translation", args=[translation.pk, segment.pk])
    return client.put(url, urlencode({"value": text}), content_type="application/x-www-form-urlencoded")


# The screen


def test_without_a_service_there_is_no_button(page, translation, admin_client):
    editor = admin_client.get(edit_url(finnish(page))).text
    assert address(translation) not in editor
    assert (admin_client.get(address(translation)).status_code, ask(admin_client, translation).status_code) == (
        404,
        404,
    )


def test_the_button_asks_first(page, translation, admin_client, example):
    editor = soup(admin_client.get(edit_url(finnish(page))))
    assert text_of(editor.select_one(f'a[href="{address(translation)}"]')) == "Translate with Example"
    # That of wagtail-localize asks nothing.
    assert props(admin_client, page)["machineTranslator"] is None

    screen = soup(admin_client.get(address(translation)))
    assert "It sends nothing and translates nothing" in screen.text
    assert "2 texts without a translation" in screen.text
    assert len(texts(translation)) == 2


def test_the_screen_says_where_texts_go(page, translation, admin_client, service):
    public = admin_client.get(address(translation)).text
    page.unpublish()
    draft = admin_client.get(address(translation)).text
    assert f"The texts are sent to {service.name}" in public
    assert ["The source is not public yet" in screen for screen in (public, draft)] == [False, True]
    assert service.requests == []


def test_a_service_translates_what_nobody_has_translated(page, translation, admin_client, example):
    answer = ask(admin_client, translation)
    assert "2 texts were translated with Example" in answer.text
    assert texts(translation) == {
        "title": ("manual", "fi About us"),
        "slug": ("manual", "fi-about-us"),
        "lead": ("machine", "[fi] Who we are"),
        "body": ("machine", '[fi] See <a id="a1">this</a> &amp; more'),
    }
    entry = PageLogEntry.objects.get(action="home.machine_translation")
    assert (entry.page_id, entry.data) == (finnish(page).pk, {"number": 2, "service": "Example"})
    # Nothing is left for it, and nothing was published.
    assert "There is no text that a service could translate" in admin_client.get(address(translation)).text
    assert finnish(page).lead == "fi Who we are"


def test_at_least_one_kind_is_chosen(translation, admin_client, example):
    answer = admin_client.post(address(translation), {})
    assert "Choose which texts are to be translated" in answer.text
    assert "is not one of the available choices" in admin_client.post(address(translation), {"texts": "all"}).text


def test_many_texts_take_several_turns(translation, admin_client, example, monkeypatch):
    monkeypatch.setattr(machine_services.Example, "most_texts", 1)
    assert ask(admin_client, translation, follow=False).url == address(translation)
    assert ask(admin_client, translation, follow=False).url == edit_url(translation.get_target_instance())
    assert len(texts(translation)) == 4


def test_one_request_has_few_characters():
    rows = [
        machine_translation.Text(1, number, "x" * length, is_stale=False)
        for number, length in enumerate((30_000, 10, 10))
    ]
    assert [list(machine_translation._first(found, 50)) for found in (rows, rows[1:])] == [rows[:1], rows[1:]]


def test_a_translator_uses_it_in_their_language_only(page, translation, client, example):
    for name, status in (("Translators: Finnish", 200), ("Translators: Greek", 403)):
        client.force_login(make_user(name[-5:], group=name))
        assert client.get(address(translation), headers=BY_SCRIPT).status_code == status
    assert ask(client, translation, headers=BY_SCRIPT).status_code == 403
    assert len(texts(translation)) == 2


def test_a_locked_page_is_not_translated(page, translation, admin_client, example):
    row = finnish(page)
    row.locked = True
    row.save()
    assert address(translation) not in admin_client.get(edit_url(row)).text
    assert ask(admin_client, translation, headers=BY_SCRIPT).status_code == 403


# The services


@pytest.mark.parametrize("service", ["DeepL"], indirect=True)
def test_deepl_gets_its_form(page, translation, admin_client, service):
    answer_with(service, ["Keitä olemme", 'Katso <a id="a1">tämä</a> &amp; muuta'])
    ask(admin_client, translation)
    [(path, headers, body)] = service.requests
    assert (path, headers["Authorization"]) == ("/v2/translate", f"DeepL-Auth-Key {KEY}")
    assert parse_qs(body.decode()) == {
        "text": ["Who we are", 'See <a id="a1">this</a> &amp; more'],
        "tag_handling": ["xml"],
        "source_lang": ["EN"],
        "target_lang": ["FI"],
    }
    assert texts(translation)["body"] == ("machine", 'Katso <a id="a1">tämä</a> &amp; muuta')


@pytest.mark.parametrize("service", ["LibreTranslate"], indirect=True)
def test_libretranslate_gets_its_object(page, translation, admin_client, service):
    answer_with(service, ["Keitä olemme", 'Katso <a id="a1">tämä</a> &amp; muuta'])
    ask(admin_client, translation)
    [(path, headers, body)] = service.requests
    assert (path, headers["Content-Type"]) == ("/translate", "application/json")
    assert json.loads(body) == {
        "q": ["Who we are", 'See <a id="a1">this</a> &amp; more'],
        "source": "en",
        "target": "fi",
        "format": "html",
        "api_key": KEY,
    }
    assert texts(translation)["lead"] == ("machine", "Keitä olemme")


FAILURES = [
    (403, {"error": "Invalid API key"}, "refuses the key of this site"),
    (429, {"error": "Slowdown"}, "has too much to do at the moment"),
    (400, {"error": "fi is not supported"}, "does not translate from English into Finnish"),
    (413, {}, "The texts are too long for"),
    (502, b"<h1>Bad gateway</h1>", "cannot be reached at the moment"),
    (504, b"", "did not answer in time"),
    (302, b"", "that this site does not understand"),
    (200, b"<h1>Welcome</h1>", "that this site does not understand"),
    (200, {"translations": [], "translatedText": []}, "that this site does not understand"),
    (200, {"translations": [{"text": 1}] * 2, "translatedText": [1, 2]}, "that this site does not understand"),
    (200, b"x" * (machine_services.LARGEST + 1), "that this site does not understand"),
]


@pytest.mark.parametrize(("status", "answer", "sentence"), FAILURES)
def test_what_fails_is_said_and_changes_nothing(translation, admin_client, service, caplog, status, answer, sentence):
    service.answers.append((status, answer))
    screen = ask(admin_client, translation)
    shown = text_of(soup(screen).select_one("form [role=alert]"))
    assert sentence in shown
    assert shown.endswith("Nothing was changed.")
    assert soup(screen).select_one('input[value="missing"]').has_attr("checked")
    assert len(texts(translation)) == 2
    assert service.name in caplog.text
    assert KEY not in screen.text + caplog.text


def test_the_quota_of_deepl(translation, admin_client, service):
    service.answers.append((456, {"message": "Quota Exceeded"}))
    expected = "The quota of DeepL is used up" if service.name == "DeepL" else "that this site does not understand"
    assert expected in ask(admin_client, translation).text


@pytest.mark.parametrize(
    ("reason", "sentence"), [("timeout", "did not answer in time"), ("no answer", "cannot be reached")]
)
def test_a_service_that_does_not_answer(translation, admin_client, service, monkeypatch, reason, sentence):
    def fail(*args, **kwargs):
        raise outgoing.RequestError(reason)

    monkeypatch.setattr(outgoing, "ask_service", fail)
    assert sentence in ask(admin_client, translation).text


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://127.0.0.1:99999/", "ftp://127.0.0.1/", "http://"])
def test_no_answer_is_an_error_of_the_service(url):
    with pytest.raises(ServiceError):
        machine_services._answer(url, {"Key": "a\nb"}, "text")


# What a service spoils


@pytest.mark.parametrize(
    ("source", "text", "is_fine"),
    [
        ('See <a id="a1">this</a>', 'Katso <a id="a1">tämä</a>', True),
        ('See <a id="a1">this</a>', "Katso <a id='a1'>tämä</a>.", True),
        ('See <a id="a1">this</a>', "Katso tämä", False),
        ('See <a id="a1">this</a>', 'Katso <a id="a2">tämä</a>', False),
        ("A <b>bold</b> word", "Lihava sana", False),
        ("A bold word", "<b>Lihava</b> sana", False),
        ("One<br/>two", "Yksi<br>kaksi", True),
        ("Text", " ", False),
        ("Write to info@example.org.", "Kirjoita osoitteeseen info@example.org", True),
        ("Write to info@example.org.", "Kirjoita osoitteeseen tieto@example.org", False),
        ("Go to https://example.org/a, then on.", "Avaa https://example.org/a ja jatka.", True),
        ("Go to https://example.org/a", "Avaa https://example.org/fi/a", False),
        ("Hello {name}", "Hei {name}", True),
        ("Hello {name}", "Hei {nimi}", False),
        ("Hello %(name)s", "Hei %(nimi)s", False),
        ("Fish &amp; chips", "Kala ja ranut", True),
    ],
)
def test_tags_and_placeholders_survive(source, text, is_fine):
    assert (machine_translation.change_of_markup(source, text) == "") == is_fine


def test_a_long_word_ends():
    """Letters that could begin an address once took a time that grew with the square of their number."""
    assert machine_translation.change_of_markup("a" * 200_000, "b" * 200_000) == ""


def test_a_spoiled_text_is_left_empty_and_named(page, translation, admin_client, service):
    answer_with(service, ["Keitä olemme", "Katso tämä & muuta"])
    answer = ask(admin_client, translation)
    assert "1 text was translated with" in answer.text
    assert "1 text stays without a machine translation" in answer.text
    assert "The service changed a link or other markup" in answer.text
    assert set(texts(translation)) == {"title", "slug", "lead"}


def test_markup_of_a_service_is_never_stored(page, translation, admin_client, service):
    answer_with(service, ["<script>x</script>Keitä", '<a id="a1" onclick="x()">tämä</a>'])
    answer = ask(admin_client, translation)
    assert "2 texts stay without a machine translation" in answer.text
    assert set(texts(translation)) == {"title", "slug"}


def test_what_a_person_saved_meanwhile_stays(page, translation, admin_client, example, monkeypatch):
    def slowly(self, source_locale, target_locale, strings):
        save(admin_client, translation, "lead", "Keitä olemme")
        return {string: StringValue("x") for string in strings}

    monkeypatch.setattr(machine_services.Example, "translate", slowly)
    answer = ask(admin_client, translation)
    assert texts(translation)["lead"] == ("manual", "Keitä olemme")
    assert "Someone translated it meanwhile" in answer.text


# The mark


def test_the_editor_marks_the_texts_until_someone_saves_them(page, translation, admin_client, example):
    ask(admin_client, translation)
    marked = [row["data"] for row in props(admin_client, page)["initialStringTranslations"] if row["comment"] == MARK]
    assert sorted(marked) == ['[fi] See <a id="a1">this</a> &amp; more', "[fi] Who we are"]

    saved = save(admin_client, translation, "lead", "[fi] Who we are")
    assert saved.json()["comment"].startswith("Translated manually on")
    assert texts(translation)["lead"] == ("manual", "[fi] Who we are")


def test_the_overview_counts_them(page, translation, admin_client, example):
    def cell():
        row = next(row for row in overview.page_rows() if row.key == page.translation_key)
        return next(cell for cell in row.cells if cell.locale == translation.target_locale)

    assert (cell().untranslated, cell().unread) == (2, 0)
    with CaptureQueriesContext(connection) as before:
        overview.page_rows()
    ask(admin_client, translation)
    with CaptureQueriesContext(connection) as after:
        assert (cell().untranslated, cell().unread, cell().needs_attention) == (0, 2, True)
    assert len(after) == 3 * len(before)
    assert "2 machine translations not read" in text_of(soup(admin_client.get(reverse("translations:overview"))))


# Publishing


def confirm_all(translation) -> None:
    StringTranslation.objects.filter(context__object_id=translation.source.object_id).update(translation_type="manual")


def test_unread_texts_are_not_published(page, translation, admin_client, example):
    ask(admin_client, translation)
    with commit():
        answer = admin_client.post(edit_url(finnish(page)), {"action": "publish"}, follow=True)
    assert "2 machine translations have not been read yet" in answer.text
    # The first of them may be on a tab that is not shown.
    first = min(machine_translation.unread_segments(translation))
    assert soup(answer.text).select_one(f".messages a[href='{edit_url(finnish(page))}#segment-{first}']")
    assert finnish(page).lead == "fi Who we are"

    confirm_all(translation)
    with commit():
        admin_client.post(edit_url(finnish(page)), {"action": "publish"})
    assert finnish(page).lead == "[fi] Who we are"


def test_unread_texts_of_a_snippet_are_not_published(admin_client, example):
    partner = make_translations(make_organisation("Turku", description="Old."), ["fi"])
    translation = Translation.objects.get(source__object_id=partner.translation_key)
    StringTranslation.objects.filter(context__object_id=partner.translation_key, context__path="description").delete()
    ask(admin_client, translation)
    for description in ("fi Old.", "[fi] Old."):
        with commit():
            admin_client.post(edit_url(in_language(partner, "fi")), {"action": "publish"})
        assert in_language(partner, "fi").description == description
        confirm_all(translation)


@pytest.mark.parametrize("state", ["draft", "public", "public before versions had texts"])
def test_no_version_has_an_unread_text(page, translation, admin_client, example, state):
    """A version is published in more ways than by the editor: with the pages above it, for instance."""
    if state == "draft":
        finnish(page).unpublish()
        Revision.objects.for_instance(finnish(page)).delete()
    elif state != "public":
        WrittenTexts.objects.all().delete()
    ask(admin_client, translation)
    publish(page, body=json.dumps([*page.body.raw_data, NEW_BLOCK]))
    version = finnish(page).get_latest_revision_as_object()
    assert "New" in str(version.body)
    assert "[fi]" not in version.lead + str(version.body)
    confirm_all(translation)
    write_target(page, "fi")
    assert finnish(page).lead == "[fi] Who we are"


# Texts that changed in the source


@pytest.fixture
def stale(page, translation) -> StaleString:
    segment = StringSegment.objects.get(source=translation.source, context__path="lead")
    StringTranslation.objects.create(
        translation_of=segment.string,
        context=segment.context,
        locale=translation.target_locale,
        data="Keitä olemme",
        translation_type="manual",
    )
    publish(page, lead="Who we are now")
    return StaleString.objects.get(translation=translation)


def test_a_changed_text_is_translated_if_it_is_chosen(page, translation, stale, admin_client, example):
    assert "1 text that changed in the source" in admin_client.get(address(translation)).text
    ask(admin_client, translation)
    assert texts(translation)["body"][0] == "machine"
    row = StringTranslation.objects.get(translation_of=stale.string)
    assert (row.tool_name, row.data) == (StaleString.CARRIED_OVER, "Keitä olemme")

    ask(admin_client, translation, machine_translation.CHANGED)
    row.refresh_from_db()
    assert (row.translation_type, row.data) == ("machine", "[fi] Who we are now")
    assert StaleString.objects.get().old_translation == "Keitä olemme"


def test_the_old_translation_can_still_be_kept(page, translation, stale, admin_client, example):
    ask(admin_client, translation, machine_translation.CHANGED)
    publish(page, body=json.dumps([*page.body.raw_data, NEW_BLOCK]))
    screen = soup(admin_client.get(reverse("translations:review", args=[translation.pk])))
    assert "Machine translation: not yet read" in screen.text
    assert [text_of(item) for item in screen.select("dd")][-1] == "Keitä olemme"
    assert screen.select_one("textarea").text == "[fi] Who we are now"

    with commit():
        admin_client.post(
            reverse("translations:review", args=[translation.pk]), {"text": stale.pk, "translation": "", "keep": "yes"}
        )
    row = StringTranslation.objects.get(translation_of=stale.string)
    assert (row.translation_type, row.data) == ("manual", "Keitä olemme")
    assert not StaleString.objects.exists()


# Set-up


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, None),
        ({"MACHINE_TRANSLATION": "off", "MACHINE_TRANSLATION_KEY": "k"}, None),
        ({"MACHINE_TRANSLATION": "example"}, ("Example", {})),
        ({"MACHINE_TRANSLATION": "deepl", "MACHINE_TRANSLATION_KEY": "k"}, ("DeepL", {"AUTH_KEY": "k"})),
        (
            {"MACHINE_TRANSLATION": "libretranslate", "MACHINE_TRANSLATION_URL": "http://10.0.0.5:5000/"},
            ("LibreTranslate", {"LIBRETRANSLATE_URL": "http://10.0.0.5:5000", "API_KEY": ""}),
        ),
    ],
)
def test_variables_name_the_service(monkeypatch, variables, expected):
    for name in ("MACHINE_TRANSLATION", "MACHINE_TRANSLATION_KEY", "MACHINE_TRANSLATION_URL"):
        monkeypatch.setenv(name, variables.get(name, ""))
    found = environment.machine_translator("off")
    assert (found and (found["CLASS"].rpartition(".")[2], found["OPTIONS"])) == expected


@pytest.mark.parametrize(
    "variables",
    [
        {"MACHINE_TRANSLATION": "deepl"},
        {"MACHINE_TRANSLATION": "libretranslate"},
        {"MACHINE_TRANSLATION": "libretranslate", "MACHINE_TRANSLATION_URL": "translate.example.org"},
        {"MACHINE_TRANSLATION": "other"},
    ],
)
def test_a_service_is_not_half_configured(monkeypatch, variables):
    for name in ("MACHINE_TRANSLATION", "MACHINE_TRANSLATION_KEY", "MACHINE_TRANSLATION_URL"):
        monkeypatch.setenv(name, variables.get(name, ""))
    with pytest.raises(ImproperlyConfigured, match="MACHINE_TRANSLATION"):
        environment.machine_translator("off")


LANGUAGES = [{"code": code} for code in ("en", "fi", "el")]


@pytest.mark.parametrize(
    ("service", "status", "answer", "text"),
    [
        ("DeepL", 403, {}, "DeepL refuses MACHINE_TRANSLATION_KEY."),
        ("DeepL", 200, {"character_count": 5, "character_limit": 5}, "The quota of DeepL is used up."),
        ("DeepL", 500, b"", "DeepL answers 500 to the question for the quota."),
        ("DeepL", 200, {"character_count": 4, "character_limit": 5}, None),
        ("LibreTranslate", 404, b"", "MACHINE_TRANSLATION_URL answers 404, and not as LibreTranslate does."),
        ("LibreTranslate", 200, LANGUAGES, "LibreTranslate does not know these languages of the site: et."),
        ("LibreTranslate", 200, [*LANGUAGES, {"code": "et"}], None),
    ],
    indirect=["service"],
)
def test_the_doctor_asks_the_service(service, status, answer, text):
    service.answers.append((status, answer))
    found = [result.text for result in doctor.machine_translation()]
    assert found == ([text] if text else [])
    assert KEY not in str(found)


def test_the_doctor_finds_a_service_that_is_away(service, monkeypatch):
    def refuse(*args):
        raise OSError

    monkeypatch.setattr(doctor.network, "ask", refuse)
    assert [result.text for result in doctor.machine_translation()] == [
        f"{service.name} cannot be reached from this machine."
    ]
