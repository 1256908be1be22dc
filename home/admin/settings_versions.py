"""Versions of the project's settings: when and by whom each was saved, what has changed since, and how to restore it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.models import RevisionsCompareView
from wagtail.contrib.settings.views import get_setting_edit_handler
from wagtail.log_actions import log
from wagtail.models import Revision, Site

from home.models import ProjectSettings

PER_PAGE = 20


@hooks.register("before_edit_setting")
def record_first_version(request: HttpRequest, settings: Any) -> None:
    """Store the values from before the first change as the first version."""
    if request.method == "POST" and isinstance(settings, ProjectSettings) and settings.latest_revision_id is None:
        # At this point, the form has not yet changed the object.
        settings.save_revision(clean=False)


@hooks.register("after_edit_setting")
def record_version(request: HttpRequest, settings: Any) -> None:
    if isinstance(settings, ProjectSettings):
        settings.save_revision(user=request.user, clean=False)


def edit_url(site_id: int) -> str:
    return reverse("wagtailsettings:edit", args=["home", "projectsettings", site_id])


class SettingsMixin(WagtailAdminTemplateMixin):
    """Loads the settings of a site. Users who may change the settings may also see and restore their versions."""

    header_icon = "history"
    object: ProjectSettings
    site: Site

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        policy = ProjectSettings.get_permission_policy()
        if not policy.user_has_permission_for_instance(request.user, "change", self.site):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        settings = {"url": edit_url(self.site.pk), "label": _("Project settings")}
        return [*self.breadcrumbs_items, settings, {"url": "", "label": self.page_title}]


class SettingsHistoryView(SettingsMixin, TemplateView):
    template_name = "wagtailadmin/settings_versions/history.html"
    page_title = gettext_lazy("Versions of the project settings")

    @cached_property
    def site(self) -> Site:
        return get_object_or_404(Site, pk=self.kwargs["site_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        settings = get_object_or_404(ProjectSettings, site=self.site)
        versions = settings.revisions.select_related("user").defer("content").order_by("-created_at", "-pk")
        page = Paginator(versions, PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            versions=page, newest=settings.latest_revision_id, settings=settings, site=self.site, **kwargs
        )


class SettingsVersionView(SettingsMixin, RevisionsCompareView):
    """Shows what has changed since a version, and restores the version."""

    template_name = "wagtailadmin/settings_versions/version.html"
    page_title = gettext_lazy("Changes since this version")
    model = ProjectSettings
    http_method_names = ("get", "head", "post", "options")

    def setup(self, request: HttpRequest, site_id: int, version: int, *args: Any, **kwargs: Any) -> None:
        self.site = get_object_or_404(Site, pk=site_id)
        super().setup(request, str(site_id), str(version), "live", *args, **kwargs)

    def get_object(self, queryset: Any = None) -> ProjectSettings:
        return get_object_or_404(ProjectSettings, site=self.site)

    def get_edit_handler(self) -> Any:
        return get_setting_edit_handler(ProjectSettings)

    @cached_property
    def version(self) -> Revision:
        return get_object_or_404(self.object.revisions, pk=self.revision_id_a)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        history = reverse("project_settings:history", args=[self.site.pk])
        return super().get_context_data(**kwargs) | {"version": self.version, "history_url": history}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            restore(self.version, request.user)
        except ValidationError as error:
            reason = " ".join(error.messages)
            messages.error(
                request, _("This version no longer fits and was not restored: %(reason)s") % {"reason": reason}
            )
            return redirect(request.path)
        messages.success(request, _("The settings are again those of the version."))
        return redirect(edit_url(self.site.pk))


@transaction.atomic
def restore(version: Revision, user: Any) -> None:
    """Restore a version and save it as a new version. Raises ValidationError if its values are no longer valid."""
    settings = version.as_object()
    settings.full_clean()
    settings.save()
    revision = settings.save_revision(user=user, previous_revision=version, clean=False)
    data = {"revision": {"id": version.pk, "created": version.created_at.isoformat()}}
    log(settings, "wagtail.revert", user=user, revision=revision, data=data, content_changed=True)


urlpatterns = [
    path("<int:site_id>/", SettingsHistoryView.as_view(), name="history"),
    path("<int:site_id>/<int:version>/", SettingsVersionView.as_view(), name="version"),
]
