"""The screens for enquiries from the contact page: their list, and one screen for each enquiry."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from home.enquiries.signals import enquiries_shown
from home.languages import language_name
from home.models import Enquiry

PERMISSION = "home.view_enquiry"
PER_PAGE = 50


class FilterForm(forms.Form):
    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            ("open", gettext_lazy("Open")),
            ("overdue", gettext_lazy("Overdue")),
            ("answered", gettext_lazy("Answered")),
        ],
    )
    q = forms.CharField(label=gettext_lazy("Name or email address"), required=False, max_length=150)

    def enquiries(self) -> QuerySet[Enquiry]:
        """Return the enquiries that pass the filters: open ones first. Invalid filters select all."""
        chosen = self.cleaned_data if self.is_valid() else {}
        found = Enquiry.objects.select_related("answered_by")
        if status := chosen.get("status"):
            found = found.filter(answered_at__isnull=status != "answered")
        if chosen.get("status") == "overdue":
            found = found.filter(answer_by__lt=timezone.localdate())
        if text := chosen.get("q"):
            found = found.filter(Q(name__icontains=text) | Q(email__icontains=text))
        return found


class EnquiryMixin(View):
    """The base of the screens for enquiries. It refuses users without the permission."""

    permission = PERMISSION

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class EnquiryListView(EnquiryMixin, WagtailAdminTemplateMixin, TemplateView):
    template_name = "wagtailadmin/enquiries/index.html"
    page_title = gettext_lazy("Enquiries")
    header_icon = "mail"

    def get_breadcrumbs_items(self) -> list[dict[str, object]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: object) -> dict[str, Any]:
        form = FilterForm(self.request.GET)
        page = Paginator(form.enquiries(), PER_PAGE).get_page(self.request.GET.get("p"))
        detail = {"screen": "enquiries", "search": bool(self.request.GET.get("q"))}
        enquiries_shown.send(EnquiryListView, request=self.request, detail=detail)
        query = self.request.GET.copy()
        query.pop("p", None)
        return super().get_context_data(**kwargs) | {"form": form, "page": page, "query": query.urlencode()}


class EnquiryView(EnquiryMixin, WagtailAdminTemplateMixin, TemplateView):
    template_name = "wagtailadmin/enquiries/detail.html"
    page_title = gettext_lazy("Enquiry")
    header_icon = "mail"

    def get_breadcrumbs_items(self) -> list[dict[str, object]]:
        own = [
            {"url": reverse("enquiries:index"), "label": _("Enquiries")},
            {"url": "", "label": self.get_page_title()},
        ]
        return [*super().get_breadcrumbs_items(), *own]

    def get_context_data(self, **kwargs: object) -> dict[str, Any]:
        enquiry = get_object_or_404(Enquiry.objects.select_related("answered_by"), pk=self.kwargs["pk"])
        user = self.request.user
        detail = {"screen": "enquiry", "search": False}
        enquiries_shown.send(EnquiryView, request=self.request, detail=detail)
        return super().get_context_data(**kwargs) | {
            "enquiry": enquiry,
            "language": language_name(enquiry.language),
            "may_change": user.has_perm("home.change_enquiry"),
            "may_delete": user.has_perm("home.delete_enquiry"),
        }


class AnsweredView(EnquiryMixin):
    """Marks an enquiry as answered by the user, or as open again."""

    permission = "home.change_enquiry"
    http_method_names = ("post",)
    is_answered = True

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        get_object_or_404(Enquiry, pk=pk)
        if self.is_answered:
            # If the enquiry is marked as answered already, the first person and time stay.
            Enquiry.objects.filter(pk=pk, answered_at=None).update(
                answered_at=timezone.now(), answered_by=request.user.pk
            )
            messages.success(request, _("The enquiry is marked as answered."))
        else:
            Enquiry.objects.filter(pk=pk).update(answered_at=None, answered_by=None)
            messages.success(request, _("The enquiry is open again."))
        return redirect("enquiries:index")


class DeleteView(EnquiryMixin):
    permission = "home.delete_enquiry"
    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        get_object_or_404(Enquiry, pk=pk).delete()
        messages.success(request, _("The enquiry was deleted."))
        return redirect("enquiries:index")


urlpatterns = [
    path("", EnquiryListView.as_view(), name="index"),
    path("<int:pk>/", EnquiryView.as_view(), name="detail"),
    path("<int:pk>/answered/", AnsweredView.as_view(), name="answered"),
    path("<int:pk>/open/", AnsweredView.as_view(is_answered=False), name="open"),
    path("<int:pk>/delete/", DeleteView.as_view(), name="delete"),
]
