"""The screens of the record of access, for administrators and the data protection contact: a list and an export."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from accounts import records
from accounts.models import AccessRecord, Action
from home import spreadsheets
from home.accepted_dates import validate_year

PER_PAGE = 50
PERMISSION = "accounts.view_accessrecord"


class FilterForm(forms.Form):
    action = forms.ChoiceField(label=gettext_lazy("Action"), required=False)
    account = forms.CharField(label=pgettext_lazy("of a colleague", "Account"), required=False, max_length=150)
    day_from = forms.DateField(
        label=gettext_lazy("From date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=[validate_year],
    )
    day_to = forms.DateField(
        label=gettext_lazy("To date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=[validate_year],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        action = cast("forms.ChoiceField", self.fields["action"])
        action.choices = [("", _("All")), *Action.choices]

    def entries(self) -> QuerySet[AccessRecord]:
        """Return the entries that pass the filters. Invalid filters select all."""
        chosen = self.cleaned_data if self.is_valid() else {}
        filters = {
            "action": chosen.get("action"),
            "username__icontains": chosen.get("account"),
            "at__date__gte": chosen.get("day_from"),
            "at__date__lte": chosen.get("day_to"),
        }
        return AccessRecord.objects.filter(**{name: value for name, value in filters.items() if value})


class AccessRecordMixin(View):
    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class AccessRecordView(AccessRecordMixin, WagtailAdminTemplateMixin, TemplateView):
    template_name = "accounts/access_record.html"
    page_title = gettext_lazy("Record of access")
    header_icon = "history"

    def get_breadcrumbs_items(self) -> list[dict[str, object]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        form = FilterForm(self.request.GET)
        page = Paginator(form.entries(), PER_PAGE).get_page(self.request.GET.get("p"))
        query = self.request.GET.copy()
        query.pop("p", None)
        return super().get_context_data(**kwargs) | {
            "form": form,
            "days": settings.ACCESS_RECORD_DAYS,
            "page": page,
            "rows": [(entry, describe(entry)) for entry in page],
            "query": query.urlencode(),
            "export_url": f"{reverse('accounts:access_record_export')}?{query.urlencode()}",
        }


class AccessRecordExportView(AccessRecordMixin):
    http_method_names = ("get", "head")

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        form = FilterForm(request.GET)
        if not form.is_valid():
            # Do not export the whole record if a filter is invalid.
            return redirect(f"{reverse('accounts:access_record')}?{request.GET.urlencode()}")
        records.add(Action.RECORD_EXPORTED, request=request)
        entries = form.entries().iterator(500)
        header = [
            _("When"),
            pgettext("of a colleague", "Account"),
            _("Action"),
            _("Affected"),
            _("Network"),
            _("Details"),
        ]
        rows = (
            [
                entry.at.isoformat(timespec="seconds"),
                entry.username,
                entry.get_action_display(),
                entry.subject,
                entry.network,
                describe(entry),
            ]
            for entry in entries
        )
        response = StreamingHttpResponse(spreadsheets.csv_lines(header, rows), content_type=spreadsheets.CSV_TYPE)
        response["Content-Disposition"] = f'attachment; filename="access-{timezone.localdate().isoformat()}.csv"'
        return response


# Labels for the keys of `AccessRecord.detail`. Keys and values without a label are shown as they are stored.
LABELS = {
    "account": pgettext_lazy("of a colleague", "Account"),
    "added": pgettext_lazy("record of access", "added"),
    "changed": pgettext_lazy("record of access", "changed"),
    "columns": pgettext_lazy("record of access", "columns"),
    "device": gettext_lazy("Browser"),
    "door": pgettext_lazy("record of access", "door"),
    "filters": pgettext_lazy("record of access", "filters"),
    "is_active": pgettext_lazy("record of access", "active"),
    "is_superuser": pgettext_lazy("record of access", "administrator"),
    "kind": pgettext_lazy("record of access", "kind"),
    "limit": pgettext_lazy("record of access", "limit"),
    "new_device": pgettext_lazy("record of access", "not used before"),
    "on": pgettext_lazy("record of access", "where"),
    "only_checks_in": pgettext_lazy("record of access", "only check-in"),
    "removed": pgettext_lazy("record of access", "removed"),
    "removed all": pgettext_lazy("record of access", "all removed"),
    "rows": pgettext_lazy("record of access", "rows"),
    "screen": pgettext_lazy("record of access", "screen"),
    "search": pgettext_lazy("record of access", "with a search"),
    "sees_sensitive": gettext_lazy("sees sensitive answers"),
    "sensitive": gettext_lazy("with sensitive answers"),
    "sessions": pgettext_lazy("record of access", "sessions"),
    "what": pgettext_lazy("record of access", "action"),
}
VALUES = {
    "totp": pgettext_lazy("record of access", "authenticator app"),
    "webauthn": pgettext_lazy("record of access", "passkey"),
    "recovery_codes": pgettext_lazy("record of access", "recovery codes"),
}


def describe(entry: AccessRecord) -> str:
    """Return the details of an entry as one line."""
    return "; ".join(f"{LABELS.get(name, name)}: {_value(value)}" for name, value in entry.detail.items())


def _value(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "–"
    if isinstance(value, dict):
        return ", ".join(f"{name}={_value(item)}" for name, item in value.items()) or "–"
    return str(VALUES.get(str(value), value))
