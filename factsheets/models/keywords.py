"""The topics and target groups of publications."""

from django.utils.translation import gettext_lazy as _

from home.models.keywords import Keyword, one_key_per_language


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
