"""Many translations in one ZIP file, as PO and as XLIFF 2.0: written for translators, and read again with a report."""

from __future__ import annotations

import io
import re
import tempfile
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from xml.etree import ElementTree

import polib
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.http import Http404
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.models import Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from home.file_check.zip_files import DAMAGED, has_more_entries
from home.translations import permissions
from home.translations.links import target_of
from home.translations.overview import translated_models
from home.translations.po_files import KEY
from home.translations.po_files import LARGEST as LARGEST_PO
from home.view_permissions import editable_pages

XLIFF = "urn:oasis:names:tc:xliff:document:2.0"
TOOL = "PO File"  # as wagtail-localize writes it for one file
MOST_FILES = 400
# Of any kind: a person may have added files of other programs.
MOST_ENTRIES = 2_000
# Bytes of the files together, unpacked. A megabyte takes up to two seconds to parse.
LARGEST = 8 * 1024 * 1024
# Others may ask for any amount of memory before they give the first byte.
COMPRESSIONS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


@dataclass(frozen=True)
class Text:
    """A text of the source with its translation, which may be empty. `context` is the path of its field."""

    context: str
    source: str
    target: str


@dataclass(frozen=True)
class TextFile:
    translation: str
    language: str
    texts: list[Text]


@dataclass
class Outcome:
    """The result of importing a file. `problem` is why nothing was read, `wrong` the refused texts with reasons."""

    name: str
    title: str = ""
    problem: str = ""
    taken: int = 0
    unchanged: int = 0
    unknown: list[str] = field(default_factory=list)
    wrong: list[tuple[str, str]] = field(default_factory=list)


class UnreadableError(Exception):
    """The upload is no ZIP file within the limits. The message is for the user."""


# Writing


def texts_of(translation: Translation) -> list[Text]:
    segments = StringSegment.objects.filter(source=translation.source_id).select_related("context", "string")
    segments = segments.annotate_translation(translation.target_locale_id, include_errors=True).order_by("order")
    known = {(row.context.path, row.string.data): row.translation or "" for row in segments}
    return [Text(context, source, target) for (context, source), target in known.items()]


