"""The status of all translations: one row for each page or snippet, one cell for each language.

The number of queries does not depend on the number of rows.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.apps import apps
from django.contrib.admin.utils import quote
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Exists, IntegerField, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from wagtail.models import Locale, Page, TranslatableMixin
from wagtail.snippets.models import get_snippet_models
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationLog

from home.models import StaleString, SyncRequest, WrittenTexts
from home.translations import machine_translation, permissions
from home.view_permissions import editable_pages, readable_pages

# A slug may be the same in two languages, so it is not counted as untranslated.
IGNORED_PATH = "slug"
# By the key of what is translated and the language: the rows of `_counted_translations`.
Translations = dict[uuid.UUID, dict[int, Any]]
# The model of the rows of pages.
PAGES = "wagtailcore.page"
# Read as values: an object for each of thousands of pages takes much longer.
PAGE_FIELDS = (
    "pk",
    "title",
    "draft_title",
    "content_type_id",
    "translation_key",
    "locale_id",
    "live",
    "latest_revision_created_at",
    "depth",
    "path",
)


@dataclass(frozen=True)
class Cell:
    """A page or snippet in one language. `state` is source, missing, draft, published or independent."""

    locale: Locale
    state: str
    # The name of the URL, and its argument.
    editor: tuple[str, object] | None = None
    edited: datetime.datetime | None = None
    translation_id: int | None = None
    stale: int = 0
    untranslated: int = 0
    unread: int = 0
    has_unpublished: bool = False
    is_pending: bool = False
    failure: str = ""
    needs_attention: bool = False

    @property
    def edit_url(self) -> str:
        return reverse(self.editor[0], args=[self.editor[1]]) if self.editor else ""


@dataclass(frozen=True)
class Row:
    """`title` is that of the draft, `public_title` that which users see who may not edit the source."""

    title: str
    public_title: str
    kind: str
    model: str
    pk: int
    key: uuid.UUID
    locale: Locale
    is_public: bool
    depth: int = 0
    # Where a page is in the tree; empty for snippets.
    path: str = ""
    cells: list[Cell] = field(default_factory=list)

    @property
    def needs_attention(self) -> bool:
        return any(cell.needs_attention for cell in self.cells)

    def limited_to(self, locales: Iterable[int]) -> Row:
        """Return the row with only the cells of these languages."""
        wanted = set(locales)
        cells = [cell for cell in self.cells if cell.locale.pk in wanted]
        return replace(self, cells=cells)


@dataclass(frozen=True)
class _Instance:
    """The common data of a page or snippet."""

    pk: int
    title: str
    public_title: str
    kind: str
    model: str
    key: uuid.UUID
    locale_id: int
    live: bool
    edited: datetime.datetime | None
    editor: tuple[str, object]
    depth: int = 0
    path: str = ""


def translated_models() -> list[type[TranslatableMixin]]:
    return [model for model in get_snippet_models() if issubclass(model, TranslatableMixin)]


def page_rows(keys: Collection[uuid.UUID] | None = None, translations: Translations | None = None) -> list[Row]:
    """Return a row for each page in its source language, in the order of the tree, or only for those with these keys."""
    pages = _with_keys(Page.objects.filter(depth__gte=2, alias_of=None).order_by("path"), keys).values_list(
        *PAGE_FIELDS, named=True
    )
    names = {content_type.pk: content_type.name for content_type in ContentType.objects.all()}
    instances = (
        _Instance(
            pk=page.pk,
            title=page.draft_title or page.title,
            public_title=page.title,
            kind=names.get(page.content_type_id, ""),
            model=PAGES,
            key=page.translation_key,
            locale_id=page.locale_id,
            live=page.live,
            edited=page.latest_revision_created_at,
            editor=("wagtailadmin_pages:edit", page.pk),
            depth=page.depth - 2,
            path=page.path,
        )
        for page in pages.values_list(*PAGE_FIELDS, named=True)
    )
    return _rows(instances, _translations(keys) if translations is None else translations)


def snippet_rows(
    model: type[TranslatableMixin],
    keys: Collection[uuid.UUID] | None = None,
    translations: Translations | None = None,
) -> list[Row]:
    """Return a row for each snippet of `model` in its source language, or only for those with these keys."""
    edit_view = model.snippet_viewset.get_url_name("edit")
    instances = (
        _Instance(
            pk=snippet.pk,
            title=str(snippet),
            public_title=str(snippet),
            kind=str(model._meta.verbose_name),
            model=model._meta.label_lower,
            key=snippet.translation_key,
            locale_id=snippet.locale_id,
            live=getattr(snippet, "live", True),
            edited=None,
            editor=(edit_view, quote(snippet.pk)),
        )
        for snippet in _with_keys(model.objects.all(), keys)
    )
    return _rows(instances, _translations(keys) if translations is None else translations)


def all_rows(keys: Collection[uuid.UUID] | None = None) -> list[Row]:
    """Return the rows of pages and of every kind of snippet, or only those with these keys."""
    translations = _translations(keys)
    snippets = (row for model in translated_models() for row in snippet_rows(model, keys, translations))
    return [*page_rows(keys, translations), *snippets]


def _with_keys(rows: QuerySet, keys: Collection[uuid.UUID] | None) -> QuerySet:
    return rows if keys is None else rows.filter(translation_key__in=keys)


def visible(rows: Iterable[Row], request: HttpRequest) -> list[Row]:
    """Return those rows of which the user may read or edit one language. The title of a draft is for those who edit it."""
    pages = Page.objects.exclude(depth=1).order_by()
    readable = set(readable_pages(pages, request).values_list("translation_key", flat=True))
    own = set(editable_pages(pages, request.user).values_list("pk", flat=True))
    found = []
    drafts: dict[str, list[Row]] = {}
    for row in rows:
        if row.model == PAGES:
            if row.key in readable:
                found.append(row if row.pk in own else replace(row, title=row.public_title))
            continue
        found.append(row)
        if not row.is_public:
            drafts.setdefault(row.model, []).append(row)
    hidden = {row.key for model, some in drafts.items() for row in some} - _editable_keys(drafts, request.user)
    return [row for row in found if row.key not in hidden]


def _editable_keys(drafts: dict[str, list[Row]], user: User | AnonymousUser) -> set[uuid.UUID]:
    """Return the keys of those draft snippets that the user may edit in one language."""
    keys = set()
    for label, rows in drafts.items():
        model = apps.get_model(label)
        may_edit = permissions.editable(user, model)
        instances = model._default_manager.filter(translation_key__in=[row.key for row in rows])
        keys |= {instance.translation_key for instance in instances if may_edit(instance)}
    return keys


def _rows(instances: Iterable[_Instance], translations: Translations) -> list[Row]:
    locales = all_locales()
    groups: dict[uuid.UUID, dict[int, _Instance]] = {}
    for instance in instances:
        groups.setdefault(instance.key, {})[instance.locale_id] = instance
    return [_row(group, translations.get(key, {}), locales) for key, group in groups.items()]


def all_locales() -> list[Locale]:
    """Return the languages in the order of the settings."""
    known = {locale.pk: locale for locale in Locale.objects.all()}
    return sorted(known.values(), key=lambda locale: (not locale.is_default, locale.pk))


def _row(group: dict[int, _Instance], translations: dict[int, Any], locales: list[Locale]) -> Row:
    source = next((item for pk, item in group.items() if pk not in translations), next(iter(group.values())))
    by_pk = {locale.pk: locale for locale in locales}
    return Row(
        title=source.title,
        public_title=source.public_title,
        kind=source.kind,
        model=source.model,
        pk=source.pk,
        key=source.key,
        locale=by_pk[source.locale_id],
        is_public=source.live,
        depth=source.depth,
        path=source.path,
        cells=[_cell(locale, source, group.get(locale.pk), translations.get(locale.pk)) for locale in locales],
    )


def _cell(locale: Locale, source: _Instance, instance: _Instance | None, translation: Any) -> Cell:
    if instance is None:
        return Cell(locale, "missing", needs_attention=source.live)
    state = "published" if instance.live else "draft"
    if instance is source:
        return Cell(locale, "source", instance.editor, instance.edited)
    if translation is None or not translation.enabled:
        return Cell(locale, "independent", instance.editor, instance.edited)
    failure = translation.sync_failure__reason or ""
    is_newer = translation.translated_at and translation.synced_at and translation.translated_at > translation.synced_at
    # A draft says that nothing of it is public.
    has_unpublished = instance.live and bool(translation.withholds or is_newer)
    return Cell(
        locale,
        state,
        instance.editor,
        instance.edited or translation.synced_at,
        translation.pk,
        stale=translation.stale,
        untranslated=translation.untranslated,
        unread=translation.unread,
        has_unpublished=has_unpublished,
        is_pending=translation.is_pending,
        failure=failure,
        needs_attention=bool(
            failure
            or translation.is_pending
            or translation.stale
            or translation.untranslated
            or translation.unread
            or has_unpublished
            or (source.live and not instance.live)
        ),
    )


def _translations(keys: Collection[uuid.UUID] | None) -> Translations:
    found: Translations = {}
    rows = _counted_translations()
    for translation in rows if keys is None else rows.filter(source__object_id__in=keys):
        found.setdefault(translation.source__object_id, {})[translation.target_locale_id] = translation
    return found


def _counted_translations() -> QuerySet[Any]:
    """Return the values of every translation, with the number of untranslated, unread and outdated segments, and two times.

    `translated_at` is when a segment was last saved, `synced_at` when the page was last updated from the segments.
    """
    segments = (
        StringSegment.objects.filter(source_id=OuterRef("source_id"))
        .exclude(context__path=IGNORED_PATH)
        .annotate(_locale=OuterRef("target_locale_id"), _translation=OuterRef("pk"))
        .filter(
            # Changed texts are counted apart, whether their old translation is still in use or not.
            ~Exists(
                StaleString.objects.filter(
                    translation_id=OuterRef("_translation"),
                    string_id=OuterRef("string_id"),
                    context_id=OuterRef("context_id"),
                )
            ),
            ~Exists(
                StringTranslation.objects.filter(
                    translation_of_id=OuterRef("string_id"),
                    context_id=OuterRef("context_id"),
                    locale_id=OuterRef("_locale"),
                    has_error=False,
                )
            ),
        )
    )
    strings = StringTranslation.objects.filter(
        context__object_id=OuterRef("source__object_id"), locale_id=OuterRef("target_locale_id")
    )
    logs = TranslationLog.objects.filter(source_id=OuterRef("source_id"), locale_id=OuterRef("target_locale_id"))
    counted = Translation.objects.annotate(
        withholds=Exists(WrittenTexts.objects.filter(translation=OuterRef("pk"), withholds=True)),
        is_pending=Exists(SyncRequest.objects.filter(source_id=OuterRef("source_id"))),
        untranslated=_number(segments, "source_id"),
        unread=_number(machine_translation.unread_of(OuterRef("source_id"), OuterRef("target_locale_id")), "source_id"),
        stale=_number(StaleString.objects.filter(translation_id=OuterRef("pk")), "translation_id"),
        translated_at=_latest(strings, "locale_id", "updated_at"),
        synced_at=_latest(logs, "locale_id", "created_at"),
    )
    names = [
        "pk",
        "enabled",
        "target_locale_id",
        "source__object_id",
        "sync_failure__reason",
        *counted.query.annotations,
    ]
    return counted.values_list(*names, named=True)


def _number(rows: QuerySet, group: str) -> Coalesce:
    counted = rows.order_by().values(group).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _latest(rows: QuerySet, group: str, name: str) -> Subquery:
    return Subquery(rows.order_by().values(group).annotate(latest=Max(name)).values("latest"))
