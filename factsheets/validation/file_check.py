"""Validates one uploaded file in a process of its own: `python file_check.py REQUEST`, where REQUEST is a JSON file.

Uploads are untrusted, and the libraries that read them are large. This program therefore imports nothing of the site,
gives up the network and limits its own time and memory before it opens the file, and prints its answer as JSON.
`runner.py` starts it without environment variables; the site never imports it.
"""

from __future__ import annotations

import ctypes
import json
import re
import sys
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

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
# Bytes of a part that is read for links and macros; the parts that name them are far smaller.
LARGEST_PART = 32 * 1024 * 1024

# PDF: keys and names that start something or bring their own content (ISO 32000-2, 12.6, 12.7, 13).
ACTIVE_KEYS = {"/AA", "/Collection", "/JS", "/JavaScript", "/RichMediaContent", "/RichMediaSettings", "/XFA"}
ACTIVE_NAMES = {
    "/GoToE",
    "/GoToR",
    "/ImportData",
    "/JavaScript",
    "/Launch",
    "/Movie",
    "/Rendition",
    "/RichMedia",
    "/RichMediaExecute",
    "/Screen",
    "/Sound",
    "/SubmitForm",
}
# A quick look at the bytes of an object. Only objects with one of these words are read key by key.
SUSPICIOUS = re.compile(
    rb"/(AA|Collection|EF|FFilter|Filespec|F|FS|GoTo[ER]|ImportData|JavaScript|JS|Launch|Movie|Rendition|RichMedia\w*|"
    rb"Screen|Sound|SubmitForm|UF|URI|XFA)\b"
)
# Nested lists of one object that are read at most.
DEEPEST = 100
SAFE_LINK = re.compile(r"(https?://|mailto:|tel:|#)", re.IGNORECASE)
SCHEME_OR_HOST = re.compile(r"([a-z][a-z0-9+.-]*:|[\\/]{2})", re.IGNORECASE)
# Files that may be attached to a PDF, and how programs, archives and pages with scripts begin.
ATTACHABLE = (".csv", ".txt", ".xml", ".jpeg", ".jpg", ".png")
PROGRAM_STARTS = (
    b"MZ",
    b"\x7fELF",
    b"#!",
    b"PK",
    b"%PDF",
    b"\xd0\xcf\x11\xe0",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
)
MARKUP = re.compile(rb"<\s*(script|html|svg|!doctype|\?xml-stylesheet)|\bon\w+\s*=", re.IGNORECASE)

# Office files: the content type of the main part without macros, by extension.
MAIN_PARTS = {
    "docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation.main+xml"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
}
OPENXML = "application/vnd.openxmlformats-officedocument."
ACTIVE_PART = re.compile(
    r"(vbaproject|vbadata|/?activex/|macrosheets/|dialogsheets/|oleobject|/embeddings/.*\.bin$|"
    r"^basic/|^scripts/|^object \d+$|\.(exe|dll|js|vbs|bat|cmd|lnk|jar|hta|scr|ps1|(doc|dot|ppt|pot|xls|xlt)m|xlsb)$)"
)
ACTIVE_TYPE = re.compile(
    r"(macro|vba|activex|oleobject|ole-object|attachedtemplate|keymap|customui|ddelink)", re.IGNORECASE
)
ACTIVE_OPENDOCUMENT = re.compile(
    rb"(vnd\.sun\.star\.script:|<script:event-listener|<office:scripts>\s*<|application/vnd\.sun\.star\.(oleobject|basic)|"
    rb"<office:dde-source|<draw:applet|<draw:plugin)"
)

Issue = dict[str, Any]


def leave_network() -> None:
    """Move this process into a network of its own, without interfaces, where the system allows that.

    Linux refuses it where user namespaces are switched off and the process is not root. The process gains no privileges
    from programs that it starts.
    """
    if sys.platform != "linux":
        return
    new_user, new_network, no_new_privileges = 0x10000000, 0x40000000, 38
    system = ctypes.CDLL(None, use_errno=True)
    system.prctl(no_new_privileges, 1, 0, 0, 0)
    if system.unshare(new_user | new_network) != 0:
        system.unshare(new_network)


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
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
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
    """Return whether any object can run something, send something, or open or bring another file.

    Objects that nothing refers to are read too: viewers differ in what they follow.
    """
    from pikepdf import Name, Stream  # noqa: PLC0415

    for item in pdf.objects:
        # A name of its own, which an action refers to.
        if isinstance(item, Name) and str(item) in ACTIVE_NAMES:
            return True
        is_stream = isinstance(item, Stream)
        values = item.stream_dict if is_stream else item
        if not SUSPICIOUS.search(values.unparse(resolved=True)):
            continue
        if is_stream and ("/F" in values or "/FFilter" in values):  # its content is in another file
            return True
        if any(is_active_dictionary(values) for values in dictionaries(values)):
            return True
    return False


