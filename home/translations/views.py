"""Admin views for translations: overview, start, retry, update."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.pages.utils import get_valid_next_url_from_request
from wagtail.models import Locale, Page
from wagtail_localize.models import Translation, TranslationSource
from wagtail_localize.views.snippets_api import SnippetViewSet
from wagtail_localize.views.submit_translations import SubmitPageTranslationView, SubmitSnippetTranslationView

from home.models import TranslationAssignment
from home.translations import overview, permissions
from home.translations.assignment_views import AssignForm
from home.translations.assignments import may_assign
from home.translations.links import below_overview, edit_url, submit_url, target_of
from home.translations.sources import UnreadablePageAboveError, source_of, translate
from home.translations.sync import synchronise

ROWS_PER_PAGE = 50


def _kinds() -> list[tuple[str, str]]:
    entries = [
        (model._meta.label_lower, str(model._meta.verbose_name_plural)) for model in overview.translated_models()
    ]
    return [
        ("", _("All types")),
        (overview.PAGES, _("Pages")),
        *((label, name.capitalize()) for label, name in entries),
    ]


def _rows_of(kind: str) -> list[overview.Row]:
    if not kind:
        return overview.all_rows()
    return overview.page_rows() if kind == overview.PAGES else overview.snippet_rows(apps.get_model(kind))


class OverviewForm(forms.Form):
    """The filters of the list. Invalid values are ignored."""

    kind = forms.ChoiceField(label=gettext_lazy("Type"), choices=_kinds, required=False)
    language = forms.ModelChoiceField(
        Locale.objects.order_by("pk"),
        label=gettext_lazy("Language"),
        required=False,
        empty_label=gettext_lazy("All languages"),
    )
    show_complete = forms.BooleanField(label=gettext_lazy("Also show complete translations"), required=False)
    p = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


class OverviewView(WagtailAdminTemplateMixin, TemplateView):
    template_name = "wagtailadmin/translations/overview.html"
    page_title = gettext_lazy("Translations")
    header_icon = "wagtail-localize-language"
    breadcrumbs_items = [*WagtailAdminTemplateMixin.breadcrumbs_items, {"url": "", "label": page_title}]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not permissions.languages_of(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = OverviewForm(self.request.GET)
        form.is_valid()
        chosen = form.cleaned_data
        kind = chosen.get("kind") or ""
        rows = overview.visible(_rows_of(kind), self.request)
        if language := chosen.get("language"):
            rows = [row.limited_to([language.pk, row.locale.pk]) for row in rows]
        number = len(rows)
        if not chosen.get("show_complete"):
            rows = [row for row in rows if row.needs_attention]
        page = Paginator(rows, ROWS_PER_PAGE).get_page(chosen.get("p") or 1)
        languages = permissions.translated_languages(self.request.user)
        page.object_list = [(row, languages.of(row.key), languages.startable(row)) for row in page.object_list]
        return super().get_context_data(
            form=form,
            kind=kind,
            rows=page,
            number=number,
            locales=[language] if language else overview.all_locales(),
            assign_form=AssignForm() if may_assign(self.request.user) else None,
            assigned=self._assigned([row for row, _mine, _startable in page.object_list]),
            may_update=self.request.user.has_perm("wagtail_localize.submit_translation"),
            query=self._query_without_page(),
            **kwargs,
        )

    def _assigned(self, rows: list[overview.Row]) -> dict[str, list[TranslationAssignment]]:
        """Return the open assignments of each row, by its key."""
        found: dict[str, list[TranslationAssignment]] = {}
        keys = [row.key for row in rows]
        for item in TranslationAssignment.objects.filter(key__in=keys, done_at=None).select_related(
            "assignee", "locale"
        ):
            found.setdefault(str(item.key), []).append(item)
        return found

    def _query_without_page(self) -> str:
        query = self.request.GET.copy()
        query.pop("p", None)
        return query.urlencode()


class SnippetListView(SnippetViewSet):
    """The names of snippets for the choosers of the translation editor: of those that visitors see."""

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not permissions.translated_languages(request.user) or self.get_model() not in overview.translated_models():
            raise PermissionDenied

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().filter(live=True).order_by("pk")


def _tell_about_pages_above(request: HttpRequest, pages: list[Page]) -> None:
    """Tell the user that the translations of these pages, above the one that they translate, were started as drafts."""
    for page in pages:
        button = messages.button(edit_url(page), _("Open"))
        text = _(
            "The page above, “%(title)s”, was not translated into %(language)s. Its translation was started, too, as a "
            "draft. Publish it as well: readers look for pages there."
        ) % {"title": page.draft_title, "language": page.locale}
        messages.warning(request, text, buttons=[button])


class StartView(View):
    """Creates a draft translation of a page or snippet and opens it."""

    class Form(forms.Form):
        model = forms.ChoiceField(choices=_kinds)
        pk = forms.IntegerField()
        locale = forms.ModelChoiceField(Locale.objects.all())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.Form(request.POST)
        if not form.is_valid():
            raise Http404("no such page or language")
        source = get_object_or_404(apps.get_model(form.cleaned_data["model"]), pk=form.cleaned_data["pk"])
        locale = form.cleaned_data["locale"]
        if isinstance(source, Page):
            source = source.specific
        source = source_of(source) or source
        if not permissions.may_read(request.user, source):
            raise Http404("no such page or snippet for this user")
        if not permissions.may_start(request.user, source, locale):
            raise PermissionDenied
        found = source.get_translation_or_none(locale)
        # Below a page that is not translated, the library puts a copy of the source, without a translation.
        if found is None or getattr(found, "alias_of_id", None):
            try:
                above = translate(source, [locale], request.user)
            except UnreadablePageAboveError as error:
                messages.error(request, error.message)
                return redirect("translations:overview")
            _tell_about_pages_above(request, above)
        target = source.get_translation_or_none(locale)
        if target is None:
            messages.error(request, _("“%(title)s” could not be translated.") % {"title": source})
            return redirect("translations:overview")
        return redirect(edit_url(target))


def require_language_permission(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wrap a view of wagtail-localize so that it requires permission for the language of the translation.

    For snippets, wagtail-localize itself only requires permission to change snippets of that type, in any language.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, translation_id: int, **kwargs: Any) -> HttpResponse:
        if not permissions.may_edit(request.user, target_of(get_object_or_404(Translation, pk=translation_id))):
            raise PermissionDenied
        return view(request, translation_id, **kwargs)

    return wrapped


class RetryView(View):
    """Updates a translation after a failure, starting with its source, which may be the cause."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm("wagtail_localize.submit_translation"):
            raise PermissionDenied
        translation = get_object_or_404(Translation.objects.select_related("source"), pk=pk, enabled=True)
        failures = synchronise(translation.source, request.user)
        if failure := next((failure for failure in failures if failure.translation_id == pk), None):
            messages.error(request, _("The update failed again: %(reason)s") % {"reason": failure.reason})
        else:
            messages.success(request, _("The translation is up to date."))
        return redirect(get_valid_next_url_from_request(request) or reverse("translations:overview"))


