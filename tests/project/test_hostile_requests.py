"""Requests that nobody sends by accident get an answer below 500."""

import datetime
import io
import json
import struct
import uuid
import zlib

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import CharField
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from PIL import Image
from wagtail.images import get_image_model
from wagtail_localize.models import Translation

from accounts.models import AccessRecord
from config.request_encoding import reads_utf8
from config.wsgi import application
from events.attendance import doors
from home.models import ContentPage
from home.search import find_pages
from home.translations.sources import translate
from tests.factories import pages
from tests.factories.events import make_page, row
from tests.factories.factsheets import add_file, make_fact_sheet, make_fact_sheet_list
from tests.factories.registrations import make_open_page
from tests.forms import served_forms

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


@pytest.fixture
def visitor(db):
    return Client(raise_request_exception=False)


@pytest.fixture
def administrator(admin_user):
    client = Client(raise_request_exception=False)
    client.force_login(admin_user)
    return client


# Public addresses


@pytest.mark.parametrize("query", ["ﷺ" * 100, "½ " * 50, "a " * 50, '" * OR ^ NEAR(', "\x00", "ﬃ" * 100, "(" * 100])
def test_search(visitor, home_page, query):
    assert visitor.get("/en/search/", {"q": query}).status_code == 200


def test_search_reads_a_limited_number_of_words(home_page, rf):
    from home.layout import Layout

    words = [f"wort{number}" for number in range(60)]

    assert len(find_pages(" ".join(words), Layout(rf.get("/en/search/")), 1).page) == 0


# What devices at the door send, with a link that works. The fuzz test has only links that do not.
BATCH = {"device": "7e0c1c1e-9f5c-4d5e-8a5e-0d3a3ed1b5f0", "clock": 1_900_000_000_000}
SCAN = {"id": "0c1c1e7e-9f5c-4d5e-8a5e-0d3a3ed1b5f0", "at": 1_900_000_000_000, "day": "2030-05-16", "code": "0" * 18}
ODD = [
    None,
    True,
    -1,
    10**30,
    1.5,
    float("nan"),
    float("inf"),
    "",
    "\x00",
    "\ud800",
    "9" * 400,
    "2030-02-31",
    "²",
    [],
    [[]],
    {},
]


@pytest.fixture
def door_token(home_page, admin_user):
    event = make_open_page(home_page).event
    return doors.token_for(doors.create_door(event, "North", timezone.now() + datetime.timedelta(days=1), admin_user))


FIELDS_OF_SCANS = [*BATCH, "scans", *SCAN, "person", "point", "offset", "undone", "name", "email"]


@pytest.mark.parametrize("name", FIELDS_OF_SCANS)
@pytest.mark.parametrize("without", [{}, {"code": ""}, {"code": "", "name": "Anna"}])
def test_batch_of_scans_of_any_shape(visitor, door_token, name, without):
    for value in [*ODD, "1:\ud800"]:
        # A person who is known is not added again.
        scan = SCAN | without | {"id": str(uuid.uuid4())}
        body = BATCH | {"scans": [scan]}
        batch = body | {name: value} if name in body else body | {"scans": [scan | {name: value}]}
        address = f"/en/door/{door_token}/scans/"
        assert visitor.post(address, json.dumps(batch), content_type="application/json").status_code in {200, 400}


@pytest.mark.parametrize("name", ["", "offline/", "people.json", "scans/", "worker.js", "check-in.webmanifest"])
def test_addresses_of_a_door(visitor, door_token, name):
    for value in ("\x00", "9" * 400, "²", "[" * 5000):
        data = dict.fromkeys(["code", "person", "day", "at", "q", "undo", "name", "email", "walk_in", "force"], value)
        for method in ("get", "post", "put", "delete", "options", "head"):
            response = getattr(visitor, method)(
                f"/en/door/{door_token}/{name}", data if method in {"get", "post"} else ""
            )
            assert response.status_code < 500


