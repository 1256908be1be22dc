"""Keywords for filtering lists, such as news categories and fact sheet topics."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail_localize.fields import SynchronizedField

from home.models.snippets import ReviewedSnippet


class Keyword(ReviewedSnippet):
    """A translatable keyword. Its key in addresses is the same in all languages."""

    name = models.CharField(_("name"), max_length=60)
    key = models.SlugField(
        _("address part"),
        max_length=60,
        help_text=_("Used in the address of the filtered list. It is the same in every language."),
    )

    override_translatable_fields = [
        *ReviewedSnippet.override_translatable_fields,
        SynchronizedField("key", overridable=False),
    ]
    panels = [FieldPanel("name", required_on_save=True), FieldPanel("key", required_on_save=True)]

    class Meta(ReviewedSnippet.Meta):
        abstract = True
        ordering = ["name"]

    def __str__(self):
        return self.name

    def clean(self):
        """Refuse a key that another keyword, or its draft, has in any language: the forms do not show the language."""
        super().clean()
        same = models.Q(key=self.key) | models.Q(has_unpublished_changes=True, latest_revision__content__key=self.key)
        other = type(self).objects.filter(same).exclude(translation_key=self.translation_key).first()
        if self.key and other:
            text = gettext("“%(name)s” already has this address part. Enter another one.")
            raise ValidationError({"key": text % {"name": other.name}})


def one_key_per_language(name: str) -> models.UniqueConstraint:
    """Return the unique constraint that each concrete keyword model needs; `name` is its database name."""
    return models.UniqueConstraint(
        fields=["key", "locale"],
        name=name,
        violation_error_message=_("Another entry in this language already has this address part."),
    )