def as_zip(translations: Iterable[Translation]) -> bytes:
    """Return both formats of each translation, in a folder for each language."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for translation in translations:
            language = translation.target_locale.language_code
            name = f"{language}/{translation.pk}-{slugify(translation.source.object_repr)[:60] or 'text'}"
            texts = texts_of(translation)
            archive.writestr(f"{name}.po", as_po(translation, texts))
            archive.writestr(f"{name}.xlf", as_xliff(translation, texts))
    return buffer.getvalue()


def as_po(translation: Translation, texts: list[Text]) -> str:
    file = polib.POFile(wrapwidth=200)
    file.metadata = {
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Language": translation.target_locale.language_code,
        KEY: str(translation.uuid),
    }
    for text in texts:
        file.append(polib.POEntry(msgctxt=text.context, msgid=text.source, msgstr=text.target))
    return str(file)


def as_xliff(translation: Translation, texts: list[Text]) -> bytes:
    languages = {
        "srcLang": translation.source.locale.language_code,
        "trgLang": translation.target_locale.language_code,
    }
    root = ElementTree.Element("xliff", {"xmlns": XLIFF, "version": "2.0", **languages})
    file = ElementTree.SubElement(root, "file", id="f1", original=str(translation.uuid))
    for number, text in enumerate(texts, start=1):
        unit = ElementTree.SubElement(file, "unit", id=f"u{number}", name=text.context)
        state = "translated" if text.target else "initial"
        segment = ElementTree.SubElement(unit, "segment", state=state)
        for name, value in (("source", text.source), ("target", text.target)):
            if value:
                ElementTree.SubElement(segment, name, {"xml:space": "preserve"}).text = value
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


# Reading


def files_in(content: bytes) -> Iterator[tuple[str, bytes | None]]:
    """Yield the name and the content of each PO and XLIFF file in a ZIP file.

    The content is None if the file is too large, and empty if it cannot be unpacked. Raises UnreadableError before the
    first file if the ZIP file itself cannot be read or is too large.
    """
    if has_more_entries(io.BytesIO(content), MOST_ENTRIES):
        raise UnreadableError(_("The ZIP file is too large. Upload its files in several parts."))
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except DAMAGED as error:
        raise UnreadableError(_("Upload a ZIP file with PO or XLIFF files.")) from error
    entries = [entry for entry in archive.infolist() if entry.filename.lower().endswith((".po", ".xlf", ".xliff"))]
    if not entries:
        raise UnreadableError(_("Upload a ZIP file with PO or XLIFF files."))
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > LARGEST:
        raise UnreadableError(_("The ZIP file is too large. Upload its files in several parts."))
    for entry in entries:
        yield entry.filename, None if entry.file_size > LARGEST_PO else _unpacked(archive, entry)


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    if entry.compress_type not in COMPRESSIONS:
        return b""
    try:
        with archive.open(entry) as file:
            return file.read(LARGEST_PO)
    except DAMAGED:  # or encrypted
        return b""


def parse(name: str, content: bytes) -> TextFile | None:
    """Return the texts of a PO or XLIFF file, or None if it is neither."""
    if b"\0" in content:
        # PostgreSQL stores no text with this character.
        return None
    try:
        text = content.decode("utf-8-sig")
        return _parse_po(text) if name.lower().endswith(".po") else _parse_xliff(text)
    except (ValueError, LookupError, OSError, ElementTree.ParseError):
        return None


def _parse_po(text: str) -> TextFile | None:
    # polib would take a text that is the name of a file for that file, so it gets the name of a file.
    with tempfile.NamedTemporaryFile(suffix=".po") as file:
        file.write(text.encode())
        file.flush()
        found = polib.pofile(file.name, encoding="utf-8")
    if KEY not in found.metadata:
        return None
    entries = [entry for entry in found if not entry.obsolete]
    texts = [Text(entry.msgctxt or "", entry.msgid, "" if entry.fuzzy else entry.msgstr) for entry in entries]
    return TextFile(found.metadata[KEY], found.metadata.get("Language", ""), texts)


def _parse_xliff(text: str) -> TextFile | None:
    # Entities are declared there. The files of the site have none.
    if re.search(r"<!DOCTYPE", text, re.IGNORECASE):
        return None
    root = ElementTree.fromstring(text)  # noqa: S314  (no entities, see above)
    names = {"x": XLIFF}
    file = root.find("x:file", names)
    if file is None:
        return None
    texts = []
    for unit in file.findall("x:unit", names):
        values = [
            "".join(part.text or "" for part in unit.findall(f"x:segment/x:{name}", names))
            for name in ("source", "target")
        ]
        texts.append(Text(unit.get("name", ""), *values))
    return TextFile(file.get("original", ""), root.get("trgLang", ""), texts)


def import_translations(content: bytes, user: User | AnonymousUser) -> list[Outcome]:
    """Store the translations of a ZIP file that the user may edit, and return an outcome for each file.

    Nothing is published. Of two files of one translation, the later one counts. Raises UnreadableError.
    """
    return [_take_file(name, file, user) for name, file in files_in(content)]


def _take_file(name: str, content: bytes | None, user: User | AnonymousUser) -> Outcome:
    outcome = Outcome(name)
    parsed = parse(name, content) if content is not None else None
    translation = _translation(parsed.translation) if parsed else None
    if content is None:
        outcome.problem = _("The file is too large.")
    elif parsed is None:
        outcome.problem = _("This is not a PO or XLIFF 2.0 file from this site.")
    elif translation is None:
        outcome.problem = _("This translation no longer exists.")
    elif parsed.language and parsed.language != translation.target_locale.language_code:
        outcome.problem = _("The file is in another language than the translation.")
    elif not may_edit(user, translation):
        outcome.problem = _("You do not have permission to edit this translation.")
    else:
        outcome.title = f"{translation.source.object_repr} ({translation.target_locale})"
        _take_texts(translation, parsed.texts, user, outcome)
    return outcome


def _translation(key: str) -> Translation | None:
    try:
        wanted = uuid.UUID(key)
    except ValueError:
        return None
    rows = Translation.objects.select_related("source", "target_locale").filter(enabled=True)
    return rows.filter(uuid=wanted).first()


def may_edit(user: User | AnonymousUser, translation: Translation) -> bool:
    """Return whether the user may edit the page or snippet with this translation, and so may read all its texts."""
    try:
        return permissions.may_edit(user, target_of(translation))
    except Http404:
        return False


class TranslationKey(Protocol):
    """The values of a translation that tell who may edit it."""

    pk: int
    source__object_id: uuid.UUID
    target_locale_id: int


def editable(rows: Sequence[TranslationKey], user: User | AnonymousUser) -> list[int]:
    """Return the keys of those translations that the user may edit. The number of queries does not depend on them."""
    keys = {row.source__object_id for row in rows}
    pages = editable_pages(Page.objects.filter(translation_key__in=keys), user)
    known = set(pages.values_list("translation_key", "locale_id"))
    for model in translated_models():
        may_edit_row = permissions.editable(user, model)
        found = model._default_manager.filter(translation_key__in=keys)
        known |= {(row.translation_key, row.locale_id) for row in found if may_edit_row(row)}
    return [row.pk for row in rows if (row.source__object_id, row.target_locale_id) in known]


def _take_texts(translation: Translation, texts: list[Text], user: User | AnonymousUser, outcome: Outcome) -> None:
    segments = StringSegment.objects.filter(source=translation.source_id).values_list(
        "context__path", "string__data", "context_id", "string_id"
    )
    keys = {(path, data): (context, string) for path, data, context, string in segments}
    rows = StringTranslation.objects.filter(
        locale=translation.target_locale_id, context__object_id=translation.source.object_id, has_error=False
    )
    known = {(row.context_id, row.translation_of_id): row for row in rows}
    for text in texts:
        key = keys.get((text.context, text.source))
        if not text.target:
            continue
        if key is None:
            outcome.unknown.append(text.source)
        elif key in known and known[key].data == text.target and not known[key].tool_name.startswith("carried"):
            outcome.unchanged += 1
        elif problem := _store(translation, key, text.target, user):
            outcome.wrong.append((text.source, problem))
        else:
            outcome.taken += 1


def _store(translation: Translation, key: tuple[int, int], target: str, user: User | AnonymousUser) -> str:
    """Store a text as the translation editor does, or return what is wrong with it and store nothing."""
    with transaction.atomic():
        row, _created = StringTranslation.objects.update_or_create(
            context_id=key[0],
            translation_of_id=key[1],
            locale_id=translation.target_locale_id,
            defaults={
                "data": target,
                "translation_type": StringTranslation.TRANSLATION_TYPE_MANUAL,
                "tool_name": TOOL,
                "last_translated_by": user,
                "has_error": False,
                "field_error": "",
            },
        )
        if not row.has_error:
            return ""
        transaction.set_rollback(True)
    return row.get_error() or _("This text cannot be used as a translation.")