@pytest.fixture
def file_address(home_page):
    sheet = make_fact_sheet(make_fact_sheet_list(home_page, "Sheets", "sheets"), "Sheet")
    add_file(sheet, "en", content=b"%PDF-1.7 0123456789")
    return f"{sheet.url}download/en/"


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (f"bytes=-{'9' * 5000}", 200),
        (f"bytes={'9' * 5000}-", 200),
        (f"bytes=0-{'9' * 5000}", 200),
        ("bytes=-", 200),
        ("bytes=٣-٤", 200),
        ("bytes=-99999999999999", 206),
        ("bytes=99999999999999-", 416),
        ("bytes=2-1", 200),
    ],
)
def test_range_header(visitor, file_address, value, status):
    response = visitor.get(file_address, headers={"range": value})
    response.close()

    assert response.status_code == status


def wsgi_status(**environ) -> str:
    """Return the status of a request with a WSGI environment that Django's test client does not make."""
    found = []
    base = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/en/",
        "SCRIPT_NAME": "",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
    }
    response = application({**base, **environ}, lambda status, headers: found.append(status))
    response.close()
    return found[0]


@pytest.mark.parametrize("method", ["OPTIONS", "GET", "POST", "CONNECT", "TRACE", "x", "🦊".encode().decode("latin-1")])
@pytest.mark.parametrize("path", ["*", "", "en", "//", "/\x00", "/%", "/\xff", "/en/" + "a/" * 500, "/" + "x" * 9000])
def test_method_and_path(home_page, settings, method, path):
    # As on a live site. Without it, fewer middleware read the path.
    settings.PAGE_CACHE_SECONDS = 60
    assert wsgi_status(REQUEST_METHOD=method, PATH_INFO=path)[0] in "1234"


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_SCRIPT_NAME": "/other"},
        {"HTTP_HOST": "evil\x00"},
        {"HTTP_HOST": "[::1"},
        {"HTTP_COOKIE": "sessionid=\x00; csrftoken=\xff" + "x" * 9000},
        {"HTTP_ACCEPT_LANGUAGE": "x" * 9000},
        {"HTTP_ACCEPT_LANGUAGE": "en;q=nan, \xff;q=1e999"},
        {"HTTP_IF_MODIFIED_SINCE": "Fri, 01 Jan 99999 00:00:00 GMT"},
        {"HTTP_IF_NONE_MATCH": '"' * 999},
        {"CONTENT_TYPE": "multipart/form-data", "REQUEST_METHOD": "POST"},
        {"CONTENT_TYPE": "multipart/form-data; boundary=\xff", "REQUEST_METHOD": "POST"},
        {"CONTENT_TYPE": "text/html; charset=none-such", "REQUEST_METHOD": "POST"},
        {"CONTENT_LENGTH": "x"},
        {"CONTENT_LENGTH": "-1"},
        {"QUERY_STRING": "&".join(f"a{number}=1" for number in range(20_000))},
        {"QUERY_STRING": "q=%00&page=%ff&page[]=1"},
        {"HTTP_X_FORWARDED_FOR": ",,, \x00, " + "1" * 9000},
        {"REMOTE_ADDR": ""},
    ],
)
@pytest.mark.parametrize("path", ["/en/", "/en/search/", "/admin/login/"])
def test_header(home_page, headers, path):
    assert wsgi_status(PATH_INFO=path, **headers)[0] in "1234"


