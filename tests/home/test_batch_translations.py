"""Many translations in one ZIP file: written as PO and XLIFF 2.0, read again, with a report and within limits."""

import io
import zipfile
from xml.etree import ElementTree

import polib
import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from wagtail.models import GroupPagePermission
from wagtail_localize.models import StringTranslation, Translation

from home.models import ContentPage
from home.translations import batch, po_files
from tests.factories.pages import make_page
from tests.factories.translations import make_translations
from tests.factories.users import make_user

pytestmark = [pytest.mark.any_database, pytest.mark.django_db, pytest.mark.slow]
URL = "/admin/translations/batch/"


@pytest.fixture
def translation(home_page) -> Translation:
    page = make_page(ContentPage, home_page, "About us", lead="Who we are & why")
    page.body = [("text", '<p>See <a href="https://example.org/">this</a></p>')]
    page.save_revision().publish()
    with transaction.atomic():
        make_translations(home_page, ["fi", "et"])
        make_translations(page, ["fi", "et"])
    return Translation.objects.get(source__object_id=page.translation_key, target_locale__language_code="fi")


def export(client, *rows) -> dict[str, bytes]:
    response = client.post(URL, {"export": "yes", "translations": [row.pk for row in rows]})
    assert response["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(response.content))
    return {name: archive.read(name) for name in archive.namelist()}


def packed(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def upload(client, content: bytes):
    file = SimpleUploadedFile("translations.zip", content, "application/zip")
    return client.post(URL, {"import": "yes", "file": file})


def stored(translation, path) -> str:
    return StringTranslation.objects.get(
        locale=translation.target_locale, context__object_id=translation.source.object_id, context__path=path
    ).data


def test_both_formats_have_the_texts_and_the_language(translation, admin_client):
    files = export(admin_client, translation)
    name = f"fi/{translation.pk}-about-us"
    assert sorted(files) == [f"{name}.po", f"{name}.xlf"]
    po = polib.pofile(files[f"{name}.po"].decode())
    assert (po.metadata["Language"], po.find("About us").msgstr) == ("fi", "fi About us")
    root = ElementTree.fromstring(files[f"{name}.xlf"])  # noqa: S314  (written by this site)
    assert (root.get("version"), root.get("srcLang"), root.get("trgLang")) == ("2.0", "en", "fi")
    assert batch.parse("a.xlf", files[f"{name}.xlf"]) == batch.parse("a.po", files[f"{name}.po"])


@pytest.mark.parametrize("ending", ["po", "xlf"])
def test_changed_texts_are_taken_and_others_reported(translation, admin_client, ending):
    files = export(admin_client, translation)
    ((name, content),) = [item for item in files.items() if item[0].endswith(ending)]
    changed = content.decode().replace("fi About us", "Meistä").replace("Who we are", "Other")
    answer = upload(admin_client, packed({name: changed.encode()}))
    (outcome,) = answer.context["outcomes"]
    assert (outcome.problem, outcome.taken, len(outcome.unknown), outcome.wrong) == ("", 1, 1, [])
    assert outcome.unchanged >= 1
    assert stored(translation, "title") == "Meistä"
    assert "imported: 1" in answer.text


def test_a_text_with_wrong_tags_is_refused_and_the_old_one_stays(translation, admin_client):
    files = export(admin_client, translation)
    ((name, content),) = [item for item in files.items() if item[0].endswith("po")]
    po = polib.pofile(content.decode())
    entry = next(entry for entry in po if "<a" in entry.msgid)
    before, entry.msgstr = entry.msgstr, "Katso <b>tätä"
    answer = upload(admin_client, packed({name: str(po).encode()}))
    (outcome,) = answer.context["outcomes"]
    assert [source for source, _problem in outcome.wrong] == [entry.msgid]
    assert StringTranslation.objects.filter(data=before, has_error=False).exists()


def test_files_that_are_not_taken_say_why(translation, admin_client):
    files = export(admin_client, translation)
    ((_name, content),) = [item for item in files.items() if item[0].endswith("po")]
    xml = b'<!DOCTYPE x [<!ENTITY a "b">]><xliff/>'
    wrong = {
        "a.po": b"nothing",
        "b.xlf": xml,
        "c.po": content.replace(str(translation.uuid).encode(), b"0" * 32),
        "d.po": content.replace(b'"Language: fi', b'"Language: el'),
        "e.xlf": b"<a",
        "f.txt": b"ignored",
    }
    outcomes = upload(admin_client, packed(wrong)).context["outcomes"]
    assert [outcome.problem for outcome in outcomes] == [
        "This is not a PO or XLIFF 2.0 file from this site.",
        "This is not a PO or XLIFF 2.0 file from this site.",
        "This translation no longer exists.",
        "The file is in another language than the translation.",
        "This is not a PO or XLIFF 2.0 file from this site.",
    ]


def test_limits(translation, admin_client, monkeypatch):
    assert "Upload a ZIP file with PO or XLIFF files." in upload(admin_client, b"no zip").text
    assert "Upload a ZIP file with PO or XLIFF files." in upload(admin_client, packed({"a.txt": b""})).text
    monkeypatch.setattr(batch, "MOST_FILES", 1)
    assert "The ZIP file is too large." in upload(admin_client, packed({"a.po": b"", "b.po": b""})).text
    monkeypatch.setattr(batch, "LARGEST", 100)
    assert "The ZIP file is too large." in upload(admin_client, packed({"a.po": b"x" * 1000})).text


def test_the_filter_finds_what_is_not_shown(translation, admin_client, monkeypatch):
    def offered(**query) -> list[int]:
        return [pk for pk, _label in admin_client.get(URL, query).context["export_form"].fields["translations"].choices]

    assert translation.pk in offered()
    finnish = Translation.objects.filter(target_locale__language_code="fi")
    assert set(offered(language=translation.target_locale_id)) == set(finnish.values_list("pk", flat=True))
    assert offered(title="ABOUT", language=translation.target_locale_id) == [translation.pk]
    assert "About us (page, Finnish)" in admin_client.get(URL).text
    assert "No translation matches the filter." in admin_client.get(URL, {"title": "nowhere"}).text
    assert offered(language="x") == offered()

    monkeypatch.setattr(batch, "MOST_FILES", 2)
    assert len(offered()) == 1
    assert f"{Translation.objects.count() - 1} more translations are not shown" in admin_client.get(URL).text
    response = admin_client.post(
        f"{URL}?title=about&language={translation.target_locale_id}", {"translations": [translation.pk]}
    )
    assert response["Content-Type"] == "application/zip"


def with_method(content: bytes, method: int) -> bytes:
    """Return a ZIP file with one entry whose headers name another compression."""
    local, central = content.index(b"PK\x03\x04"), content.index(b"PK\x01\x02")
    number = method.to_bytes(2, "little")
    changed = bytearray(content)
    changed[local + 8 : local + 10] = changed[central + 10 : central + 12] = number
    return bytes(changed)


def deflated(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.po", content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        # A stream that is no deflated data, memory that LZMA asks for, unknown compressions and a lost header.
        with_method(packed({"a.po": b"\xff" * 99}), zipfile.ZIP_DEFLATED),
        with_method(packed({"a.po": b"\x09\x04\x05\x00\x5d\xff\xff\xff\xff" + b"a" * 99}), zipfile.ZIP_LZMA),
        with_method(packed({"a.po": b"a" * 99}), 99),
        packed({"a.po": b"a" * 99}).replace(b"PK\x03\x04", b"PK\x09\x09"),
    ],
)
def test_a_damaged_entry_has_a_report(admin_client, content):
    (outcome,) = upload(admin_client, content).context["outcomes"]
    assert outcome.problem == "This is not a PO or XLIFF 2.0 file from this site."


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # A later version of the format, and a name that is not UTF-8 although its flag says so.
        (b"PK\x01\x02\x14\x03\x14", b"PK\x01\x02\x14\x03\xff"),
        ("ä.po".encode(), b"\xff\xff.po"),
    ],
)
def test_a_directory_that_cannot_be_read_is_no_zip_file(admin_client, old, new):
    content = packed({"ä.po": b""})
    assert old in content
    assert "Upload a ZIP file with PO or XLIFF files." in upload(admin_client, content.replace(old, new)).text


