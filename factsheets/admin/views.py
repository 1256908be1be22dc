"""The admin screens of a publication: its files, the upload form and its details."""

from __future__ import annotations

from functools import cached_property

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
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

from factsheets.admin.file_listing import file_listing
from factsheets.admin.forms import UploadForm
from factsheets.downloads.serving import content_of, file_headers
from factsheets.models import FileVersion, Publication, PublicationFile
from factsheets.permissions import can_edit_details, can_upload, can_view, upload_languages
from factsheets.uploads import add_version, queue_validation
from home.file_delivery import deliver, lost_files_are_not_found, readable_name
from home.page_forms import ReadableChoicesForm


def get_publication(user: AbstractBaseUser | AnonymousUser, pk: int) -> Publication:
    """Return a publication. Raises Http404 if the user may not view the publication."""
    publication = get_object_or_404(Publication, pk=pk)
    if not can_view(user, publication):
        raise Http404("not for this user")
    return publication


class PublicationMixin(WagtailAdminTemplateMixin):
    header_icon = "doc-full-inverse"

    @cached_property
    def publication(self) -> Publication:
        return get_publication(self.request.user, self.kwargs["pk"])

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
        context["listing"] = file_listing(self.publication, self.request.user)
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
        return upload_languages(self.request.user, self.publication)

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
        files = PublicationFile.objects.filter(publication=self.publication, language=language, kind=kind)
        return files.filter(current__isnull=False).exists()

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
            user=self.request.user if self.request.user.is_authenticated else None,
        )
        add_status_message(self.request, version)
        return HttpResponseRedirect(reverse("publications:files", args=[self.publication.pk]))


def add_status_message(request: HttpRequest, version: FileVersion) -> None:
    """Show a message about the upload: accepted, rejected, or still being checked."""
    version = FileVersion.objects.select_related("file").get(pk=version.pk)
    values = {"file": str(version.file), "number": version.number}
    if version.status == FileVersion.Status.ACCEPTED:
        messages.success(request, _("%(file)s was accepted as version %(number)s.") % values)
    elif version.status == FileVersion.Status.REJECTED:
        messages.error(request, _("%(file)s was not accepted. The errors are listed below.") % values)
    else:
        messages.info(request, _("%(file)s is being checked. Reload this page in a moment.") % values)


class DetailsView(PublicationMixin, EditView):
    model = Publication
    pk_url_kwarg = "pk"
    permission_required = None
    page_title = gettext_lazy("Licence, authors and topics")
    index_url_name = "fact_sheets:index"
    edit_url_name = "publications:details"
    success_message = gettext_lazy("“%(object)s” was saved. The changes apply to its pages in all languages.")

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
                    heading=_("Topics and target groups"),
                ),
            ],
            base_form_class=ReadableChoicesForm,
        ).bind_to_model(Publication)

    def get_object(self, queryset=None):
        if not can_edit_details(self.request.user, self.publication):
            raise Http404("not for this user")
        return self.publication

    def get_success_url(self):
        return reverse("publications:files", args=[self.publication.pk])

    def get_delete_url(self):
        return None


def get_version(user: AbstractBaseUser | AnonymousUser, pk: int) -> FileVersion:
    """Return a version of a file. Raises Http404 if the user may not view the publication."""
    version = get_object_or_404(FileVersion.objects.select_related("file__publication"), pk=pk)
    if not can_view(user, version.file.publication):
        raise Http404("not for this user")
    return version


@require_safe
def version_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Return the file of any version, also of a pending or rejected one."""
    version = get_version(request.user, pk)
    name = readable_name(f"{version.file.publication.name} ({version.file.language})", extension=version.format)
    response = deliver(request, content_of(version), file_headers(version, name))
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def version_cover(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Return the picture of a version's first page, also before the fact sheet is published."""
    version = get_version(request.user, pk)
    if not version.covers:
        raise Http404("no picture")
    storage = version.content.storage
    name = version.covers[0]["name"]
    with lost_files_are_not_found():
        response = FileResponse(storage.open(name), content_type="image/webp")
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def validate_again(request: HttpRequest, pk: int) -> HttpResponseBase:
    version = _get_editable_version(request, pk)
    queue_validation(version)
    add_status_message(request, version)
    return redirect("publications:files", version.file.publication_id)


@require_POST
def delete_version(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Delete an upload that was never accepted. Accepted versions are permanent, because others may have cited them."""
    version = _get_editable_version(request, pk)
    if version.number is not None:
        raise Http404("accepted")
    version.delete()
    messages.success(request, _("The upload was deleted."))
    return redirect("publications:files", version.file.publication_id)


def _get_editable_version(request: HttpRequest, pk: int) -> FileVersion:
    version = get_version(request.user, pk)
    if not can_upload(request.user, version.file.publication, version.file.language):
        raise Http404("not for this user")
    return version
