"""Looks into one uploaded file, in a process of its own: `python pdf.py REQUEST` (a JSON file).

Uploads are hostile until shown otherwise, and the libraries that read them are large. So this program knows nothing of
the site, limits its own time and memory before it opens the file, and answers with JSON on its standard output. It is
never imported by the site; `checking.py` starts it, and judges what it answers.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

MAX_PAGES = 1000
# Enough to find a statement that stands on the first or last page of a fact sheet or a report.
PAGES_TO_READ = 60
LETTERS_TO_READ = 400_000
# Nodes of the structure tree that are looked at.
LARGEST_TREE = 50_000
TALLEST = 2  # times the width: what is longer is cut off at the bottom of the picture
# A document has some hundred parts, and unpacks to some ten times its size.
MAX_PARTS = 10_000
MAX_UNPACKED = 500 * 1024 * 1024

Finding = dict[str, Any]


def limit(seconds: int, megabytes: int) -> None:
    """Give this process a ceiling. Where the system has none (Windows), only the caller's clock is left."""
    try:
        import resource  # noqa: PLC0415
    except ImportError:
        return
    size = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024 * 1024, 64 * 1024 * 1024))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def bare(text: str) -> str:
    """Return the letters of a text: a statement is found across line ends, hyphens and spaces."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in folded if character.isalnum())


# PDF


def inspect_pdf(request: dict[str, Any]) -> dict[str, Any]:
    path = Path(request["path"])
    with path.open("rb") as file:
        # Readers allow some bytes before the header.
        if b"%PDF-" not in file.read(1024):
            return {"findings": [{"code": "not_pdf"}]}
    structure = read_structure(path, request)
    if structure.get("stop"):
        return {"findings": structure["findings"]}
    pages, text, covers = read_pages(path, request)
    if pages > MAX_PAGES:
        return {"findings": [{"code": "too_many_pages", "pages": pages, "limit": MAX_PAGES}], "pages": pages}
    findings = structure["findings"] + find_statement(text, request)
    return {"findings": findings, "pages": pages, "covers": covers}


def read_structure(path: Path, request: dict[str, Any]) -> dict[str, Any]:
    import pikepdf  # noqa: PLC0415  (after the limits are set)

    try:
        # Without repairs: a file that needs them is damaged.
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                return {"stop": True, "findings": [{"code": "encrypted"}]}
            return {"findings": look_at(pdf, request)}
    except pikepdf.PasswordError:
        return {"stop": True, "findings": [{"code": "encrypted"}]}
    except (pikepdf.PdfError, RecursionError, ValueError, KeyError, TypeError, AttributeError):
        return {"stop": True, "findings": [{"code": "damaged"}]}


def look_at(pdf: Any, request: dict[str, Any]) -> list[Finding]:
    root = pdf.Root
    if is_active(pdf):
        return [{"code": "active"}]
    findings: list[Finding] = []
    preferences = root.get("/ViewerPreferences")
    if not title_of(pdf):
        findings.append({"code": "no_title"})
    elif not (preferences is not None and preferences.get("/DisplayDocTitle")):
        findings.append({"code": "title_not_shown"})
    language = str(root.get("/Lang", "")).strip()
    if not language:
        findings.append({"code": "no_language"})
    elif re.split("[-_]", language)[0].lower() != request["language"]:
        findings.append({"code": "other_language", "wanted": request["language"], "found": language[:20]})
    marks = root.get("/MarkInfo")
    if not (marks is not None and marks.get("/Marked")) or root.get("/StructTreeRoot") is None:
        findings.append({"code": "not_tagged"})
    elif count := pictures_without_text(root.StructTreeRoot):
        findings.append({"code": "no_alt", "count": count})
    return findings


def title_of(pdf: Any) -> str:
    info = str(pdf.docinfo.get("/Title", "")).strip() if pdf.trailer.get("/Info") is not None else ""
    if info:
        return info
    if pdf.Root.get("/Metadata") is None:
        return ""
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        return str(metadata.get("dc:title", "")).strip()


def is_active(pdf: Any) -> bool:
    """Tell whether the document runs something by itself or carries programs along."""
    from pikepdf import Dictionary  # noqa: PLC0415

    names = pdf.Root.get("/Names")
    if names is not None and names.get("/JavaScript") is not None:
        return True
    opening = pdf.Root.get("/OpenAction")
    # Most documents name a page here, as a list.
    kind = opening.get("/S") if isinstance(opening, Dictionary) else None
    if kind is not None and str(kind) in {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData"}:
        return True
    attached = [str(name).lower() for name in pdf.attachments]
    return any(re.search(r"\.(exe|bat|cmd|com|scr|ps1|vbs|js|jar|msi|lnk|hta|html?)$", name) for name in attached)


def pictures_without_text(tree: Any) -> int:
    """Count the figures of the structure tree that say nothing to those who do not see them."""
    from pikepdf import Array, Dictionary  # noqa: PLC0415

    missing, waiting, seen = 0, [tree], 0
    while waiting and seen < LARGEST_TREE:
        node = waiting.pop()
        seen += 1
        if str(node.get("/S", "")) == "/Figure" and not (str(node.get("/Alt", "")) or str(node.get("/ActualText", ""))):
            missing += 1
        children = node.get("/K")
        if isinstance(children, Dictionary):
            waiting.append(children)
        elif isinstance(children, Array):
            waiting.extend(child for child in children if isinstance(child, Dictionary))
    return missing


def read_pages(path: Path, request: dict[str, Any]) -> tuple[int, str, list[dict[str, Any]]]:
    import pypdfium2  # noqa: PLC0415

    document = pypdfium2.PdfDocument(path)
    pages = len(document)
    if pages == 0:
        raise ValueError("no pages")
    if pages > MAX_PAGES:
        return pages, "", []
    covers = draw(document[0], Path(request["folder"]), request["widths"])
    words, length = [], 0
    for number in range(min(pages, PAGES_TO_READ)):
        page = document[number]
        words.append(page.get_textpage().get_text_bounded())
        length += len(words[-1])
        page.close()
        if length > LETTERS_TO_READ:
            break
    return pages, " ".join(words), covers


def draw(page: Any, folder: Path, widths: list[int]) -> list[dict[str, Any]]:
    """Draw the page once, as wide as the widest picture, and make the smaller ones from that."""
    from PIL import Image  # noqa: PLC0415

    width, height = page.get_size()
    if not (0 < width < 100_000 and 0 < height < 100_000):
        raise ValueError("no size")
    scale = max(widths) / width
    if height * scale > max(widths) * TALLEST:
        scale = max(widths) * TALLEST / height
    picture = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    page.close()
    covers = []
    for target in sorted(widths):
        size = (target, max(1, round(picture.height * target / picture.width)))
        smaller = picture.resize(size, Image.Resampling.LANCZOS)
        name = f"{target}.webp"
        smaller.save(folder / name, "WEBP", quality=80, method=4)
        covers.append({"file": name, "width": size[0], "height": size[1]})
    return covers


def find_statement(text: str, request: dict[str, Any]) -> list[Finding]:
    statements: dict[str, str] = request["statements"]
    letters = bare(text)
    if len(letters) < 20:
        return [{"code": "no_text"}]
    if not statements:
        return []
    wanted = statements.get(request["language"]) or next(iter(statements.values()))
    if bare(wanted) in letters:
        return []
    elsewhere = any(bare(statement) in letters for statement in statements.values())
    return [{"code": "other_statement" if elsewhere else "no_statement", "statement": wanted}]


# Editable files: all of them are ZIP archives


def inspect_editable(request: dict[str, Any]) -> dict[str, Any]:
    wrong = {"findings": [{"code": "not_format", "extension": request["extension"]}]}
    with Path(request["path"]).open("rb") as file:
        start = file.read(8)
    if start.startswith(b"\xd0\xcf\x11\xe0"):  # how Office wraps a file that has a password
        return {"findings": [{"code": "encrypted"}]}
    if not start.startswith(b"PK\x03\x04"):
        return wrong
    try:
        with zipfile.ZipFile(request["path"]) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                return {"findings": [{"code": "too_costly", **request["limits"]}]}
            if any(part.flag_bits & 1 for part in parts) or is_encrypted_opendocument(archive, names):
                return {"findings": [{"code": "encrypted"}]}
            if not is_of_type(archive, names, request["media_type"], request["extension"]):
                return wrong
            if any(re.search(r"(vbaproject\.bin|^basic/.*\.xml|^scripts/.+)$", name.lower()) for name in names):
                return {"findings": [{"code": "active"}]}
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError):
        return {"findings": [{"code": "damaged"}]}
    return {"findings": []}


def part_of(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    with archive.open(name) as part:
        return part.read(limit)


def is_encrypted_opendocument(archive: zipfile.ZipFile, names: set[str]) -> bool:
    manifest = "META-INF/manifest.xml"
    return manifest in names and b"encryption-data" in part_of(archive, manifest, 1_000_000)


def is_of_type(archive: zipfile.ZipFile, names: set[str], media_type: str, extension: str) -> bool:
    if extension.startswith("od"):
        return (
            "mimetype" in names and part_of(archive, "mimetype", 200).decode("ascii", "replace").strip() == media_type
        )
    main = {"docx": "word/document.xml", "pptx": "ppt/presentation.xml", "xlsx": "xl/workbook.xml"}[extension]
    return "[Content_Types].xml" in names and main in names


def main() -> int:
    request = json.loads(Path(sys.argv[1]).read_text())
    limit(request["limits"]["seconds"], request["limits"]["memory"])
    inspect = inspect_pdf if request["extension"] == "pdf" else inspect_editable
    try:
        answer = inspect(request)
    except MemoryError:
        answer = {"findings": [{"code": "too_costly", **request["limits"]}]}
    except Exception:
        answer = {"findings": [{"code": "damaged"}]}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