def test_a_large_file_is_not_parsed(admin_client):
    # Some kilobytes of an upload become megabytes of texts, which take long to parse.
    bomb = deflated(b'msgid "a"\nmsgstr "b"\n\n' * 100_000)
    assert len(bomb) < 25_000
    (outcome,) = upload(admin_client, bomb).context["outcomes"]
    assert outcome.problem == "The file is too large."


@pytest.mark.parametrize("key", ["-" * 32, "a" * 33, "../../etc/passwd"])
def test_a_file_without_a_valid_key_has_a_report(translation, admin_client, key):
    ((name, content),) = [item for item in export(admin_client, translation).items() if item[0].endswith("po")]
    changed = content.replace(str(translation.uuid).encode(), key.encode())
    (outcome,) = upload(admin_client, packed({name: changed})).context["outcomes"]
    assert outcome.problem == "This translation no longer exists."


def test_a_text_that_the_database_refuses_has_a_report(translation, admin_client):
    ((name, content),) = [item for item in export(admin_client, translation).items() if item[0].endswith("po")]
    (outcome,) = upload(admin_client, packed({name: content.replace(b"fi About", b"fi \0")})).context["outcomes"]
    assert outcome.problem == "This is not a PO or XLIFF 2.0 file from this site."


def test_texts_of_pages_that_the_user_may_not_open_are_neither_offered_nor_exported(translation, client, home_page):
    user = make_user("section", group="Editors")
    group = Group.objects.create(name="One section")
    user.groups.set([group, Group.objects.get(name="Editors")])
    GroupPagePermission.objects.filter(group__in=user.groups.all()).delete()
    section = make_page(ContentPage, home_page.get_translation(translation.target_locale), "Section")
    GroupPagePermission.objects.create(
        group=group, page=section, permission=Permission.objects.get(codename="change_page")
    )
    client.force_login(user)
    answer = client.post(URL, {"export": "yes", "translations": [translation.pk]})
    assert answer["Content-Type"].startswith("text/html")
    assert "About us" not in client.get(URL).text