class UpdateView(WagtailAdminTemplateMixin, TemplateView):
    """Updates all translations of one source."""

    template_name = "wagtailadmin/translations/update.html"
    page_title = gettext_lazy("Update translations")
    breadcrumbs_items = below_overview(page_title)
    header_icon = "resubmit"

    @cached_property
    def source(self) -> TranslationSource:
        return get_object_or_404(TranslationSource, pk=self.kwargs["translation_source_id"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("wagtail_localize.submit_translation"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return self.source.object_repr

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.source.translations.filter(enabled=True).select_related("target_locale", "sync_failure")
        return super().get_context_data(
            translations=rows, next_url=get_valid_next_url_from_request(self.request) or "", **kwargs
        )

    def post(self, request: HttpRequest, translation_source_id: int) -> HttpResponse:
        failures = synchronise(self.source, request.user)
        if failures:
            messages.error(
                request,
                ngettext(
                    "%(number)d translation could not be updated: %(reason)s",
                    "%(number)d translations could not be updated. The first error: %(reason)s",
                    len(failures),
                )
                % {"number": len(failures), "reason": failures[0].reason},
            )
        else:
            messages.success(request, _("The translations are up to date."))
        return redirect(get_valid_next_url_from_request(request) or reverse("translations:overview"))


class _SourceOnlyMixin:
    """Allows new translations only from the source, and redirects from a translation to its source."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.has_perm("wagtail_localize.submit_translation"):
            instance = self.get_object()
            source = source_of(instance)
            if not permissions.may_read(request.user, source or instance):
                raise Http404("no such page or snippet for this user")
            if source:
                messages.warning(
                    request,
                    _("“%(title)s” is itself a translation. You are now on its source, “%(source)s” (%(language)s).")
                    % {"title": instance, "source": source, "language": source.locale},
                )
                return redirect(submit_url(source))
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        locales = list(form.cleaned_data["locales"])
        if not all(permissions.may_start(self.request.user, self.object, locale) for locale in locales):
            raise PermissionDenied
        include_subtree = form.cleaned_data["include_subtree"]
        try:
            above = translate(self.object, locales, self.request.user, include_subtree=include_subtree)
        except UnreadablePageAboveError as error:
            messages.error(self.request, error.message)
            return redirect(submit_url(self.object))
        messages.success(self.request, self.get_success_message(", ".join(str(locale) for locale in locales)))
        _tell_about_pages_above(self.request, above)
        single = self.object.get_translation_or_none(locales[0]) if len(locales) == 1 else None
        return redirect(self.get_success_url() or self.get_default_success_url(single))


class TranslatePageView(_SourceOnlyMixin, SubmitPageTranslationView):
    pass


class TranslateSnippetView(_SourceOnlyMixin, SubmitSnippetTranslationView):
    pass
