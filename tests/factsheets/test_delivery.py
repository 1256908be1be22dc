"""A file over HTTP: headers, ranges and file names."""

import pytest
from django.urls import reverse

from factsheets.downloads.serving import attachment
from factsheets.models import FactSheetPage
from home.file_delivery import readable_name
from tests.factories.factsheets import add_file, make_fact_sheet, make_fact_sheet_list
from tests.visitors import headers_of

pytestmark = pytest.mark.any_database

CONTENT = b"%PDF-1.7 " + bytes(range(256)) * 300
ADDRESS = "/en/fact-sheets/a-beacon/download/en/"


@pytest.fixture
def version(sheet):
    return add_file(sheet, content=CONTENT)


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_headers_of_a_file(client, version):
    response = client.get(ADDRESS)

    assert body(response) == CONTENT
    assert {
        name: response[name]
        for name in (
            "Content-Type",
            "Content-Length",
            "Content-Language",
            "Accept-Ranges",
            "X-Content-Type-Options",
            "Content-Security-Policy",
            "Cache-Control",
            "Content-Disposition",
            "Link",
        )
    } == {
        "Content-Type": "application/pdf",
        "Content-Length": str(len(CONTENT)),
        "Content-Language": "en",
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
        "Cache-Control": "no-cache",
        "Content-Disposition": 'attachment; filename="A beacon (en).pdf"',
        "Link": '<http://localhost/en/fact-sheets/a-beacon/>; rel="describedby", '
        '<https://creativecommons.org/licenses/by/4.0/>; rel="license"',
    }
    assert response["ETag"] == f'"{version.sha256[:32]}"'
    assert not response.cookies


def test_head_has_the_same_headers_without_content(client, version):
    get, head = client.get(ADDRESS), client.head(ADDRESS)

    assert body(head) == b""
    assert headers_of(head) == headers_of(get)
    get.close()


@pytest.mark.parametrize(
    ("byte_range", "first", "last"),
    [
        ("bytes=0-9", 0, 9),
        ("bytes=100-", 100, len(CONTENT) - 1),
        ("bytes=-5", len(CONTENT) - 5, len(CONTENT) - 1),
        ("bytes=70000-9999999", 70000, len(CONTENT) - 1),
        ("bytes=-9999999", 0, len(CONTENT) - 1),
    ],
)
def test_range_is_served(client, version, byte_range, first, last):
    response = client.get(ADDRESS, headers={"Range": byte_range})

    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/{len(CONTENT)}"
    assert response["Content-Length"] == str(last - first + 1)
    assert body(response) == CONTENT[first : last + 1]


@pytest.mark.parametrize("byte_range", ["bytes=999999-", "bytes=-0"])
def test_range_beyond_the_end_answers_416(client, version, byte_range):
    response = client.get(ADDRESS, headers={"Range": byte_range})

    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{len(CONTENT)}")


@pytest.mark.parametrize("byte_range", ["bytes=5-1", "bytes=-", "bytes=0-1,5-9", "lines=0-1", "bytes=a-b", "nonsense"])
def test_invalid_range_gives_the_whole_file(client, version, byte_range):
    response = client.get(ADDRESS, headers={"Range": byte_range})

    assert (response.status_code, body(response)) == (200, CONTENT)


def test_unchanged_file_is_not_sent_again(client, version):
    etag = client.head(ADDRESS)["ETag"]
    response = client.get(ADDRESS, headers={"If-None-Match": etag})

    assert (response.status_code, response["ETag"], body(response)) == (304, etag, b"")


def test_range_of_a_replaced_file_gives_the_whole_new_file(client, sheet, version):
    etag = client.head(ADDRESS)["ETag"]
    part = {"Range": "bytes=0-4", "If-Range": etag}
    assert body(client.get(ADDRESS, headers=part)) == CONTENT[:5]
    add_file(sheet, content=b"%PDF-1.7 new", note="New figures")
    response = client.get(ADDRESS, headers=part)

    assert (response.status_code, body(response)) == (200, b"%PDF-1.7 new")
    assert body(client.get(ADDRESS, headers={"If-None-Match": etag})) == b"%PDF-1.7 new"


