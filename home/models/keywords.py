"""Words that lists are filtered by, such as the categories of news or the topics of fact sheets."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import TranslatableMixin
from wagtail_localize.fields import SynchronizedField


class Keyword(TranslatableMixin, models.Model):
    """A word with a translation per language. Its address part is the same in all of them."""

    name = models.CharField(_("name"), max_length=60)
    key = models.SlugField(
        _("address part"),
        max_length=60,
        help_text=_("Stands in the address of the filtered list; the same in every language."),
    )

    override_translatable_fields = [SynchronizedField("key", overridable=False)]
    panels = ["name", "key"]

    class Meta(TranslatableMixin.Meta):
        abstract = True
        ordering = ["name"]

    def __str__(self):
        return self.name


def one_key_per_language(name: str) -> models.UniqueConstraint:
    """Return the constraint that each concrete keyword needs, called `name` in the database."""
    return models.UniqueConstraint(
        fields=["key", "locale"],
        name=name,
        violation_error_message=_("Another entry of this language has this address part."),
    )