def test_translators_get_their_language_only(translation, client, admin_client):
    files = export(admin_client, translation)
    estonian = Translation.objects.get(source=translation.source, target_locale__language_code="et")
    client.force_login(make_user("estonian", group="Translators: Estonian"))
    offered = dict(client.get(URL).context["export_form"].fields["translations"].choices)
    assert estonian.pk in offered
    assert translation.pk not in offered
    assert client.post(URL, {"translations": [translation.pk]})["Content-Type"].startswith("text/html")
    changed = {name: content.replace(b"fi About us", b"Hei") for name, content in files.items()}
    outcomes = upload(client, packed(changed)).context["outcomes"]
    assert {outcome.problem for outcome in outcomes} == {"You do not have permission to edit this translation."}
    assert stored(translation, "title") == "fi About us"
    client.force_login(make_user("nobody"))
    assert client.get(URL).status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_the_export_takes_one_query_for_each_translation(translation, count, django_assert_num_queries):
    rows = list(Translation.objects.select_related("source__locale", "target_locale")[:count])
    with django_assert_num_queries(count):
        batch.as_zip(rows)


@pytest.mark.parametrize(
    ("text", "is_taken"),
    [("fi", True), ("f\0i", False), ("a" * po_files.LARGEST, False)],
    ids=["text", "zero", "large"],
)
def test_a_single_file_has_the_same_limits(text, is_taken):
    content = f'msgid ""\nmsgstr "{po_files.KEY}: 1\\n"\n\nmsgid "a"\nmsgstr "{text}"\n'
    assert po_files.is_po_file(SimpleUploadedFile("a.po", content.encode())) is is_taken
