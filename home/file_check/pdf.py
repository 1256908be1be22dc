"""Checks a PDF: that it can be read, that it runs nothing by itself, and that it is accessible."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from home.file_check.pdf_actions import has_active_content
from home.file_check.pdf_pages import MAX_PAGES, Issue, read_pages, statement_issues

# The most nodes of the structure tree that are read.
LARGEST_TREE = 50_000


def check_pdf(request: dict[str, Any]) -> dict[str, Any]:
    """Check that a PDF can be read and runs nothing by itself. A fact sheet must also be accessible."""
    path, fact_sheet = Path(request["path"]), request.get("fact_sheet")
    with path.open("rb") as file:
        # PDF readers accept a header that begins after some other bytes.
        if b"%PDF-" not in file.read(1024):
            return {"issues": [{"code": "not_pdf"}]}
    structure = read_structure(path, fact_sheet)
    if structure.get("stop") or not fact_sheet:
        return {"issues": structure["issues"]}
    pages, text, covers = read_pages(path, fact_sheet)
    if pages > MAX_PAGES:
        return {"issues": [{"code": "too_many_pages", "pages": pages, "limit": MAX_PAGES}], "pages": pages}
    issues = structure["issues"] + statement_issues(text, fact_sheet)
    return {"issues": issues, "pages": pages, "covers": covers}


def read_structure(path: Path, fact_sheet: dict[str, Any] | None) -> dict[str, Any]:
    import pikepdf  # noqa: PLC0415  (after the limits are set)

    try:
        # pikepdf must not repair the file: a file that needs repair counts as damaged.
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                return {"stop": True, "issues": [{"code": "encrypted"}]}
            if has_active_content(pdf):
                return {"issues": [{"code": "active"}]}
            return {"issues": accessibility_issues(pdf, fact_sheet["language"]) if fact_sheet else []}
    except pikepdf.PasswordError:
        return {"stop": True, "issues": [{"code": "encrypted"}]}
    except (pikepdf.PdfError, RecursionError, ValueError, KeyError, TypeError, AttributeError):
        return {"stop": True, "issues": [{"code": "damaged"}]}


def accessibility_issues(pdf: Any, wanted: str) -> list[Issue]:
    root = pdf.Root
    issues: list[Issue] = []
    preferences = root.get("/ViewerPreferences")
    if not title_of(pdf):
        issues.append({"code": "no_title"})
    elif not (preferences is not None and preferences.get("/DisplayDocTitle")):
        issues.append({"code": "title_not_shown"})
    language = str(root.get("/Lang", "")).strip()
    if not language:
        issues.append({"code": "no_language"})
    elif re.split("[-_]", language)[0].lower() != wanted:
        issues.append({"code": "other_language", "wanted": wanted, "found": language[:20]})
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


def figures_without_text(tree: Any) -> int:
    """Return the number of figures in the structure tree that have no alternative text."""
    from pikepdf import Array, Dictionary  # noqa: PLC0415  (after the limits are set)

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
