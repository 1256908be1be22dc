"""What a publication is about, and for whom: words with a translation per language."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import TranslatableMixin
from wagtail_localize.fields import SynchronizedField


class Keyword(TranslatableMixin, models.Model):
    """A word to find publications by. Its address part is the same in every language."""

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
    return models.UniqueConstraint(
        fields=["key", "locale"],
        name=name,
        violation_error_message=_("Another entry of this language has this address part."),
    )


class Topic(Keyword):
    class Meta(Keyword.Meta):
        abstract = False
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [one_key_per_language("factsheets_topic_key_per_language")]


class TargetGroup(Keyword):
    class Meta(Keyword.Meta):
        abstract = False
        verbose_name = _("target group")
        verbose_name_plural = _("target groups")
        constraints = [one_key_per_language("factsheets_target_group_key_per_language")]