def test_earlier_versions_keep_their_addresses(client, sheet, version):
    add_file(sheet, content=b"%PDF-1.7 new", note="New figures")
    old = client.get(ADDRESS + "versions/1/")

    assert body(old) == CONTENT
    assert old["X-Robots-Tag"] == "noindex"
    assert 'filename="A beacon (en) v1.pdf"' in old["Content-Disposition"]
    assert body(client.get(ADDRESS + "versions/2/")) == b"%PDF-1.7 new"
    assert client.get(ADDRESS + "versions/3/").status_code == 404


def test_rejected_upload_has_no_address(client, sheet, version):
    add_file(sheet, content=b"%PDF-1.7 secret", issues=[{"code": "encrypted"}])

    assert body(client.get(ADDRESS)) == CONTENT
    assert client.get(ADDRESS + "versions/2/").status_code == 404


def test_each_page_serves_each_language(client, sheet, home_pages):
    finnish = make_fact_sheet_list(home_pages["fi"], "Tietolehdet", "tietolehdet")
    make_fact_sheet(finnish, "Majakka", slug="majakka", translation_of=sheet)
    add_file(sheet, "fi", content=b"%PDF-1.7 suomeksi")
    for address in ("/en/fact-sheets/a-beacon/download/fi/", "/fi/tietolehdet/majakka/download/fi/"):
        response = client.get(address)
        assert body(response) == b"%PDF-1.7 suomeksi"
        assert response["Content-Language"] == "fi"
        assert 'filename="Majakka (fi).pdf"' in response["Content-Disposition"]
    assert client.get("/fi/tietolehdet/majakka/download/en/").status_code == 404


def test_editable_file_has_an_address_of_its_own(client, sheet):
    add_file(sheet, kind="editable", content=b"PK odt")
    response = client.get(ADDRESS + "editable/")

    assert response["Content-Type"] == "application/vnd.oasis.opendocument.text"
    assert body(response) == b"PK odt"
    assert client.get(ADDRESS).status_code == 404


def test_cover_is_served_by_version_and_width(client, sheet, version):
    response = client.get("/en/fact-sheets/a-beacon/cover/en/1/480/")

    assert (response["Content-Type"], response["Cache-Control"]) == ("image/webp", "private, max-age=3600")
    response.close()
    for address in ("cover/en/1/481/", "cover/en/2/480/", "cover/fi/1/480/"):
        assert client.get(f"/en/fact-sheets/a-beacon/{address}").status_code == 404


@pytest.mark.parametrize("route", ["download/en/", "cover/en/1/224/", "citation/ris/"])
def test_views_below_a_page_are_read_only(client, version, route):
    assert client.post(f"/en/fact-sheets/a-beacon/{route}").status_code == 405


def test_files_are_redirected_when_the_slug_changes(client, version, django_capture_on_commit_callbacks):
    page = FactSheetPage.objects.get()
    page.slug = "a-lighthouse"
    with django_capture_on_commit_callbacks(execute=True):
        page.save_revision().publish()
    response = client.get(ADDRESS)

    assert response.status_code in {301, 302}
    assert response["Location"].endswith("/en/fact-sheets/a-lighthouse/download/en/")


def test_file_names_are_readable_and_safe():
    assert readable_name("Ψηφιακές δεξιότητες: “τι;”/πώς", extension="pdf") == "Ψηφιακές δεξιότητες “τι;” πώς.pdf"
    assert readable_name("..", extension="pdf") == "file.pdf"
    assert readable_name("a\r\nX: b", extension="pdf") == "a X b.pdf"
    assert len(readable_name("x" * 500, extension="pdf")) < 130
    assert attachment("Ψ é.pdf") == "attachment; filename*=utf-8''%CE%A8%20%C3%A9.pdf"


def test_a_lost_file_is_not_found(client, admin_user, version, caplog):
    storage = version.content.storage
    for name in [version.content.name, *(cover["name"] for cover in version.covers)]:
        storage.delete(name)
    public = [ADDRESS, "/en/fact-sheets/a-beacon/cover/en/1/224/"]
    assert {client.get(address).status_code for address in public} == {404}
    client.force_login(admin_user)
    screens = [reverse(f"publications:{name}", args=[version.pk]) for name in ("version_file", "version_cover")]
    assert {client.get(address).status_code for address in screens} == {404}
    assert [record.getMessage() for record in caplog.records].count("a stored file is lost") == 4
