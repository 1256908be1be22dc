from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from home.page_forms import PageForm
from home.translations.permissions import own_organisations

if TYPE_CHECKING:
    from news.models import NewsCategory


class ArticleForm(PageForm):
    """Refuses to publish an article whose date is in the future, because pages show it as the day of publication.

    A new article of a partner's editor names their organisation.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None and self.parent_page and self.for_user and "organisation" in self.fields:
            own = own_organisations(self.for_user).filter(locale_id=self.parent_page.locale_id, live=True)
            if len(only := list(own[:2])) == 1:
                self.initial["organisation"] = self.initial.get("organisation") or only[0].pk

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        date, scheduled = data.get("date"), data.get("go_live_at")
        if "action-publish" not in self.data or date is None or date <= timezone.localdate():
            return data
        if not scheduled or timezone.localdate(scheduled) < date:
            self.add_error(
                "date", _("This day is in the future. Enter today or an earlier day, or schedule the article for it.")
            )
        return data


class NewsFilterForm(forms.Form):
    """The query string of the news list. An unknown value makes the form invalid."""

    year = forms.IntegerField(required=False, min_value=1990, max_value=2100)
    category = forms.SlugField(required=False, max_length=60)
    page = forms.IntegerField(required=False, min_value=1)

    def __init__(self, *args: Any, categories: list[NewsCategory], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.categories = categories

    def clean_category(self) -> NewsCategory | None:
        key = self.cleaned_data["category"]
        if not key:
            return None
        for category in self.categories:
            if category.key == key:
                return category
        raise forms.ValidationError("no such category")
