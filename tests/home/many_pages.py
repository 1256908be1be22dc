"""Many articles in four languages, with their translations, for benchmarks."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterator

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Field
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Locale, Page, ReferenceIndex
from wagtail_localize.models import (
    String,
    StringSegment,
    StringTranslation,
    TranslatableObject,
    Translation,
    TranslationContext,
    TranslationLog,
    TranslationSource,
)

from home.models import HomePage, LinkCheck, StaleString
from news.models import NewsIndexPage, NewsPage
from tests.factories.pages import make_page
from tests.factories.translations import make_translations

# Fields with texts that are translated.
PATHS = ("title", "lead", "slug")
BATCH = 1_000


def add_articles(number: int) -> None:
    """Add articles to a new news list, each translated into all languages: a tenth is stale, a tenth not translated yet."""
    home = HomePage.objects.get(locale__language_code="en")
    index = make_translations(make_page(NewsIndexPage, home, f"News {number}", slug=f"news-{number}"))
    keys = [uuid.uuid4() for _count in range(number)]
    for parent in NewsIndexPage.objects.filter(translation_key=index.translation_key).order_by("pk"):
        add_pages(parent, NewsPage, keys, lambda _count: {"lead": "Ten nurses came."})
    _add_translations(keys)


def add_files(number: int) -> None:
    """Add images without a description and documents, half of which an article uses."""
    page = NewsPage.objects.first()
    images = get_image_model().objects.bulk_create(
        [
            get_image_model()(title=f"Picture {count}", file=f"picture-{count}.jpg", width=800, height=600)
            for count in range(number)
        ]
    )
    documents = get_document_model().objects.bulk_create(
        [get_document_model()(title=f"Document {count}", file=f"document-{count}.pdf") for count in range(number)]
    )
    for files in (images, documents):
        ReferenceIndex.objects.bulk_create(
            [
                ReferenceIndex(
                    base_content_type=ContentType.objects.get_for_model(Page),
                    content_type=ContentType.objects.get_for_model(NewsPage),
                    object_id=str(page.pk),
                    to_content_type=ContentType.objects.get_for_model(file),
                    to_object_id=str(file.pk),
                    model_path="body",
                    content_path=f"body.{file.pk}",
                    content_path_hash=uuid.uuid4(),
                )
                for file in files[::2]
            ]
        )


def add_links(number: int) -> None:
    """Add links to other sites, each on one article; a tenth does not work."""
    pages = NewsPage.objects.order_by("pk").values_list("pk", flat=True)[:number]
    links = LinkCheck.objects.bulk_create(
        [
            LinkCheck(url=f"https://example.org/{uuid.uuid4()}", is_broken=not count % 10, reason="404")
            for count in range(number)
        ]
    )
    through = LinkCheck.pages.through
    through.objects.bulk_create(
        [through(linkcheck_id=link.pk, page_id=pk) for link, pk in zip(links, pages, strict=False)]
    )


def _batched(rows: Iterator) -> Iterator[list]:
    while batch := list(itertools.islice(rows, BATCH)):
        yield batch


def add_pages(
    parent: Page,
    model: type[Page],
    keys: list[uuid.UUID],
    fields_of: Callable[[int], dict[str, object]],
    word: str = "workshop",
) -> None:
    """Add a live page of this type for each translation key. `fields_of` returns the fields of its own by number."""
    kind, now = ContentType.objects.get_for_model(model), timezone.now()
    rows = (
        Page(
            path=Page._get_path(parent.path, parent.depth + 1, count + 1),
            depth=parent.depth + 1,
            title=f"{word.capitalize()} {count}",
            draft_title=f"{word.capitalize()} {count}",
            slug=f"{word}-{count}",
            url_path=f"{parent.url_path}{word}-{count}/",
            content_type=kind,
            locale_id=parent.locale_id,
            translation_key=key,
            live=True,
            first_published_at=now,
            last_published_at=now,
            latest_revision_created_at=now,
        )
        for count, key in enumerate(keys)
    )
    for batch in _batched(rows):
        Page.objects.bulk_create(batch)
    Page.objects.filter(pk=parent.pk).update(numchild=len(keys))
    # A model with a parent cannot be created in bulk, so the rows of its own table are made beside those of `Page`.
    added = Page.objects.filter(path__startswith=parent.path, depth=parent.depth + 1).order_by("path")
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    names = ", ".join(connection.ops.quote_name(field.column) for field in (model._meta.pk, *fields))
    marks = ", ".join(["%s"] * (len(fields) + 1))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({marks})",  # noqa: S608  (names of the model)
            [
                [pk, *_values(model(**fields_of(count)), fields)]
                for count, pk in enumerate(added.values_list("pk", flat=True))
            ],
        )


def _values(row: Page, fields: list[Field]) -> list[object]:
    return [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]


def _add_translations(keys: list[uuid.UUID]) -> None:
    kind, now = ContentType.objects.get_for_model(NewsPage), timezone.now()
    english, *others = Locale.objects.order_by("pk")
    base = ContentType.objects.get_for_model(Page)
    TranslatableObject.objects.bulk_create([TranslatableObject(translation_key=key, content_type=base) for key in keys])
    sources = TranslationSource.objects.bulk_create(
        [
            TranslationSource(
                object_id=key,
                specific_content_type=kind,
                locale=english,
                object_repr="Workshop",
                content_json="{}",
                last_updated_at=now,
            )
            for key in keys
        ]
    )
    contexts = TranslationContext.objects.bulk_create(
        [
            TranslationContext(object_id=key, path=path, path_id=TranslationContext._get_path_id(path), field_path=path)
            for key in keys
            for path in PATHS
        ]
    )
    texts = [f"{context.path} {context.object_id}" for context in contexts]
    strings = String.objects.bulk_create(
        [String(locale=english, data=text, data_hash=String._get_data_hash(text)) for text in texts]
    )
    segments = list(zip(contexts, strings, strict=True))
    by_key = {source.object_id: source for source in sources}
    StringSegment.objects.bulk_create(
        [
            StringSegment(source=by_key[context.object_id], context=context, string=string, order=0)
            for context, string in segments
        ]
    )
    numbers = {key: count for count, key in enumerate(keys)}
    for locale in others:
        translations = Translation.objects.bulk_create(
            [Translation(source=row, target_locale=locale) for row in sources]
        )
        TranslationLog.objects.bulk_create([TranslationLog(source=row, locale=locale) for row in sources])
        StringTranslation.objects.bulk_create(
            [
                StringTranslation(translation_of=string, context=context, locale=locale, data="Text")
                for context, string in segments
                if numbers[context.object_id] % 10 != 1
            ]
        )
        by_source = {row.source_id: row for row in translations}
        StaleString.objects.bulk_create(
            [
                StaleString(translation=by_source[by_key[context.object_id].pk], context=context, string=string)
                for context, string in segments
                if numbers[context.object_id] % 10 == 0 and context.path == "lead"
            ]
        )
