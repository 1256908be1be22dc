from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

if TYPE_CHECKING:
    from news.models import NewsCategory


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
