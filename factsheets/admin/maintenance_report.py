"""The report of publications that need attention: file issues, outdated translations, missing licences and authors."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from factsheets.admin.reports import ReportMixin, visible_publications
from factsheets.licences import Licence
from factsheets.models import FactSheetPage, FileVersion, Publication, PublicationFile
from factsheets.validation.issues import explain

if TYPE_CHECKING:
    from django.db.models import QuerySet

# A check takes seconds. If a version is pending for longer, the process that checked it was killed.
MAX_PENDING = datetime.timedelta(minutes=5)


@dataclass
class MaintenanceItem:
    """A publication with the reasons why it needs attention.

    `is_urgent` is true if visitors do not get a file because of that.
    """

    publication: Publication
    reasons: list[str] = field(default_factory=list)
    is_urgent: bool = False


class MaintenanceView(ReportMixin, TemplateView):
    template_name = "factsheets/admin/maintenance.html"
    page_title = gettext_lazy("Fact sheets that need attention")
    header_icon = "warning"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        publications = _with_files(visible_publications(self.request.user))
        items = [item for publication in publications if (item := maintenance_item(publication)).reasons]
        context["items"] = sorted(items, key=lambda item: (not item.is_urgent, item.publication.name.casefold()))
        return context


def _with_files(publications: QuerySet[Publication]) -> QuerySet[Publication]:
    return publications.prefetch_related(
        "contributors",
        Prefetch("files", queryset=PublicationFile.objects.select_related("current")),
        Prefetch("files__versions", queryset=FileVersion.objects.defer("covers")),
        Prefetch("pages", queryset=FactSheetPage.objects.only("live", "publication", "locale", "title")),
    )


def maintenance_item(publication: Publication) -> MaintenanceItem:
    """Return the item of a publication. If it has no reasons, the publication needs no attention."""
    item = MaintenanceItem(publication)
    files = list(publication.files.all())
    for file in files:
        for reason, is_urgent in _file_reasons(file):
            item.reasons.append(f"{file}: {reason}")
            item.is_urgent = item.is_urgent or is_urgent
    item.reasons.extend(_publication_reasons(publication, files))
    is_live = any(page.live for page in publication.pages.all())
    item.is_urgent = item.is_urgent or (is_live and not any(file.current_id for file in files))
    return item


def _file_reasons(file: PublicationFile) -> Iterator[tuple[str, bool]]:
    """Yield pairs: a reason, and whether it is urgent."""
    newest = next(iter(file.versions.all()), None)
    if newest is None:
        return
    if newest.status == FileVersion.Status.PENDING and timezone.now() - newest.uploaded_at > MAX_PENDING:
        yield _("the check has not finished. Start it again."), True
    for issue in explain(newest.issues):
        yield f"{issue.title}.", issue.is_error


def _publication_reasons(publication: Publication, files: list[PublicationFile]) -> Iterator[str]:
    current = [(file, file.current) for file in files if file.current]
    original = next(
        ((file, version) for file, version in current if file.language == publication.original_language), None
    )
    if not current:
        yield _("There is no file to download.")
    elif original is None:
        yield _("There is no file in the original language.")
    else:
        original_file, original_version = original
        for file, version in current:
            if file.kind == original_file.kind and version.dated_on < original_version.dated_on:
                yield _(
                    "The %(language)s file is older than the original. Check whether its translation is up to date."
                ) % {"language": file.language_name}
    if publication.licence == Licence.NONE:
        yield _("There is no licence, so nobody may share the fact sheet.")
    if not publication.contributors.all():
        yield _("There is no author.")
