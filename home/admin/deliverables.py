"""The screens of the deliverables on the results page: their list, and a form for the organisations that edit them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.forms import modelform_factory
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.documents import get_document_model
from wagtail.log_actions import LogFormatter

from home import deliverables
from home.admin.review import requested_changes
from home.models import Deliverable, ResultsPage
from home.site_context import public
from home.view_permissions import may_choose

TITLE = gettext_lazy("Deliverables")


class DeliverableForm(WagtailAdminModelForm):
    """The fields of a deliverable that a partner may change. Its number and work package come from the grant agreement."""

    def clean_document(self) -> Any:
        document = self.cleaned_data["document"]
        if document is not None and "document" in self.changed_data and not may_choose(self.for_user, document):
            raise forms.ValidationError(self.fields["document"].error_messages["invalid_choice"])
        return document


@cache
def form_class() -> type[DeliverableForm]:
    """Return the form class. It is not made on import, because Wagtail registers some widgets only after that."""
    fields = ("title", "due_on", "status", "dissemination", "document", "doi")
    return cast("type[DeliverableForm]", modelform_factory(Deliverable, form=DeliverableForm, fields=fields))


class DeliverablesMixin(WagtailAdminTemplateMixin, View):
    header_icon = "doc-full"

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.has_perm(deliverables.PERMISSION):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def given(self) -> deliverables.Given:
        return deliverables.given_to(self.request.user)

    def lock_message(self, page: ResultsPage) -> str:
        """Return why the page is locked for the user, for example because it waits for approval, or an empty string."""
        lock = page.get_lock()
        return lock.get_message(self.request.user) if lock and lock.for_user(self.request.user) else ""


class DeliverableListView(DeliverablesMixin, TemplateView):
    template_name = "wagtailadmin/deliverables/index.html"
    page_title = TITLE

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = [(page, self._rows(page)) for page in deliverables.source_pages()]
        pages = [(page, rows) for page, rows in found if rows or page.pk in self.public_pages]
        documents = {row["deliverable"].document_id for _page, rows in pages for row in rows} - {None}
        titles = dict(get_document_model().objects.filter(pk__in=documents).values_list("pk", "title"))
        for _page, rows in pages:
            for row in rows:
                row["file"] = titles.get(row["deliverable"].document_id, "")
        own = [page for page, rows in pages if any(row["url"] for row in rows)]
        locks = {page.pk: message for page in own if (message := self.lock_message(page))}
        return super().get_context_data(**kwargs) | {"pages": pages, "is_given": bool(own), "locks": locks.values()}

    def _rows(self, page: ResultsPage) -> list[dict[str, Any]]:
        """Return the rows of the list: the user's deliverables from the draft, then the others from the public page."""
        draft = deliverables.read_draft(page)
        own = [item for item in draft.deliverables if self.given.include(page, item)]
        keys = {item.translation_key for item in own}
        shown = list(page.deliverables.all()) if page.pk in self.public_pages else []
        others = [item for item in shown if item.translation_key not in keys and not self.given.include(page, item)]
        titles = dict(page.work_packages.values_list("number", "title")) if others else {}
        urls = [reverse("deliverables:edit", args=[page.pk, item.translation_key]) for item in own]
        return [
            *(_row(item, draft.work_packages, url) for item, url in zip(own, urls, strict=True)),
            *(_row(item, titles) for item in others),
        ]

    @cached_property
    def public_pages(self) -> set[int]:
        return set(public(ResultsPage.objects.live()).values_list("pk", flat=True))


def _row(deliverable: Deliverable, work_packages: Mapping[int, str], url: str = "") -> dict[str, Any]:
    number = deliverable.work_package_number or 0
    return {"deliverable": deliverable, "work_package": work_packages.get(number, ""), "url": url}


class DeliverableView(DeliverablesMixin, TemplateView):
    template_name = "wagtailadmin/deliverables/edit.html"
    http_method_names = ["get", "head", "options", "post"]

    @cached_property
    def page(self) -> ResultsPage:
        return get_object_or_404(deliverables.source_pages(), pk=self.kwargs["page_id"])

    @cached_property
    def deliverable(self) -> Deliverable:
        """The deliverable as it is in the draft."""
        found = deliverables.find(deliverables.draft_of(self.page).deliverables.all(), self.kwargs["key"])
        if found is None:
            raise Http404("no such deliverable")
        if not self.given.include(self.page, found):
            raise PermissionDenied
        return found

    def get_page_title(self) -> str:
        return str(self.deliverable)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        own = [
            {"url": reverse("deliverables:index"), "label": TITLE},
            {"url": "", "label": str(self.deliverable.number)},
        ]
        return [*super().get_breadcrumbs_items(), *own]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        name = str(self.deliverable)
        form = self._form(request.POST)
        if not form.is_valid():
            messages.validation_error(request, _("The deliverable was not saved. Correct what is marked."), form)
            return self.render_to_response(self.get_context_data(form=form), status=422)
        user = cast("User", request.user)
        try:
            deliverables.save(self.page, self.kwargs["key"], form.cleaned_data, user)
            if "submit" in request.POST:
                deliverables.submit(self.page, user)
        except deliverables.NotGivenError as error:
            raise PermissionDenied from error
        except deliverables.LockedError:
            return self.render_to_response(self.get_context_data(form=form), status=422)
        except deliverables.UnfinishedPageError:
            messages.warning(
                request,
                _("“%(name)s” was saved as a draft. An editor has to finish another part of the page first.")
                % {"name": name},
            )
        else:
            submitted = _("“%(name)s” was submitted for approval.")
            text = submitted if "submit" in request.POST else _("“%(name)s” was saved as a draft.")
            messages.success(request, text % {"name": name})
        return redirect("deliverables:index")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        form = kwargs.get("form") or self._form()
        return context | {
            "form": form,
            "media": form.media,
            "page": self.page,
            "lock_message": self.lock_message(self.page),
            "requested_changes": requested_changes(self.page),
            "changes": deliverables.changes_of(self.page, self.deliverable.translation_key),
        }

    def _form(self, data: Any = None) -> DeliverableForm:
        return form_class()(data, instance=self.deliverable, for_user=self.request.user)


class ChangedFormatter(LogFormatter):
    label = gettext_lazy("Change a deliverable")

    def format_message(self, log_entry: Any) -> str:
        return _("Deliverable %(number)s changed: %(fields)s") % {
            "number": log_entry.data.get("deliverable", ""),
            "fields": field_names(log_entry.data.get("fields", ())),
        }


def register_log_actions(actions: Any) -> None:
    """Register the log actions of deliverables, so that the history of the page shows the changes (a hook of Wagtail)."""
    actions.register_action(deliverables.CHANGED)(ChangedFormatter)


def field_names(names: Any) -> str:
    """Return the labels of these fields of a deliverable. Names of fields that no longer exist are left out."""
    known = {field.name: str(field.verbose_name) for field in Deliverable._meta.fields}
    return ", ".join(known[name] for name in names if name in known)


class DeliverablesMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        # Administrators and editors change deliverables on the page itself, so they do not need this screen.
        return request.user.has_perm(deliverables.PERMISSION) and not request.user.is_superuser


def menu_item() -> MenuItem:
    return DeliverablesMenuItem(
        TITLE, reverse("deliverables:index"), name="deliverables", icon_name="doc-full", order=255
    )


urlpatterns = [
    path("", DeliverableListView.as_view(), name="index"),
    path("<int:page_id>/<uuid:key>/", DeliverableView.as_view(), name="edit"),
]