@pytest.mark.parametrize(
    "encoding", ["base64", "zip", "undefined", "idna", "punycode", "utf-16", "none-such", '"base64"', "a; Charset=zip"]
)
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_encoding_of_a_request(home_page, encoding, kind, method):
    """Requests are read as UTF-8, whatever they say."""
    body = "--x\r\nContent-Disposition: form-data; name=csrfmiddlewaretoken\r\n\r\nä\r\n--x--\r\n".encode()
    environ = {
        "REQUEST_METHOD": method,
        "QUERY_STRING": "q=%C3%A4",
        "CONTENT_TYPE": f"{kind}; charset={encoding}",
        "HTTP_COOKIE": f"csrftoken={'x' * 32}",
    }
    for path in ("/en/", "/en/search/", "/admin/login/"):
        sent = {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
        assert wsgi_status(PATH_INFO=path, **environ, **sent)[0] in "1234", path


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("text/html", "text/html"),
        ("multipart/form-data; charset=utf-16; boundary=x", "multipart/form-data; boundary=x"),
        ("multipart/form-data;boundary=x;CHARSET*=''zip", "multipart/form-data;boundary=x"),
    ],
)
def test_other_parameters_of_a_content_type_are_kept(sent, kept):
    seen = []
    reads_utf8(lambda environ, start: seen.append(environ) or [])({"CONTENT_TYPE": sent}, print)
    assert seen == [{"CONTENT_TYPE": kept}]


def test_gunicorn_takes_no_script_name_from_a_header():
    import runpy

    from tests.project.test_settings import ROOT

    assert runpy.run_path(str(ROOT / "gunicorn.conf.py"))["forwarder_headers"] == ""


@pytest.mark.parametrize("username", ["n" * 300, "n" * 100_000, "🦊" * 300, "a\x00b", "﷽" * 250])
def test_sign_in_with_a_long_name(visitor, username):
    response = visitor.post("/admin/login/", {"username": username, "password": "p" * 300})

    # PostgreSQL refuses what is longer than its column, SQLite does not.
    assert response.status_code == 200
    texts = [field for field in AccessRecord._meta.get_fields() if isinstance(field, CharField)]
    assert [
        field.name
        for record in AccessRecord.objects.all()
        for field in texts
        if len(getattr(record, field.name)) > field.max_length
    ] == []


# The admin


@pytest.fixture
def timetable(home_page):
    page = make_page(home_page, row("09:00", "Welcome"))
    return page.event


SHAPES = [
    "[" * 5000,
    '{"a":' * 5000,
    "[[]]",
    "null",
    "1" * 5000,
    '[{"key": []}]',
    '[{"key": {}}, {"key": {}}]',
    *(
        json.dumps([{"title": "x", "day": 1, "start": "09:00", "kind": "talk", name: value}])
        for name in (
            "key",
            "title",
            "day",
            "start",
            "end",
            "kind",
            "people",
            "speakers",
            "slides",
            "has_qa",
            "is_cancelled",
            "language",
        )
        for value in ([], {}, [[1]], 5, 1e300, True, None, "\ud800", "\x00", "9" * 400, float("nan"))
    ),
]


@pytest.mark.parametrize("name", ["timetable", "timetable_check"])
def test_timetable_of_any_shape(administrator, timetable, name):
    address = reverse(f"events:{name}", args=[timetable.pk])
    failed = [shape[:120] for shape in SHAPES if administrator.post(address, {"rows": shape}).status_code >= 500]

    assert failed == []


