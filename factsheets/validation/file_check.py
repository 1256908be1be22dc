"""Validates one uploaded file in a process of its own: `python file_check.py REQUEST`, where REQUEST is a JSON file.

Uploads are untrusted, and the libraries that read them are large. This program therefore imports nothing of the site,
limits its own time and memory before it opens the file, and prints its answer as JSON. `runner.py` starts it; the site
never imports it.
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
# Enough to find a statement on the first or last page of a fact sheet or a report.
PAGES_TO_READ = 60
LETTERS_TO_READ = 400_000
# Nodes of the structure tree that are read at most.
LARGEST_TREE = 50_000
# Height of the picture, in widths, at most.
TALLEST = 2
# A usual document has some hundred parts and unpacks to about ten times its size.
MAX_PARTS = 10_000
MAX_UNPACKED = 500 * 1024 * 1024

Issue = dict[str, Any]


def limit(seconds: int, megabytes: int) -> None:
    """Limit this process. Without such limits (Windows), only the timeout of the caller applies."""
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


def letters_of(text: str) -> str:
    """Return the letters and digits alone, so that a statement is found across line ends, hyphens and spaces."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in folded if character.isalnum())


# PDF


def validate_pdf(request: dict[str, Any]) -> dict[str, Any]:
    path = Path(request["path"])
    with path.open("rb") as file:
        # PDF readers accept some bytes before the header.
        if b"%PDF-" not in file.read(1024):
            return {"issues": [{"code": "not_pdf"}]}
    structure = read_structure(path, request)
    if structure.get("stop"):
        return {"issues": structure["issues"]}
    pages, text, covers = read_pages(path, request)
    if pages > MAX_PAGES:
        return {"issues": [{"code": "too_many_pages", "pages": pages, "limit": MAX_PAGES}], "pages": pages}
    issues = structure["issues"] + statement_issues(text, request)
    return {"issues": issues, "pages": pages, "covers": covers}


def read_structure(path: Path, request: dict[str, Any]) -> dict[str, Any]:
    import pikepdf  # noqa: PLC0415  (after the limits are set)

    try:
        # Opened without repair: a file that needs one is damaged.
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                return {"stop": True, "issues": [{"code": "encrypted"}]}
            return {"issues": structure_issues(pdf, request)}
    except pikepdf.PasswordError:
        return {"stop": True, "issues": [{"code": "encrypted"}]}
    except (pikepdf.PdfError, RecursionError, ValueError, KeyError, TypeError, AttributeError):
        return {"stop": True, "issues": [{"code": "damaged"}]}


def structure_issues(pdf: Any, request: dict[str, Any]) -> list[Issue]:
    root = pdf.Root
    if has_active_content(pdf):
        return [{"code": "active"}]
    issues: list[Issue] = []
    preferences = root.get("/ViewerPreferences")
    if not title_of(pdf):
        issues.append({"code": "no_title"})
    elif not (preferences is not None and preferences.get("/DisplayDocTitle")):
        issues.append({"code": "title_not_shown"})
    language = str(root.get("/Lang", "")).strip()
    if not language:
        issues.append({"code": "no_language"})
    elif re.split("[-_]", language)[0].lower() != request["language"]:
        issues.append({"code": "other_language", "wanted": request["language"], "found": language[:20]})
    marks = root.get("/MarkInfo")
    if not (marks is not None and marks.get("/Marked")) or root.get("/StructTreeRoot") is None:
        issues.append({"code": "not_tagged"})
    elif count := figures_without_text(root.StructTreeRoot):
        issues.append({"code": "no_alt", "count": count})
    return issues


def title_of(pdf: Any) -> str:
    info = str(pdf.docinfo.get("/Title", "")).strip() if pdf.trailer.get("/Info") is not None else ""
    if info:
        return info
    if pdf.Root.get("/Metadata") is None:
        return ""
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        return str(metadata.get("dc:title", "")).strip()


def has_active_content(pdf: Any) -> bool:
    """Return whether the document runs a script when it is opened, or has programs attached."""
    from pikepdf import Dictionary  # noqa: PLC0415

    names = pdf.Root.get("/Names")
    if names is not None and names.get("/JavaScript") is not None:
        return True
    opening = pdf.Root.get("/OpenAction")
    # Usually an array that names the page to show first, which is harmless.
    kind = opening.get("/S") if isinstance(opening, Dictionary) else None
    if kind is not None and str(kind) in {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData"}:
        return True
    attached = [str(name).lower() for name in pdf.attachments]
    return any(re.search(r"\.(exe|bat|cmd|com|scr|ps1|vbs|js|jar|msi|lnk|hta|html?)$", name) for name in attached)


def figures_without_text(tree: Any) -> int:
    """Count the figures of the structure tree without alternative text."""
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
    covers = render_covers(document[0], Path(request["folder"]), request["widths"])
    texts, length = [], 0
    for number in range(min(pages, PAGES_TO_READ)):
        page = document[number]
        texts.append(page.get_textpage().get_text_bounded())
        length += len(texts[-1])
        page.close()
        if length > LETTERS_TO_READ:
            break
    return pages, " ".join(texts), covers


def render_covers(page: Any, folder: Path, widths: list[int]) -> list[dict[str, Any]]:
    """Render the page once at the largest width and scale the smaller pictures from it. Widths are in pixels."""
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


def statement_issues(text: str, request: dict[str, Any]) -> list[Issue]:
    statements: dict[str, str] = request["statements"]
    letters = letters_of(text)
    if len(letters) < 20:
        return [{"code": "no_text"}]
    if not statements:
        return []
    wanted = statements.get(request["language"]) or next(iter(statements.values()))
    if letters_of(wanted) in letters:
        return []
    elsewhere = any(letters_of(statement) in letters for statement in statements.values())
    return [{"code": "other_statement" if elsewhere else "no_statement", "statement": wanted}]


# Editable files: ZIP archives in all formats


def validate_editable(request: dict[str, Any]) -> dict[str, Any]:
    wrong = {"issues": [{"code": "not_format", "extension": request["extension"]}]}
    with Path(request["path"]).open("rb") as file:
        start = file.read(8)
    if start.startswith(b"\xd0\xcf\x11\xe0"):  # an Office file with a password
        return {"issues": [{"code": "encrypted"}]}
    if not start.startswith(b"PK\x03\x04"):
        return wrong
    try:
        with zipfile.ZipFile(request["path"]) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                return {"issues": [{"code": "too_costly", **request["limits"]}]}
            if any(part.flag_bits & 1 for part in parts) or is_encrypted_opendocument(archive, names):
                return {"issues": [{"code": "encrypted"}]}
            if not is_of_type(archive, names, request["media_type"], request["extension"]):
                return wrong
            if any(re.search(r"(vbaproject\.bin|^basic/.*\.xml|^scripts/.+)$", name.lower()) for name in names):
                return {"issues": [{"code": "active"}]}
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError):
        return {"issues": [{"code": "damaged"}]}
    return {"issues": []}


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
    validate = validate_pdf if request["extension"] == "pdf" else validate_editable
    try:
        answer = validate(request)
    except MemoryError:
        answer = {"issues": [{"code": "too_costly", **request["limits"]}]}
    except Exception:
        answer = {"issues": [{"code": "damaged"}]}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
