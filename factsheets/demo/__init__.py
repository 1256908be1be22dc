"""The demo's fact sheets: three about the project, as pages and as files, in every language of the site."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile

from factsheets.demo import opendocument
from factsheets.demo.words import WORDS
from factsheets.library import add_version
from factsheets.models import Contributor, FactSheetIndexPage, FactSheetPage, PublicationFile, TargetGroup, Topic
from home.demo.blocks import bullets, facts, heading, stream, table, text
from home.models import LanguageTexts, ProjectSettings
from home.typesetting import typeset, with_licence

TEMPLATE = Path(__file__).parent.parent / "typesetting" / "fact_sheet.typ"
# The day after the project: what the files tell is settled by then.
MADE_AT = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
ABOUT = {
    "glance": (["project"], ["public"]),
    "goals": (["training"], ["professionals", "educators"]),
    "forum": (["events"], ["professionals", "policymakers"]),
}
SOURCE = "en"


def build(demo):
    for locale in demo.targets:
        if locale.language_code in WORDS:
            teach(demo.catalogues[locale.pk].entries, WORDS[locale.language_code])
    words = WORDS[SOURCE]
    for key, name in words.TOPICS.items():
        demo.snippet(f"topic-{key}", Topic, name=name, key=key)
    for key, name in words.TARGET_GROUPS.items():
        demo.snippet(f"group-{key}", TargetGroup, name=name, key=key)
    demo.page("fact-sheets", FactSheetIndexPage, words.INDEX["title"], slug=words.INDEX["slug"])
    demo.fill("fact-sheets", index)
    for key, sheet in words.SHEETS.items():
        name = f"sheet-{key}"
        demo.page(name, FactSheetPage, sheet["title"], parent="fact-sheets", slug=sheet["slug"])
        if not demo.pages[name].publication.files.exists():
            stock(demo, key, demo.pages[name].publication)
        demo.fill(name, lambda demo, key=key: content(key))


def teach(entries: dict, words) -> None:
    """Add the pages' words in a language to the demo's catalogue; what it knows already stays."""
    slugs = [(WORDS[SOURCE].INDEX, words.INDEX)]
    slugs += [(sheet, words.SHEETS[key]) for key, sheet in WORDS[SOURCE].SHEETS.items()]
    for source, target in slugs:
        entries.setdefault(("slug", source["slug"]), target["slug"])
    for name in ("INDEX", "TOPICS", "TARGET_GROUPS", "SHEETS"):
        for source, target in _pairs(getattr(WORDS[SOURCE], name), getattr(words, name)):
            entries.setdefault((None, source), target)


def _pairs(source: Any, target: Any) -> Iterator[tuple[str, str]]:
    """Yield the strings of two nested values of one shape. Raises ValueError where their shapes differ."""
    if isinstance(source, str):
        yield source, target
    elif isinstance(source, dict):
        for key in source:
            yield from _pairs(source[key], target[key])
    else:
        for left, right in zip(source, target, strict=True):
            yield from _pairs(left, right)


def index(demo):
    words = WORDS[SOURCE].INDEX
    return {"lead": words["lead"], "summary": words["summary"], "show_in_menus": True}


def content(key: str) -> dict[str, Any]:
    sheet = WORDS[SOURCE].SHEETS[key]
    return {
        "lead": sheet["lead"],
        "summary": sheet["summary"],
        "cover_alt": sheet["cover_alt"],
        "key_messages": stream(f"{key}/messages", *(("message", message) for message in sheet["messages"])),
        "body": stream(f"{key}/body", *blocks_of(sheet)),
    }


def blocks_of(sheet: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if sheet["figures"]:
        yield facts(*((value, label, "") for value, label in sheet["figures"]))
    for section in sheet["sections"]:
        yield heading(section["heading"])
        for item in section["content"]:
            if isinstance(item, dict):
                yield table(item["caption"], item["columns"], *item["rows"])
            else:
                yield text(item if isinstance(item, str) else bullets(*item))


def stock(demo, key: str, publication) -> None:
    """Enter a publication's facts and files."""
    topics, groups = ABOUT[key]
    publication.name = WORDS[SOURCE].SHEETS[key]["title"]
    publication.contributors = [Contributor(organisation=demo.snippets["turku"], sort_order=0)]
    publication.save()
    publication.topics.set([demo.snippets[f"topic-{topic}"] for topic in topics])
    publication.target_groups.set([demo.snippets[f"group-{group}"] for group in groups])
    settings = ProjectSettings.objects.get(site=demo.site)
    for texts in LanguageTexts.objects.filter(project=settings).select_related("locale"):
        code = texts.locale.language_code
        if code not in WORDS:
            continue
        common = {"language": code, "dated_on": MADE_AT.date()}
        pdf = ContentFile(pdf_of(key, code, settings, texts, publication.licence_url), f"{key}.pdf")
        add_version(publication, kind=PublicationFile.Kind.PDF, extension="pdf", content=pdf, **common)
        odt = ContentFile(odt_of(key, code, texts), f"{key}.odt")
        add_version(publication, kind=PublicationFile.Kind.EDITABLE, extension="odt", content=odt, **common)
        demo.report(f"files of {publication.name} ({code})")


def pdf_of(key: str, language: str, settings, texts, licence_url: str) -> bytes:
    """Return the fact sheet as a PDF, with the project's own names and official texts."""
    words = WORDS[language]
    sheet = words.SHEETS[key]
    data = {
        **{name: sheet[name] for name in ("title", "lead", "messages", "figures", "sections")},
        "language": language,
        "acronym": settings.acronym,
        "author": settings.acronym,
        "kind": words.LABELS["kind"],
        "date": str(MADE_AT.year),
        "words": words.LABELS,
        "grant": " ".join(filter(None, [settings.programme_name, settings.grant_number])),
        "licence-url": licence_url,
        "statement": texts.funding_statement,
        "disclaimer": texts.disclaimer,
    }
    return with_licence(typeset(TEMPLATE, data, made_at=MADE_AT), licence_url)


def odt_of(key: str, language: str, texts) -> bytes:
    words = WORDS[language]
    return opendocument.write(
        words.SHEETS[key],
        language=language,
        messages=words.LABELS["messages"],
        closing=[words.LABELS["licence"], texts.disclaimer],
    )