def png(width: int, height: int) -> bytes:
    """Return a PNG with a small content and any size in its header."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x00\x00")) + chunk(b"IEND", b"")
    )


def picture(kind: str) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(target, kind)
    return target.getvalue()


PICTURES = {
    "huge.png": png(30_000, 30_000),
    "large.png": png(10_000, 10_000),
    "largest.png": png(2**31 - 1, 2**31 - 1),
    "empty.png": png(1, 1)[:40],
    "broken.gif": picture("GIF")[:30],
    "cut.gif": picture("GIF")[:-20],
    "cut.png": picture("PNG")[:-30],
    "cut.jpg": picture("JPEG")[:300],
    "cut.webp": picture("WEBP")[:60],
    "nothing.gif": b"GIF89a",
    "zero.gif": b"GIF89a" + bytes(30),
    "text.jpg": b"no picture",
    "other.png": picture("GIF"),
    "none.png": b"",
}


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("view", ["add", "add_multiple", "chooser"])
def test_picture_that_cannot_be_shown_is_refused(administrator, name, view):
    address = {
        "add": reverse("wagtailimages:add"),
        "add_multiple": reverse("wagtailimages:add_multiple"),
        "chooser": reverse("wagtailimages_chooser:create"),
    }[view]
    upload = SimpleUploadedFile(name, PICTURES[name])
    fields = {"add_multiple": {"files[]": upload}, "chooser": {"image-chooser-upload-file": upload}}
    data = {"title": "x", "collection": 1, **fields.get(view, {"file": upload})}
    response = administrator.post(address, data, headers={"x-requested-with": "XMLHttpRequest"})

    assert response.status_code < 500
    assert get_image_model().objects.count() == 0


@pytest.mark.parametrize("kind", ["GIF", "PNG", "JPEG", "WEBP", "AVIF"])
def test_usual_picture_is_accepted(administrator, kind):
    upload = SimpleUploadedFile(f"picture.{kind.lower()}", picture(kind))
    administrator.post(reverse("wagtailimages:add"), {"title": "x", "collection": 1, "file": upload})

    assert get_image_model().objects.count() == 1


@pytest.fixture
def translation(home_pages) -> Translation:
    from news.models import NewsIndexPage

    home = home_pages["en"]
    page = home.add_child(instance=NewsIndexPage(title="News", slug="news", locale=home.locale))
    page.save_revision().publish()
    translate(page, [home_pages["fi"].locale], User.objects.create_user("author"))
    return Translation.objects.get(source__object_id=page.translation_key)


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"\xff\xfe\x00",
        b"msgid",
        b'msgid "a"\nmsgstr "b"\n',
        b'msgid ""\nmsgstr "Content-Type: text/plain; charset=none-such\\n"\n',
        b"/etc/passwd",
        b'msgid ""\nmsgstr ""\n"X-WagtailLocalize-TranslationID: x\\n"\n',
    ],
)
def test_upload_of_a_po_file(administrator, translation, content):
    data = {} if content is None else {"file": SimpleUploadedFile("a.po", content)}
    address = reverse("wagtail_localize:upload_pofile", args=[translation.pk])

    assert administrator.post(address, data).status_code == 302


# Wagtail's own views of the admin

NUMBER = "9" * 25


@pytest.mark.parametrize(
    ("method", "path", "data"),
    [
        ("get", "snippets/choose/home/organisation/chosen/x/", {}),
        ("get", f"snippets/choose/home/organisation/chosen/{NUMBER}/", {}),
        ("get", "snippets/choose/home/organisation/chosen-multiple/", {"id": "x"}),
        ("get", "snippets/choose/home/organisation/chosen-multiple/", {"id": NUMBER}),
        ("post", "snippets/choose/home/organisation/create/", {"parent": "x"}),
        ("post", "snippets/choose/news/newscategory/create/", {}),
        ("post", "snippets/home/person/add/", {"name": "x", "portrait": "x"}),
        ("post", "snippets/home/person/add/", {"name": "x", "portrait": NUMBER}),
        ("get", "snippets/home/organisation/", {"p": "x", "locale": "x", "ordering": "x", "q": "\x00"}),
        ("get", "images/chooser/chosen/x/", {}),
        ("get", f"images/chooser/chosen/{NUMBER}/", {}),
        ("get", "images/chooser/chosen-multiple/", {"id": "x"}),
        ("get", "images/chooser/chosen-multiple/", {"id": NUMBER}),
        ("get", "documents/chooser/chosen/x/", {}),
        ("get", "documents/chooser/chosen-multiple/", {"id": "x"}),
        ("get", "choose-page/chosen-multiple/", {"id": "x"}),
        ("get", f"choose-page/{NUMBER}/", {}),
        ("post", "choose-external-link/", {}),
        ("get", "choose-external-link/", {"parent_page_id": "x"}),
        ("get", "choose-email-link/", {"parent_page_id": "x"}),
        ("get", "api/main/pages/find/", {"id": "x"}),
        ("get", "failwhale/", {}),
        ("get", "pages/1/set_position/", {}),
        ("post", "pages/1/set_position/", {"position": "x"}),
        ("post", "pages/1/move/1/confirm/", {}),
        ("post", "workflows/enable/1/", {"next": "x"}),
        ("get", "workflows/edit/1/", {"p": "x"}),
        ("get", "login/", {"next": "x"}),
        ("get", "reports/site-history/", {"timestamp_from": "0001-01-01"}),
        ("get", "reports/site-history/", {"timestamp_to": "9999-12-31"}),
        ("get", "images/", {"created_at_to": "9999-12-31"}),
        ("get", "webhooks/", {"q": "x" * 60_000}),
        ("get", "users/", {"q": "x" * 60_000}),
        ("get", "redirects/", {"q": "x" * 60_000}),
    ],
)
def test_request_that_wagtail_cannot_read(administrator, home_page, method, path, data):
    assert getattr(administrator, method)(f"/admin/{path}", data).status_code < 500


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("delete/", {"next": "x"}),
        ("unpublish/", {"next": "x"}),
        ("lock/", {"next": "x"}),
        ("copy/", {}),
        ("copy/", {"new_parent_page": "9" * 15}),
        ("copy/", {"new_parent_page": NUMBER}),
        ("edit/", {}),
        ("delete/", {"next": "99999:x"}),
        ("unpublish/", {"next": "wagtailadmin_pages:edit"}),
        ("delete/", {"next": "x\x00y"}),
        ("edit/preview/", {}),
    ],
)
def test_page_form_that_wagtail_cannot_read(administrator, timetable, path, data):
    assert administrator.post(f"/admin/pages/{timetable.page.pk}/{path}", data).status_code < 500


@pytest.mark.parametrize(
    "parent", [{}, {"new_parent_page": ""}, {"new_parent_page": "x"}, {"new_parent_page": "9" * 15}]
)
def test_copy_of_a_page_to_no_parent(administrator, home_page, parent):
    page = pages.make_page(ContentPage, home_page, "Page")
    data = {"new_title": "Copy", "new_slug": "copy"} | parent
    assert administrator.post(f"/admin/pages/{page.pk}/copy/", data).status_code == 400


@pytest.mark.parametrize("key", ["x", "1e9", "-", "٣x", "1" * 30])
def test_rows_of_a_form_with_keys_that_are_no_numbers(administrator, home_page, key):
    sheet = make_fact_sheet(make_fact_sheet_list(home_page, "Sheets", "sheets"), "Sheet")
    address = reverse("publications:details", args=[sheet.publication_id])
    (form,) = [form for form in served_forms(administrator.get(address), address) if "licence" in form.data]
    rows = {"contributors-TOTAL_FORMS": "1", "contributors-INITIAL_FORMS": "1", "contributors-0-id": key}
    assert administrator.post(address, form.data | rows).status_code < 500


@pytest.mark.parametrize(
    "next_url", ["x", "\x00", "//evil.example", "javascript:alert(1)", "admin:index", "home:x:y", "9:x", "x\x00y"]
)
def test_address_to_go_on_to_after_an_action_of_wagtail_localize(administrator, translation, next_url):
    source = translation.source
    for name, key in (
        ("update_translations", source.pk),
        ("stop_translation", translation.pk),
    ):
        response = administrator.post(reverse(f"wagtail_localize:{name}", args=[key]), {"next": next_url})
        assert response.status_code < 500
        assert not response.get("Location", "").startswith(("//", "javascript:"))


def test_override_without_a_value(administrator, translation):
    from wagtail_localize.models import OverridableSegment, StringSegment

    for name, segments in (("edit_override", OverridableSegment), ("edit_string_translation", StringSegment)):
        for segment in segments.objects.filter(source=translation.source)[:1]:
            address = reverse(f"wagtail_localize:{name}", args=[translation.pk, segment.pk])
            assert administrator.put(address, "", content_type="application/x-www-form-urlencoded").status_code == 400


# The header Accept of Firefox and Chromium.
ASKED_BY_BROWSERS = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def test_browsers_read_what_is_made_for_scripts(administrator, translation):
    """A browser asks for HTML when a user opens one of these addresses."""
    from wagtail_localize.models import OverridableSegment, StringSegment

    addresses = ["/admin/localize/api/snippets/home/organisation/", "/admin/localize/api/snippets/home/organisation/1/"]
    for name, segments in (("edit_override", OverridableSegment), ("edit_string_translation", StringSegment)):
        keys = segments.objects.filter(source=translation.source).values_list("pk", flat=True)[:1]
        addresses += [reverse(f"wagtail_localize:{name}", args=[translation.pk, key]) for key in keys]
    assert len(addresses) >= 3
    assert {administrator.get(address, HTTP_ACCEPT=ASKED_BY_BROWSERS).status_code for address in addresses} <= {
        200,
        404,
        405,
    }


# JSON that the scripts of the admin do not send.
ODD_JSON = [
    "null",
    "1",
    '"x"',
    "[]",
    "{}",
    '{"\\ud800": "\\ud800"}',
    '{"\\u0000": "\\u0000"}',
    "[" * 5000,
    '{"blocks": [{}]}',
]


@pytest.mark.parametrize("sent", ODD_JSON)
def test_json_that_wagtail_cannot_read(administrator, translation, sent):
    page, key = translation.get_target_instance(), translation.source.stringsegment_set.first().pk
    edit = reverse("wagtail_localize:edit_string_translation", args=[translation.pk, key])
    assert administrator.put(edit, sent, content_type="application/json").status_code < 500
    assert administrator.patch("/admin/dismissibles/", sent, content_type="application/json").status_code < 500
    block = {"body-0-deleted": "", "body-0-order": "0", "body-0-type": "text", "body-0-id": ""}
    form = {"title": "x", "slug": "x", "body-count": "1", **block, "body-0-value": sent}
    assert administrator.post(f"/admin/pages/add/home/contentpage/{page.get_parent().pk}/", form).status_code < 500


PARTS = {"clientDataJSON": "e30", "attestationObject": "oA", "authenticatorData": "AA", "signature": "AA"}
CREDENTIAL = {"id": "AA", "rawId": "AA", "type": "public-key", "response": PARTS}
ODD_CREDENTIALS = [
    *ODD_JSON,
    '{"id": 1}',
    *(json.dumps(CREDENTIAL | {name: value}) for name in CREDENTIAL for value in (None, 1, "é", "a", [], {}, "\ud800")),
    *(
        json.dumps(CREDENTIAL | {"response": PARTS | {name: value}})
        for name in PARTS
        for value in (None, 1, "a", "W10")
    ),
]


@pytest.mark.parametrize("name", ["mfa_add_webauthn", "mfa_authenticate"])
def test_passkey_that_cannot_be_read(administrator, visitor, admin_user, name):
    password = {"password": "a long enough password"}
    admin_user.set_password(password["password"])
    admin_user.save()
    if name == "mfa_authenticate":
        TOTP.activate(admin_user, "JBSWY3DPEHPK3PXP")
        client = visitor
        client.post(reverse("wagtailadmin_login"), password | {"username": admin_user.username})
    else:
        client = administrator
        client.force_login(admin_user)
        client.post(reverse("account_reauthenticate"), password)
    assert client.get(reverse(name)).status_code == 200
    failed = [
        credential[:80]
        for credential in ODD_CREDENTIALS
        if client.post(reverse(name), {"name": "x", "credential": credential}).status_code >= 500
    ]

    assert failed == []


@pytest.mark.parametrize(
    "error",
    [
        ValueError("number"),
        KeyError("x"),
        AttributeError("x"),
        OverflowError("x"),
        ObjectDoesNotExist("y"),
        NoReverseMatch("y is not a registered namespace"),
    ],
)
def test_fault_that_the_request_did_not_cause_stays_a_fault(rf, error):
    from home.http.malformed_requests import MalformedRequestMiddleware

    request = rf.get("/admin/", {"id": "y"})
    request.resolver_match = None
    assert MalformedRequestMiddleware(lambda request: None).process_exception(request, error) is None
