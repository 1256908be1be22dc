"""ZIP files whose directory has very many entries are refused before it is read."""

import io
import struct
import zipfile

import pytest
from django.core.management import CommandError, call_command

from home.content_export import archive
from home.file_check import zip_files
from home.file_check.runner import check_file
from home.file_check.zip_files import has_more_entries
from home.translations import batch


def bomb(entries: int, said: int = 1) -> bytes:
    """Return a small ZIP file with many entries that share one content. Its end says there are `said` of them."""
    start = b"PK\x03\x04" + struct.pack("<5H3L2H", 20, 0, 0, 0, 0, 0, 0, 0, 1, 0) + b"a"
    entry = b"PK\x01\x02" + struct.pack("<6H3L5H2L", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    end = b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, said, said, entries * len(entry), len(start), 0)
    return start + entry * entries + end


def test_entries_are_counted_whatever_the_file_says(monkeypatch):
    content = bomb(1000)
    assert len(zipfile.ZipFile(io.BytesIO(content)).infolist()) == 1000
    # Also where a mark lies across two chunks.
    for size in (4, 5, 47, 1 << 20):
        monkeypatch.setattr(zip_files, "CHUNK", size)
        assert has_more_entries(io.BytesIO(content), 999)
        assert not has_more_entries(io.BytesIO(content), 1000)


@pytest.fixture
def no_directory_is_read(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError

    monkeypatch.setattr(zipfile, "ZipFile", refuse)


def test_translations_with_too_many_entries_are_refused(no_directory_is_read):
    with pytest.raises(batch.UnreadableError):
        list(batch.files_in(bomb(batch.MOST_ENTRIES + 1)))


@pytest.mark.django_db
def test_an_export_of_content_with_too_many_entries_is_refused(tmp_path, no_directory_is_read, monkeypatch):
    monkeypatch.setattr(archive, "MOST_FILES", 50)
    file = tmp_path / "content.zip"
    file.write_bytes(bomb(51))
    with pytest.raises(CommandError, match="more than 50 files"):
        call_command("import_content", str(file))


@pytest.mark.django_db
@pytest.mark.parametrize("content", ["[" * 100_000, "x" * 2000])
def test_an_export_of_content_with_strange_rows_is_refused(tmp_path, monkeypatch, content):
    monkeypatch.setattr(archive, "LARGEST_CONTENT", 150_000 if content[0] == "[" else 1000)
    file = tmp_path / "content.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr(archive.CONTENT, content)
    with pytest.raises(CommandError, match=r"cannot be read|too large"):
        call_command("import_content", str(file))


@pytest.mark.parametrize("ending", ["zip", "docx", "odt"])
def test_uploads_with_too_many_entries_are_refused(tmp_path, ending):
    file = tmp_path / f"upload.{ending}"
    file.write_bytes(bomb(10_001))
    assert [issue["code"] for issue in check_file(file, ending)["issues"]] == ["too_costly"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["content.xml", "Content.xml"])
def test_an_office_file_with_two_parts_of_one_name_is_refused(tmp_path, second):
    """Programs differ in which of the two they read, so one of them could have macros that the check does not see."""
    file = tmp_path / "upload.odt"
    with zipfile.ZipFile(file, "w") as target:
        target.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        target.writestr("content.xml", "<a/>")
        target.writestr(second, "<b/>")
    assert [issue["code"] for issue in check_file(file, "odt")["issues"]] == ["damaged"]
