from django import forms


class NewsFilterForm(forms.Form):
    """What the address of the news list may ask for. Anything else makes the form invalid."""

    year = forms.IntegerField(required=False, min_value=1990, max_value=2100)
    category = forms.SlugField(required=False, max_length=60)
    page = forms.IntegerField(required=False, min_value=1)

    def __init__(self, *args, categories, **kwargs):
        super().__init__(*args, **kwargs)
        self.categories = categories

    def clean_category(self):
        key = self.cleaned_data["category"]
        if not key:
            return None
        for category in self.categories:
            if category.key == key:
                return category
        raise forms.ValidationError("no such category")