def dictionaries(value: Any, depth: int = 0) -> Iterator[Any]:
    """Yield the dictionaries inside an object, without following references. Raises ValueError if it is nested too deep."""
    from pikepdf import Array, Dictionary  # noqa: PLC0415

    if depth > DEEPEST:
        raise ValueError("nested too deep")
    if isinstance(value, Dictionary):
        yield value
        for child in value.as_dict().values():
            if not getattr(child, "is_indirect", True):
                yield from dictionaries(child, depth + 1)
    elif isinstance(value, Array):
        for child in value:
            if not getattr(child, "is_indirect", True):
                yield from dictionaries(child, depth + 1)


def is_active_dictionary(values: Any) -> bool:
    from pikepdf import Dictionary, Name, String  # noqa: PLC0415

    if ACTIVE_KEYS & set(values.keys()):
        return True
    for key, value in values.items():
        if isinstance(value, Name) and key in {"/S", "/Subtype", "/Type"} and str(value) in ACTIVE_NAMES:
            return True
        if key == "/URI" and isinstance(value, String) and not is_safe_link(str(value)):
            return True
        if (
            key in {"/F", "/UF", "/DOS", "/Unix", "/Mac"}
            and isinstance(value, String)
            and SCHEME_OR_HOST.match(str(value))
        ):
            return True
        if key == "/EF" and isinstance(value, Dictionary) and not is_harmless_attachment(values, value):
            return True
    return False


def is_safe_link(link: str) -> bool:
    """Return whether a link leads to a web page, an address or a place in the document."""
    link = re.sub(r"[\x00-\x20\x7f]", "", link)
    return bool(SAFE_LINK.match(link)) or not SCHEME_OR_HOST.match(link)


def is_harmless_attachment(file: Any, streams: Any) -> bool:
    """Return whether name and content of an attached file are those of a text, table or picture."""
    names = [str(file[key]) for key in ("/F", "/UF", "/DOS", "/Unix", "/Mac") if key in file]
    if not names or not all(name.lower().endswith(ATTACHABLE) for name in names):
        return False
    for stream in streams.as_dict().values():
        start = stream.read_bytes()[:65_536].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
        if start.startswith(PROGRAM_STARTS) or MARKUP.search(start):
            return False
    return True


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
            if any(ACTIVE_PART.search(name.lower()) for name in names) or has_active_part(archive, names):
                return {"issues": [{"code": "active"}]}
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, ElementTree.ParseError):
        return {"issues": [{"code": "damaged"}]}
    return {"issues": []}


def part_of(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    with archive.open(name) as part:
        return part.read(limit)


def is_encrypted_opendocument(archive: zipfile.ZipFile, names: set[str]) -> bool:
    manifest = "META-INF/manifest.xml"
    return manifest in names and b"encryption-data" in part_of(archive, manifest, 1_000_000)


def is_of_type(archive: zipfile.ZipFile, names: set[str], media_type: str, extension: str) -> bool:
    """Return whether the main part has the type of the extension. A file with macros has another one: it is active."""
    if extension.startswith("od"):
        return (
            "mimetype" in names and part_of(archive, "mimetype", 200).decode("ascii", "replace").strip() == media_type
        )
    main, main_type = MAIN_PARTS[extension]
    if "[Content_Types].xml" not in names or main not in names:
        return False
    types = content_types(archive)
    found = types.get(f"/{main}".lower(), "")
    return found == OPENXML + main_type or bool(ACTIVE_TYPE.search(found))


def content_types(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the content types of an Office file by part, and by ending with an asterisk before it."""
    tree = parsed(archive, "[Content_Types].xml")
    found = {}
    for item in tree.iter():
        name = item.get("PartName") or f"*.{item.get('Extension', '')}"
        found[name.lower()] = item.get("ContentType", "")
    return found


def has_active_part(archive: zipfile.ZipFile, names: set[str]) -> bool:
    """Return whether an Office or OpenDocument file has macros, controls, or links that open another file."""
    if "[Content_Types].xml" in names and any(map(ACTIVE_TYPE.search, content_types(archive).values())):
        return True
    return any(is_active_part(archive, name) for name in names)


def is_active_part(archive: zipfile.ZipFile, name: str) -> bool:
    if name.lower().endswith(".rels"):
        return any(is_active_relation(item) for item in parsed(archive, name).iter())
    if name.lower().startswith("xl/externallinks/"):
        return b"ddeLink" in plain(archive, name)
    if name in {"styles.xml", "META-INF/manifest.xml"} or name.rsplit("/", maxsplit=1)[-1] == "content.xml":
        return bool(ACTIVE_OPENDOCUMENT.search(plain(archive, name)))
    return False


def is_active_relation(item: ElementTree.Element) -> bool:
    if ACTIVE_TYPE.search(item.get("Type", "").rsplit("/", 1)[-1]):
        return True
    return item.get("TargetMode", "").lower() == "external" and not is_safe_link(item.get("Target", ""))


def parsed(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """Return the parsed part. Raises ValueError for a document type: Office files have none, and entities hide words."""
    content = plain(archive, name)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise ValueError("document type")
    return ElementTree.fromstring(part_of(archive, name, LARGEST_PART))  # noqa: S314  (limits apply, no entities)


def plain(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return the part without zero bytes, so that ASCII words are found in UTF-16 too."""
    return part_of(archive, name, LARGEST_PART).replace(b"\x00", b"")


def main() -> int:
    request = json.loads(Path(sys.argv[1]).read_text())
    leave_network()
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
