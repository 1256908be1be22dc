"""The editor's screens of a publication: its files with their checks, an upload, its facts."""

from __future__ import annotations

from functools import cached_property

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.forms import CheckboxSelectMultiple
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.views.generic import EditView, WagtailAdminTemplateMixin

from factsheets.admin.file_listing import shelf_of
from factsheets.admin.forms import UploadForm
from factsheets.downloads.delivery import deliver, readable_name
from factsheets.downloads.serving import content_of, file_headers
from factsheets.models import FileVersion, Publication, PublicationFile
from factsheets.permissions import languages_to_upload, may_change_facts, may_see, may_upload
from factsheets.tasks import check_version
from factsheets.versions import add_version


def publication_for(user: AbstractBaseUser, pk: int) -> Publication:
    """Return the publication. Raises Http404 for who may not see it: it does not even exist for them."""
    publication = get_object_or_404(Publication, pk=pk)
    if not may_see(user, publication):
        raise Http404("not for this user")
    return publication


class PublicationMixin(WagtailAdminTemplateMixin):
    header_icon = "doc-full-inverse"

    @cached_property
    def publication(self) -> Publication:
        return publication_for(self.request.user, self.kwargs["pk"])

    def get_breadcrumbs_items(self):
        page = self.publication.pages.order_by("pk").first()
        items = [
            *self.breadcrumbs_items,
            {"url": reverse("fact_sheets:index"), "label": _("Fact sheets")},
        ]
        if page:
            items.append({"url": reverse("wagtailadmin_pages:edit", args=[page.pk]), "label": self.publication.name})
        return [*items, {"url": "", "label": self.get_page_title()}]


class FilesView(PublicationMixin, TemplateView):
    template_name = "factsheets/admin/files.html"
    page_title = gettext_lazy("Files and checks")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["shelf"] = shelf_of(self.publication, self.request.user)
        context["pages"] = self.publication.pages.select_related("locale").order_by("locale")
        return context


class UploadView(PublicationMixin, FormView):
    template_name = "factsheets/admin/upload.html"
    form_class = UploadForm
    page_title = gettext_lazy("Upload a file")

    def dispatch(self, request, *args, **kwargs):
        if not self.languages:
            raise Http404("not for this user")
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def languages(self) -> set[str]:
        return languages_to_upload(self.request.user, self.publication)

    def get_initial(self):
        initial = {**super().get_initial(), "language": self.publication.original_language}
        if self.request.GET.get("language") in self.languages:
            initial["language"] = self.request.GET["language"]
        if self.request.GET.get("kind") in PublicationFile.Kind.values:
            initial["kind"] = self.request.GET["kind"]
        return initial

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "languages": self.languages, "has_versions": self._has_versions}

    def _has_versions(self, language: str, kind: str) -> bool:
        places = PublicationFile.objects.filter(publication=self.publication, language=language, kind=kind)
        return places.filter(current__isnull=False).exists()

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["files_url"] = reverse("publications:files", args=[self.publication.pk])
        return context

    def form_valid(self, form):
        chosen = form.cleaned_data
        version = add_version(
            self.publication,
            language=chosen["language"],
            kind=chosen["kind"],
            extension=chosen["extension"],
            content=chosen["upload"],
            note=chosen["note"],
            dated_on=chosen["dated_on"],
            user=self.request.user,
        )
        tell_outcome(self.request, version)
        return HttpResponseRedirect(reverse("publications:files", args=[self.publication.pk]))


def tell_outcome(request: HttpRequest, version: FileVersion) -> None:
    """Say what became of an upload; a worker may still be busy with it."""
    version = FileVersion.objects.select_related("file").get(pk=version.pk)
    values = {"file": str(version.file), "number": version.number}
    if version.state == FileVersion.State.PASSED:
        messages.success(request, _("%(file)s: checked and accepted as version %(number)s.") % values)
    elif version.state == FileVersion.State.REFUSED:
        messages.error(request, _("%(file)s was not accepted. What is wrong stands below.") % values)
    else:
        messages.info(request, _("%(file)s is being checked. Reload this page in a moment.") % values)


class FactsView(PublicationMixin, EditView):
    model = Publication
    pk_url_kwarg = "pk"
    permission_required = None
    page_title = gettext_lazy("Licence, authors and topics")
    index_url_name = "fact_sheets:index"
    edit_url_name = "publications:facts"
    success_message = gettext_lazy("“%(object)s” was saved. Its pages show it in every language.")

    def get_panel(self):
        return ObjectList(
            [
                "name",
                MultiFieldPanel(
                    [FieldRowPanel(["licence", "original_language"]), FieldRowPanel(["doi", "first_published_on"])],
                    heading=_("Publication"),
                ),
                InlinePanel(
                    "contributors",
                    label=_("author"),
                    heading=_("Authors"),
                    panels=[FieldRowPanel(["name", "orcid"]), "organisation"],
                ),
                MultiFieldPanel(
                    [
                        FieldPanel("topics", widget=CheckboxSelectMultiple),
                        FieldPanel("target_groups", widget=CheckboxSelectMultiple),
                        FieldRowPanel(["work_package", "deliverable"]),
                    ],
                    heading=_("What it is about, and for whom"),
                ),
            ]
        ).bind_to_model(Publication)

    def get_object(self, queryset=None):
        if not may_change_facts(self.request.user, self.publication):
            raise Http404("not for this user")
        return self.publication

    def get_success_url(self):
        return reverse("publications:files", args=[self.publication.pk])

    def get_delete_url(self):
        return None


def version_for(user: AbstractBaseUser, pk: int) -> FileVersion:
    version = get_object_or_404(FileVersion.objects.select_related("file__publication"), pk=pk)
    if not may_see(user, version.file.publication):
        raise Http404("not for this user")
    return version


@require_safe
def version_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give editors any version, also one that waits or was refused."""
    version = version_for(request.user, pk)
    name = readable_name(f"{version.file.publication.name} ({version.file.language})", extension=version.format)
    response = deliver(request, content_of(version), file_headers(version, name))
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def version_cover(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show editors the first page, before the public may see it."""
    version = version_for(request.user, pk)
    if not version.covers:
        raise Http404("no picture")
    storage = version.content.storage
    name = version.covers[0]["name"]
    response = FileResponse(storage.open(name), content_type="image/webp")
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def check_again(request: HttpRequest, pk: int) -> HttpResponseBase:
    version = _changeable(request, pk)
    transaction.on_commit(lambda: check_version.enqueue(version.pk))
    tell_outcome(request, version)
    return redirect("publications:files", version.file.publication_id)


@require_POST
def remove_version(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Delete an upload that never was published. Published versions stay for ever: others may have cited them."""
    version = _changeable(request, pk)
    if version.number is not None:
        raise Http404("published")
    version.delete()
    messages.success(request, _("The upload was deleted."))
    return redirect("publications:files", version.file.publication_id)


def _changeable(request: HttpRequest, pk: int) -> FileVersion:
    version = version_for(request.user, pk)
    if not may_upload(request.user, version.file.publication, version.file.language):
        raise Http404("not for this user")
    return version
