"""The demo's fact sheets: three about the project, as pages and files in every language."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from django.utils.translation import override

from factsheets.demo import opendocument, texts
from factsheets.models import (
    Contributor,
    FactSheetIndexPage,
    FactSheetPage,
    Publication,
    PublicationFile,
    TargetGroup,
    Topic,
)
from factsheets.versions import store_version, validate_versions
from home.demo.blocks import bullets, heading, statistics, stream, table, text
from home.models import LanguageTexts, ProjectSettings
from home.pdf import typeset, with_licence

if TYPE_CHECKING:
    from wagtail.models import Locale

    from home.demo.builder import Demo

TEMPLATE = Path(__file__).parent.parent / "typst" / "fact_sheet.typ"
# Shortly after the end of the project. The time is fixed, so that the PDFs are the same each time.
MADE_AT = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
# Topics and target groups of each fact sheet.
KEYWORDS = {
    "glance": (["project"], ["public"]),
    "goals": (["training"], ["professionals", "educators"]),
    "forum": (["events"], ["professionals", "policymakers"]),
}


def build(demo):
    for key, name in texts.TOPICS.items():
        demo.snippet(f"topic-{key}", Topic, name=name, key=key)
    for key, name in texts.TARGET_GROUPS.items():
        demo.snippet(f"group-{key}", TargetGroup, name=name, key=key)
    demo.page("fact-sheets", FactSheetIndexPage, texts.INDEX["title"], slug=texts.INDEX["slug"])
    demo.fill("fact-sheets", index)
    for key, sheet in texts.SHEETS.items():
        name = f"sheet-{key}"
        demo.page(name, FactSheetPage, sheet["title"], parent="fact-sheets", slug=sheet["slug"])
        if not demo.pages[name].publication.files.exists():
            add_details_and_files(demo, key, demo.pages[name].publication)
        demo.fill(name, lambda demo, key=key: content(key))


def index(demo):
    return {"lead": texts.INDEX["lead"], "summary": texts.INDEX["summary"], "show_in_menus": True}


def content(key: str) -> dict[str, Any]:
    sheet = texts.SHEETS[key]
    return {
        "lead": sheet["lead"],
        "summary": sheet["summary"],
        "cover_alt": sheet["cover_alt"],
        "key_messages": stream(f"{key}/messages", *(("message", message) for message in sheet["messages"])),
        "body": stream(f"{key}/body", *blocks_of(sheet)),
    }


def blocks_of(sheet: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if sheet["figures"]:
        yield statistics(*((value, label, "") for value, label in sheet["figures"]))
    for section in sheet["sections"]:
        yield heading(section["heading"])
        for item in section["content"]:
            if isinstance(item, dict):
                yield table(item["caption"], item["columns"], *item["rows"])
            else:
                yield text(item if isinstance(item, str) else bullets(*item))


def add_details_and_files(demo: Demo, key: str, publication: Publication) -> None:
    topics, groups = KEYWORDS[key]
    publication.name = texts.SHEETS[key]["title"]
    publication.first_published_on = MADE_AT.date()
    publication.contributors.set([Contributor(organisation=demo.snippets["turku"], sort_order=0)])
    publication.save()
    publication.topics.set([demo.snippets[f"topic-{topic}"] for topic in topics])
    publication.target_groups.set([demo.snippets[f"group-{group}"] for group in groups])
    settings = ProjectSettings.objects.get(site=demo.site)
    versions = []
    for official in LanguageTexts.objects.filter(project=settings).select_related("locale"):
        language = official.locale.language_code
        sheet = translated(texts.SHEETS[key], demo, official.locale)
        common = {"language": language, "dated_on": MADE_AT.date()}
        pdf = ContentFile(pdf_of(sheet, publication, settings, official), f"{key}.pdf")
        versions.append(
            store_version(publication, kind=PublicationFile.Kind.PDF, extension="pdf", content=pdf, **common)
        )
        odt = ContentFile(odt_of(sheet, publication, official), f"{key}.odt")
        versions.append(
            store_version(publication, kind=PublicationFile.Kind.EDITABLE, extension="odt", content=odt, **common)
        )
        demo.report(f"files of {publication.name} ({language})")
    validate_versions([version.pk for version in versions])


def translated(value: Any, demo: Demo, locale: Locale) -> Any:
    """Return a nested value with its strings translated by the demo's catalogue, if it has a translation."""
    if isinstance(value, str):
        catalogue = demo.catalogues.get(locale.pk)
        return (catalogue and catalogue.entries.get((None, value))) or value
    if isinstance(value, dict):
        return {name: translated(item, demo, locale) for name, item in value.items()}
    return [translated(item, demo, locale) for item in value]


def pdf_of(
    sheet: dict[str, Any], publication: Publication, settings: ProjectSettings, official: LanguageTexts
) -> bytes:
    """Return the fact sheet as a PDF. `official` holds the funding statement and disclaimer of its language."""
    language = official.locale.language_code
    with override(language):
        labels = {
            "messages": _("Key messages"),
            "page": _("Page {number} of {total}"),
            "licence": licence_of(publication),
        }
        kind = _("Fact sheet")
    data = {
        **{name: sheet[name] for name in ("title", "lead", "messages", "figures", "sections")},
        "language": language,
        "acronym": settings.acronym,
        "author": settings.acronym,
        "kind": kind,
        "date": str(MADE_AT.year),
        "labels": labels,
        "grant": " ".join(filter(None, [settings.programme_name, settings.grant_number])),
        "licence-url": publication.licence_url,
        "statement": official.funding_statement,
        "disclaimer": official.disclaimer,
    }
    return with_licence(typeset(TEMPLATE, data, made_at=MADE_AT), publication.licence_url)


def odt_of(sheet: dict[str, Any], publication: Publication, official: LanguageTexts) -> bytes:
    with override(official.locale.language_code):
        return opendocument.write(
            sheet,
            language=official.locale.language_code,
            messages=_("Key messages"),
            closing=[licence_of(publication), official.disclaimer],
        )


def licence_of(publication: Publication) -> str:
    return _("Licence: %(name)s") % {"name": publication.licence_name}
