"""Admin views that assign translations and finish them, and the choice of emails."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.views.account import BaseSettingsPanel, notifications_tab
from wagtail.admin.views.pages.utils import get_valid_next_url_from_request
from wagtail.models import Locale

from home.accepted_dates import validate_year
from home.models import AssignmentMails
from home.translations import assignments, overview, permissions


class AssignForm(forms.Form):
    locale = forms.ModelChoiceField(Locale.objects.order_by("pk"), label=gettext_lazy("Language"))
    assignee = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Who translates"))
    due_on = forms.DateField(
        label=gettext_lazy("Due on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=[validate_year],
    )
    keys = forms.TypedMultipleChoiceField(label=gettext_lazy("Pages"), choices=(), widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assignee = cast("forms.ModelChoiceField", self.fields["assignee"])
        assignee.queryset = permissions.writers().order_by("last_name", "username")
        assignee.label_from_instance = get_user_display_name  # type: ignore[method-assign]  # as Django documents it


class AssignView(View):
    """Assigns the chosen rows of the list of translations."""

    def post(self, request: HttpRequest) -> HttpResponse:
        user = cast("User", request.user)
        if not assignments.may_assign(user):
            raise PermissionDenied
        rows = {str(row.key): row for row in overview.visible(overview.all_rows(), request)}
        form = AssignForm(request.POST)
        cast("forms.TypedMultipleChoiceField", form.fields["keys"]).choices = [(key, key) for key in rows]
        back = redirect(get_valid_next_url_from_request(request) or "translations:overview")
        if not form.is_valid():
            messages.error(request, _("Choose at least one page, a language and a person."))
            return back
        values = form.cleaned_data
        chosen = [rows[key] for key in values["keys"]]
        made = assignments.assign(chosen, values["locale"], values["assignee"], values["due_on"], user)
        names = {"name": get_user_display_name(values["assignee"]), "language": values["locale"]}
        if made:
            text = ngettext(
                "%(number)d translation into %(language)s was assigned to %(name)s.",
                "%(number)d translations into %(language)s were assigned to %(name)s.",
                len(made),
            )
            messages.success(request, text % {"number": len(made), **names})
        if len(made) < len(chosen):
            text = _(
                "%(name)s does not have permission to translate into %(language)s, or these were written in it: %(titles)s"
            )
            left = {row.key for row in chosen} - {assignment.key for assignment in made}
            titles = ", ".join(row.title for row in chosen if row.key in left)
            messages.error(request, text % {"titles": titles, **names})
        return back


class FinishView(View):
    """Marks an assignment as done. Those of others only whoever may assign them."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not permissions.languages_of(request.user):
            raise PermissionDenied
        if assignments.finish(pk, cast("User", request.user)):
            messages.success(request, _("The translation was marked as done."))
        return redirect(get_valid_next_url_from_request(request) or "wagtailadmin_home")


class EmailFrequencyForm(forms.ModelForm):
    class Meta:
        model = AssignmentMails
        fields = ("rhythm",)
        labels = {"rhythm": gettext_lazy("Emails about translations that are assigned to you")}

    def __init__(self, *args: Any, instance: User, **kwargs: Any) -> None:
        mails = AssignmentMails.objects.filter(user=instance).first() or AssignmentMails(user=instance)
        super().__init__(*args, **kwargs | {"instance": mails})


class EmailFrequencyPanel(BaseSettingsPanel):
    name = "assignment_mails"
    title = gettext_lazy("Translations")
    tab = notifications_tab
    order = 150
    form_class = EmailFrequencyForm

    def is_active(self) -> bool:
        return bool(permissions.languages_of(self.user))
